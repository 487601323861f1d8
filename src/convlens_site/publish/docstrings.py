"""Typesets the library's docstrings for the Library pages; a Griffe extension that mkdocs.yml names.

A docstring is plain text. An indented block is a formula, a block that starts with >>> is an example, and the rest
is prose, in which "*", "_", "<" and "[" mean themselves. So no docstring style of Griffe fits, and the prose must
not go through Markdown: it becomes HTML here, with what is code in it set as code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

import griffe

# Sentences that a reader looks for: each starts a paragraph.
_LABEL = re.compile(r"(?:Returns|Raises|Source:)(?=\s)")
_PARAGRAPHS = re.compile(rf"(?<=[.)])\s+(?={_LABEL.pattern})")

_NAME = r"[A-Za-z_]\w*(?:\.\w+)*"
_BRACKETS = r"\((?:[^()]|\([^()]*\))*\)"  # with at most one pair inside
_TERM = rf"(?:{_NAME}(?:{_BRACKETS}|\[[^\]]*\])?|\d+(?:\.\d+)?\w*|{_BRACKETS})(?:\^\w)?"
_SUM = rf"{_TERM}(?:\ ?(?:[*+-]|//?)\ ?{_TERM})*"
_CODE = re.compile(
    rf"""
      (?<=[:;]\ \ )(?P<formula>\S.*?)(?=;\ \ |\.?$|\.\s)      # after two spaces, up to the end of the sentence
    | `(?P<quoted>[^`]+)`
    | {_NAME}{_BRACKETS}\ ->\ {_TERM}(?:\ =\ {_SUM})?         # vjp(dy) -> dx = dy * kept
    | {_NAME}(?:\[[^\]]*\])?\ =\ {_SUM}                       # OH = (H + 2P - FH) // S + 1
    | {_NAME}=(?:"[^"]*"|\w+(?:\.\w+)*)                       # padding="same"
    | \((?:[A-Z]{{1,2}}|\.\.\.)(?:,\ (?:[A-Z]{{1,2}}|\.\.\.))*,?\)  # (N, C, H, W)
    | (?P<name>{_NAME})(?P<rest>{_BRACKETS}|\[[^\]]*\])?
    """,
    re.VERBOSE,
)


def typeset(text: str, arguments: Collection[str] = (), links: Mapping[str, str] | None = None) -> str:
    """Return Markdown that shows a docstring as it was meant: its prose as HTML, its formulas and examples fenced.

    arguments: what the object is called with; "x: ..." at the start of a sentence is set as code.
    links: name -> path of what the prose may link to, each once.
    """
    parts, unused = [], dict(links or {})
    for kind, lines in _blocks(text):
        if kind == "prose":
            parts += [_paragraph(words, arguments, unused) for words in _PARAGRAPHS.split(" ".join(lines))]
        else:
            fence = "``` pycon" if kind == "example" else "``` { .text .formula .no-copy }"
            parts.append("\n".join([fence, *lines, "```"]))
    return "\n\n".join(parts)


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield ("prose" or "formula" or "example", its lines), in order."""
    kind = "prose"

    def kind_of(line: str) -> str:
        nonlocal kind
        if not line.strip():
            kind = ""
        elif line.startswith(">>>"):
            kind = "example"
        elif kind != "example":  # what an example prints belongs to it
            kind = "formula" if line.startswith("    ") else "prose"
        return kind

    for found, lines in groupby(text.splitlines(), kind_of):
        if found:
            yield found, [line.removeprefix("    ") if found == "formula" else line for line in lines]


def _paragraph(words: str, arguments: Collection[str], links: dict[str, str]) -> str:
    """Return one paragraph as HTML; a name that it links to is taken out of `links`."""
    label = _LABEL.match(words)
    source = bool(label) and words.startswith("Source:")
    end = label.end() if label else 0
    pieces = [f"<b>{words[:end]}</b>"] if label else []
    for found in _CODE.finditer(words, end):
        link = None
        if name := found["name"]:
            short = name.removeprefix("ops.")
            known = short in links and not source
            if not (found["rest"] or _is_code(name, known) or _explains(found, arguments)):
                continue
            link = links.pop(short) if known else None
        code = f"<code>{_text(found['formula'] or found['quoted'] or found[0])}</code>"
        linked = f'<autoref identifier="{link}" optional>{code}</autoref>' if link else code
        pieces += [_text(words[end : found.start()]), linked]
        end = found.end()
    pieces.append(_text(words[end:]))
    return f"<p{' class="doc-source"' if source else ''}>{''.join(pieces)}</p>"


def _is_code(name: str, known: bool) -> bool:
    """Tell a name from a word: fan_in, torch.tanh, ValueError; and Conv2d, if the library has it."""
    return bool(re.search(r"\w[._]\w|\wError$", name) or (known and re.search(r"^[A-Z]|\d", name)))


def _explains(found: re.Match[str], arguments: Collection[str]) -> bool:
    """Does the name stand where an argument is explained, as in "x: ..." or "low, high: ..."?"""
    before, after = found.string[: found.start()], found.string[found.end() :]
    starts = re.search(r"(?:^|[.;]\ |, )$", before) and re.match(r"(?:, \w+)*: ", after)
    return bool(starts) and found["name"] in arguments


def _text(words: str) -> str:
    return escape(words, quote=False)


class Typeset(griffe.Extension):
    """Typesets every docstring of the package as soon as Griffe has read it."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        objects = list(_public(pkg))
        links = {o.name: o.path for o in objects if (o.is_function or o.is_class) and not o.parent.is_class}
        for each in objects:
            if each.is_module:
                each.exports = None  # a name is shown where it is defined, not again where it is imported
            if each.docstring:
                arguments = [*each.members, *(p.name for p in getattr(each, "parameters", ()))]
                others = {name: path for name, path in links.items() if path != each.path}
                each.docstring.value = typeset(each.docstring.value, arguments, others)


def _public(parent: Any) -> Iterator[Any]:
    for name, member in parent.members.items():
        if not member.is_alias and not re.match("_[^_]", name):
            yield member
            if member.is_module or member.is_class:
                yield from _public(member)
