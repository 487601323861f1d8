"""The hand in the demo of a shared weight: it chooses a weight, and drags it along the axis of the loss."""

from __future__ import annotations

import pytest

PAGE = "questions/how-is-a-shared-weight-learned/"
ZERO = "cancel: their sum is exactly 0"


def handle_of(page, only: str):
    return page.page.locator(f"#demo-shared_weight svg[data-only={only}] [data-drag=value][data-on]")


@pytest.mark.parametrize(("width", "only"), [(1440, "wide"), (390, "narrow")])
def test_a_weight_is_dragged_to_where_its_products_cancel(visit, width, only):
    page = visit(recorded=True, viewport={"width": width, "height": 900}).go(PAGE)
    page.page.locator("#demo-shared_weight").hover()
    handle = handle_of(page, only)
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    result = page.page.locator("#demo-shared_weight .demo-result")
    for n in range(1, 90):
        page.page.mouse.move(x - n, y)
        page.page.wait_for_timeout(30)
        if ZERO in result.inner_text():
            break
    page.page.mouse.up()
    assert ZERO in result.inner_text()


def test_the_arrow_keys_move_the_handle(visit):
    page = visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PAGE)
    page.page.locator("#demo-shared_weight").hover()
    for _ in range(3):
        handle_of(page, "wide").focus()
        page.page.keyboard.press("ArrowLeft")
        page.page.wait_for_timeout(300)
    assert ZERO in page.page.locator("#demo-shared_weight .demo-result").inner_text()


def test_another_weight_moves_the_window_and_the_switch_keeps_it(visit):
    page = visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PAGE)
    demo = page.page.locator("#demo-shared_weight")
    demo.hover()
    drawing = demo.locator("svg[data-only=wide]")
    drawing.locator("[data-set='at=8,to=0,mean=0']").click()
    demo.get_by_text("The sum of the bottom right weight’s nine products is 0.99").first.wait_for()
    drawing.locator("[data-set='mean=1,at=8,to=0']").click()
    demo.get_by_text("divided by nine, is 0.11").first.wait_for()
