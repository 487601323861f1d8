"""One output number, as a reader meets it: pointer, finger and keys light the same things, with CPython's numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conv_walk import conv_walk

from .visit import Visit

pytestmark = pytest.mark.browser
PAGE = "questions/one-output-number/"
PLACES = [
    {"filter": 0, "map_row": 2, "map_column": 1},
    {"filter": 0, "map_row": 1, "map_column": 2},
]


def part(visit: Visit, place: dict[str, int]):
    """The number of the map that sets these, in the drawing that is shown."""
    words = ",".join(f"{name}={value}" for name, value in place.items())
    return visit.page.locator(f'.demo-panels [data-set="{words}"]:not([data-drag])').locator("visible=true")


def table(visit: Visit) -> list[str]:
    """What the figure's table says."""
    return visit.page.locator(".demo-table tbody td").evaluate_all(
        "cells => cells.map(cell => cell.dataset.value)"
    )


def expected(**settings: object) -> tuple[str, list[str]]:
    """The same from CPython: sentence and table."""
    figure = conv_walk.still(**settings)
    return figure.alt, [str(cell) for row in figure.table.rows for cell in row]


def live(visit: Visit) -> Visit:
    """The page with Python started, at the default figure, its table open."""
    visit.page.locator(".demo-table summary").click()
    visit.click("run")
    visit.run_to_end()
    return visit


def test_hover_tap_and_keys_give_the_numbers_of_cpython(visit: Callable[..., Visit]) -> None:
    page = live(visit(has_touch=True).go(PAGE))
    first, _ = expected()
    for place in PLACES:
        sentence, rows = expected(**place)
        for way in ("hover", "tap", "key"):
            if way == "hover":
                part(page, place).hover()
            elif way == "tap":
                part(page, place).tap()
            else:
                part(page, place).focus()
                page.page.keyboard.press("Enter")
            page.until(lambda sentence=sentence: page.text(".demo-result") == sentence)
            assert table(page) == rows
            assert part(page, place).get_attribute("data-on") == "true"
            page.page.mouse.move(0, 0)  # it points at no part that is drawn anew
            part(page, {"filter": 0, "map_row": 0, "map_column": 0}).tap()
            page.until(lambda: page.text(".demo-result") == first)
            page.page.mouse.move(0, 0)


def test_arrows_walk_the_window_over_the_map(warm: Callable[..., Visit]) -> None:
    page = live(warm(PAGE))
    page.page.locator(".demo-panels [data-on]:not([data-drag])").locator("visible=true").focus()
    for key, row, column in (("Right", 0, 1), ("Right", 0, 2), ("Down", 1, 2), ("Left", 1, 1), ("Up", 0, 1)):
        page.page.keyboard.press(f"Arrow{key}")
        sentence, _ = expected(map_row=row, map_column=column)
        page.until(lambda sentence=sentence: page.text(".demo-result") == sentence)
        focused = page.page.evaluate("document.activeElement.dataset.set")
        assert focused == f"filter=0,map_row={row},map_column={column}"


def test_a_click_holds_nothing(warm: Callable[..., Visit]) -> None:
    page = live(warm(PAGE, height=1400))  # nothing scrolls away under the pointer
    for place in PLACES:
        part(page, place).hover()
        page.until(lambda place=place: page.text(".demo-result") == expected(**place)[0])
        part(page, place).click()


def test_the_window_is_dragged_over_the_image(warm: Callable[..., Visit]) -> None:
    page = live(warm(PAGE, height=1400))
    spots = [
        page.page.locator(f'.demo-panels [aria-label="green: row {n}, column {n}"]').locator("visible=true")
        for n in (1, 3)
    ]
    first, last = (spot.bounding_box() for spot in spots)
    page.page.mouse.move(first["x"] + 20, first["y"] + 20)
    page.page.mouse.down()
    page.page.mouse.move(last["x"] + 20, last["y"] + 20, steps=8)
    page.page.mouse.up()
    page.until(lambda: page.text(".demo-result") == expected(map_row=2, map_column=2)[0])


def test_a_pointer_that_rests_asks_for_one_figure_only(warm: Callable[..., Visit]) -> None:
    page = live(warm(PAGE))
    page.page.evaluate(
        """() => { window.drawn = 0; new MutationObserver(() => { window.drawn += 1 })
        .observe(document.querySelector(".demo-panels"), {childList: true}) }"""
    )
    part(page, PLACES[0]).hover()
    page.until(lambda: page.text(".demo-result") == expected(**PLACES[0])[0])
    drawn = page.page.evaluate("window.drawn")
    assert drawn >= 1
    page.page.wait_for_timeout(1000)
    assert page.page.evaluate("window.drawn") == drawn, "the new part under the pointer asks for no other"


def test_stride_and_padding_redraw_at_once(warm: Callable[..., Visit]) -> None:
    page = live(warm(PAGE))
    page.choose("padding", "1")
    page.choose("stride", "2")
    sentence, rows = expected(stride="2", padding="1")
    # With the padding alone, the sentence and the table are the same: the map's size tells when the stride has come too.
    parts = page.page.locator(".demo-panels [data-set]:not([data-drag])").locator("visible=true")
    page.until(lambda: parts.count() == 10 and page.text(".demo-result") == sentence and table(page) == rows)


def test_the_figure_is_not_dimmed_while_the_next_one_comes_but_when_none_does(
    warm: Callable[..., Visit],
) -> None:
    page = live(warm(PAGE))
    page.page.evaluate(
        """() => { window.dimmed = 0; new MutationObserver(() => { window.dimmed += 1 })
        .observe(document.querySelector("section.demo"), {attributeFilter: ["data-stale"]}) }"""
    )
    part(page, PLACES[0]).hover()
    page.until(lambda: "row 3, column 2" in page.text(".demo-result"))
    assert page.page.evaluate("window.dimmed") == 0
    page.page.mouse.move(
        0, 0
    )  # the page moves when an error is told, and no other part is to come below the pointer
    page.fill("seed", "-1")
    page.until(lambda: page.state() == "failed")
    assert "Seed (seed) is -1" in page.text(".demo-error")
    assert page.page.locator("section.demo[data-stale]").count() == 1
    page.fill("seed", "3")
    page.run_to_end()
    page.until(lambda: page.page.locator("section.demo[data-stale]").count() == 0)
    assert page.text(".demo-result") == expected(seed=3, **PLACES[0])[0]


def test_in_passing_nothing_is_fetched(read: Callable[..., Visit]) -> None:
    page = read(PAGE)
    for n in (3, 20):
        page.page.locator(".demo-panels [data-set]").locator("visible=true").nth(n).hover()
    page.page.wait_for_timeout(200)
    assert page.runtime_requests() == []


@pytest.mark.parametrize(("answer", "verdict"), [("average", "Not quite"), ("sum", "As you expected")])
def test_the_prediction_is_compared_with_the_run(
    warm: Callable[..., Visit], answer: str, verdict: str
) -> None:
    page = warm(PAGE)
    page.page.locator(f'.predict input[value="{answer}"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert verdict in page.text(".predict-reply")
    said = page.text(".predict-reply")
    part(page, PLACES[0]).hover()
    page.until(lambda: "row 3, column 2" in page.text(".demo-result"))
    assert page.text(".predict-reply") == said


def test_without_javascript_the_page_is_complete(visit: Callable[..., Visit]) -> None:
    page = visit(java_script_enabled=False).go(PAGE)
    sentence, _ = expected()
    assert "What does it compute there?" in page.text(".demo-result")
    assert page.page.locator(".demo .demo-panels svg").count() == 2
    page.page.locator(".demo-table summary").click()
    assert page.page.locator(".demo-table td").last.is_visible()
    page.page.locator("details.tell summary").click()
    assert "27 products" in page.text("details.tell")
    assert sentence in page.text("details.tell")
    assert page.page.locator("details.tell svg").last.is_visible()
