"""Filters as every figure shows them: the same hue, number and dash everywhere; and the headlines and buttons of the site."""

from typing import Any

import numpy as np

from convlens.types import Array
from convlens_live.figures.box import Box, column, pad
from convlens_live.figures.cells import cells, framed
from convlens_live.figures.colours import HAIRLINE, QUIET, Pen, filter_pen, hue
from convlens_live.figures.parts import part
from convlens_live.figures.svg import HUGE, TEXT
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
    return column(
        text(label, ink=QUIET, width=width), text(number, HUGE, mono=True, bold=True, width=width), gap=0
    )


def button(
    label: str, title: str = "", *, on: bool = False, width: float | None = None, **settings: int
) -> Box:
    """Return a framed label that sets parameters when a reader taps it; width: of the label, if not its own."""
    frame = Pen(width=2) if on else Pen(QUIET)
    return part(framed(pad(text(label, width=width), 12, 6, 12, 6), frame), title or label, on=on, **settings)
