"""What a reader sees of a demo on a wide screen and on a phone; a built figure and a live one look the same."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
QUESTIONS = (
    "where-does-3073-come-from",
    "one-output-number",
    "why-not-the-same",
    "random-or-different",
    "the-black-line",
    "squiggle-or-corner",
)


@pytest.mark.parametrize("question", QUESTIONS[:2])
def test_a_live_table_is_the_built_one(visit, question):
    page = visit().go(f"questions/{question}/")
    table = page.page.locator(".demo-table table")
    built = table.inner_html()
    assert 'class="words"' in built
    page.click("run")
    page.run_to_end()
    assert table.inner_html() == built


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_controls_are_in_sight_where_there_is_room_and_two_on_a_phone(visit, question):
    page = visit(viewport={"width": 768, "height": 900}).go(f"questions/{question}/")
    controls = page.page.locator(".demo .control")
    count = controls.count()
    assert [controls.nth(index).is_visible() for index in range(count)] == [True] * count
    page.page.set_viewport_size({"width": 360, "height": 800})
    in_sight = sum(controls.nth(index).is_visible() for index in range(count))
    assert in_sight == (count if count <= 4 else 2)
    if count > 4:
        page.page.locator(".more-settings summary").click()
        assert controls.last.is_visible()


@pytest.mark.parametrize("question", QUESTIONS)
def test_on_a_phone_nothing_sticks_out_and_no_text_of_a_figure_is_tiny(visit, question):
    page = visit(viewport={"width": 360, "height": 800}).go(f"questions/{question}/")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    sizes = page.page.locator(".demo-panels text").evaluate_all(
        "all => all.map(text => text.getScreenCTM().a * parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 10
    page.page.set_viewport_size({"width": 320, "height": 800})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 320


# A text beyond its drawing is cut off, and two on each other cannot be read. Rows of single letters have places of their own.
LAID = """svgs => svgs.flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")]
        .filter(text => text.textContent.trim() && !(text.getAttribute("x") ?? "").includes(" "))
        .map(text => ({ said: text.textContent, box: text.getBoundingClientRect() }));
    const inside = ({ box }) => box.left > edge.left - 1 && box.right < edge.right + 1
        && box.top > edge.top - 1 && box.bottom < edge.bottom + 1;
    const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    const cut = texts.filter(text => !inside(text)).map(({ said }) => said);
    const pairs = texts.flatMap((one, n) => texts.slice(n + 1).filter(other => over(one.box, other.box))
        .map(other => `${one.said} / ${other.said}`));
    return [...cut, ...pairs];
})"""


@pytest.mark.parametrize("question", ["", *QUESTIONS])
def test_no_text_of_a_drawing_is_cut_or_stands_on_another(visit, question):
    page = visit(viewport={"width": 1440, "height": 900}).go(f"questions/{question}/" if question else "")
    drawings = page.page.locator(".demo-panels svg, .glance svg")
    assert drawings.count() >= 2
    assert drawings.evaluate_all(LAID) == []
