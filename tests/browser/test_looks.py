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
