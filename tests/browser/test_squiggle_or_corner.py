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


@pytest.mark.parametrize("demo", [squiggle_or_corner, filter_votes, two_seeds], ids=lambda demo: demo.name)
def test_a_run_ends_and_agrees_with_cpython(warm, demo):
    page = warm(f"{PAGE}#{demo.name}?steps=200", demo.name)
    page.click("run")
    page.run_to_end()
    figure = demo.still(steps=200)
    expected = [float(value) for row in figure.table.rows for value in row]
    assert headings(page) == list(figure.table.columns)
    assert cells(page) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert "Step 200 of 200" in page.text(".demo-caption")


def test_what_stands_beside_the_filters_can_be_changed(warm):
    page = warm(f"{PAGE}#filter_votes?steps=100", "filter_votes")
    page.click("run")
    page.choose("show", "removal")
    page.until(lambda: page.shown().get("show") == "removal")
    page.run_to_end()
    assert "Without filter" in page.text(".demo-result")


def test_the_prediction_is_compared_with_the_run(warm):
    page = warm(PAGE)
    page.page.locator('.predict input[value="own"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert "Not quite" in page.text(".predict-reply")


def test_the_page_is_complete_without_javascript_and_never_scrolls_sideways(visit):
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800}).go(PAGE)
    assert page.page.locator("section.demo .demo-panels svg").count() == 6, "three demos with two panels each"
    for said in page.page.locator(".demo-result").all_inner_texts():
        assert "respond to both shapes" in said
    assert page.page.locator("html").bounding_box()["width"] <= 360
