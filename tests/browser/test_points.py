"""A guess of several numbers, in a real browser: by sliders or in one stroke, and compared with the recorded runs."""

from __future__ import annotations

import re

import pytest

from .test_accessible import in_both
from .test_guessing import draw, runs_in_view

pytestmark = pytest.mark.browser
PAGE, DEMO = "questions/how-many-filters/", "filter_count"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def opened(visit):
    return visit(recorded=True, viewport=WIDE).go(PAGE, DEMO)


def guesses(page) -> list[int]:
    return [int(each.input_value()) for each in page.page.locator(".points input").all()]


def said(page) -> list[str]:
    return page.page.locator(".points output").all_inner_texts()


def check(page) -> str:
    """Check the guess, and return the reply."""
    page.page.get_by_role("button", name="Check my guess").click()
    page.run_to_end()
    return page.text(".predict-reply")


def told(page) -> bool:
    return page.page.locator("details.tell").first.get_attribute("open") is not None


def test_sliders_are_a_guess_and_a_second_question_follows_the_first_reply(opened):
    first = opened.text(".points legend")
    sliders = opened.page.locator(".points input")
    sliders.first.focus()
    for _ in range(sliders.count()):
        opened.page.keyboard.press("End")
        opened.page.keyboard.press("Tab")
    assert guesses(opened) == [100] * 6
    reply = check(opened)
    assert re.match(r"Your guess is off by \d+ points? on average, most for 1 filter: you drew 100\s%", reply)
    assert opened.shown()["reads"] == "mean"
    assert not told(opened), "there is another question"
    opened.page.get_by_role("button", name="Guess again").click()
    assert opened.text(".points legend") != first
    assert opened.text(".points legend").startswith("Now the next layer reads the whole")
    assert (said(opened), opened.page.locator(".predict-reply").inner_text()) == (["?"] * 6, "")
    assert sliders.first.evaluate("each => each === document.activeElement")
    opened.page.keyboard.press("PageUp")
    assert "most for" in check(opened)
    assert opened.shown()["reads"] == "map"
    assert opened.page.get_by_role("button", name="Guess again").count() == 0
    assert told(opened)
    assert opened.runtime_requests() == []


def test_one_stroke_moves_all_points_it_passes_and_stays_beside_the_run(opened):
    draw(opened, (0.02, 0.2), (0.98, 0.8))
    moved = guesses(opened)
    assert moved == sorted(moved)
    assert moved[0] < 35
    assert moved[-1] > 65
    assert len(set(moved)) == 6
    assert said(opened) == [f"{each}\u202f%" for each in moved]
    assert in_both(opened) == []
    assert "on average" in check(opened)
    line = opened.page.locator(".guess-layer polyline")
    assert line.is_visible()
    assert len((line.get_attribute("points") or "").split()) == 6
    assert not opened.page.locator(".guess-layer circle").first.is_visible(), "they would hide the result"
    assert in_both(opened) == []


def test_without_a_guess_nothing_runs_and_nothing_is_given_away(opened):
    figure = opened.text("section.demo figcaption")
    assert said(opened) == ["?"] * 6
    opened.page.get_by_role("button", name="Check my guess").click()
    assert opened.text(".predict-hint").startswith("Draw your guess first")
    assert opened.state() == "still"
    assert opened.text("section.demo figcaption") == figure
    assert not told(opened)


def test_a_guess_that_is_changed_during_the_run_is_the_one_that_is_compared(opened):
    draw(opened, (0.02, 0.5), (0.98, 0.5))
    opened.page.get_by_role("button", name="Check my guess").click()
    opened.reach("running")
    opened.click("run")
    opened.reach("paused")
    draw(opened, (0.02, 0.0), (0.98, 0.0))
    opened.click("run")
    opened.run_to_end()
    assert re.search(r"you drew 0\s%", opened.text(".predict-reply"))


def test_a_finger_draws_too_and_the_run_is_in_view_on_a_phone(visit):
    page = visit(recorded=True, viewport=PHONE, has_touch=True).go(PAGE, DEMO)
    draw(page, (0.02, 0.2), (0.98, 0.8))
    page.page.get_by_role("button", name="Check my guess").click()
    runs_in_view(page)
