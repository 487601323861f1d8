"""Keep each number on one line: no line break inside 2 000, 80 % or 3 × 10⁻⁹ in the text of a page."""

from __future__ import annotations

import re

NARROW = "\u202f"  # narrow no-break space: search and copying treat it as a space
_VERBATIM = re.compile(r"(<(pre|code|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_INSIDE_A_NUMBER = re.compile(r"(?<=\d)(</a>)?(?:\u2009(?=\d{3}\b)| (?=%)| (×) (?=10))")


def keep_numbers_whole(html: str) -> str:
    """Return the page with no-break spaces inside its numbers; code stays unchanged."""
    parts = _VERBATIM.split(html)
    parts[::3] = [_INSIDE_A_NUMBER.sub(_with_narrow_spaces, part) for part in parts[::3]]
    del parts[2::3]  # the names of the elements
    return "".join(parts)


def _with_narrow_spaces(match: re.Match[str]) -> str:
    return (match[1] or "") + (f"{NARROW}×{NARROW}" if match[2] else NARROW)
