"""What one number of a second layer reads: maps with a window, the slices of a filter, and their sums; see two_layers.py."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from convlens.types import Array
from convlens_live.figures.box import Box, centred, column, pad, place, row
from convlens_live.figures.cells import cells, framed, ruled
from convlens_live.figures.colours import QUIET, Pen, hue
from convlens_live.figures.marks import Mark, windows
from convlens_live.figures.numbers import fixed
from convlens_live.figures.svg import LARGE, SMALL
from convlens_live.figures.text import text
from convlens_live.figures.two_layers import Layout

type Placed = tuple[float, float, Box]
BRIGHT = 3.0  # a number of a map in full ink


def small_filter(slices: Array, m: int, at: Layout) -> Placed:
    """Return a filter of the first layer, (channels, rows, columns), without its numbers."""
    x, below, side = at.filter
    inside = row(*(cells(each, side, full=1.5) for each in slices), gap=4)
    return centred(x, at.middle(m) + below, framed(pad(inside, 5, side - 7, 5, side - 7), Pen(hue(m), 2)))


def small_map(values: Array, m: int, at: Layout, frame: Pen) -> Placed:
    """Return a map of the first layer, (rows, columns), in shades only."""
    x, below, side, shape = at.map
    drawn = cells(values, side, full=BRIGHT, grey=True, wide=shape, frame=frame)
    return centred(x, at.middle(m) + below, drawn)


def read_map(values: Array, m: int, at: Layout, frame: Pen, corner: Sequence[int], kernel: int) -> Placed:
    """Return the same with the window that is read, which is left empty where the Layout has its numbers on the map."""
    (i, j), (x, below, side, shape) = corner, at.map
    lit, beside = np.zeros(values.shape, bool), bool(at.window[0])
    lit[i : i + kernel, j : j + kernel] = True
    marks = [windows([corner], Pen(hue(m), 3), kernel)]
    shown = values if beside else np.where(lit, np.nan, values)
    drawn = cells(shown, side, full=BRIGHT, grey=True, wide=shape, frame=frame, lit=lit, marks=marks)
    return centred(x, at.middle(m) + below, drawn)


def read_numbers(values: Array, m: int, at: Layout, corner: Sequence[int], marks: Sequence[Mark]) -> Placed:
    """Return the numbers of a window, (kernel, kernel), on their map or beside it."""
    (i, j), (x, below, side, shape), reach = corner, at.map, len(values) / 2 - 2.5
    x, y = x + (j + reach) * side * shape, at.middle(m) + below + (i + reach) * side
    if at.window[0]:
        (x, side, shape), y = at.window, at.middle(m)
    style: Any = {"numbers": tenth, "grey": True, "full": BRIGHT, "frame": Pen(hue(m), 3)}
    return centred(x, y, cells(values, side, wide=shape, marks=marks, **style))


def slice_numbers(values: Array, m: int, at: Layout, frame: Pen, marks: Sequence[Mark]) -> Placed:
    """Return the weights of a slice, (kernel, kernel)."""
    x, side, shape = at.slice
    drawn = cells(values, side, full=0.9, wide=shape, numbers=tenth, frame=frame, marks=marks)
    return centred(x, at.middle(m), drawn)


def channel(
    values: Array,
    at: Layout,
    *,
    frame: Pen,
    marks: Sequence[Mark] = (),
    lit: tuple[int, int, int] | None = None,
) -> Box:
    """Return a channel of the image. lit: row, column and side of the square that keeps its colour; all of it, if None."""
    i, j, side = lit or (0, 0, len(values))
    keeps = np.zeros(values.shape, bool)
    keeps[i : i + side, j : j + side] = True
    return cells(values, at.pixel, grey=True, frame=frame, marks=marks, lit=keeps)


def signs(m: int, at: Layout) -> list[Placed]:
    """Return the signs between the parts of a row."""
    return [centred(x, at.middle(m), text(sign, LARGE, QUIET)) for sign, x in at.signs]


def row_sum(said: str, m: int) -> Box:
    """Write the sum of a row."""
    return place(56, 30, (0, 6, text(said, ink=hue(m), bold=True, width=54, align="end")))


def total(above: str, number: str, below: str) -> Box:
    """Write the number in which the four sums join, between two notes."""
    style: Any = {"width": 134, "align": "middle"}
    notes = [text(said, SMALL, QUIET, **style) for said in (above, below)]
    return column(notes[0], text(number, LARGE, bold=True, **style), notes[1], gap=6)


def underlined(word: str, pen: Pen, *, bold: bool) -> Box:
    """Write a word that has a thing in the picture, with room for a finger."""
    return pad(ruled(text(word, bold=bold), pen), 4, 6, 4, 6)


def tenth(value: float) -> str:
    """Write a number with one decimal."""
    return fixed(value, 1)
