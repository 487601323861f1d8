"""WCAG 2.2 AA, on every page: axe, 320 pixels, 200 % zoom, keys alone, forced colours, less motion, few announcements."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from convlens_site import demos

from . import test_policy
from .stage import COUNTING
from .test_accessible import in_both, turn, violations
from .visit import Visit, page_of

pytestmark = pytest.mark.browser
DEMOS = {slug: page_of(slug) for slug in demos.SLUGS}
SHORT = {  # where the length of a run is not the point
    "twins": "#twins?steps=100",
    "pull": "#pull?scene=2",
    "tie_breakers": "#tie_breakers?steps=50",
    "one_tie_breaker": "#one_tie_breaker?steps=400",
    "squiggle_or_corner": "#squiggle_or_corner?steps=100",
    "two_seeds": "#two_seeds?steps=100",
}
SORTING = ".try:has(> section.demo[data-sorting]) > .sort"  # the things to add to the demo that is looked at
PARTS = 3  # of the long sweep over all pages, so that several processes share it


def paths(site: Any) -> list[str]:
    """The address of every page, from the site's root; those without the theme have tests of their own, in test_embedding."""
    all_pages = [page.relative_to(site.folder).as_posix().removesuffix("index.html") for page in site.pages]
    return [path for path in all_pages if path != "404.html" and not path.startswith("embed/")]


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_has_a_violation_or_scrolls_sideways_or_breaks_the_policy_while_it_loads(
    visit, site, stage, exhaustive: bool, part: int
) -> None:
    """The colours of code are tried with all source open, in test_accessible.

    The pages of a folder have the same parts: beside the questions, every sixth is looked at, and all in CI.
    """
    opened = visit(stage.url)
    opened.page.add_init_script(test_policy.LISTEN)
    pages = [path for path in paths(site) if path.startswith("questions/")]
    others = [path for path in paths(site) if path not in pages]
    pages += others if exhaustive else others[::6]
    assert len(pages) > 12
    pages = pages[part::PARTS]
    found, folders = {}, set()
    for path in pages:
        opened.page.set_viewport_size({"width": 1280, "height": 720})
        opened.go(path)
        opened.until(
            lambda: opened.page.evaluate("document.readyState === 'complete' && Boolean(window.document$)")
        )
        # The pages of a folder have the same parts: in the dark, one of each is enough beside the questions.
        dark = path.startswith("questions/") or path.partition("/")[0] not in folders
        folders.add(path.partition("/")[0])
        see = in_both if dark else violations
        found[path] = [*test_policy.violations(opened), *see(opened, without=".highlight code")]
        found[path] += [f"scrolls sideways at {width} px" for width in too_wide(opened)]
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


# Does the page scroll sideways, and still so after two seconds? The theme moves some parts a moment after a change of width.
SCROLLS = """async () => {
  const scrolls = () => document.documentElement.scrollWidth > innerWidth;
  for (let n = 0; n < 20 && scrolls(); n++) await new Promise((resolve) => setTimeout(resolve, 100));
  return scrolls();
}"""


def too_wide(opened: Visit) -> list[int]:
    """Of a small phone, 1280 pixels with 200 % zoom, and a tablet: on which of them the page scrolls sideways."""
    wide = []
    for width in (320, 640, 1024):
        opened.page.set_viewport_size({"width": width, "height": 700})
        if opened.page.evaluate(SCROLLS):
            wide.append(width)
    return wide


def test_on_a_small_phone_no_part_of_a_figure_that_can_be_tapped_is_smaller_than_24_pixels(read) -> None:
    sides = """all => all.map(each => each.getBoundingClientRect()).map(({width, height}) => Math.min(width, height))"""
    found = {
        slug: read(path, slug, width=320).page.locator("section.demo [data-set]:visible").evaluate_all(sides)
        for slug, path in DEMOS.items()
    }
    assert sum(map(len, found.values())) > 100
    assert {slug: min(each) for slug, each in found.items() if each and min(each) < 24} == {}


@pytest.mark.parametrize("width", [360, 768, 1024])
def test_without_javascript_no_page_of_a_reader_scrolls_sideways(visit, site, width: int) -> None:
    """The theme wraps wide tables with a script; without it they scroll by themselves."""
    opened = visit(java_script_enabled=False, viewport={"width": width, "height": 800})
    wide = []
    for path in ["", "glossary/", *(each for each in paths(site) if each.startswith("questions/"))]:
        opened.page.goto(opened.url + path)
        if opened.page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


@pytest.mark.sample(3)
@pytest.mark.parametrize("slug", DEMOS)
def test_a_demo_has_no_violation_running_done_or_failed(warm, slug: str) -> None:
    opened = warm(DEMOS[slug] + SHORT.get(slug, ""), slug)
    thing = opened.page.locator(
        f"{SORTING} [data-key] button"
    ).first  # where things are added, one is what runs
    for scheme, rules in [("dark", ("color-contrast",)), ("light", ())]:  # a run for each: it may be short
        turn(opened, scheme)
        if thing.count():
            thing.click()
            opened.page.locator('.sort-ask button:text("Tell me")').click()
        elif opened.page.locator("button.run").is_visible():
            opened.click("run")
        else:
            break  # once Python is there, such a demo follows each change by itself
        opened.reach("running", "done")  # what follows each touch has ended at once
        assert violations(opened, *rules, within="section.demo") == []
        if scheme == "dark" and opened.page.locator("button.stop").is_visible():
            opened.page.locator("button.stop").dispatch_event("click")  # which may have ended by itself
        else:
            opened.run_to_end()  # a sentence has no Stop
    opened.run_to_end()
    opened.page.locator(".demo details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert in_both(opened, within="section.demo") == []
    numbers = opened.page.locator("section.demo input[type=number]")
    if not numbers.count():
        assert set(kinds(opened).values()) <= {"choice", "pointed"}, "nothing of it can be set wrongly"
        return
    numbers.last.fill("-1")
    opened.reach("failed")
    assert in_both(opened, within="section.demo") == []


def focused(opened: Visit) -> dict[str, Any]:
    """What has the focus: its kind, its control, and whether it is seen."""
    return opened.page.evaluate(
        """() => {
          const at = document.activeElement;
          const ring = getComputedStyle(
            at.matches(".options input") ? at.nextElementSibling : at.querySelector("[data-moves]") ?? at);
          return {kind: at.type || at.tagName.toLowerCase(), value: at.value ?? "",
            control: at.closest("[data-control]")?.dataset.control ?? "", set: at.dataset.set ?? "",
            text: at.textContent, inside: Boolean(at.closest("section.demo")),
            ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) > 0};
        }"""
    )


@pytest.mark.sample(2)
@pytest.mark.parametrize("slug", DEMOS)
def test_every_control_of_a_demo_is_reached_and_changed_by_keys_alone(warm, slug: str) -> None:
    opened = warm(DEMOS[slug], slug, height=900)
    keys = opened.page.keyboard
    declared, sorting = spec(opened), opened.page.locator(SORTING)
    things = {sorting.get_attribute("data-control")} if sorting.count() else set()
    wanted = {name for name, kind in kinds(opened).items() if kind != "pointed"} - things
    before = opened.page.evaluate(VALUES)
    opened.page.locator("details:has(section.demo)").evaluate_all(
        "all => all.forEach(each => { each.open = true })"
    )
    opened.page.locator(".demo-title").evaluate("title => { title.tabIndex = -1; title.focus(); }")
    reached, pressed, entered = set(), set(), False
    for _ in range(60):
        keys.press("Tab")
        now = focused(opened)
        if not now["inside"]:
            break
        assert now["ring"], f"no ring around {now}"
        if now["kind"] == "summary" and now["text"] in {"More settings", "Settings"}:
            keys.press("Enter")
            opened.page.wait_for_function("document.activeElement.parentElement.open")
        elif now["kind"] in {"radio", "range"}:
            keys.press("ArrowRight" if now["control"] not in reached else "Shift")
        elif now["kind"] == "checkbox":
            keys.press("Space")
        elif now["kind"] == "number" and declared_kind(declared, now["control"]) == "seed":
            keys.press("ArrowUp")
        elif now["set"] and not wanted:
            keys.press("Enter")  # the figure itself is all that there is to set
            entered = True
        elif now["kind"] == "button":
            pressed.add(now["text"])
        reached.add(now["control"])
    assert not focused(opened)["inside"], "Tab leads out of the demo"
    assert reached - {""} == wanted
    after = opened.page.evaluate(VALUES)
    # A slider at its end goes no further to the right; a seed goes one up.
    at_end = {
        c["name"]
        for c in declared["controls"]
        if c.get("stops") and before[c["name"]] == f"{c['stops'][-1]:g}"
    }
    assert {name for name in wanted if before[name] == after[name]} <= at_end
    assert "Link" in pressed
    if not declared["run"]:
        if wanted or entered:  # one that asks for a guess has nothing to set before it
            opened.run_to_end()  # it follows each change by itself
        return
    if things:
        sorting.locator("[data-key] button").first.focus()
        keys.press("Enter")
        assert focused(opened)["text"].startswith("They ")
        keys.press("Enter")
        opened.run_to_end()
        opened.until(lambda: focused(opened)["text"] == "Next")
        return
    if declared["sentence"]:
        assert "Train" in pressed, "its one button; the scrubber takes a step and goes back"
        return
    assert "Run" in pressed, "beside a list of things, the scrubber does the rest"


def spec(opened: Visit) -> dict[str, Any]:
    """What the demo declares of itself."""
    return opened.page.locator("section.demo").evaluate("demo => JSON.parse(demo.dataset.declared).spec")


def kinds(opened: Visit) -> dict[str, str]:
    """The kind of each parameter, by name."""
    return {control["name"]: control["kind"] for control in spec(opened)["controls"]}


def declared_kind(declared: dict[str, Any], name: str) -> str:
    return next((c["kind"] for c in declared["controls"] if c["name"] == name), "")


VALUES = """() => Object.fromEntries([...document.querySelectorAll("section.demo [data-control]")].map((box) => [
  box.dataset.control, (box.querySelector("input:checked") ?? box.querySelector("input[type=number]") ?? {value: ""}).value]))"""


def test_a_run_is_announced_at_its_ends_and_not_in_between(visit, stage) -> None:
    opened = visit(stage.url).go(COUNTING)
    listen(opened)
    opened.click("run")
    opened.run_to_end()
    opened.until(lambda: said(opened) and said(opened)[-1][0].startswith("Done. It has counted to 20"))
    assert said(opened)[0][0] == "Python is starting."
    assert {text for text, _ in said(opened)} <= {"Python is starting.", "Running.", said(opened)[-1][0]}
    live = opened.page.locator(
        "section.demo [aria-live], section.demo [role=status], section.demo [role=alert]"
    )
    assert set(live.evaluate_all("all => all.map(each => each.className)")) == {
        "predict-reply",  # of the guess beside it
        "visually-hidden demo-announcer",
        "demo-error",
    }


def test_whatever_a_reader_does_there_is_one_announcement_in_five_seconds_at_most(warm) -> None:
    opened = warm(f"{COUNTING}#counting?steps=100")
    listen(opened)
    opened.page.evaluate(
        """() => {
            const seed = document.querySelector("#counting-seed");
            for (let n = 0; n < 40; n++) { seed.value = n; seed.dispatchEvent(new Event("input", { bubbles: true })); }
        }"""
    )
    for _ in range(8):
        opened.click("step")
        opened.until(lambda: opened.state() == "paused")
    opened.click("run")
    opened.run_to_end()
    opened.until(lambda: said(opened) and said(opened)[-1][0].startswith("Done."))
    opened.fill("seed", "7")
    opened.until(lambda: len(said(opened)) >= 2)
    opened.run_to_end()
    times = [at for _, at in said(opened)]
    assert min(later - earlier for earlier, later in pairwise(times)) > 4900


def listen(opened: Visit) -> None:
    """Note what a screen reader would say, and when."""
    opened.page.evaluate(
        """() => {
          const region = document.querySelector("section.demo .demo-announcer");
          window.said = [];
          const note = () => window.said.push([region.textContent, performance.now()]);
          new MutationObserver(note).observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )


def said(opened: Visit) -> list[tuple[str, float]]:
    return opened.page.evaluate("window.said")


@pytest.mark.parametrize("slug", ["conv_walk", "conv_arithmetic"])
def test_who_makes_a_figure_live_by_key_does_not_lose_the_place(visit, stage, slug: str) -> None:
    """The button goes while Python comes, and does not return: the focus is on what can be done next."""
    opened = visit(stage.url).go(DEMOS[slug])
    held = []
    opened.page.route("**/numpy.tar.bin", lambda route: held.append(route))
    where = "() => document.activeElement.textContent + (document.activeElement.dataset.set ? '*' : '')"
    opened.page.locator("button.run").focus()
    opened.page.keyboard.press("Enter")
    opened.until(lambda: opened.state() == "loading" and held)
    assert opened.page.evaluate(where) == "Stop"
    opened.page.keyboard.press("Enter")
    opened.until(lambda: opened.state() == "stopped")
    assert opened.page.evaluate(where) == "Make it live"
    opened.page.unroute_all()
    opened.page.keyboard.press("Enter")
    opened.run_to_end()
    assert opened.page.evaluate(where).endswith("*")
    opened.complaints.clear()  # of the request that was given up


def test_with_reduced_motion_few_frames_are_painted(warm) -> None:
    painted = {}
    for motion in ("no-preference", "reduce"):
        opened = warm(f"{COUNTING}#counting?steps=100")
        opened.page.emulate_media(reduced_motion=motion)
        opened.page.locator(".demo-panels").evaluate(
            """panels => {
              window.painted = 0;
              new MutationObserver(() => (window.painted += 1)).observe(panels, {childList: true});
            }"""
        )
        opened.click("run")
        opened.run_to_end(quick=False)
        painted[motion] = opened.page.evaluate("window.painted")
        assert opened.text(".demo-caption") == "Step 100 of 100."
        moving = "all => all.filter(each => getComputedStyle(each).animationName !== 'none').length"
        assert opened.page.locator("section.demo *").evaluate_all(moving) == 0
    assert 2 <= painted["reduce"] <= 12 < painted["no-preference"]


def test_forced_colours_leave_the_choice_and_the_figure_visible(read) -> None:
    opened = read(DEMOS["twins"], "twins")
    opened.page.emulate_media(forced_colors="active")
    chosen, other = opened.page.locator('[data-control="outgoing"] span').evaluate_all(
        "all => all.map(each => getComputedStyle(each).backgroundColor)"
    )
    assert chosen != other
    frames = opened.page.locator(".demo-panels rect[stroke]").first.evaluate(
        "each => getComputedStyle(each).stroke"
    )
    paper = opened.page.locator("body").evaluate("each => getComputedStyle(each).backgroundColor")
    assert frames not in {"none", paper}
    assert violations(opened) == []
