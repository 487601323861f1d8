"""Numbers without rounding: fractions with all their decimals, and sums of them, written or laid end to end."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from convlens._settings import check_count
from convlens._words import show
from convlens_live.figures.box import Box, aligned, column, pad, sized
from convlens_live.figures.cells import framed, ruled
from convlens_live.figures.colours import INK, QUIET, Pen
from convlens_live.figures.marks import line, rule, windows
from convlens_live.figures.numbers import fixed, format_number
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear
from convlens_live.figures.svg import HUGE, SMALL, TEXT
from convlens_live.figures.text import text

_MOST = 9  # decimals that are written
_BELOW, _ABOVE = 0.6, 1.2  # how far bars laid end to end may go on both sides of 0, in their unit


def decimal(value: Fraction, least: int = 1, digits: int = 3) -> str:
    """Return all decimals of a fraction, and at least `least`; or so many digits, if its decimals have no end.

    >>> decimal(Fraction(1, 2), 2), decimal(Fraction(-81, 1000), 2), decimal(Fraction(2, 3)), decimal(Fraction(0))
    ('0.50', '−0.081', '0.667', '0')
    """
    if not isinstance(value, Fraction):
        raise ValueError(f"value is {show(value)}; it must be a Fraction")
    for count in range(check_count("least", least, least=0), _MOST + 1):
        if (value * 10**count).denominator == 1:
            return fixed(float(value), count)
    return format_number(float(value), digits)


def numeral(value: Fraction, width: float, least: int = 1, size: float = TEXT, **style: Any) -> Box:
    """Return a fraction in the middle of its room; an exact zero is hollow. style: as of `text`."""
    if value:
        return text(decimal(value, least), size, width=width, align="middle", **style)
    return sized(aligned(framed(pad(text("0", size, QUIET), 6, 0, 6), Pen(QUIET)), "middle"), width)


def subtraction(first: Fraction, second: Fraction, width: float, under: Pen, least: int = 2) -> Box:
    """Return a written subtraction, one number below the other; the difference is bold, with a line of its own below it."""
    above = text(decimal(first, least), ink=QUIET, width=width, align="end")
    below = text(f"− {decimal(second, least)}", ink=QUIET, width=width, align="end")
    difference = numeral(first - second, width, bold=True)
    return column(above, ruled(below, Pen(QUIET)), ruled(pad(difference, bottom=3), under), gap=2)


def large(title: str, value: Fraction | None, notes: Sequence[str], width: float, ink: str = INK) -> Box:
    """Return a number as large as a headline's, its title above it and notes below, all centred; `?` if it is not known."""
    room: dict[str, Any] = {"width": width, "align": "middle"}
    number = text("?", HUGE, QUIET, **room)
    if value is not None:
        number = numeral(value, width, 2, HUGE, bold=True, ink=ink)
    said = [text(each, SMALL, QUIET, **room) for each in notes]
    return column(text(title, ink=ink, bold=True, **room), number, *said, gap=2)


def end_to_end(
    values: Sequence[Fraction], width: float, height: float, ink: str = INK, *, down: bool = False
) -> Box:
    """Return a bar for each value, which begins where the one before it ends, and last their sum as a bar that begins at 0.

    down: whether the bars follow each other downwards, and not to the right. 0 never moves; if bars would not fit, their unit,
    1 at first, is doubled until they do. Without values, only the line of 0 is drawn.
    """
    ends = [0.0, *map(float, accumulate(values))]
    unit = 1
    while not -_BELOW * unit <= min(ends) <= max(ends) <= _ABOVE * unit:
        unit *= 2
    marks = []
    for n, (begin, end) in enumerate([*pairwise(ends), (0.0, ends[-1])]):
        low, long = min(begin, end), abs(end - begin)
        corner, size = ((n + 0.2, low), (0.6, long)) if down else ((low, n + 0.2), (long, 0.6))
        marks += [windows([corner], None, *size, ink=ink)] if long else []
        if n < len(ends) - 1 and not down:
            marks.append(line([n + (0.8 if long else 0.2), n + 1.2], [end, end], Pen(ink, 1, "2 2")))
    across, along = Linear(-_BELOW * unit, _ABOVE * unit), len(ends)
    if down:
        return plot(
            *marks, rule(x=0, pen=Pen(QUIET)), x=across, y=Linear(along, 0), width=width, height=height
        )
    return plot(*marks, rule(y=0, pen=Pen(QUIET)), x=Linear(0, along), y=across, width=width, height=height)
