"""The page on zeros and ones: the map chooses a start, and so does the sentence; both show the same."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
PAGE, DEMO = "questions/what-if-zeros/", "what_comes_back"


def test_a_cell_of_the_map_chooses_its_start_and_the_sentence_follows(visit) -> None:
    opened = visit(recorded=True, viewport={"width": 1440, "height": 900}, reduced_motion="reduce").go(
        PAGE, DEMO
    )
    cell = opened.page.locator(f"#demo-{DEMO} [data-set='filters=zero,outgoing=random']:visible").first
    cell.click()
    opened.reach("done")
    assert (opened.shown()["filters"], opened.shown()["outgoing"]) == ("zero", "random")
    assert opened.page.locator(f"#demo-{DEMO} [data-control=filters] input[value=zero]").is_checked()
    assert "1 different filter of 4" in opened.text(".demo-result")
    assert opened.runtime_requests() == []


def test_on_a_phone_the_map_is_above_the_network_and_nothing_scrolls_sideways(visit) -> None:
    opened = visit(recorded=True, viewport={"width": 390, "height": 844}, reduced_motion="reduce").go(
        PAGE, DEMO
    )
    assert opened.page.locator(f"#demo-{DEMO} .demo-panels svg:visible").count() == 3
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
