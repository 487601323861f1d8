"""Draw the ranges in a table: a whisker from the smallest to the largest value, a dot at the median, one axis per column.

A cell is drawn if it reads `4.65 (2.42 to 6.68)`, or `2.42 to 6.68` at the right of a cell with the median. The numbers stay
beside the drawing, as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from math import ceil, floor, log10

from convlens_live.figures import format_number, power_of_ten
from convlens_live.figures.numbers import SUPERSCRIPTS

WIDTH, HEIGHT = 120, 14  # of a drawing, in pixels
LOG_FROM = (
    1000  # the axis is logarithmic if the largest value is this many times the smallest, and no value is 0
)
SHARED = 4  # columns share an axis if the longer one is at most this many times the shorter
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"(?<=<tr>).*?(?=</tr>)", re.DOTALL)
_CELL = re.compile(r"(<t[hd]>)(.*?)(?=</t[hd]>)", re.DOTALL)
_NUMBER = r"(−?\d[\d. ]*(?:× 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"
_WITH_MEDIAN = re.compile(rf"{_NUMBER} \({_NUMBER} to {_NUMBER}\)")
_ALONE = re.compile(rf"{_NUMBER} to {_NUMBER}")
_ONE = re.compile(_NUMBER)
_BACK = str.maketrans({raised: chr(code) for code, raised in SUPERSCRIPTS.items()} | {"−": "-", " ": ""})


@dataclass(frozen=True)
class Range:
    """The median, the smallest and the largest of several values."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Axis:
    """The scale of a column: from 0, or from the smallest power of ten."""

    low: float
    high: float
    log: bool

    def place(self, value: float) -> float:
        """Return where a value is, in pixels from the left."""
        low, high, value = (log10(v) if self.log else v for v in (self.low, self.high, value))
        return round(WIDTH * (value - low) / (high - low), 1)


def draw_ranges(html: str) -> str:
    """Return a page with the ranges of its tables drawn; a table with an attribute, or with one range only, stays as it is."""
    return _TABLE.sub(lambda match: _draw(match[0]), html)


def _draw(table: str) -> str:
    rows = [[content for _, content in _CELL.findall(row)] for row in _ROW.findall(table)]
    columns = {column: found for column in range(len(rows[0])) if len(found := ranges_in(rows, column)) > 1}
    axes = {column: axis_of([*found.values()]) for column, found in columns.items()}
    for column, found in columns.items():
        title, axis = rows[0][column], widest(axes[column], [*axes.values()])
        for row, spread in found.items():
            rows[row][column] = (
                f'<span class="spread">{drawing(spread, axis)}<span>{rows[row][column]}</span></span>'
            )
        ends = "".join(f"<span>{end_text(end)}</span>" for end in (axis.low, axis.high))
        rows[0][column] = f'{title}<span class="spread-axis" aria-hidden="true">{ends}</span>'
    contents = iter([content for row in rows for content in row])
    return _CELL.sub(lambda cell: cell[1] + next(contents), table)


def ranges_in(rows: list[list[str]], column: int) -> dict[int, Range]:
    """Return the ranges of a column, by the number of the row."""
    return {row: spread for row, cells in enumerate(rows) if (spread := range_in(cells, column))}


def range_in(cells: list[str], column: int) -> Range | None:
    """Return the range that a cell of a row holds, if it holds one."""
    text = plain(cells[column]) if column < len(cells) else ""
    if found := _WITH_MEDIAN.fullmatch(text):
        return Range(*map(number, found.groups()))
    median = _ONE.fullmatch(plain(cells[column - 1])) if column else None
    if median and (found := _ALONE.fullmatch(text)):
        return Range(number(median[1]), *map(number, found.groups()))
    return None


def axis_of(ranges: list[Range]) -> Axis:
    """Return the axis on which all ranges of a column fit."""
    low, high = min(each.low for each in ranges), max(each.high for each in ranges)
    if low > 0 and high >= LOG_FROM * low:
        return Axis(10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high)), log=True)
    low = min(low, 0)
    step = 10.0 ** floor(log10(high - low)) if high > low else 1.0
    return Axis(step * floor(low / step), max(step * ceil(high / step), step), log=False)


def widest(own: Axis, axes: list[Axis]) -> Axis:
    """Return the longest axis of a table if a column can share it, so that its columns can be compared; else the column's own."""
    near = [
        axis
        for axis in axes
        if axis.log == own.log and axis.low == own.low and axis.high <= SHARED * own.high
    ]
    return max(near, key=lambda axis: axis.high)


def end_text(end: float) -> str:
    """Return the end of an axis as the page shows it: a power of ten, or a number without needless zeros."""
    if end > 0 and (power := log10(end)).is_integer() and abs(power) > 3:
        return power_of_ten(int(power))
    return format_number(int(end) if end.is_integer() else end, 1)


def drawing(spread: Range, axis: Axis) -> str:
    """Return the SVG of a range; a range of zeros is a hollow dot."""
    low, median, high = map(axis.place, (spread.low, spread.median, spread.high))
    zero = ' class="zero"' if spread.low == spread.high == 0 else ""
    middle = HEIGHT // 2
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"><path class="axis" d="M0 {middle}H{WIDTH}"/>'
        f'<path d="M{low:g} {middle}H{high:g}M{low:g} {middle - 3}v6M{high:g} {middle - 3}v6"/>'
        f'<circle{zero} cx="{median:g}" cy="{middle}" r="3.5"/></svg>'
    )


def number(text: str) -> float:
    """Return the number that the site prints so.

    >>> number("3.14 × 10⁻⁹"), number("−2 000")
    (3.14e-09, -2000.0)
    """
    mantissa, _, power = text.partition("× 10")
    return float(f"{mantissa.translate(_BACK)}e{power.translate(_BACK) or 0}")


def plain(cell: str) -> str:
    """Return the text of a cell, with ordinary spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", cell))).strip()
