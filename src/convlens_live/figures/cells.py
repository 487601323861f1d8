"""An array as a grid of coloured squares. An exact zero is hollow, with a `0` in it, here and nowhere else."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from convlens._checks import check_array
from convlens._settings import check_number
from convlens.types import Array
from convlens_live.figures.box import Box
from convlens_live.figures.colours import HAIRLINE, INK, NEGATIVE, PAPER, POSITIVE, QUIET, Pen
from convlens_live.figures.marks import Mark
from convlens_live.figures.scales import Axes, Linear
from convlens_live.figures.svg import SMALL, element

LEVELS, PALER = 8, 0.4
GREY = Pen(HAIRLINE)


def cells(
    values: Array,
    side: float,
    *,
    full: float = 1.0,
    grey: bool = False,
    frame: Pen | None = None,
    numbers: Callable[[float], str] | None = None,
    wide: float = 1,
    lit: Array | None = None,
    marks: Sequence[Mark] = (),
) -> Box:
    """Return (rows, columns) as squares: orange above 0, blue below, hollow with a `0` at exactly 0, nothing for nan.

    side: the height of a square in pixels; wide: how many times wider it is.
    full: the size of a value that gets the full colour. A value that is not zero is never white.
    grey: for images, from paper at 0 and below to ink at `full`.
    frame: a line around all squares; half of its width lies outside the box.
    numbers: writes a value into its square, whose colour then stays light enough to read it.
    lit: the squares, (rows, columns), that keep their full colour; all others are paler.
    marks: drawn on top. Their x and y count squares: the one in row i, column j begins at (j, i) and is 1 wide and high.
    """
    check_array("values", values, "rows, columns")
    check_number("side", side, low=0)
    (height, width), rows = values.shape, values.tolist()
    across, down = Linear(0, width), Linear(height, 0)
    levels = _levels(values, full, None if lit is None else np.where(lit, 1, PALER))
    inks = (INK, None) if grey else (POSITIVE, NEGATIVE)
    paths = _paths(levels.astype(np.int8).tobytes(), values.shape, inks, 0.5 if numbers else 1.0)
    zeros = (numbers or not grey) and not values.all()

    def draw(x: float, y: float) -> str:
        transform = f"translate({x:g} {y + side / 2:g}) scale({side * wide:g} {side:g})"
        svg = f'<g fill="none" transform="{transform}">{paths}</g>' if paths else ""
        if zeros:
            svg += _zeros(rows, x, y, side, side * wide, with_text=numbers is not None)
        if numbers:
            svg += _numbers(rows, x, y, side, side * wide, numbers)
        axes = Axes(x, x + width * side * wide, y, y + height * side, across, down)
        svg += "".join([mark.draw(axes) for mark in marks])
        return svg + (outline(x, y, width * side * wide, height * side, frame) if frame else "")

    return Box(width * side * wide, height * side, draw)


def inner(values: Array, full: float, share: float = 0.36) -> Mark:
    """Return smaller squares in the middle of other squares: what the values were before.

    values: (rows, columns), none of them 0. share: of the side of a square.
    """
    check_array("values", values, "rows, columns")
    spots = "".join(f"M{j} {i}h1" for i in range(values.shape[0]) for j in range(values.shape[1]))
    levels = _levels(values, full).astype(np.int8).tobytes()
    paths = _paths(levels, values.shape, (POSITIVE, NEGATIVE), 1.0, runs=False)

    def draw(axes: Axes) -> str:
        side, width = float(axes.x(1) - axes.x(0)), f"{share:g}"
        dash = f'stroke-dasharray="0 {(1 - share) / 2:g} {share:g} 1" stroke-width="{width}"'
        place = f"translate({axes.left:g} {axes.top + side / 2:g}) scale({side:g})"
        paper = f'<path d="{spots}" stroke="{PAPER}"/>'
        return f'<g fill="none" transform="{place}" {dash}>{paper}{paths}</g>'

    return Mark(draw)


def _levels(values: Array, full: float, strength: Array | None = None) -> Array:
    """Return values as levels of colour, from −LEVELS to LEVELS."""
    full = full if full and np.isfinite(full) else 1.0  # only zeros, or a run that diverged
    finite = np.isfinite(values)
    numbers_only = values if finite.all() else np.where(finite, values, 0)
    levels = np.minimum(np.maximum(LEVELS / full * numbers_only, -LEVELS), LEVELS)
    levels = np.rint(levels if strength is None else levels * strength)
    levels += (levels == 0) * np.sign(numbers_only)  # a value that is not zero is never white
    return levels  # type: ignore[no-any-return]


@lru_cache(256)  # from figure to figure of a run, most arrays keep their levels: two of three, or more
def _paths(
    levels: bytes, shape: tuple[int, int], inks: tuple[str, str | None], full: float, *, runs: bool = True
) -> str:
    """Return one path for all squares of one level, a thick dash for each run of them in a row, to keep the SVG short.

    levels: the level of each square, from −LEVELS to LEVELS, as signed bytes. inks: the colours of the levels
    above 0, and of those below. runs: otherwise each square has a dash of its own.
    """
    dashes: dict[int, list[str]] = {}
    for i, row in enumerate(np.frombuffer(levels, np.int8).reshape(shape).tolist()):
        begin, current = 0, 0
        for j, level in enumerate([*row, 0]):
            if level != current or not runs:
                if current:
                    dashes.setdefault(current, []).append(f"M{begin} {i}h{j - begin}")
                begin, current = j, level
    svg = ""
    for ink, sizes in zip(inks, (range(1, LEVELS + 1), range(-1, -LEVELS - 1, -1)), strict=True):
        paths = [
            f'<path d="{"".join(dashes[n])}" opacity="{full * abs(n) / LEVELS:g}"/>'
            for n in sizes
            if n in dashes
        ]
        svg += f'<g stroke="{ink}">{"".join(paths)}</g>' if paths and ink else ""
    return svg


def _zeros(rows: list[list[float]], x: float, y: float, high: float, wide: float, with_text: bool) -> str:
    """Return hollow squares with a `0`, so that "almost zero" never passes for an exact zero; without the `0` if `with_text`."""
    places = [
        (x + j * wide, y + i * high)
        for i, row in enumerate(rows)
        for j, value in enumerate(row)
        if value == 0
    ]
    edge = f"h{wide - 2:g}v{high - 2:g}h{2 - wide:g}z"
    tall = min(0.5 * high, 10)
    oval = f"a{0.3 * tall:g} {tall / 2:g} 0 1 0 .1 0z"
    squares = "".join(f"M{a + 1:g} {b + 1:g}{edge}" for a, b in places)
    hollow = f'<path d="{squares}" fill="none" stroke="{HAIRLINE}"/>'
    if with_text:
        return hollow
    noughts = "".join(f"M{a + wide / 2:g} {b + (high - tall) / 2:g}{oval}" for a, b in places)
    thick = f"{min(1.3, 0.14 * tall):.2g}"
    return hollow + f'<path class="zero" d="{noughts}" fill="none" stroke="{QUIET}" stroke-width="{thick}"/>'


def _numbers(
    rows: list[list[float]], x: float, y: float, high: float, wide: float, write: Callable[[float], str]
) -> str:
    middles = [f"{x + (j + 0.5) * wide:g}" for j in range(len(rows[0]))]
    bases = [f"{y + (i + 0.5) * high + SMALL / 3:.1f}" for i in range(len(rows))]
    texts = [
        f'<text x="{middle}" y="{base}">{write(value)}</text>'
        for base, row in zip(bases, rows, strict=True)
        for middle, value in zip(middles, row, strict=True)
    ]
    return element("g", *texts, font_size=SMALL, text_anchor="middle")


def outline(x: float, y: float, width: float, height: float, pen: Pen) -> str:
    """Return the SVG of a frame."""
    return element(
        "rect", x=x, y=y, width=float(width), height=float(height), fill="none", **pen.attributes()
    )


def ruled(box: Box, pen: Pen = GREY) -> Box:
    """Return the box with a line below it, as under a row of a table."""

    def draw(x: float, y: float) -> str:
        under = element("path", d=f"M{x:g} {y + box.height:g}h{box.width:g}", **pen.attributes())
        return box.draw(x, y) + under

    return Box(box.width, box.height, draw, box.align)


def framed(box: Box, pen: Pen) -> Box:
    """Return the box with a line around it."""
    return Box(
        box.width,
        box.height,
        lambda x, y: box.draw(x, y) + outline(x, y, box.width, box.height, pen),
        box.align,
    )
