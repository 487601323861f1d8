"""The start page: all of it on the first screen, alive without a touch, and a sentence that is the control."""

from __future__ import annotations

import pytest

from .visit import Visit

pytestmark = pytest.mark.browser
SCREENS = {"laptop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
PARTS = ["h1", ".demo-panels svg:visible", ".demo-sentence", "button.run", ".demo-scrubber", "text=apart."]


def stays_still(opened: Visit) -> None:
    opened.page.wait_for_timeout(2500)
    assert opened.state() == "still"


@pytest.mark.parametrize("screen", SCREENS)
def test_network_sentence_scrubber_and_number_are_on_the_first_screen(visit, screen: str) -> None:
    size = SCREENS[screen]
    opened = visit(recorded=True, viewport=size, reduced_motion="reduce").go()
    opened.until(lambda: opened.page.locator(".demo-scrubber").is_visible())
    for part in PARTS:
        box = opened.page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= size["height"], part
        assert box["x"] + box["width"] <= size["width"], part
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    drawings = opened.page.locator(".demo-panels svg:visible")
    assert drawings.count() == 3, "of the two drawings of the network one is shown"


def test_it_plays_once_by_itself_and_can_be_paused(visit) -> None:
    opened = visit(recorded=True, viewport=SCREENS["laptop"]).go()
    opened.reach("running")
    assert opened.text("button.run") == "Pause"
    opened.page.locator("button.run").click()
    assert opened.state() == "paused"
    opened.page.locator("button.run").click()
    opened.reach("done")
    assert "3.67 apart" in opened.text(".demo-result")
    opened.page.wait_for_timeout(2500)
    assert opened.state() == "done"
    assert opened.runtime_requests() == []


def test_nothing_moves_for_a_reader_without_motion_or_who_acts_first(visit) -> None:
    stays_still(visit(recorded=True, reduced_motion="reduce").go())
    first = visit(recorded=True, viewport=SCREENS["laptop"]).go()
    first.choose("outgoing", "same")
    first.reach("done")
    assert "exactly 0 apart" in first.text(".demo-result")
    first.page.wait_for_timeout(2500)
    assert first.state() == "done"
    assert first.shown()["outgoing"] == "same"


def test_the_scrubber_leads_to_any_step(visit) -> None:
    opened = visit(recorded=True, viewport=SCREENS["laptop"], reduced_motion="reduce").go()
    opened.until(lambda: opened.page.locator(".demo-scrubber").is_visible())
    opened.page.locator(".demo-scrubber").focus()
    opened.page.keyboard.press("End")
    opened.until(lambda: "After 300 steps" in opened.text(".demo-result"))
    opened.page.keyboard.press("Home")
    opened.until(lambda: "Before training" in opened.text(".demo-result"))
    assert opened.runtime_requests() == []


def test_a_painted_weight_is_trained_here_and_another_choice_takes_it_back(visit) -> None:
    opened = visit(recorded=True, viewport=SCREENS["laptop"], reduced_motion="reduce").go()
    opened.choose("outgoing", "same")
    opened.reach("done")
    opened.page.locator('[data-only="wide"] [data-set="speck=13"]').click()
    opened.until(lambda: opened.shown()["speck"] == 13)
    opened.run_to_end()
    assert opened.page.locator(".demo-origin").is_hidden(), "this run is not a recorded one"
    assert float(opened.text(".demo-result").split(" apart")[0].split()[-1]) > 0.5
    opened.choose("incoming", "different")
    opened.until(lambda: opened.shown()["speck"] == 0)
    opened.reach("done")


def test_without_javascript_the_network_stands_there_and_its_words_are_complete(visit) -> None:
    opened = visit(java_script_enabled=False, viewport=SCREENS["phone"]).go()
    assert opened.page.locator(".demo-panels svg:visible").count() == 3
    assert "exactly 0 apart" in opened.page.locator(".demo-result").text_content()
    assert opened.page.locator(".demo-noscript").is_visible()
