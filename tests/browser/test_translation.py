"""What a live demo or notebook adds is not translated either: `translate` says so for numbers and output, and not for words."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser
TRANSLATED = "all => all.filter(each => each.translate).map(each => each.textContent)"


def test_the_numbers_of_a_live_demo_stay_as_they_are_and_its_words_do_not(warm):
    opened = warm("questions/why-not-the-same/#twins?steps=100", "twins")
    opened.page.locator(".demo-table summary").click()
    opened.click("run")
    opened.run_to_end()
    assert opened.page.locator(".demo-panels svg text").evaluate_all(TRANSLATED) == []
    numbers = opened.page.locator(".demo-table td:not(.words)")
    assert numbers.count() > 20
    assert numbers.evaluate_all(TRANSLATED) == []
    words = opened.page.locator(".demo-table :is(th, td.words)")
    assert len(words.evaluate_all(TRANSLATED)) == words.count() > 5


def test_what_a_notebook_cell_prints_stays_as_it_is_also_where_nothing_was_printed_before(read):
    opened = read("demos/twins/")
    outputs = opened.page.locator(".cell-output")
    assert outputs.count() == opened.page.locator(".cell").count()
    assert outputs.evaluate_all("all => all.filter(each => each.translate).length") == 0
