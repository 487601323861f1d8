"""The page on randomness and difference, in a real browser: what is exactly 0 on CPython is exactly 0 there."""

from __future__ import annotations

import pytest
from tie_breakers import MECHANISMS, tie_breakers

pytestmark = pytest.mark.browser
PAGE = "questions/random-or-different/"


def rows(page) -> dict[str, tuple[float, float]]:
    """Mechanism -> largest difference and largest move, in full precision."""
    cells = page.page.locator(".demo-table tbody td").evaluate_all(
        "cells => cells.map(cell => cell.dataset.value)"
    )
    return {cells[i]: (float(cells[i + 3]), float(cells[i + 4])) for i in range(0, len(cells), 5)}


def test_the_zeros_are_zeros_in_the_browser(warm):
    page = warm(f"{PAGE}#tie_breakers?steps=50", "tie_breakers")
    page.click("run")
    for seed in (0, 1):
        page.page.locator("#tie_breakers-seed").fill(str(seed))
        page.until(lambda seed=seed: page.shown().get("seed") == seed)
        page.run_to_end()
        live = rows(page)
        assert len(live) == len(MECHANISMS)
        for mechanism in MECHANISMS.values():
            difference, moved = live[mechanism.name]
            assert (difference > 0) == mechanism.parts, (mechanism.name, seed)
            assert moved > 1e-3
        native = {row[0]: row[3] for row in tie_breakers.still(seed=seed, steps=50).table.rows}
        for name, difference in native.items():
            if difference > 1e-6:
                assert live[name][0] == pytest.approx(difference, rel=1e-3)


def test_without_javascript_the_page_is_complete(visit):
    page = visit(java_script_enabled=False).go(PAGE)
    assert page.page.locator("#demo-one_tie_breaker .demo-panels svg").count() == 1
    assert "1.28 apart" in page.text("#demo-swap .demo-result")
    assert (
        "11 left the filters exactly equal"
        in page.page.locator("#demo-tie_breakers .demo-result").text_content()
    )
