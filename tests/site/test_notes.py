"""The notes beside a paragraph: what the glossary says of its words, once per page."""

from __future__ import annotations

import re

from convlens_site.publish.glossary import GLOSSARY, MOST, definitions, with_notes

FILTER = '<a href="../../glossary/#filter">filters</a>'
RELU = '<a href="../../glossary/#relu">ReLU</a>'


def test_every_entry_of_the_glossary_has_a_short_first_sentence():
    entries = definitions(GLOSSARY.read_text("utf-8"))
    assert len(entries) == GLOSSARY.read_text("utf-8").count("\n## ")
    for term, (title, sentence) in entries.items():
        assert sentence.endswith((".", "?")), title
        assert len(sentence) <= 200, term
        assert not re.search(r"[\[\]{}*]", sentence), term


def test_a_word_is_noted_once_beside_the_first_paragraph_that_links_to_it():
    page = with_notes(f"<h1>Q</h1><p>{FILTER} and {RELU}</p><p>{FILTER}</p>")
    assert page.count('<div class="noted">') == 1
    assert page.count("<b>Filter</b>") == 1
    assert page.count("<b>ReLU</b>") == 1
    assert page.endswith(f"<p>{FILTER}</p>")


def test_what_is_inside_a_demo_a_table_or_a_fold_gets_no_note():
    for inside in ("section", "table", "details", "div"):
        page = f"<{inside}><p>{FILTER}</p></{inside}>"
        assert with_notes(page) == page


def test_a_paragraph_has_few_notes_and_the_rest_come_with_the_next_link():
    words = ["filter", "relu", "gradient", "loss"]
    links = "".join(f'<a href="../../glossary/#{word}">{word}</a>' for word in words)
    page = with_notes(f"<p>{links}</p><ul><li>{links}</li></ul>")
    counts = [part.count("<b>") for part in page.split('<div class="noted">')]
    assert counts == [0, MOST, 1]
