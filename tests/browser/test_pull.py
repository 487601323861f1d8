"""The gradient of one image, in the page: scenes by tabs, buttons and keys, on a projector, on paper; and ideas that light up."""

from __future__ import annotations

import pytest
from pull import pull

pytestmark = pytest.mark.browser
PAGE = "questions/why-not-the-same/"
SECTION = "#demo-pull"


@pytest.fixture
def opened(visit):
    """A reader who has come to the demo; its recordings have too."""
    page = visit(recorded=True).go(PAGE, "pull")
    page.page.locator(f"{SECTION} .scenes").scroll_into_view_if_needed()
    page.page.locator(SECTION).dispatch_event("pointerenter")
    page.page.locator(f"{SECTION} .scene-steps").wait_for()
    page.page.wait_for_load_state("networkidle")
    return page


def outcome(page) -> str:
    return page.page.locator(f"{SECTION} .demo-stage .demo-result").inner_text().replace("\u202f", " ")


def said(**settings) -> str:
    return pull.still(**settings).alt.replace("\u202f", " ")


def test_scenes_follow_by_button_by_keys_and_by_numbers_and_need_no_python(opened) -> None:
    assert outcome(opened) == said(scene="1")
    opened.page.get_by_role("button", name="Next scene").click()
    opened.until(lambda: outcome(opened) == said(scene="2"))
    opened.page.keyboard.press("ArrowRight")
    opened.until(lambda: outcome(opened) == said(scene="3"))
    opened.page.keyboard.press("4")
    opened.until(lambda: outcome(opened) == said(scene="4"))
    assert opened.page.get_by_role("button", name="Next scene").get_attribute("aria-disabled") == "true"
    opened.page.keyboard.press("ArrowLeft")
    opened.until(lambda: outcome(opened) == said(scene="3"))
    opened.page.locator(f"{SECTION} [data-control=outgoing] label").first.click()
    opened.page.locator(f"{SECTION} .scenes label").last.click()
    opened.until(lambda: outcome(opened) == said(scene="4", outgoing="same"))
    assert (
        opened.page.locator(f"{SECTION} .demo-stage .demo-heading").inner_text()
        == "Its gradient, and one step"
    )
    assert opened.runtime_requests() == []


def test_a_position_is_pointed_at_and_its_patch_appears_without_python(opened) -> None:
    opened.page.locator(f"{SECTION} .scenes label").nth(2).click()
    place = opened.page.locator(f'{SECTION} .demo-stage [data-set="place=0"]:visible').first
    place.hover()
    opened.until(lambda: '"place":0' in (opened.page.locator(SECTION).get_attribute("data-shown") or ""))
    assert opened.runtime_requests() == []


def test_a_finger_that_moves_sideways_turns_the_scenes_and_one_that_moves_up_scrolls(visit) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    opened = visit(recorded=True, **phone).go(PAGE, "pull")
    figure = opened.page.locator(f"{SECTION} .demo-stage")
    figure.scroll_into_view_if_needed()
    opened.page.locator(f"{SECTION} .scene-steps").wait_for()
    opened.page.wait_for_load_state("networkidle")
    finger = opened.page.context.new_cdp_session(opened.page)

    def move(x: int, y: int) -> None:
        """Put a finger on the figure, move it so many pixels, and lift it."""
        top = max(figure.bounding_box()["y"], 0) + 300
        places = [{"x": 200 + x * part / 8, "y": top + y * part / 8} for part in range(9)]
        for kind, place in zip(["touchStart", *["touchMove"] * 8], places, strict=True):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
            opened.page.wait_for_timeout(16)  # a frame of the display
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    for by, scene in [(-150, "2"), (-150, "3"), (150, "2")]:
        move(by, 10)
        opened.until(lambda scene=scene: outcome(opened) == said(scene=scene))
    before = opened.page.evaluate("scrollY")
    move(-60, -150)
    opened.until(lambda: opened.page.evaluate("scrollY") > before + 80)
    assert outcome(opened) == said(scene="2")
    move(-20, 0)  # a finger that trembles
    assert outcome(opened) == said(scene="2")
    assert opened.runtime_requests() == []


def test_presenting_fills_a_projector_with_the_figure_its_scenes_and_two_controls(opened) -> None:
    opened.page.set_viewport_size({"width": 1024, "height": 768})
    button = opened.page.locator(f"{SECTION} .demo-links").get_by_role("button", name="Present")
    button.click()
    opened.page.locator(f"{SECTION}[data-present]").wait_for()
    box = opened.page.locator(SECTION).bounding_box()
    assert (box["width"], box["height"]) == (1024, 768)
    shown = opened.page.locator(f"{SECTION} [data-control]:visible")
    assert shown.evaluate_all("all => all.map((each) => each.dataset.control)") == [
        "incoming",
        "outgoing",
        "scene",
    ]
    for scene in ("2", "3", "4"):
        opened.page.keyboard.press("ArrowRight")
        opened.until(lambda scene=scene: outcome(opened) == said(scene=scene))
        result = opened.page.locator(f"{SECTION} .demo-stage .demo-result").bounding_box()
        assert result["y"] + 24 < 768, "all of a scene is on one screen"
    opened.page.keyboard.press("Escape")
    opened.until(lambda: opened.page.locator(f"{SECTION}[data-present]").count() == 0)
    assert button.evaluate("each => each === document.activeElement")


def test_a_run_is_presented_too_and_arrow_keys_move_along_it(visit) -> None:
    opened = visit(recorded=True).go(PAGE, "twins")
    opened.page.locator(".demo-scrubber").wait_for()
    twins = opened.page.locator("#demo-twins")
    twins.locator(".demo-links").get_by_role("button", name="Present").click()
    opened.page.locator("#demo-twins[data-present]").wait_for()
    opened.page.keyboard.press("ArrowRight")
    opened.until(lambda: twins.locator(".demo-scrubber").input_value() == "1")
    twins.get_by_role("button", name="Leave").click()
    assert opened.page.locator("#demo-twins[data-present]").count() == 0


def test_an_idea_lights_up_in_words_formula_and_figure_and_nothing_else_does(opened) -> None:
    word = opened.page.locator(f"{SECTION} .demo-stage .demo-caption [data-idea=error]")
    word.hover()
    lit = opened.page.locator("[data-lit]")
    opened.until(lambda: lit.count() > 3)
    assert set(lit.evaluate_all("all => all.map((each) => each.dataset.idea)")) == {"error"}
    assert {"a", "em", "mrow", "g"} <= set(lit.evaluate_all("all => all.map((each) => each.localName)"))
    opened.page.locator("h1").hover()
    opened.until(lambda: lit.count() == 0)
    word.focus()
    opened.until(lambda: lit.count() > 3)


def test_without_javascript_and_on_paper_all_scenes_are_there_in_their_order(visit) -> None:
    page = visit(java_script_enabled=False).go(PAGE).page
    headings = page.locator(f"{SECTION} .demo-heading:visible")
    assert headings.all_inner_texts() == [pull.still(scene=scene).heading for scene in "1234"]
    tops = headings.evaluate_all("all => all.map((each) => each.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    page.emulate_media(media="print")
    assert headings.count() == 4


def test_the_cells_of_its_notebook_import_the_other_demo(visit) -> None:
    page = visit().go("demos/pull/").page
    cell = page.locator(".cell").first
    cell.get_by_role("button", name="Run", exact=True).click()
    cell.and_(page.locator("[data-state=done], [data-state=failed]")).wait_for(timeout=60_000)
    assert cell.get_attribute("data-state") == "done", cell.inner_text()
