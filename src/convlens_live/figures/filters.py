"""Filters as every figure shows them: the same hue, number and dash everywhere; and the headlines and buttons of the site."""

from typing import Any

import numpy as np

from convlens.types import Array
from convlens_live.figures.box import Box, column, overlay, pad
from convlens_live.figures.cells import cells
from convlens_live.figures.colours import HAIRLINE, QUIET, Pen, filter_pen, hue
from convlens_live.figures.parts import part
from convlens_live.figures.svg import HUGE, TEXT, element
from convlens_live.figures.text import text


def filter_name(k: int, before: str = "", size: float = TEXT, **style: Any) -> Box:
    """Return the number of filter k (from 0), as in `Filter 1`, in its hue."""
    return text(f"{before}{k + 1}", size, hue(k), bold=True, **style)


def filter_cells(k: int, values: Array, side: float, full: float | None = None, **style: Any) -> Box:
    """Return numbers that belong to filter k, in its frame; without `full`, the largest gets the full colour."""
    full = float(np.abs(values).max()) if full is None else full
    return cells(values, side, full=full, frame=filter_pen(k), **style)


def image_cells(image: Array, side: float, pen: Pen | None = None, full: float = 1.0) -> Box:
    """Return an image, or a feature map, in greys."""
    return cells(image, side, full=full, grey=True, frame=pen or Pen(HAIRLINE))


def headline(label: str, number: str, width: float) -> Box:
    """Return the main number of a figure, large, below its label."""
    return column(text(label, ink=QUIET, width=width), text(number, HUGE, bold=True, width=width), gap=0)


def button(
    label: str, title: str = "", *, on: bool = False, width: float | None = None, **settings: Any
) -> Box:
    """Return a label that looks like a button, and sets parameters when a reader taps it; width: of the label, if not its own."""
    inside = pad(text(label, width=width), 12, 6, 12, 6)
    return part(overlay(_plate(inside.width, inside.height, on), inside), title or label, on=on, **settings)


def _plate(width: float, height: float, on: bool) -> Box:
    """Return what a button is written on: grey with round corners, in a thick frame while it is on."""
    pen = Pen(width=2) if on else Pen(QUIET)
    style = {"rx": 5, "fill": HAIRLINE, "fill_opacity": 0.8 if on else 0.3, **pen.attributes()}
    return Box(width, height, lambda x, y: element("rect", x=x, y=y, width=width, height=height, **style))
