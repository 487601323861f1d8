"""The hand in the demo of two layers: it presses a number, points at what it is made of, and asks for a word."""

from __future__ import annotations

import pytest
from second_layer import DEFINED, WORDS, second_layer

PAGE = "questions/what-does-the-second-layer-read/"


def opened(visit, width: int):
    page = visit(recorded=True, viewport={"width": width, "height": 900}).go(PAGE)
    demo = page.page.locator("#demo-second_layer")
    demo.hover()
    demo.get_by_text("Show me").locator("visible=true").click()
    demo.get_by_text(second_layer.still().alt).first.wait_for()
    return page, demo


@pytest.mark.parametrize(("width", "only"), [(1440, "wide"), (390, "narrow")])
def test_a_number_is_pressed_and_its_products_are_pointed_at(visit, width, only):
    page, demo = opened(visit, width)
    drawing = demo.locator(f"svg[data-only={only}]")
    place = {"filter": 2, "row": 0, "column": 2}
    drawing.locator("[data-set='filter=2,row=0,column=2,look=0'][data-drag]").click()
    demo.get_by_text(second_layer.still(**place).alt).first.wait_for()
    page.page.wait_for_timeout(300)
    assert drawing.locator("[data-drag=number][data-on]").count() == 1


def test_hovering_shows_a_product_and_the_large_number_leads_back(visit):
    _, demo = opened(visit, 1440)
    drawing = demo.locator("svg[data-only=wide]")
    drawing.locator("[data-set='look=15']").first.hover()
    demo.get_by_text(second_layer.still(look=15).alt).first.wait_for()
    drawing.locator("[data-set='look=0']").hover()
    demo.get_by_text(second_layer.still().alt).first.wait_for()


def test_the_arrow_keys_walk_through_the_numbers_of_all_three_maps(visit):
    page, demo = opened(visit, 1440)
    drawing = demo.locator("svg[data-only=wide]")
    for row, f in ((2, 0), (0, 1), (1, 1)):
        drawing.locator("[data-drag=number][data-on]").focus()
        page.page.keyboard.press("ArrowDown")
        demo.get_by_text(second_layer.still(filter=f, row=row).alt).first.wait_for()


def test_a_word_says_what_it_is(visit):
    _, demo = opened(visit, 1440)
    for n, said in enumerate(DEFINED.values()):
        demo.locator(f"svg[data-only=wide] [data-set='look={WORDS + n}']").hover()
        demo.get_by_text(said).first.wait_for()
