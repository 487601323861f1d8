"""A guess that is drawn into a plot, in a real browser: with the mouse, by an answer, and compared with the recorded run."""

from __future__ import annotations

import pytest

from .test_accessible import in_both
from .visit import Visit

pytestmark = pytest.mark.browser
PAGE = "questions/why-not-the-same/"


@pytest.fixture
def opened(visit):
    return visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PAGE, "twins")


def draw(page, *points: tuple[float, float]) -> None:
    """Draw a line through these points, shares of the plot from its lower left corner."""
    layer = page.page.locator(".guess-layer")
    layer.evaluate(
        "each => each.scrollIntoView({ block: 'center' })"
    )  # a line at the window's edge is not drawn
    box = layer.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]) for x, y in points]
    page.page.mouse.move(*places[0])
    page.page.mouse.down()
    for place in places[1:]:
        page.page.mouse.move(*place, steps=8)
    page.page.mouse.up()


def chosen(page) -> str | None:
    checked = page.page.locator(".predict input:checked")
    return checked.get_attribute("value") if checked.count() else None


def curve(page) -> list[tuple[float, float]]:
    """The drawn curve, in shares of the plot."""
    box = page.page.locator(".guess-layer").bounding_box()
    points = page.page.locator(".guess-layer polyline").get_attribute("points") or ""
    pairs = [tuple(map(float, pair.split(","))) for pair in points.split()]
    return [(x / box["width"], 1 - y / box["height"]) for x, y in pairs]


@pytest.mark.parametrize(
    ("end", "answer", "verdict"),
    [(0.6, "apart", "✓ As you expected."), (0.06, "near", "✗ Not quite."), (0.0, "same", "✗ Not quite.")],
)
def test_where_a_drawn_curve_ends_is_the_guess_and_the_recorded_run_answers_it(opened, end, answer, verdict):
    draw(opened, (0.01, 0.0), (0.5, end / 2), (0.97, end))
    assert chosen(opened) == answer
    assert opened.text(".guess-bar").startswith("Your guess: ")
    opened.page.locator(".guess-bar button").click()
    opened.run_to_end()
    assert opened.text(".predict-reply").startswith(verdict)
    assert "difference between filters 1 and 2 is 4.3" in opened.text(".predict-reply")
    assert opened.page.locator("details.tell").get_attribute("open") is not None
    assert curve(opened)[-1] == pytest.approx((1, end), abs=0.02), "the guess stays beside the run"
    assert opened.runtime_requests() == []
    assert opened.pythons() == []


def test_an_answer_draws_its_curve_and_needs_no_pointer(opened):
    opened.page.locator('.predict input[value="same"]').focus()
    opened.page.keyboard.press("Space")
    assert {round(y, 3) for _, y in curve(opened)} == {0}
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("ArrowDown")
    assert chosen(opened) == "apart"
    assert curve(opened)[-1][1] > 0.4
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    opened.run_to_end()
    assert opened.text(".predict-reply").startswith("✓ As you expected.")
    assert opened.runtime_requests() == []


def test_half_a_curve_is_no_guess_and_a_second_one_replaces_the_first(opened):
    draw(opened, (0.0, 0.0), (0.5, 0.5))
    assert chosen(opened) is None
    assert opened.text(".guess-bar") == "Draw it on to the right edge."
    opened.page.locator(".predict > button").click()
    assert "Choose one of the answers first" in opened.text(".predict-hint")
    button, hint = (
        opened.page.locator(each).bounding_box() for each in (".predict > button", ".predict-hint")
    )
    assert 0 < hint["y"] - button["y"] - button["height"] < 30, "beside the button that was pressed"
    assert opened.state() == "still"
    draw(opened, (0.0, 0.0), (1.0, 0.9))
    draw(opened, (0.0, 0.0), (1.0, 0.0))
    assert chosen(opened) == "same"


def test_the_layer_lies_on_the_plot_and_only_on_axes_that_the_question_is_about(opened):
    def places() -> list[dict[str, float]]:
        return [opened.page.locator(each).bounding_box() for each in (".guess-layer", "[data-guess]")]

    layer, plot = places()
    assert layer == pytest.approx(plot, abs=1)
    draw(opened, (0.0, 0.0), (1.0, 0.5))
    opened.page.set_viewport_size({"width": 800, "height": 900})
    opened.until(lambda: places()[0] == pytest.approx(places()[1], abs=1))
    assert curve(opened)[-1][1] == pytest.approx(0.5, abs=0.02)
    opened.page.set_viewport_size({"width": 1440, "height": 900})
    opened.page.locator("#demo-twins .demo-fold summary").click()
    opened.choose("incoming", "same")
    opened.reach("done")
    opened.fill("gap", "0.001")
    opened.until(lambda: opened.shown()["gap"] == 0.001)
    opened.run_to_end()
    assert not opened.page.locator(".guess-layer").is_visible()


def test_a_form_with_a_guess_has_no_violation(opened):
    draw(opened, (0.0, 0.0), (1.0, 0.5))
    assert in_both(opened) == []
    opened.page.locator(".guess-bar button").click()
    opened.run_to_end()
    assert in_both(opened) == []


def runs_in_view(page: Visit) -> None:
    """On a phone of 390 x 844 pixels, the run and then the reply are below the header and above the lower edge."""
    page.reach("running")
    plot = page.page.locator(".guess-layer").bounding_box()
    assert plot["y"] > 48
    assert plot["y"] + plot["height"] < 844
    page.run_to_end()
    reply = page.page.locator(".predict-reply").bounding_box()
    assert 48 < reply["y"] < 844 - 40
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_finger_draws_too_and_the_run_is_in_view_on_a_phone(visit):
    page = visit(recorded=True, viewport={"width": 390, "height": 844}, has_touch=True).go(PAGE, "twins")
    draw(page, (0.0, 0.0), (1.0, 0.5))
    page.page.locator(".guess-bar button").click()
    runs_in_view(page)


@pytest.mark.parametrize("path", ["embed/twins/", "questions/the-black-line/"])
def test_where_no_curve_is_asked_for_nothing_can_be_drawn(visit, path):
    page = visit(recorded=True).go(path)
    page.click("run")
    page.run_to_end()
    assert page.page.locator(".guess-layer").count() == 0


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("why-not-the-same", "They stay different."),
        ("the-black-line", "Usually not all of them do."),
        ("squiggle-or-corner", "A typical filter learns to prefer one of them"),
        ("one-output-number", "27 products"),
        ("where-does-3073-come-from", "A filter has one weight for every pixel"),
        ("how-is-a-shared-weight-learned", "The gradient is the sum of the products of all places."),
        ("what-does-the-second-layer-read", "Each filter reads all 4 maps at once, and makes one map."),
        ("random-or-different", "You need only a difference."),
    ],
)
def test_without_javascript_the_answer_is_folded_below_the_demo(visit, page, said):
    opened = visit(java_script_enabled=False, viewport={"width": 390, "height": 844}).go(f"questions/{page}/")
    fold = opened.page.locator("details.tell").first
    assert said not in opened.page.locator("section.demo").first.inner_text()
    assert not fold.get_by_text(said).first.is_visible()
    fold.locator("summary").click()
    assert said in fold.inner_text()
    if page != "random-or-different":
        assert fold.locator(".told-panels svg").last.is_visible(), "the end of the run"
    box = fold.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
