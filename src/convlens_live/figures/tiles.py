"""Draw arrays as grids of coloured squares."""

import numpy as np

from convlens._checks import check_array
from convlens._settings import check_number, check_text
from convlens.types import Array
from convlens_live.figures.svg import MONO, colour, element


def _square(x: float, y: float, side: float, **attributes: object) -> str:
    return element("path", d=f"M{x:g} {y:g}h{side:g}v{side:g}h{-side:g}z", **attributes)


def _signed_cells(values: Array, side: float, scale: float) -> str:
    """Return the squares: orange above 0, blue below, hollow with a `0` at exactly 0, or with a `?` for nan."""
    cells: dict[str, list[str]] = {"positive": [], "negative": [], "zero": []}
    size = min(10.0, side * 0.75)
    for (i, j), value in np.ndenumerate(values):
        x, y = j * side, i * side
        if value == 0 or np.isnan(value):
            cells["zero"].append(
                _square(x + 1, y + 1, max(side - 2, 0), fill="none", stroke=colour("hairline"))
                + element("text", "0" if value == 0 else "?", x=x + side / 2, y=y + side / 2 + size / 3)
            )
        else:
            strength = min(abs(float(value)) / scale, 1.0)
            cells["negative" if value < 0 else "positive"].append(
                _square(x, y, side, fill_opacity=max(strength, 0.03))
            )
    zero = {"fill": colour("quiet"), "font_size": size, "font_family": MONO, "text_anchor": "middle"}
    return "".join(
        element("g", *squares, **(zero if kind == "zero" else {"fill": colour(kind)}))
        for kind, squares in cells.items()
        if squares
    )


def signed_tile(values: Array, side: float, *, scale: float, frame: str = "") -> str:
    """Return a (rows, columns) array as squares of `side` pixels on the diverging scale about 0.

    scale: the absolute value that gets the full colour; larger ones are clipped.
    frame: a colour for a border, such as a filter's own hue.
    """
    check_array("values", values, "rows, columns")
    if check_number("side", side, low=0) == 0:
        raise ValueError(f"side is {side}; it must be above 0")
    if check_number("scale", scale, low=0) == 0:
        raise ValueError(f"scale is {scale}; it must be above 0")
    check_text("frame", frame)
    rows, columns = values.shape
    width, height = columns * side, rows * side
    parts = [element("rect", width=width, height=height, fill=colour("paper"))]
    parts.append(_signed_cells(values, side, scale))
    parts.append(
        element(
            "rect",
            x=-1.5,
            y=-1.5,
            width=width + 3,
            height=height + 3,
            fill="none",
            stroke=frame or colour("hairline"),
            stroke_width=3 if frame else 1,
        )
    )
    return "".join(parts)
