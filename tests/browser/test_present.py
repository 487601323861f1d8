"""On a projector each demo fills the window: its parts are whole, in view, and none lies on another."""

from __future__ import annotations

import pytest

from .test_everyone import DEMOS

pytestmark = pytest.mark.browser
PLACES = """(section) => [
  ...section.querySelectorAll(".demo-sentence, .demo-panels > svg, .demo-scrubber, figcaption, .demo-bar")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 2 && height > 2)
  .map(([each, { left, top, right, bottom }]) =>
    ({ name: each.className.baseVal ?? each.className, left, top, right, bottom }))"""


def lies_on(one: dict[str, float], other: dict[str, float]) -> bool:
    """Do two parts share more than their edges?"""
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > 2 and down > 2


@pytest.mark.sample(6)
@pytest.mark.parametrize("slug", DEMOS)
def test_the_parts_of_a_demo_are_in_view_and_none_lies_on_another(visit, slug):
    opened = visit(recorded=True, viewport={"width": 1024, "height": 768}).go(DEMOS[slug], slug)
    demo = opened.page.locator(f"#demo-{slug}")
    demo.evaluate("demo => demo.closest('details')?.setAttribute('open', '')")
    demo.get_by_role("button", name="Present").click()
    opened.page.locator(f"#demo-{slug}[data-present]").wait_for()
    opened.page.wait_for_load_state("networkidle")
    places = demo.evaluate(PLACES)
    assert len(places) > 1
    assert [each for each in places if each["left"] < 0 or each["right"] > 1024 or each["bottom"] > 768] == []
    pairs = [(one, other) for n, one in enumerate(places) for other in places[:n] if lies_on(one, other)]
    assert pairs == []
