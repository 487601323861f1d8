"""The positions at which two filters fire, and one step of each; see gradient.py."""

import numpy as np

from convlens.types import Array
from convlens_live.figures.box import Box, column, grid, overlay, row, sized, space
from convlens_live.figures.cells import cells, inner
from convlens_live.figures.colours import PAPER, Pen, filter_pen, hue
from convlens_live.figures.filters import filter_cells, filter_name, image_cells
from convlens_live.figures.gradient import Sizes, middles
from convlens_live.figures.marks import dots, windows
from convlens_live.figures.numbers import fixed, format_number
from convlens_live.figures.parts import idea, part
from convlens_live.figures.svg import HUGE, LARGE
from convlens_live.figures.text import note, text, titled

WEIGHT, PATCH = 0.7, 0.1  # what gets the full colour, or full ink


def draw_positions(image: Array, fires: Array, patches: Array, place: int, at: Sizes) -> Box:
    """Draw where each filter fires, (2, rows, columns), one patch, and the sum of the patches of each, (2, 5, 5).

    place: the number of the position whose patch is shown; on a wide page, a reader points at another one.
    """
    spot = divmod(place, fires.shape[2])
    maps = [_positions(image, fires[k], k, spot, at) for k in (0, 1)]
    sums, counts = [], []
    for k in (0, 1):
        added = idea(filter_cells(k, patches[k], at.patch, PATCH, grey=True), f"patches-{k + 1}")
        sums.append(
            titled(column(note("its patches,"), note(f"added, ÷ {fires[k].size}"), gap=0), added, gap=6)
        )
        said = note("fires there" if fires[k][spot] else "does not fire")
        counts.append(middles(filter_name(k, "filter "), said, gap=0))
    seen = image[spot[0] : spot[0] + 5, spot[1] : spot[1] + 5]
    patch = idea(image_cells(seen, at.patch, Pen(width=3)), "image")
    if at.down:
        middle = row(counts[0], patch, counts[1], gap=16, align="middle")
        return middles(row(*maps, gap=20), middle, row(*sums, gap=60), gap=14)
    middle = sized(middles(note("one patch"), patch, *counts, gap=8), 108)
    ways = text("←", LARGE), text("→", LARGE)
    return row(sums[0], ways[0], maps[0], middle, maps[1], ways[1], sums[1], gap=4, align="middle")


def _positions(image: Array, fires: Array, k: int, spot: tuple[int, int], at: Sizes) -> Box:
    centres = [(np.argwhere(fires == each).T + 2.5).tolist() for each in (True, False)]  # of the patches
    (i, j), (a, b) = centres
    large = at.positions / 3
    marks = (
        dots(b, a, 1.2, hue(k)),
        dots(j, i, large + 1, PAPER),
        dots(j, i, large, hue(k)),
        windows([spot], Pen(width=3), 5),
    )
    seen = cells(image, at.positions, full=2, grey=True, frame=filter_pen(k), marks=marks)
    if not at.down:  # on a phone, a finger is larger than a position
        columns = fires.shape[1]
        side = space(at.positions, at.positions)
        every = [
            part(side, f"position {n // columns + 1}, {n % columns + 1}", place=n) for n in range(fires.size)
        ]
        seen = overlay(seen, grid(every, columns, (0, 0)))
    said = note(f"fires at {fires.sum()} of {fires.size} positions")
    return titled(column(filter_name(k, "filter "), said, gap=0), idea(seen, f"patches-{k + 1}"), gap=6)


def draw_step(told: Array, patches: Array, gradient: Array, before: Array, rate: float, at: Sizes) -> Box:
    """Draw number times patches, which is the gradient, and the filters before and after a step; all but told: (2, 5, 5)."""
    after, sides = before - rate * gradient, []
    for k in (0, 1):
        number = text(fixed(float(told[k])), LARGE, hue(k), bold=True, align="middle", width=82)
        added = idea(filter_cells(k, patches[k], at.patch - 2, PATCH, grey=True), f"patches-{k + 1}")
        step = idea(filter_cells(k, rate * gradient[k], at.patch, WEIGHT), f"gradient-{k + 1}")
        step = titled(f"{rate:g} × gradient", step)
        moved = filter_cells(k, after[k], at.filter, WEIGHT, marks=[inner(before[k], WEIGHT)])
        moved = titled(filter_name(k, "filter "), moved)
        times, way = text("×"), text("↓" if at.down else "←" if k else "→", LARGE)
        factors = (
            row(number, times, added, gap=4, align="middle")
            if at.down
            else middles(number, times, added, gap=4)
        )
        boxes = factors, text("=", LARGE), step, way, moved
        sides.append(middles(*boxes, gap=6) if at.down else row(*boxes[:: 1 - 2 * k], gap=5, align="middle"))
    apart = float(np.abs(after[0] - after[1]).max())
    number = (
        text(format_number(apart, 2), HUGE, bold=True, align="middle")
        if apart
        else cells(np.zeros((1, 1)), 44)
    )
    words = "largest difference", "between the filters", "after the step"
    middle = sized(middles(number, *map(note, words), gap=2), 126)
    if at.down:
        return middles(row(*sides, gap=14), middle, gap=14)
    return row(sides[0], middle, sides[1], gap=4, align="middle")
