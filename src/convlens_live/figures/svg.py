"""Write one SVG element as text: escaped and rounded."""

import html
from functools import cache, lru_cache

SANS = "var(--figure-sans, system-ui, sans-serif)"
SIZES = HUGE, LARGE, TEXT, SMALL = 44, 22, 15, 13
"""The four font sizes of every figure, in pixels: the number of a headline, numbers that stand out, text, notes."""


escape = lru_cache(1024)(html.escape)  # the same few words in every figure of a run


@cache
def _before_value(key: str) -> str:
    return f' {key.rstrip("_").replace("_", "-")}="'


def element(name: str, *children: str, **attributes: object) -> str:
    """Return one SVG element; `_` in an attribute's name stands for `-`.

    Children are SVG already; attribute values are escaped, numbers rounded to 2 decimals, None is left out.

    >>> element("line", x1=0, y1=0.333333, stroke_width=2)
    '<line x1="0" y1="0.33" stroke-width="2"/>'
    """
    opening = name
    for key, value in attributes.items():
        if value is None:
            continue
        if isinstance(value, float):
            text = f"{value:.2f}".rstrip("0").rstrip(".")
        else:
            text = escape(value) if isinstance(value, str) else str(value)
        opening += f'{_before_value(key)}{text}"'
    return f"<{opening}>{''.join(children)}</{name}>" if children else f"<{opening}/>"
