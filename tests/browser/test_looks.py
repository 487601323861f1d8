"""What a reader sees of a demo on a wide screen and on a phone; a built figure and a live one look the same.

That no text of a picture is cut or stands on another is tested without a browser, in tests/demos/test_pictures.py.
"""

from __future__ import annotations

import pytest

from convlens_site import demos

from .visit import page_of

pytestmark = pytest.mark.browser
QUESTIONS = sorted({page_of(slug) for slug in demos.SLUGS})


@pytest.mark.parametrize("demo", ["conv_arithmetic"])
def test_a_live_table_is_the_built_one(warm, demo):
    page = warm(page_of(demo), demo)
    table = page.page.locator(".demo-table table")
    built = table.inner_html()
    assert 'class="words"' in built
    page.click("run")
    page.run_to_end()
    assert table.inner_html() == built


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_controls_are_in_sight_where_there_is_room_and_two_on_a_phone(read, question):
    page = read(question, width=768, height=900)
    # Below a figure that a reader touches, they are folded; what stands in a list beside a demo is no control any more.
    controls = page.page.locator(".demo:not([data-hand]) .control:not([hidden])")
    count = controls.count()
    # Beside a guess the settings come last, folded; beside a list, on a phone too.
    beside = page.page.locator(".try > .demo :is(.more-settings, .demo-fold) summary")
    folded = page.page.locator(".try > .demo .demo-fold").count() > 0
    in_sentence = page.page.locator(".demo:not([data-hand]) .demo-sentence .control").count()
    is_list = page.page.locator(".demo[data-sorting]").count() > 0
    if beside.count():
        beside.click()
    assert [controls.nth(index).is_visible() for index in range(count)] == [True] * count
    if beside.count():
        beside.click()
    page.page.set_viewport_size({"width": 360, "height": 800})
    in_sight = sum(controls.nth(index).is_visible() for index in range(count))
    assert in_sight == (0 if is_list else in_sentence if folded else count if count <= 4 else 2)
    if is_list or folded or count > 4:
        page.page.locator(".try > .demo :is(.more-settings, .demo-fold) summary").click()
        assert controls.last.is_visible()


@pytest.mark.parametrize("slug", demos.SLUGS)
def test_on_a_phone_no_text_of_a_figure_is_tiny(read, slug):
    page = read(page_of(slug), slug, width=360, height=800)
    sizes = page.page.locator(".demo-panels text").evaluate_all(
        "all => all.filter(text => text.getScreenCTM()).map("
        "text => text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 10
