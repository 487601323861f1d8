"""What the search ranks first: questions, then the glossary, then the other pages; and what it leaves out.

The search is that of the theme. It gives each page the weight that is set here, and leaves out the elements that are marked here.
"""

from __future__ import annotations

import re
from typing import Any

# The weight of a page, by the beginning of its address; of several beginnings, the longest counts.
WEIGHTS = {"": 1, "questions/": 2.5, "glossary/": 2, "demos/": 0.5, "library/": 0.5}
# What stands between two words: white space, punctuation, the end of "doesn't" and the s of a plural, and words that say
# nothing. The theme looks for every word that begins like one of a query's: "not" would find every notebook.
SAYS_NOTHING = (
    "a all an and any are as at be by can could did do does don each every for from get has have how i if in into is it its "
    "me my no not of on or should so than that the their them then there these they this to want was we what when where "
    "which who why will with would you your"
)
_ENDING = r"['’]\w*|s(?!\w)"
SEPARATOR = "|".join(
    [
        r"[\s\-,:;!?=*+()\[\]\"“”/…×]+|\.(?!\d)",
        _ENDING,
        rf"\b(?:{'|'.join(f'[{word[0]}{word[0].upper()}]{word[1:]}' for word in SAYS_NOTHING.split())})(?:{_ENDING})?(?!\w)",
    ]
)
_EXCLUDED = " data-search-exclude"
# Not read in a list of results: code, tables, formulas, controls, and the sentence of a figure.
_LEFT_OUT = re.compile(
    r"<(?:pre|table|math|form|noscript)\b"
    r'|<(?:div|section|details|p) class="(?:demo|elsewhere|glance|cell-output|imprint|quote)\b[^"]*"'
)


def weight(address: str) -> float:
    """Return the weight of a page."""
    return WEIGHTS[max((start for start in WEIGHTS if address.startswith(start)), key=len)]


def rank(page: Any) -> None:
    """Give a page its weight, unless its front matter says otherwise."""
    page.meta["search"] = {"boost": weight(page.url), **page.meta.get("search", {})}


def leave_out(html: str) -> str:
    """Return a page in which the elements that the search leaves out are marked."""
    return _LEFT_OUT.sub(lambda match: match[0] + _EXCLUDED, html)


def unmark(html: str) -> str:
    """Return a page without these marks, which no reader's browser needs."""
    return html.replace(_EXCLUDED, "")
