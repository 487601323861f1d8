"""The fence `path`: the way of an image through the network, drawn small, with the parts lit that a page is about.

``` path
lit: filters, next layer
```
"""

from __future__ import annotations

from typing import Any

import yaml
from pymdownx.superfences import SuperFencesException

from convlens.shapes import falling, horizontal, rising
from convlens_live.figures import (
    INK,
    QUIET,
    SMALL,
    Box,
    Linear,
    Mark,
    Pen,
    arrow,
    centred,
    filter_cells,
    filter_pen,
    framed,
    hue,
    image_cells,
    place,
    plot,
    space,
    text,
)
from convlens_live.figures.svg import element

PARTS = {
    "image": 24,
    "filters": 98,
    "maps": 170,
    "means": 234,
    "next layer": 310,
}  # and their centres, in pixels
WIDTH, HEIGHT, MIDDLE = 348, 92, 50
SIDES = MIDDLE - 16, MIDDLE + 16  # filter 1 is above the middle, filter 2 below
ANSWERS = tuple(MIDDLE + 14 * n for n in (-1.5, -0.5, 0.5, 1.5))
SHAPES = falling(), rising()
UNDERLINE = Box(44, 3, lambda x, y: element("rect", x=x, y=y, width=44, height=3))
DIM = 0.3  # the opacity of what is not lit


def path_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: the parts to light, from PARTS, separated by commas."""
    settings = yaml.safe_load(source)
    named = settings.get("lit") if isinstance(settings, dict) else None
    lit = [each.strip() for each in str(named).split(",")]
    if not set(lit) <= PARTS.keys():
        raise SuperFencesException(
            f"in the fence '{language}': lit is {named!r}; it must name some of {', '.join(PARTS)}"
        )
    alt = f"The network, from left to right: {', '.join(PARTS)}. This page is about: {', '.join(lit)}."
    return f'<div class="path">{draw_path(lit).svg(alt)}</div>'


def draw_path(lit: list[str]) -> Box:
    """Draw the parts from left to right, each below its name; the weights of the next layer are its lines."""
    to_means, to_answers = map(network, ways())
    placed = [(0.0, 0.0, dimmed(to_means))]
    placed.append((0.0, 0.0, to_answers if "next layer" in lit else dimmed(to_answers)))
    for name, middle in PARTS.items():
        on = name in lit
        placed.append(centred(middle, 8, text(name, SMALL, INK if on else QUIET, bold=on)))
        placed += [centred(middle, y, box if on else dimmed(box)) for y, box in drawings(name)]
        if on:
            placed.append(centred(middle, HEIGHT - 2, UNDERLINE))
    return place(WIDTH, HEIGHT, *placed)


def drawings(name: str) -> list[tuple[float, Box]]:
    """Return the drawings of a part, each with the height of its middle."""
    boxes = {
        "image": [image_cells(horizontal(), 7, Pen(QUIET, 1.5))],
        "filters": [filter_cells(k, shape - 0.3, 5) for k, shape in enumerate(SHAPES)],
        "maps": [image_cells(horizontal() * grey, 5, filter_pen(k)) for k, grey in enumerate((0.8, 0.4))],
        "means": [framed(space(13, 13), filter_pen(k)) for k in (0, 1)],
        "next layer": [framed(space(9, 9), Pen(INK, 1.5))] * 4,
    }[name]
    heights = {1: (MIDDLE,), 2: SIDES, 4: ANSWERS}[len(boxes)]
    return [*zip(heights, boxes, strict=True)]


def ways() -> tuple[list[Mark], list[Mark]]:
    """Return the lines from the image to both means, and those from each mean to every answer."""
    to_means, to_answers = [], []
    for k, y in enumerate(SIDES):
        lines = ((44, MIDDLE), (82, y)), ((114, y), (154, y)), ((186, y), (226, y))
        to_means += [arrow(line, Pen(QUIET), head=False) for line in lines]
        to_answers += [arrow([(242, y), (303, answer)], Pen(hue(k), 1.2), head=False) for answer in ANSWERS]
    return to_means, to_answers


def network(marks: list[Mark]) -> Box:
    """Draw lines between the parts."""
    return plot(*marks, x=Linear(0, WIDTH), y=Linear(HEIGHT, 0), width=WIDTH, height=HEIGHT)


def dimmed(box: Box) -> Box:
    """Return a box that is hardly seen."""
    return Box(box.width, box.height, lambda x, y: f'<g opacity="{DIM}">{box.draw(x, y)}</g>', box.align)
