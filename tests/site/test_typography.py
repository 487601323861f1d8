"""The typography of the site: the signs of print in all words, on every built page, and typed code as it was typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from convlens_live.figures import typeset
from convlens_site.publish.typography import keep_numbers_whole, set_type

VERBATIM = {"pre", "code", "kbd", "samp", "script", "style", "textarea", "math"}


def test_a_number_of_the_prose_stays_on_one_line_and_code_is_left_alone():
    prose = "<p>2\u2009000 steps, 80 %, 3.1 × 10⁻⁹; in 2017, 100 people; a × 10</p>"
    code = "<code>7 % 2</code><pre>x = 1 × 10</pre>"
    narrow = "<p>2\u202f000 steps, 80\u202f%, 3.1\u202f×\u202f10⁻⁹; in 2017, 100 people; a × 10</p>"
    assert keep_numbers_whole(prose + code + prose) == narrow + code + narrow


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("32x32x3, 3 x 3", "32×32×3, 3 × 3"),
        ("0x1F, max, 2xy", "0x1F, max, 2xy"),
        ("from -1 to (-0.5)", "from −1 to (−0.5)"),
        ("1e-9, 2026-11-28, well-known, 3-4", "1e-9, 2026-11-28, well-known, 3-4"),
        ('he said "no", ("never")', "he said “no”, (“never”)"),
        ("the filters' weights don't", "the filters’ weights don’t"),
        ("'same' or 'different'", "‘same’ or ‘different’"),
        ("plain words", "plain words"),
    ],
)
def test_typed_words_get_the_signs_of_print(typed, printed):
    assert typeset(typed) == printed


def test_quotes_know_what_stands_before_an_inline_tag_but_not_before_a_paragraph():
    typed = '<p>the "<em>big</em>" line</p><p>"so</p> <code>x</code>\'s <b>filter</b>\'s &quot;a&quot; &#x27;b&#x27;'
    printed = "<p>the “<em>big</em>” line</p><p>“so</p> <code>x</code>’s <b>filter</b>’s “a” ‘b’"
    assert set_type(typed) == printed


def test_code_tags_and_formulas_stay_as_they_are():
    html = (
        '<a title="3x3">a</a><pre>"3x3"</pre><code>-1</code><math>\'</math><script>"x"</script><!-- "3x3" -->'
    )
    assert set_type(html) == html


class Words(HTMLParser):
    """Collects the text of a page that is not code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in VERBATIM:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VERBATIM:
            self.inside.pop()

    def handle_data(self, text: str) -> None:
        if not self.inside:
            self.texts.append(text)


def test_no_page_has_a_straight_quote_or_an_x_for_times_outside_code(site):
    typed = re.compile("[\"']|\\d ?x ?\\d|(?<!\\S)-\\d")
    found = {
        (path.relative_to(site.folder).parent.as_posix(), text.strip()[:80])
        for path in site.pages
        for text in Words(path.read_text("utf-8")).texts
        if typed.search(text)
    }
    assert found == set()
