"""What stands behind the # of a link fills controls, and does nothing else: a thousand hostile ones, and a few good ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from .stage import COUNTING

pytestmark = pytest.mark.browser
FRAGMENTS = Path(__file__).resolve().parents[1] / "js" / "fragments.mjs"
PAGES = ["questions/why-not-the-same/", "questions/where-does-3073-come-from/"]

FUZZ = """async (count) => {
    const { fragments, MARK } = await import("/assets/fragments.mjs");
    let section = document.querySelector("section.demo");
    const { spec } = JSON.parse(section.dataset.declared);
    const inputs = () => [...section.querySelectorAll("input")];
    const problems = [];
    let changes = 0, filled = 0, before = "";
    addEventListener("hashchange", () => changes += 1);
    const all = fragments(section.dataset.demo, spec.controls, count);
    for (const fragment of all) {
        const earlier = location.hash;
        location.hash = fragment;
        if (location.hash !== earlier) await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
        section = document.querySelector("section.demo");  // the theme loads a page anew at the first change
        const now = inputs().map((input) => /radio|checkbox/.test(input.type) ? input.checked : input.value).join();
        filled += now !== before && before !== "";
        before = now;
        const wrong = inputs().filter((input) => !input.checkValidity() || input.value === "");
        if (wrong.length) problems.push([fragment, "invalid", wrong[0].id, wrong[0].value]);
        const fields = [...section.querySelectorAll("fieldset.choice")];
        if (fields.some((field) => field.querySelectorAll("input:checked").length !== 1)) problems.push([fragment, "no choice"]);
        if (document.documentElement.outerHTML.includes(MARK)) problems.push([fragment, "shown"]);
        if (section.dataset.state !== "still") problems.push([fragment, section.dataset.state]);
    }
    return { problems: problems.slice(0, 5), changes, filled };
}"""


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", PAGES)
def test_a_thousand_fragments_start_nothing_break_nothing_and_are_not_shown(read, path):
    opened = read(path)
    opened.page.route(
        "**/assets/fragments.mjs",
        lambda route: route.fulfill(body=FRAGMENTS.read_bytes(), content_type="text/javascript"),
    )
    found = opened.page.evaluate(FUZZ, 1000)
    assert found["problems"] == []
    assert found["changes"] > 900
    assert found["filled"] > 100  # some of each do fit, and then the controls follow


HOSTILE = [
    "#twins?seed=%E0%A4%A&incoming=%",
    "#__proto__?x=1",
    '#"]',
    "#\\",
    "#%00",
    "#twins?" + "a=1&" * 20_000,
]


@pytest.mark.sample(3)
@pytest.mark.parametrize("fragment", HOSTILE)
def test_a_page_that_is_opened_with_a_hostile_fragment_is_as_without(visit, stage, fragment):
    opened = visit(stage.url).go(PAGES[0] + fragment)
    assert opened.state() == "still"
    assert opened.page.locator("#twins-seed").input_value() == "0"
    assert opened.page.locator("section.demo").get_attribute("data-stale") is None
    assert opened.pythons() == []


def test_reading_starts_nothing_and_downloads_nothing_of_python(visit, stage):
    opened = visit(stage.url).go(PAGES[0]).follow().go("demos/twins/").follow("glossary/")
    assert opened.runtime_requests() == []
    assert opened.pythons() == []


def test_a_page_that_is_opened_by_a_link_has_its_settings_and_starts_nothing(visit, stage):
    opened = visit(stage.url).go(
        "questions/why-not-the-same/"
        "#twins?outgoing=different&seed=3&gap=1e-9&steps=9e9&incoming=<b>&code=import%20os",
        "twins",
    )
    page = opened.page
    assert page.locator('[data-control="outgoing"] input[value="different"]').is_checked()
    assert page.locator('[data-control="incoming"] input[value="different"]').is_checked(), "as on the page"
    assert page.locator("#twins-seed").input_value() == "3"
    assert page.locator("#twins-steps").input_value() == "300"
    assert page.locator('[data-control="gap"] input[type=range]').get_attribute("aria-valuetext") == "10⁻⁹"
    assert opened.state() == "still"
    assert opened.runtime_requests() == []
    assert opened.pythons() == []


def test_a_link_that_is_pasted_into_the_open_page_fills_the_controls_and_starts_nothing(read):
    opened = read(PAGES[0])
    opened.page.evaluate("location.hash = '#twins?outgoing=different&seed=3'")
    opened.until(lambda: opened.page.locator("#twins-seed").input_value() == "3")
    assert opened.page.locator("input[name=twins-outgoing][value=different]").is_checked()
    assert opened.page.locator("section.demo").get_attribute("data-stale") == ""
    assert opened.text(".demo-status") == "The settings are those of the link. Press Train."
    opened.page.evaluate("location.hash = '#twins?gap=1e-9'")  # what it does not name is as the page has it
    opened.until(lambda: opened.page.locator("#twins-gap").input_value() == "1e-9")
    assert opened.page.locator("#twins-seed").input_value() == "0"
    assert opened.page.locator("input[name=twins-outgoing][value=same]").is_checked()


def test_a_run_after_a_link_has_the_links_settings(warm):
    opened = warm(COUNTING)
    opened.page.evaluate("location.hash = '#counting?seed=3&steps=40'")
    opened.until(lambda: opened.page.locator("#counting-seed").input_value() == "3")
    opened.click("run")
    opened.run_to_end()
    assert (opened.shown()["seed"], opened.shown()["steps"]) == (3, 40)


@pytest.mark.parametrize("first", [True, False], ids=["the page that was loaded", "a later page"])
def test_a_link_that_is_pasted_during_a_run_ends_it(warm, visit, stage, first):
    """The theme takes a change in the address of the page that was loaded for another page."""
    path = f"{COUNTING}#counting?steps=2000"
    opened = visit(stage.url).go(path) if first else warm(path)
    opened.click("run")
    opened.until(lambda: opened.state() == "running" and opened.under_way())
    opened.page.evaluate("location.hash = '#counting?seed=3'")
    opened.reach("still")
    opened.page.wait_for_timeout(500)  # nothing comes of it later either
    step = opened.text(".demo-caption")
    opened.page.wait_for_timeout(500)
    assert (opened.state(), opened.text(".demo-caption")) == ("still", step)
    opened.click("run")
    opened.run_to_end()
    assert (opened.shown()["seed"], opened.shown()["steps"]) == (3, 20)


def test_a_demo_that_follows_each_touch_waits_after_a_link(warm):
    opened = warm(PAGES[1])
    opened.click("run")
    opened.run_to_end()
    opened.page.evaluate("location.hash = '#conv_arithmetic?kernel=5'")
    opened.until(lambda: opened.page.locator("#conv_arithmetic-kernel").first.input_value() == "5")
    assert (opened.state(), opened.page.locator("section.demo").get_attribute("data-stale")) == ("still", "")
    opened.click("run")
    opened.until(lambda: "76 parameters" in opened.text(".demo-result"))
