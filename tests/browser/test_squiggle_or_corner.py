"""The page on squiggle and right angle, in a real browser: it runs, agrees with CPython, and can be read."""

from __future__ import annotations

import pytest
from filter_votes import filter_votes
from squiggle_or_corner import squiggle_or_corner
from two_seeds import two_seeds

pytestmark = pytest.mark.browser
PAGE = "questions/squiggle-or-corner/"


def cells(page) -> list[float]:
    found = page.page.locator(".demo-table tbody td").evaluate_all("all => all.map(td => td.dataset.value)")
    return [float(value) for value in found]


def headings(page) -> list[str]:
    return page.page.locator(".demo-table thead th").all_text_contents()


@pytest.mark.parametrize("demo", [squiggle_or_corner, two_seeds], ids=lambda demo: demo.name)
def test_a_run_ends_and_agrees_with_cpython(warm, demo):
    page = warm(f"{PAGE}#{demo.name}?steps=200", demo.name)
    page.click("run")
    page.run_to_end()
    figure = demo.still(steps=200)
    expected = [float(value) for row in figure.table.rows for value in row]
    assert headings(page) == list(figure.table.columns)
    assert cells(page) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert "Step 200 of 200" in page.text(".demo-caption")


def test_a_filter_is_taken_away_by_a_click_and_put_back_by_another(visit):
    page = visit(recorded=True).go(PAGE, "filter_votes")
    page.page.locator("section.demo").scroll_into_view_if_needed()
    whole = page.text(".demo-result")
    page.page.get_by_role("button", name="take filter 1 away").click()
    page.until(lambda: page.text(".demo-result") == filter_votes.still(away=1).alt)
    page.page.get_by_role("button", name="put filter 1 back").click()
    page.until(lambda: page.text(".demo-result") == whole)
    page.choose("shape", "corner")
    page.until(lambda: page.text(".demo-result") == filter_votes.still(shape="corner").alt)
    assert page.runtime_requests() == [], "all of this is recorded"


def test_a_shape_is_painted_by_a_stroke_and_by_keys(warm):
    page = warm(PAGE, "filter_votes")
    pixels = page.page.locator(".demo-panels [data-drag=fill], .demo-panels [data-drag=clear]")
    pixels.nth(0).click()  # Python comes
    page.until(lambda: page.text(".demo-result") == filter_votes.still(painted=1).alt)
    page.page.keyboard.press("ArrowDown")
    assert (
        page.page.evaluate("document.activeElement.getAttribute('aria-label')") == "pixel in row 2, column 1"
    )
    page.page.keyboard.press("Enter")
    page.until(lambda: page.text(".demo-result") == filter_votes.still(painted=1 + 2**5).alt)
    first, last = (pixels.nth(n).bounding_box() for n in (20, 24))
    page.page.mouse.move(first["x"] + 9, first["y"] + 9)
    page.page.mouse.down()
    for share in range(41):
        x = first["x"] + 9 + share / 40 * (last["x"] - first["x"])
        page.page.mouse.move(x, first["y"] + 9)
        page.page.wait_for_timeout(40)
    page.page.mouse.up()
    painted = sum(2**n for n in (0, 5, 20, 21, 22, 24))  # pixel 23 is black in the squiggle
    page.until(lambda: page.shown()["painted"] == painted)


def test_the_prediction_is_compared_with_the_run(warm):
    page = warm(PAGE)
    page.page.locator('.predict input[value="own"]').check()
    page.page.locator(".predict button").first.click()
    page.run_to_end()
    assert "Not quite" in page.text(".predict-reply")


def test_its_sentence_has_the_one_button_and_the_settings_are_folded(read):
    page = read(PAGE)
    assert page.page.locator("section.demo .demo-sentence button.run").inner_text() == "Train"
    assert page.page.locator("section.demo :is(.step, .stop, .reset):visible").count() == 0
    assert page.page.locator("section.demo [data-control]:visible").count() == 0
    page.page.locator("section.demo .demo-fold summary").click()
    shown = page.page.locator("section.demo [data-control]:visible")
    assert shown.evaluate_all("all => all.map((each) => each.dataset.control)") == [
        "filters",
        "noise",
        "steps",
        "seed",
    ]


def test_the_page_is_complete_without_javascript_and_never_scrolls_sideways(visit):
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800}).go(PAGE)
    assert page.page.locator("section.demo .demo-panels svg").count() == 8, "four demos with two panels each"
    said = page.page.locator(".demo-result").all_inner_texts()
    assert ["respond to both shapes" in each for each in said] == [True, False, False, True]
    assert page.page.locator("html").bounding_box()["width"] <= 360
