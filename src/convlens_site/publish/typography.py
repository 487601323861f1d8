"""A number stays on one line: no line break inside 2 000, 80 % or 3 × 10⁻⁹, wherever a page's text has them."""

from __future__ import annotations

import re

NARROW = "\u202f"  # narrow no-break space: search and copying take it for a space
_VERBATIM = re.compile(r"(<(pre|code|script|style|textarea)\b.*?</\2>)", re.DOTALL)
_INSIDE_A_NUMBER = re.compile(r"(?<=\d)(</a>)?(?:\u2009(?=\d{3}\b)| (?=%)| (×) (?=10))")


def keep_numbers_whole(html: str) -> str:
    """Return the page with no-break spaces inside its numbers; code stays as it is."""
    parts = _VERBATIM.split(html)
    parts[::3] = [_INSIDE_A_NUMBER.sub(_narrowed, part) for part in parts[::3]]
    del parts[2::3]  # the names of the elements
    return "".join(parts)


def _narrowed(found: re.Match[str]) -> str:
    return (found[1] or "") + (f"{NARROW}×{NARROW}" if found[2] else NARROW)
