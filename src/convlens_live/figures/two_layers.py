"""Two layers of filters, drawn from left to right: an image, four filters and their maps, and one filter that reads all four.

Map m of the first layer has row m and hue m: its filter, the map, the slice that reads it, and the sum that they give. A Layout
says where the parts are: on a wide page, or on a narrow one.
"""

from dataclasses import dataclass

from convlens.types import Array
from convlens_live.figures.arrows import arrow
from convlens_live.figures.box import Box
from convlens_live.figures.colours import PAPER, QUIET, Pen, hue
from convlens_live.figures.marks import Mark, windows
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear
from convlens_live.figures.text import note, text

type Point = tuple[float, float]
ROWS, TITLE = 4, 19  # the second: pixels of the title above a map


@dataclass(frozen=True)
class Layout:
    """Where the parts are, in pixels. `words` has the middles of what is written."""

    size: Point
    asked: Point  # the size before the second layer is shown
    first: float  # the middle of the first row
    pitch: float  # from row to row
    channels: tuple[Point, ...]
    pixel: float
    filter: tuple[float, float, float]  # middle, how far below that of the row, side of a weight
    map: tuple[float, float, float, float]  # the same of a number, and how many times wider it is
    window: tuple[
        float, float, float
    ]  # middle, side and shape of the numbers beside a map; 0 if they are on it
    slice: tuple[float, float, float]
    signs: tuple[tuple[str, float], ...]
    sum: float
    number: Point
    outputs: tuple[Point, ...]
    output: Point
    frame: tuple[float, float, float, float]  # around the four slices
    words: dict[str, Point]

    def middle(self, m: float) -> float:
        """Return the middle of row m."""
        return self.first + m * self.pitch


WIDE = Layout(
    size=(1038, 620), asked=(1038, 620), first=122, pitch=134,
    channels=((0, 98), (0, 244), (0, 390)), pixel=17, filter=(221, 8, 11), map=(376, 8, 22, 1.3), window=(0, 0, 0),
    slice=(540, 24, 1.625), signs=(("×", 459), ("=", 632)), sum=639,
    number=(742, 288), outputs=((884, 126), (884, 262), (884, 398)), output=(154, 96), frame=(469, 50, 142, 546),
    words={
        "image": (80, 15), "maps": (376, 15), "filter": (566, 15), "outputs": (961, 15), "field": (74, 560),
        "kernel": (502, 68), "first": (262, 608), "second": (766, 608), "veil": (756, 318),
        **{f"map {m}": (324, 134 * m - 69) for m in (1, 2, 3, 4)},
        **{f"filter {m}": (182, 134 * m - 37) for m in (1, 2, 3, 4)},
    },
)  # fmt: skip
TALL = Layout(
    size=(352, 1124), asked=(352, 730), first=302, pitch=112,
    channels=((0, 28), (123, 28), (246, 28)), pixel=15, filter=(43, -35, 7), map=(43, 13, 12, 1), window=(130, 28, 1),
    slice=(239, 28, 1.18), signs=(("×", 180),), sum=297,
    number=(20, 774), outputs=((206, 740), (0, 914), (206, 914)), output=(144, 144), frame=(188, 226, 102, 460),
    words={
        "image": (80, 13), "maps": (68, 201), "filter": (250, 201), "outputs": (85, 750), "field": (92, 166),
        "product": (270, 166), "kernel": (220, 241), "first": (176, 714), "second": (176, 1102), "veil": (220, 420),
    },
)  # fmt: skip


def ways(at: Layout, read: tuple[Pen, int | None, Point] | None) -> Box:
    """Return the pipes between the parts, and the frame of the four slices, to be drawn under them.

    read: the pen of the frame; the one row whose pipe is drawn, or None for all; and where the number enters its map. None before
    the second layer is shown.
    """
    marks = _first_half(at) + (_second_half(at, *read) if read else [])
    (width, height) = at.size
    return plot(*marks, x=Linear(0, width), y=Linear(height, 0), width=width, height=height)


def _first_half(at: Layout) -> list[Mark]:
    """Return the pipes from the image to the four filters, and from these to their maps, where there is room."""
    marks: list[Mark] = []
    for m in range(0 if at.window[0] else ROWS):
        begin, middle = at.middle(m) + 8, at.middle(1.5)
        way = [(119, middle), (138, middle), (138, begin), (158, begin)]
        marks += [arrow(way, Pen(QUIET, 2), radius=8), arrow([(284, begin), (303, begin)], Pen(hue(m), 2))]
    return marks


def _second_half(at: Layout, pen: Pen, lit: int | None, goal: Point) -> list[Mark]:
    """Return the frame, with two filters behind it, and the pipes of the four sums, which join in one number."""
    x, y, width, height = at.frame
    marks = [windows([(y - 5 * n, x + 5 * n)], Pen(QUIET), height, width, ink=PAPER) for n in (2, 1)]
    marks.append(windows([(y, x)], pen, height, width, ink=PAPER))
    if at.window[0]:
        return marks
    middle = at.middle(1.5)
    for m in range(ROWS):
        begin, join, bend = at.middle(m), middle + 5 * (m - 1.5), 722 if m in (0, 3) else 710
        if lit in (None, m):
            way = [(700, begin), (bend, begin), (bend, join), (740, join)]
            marks.append(arrow(way, Pen(hue(m), 3), head=False))
    end = goal[0] - 11
    ways = [(738, middle), (752, middle)], [(862, middle), (end, middle), (end, goal[1]), goal]
    return [*marks, *(arrow(way, Pen(width=2), radius=6) for way in ways)]


def _count(name: str, weight: Array) -> Box:
    """Write how many parameters a layer has. weight: (filters, ...)."""
    each, all_of_it = weight[0].size, weight.size + len(weight)
    return note(f"{name}: {len(weight)} filters × ({each} + 1) = {all_of_it} parameters")


def captions(first: Array, second: Array | None) -> dict[str, Box]:
    """Return what is written at the parts, and how many parameters the layers have, by the names of a Layout.

    first, second: the weights of both layers, (filters, ...); None before the second layer is shown.
    """
    said = {f"{name} {m}": note(f"{name} {m}") for name in ("filter", "map") for m in range(1, ROWS + 1)}
    said["first"] = _count("layer 1", first)
    if second is None:
        return said
    maps = text(f"{len(second)} maps", bold=True)
    return said | {"outputs": maps, "second": _count("layer 2", second)}
