"""Typeset the library's docstrings for the Library pages; a Griffe extension, which mkdocs.yml lists.

A docstring is plain text. An indented block is a formula, a block that starts with >>> is an example, and the rest
is prose, in which "*", "_", "<" and "[" are literal. So no docstring style of Griffe fits, and the prose must not go through
Markdown: it is converted to HTML here, with its code marked as code.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

import griffe

# Sentences that readers look for: each starts a paragraph.
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
    | {_NAME}{_BRACKETS}\ ->\ {_TERM}(?:\ =\ {_SUM})?         # vjp(dy) -> dx = dy * scale
    | {_NAME}(?:\[[^\]]*\])?\ =\ {_SUM}                       # OH = (H + 2P - FH) // S + 1
    | {_NAME}=(?:"[^"]*"|\w+(?:\.\w+)*)                       # padding="same"
    | \((?:[A-Z]{{1,2}}|\.\.\.)(?:,\ (?:[A-Z]{{1,2}}|\.\.\.))*,?\)  # (N, C, H, W)
    | (?P<name>{_NAME})(?P<rest>{_BRACKETS}|\[[^\]]*\])?
    """,
    re.VERBOSE,
)


def typeset(text: str, arguments: Collection[str] = (), links: Mapping[str, str] | None = None) -> str:
    """Return a docstring as Markdown: its prose as HTML, its formulas and examples fenced.

    arguments: the names of the object's arguments; in "x: ..." at the start of a sentence, x is marked as code.
    links: name -> path of entries that the prose may link to, each once.
    """
    parts, unused = [], dict(links or {})
    for kind, lines in _blocks(text):
        if kind == "prose":
            parts += [
                _paragraph(paragraph, arguments, unused) for paragraph in _PARAGRAPHS.split(" ".join(lines))
            ]
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
        elif kind != "example":  # the output belongs to the example
            kind = "formula" if line.startswith("    ") else "prose"
        return kind

    for block, lines in groupby(text.splitlines(), kind_of):
        if block:
            yield block, [line.removeprefix("    ") if block == "formula" else line for line in lines]


def _paragraph(text: str, arguments: Collection[str], links: dict[str, str]) -> str:
    """Return one paragraph as HTML; each name that it links is removed from `links`."""
    label = _LABEL.match(text)
    source = bool(label) and text.startswith("Source:")
    end = label.end() if label else 0
    pieces = [f"<b>{text[:end]}</b>"] if label else []
    for match in _CODE.finditer(text, end):
        link = None
        if name := match["name"]:
            short = name.removeprefix("ops.")
            known = short in links and not source
            if not (match["rest"] or _is_code(name, known) or _explains(match, arguments)):
                continue
            link = links.pop(short) if known else None
        code = f"<code>{_escape(match['formula'] or match['quoted'] or match[0])}</code>"
        linked = f'<autoref identifier="{link}" optional>{code}</autoref>' if link else code
        pieces += [_escape(text[end : match.start()]), linked]
        end = match.end()
    pieces.append(_escape(text[end:]))
    return f"<p{' class="doc-source"' if source else ''}>{''.join(pieces)}</p>"


def _is_code(name: str, known: bool) -> bool:
    """Return whether a word is a name: fan_in, torch.tanh, ValueError; and Conv2d, if the library has it."""
    return bool(re.search(r"\w[._]\w|\wError$", name) or (known and re.search(r"^[A-Z]|\d", name)))


def _explains(match: re.Match[str], arguments: Collection[str]) -> bool:
    """Return whether an argument is explained here, as in "x: ..." or "low, high: ..."."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    starts = re.search(r"(?:^|[.;]\ |, )$", before) and re.match(r"(?:, \w+)*: ", after)
    return bool(starts) and match["name"] in arguments


def _escape(text: str) -> str:
    return escape(text, quote=False)


class Typeset(griffe.Extension):
    """Typesets every docstring of a package as soon as Griffe has loaded it."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        objects = list(_public(pkg))
        links = {o.name: o.path for o in objects if (o.is_function or o.is_class) and not o.parent.is_class}
        for each in objects:
            if each.is_module:
                each.exports = None  # show a name where it is defined, not again where it is imported
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
