"""A browser that translates a page leaves code, output, formulas, drawings and numbers alone."""

from __future__ import annotations

import re

import html5lib
import pytest

from convlens_site.publish.translation import protect_from_translation

XHTML = "{http://www.w3.org/1999/xhtml}"
KEPT = {"cell-output", "demo-panels", "glance", "measured"}


def verbatim(element) -> bool:
    """Is it something that a translation would spoil?"""
    tag = element.tag.rpartition("}")[2]
    if tag in {"pre", "code", "math"} or KEPT & {*element.get("class", "").split()}:
        return True
    text = "".join(element.itertext())
    return tag == "td" and bool(re.fullmatch(r"[^A-Za-z]*\d[^A-Za-z]*", text))


def exposed(element, above: bool = False) -> list[str]:
    """What of it a translation would reach."""
    if not isinstance(element.tag, str):
        return []
    safe = {"no": True, "yes": False}.get(element.get("translate"), above)
    here = [f"{element.tag}: {''.join(element.itertext())[:60]!r}"] if verbatim(element) and not safe else []
    return [*here, *(each for child in element for each in exposed(child, safe))]


def test_on_every_page_code_output_formulas_drawings_and_numbers_stay_as_they_are(site):
    found, seen = {}, 0
    for path in site.pages:
        tree = html5lib.parse(path.read_text())
        seen += sum(verbatim(element) for element in tree.iter() if isinstance(element.tag, str))
        found[path.relative_to(site.folder).as_posix()] = exposed(tree)
    assert seen > 5000
    assert {name: each[:5] for name, each in found.items() if each} == {}


def test_prose_and_the_words_of_a_table_can_be_translated(site):
    tree = html5lib.parse((site.folder / "questions/why-not-the-same/index.html").read_text())
    for tag in ("p", "h1", "h2", "figcaption", "summary", "th"):
        first = next(tree.iter(XHTML + tag))
        assert first.get("translate") is None, tag
    words = [cell for cell in tree.iter(XHTML + "td") if re.search("[a-z]{3}", "".join(cell.itertext()))]
    assert words
    assert [cell.get("translate") for cell in words] == [None] * len(words)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<td>3 × 10<sup>−9</sup></td>", '<td translate="no">3 × 10<sup>−9</sup></td>'),
        ('<td data-value="nan">NaN</td>', '<td translate="no" data-value="nan">NaN</td>'),
        ("<td>&minus;0.5&nbsp;%</td>", '<td translate="no">&minus;0.5&nbsp;%</td>'),
        ("<td>5 of 8</td><td>7</td>", '<td>5 of 8</td><td translate="no">7</td>'),
        ("<p><code>a</code></p>", '<p><code translate="no">a</code></p>'),
        ("<pre><code>a</code></pre>", '<pre translate="no"><code>a</code></pre>'),
        ("<script>'<code>'</script>", "<script>'<code>'</script>"),
    ],
)
def test_what_is_marked(before, after):
    assert protect_from_translation(before) == after
