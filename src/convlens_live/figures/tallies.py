"""A tally: numbers below each other, and beside each a bar from a common line. Direction shows the sign."""

from collections.abc import Sequence

import numpy as np

from convlens_live.figures.box import Box, aligned, column, overlay, place, row, sized
from convlens_live.figures.cells import cells
from convlens_live.figures.colours import QUIET, Pen
from convlens_live.figures.marks import line, windows
from convlens_live.figures.numbers import fixed
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear
from convlens_live.figures.svg import TEXT
from convlens_live.figures.text import text

ROOM = 50  # pixels, for a number with two decimals and a sign


def tally(
    values: Sequence[float],
    scale: Linear,
    ink: str,
    *,
    high: float,
    wide: float,
    starts: Sequence[float] = (),
    below: bool = False,
) -> Box:
    """Return each value with two decimals, and a bar of it; an exact 0 is hollow and has no bar.

    high: of a row; wide: of the bars. starts: where the bars begin, if not at 0: so several add up.
    below: whether a bar is below its number, and not beside it.
    """
    top, thick = (0.66, 0.24) if below else (0.2, 0.6)
    marks = [
        windows([(n + top, min(start, start + value))], None, thick, abs(value), ink=ink)
        for n, (value, start) in enumerate(zip(values, starts or [0.0] * len(values), strict=True))
        if value
    ]
    ends = (
        [(n + top - 0.06, n + top + thick + 0.06) for n in range(len(values))]
        if below
        else [(0, len(values))]
    )
    zero = [line((0, 0), each, Pen(QUIET)) for each in ends]
    bars = plot(*marks, *zero, x=scale, y=Linear(len(values), 0), width=wide, height=high * len(values))
    room = 0.62 * high if below else high
    numbers = [sized(overlay(Box(ROOM, room), write(value)), height=high) for value in values]
    if below:
        listed = column(*numbers, gap=0)
        return place(wide, bars.height, (0, 0, bars), ((wide - ROOM) / 2, 0, listed))
    return row(column(*numbers, gap=0), bars, gap=6)


def write(value: float, size: float = TEXT) -> Box:
    """Return a number with two decimals; an exact 0 is hollow."""
    if value == 0:
        return aligned(cells(np.zeros((1, 1)), 18), "end")
    return text(fixed(value).removesuffix(".00"), size, align="end", width=ROOM)
