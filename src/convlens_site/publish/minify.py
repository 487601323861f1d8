"""Take out of a finished page what no reader sees, a third of its bytes, and mark what a browser is not to translate."""

from __future__ import annotations

import re

# Between these, white space means something, or a script stands whose hash must not change.
_KEPT = re.compile(r"(<(?:pre|script|style|textarea)\b.*?</(?:pre|script|style|textarea)>)", re.DOTALL)
_INDENT = re.compile(r"\s*\n\s*")
_LIST = re.compile(
    r"\n(?=</?(?:ul|li|nav)\b)"
)  # between the parts of a list, such as the navigation, a line break is nothing
# The highlighter marks every name, operator and bracket, and the stylesheet gives them the colour of the text.
_PLAIN = re.compile(r'<span class="(?:kc|n|o|ow|p|w)">((?:<a [^>]*>)?[^<]*(?:</a>)?)</span>')
# The pieces of an f-string all have the colour of strings.
_PIECES = re.compile(r'(<span class="s[12i]">[^<]*)</span><span class="s[12i]">')
_TYPE = re.compile(
    r'<span title="[\w.]+">([^<]*)</span>'
)  # a type in a signature that has no page to link to

# A figure's colours and fonts name what to use where nobody says better; here the stylesheet always does.
_FALLBACK = re.compile(r"var\((--figure-[\w-]+),[^()]*\)")
_SANS = ' font-family="var(--figure-sans)"'  # what the stylesheet gives to every text in a drawing


def lean(html: str) -> str:
    """Return a page that looks the same, with fewer bytes."""
    parts = _KEPT.split(html)
    parts[::2] = [
        _FALLBACK.sub(r"var(\1)", _LIST.sub("", _INDENT.sub("\n", part))).replace(_SANS, "")
        for part in parts[::2]
    ]
    parts[1::2] = [_code(part) if part.startswith("<pre") else part for part in parts[1::2]]
    return "".join(parts)


# What a translation would spoil: code, output, formulas, drawings, and what was measured. The <pre> have been split off.
_VERBATIM = re.compile(r'<(?:code|math)\b|<(?:div|a) class="(?:cell-output|demo-panels|glance|measured)"')
_CELL = re.compile(r"<td\b(?=[^>]*>((?:(?!</td>).)*)</td>)", re.DOTALL)
_NO_WORD = re.compile(r"<[^>]*>|&#?\w+;|\bnan\b", re.IGNORECASE)
_NO = ' translate="no"'


def untranslated(html: str) -> str:
    """Return a page of which a browser translates the prose alone: code and numbers stay what they are."""
    parts = _KEPT.split(html)
    parts[::2] = [
        _VERBATIM.sub(lambda found: found[0] + _NO, _CELL.sub(_number, part)) for part in parts[::2]
    ]
    parts[1::2] = [f"<pre{_NO}{part[4:]}" if part.startswith("<pre") else part for part in parts[1::2]]
    return "".join(parts)


def _number(cell: re.Match[str]) -> str:
    """What `showTable` in view.js takes for words are words here."""
    return cell[0] if re.search("[A-Za-z]", _NO_WORD.sub("", cell[1])) else cell[0] + _NO


def _code(block: str) -> str:
    block = _PLAIN.sub(r"\1", _TYPE.sub(r"\1", block)).replace("<span></span>", "")
    pieces = 1
    while pieces:
        block, pieces = _PIECES.subn(r"\1", block)
    return block.replace('</span>\n<span class="sd">', "\n")  # a docstring: one element, not one a line
