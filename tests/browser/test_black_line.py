"""The page on the black line, as a reader meets it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from black_line import black_line

pytestmark = pytest.mark.browser
PATH = "questions/the-black-line/"


def rows(page) -> list[list[str]]:
    return page.page.locator(".demo-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value))"
    )


@pytest.mark.parametrize("runs", ["one", "ten"])
def test_a_run_ends_and_agrees_with_cpython(visit, runs):
    page = visit().go(PATH)
    page.choose("runs", runs)
    page.click("run")
    page.run_to_end(90)
    expected = black_line.still(runs=runs).table.rows
    for live, there in zip(rows(page), expected, strict=True):
        assert live[0] == there[0]
        assert [float(cell) for cell in live[1:]] == pytest.approx(there[1:], rel=1e-5)


def test_a_prediction_is_compared_with_the_run(visit):
    page = visit().go(PATH)
    page.page.locator('.predict input[value="all"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end(60)
    assert "The run shows something else" in page.text(".predict-reply")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_violation(visit, scheme):
    page = visit(color_scheme=scheme).go(PATH)
    found = Axe().run(page.page, options={"rules": {"landmark-unique": {"enabled": False}}})
    assert [violation["id"] for violation in found.response["violations"]] == []


@pytest.mark.parametrize("width", [320, 768])
def test_the_page_does_not_scroll_sideways(visit, width):
    page = visit(viewport={"width": width, "height": 800}).go(PATH)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
