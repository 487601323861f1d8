"""The typography of a finished page: curly quotes, × and −, and each number on one line. Code and formulas stay as they are."""

from __future__ import annotations

import re

from convlens_live.figures import typeset

NARROW = "\u202f"  # narrow no-break space: search and copying treat it as a space
_VERBATIM = re.compile(r"(<!--.*?-->|<(pre|code|kbd|samp|script|style|textarea|math)\b.*?</\2>)", re.DOTALL)
_INSIDE_A_NUMBER = re.compile(r"(?<=\d)(</a>)?(?:\u2009(?=\d{3}\b)| (?=%)| (×) (?=10))")
_TAG = re.compile(r"(<[^>]*>)")
_INLINE = re.compile(r"</?(?:a|abbr|b|em|i|small|span|strong|sub|sup|tspan)\b")
_ESCAPED = re.compile("&(?:(quot|#34|#x22)|#39|#x27);")


def keep_numbers_whole(html: str) -> str:
    """Return the page with no-break spaces inside its numbers; code stays unchanged."""
    parts = _VERBATIM.split(html)
    parts[::3] = [_INSIDE_A_NUMBER.sub(_with_narrow_spaces, part) for part in parts[::3]]
    del parts[2::3]  # the names of the elements
    return "".join(parts)


def _with_narrow_spaces(match: re.Match[str]) -> str:
    return (match[1] or "") + (f"{NARROW}×{NARROW}" if match[2] else NARROW)


def set_type(html: str) -> str:
    """Return a page whose text has the signs of print; tags, code and formulas stay unchanged."""
    parts, before = _VERBATIM.split(html), ""
    del parts[2::3]
    for number, part in enumerate(parts):
        if number % 2:  # code continues a sentence like a word
            before = "" if part.startswith(("<pre", "<script", "<style", "<textarea")) else "x"
        else:
            parts[number], before = _set_text(part, before)
    return "".join(parts)


def _set_text(html: str, before: str) -> tuple[str, str]:
    """Return HTML without verbatim elements, typeset, and its last character, which the next piece of text continues."""
    pieces = _TAG.split(html)
    for number, piece in enumerate(pieces):
        if number % 2:
            before = before if _INLINE.match(piece) else ""
        elif piece:
            typed = _ESCAPED.sub(lambda match: '"' if match[1] else "'", piece).replace("&nbsp;", "\u00a0")
            pieces[number], before = typeset(typed, before), typed[-1]
    return "".join(pieces), before
