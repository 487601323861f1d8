"""The page on the black line, as a reader meets it."""

from __future__ import annotations

import pytest
from black_line import black_line

from .visit import ALIVE

pytestmark = pytest.mark.browser
PATH = "questions/the-black-line/"
HANDLE = "#demo-black_line [data-only=wide] [data-dial]"
SAID = "#demo-{} [data-only=wide] [data-said]:not([display])"


def rows(page) -> list[list[str]]:
    return page.page.locator("#demo-black_line .demo-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value))"
    )


def said(page, name: str = "black_line") -> list[str]:
    return page.page.locator(SAID.format(name)).all_text_contents()


def test_a_run_ends_and_agrees_with_cpython(warm):
    page = warm(f"{PATH}#black_line?optimizer=adam", "black_line")
    page.click("run")
    page.run_to_end()
    expected = black_line.still(optimizer="adam").table.rows
    for live, there in zip(rows(page), expected, strict=True):
        assert live[0] == there[0]
        assert [float(cell) for cell in live[1:]] == pytest.approx(there[1:], rel=1e-5, abs=1e-9)


def test_nothing_plays_before_the_guess_which_is_compared_with_the_run(visit):
    page = visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PATH)
    page.page.locator("#demo-black_line .demo-sentence").scroll_into_view_if_needed()
    page.page.wait_for_timeout(2500)
    assert said(page) == ["0 of 8"]
    page.page.locator(HANDLE).press("Home")
    page.page.locator('.predict input[value="8"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert "Not quite" in page.text(".predict-reply")
    assert said(page) == ["2 of 8"], "at the limit of the question, whatever the reader had chosen"


def test_the_handle_is_dragged_or_turned_by_keys_and_both_figures_follow(visit):
    page = visit(recorded=True, viewport={"width": 1440, "height": 900})
    page.page.goto(page.url + PATH)
    page.until(lambda: page.page.evaluate(ALIVE))
    handle = page.page.locator(HANDLE)
    handle.scroll_into_view_if_needed()
    before = said(page, "kept_minus")
    handle.press("Home")
    assert handle.get_attribute("aria-valuetext").startswith("0.00, ")
    low = said(page), said(page, "kept_minus")
    assert low[1] != before
    track = handle.locator("rect").first.bounding_box()
    middle = track["y"] + track["height"] / 2
    page.page.mouse.move(track["x"] + 2, middle)
    page.page.mouse.down()
    page.page.mouse.move(track["x"] + track["width"], middle, steps=5)
    page.page.mouse.up()
    assert handle.get_attribute("aria-valuenow") == "50"
    assert said(page) == ["0 of 8"]
    assert said(page, "kept_minus") == ["0", "0", "0"]
    handle.press("ArrowLeft")
    assert handle.get_attribute("aria-valuetext").startswith("0.98, ")
