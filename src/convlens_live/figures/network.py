"""The way of an image through a small network, drawn once and small: what a page speaks of is lit, the rest is pale."""

from collections.abc import Sequence
from itertools import pairwise

from convlens.types import Array
from convlens_live.figures.arrows import arrow
from convlens_live.figures.box import Box, centred, pale, place
from convlens_live.figures.cells import framed, outline
from convlens_live.figures.colours import INK, QUIET, Pen, filter_pen, hue
from convlens_live.figures.marks import Mark, dots, line, windows
from convlens_live.figures.parts import idea
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear
from convlens_live.figures.svg import SMALL, element
from convlens_live.figures.text import text

WIDTH, HEIGHT = 380, 112
STAGES = {"image": 32, "filters": 116, "maps": 200, "means": 276, "next layer": 342}  # and their middles
BETWEEN = STAGES["means"] + 8, STAGES["next layer"] - 8
ROWS, LAYER = (25, 65), (12, 34, 56, 78)  # of the two filters, and of the next layer


def network_map(outgoing: Array, lit: Sequence[str], back: str = "") -> Box:
    """Return the map: image, two filters, their maps and means, and the next layer.

    outgoing: the next layer's weights, (2, 4); those below 0 are dashed. lit: stages, and "weights" for the arrows to the next
    layer. back: the stage that the error has reached on its way back, with an arrow to it.
    """
    x, y = Linear(0, WIDTH), Linear(HEIGHT, 0)

    def drawn(*marks: Mark) -> Box:
        return plot(*marks, x=x, y=y, width=WIDTH, height=HEIGHT)

    def shown(box: Box, stage: str) -> Box:
        return box if stage in lit else pale(box)

    places = [(0.0, 0.0, shown(drawn(*_wires()), "wires"))]
    for k in (0, 1):
        places.append((BETWEEN[0], 0, shown(_weights(k, outgoing[k]), "weights")))
    for stage, middle in STAGES.items():
        places += [centred(middle, at, shown(box, stage)) for at, box in _stage(stage)]
        words = text(stage, SMALL, INK if stage in lit else QUIET, bold=stage in lit, align="middle")
        places.append(centred(middle, HEIGHT - 8, words))
    if back:
        way = arrow(
            [(STAGES["next layer"] + 8, 93), (STAGES[back] - (8 if back == "next layer" else 0), 93)],
            Pen(QUIET, 2),
        )
        places.append((0, 0, drawn(way)))
    return place(WIDTH, HEIGHT, *places)


def _wires() -> list[Mark]:
    first, *others = STAGES.values()
    return [line((first + 20, others[0] - 16), (45, at), Pen(QUIET, 1.5)) for at in ROWS] + [
        line((one + 16, other - 16), (at, at), Pen(QUIET, 1.5))
        for one, other in pairwise(others[:3])
        for at in ROWS
    ]


def _weights(k: int, outgoing: Array) -> Box:
    (begin, end), high = BETWEEN, 90
    lines = [
        line((begin, end), (ROWS[k], at), Pen(hue(k), 1.5, "4 3" if v < 0 else None))
        for v, at in zip(outgoing.tolist(), LAYER, strict=True)
    ]
    box = plot(*lines, x=Linear(begin, end), y=Linear(high, 0), width=end - begin, height=high)
    return idea(box, f"weights-{k + 1}")


def _stage(stage: str) -> list[tuple[float, Box]]:
    """Return the pictures of a stage, each with its height."""
    unit = Linear(0, 1), Linear(1, 0)
    if stage == "image":
        falling = line((0.2, 0.8), (0.2, 0.8), Pen(INK, 3))
        square = plot(falling, x=unit[0], y=unit[1], width=36, height=36)
        return [(45, idea(framed(square, Pen(INK, 2)), "image"))]
    if stage == "next layer":
        squares = windows([(at - 6, 0) for at in LAYER], None, 12, 12, ink=QUIET)
        box = plot(squares, x=Linear(0, 12), y=Linear(90, 0), width=12, height=90)
        return [(45, idea(box, "error"))]
    return [(at, _of_filter(stage, k)) for k, at in enumerate(ROWS)]


def _of_filter(stage: str, k: int) -> Box:
    pen = filter_pen(k)
    if stage == "means":
        return Box(
            14, 14, lambda x, y: element("circle", cx=x + 7, cy=y + 7, r=6, fill="none", **pen.attributes())
        )
    if stage == "maps":
        few = plot(
            dots((1, 3, 5, 5, 1), (1, 3, 3, 5, 5), 2.6, hue(k)),
            x=Linear(0, 6),
            y=Linear(6, 0),
            width=30,
            height=30,
        )
        return idea(framed(few, pen), f"patches-{k + 1}")

    def grid(x: float, y: float) -> str:
        d = "".join(f"M{x + n:g} {y:g}v30M{x:g} {y + n:g}h30" for n in (10, 20))
        return element("path", d=d, stroke=hue(k)) + outline(x, y, 30, 30, pen)

    return idea(Box(30, 30, grid), f"gradient-{k + 1}")
