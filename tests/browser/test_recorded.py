"""A recorded run plays at once and without Python, says what it is, and can be repeated by Python in the browser."""

from __future__ import annotations

import gzip
import json
import re
from math import prod
from typing import Any

import pytest

from convlens_live.controls import Pointed
from convlens_site import demos
from convlens_site.fences.demo import IDEA
from convlens_site.recording import settings_in, values_of

from .test_accessible import violations
from .test_everyone import DEMOS
from .visit import Visit

pytestmark = pytest.mark.browser

TWINS = DEMOS["twins"]
RUNS = [slug for slug in DEMOS if demos.demo(slug).is_run]
TOUCHED = [slug for slug in DEMOS if slug not in RUNS]


@pytest.fixture
def opened(visit) -> Visit:
    """A new reader who has come to the question of the twins."""
    return near(visit(recorded=True).go(TWINS, "twins"))


def near(page: Visit) -> Visit:
    """Come to the demo, and wait until its recordings have."""
    page.page.locator("section.demo").scroll_into_view_if_needed()
    page.page.locator("section.demo").dispatch_event("pointerenter")
    files = declared(page)["recordings"]
    page.until(lambda: {name(url) for url in page.requests} >= {file["name"] for file in files})
    page.page.wait_for_load_state("networkidle")
    return page


def name(url: str) -> str:
    return url.rpartition("/")[2]


def declared(page: Visit) -> dict[str, Any]:
    return json.loads(page.page.locator("section.demo").get_attribute("data-declared"))


def recorded_runs(page: Visit) -> list[dict[str, Any]]:
    """The runs that the files hold; elsewhere a test records them again, and finds the same."""
    files = [f"{page.url}assets/recordings/{file['name']}" for file in declared(page)["recordings"]]
    contents = [json.loads(gzip.decompress(page.page.request.get(file).body())) for file in files]
    return [run for content in contents for run in content["runs"]]


def frames_of(page: Visit, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the run with these settings."""
    return next(run["frames"] for run in recorded_runs(page) if run["settings"] == settings)


def words(page: Visit) -> list[str]:
    """The sentences of the figure, even where a question hides them until it is answered; the build narrows some spaces."""
    spans = page.page.locator(".demo-stage figcaption span")
    return [text.replace("\u202f", " ") for text in spans.all_text_contents()]


def said_by(figure: dict[str, Any]) -> list[str]:
    """The sentences of a figure as a page shows them."""
    return [IDEA.sub(r"\1", figure[part]).replace("\u202f", " ") for part in ("alt", "caption")]


def scrubber(page: Visit) -> dict[str, Any]:
    return page.page.locator(".demo-scrubber").evaluate(
        "each => ({shown: !each.hidden, at: Number(each.value), last: Number(each.max), text: each.ariaValueText})"
    )


# Note every sentence that the figure says.
LISTEN = """() => {
  window.said = [];
  const caption = document.querySelector(".demo-figure figcaption");
  new MutationObserver(() => window.said.push(caption.textContent)).observe(caption, { childList: true, subtree: true });
}"""


def begin(page: Visit) -> dict[str, Any]:
    """Begin a run as a reader does, and return its settings: where a list is beside the demo, with the first thing of it."""
    settings = declared(page)["settings"]
    if not page.page.locator("section.demo[data-sorting]").count():
        page.click("run")
        return settings
    control, first = (
        page.page.locator(".sort").get_attribute("data-control"),
        page.page.locator("[data-key]").first,
    )
    first.locator("button").click()
    page.page.get_by_role("button", name="Tell me").click()
    return settings | {control: first.get_attribute("data-key")}


@pytest.mark.sample(3)
@pytest.mark.parametrize("slug", RUNS)
def test_a_run_begins_at_once_and_ends_as_it_was_built_without_python(visit, slug: str) -> None:
    page = visit(recorded=True, reduced_motion="reduce").go(DEMOS[slug], slug)  # none plays by itself
    page.page.locator("section.demo").evaluate("demo => demo.closest('details')?.setAttribute('open', '')")
    near(page)
    frames = frames_of(page, declared(page)["settings"])
    assert len(frames) > 1
    at, last = scrubber(page)["at"], scrubber(page)["last"]
    assert last == len(frames) - 1
    opens_at_end = declared(page)["spec"]["opens"] == "end"
    assert at == (last if opens_at_end else 0), "the built figure is the last one, or the first"
    assert (words(page) == said_by(frames[-1])) == opens_at_end
    page.page.evaluate(LISTEN)
    settings = begin(page)
    page.page.emulate_media(reduced_motion="null")
    page.until(lambda: page.shown() == settings)
    page.run_to_end(quick=False)
    assert len(set(page.page.evaluate("said"))) > 1, "it plays"
    assert page.page.locator(".demo-origin").is_visible()
    assert words(page) == said_by(frames_of(page, settings)[-1])
    assert page.text(".demo-status") == "Done."
    assert page.runtime_requests() == []
    assert page.pythons() == []


def test_it_says_what_it_is(opened: Visit) -> None:
    said = "Recorded when the site was built, seed 0."
    assert opened.text(".demo-origin").startswith(said), "for the built figure is its first one"
    opened.page.locator(".demo-scrubber").press("ArrowRight")
    opened.reach("paused")
    assert opened.text(".demo-origin").startswith(said)
    opened.choose("incoming", "same")
    opened.reach("running", "done")
    assert opened.text(".demo-origin").startswith(said)


def test_pause_and_the_keys_of_the_scrubber_take_a_step_and_go_back(opened: Visit) -> None:
    opened.click("run")
    opened.until(lambda: scrubber(opened)["at"] not in (0, scrubber(opened)["last"]))
    opened.click("run")
    assert opened.state() == "paused"
    at = opened.until(lambda: scrubber(opened))["at"]
    opened.page.locator(".demo-scrubber").press("ArrowRight")
    opened.until(lambda: scrubber(opened)["at"] == at + 1)
    opened.page.locator(".demo-scrubber").press("Home")
    opened.until(lambda: scrubber(opened)["at"] == 0)
    assert opened.text(".demo-caption").startswith("Step 0 of 300.")
    assert not opened.page.locator(".demo-bar button:visible").count(), (
        "nothing is at work that could be stopped"
    )


def test_the_scrubber_shows_any_step_by_key_and_by_pointer(opened: Visit) -> None:
    slider = opened.page.locator(".demo-scrubber")
    slider.focus()
    opened.page.keyboard.press("Home")
    opened.until(lambda: opened.text(".demo-caption").startswith("Step 0 of 300."))
    opened.page.keyboard.press("ArrowRight")
    opened.until(lambda: opened.text(".demo-caption").startswith("Step 5 of 300."))
    assert scrubber(opened)["text"] == opened.text(".demo-caption")
    box = slider.bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.until(lambda: re.match(r"Step 1[45]\d of 300", opened.text(".demo-caption")))
    assert opened.state() == "paused"
    opened.click("run")
    opened.run_to_end(quick=False)
    assert opened.runtime_requests() == []
    assert violations(opened, within="section.demo") == []


def test_another_recorded_setting_plays_at_once_and_any_other_fetches_python(opened: Visit) -> None:
    opened.choose("incoming", "same")
    opened.reach("done")
    assert opened.text(".demo-result").startswith("After 300 steps")
    assert "exactly 0" in opened.text(".demo-result")
    assert opened.runtime_requests() == []
    opened.fill("seed", "7")
    opened.reach("loading")
    assert opened.page.locator(".demo-scrubber").is_hidden()
    assert opened.page.locator(".demo-origin").is_visible(), "of the figure that is still shown"
    opened.run_to_end()
    assert opened.shown()["seed"] == 7
    assert opened.page.locator(".demo-origin").is_hidden()


def test_run_it_here_trains_in_the_browser_and_compares(opened: Visit) -> None:
    opened.choose("outgoing", "different")
    opened.reach("done")
    opened.page.get_by_role("button", name="Run it here").click()
    opened.reach("loading")
    opened.run_to_end()
    assert opened.text(".demo-status") == "Done. Your browser’s numbers agree with the recording."
    assert opened.page.locator(".demo-origin").is_hidden(), "this figure is not of the recording"


def test_numbers_that_differ_are_said_to(visit) -> None:
    page = visit(recorded=True)
    page.page.route("**/twins.py", lambda route: route.abort())
    page = near(page.go(TWINS, "twins"))
    page.page.locator(".demo-scrubber").press("ArrowRight")
    page.reach("paused")
    same = page.page.evaluate(
        """async (base) => {
          const { agree } = await import(`${base}recording.js`);
          const table = (...values) => ({ rows: [values.map((value) => ({ value }))] });
          return [[["0"], ["0"]], [["0"], ["1e-300"]], [["1e-300"], ["0"]], [["3.5"], ["3.5000001"]],
            [["3.5"], ["3.50001"]], [["a"], ["b"]], [["nan"], ["nan"]], [["1", "2"], ["1"]]]
            .map(([one, other]) => agree(table(...one), table(...other)));
        }""",
        page.page.evaluate(
            "() => performance.getEntriesByType('resource').find(({name}) => /live-/.test(name)).name.replace(/[^/]*$/, '')"
        ),
    )
    assert same == [True, False, False, True, False, False, True, False]


def touches(page: Visit, slug: str) -> list[tuple[str, dict[str, Any]]]:
    """What a reader can touch: its selector, and the settings that it leads to. First parts of the figure, then controls."""
    demo = demos.demo(slug)
    home = declared(page)["settings"]
    now = home | page.shown()
    home = {name: home[name] for name, control in demo.controls.items() if isinstance(control, Pointed)}
    parts = page.page.locator(".demo-stage [data-set]").evaluate_all(
        "all => all.map(each => each.dataset.set)"
    )
    found = [(f'.demo-stage [data-set="{part}"]', now | home | settings_in(demo, part)) for part in parts]
    kept = home if demo.sentence else {}  # a control of a sentence ends what was pointed at before
    for name, control in demo.controls.items():
        others = [value for value in control.spec().get("values", []) if value != now[name]]
        for value in others:
            found.append((f'[data-control="{name}"] input[value="{value}"]', now | kept | {name: value}))
    return [(selector, settings) for selector, settings in found if settings != now]


def touch(page: Visit, slug: str, selector: str, settings: dict[str, Any]) -> None:
    """Touch it, and wait until the figure has these settings, and says what Python says of them."""
    expected = said_by(demos.demo(slug).still(**settings).to_json())
    page.page.locator(selector).first.dispatch_event("click")
    page.until(lambda: page.shown() == settings and words(page) == expected)


@pytest.mark.parametrize("slug", TOUCHED)
def test_a_figure_that_follows_each_touch_does_so_at_once(visit, slug: str) -> None:
    page = near(visit(recorded=True).go(DEMOS[slug], slug))
    assert page.page.locator(".demo button.run").is_hidden(), "there is nothing to be made live"
    demo = demos.demo(slug)
    recorded = [run["settings"] for run in recorded_runs(page)]
    if not touches(page, slug):  # the figure comes with the answer to a question
        page.page.locator(".predict input").first.check()
        page.page.locator(".predict > button").click()
        page.run_to_end()
    for n in (1, 4, 2, 6):
        within = [each for each in touches(page, slug) if each[1] in recorded]
        touch(page, slug, *within[n % len(within)])
    assert page.runtime_requests() == []
    beyond = [each for each in touches(page, slug) if each[1] not in recorded]
    number = page.page.locator("[data-control]:has(input[type=number])").first
    if beyond:
        touch(page, slug, *beyond[0])
    elif number.count():
        page.fill(number.get_attribute("data-control"), "12")
        page.reach("loading")
        page.run_to_end()
    else:
        assert len(recorded) == prod(len(values_of(control)) for control in demo.controls.values())
    assert bool(page.runtime_requests()) == bool(beyond or number.count())


@pytest.mark.parametrize("fault", ["missing", "damaged", "held"])
def test_a_recording_that_does_not_come_costs_the_scrubber_and_nothing_else(visit, fault: str) -> None:
    page = visit(recorded=True)
    meet = {
        "missing": lambda route: route.fulfill(status=404, body="no"),
        "damaged": lambda route: route.fulfill(body=b"x" * 12_562),
        "held": lambda route: None,
    }[fault]
    if fault == "held":
        page.page.clock.install()
    page.page.route("**/recordings/*", meet)
    page.go(TWINS, "twins")
    page.page.locator("section.demo").scroll_into_view_if_needed()
    if fault != "held":
        page.until(lambda: sum("/recordings/" in url for url in page.requests) >= 3)
    assert page.page.locator(".demo-scrubber").is_hidden()
    assert page.page.locator(".demo-error").is_hidden()
    page.click("run")
    for _ in range(60 if fault == "held" else 0):  # five minutes, as the page sees it
        page.page.clock.fast_forward(5_000)
        page.page.wait_for_timeout(50)
        if page.runtime_requests():
            break
    if fault == "held":
        page.page.clock.resume()
    page.run_to_end()
    page.complaints.clear()


def test_without_motion_nothing_plays_before_the_reader_acts(visit) -> None:
    page = near(visit(recorded=True).go(TWINS, "twins"))
    page.page.wait_for_timeout(500)
    assert page.state() == "still"
