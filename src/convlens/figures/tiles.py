"""Draw arrays as grids of coloured squares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from convlens.figures.svg import colour, element, text


def _cell(x: float, y: float, side: float, value: float, scale: float) -> str:
    """Return one signed square: orange above 0, blue below, hollow with a `0` at exactly 0."""
    if value == 0:
        hollow = element("rect", x=x + 1, y=y + 1, width=side - 2, height=side - 2, fill="none",
                         stroke=colour("hairline"))
        return hollow + text(x + side / 2, y + side * 0.5 + 3.4, "0", size=min(10, side * 0.75), role="quiet",
                             mono=True, anchor="middle")
    strength = min(abs(value) / scale, 1.0) if np.isfinite(value) else 1.0
    return element("rect", x=x, y=y, width=side, height=side, fill=colour("positive" if value > 0 else "negative"),
                   fill_opacity=max(round(float(strength), 3), 0.03))


def signed_tile(values: npt.NDArray[np.floating], side: float, *, scale: float, frame: str = "") -> str:
    """Return a (rows, columns) array as squares of `side` pixels on the diverging scale about 0.

    scale: the absolute value that gets the full colour; larger ones are clipped.
    frame: a colour for a border, such as a filter's own hue.
    """
    rows, columns = values.shape
    width, height = columns * side, rows * side
    parts = [element("rect", width=width, height=height, fill=colour("paper"))]
    parts += [_cell(j * side, i * side, side, float(values[i, j]), scale)
              for i in range(rows) for j in range(columns)]
    parts.append(element("rect", x=-1.5, y=-1.5, width=width + 3, height=height + 3, fill="none",
                         stroke=frame or colour("hairline"), stroke_width=3 if frame else 1))
    return "".join(parts)


def image_tile(values: npt.NDArray[np.floating], side: float) -> str:
    """Return a (rows, columns) image as grey squares: its smallest value is paper, its largest is ink."""
    rows, columns = values.shape
    low, high = float(values.min()), float(values.max())
    shades = (values - low) / (high - low if high > low else 1.0)
    parts = [element("rect", width=columns * side, height=rows * side, fill=colour("paper"))]
    parts += [element("rect", x=j * side, y=i * side, width=side, height=side, fill=colour("ink"),
                      fill_opacity=round(float(shades[i, j]), 2))
              for i in range(rows) for j in range(columns) if shades[i, j] > 0.02]
    parts.append(element("rect", width=columns * side, height=rows * side, fill="none", stroke=colour("hairline")))
    return "".join(parts)
