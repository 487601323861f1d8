"""The page on the black line, as a reader meets it."""

from __future__ import annotations

import pytest
from black_line import black_line

pytestmark = pytest.mark.browser
PATH = "questions/the-black-line/"


def rows(page) -> list[list[str]]:
    return page.page.locator(".demo-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value))"
    )


def test_a_run_ends_and_agrees_with_cpython(warm):
    page = warm(f"{PATH}#black_line?optimizer=adam", "black_line")
    page.click("run")
    page.run_to_end()
    expected = black_line.still(optimizer="adam").table.rows
    for live, there in zip(rows(page), expected, strict=True):
        assert live[0] == there[0]
        assert [float(cell) for cell in live[1:]] == pytest.approx(there[1:], rel=1e-5, abs=1e-9)


def test_a_prediction_is_compared_with_the_run(warm):
    page = warm(PATH)
    page.page.locator('.predict input[value="all"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert "Not quite" in page.text(".predict-reply")
