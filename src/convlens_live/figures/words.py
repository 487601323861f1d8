"""The signs of print for words that were typed: curly quotes, ×, and a true minus."""

import re
from functools import lru_cache

_TYPED = re.compile("[\"'x-]")
_TIMES = re.compile(r"(?<!\b0)(?<=\d)( ?)x( ?)(?=\d)")  # not the x of 0x1F
_MINUS = re.compile(r"(?<![\w.)\]−-])-(?=\.?\d)")
_OPENING = re.compile("(^|[\\s(\\[{/—–“‘])([\"'])")
_CURLY = {'"': "“”", "'": "‘’"}


@lru_cache(1024)  # the same few words in every figure of a run
def typeset(text: str, before: str = "") -> str:
    """Return typed words as they are printed; `before` is the character before them, if they continue a sentence.

    >>> typeset("a 3x3 filter's weights are \\"tied\\": -1 and -1")
    'a 3×3 filter’s weights are “tied”: −1 and −1'
    """
    if not _TYPED.search(text):
        return text
    whole = _MINUS.sub("−", _TIMES.sub(r"\1×\2", before + text))
    whole = _OPENING.sub(lambda match: match[1] + _CURLY[match[2]][0], whole)
    return whole[len(before) :].replace('"', "”").replace("'", "’")
