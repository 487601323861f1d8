"""Parts of a figure: pointing, tapping and keys set the same parameters; nothing starts in passing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .visit import Visit

pytestmark = pytest.mark.browser
PAGE = "questions/where-does-3073-come-from/"
# The page opens with a 3×3 filter; of its 32×32 positions the figure has 11×11 to drag it to.
DONE = "Position (4, 4) reads rows 4 to 6 and columns 4 to 6 of the image with its border."


def part(visit: Visit, name: str):
    """The part of the figure that bears this title."""
    return visit.page.locator(f'.demo-panels [data-set][aria-label="{name}"]')


def caption(visit: Visit) -> str:
    return visit.text(".demo-caption")


def test_in_passing_nothing_is_fetched_and_a_press_makes_it_live(
    visit: Callable[..., Visit], stage: Any
) -> None:
    opened = visit(stage.url).go(PAGE)
    part(opened, "position (4, 4)").hover()
    opened.page.keyboard.press("Tab")
    opened.page.wait_for_timeout(300)
    assert opened.runtime_requests() == []
    part(opened, "position (4, 4)").click()
    opened.run_to_end()
    assert caption(opened) == DONE


def test_a_press_and_arrows_lead_to_the_same_figure(warm: Callable[..., Visit]) -> None:
    opened = warm(PAGE)
    part(opened, "position (1, 4)").click()
    opened.run_to_end()
    opened.page.keyboard.press("ArrowDown")
    opened.until(lambda: caption(opened) == DONE)
    focused = opened.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "position (4, 4)"
    part(opened, "position (10, 1)").hover()
    opened.page.wait_for_timeout(300)
    assert caption(opened) == DONE, "what can be dragged does not follow a pointer that passes"


def test_the_corner_of_the_filter_is_dragged(warm: Callable[..., Visit]) -> None:
    """From its dot, and then the dot moves with the arrow keys."""
    opened = warm(PAGE, height=1400)  # the mouse reaches only what is in sight
    dot, goal = (part(opened, f"{n}×{n} filter").bounding_box() for n in (3, 12))
    middle = [[box["x"] + box["width"] / 2, box["y"] + box["height"] / 2] for box in (dot, goal)]
    opened.page.mouse.move(*middle[0])
    opened.page.mouse.down()
    opened.page.mouse.move(*middle[1], steps=10)
    opened.page.mouse.up()
    opened.until(lambda: "12×12 filter" in opened.text(".demo-result"))
    assert opened.page.locator("#conv_arithmetic-kernel").input_value() == "12"
    opened.page.keyboard.press("ArrowRight")
    opened.until(lambda: "13×13 filter" in opened.text(".demo-result"))


def test_a_changed_control_redraws_at_once(warm: Callable[..., Visit]) -> None:
    opened = warm(PAGE)
    opened.fill("kernel", "5")
    opened.run_to_end()
    opened.until(lambda: "76 parameters" in opened.text(".demo-result"))
    assert not opened.page.locator("button.run").is_visible()
