"""Write one SVG element as text: escaped and rounded."""

import math
from html import escape

from convlens._settings import check_number, check_text
from convlens_live.figures.colours import HUES, ROLES, colour
from convlens_live.figures.numbers import format_number, power_of_ten

__all__ = [
    "MONO",
    "ROLES",
    "SANS",
    "colour",
    "element",
    "filter_colour",
    "format_number",
    "group",
    "line",
    "power_of_ten",
    "text",
]

SANS = "var(--figure-sans, system-ui, sans-serif)"
MONO = "var(--figure-mono, ui-monospace, monospace)"
SIZES = HUGE, LARGE, TEXT, SMALL = 44, 22, 15, 13
"""The four font sizes of every figure, in pixels: a headline's number, numbers that stand out, words, remarks."""


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
        opening += f' {key.rstrip("_").replace("_", "-")}="{text}"'
    return f"<{opening}>{''.join(children)}</{name}>" if children else f"<{opening}/>"


# --- to be removed with the drawings of the demos that use it -------------------------------------------------


def filter_colour(index: int) -> str:
    return HUES[index % 6]


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = 13,
    role: str = "ink",
    fill: str = "",
    mono: bool = False,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """Return a line of text whose baseline starts (or ends, or is centred) at (x, y)."""
    return element(
        "text",
        escape(check_text("content", content)),
        x=_number("x", x),
        y=_number("y", y),
        fill=fill or colour(role),
        font_size=size,
        font_family=MONO if mono else SANS,
        text_anchor=None if anchor == "start" else anchor,
        font_weight=None if weight == 400 else weight,
    )


def line(x1: float, y1: float, x2: float, y2: float, *, role: str = "hairline", width: float = 1) -> str:
    """Return a straight line in a colour role."""
    return element(
        "line",
        x1=_number("x1", x1),
        y1=_number("y1", y1),
        x2=_number("x2", x2),
        y2=_number("y2", y2),
        stroke=colour(role),
        stroke_width=None if width == 1 else width,
    )


def group(content: str, x: float, y: float) -> str:
    """Return the content moved by (x, y)."""
    check_text("content", content)
    check_number("x", x)
    check_number("y", y)
    return element("g", content, transform=f"translate({x:g} {y:g})")


def _number(name: str, value: float) -> float:
    """Return a number as a float: check_number, in a tenth of its time, for what a figure does a hundred times."""
    return value if type(value) is float and math.isfinite(value) else check_number(name, value)
