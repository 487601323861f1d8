"""Remove the bytes of a finished page that no reader sees: a third of it."""

from __future__ import annotations

import re

# White space matters in these elements, and the hash of a script must not change.
VERBATIM = re.compile(r"(<(?:pre|script|style|textarea)\b.*?</(?:pre|script|style|textarea)>)", re.DOTALL)
_INDENT = re.compile(r"\s*\n\s*")
# Between the parts of a list, such as the navigation, a line break shows nothing.
_LIST = re.compile(r"\n(?=</?(?:ul|li|nav)\b)")
# The highlighter marks every name, operator and bracket, but the style sheet gives them the colour of the text.
_PLAIN = re.compile(r'<span class="(?:kc|n|o|ow|p|w)">((?:<a [^>]*>)?[^<]*(?:</a>)?)</span>')
# The pieces of an f-string all have the colour of strings.
_PIECES = re.compile(r'(<span class="s[12i]">[^<]*)</span><span class="s[12i]">')
# A type in a signature that has no page to link to.
_TYPE = re.compile(r'<span title="[\w.]+">([^<]*)</span>')

# A figure names fallbacks for its colours and fonts; here the style sheet always defines them.
_FALLBACK = re.compile(r"var\((--figure-[\w-]+),[^()]*\)")
_SANS = ' font-family="var(--figure-sans)"'  # the style sheet's font for every text in a drawing


def minify(html: str) -> str:
    """Return a page that looks the same and has fewer bytes."""
    parts = VERBATIM.split(html)
    parts[::2] = [
        _FALLBACK.sub(r"var(\1)", _LIST.sub("", _INDENT.sub("\n", part))).replace(_SANS, "")
        for part in parts[::2]
    ]
    parts[1::2] = [_code(part) if part.startswith("<pre") else part for part in parts[1::2]]
    return "".join(parts)


def _code(block: str) -> str:
    block = _PLAIN.sub(r"\1", _TYPE.sub(r"\1", block)).replace("<span></span>", "")
    pieces = 1
    while pieces:
        block, pieces = _PIECES.subn(r"\1", block)
    # A docstring becomes one element instead of one per line.
    return block.replace('</span>\n<span class="sd">', "\n")
