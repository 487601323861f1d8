"""Notes on the words of a page: what the glossary says of each, beside the first paragraph that links to it."""

from __future__ import annotations

import re
from functools import cache
from html import escape

from markdown.extensions.toc import slugify

from convlens_site.paths import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
MOST = 3  # notes beside one paragraph: the margin is as high as the paragraph
_ENTRY = re.compile(r"^## (.+)\n\n((?:.+\n?)+)", re.MULTILINE)
_SENTENCE = re.compile(r".+?[.?](?= [A-Z]|$)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TERM = re.compile(r'<a href="([^"]*glossary/)#([\w-]+)">')
_BLOCK = re.compile(
    r"<(/?)(p|ul|ol|dl|div|section|details|table|form|figure|blockquote|noscript)\b[^>]*>", re.IGNORECASE
)


@cache
def definitions(text: str) -> dict[str, tuple[str, str]]:
    """Return for each entry of a glossary its term and its first sentence, by the id of its heading."""
    found = {}
    for title, paragraph in _ENTRY.findall(text):
        first = _SENTENCE.match(_LINK.sub(r"\1", " ".join(paragraph.split())))
        found[slugify(title, "-")] = (title, first[0] if first else "")
    return found


def with_notes(html: str) -> str:
    """Return a page with a note on each term, beside the first paragraph or list of the text that links to the glossary."""
    entries = definitions(GLOSSARY.read_text("utf-8"))
    pieces, end, noted = [], 0, set[str]()
    for start, stop in text_blocks(html):
        block = html[start:stop]
        terms = {
            term: folder for folder, term in _TERM.findall(block) if term in entries and term not in noted
        }
        chosen = dict(list(terms.items())[:MOST])
        noted |= chosen.keys()
        pieces += [html[end:start], _noted(block, chosen, entries) if chosen else block]
        end = stop
    return "".join([*pieces, html[end:]])


def text_blocks(html: str) -> list[tuple[int, int]]:
    """Return where each paragraph and list begins and ends that is in no other block, such as a demo."""
    blocks, depth, start = [], 0, 0
    for tag in _BLOCK.finditer(html):
        if not tag[1]:
            start = tag.start() if depth == 0 else start
            depth += 1
            continue
        depth -= 1
        if depth == 0 and tag[2] in ("p", "ul", "ol"):
            blocks.append((start, tag.end()))
    return blocks


def _noted(block: str, terms: dict[str, str], entries: dict[str, tuple[str, str]]) -> str:
    notes = "".join(
        f'<p><a href="{folder}#{term}"><b>{escape(entries[term][0])}</b></a>: {escape(entries[term][1])}</p>'
        for term, folder in terms.items()
    )
    words = ", ".join(escape(entries[term][0]) for term in terms)
    folded = f'<details class="terms"><summary>In the glossary: {words}</summary>{notes}</details>'
    return f'<div class="noted">{folded}{block}</div>'
