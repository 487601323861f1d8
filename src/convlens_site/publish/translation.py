"""Mark the parts of a finished page that a browser must not translate."""

from __future__ import annotations

import re

from convlens_site.publish.minify import VERBATIM

# A translation would spoil code, output, formulas, drawings and measured numbers. The <pre> are already split off.
_UNTRANSLATABLE = re.compile(
    r'<(?:code|math)\b|<(?:div|a) class="(?:cell-output|demo-panels|glance|measured)"'
)
_CELL = re.compile(r"<td\b(?=[^>]*>((?:(?!</td>).)*)</td>)", re.DOTALL)
_NO_WORD = re.compile(r"<[^>]*>|&#?\w+;|\bnan\b", re.IGNORECASE)
_NO = ' translate="no"'


def protect_from_translation(html: str) -> str:
    """Return the page marked so that a browser translates only its prose, not code and numbers."""
    parts = VERBATIM.split(html)
    parts[::2] = [
        _UNTRANSLATABLE.sub(lambda match: match[0] + _NO, _CELL.sub(_mark_number, part))
        for part in parts[::2]
    ]
    parts[1::2] = [f"<pre{_NO}{part[4:]}" if part.startswith("<pre") else part for part in parts[1::2]]
    return "".join(parts)


def _mark_number(cell: re.Match[str]) -> str:
    """Mark a table cell that holds a number; `showTable` in view.js uses the same rule."""
    return cell[0] if re.search("[A-Za-z]", _NO_WORD.sub("", cell[1])) else cell[0] + _NO
