"""Turn formulas into MathML when the site is built: no script, no font, readable by a screen reader."""

from __future__ import annotations

import re
from html import unescape

from latex2mathml.converter import convert

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
_IDEA = re.compile(
    r'<mrow class="idea ([^"]+)">'
)  # \class{idea error}{\delta} lights up with the words of that idea


def to_mathml(html: str) -> str:
    """Replace every formula that pymdownx.arithmatex has marked; ValueError if one cannot be converted."""
    return _FORMULA.sub(lambda match: _convert(unescape(match[2]).strip(), block=match[1] == "div"), html)


def _convert(tex: str, block: bool) -> str:
    mathml = convert(tex, display="block" if block else "inline")
    # The converter passes an unknown command, or the & of an alignment, through as a name.
    if re.search(r"<m[ion]>(\\|&amp;|&<)", mathml):
        raise ValueError(f"formula {tex!r} holds a command that the converter does not know")
    mathml = mathml.replace("<math ", '<math class="formula" ', 1)
    mathml = _IDEA.sub(r'<mrow data-idea="\1">', mathml)
    return f'<div class="formula-block">{mathml}</div>' if block else mathml
