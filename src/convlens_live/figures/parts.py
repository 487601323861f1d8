"""Parts of a figure that a reader points at: some set parameters, some light up with the words of the same idea."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from convlens._settings import check_text
from convlens._words import show
from convlens_live.figures.box import Box, grid, nothing, overlay, space
from convlens_live.figures.marks import Mark, dots
from convlens_live.figures.scales import Axes, Linear
from convlens_live.figures.svg import escape
from convlens_live.figures.words import typeset

AROUND = 3  # pixels by which the light goes beyond a box
GRIP, UNIT = 29, (Linear(0, 1), Linear(0, 1))  # the width of what is dragged
_NAME = re.compile(r"[a-z]+(-\d)?")


def part(box: Box, title: str, *, on: bool = False, drag: str = "", **settings: int) -> Box:
    """Return the box as a part that sets parameters.

    title: its name, for a reader who cannot see it. on: whether it is the selected part.
    drag: the name of a group. Its parts are pressed, and set nothing when a pointer or an arrow key passes. A press on the
        selected one drags it to the nearest of its group; a press on another also sets those of its group that it moves over.
    settings: the parameters that it sets, each declared as `Pointed` in the demo's signature.
    """
    # As text, and not by `element`: a figure may have 150 parts, which are most of its elements.
    pairs = ",".join([f"{name}={value}" for name, value in settings.items()])
    sets = f'data-set="{escape(pairs)}"' + (' data-on="true"' if on else "")
    sets += f' data-drag="{escape(drag)}"' if drag else ""
    name = f"<title>{escape(typeset(title))}</title>"
    area = f'width="{box.width:g}" height="{box.height:g}" fill-opacity="0"'

    def draw(x: float, y: float) -> str:
        place = f'x="{x:.5g}" y="{y:.5g}"'
        if box.draw is nothing:  # its area is all there is
            return f"<rect {place} {area} {sets}>{name}</rect>"
        return f"<g {sets}>{name}<rect {place} {area}/>{box.draw(x, y)}</g>"

    return Box(box.width, box.height, draw, box.align)


def spots(
    box: Box,
    shape: tuple[int, int],
    name: Callable[[int, int], tuple[str, bool, dict[str, int]]],
    drag: str = "",
) -> Box:
    """Return a box of equal cells, each of them a part.

    shape: rows and columns. name: the title of the cell at a row and a column, whether it is the selected one, and its settings.
    """
    (rows, columns), parts = shape, []
    for i, j in np.ndindex(shape):
        title, on, settings = name(i, j)
        parts.append(part(space(box.width / columns, box.height / rows), title, on=on, drag=drag, **settings))
    return overlay(box, grid(parts, columns, (0, 0)))


def idea(box: Box, *names: str) -> Box:
    """Return the box as a picture of ideas: it lights up with the words, factors and pictures of the same name on its page.

    names: one word each, such as `error`; that of something of filter 1 ends in `-1`, of filter 2 in `-2`.
    """
    for name in names:
        if not _NAME.fullmatch(check_text("names", name)):
            raise ValueError(
                f"names has {show(name)}; an idea has one word of small letters, such as 'error-1'"
            )
    said = " ".join(names)

    def draw(x: float, y: float) -> str:
        place = f'x="{x - AROUND:.5g}" y="{y - AROUND:.5g}"'
        size = f'width="{box.width + 2 * AROUND:g}" height="{box.height + 2 * AROUND:g}"'
        return f'<g data-idea="{said}"><rect {place} {size} fill-opacity="0"/>{box.draw(x, y)}</g>'

    return Box(box.width, box.height, draw, box.align)


def slider(
    stops: Sequence[float],
    at: float,
    y: float,
    name: Callable[[float], tuple[str, dict[str, int]]],
    drag: str,
) -> Mark:
    """Return the handle of a slider whose values are those of the x axis, as parts of the group `drag`.

    y: its height on the y axis. name: the title of a stop, and the settings of its part.
    """
    places = sorted(stops, key=lambda stop: stop == at)  # the handle is on top

    def draw(axes: Axes) -> str:
        svg, middle = "", float(axes.y(y))
        for stop in places:
            title, settings = name(stop)
            x, knob = float(axes.x(stop)), space(GRIP, GRIP)
            if stop == at:
                knob = Box(
                    GRIP, GRIP, lambda x, y: dots([0.5], [0.5], 9).draw(Axes(x, x + GRIP, y, y + GRIP, *UNIT))
                )
            svg += part(knob, title, on=stop == at, drag=drag, **settings).draw(
                x - GRIP / 2, middle - GRIP / 2
            )
        return svg

    return Mark(draw)
