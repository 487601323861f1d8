"""Parts of a figure: pointing, tapping and keys set the same parameters; nothing starts in passing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .visit import Visit

pytestmark = pytest.mark.browser
PAGE = "questions/where-does-3073-come-from/"
# The page opens with a 3x3 filter; of its 32x32 neurons the figure has 7x7 to point at.
DONE = "Neuron (6, 6) reads rows [6:8], columns [6:8] of 34."


def part(visit: Visit, name: str):
    """The part of the figure that bears this title."""
    return visit.page.locator(f'.demo-panels [data-set][aria-label="{name}"]')


def caption(visit: Visit) -> str:
    return visit.text(".demo-caption")


def test_in_passing_nothing_is_fetched_and_a_tap_makes_it_live(
    visit: Callable[..., Visit], stage: Any
) -> None:
    opened = visit(stage.url).go(PAGE)
    part(opened, "neuron (6, 6)").hover()
    opened.page.keyboard.press("Tab")
    opened.page.wait_for_timeout(300)
    assert opened.runtime_requests() == []
    part(opened, "neuron (6, 6)").click()
    opened.run_to_end()
    assert caption(opened) == DONE


def test_pointer_tap_and_arrows_lead_to_the_same_figure(warm: Callable[..., Visit]) -> None:
    opened = warm(PAGE)
    part(opened, "neuron (1, 1)").click()
    opened.run_to_end()
    opened.page.keyboard.press("ArrowRight")
    opened.until(lambda: "(1, 6)" in caption(opened))
    opened.page.keyboard.press("ArrowDown")
    opened.until(lambda: caption(opened) == DONE)
    focused = opened.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "neuron (6, 6)"
    opened.page.mouse.move(0, 0)
    part(opened, "neuron (11, 1)").hover()
    opened.until(lambda: "(11, 1)" in caption(opened))


def test_a_part_may_set_visible_controls(warm: Callable[..., Visit]) -> None:
    opened = warm(PAGE)
    part(opened, "AlexNet, first layer").click()
    opened.run_to_end()
    assert "55×55" in opened.text(".demo-result")
    assert opened.page.locator("#conv_arithmetic-size").input_value() == "227"
    assert opened.shown()["stride"] == 4


def test_a_changed_control_redraws_at_once(warm: Callable[..., Visit]) -> None:
    opened = warm(PAGE)
    opened.page.locator("#conv_arithmetic-kernel").fill("3")
    opened.run_to_end()
    opened.until(lambda: "28 parameters" in opened.text(".demo-result"))
    assert not opened.page.locator("button.run").is_visible()
