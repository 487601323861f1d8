"""A drawing that knows its size, and the layouts of several: side by side, one below the other, on top of each other.

A Box does not know where it stands: `draw(x, y)` is its SVG with the upper left corner at (x, y). So every number that a
demo writes is a size, never a place, and no drawing can overlap its neighbours.

After Diagrams (Haskell), whose drawings compose in the same way; TeX, where a box's size is all that its parent knows;
and the words row, column, gap and align of CSS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from convlens._settings import check_text
from convlens_live.figures.colours import INK
from convlens_live.figures.svg import SANS, TEXT, element

type Align = Literal["start", "middle", "end"]
MARGIN = 2  # pixels around a panel, because half the width of a frame lies outside its box
SHARE = {"start": 0.0, "middle": 0.5, "end": 1.0}  # the share of the spare room that comes before the box


def nothing(x: float, y: float) -> str:
    """Draw nothing."""
    return ""


@dataclass(frozen=True)
class Box:
    """A drawing of a known size in pixels.

    draw: its SVG, with the upper left corner at (x, y).
    align: its position in a column or a table cell that is wider than the box.
    only: "wide" or "narrow", for a drawing that a page shows only on a screen of that kind.
    """

    width: float
    height: float
    draw: Callable[[float, float], str] = nothing
    align: Align = "start"
    only: str = ""

    def svg(self, alt: str = "") -> str:
        """Return the box as one SVG element that scales with its container; `alt` is for one that stands alone."""
        check_text("alt", alt)
        role = {"role": "img", "aria_label": alt} if alt else {"aria_hidden": "true"}
        width, height = self.width + 2 * MARGIN, self.height + 2 * MARGIN
        return element(
            "svg",
            element("g", self.draw(MARGIN, MARGIN), fill=INK, font_family=SANS, font_size=TEXT),
            xmlns="http://www.w3.org/2000/svg",
            width=float(width),
            height=float(height),
            viewBox=f"0 0 {width:g} {height:g}",
            **role,
            data_only=self.only or None,
        )

    def _repr_svg_(self) -> str:
        return self.svg()


def place(width: float, height: float, *placed: tuple[float, float, Box]) -> Box:
    """Return boxes at places of their own, each (x, y, box); the other layouts are built on this one."""
    return Box(width, height, lambda x, y: "".join([box.draw(x + dx, y + dy) for dx, dy, box in placed]))


def centred(x: float, y: float, box: Box) -> tuple[float, float, Box]:
    """Return a box for `place`, with its centre at (x, y)."""
    return x - box.width / 2, y - box.height / 2, box


def row(*boxes: Box, gap: float = 8, align: Align = "start") -> Box:
    """Return boxes from left to right; align: the position of a box that is lower than the highest."""
    height, x, placed = max([box.height for box in boxes], default=0), 0.0, []
    for box in boxes:
        placed.append((x, SHARE[align] * (height - box.height), box))
        x += box.width + gap
    return place(x - gap if boxes else 0, height, *placed)


def column(*boxes: Box, gap: float = 8) -> Box:
    """Return boxes from top to bottom, each aligned as its own `align` says."""
    width, y, placed = max([box.width for box in boxes], default=0), 0.0, []
    for box in boxes:
        placed.append((SHARE[box.align] * (width - box.width), y, box))
        y += box.height + gap
    return place(width, y - gap if boxes else 0, *placed)


def table(rows: Sequence[Sequence[Box]], gap: tuple[float, float] = (12, 8)) -> Box:
    """Return rows of boxes whose columns line up; gap: between columns, and between rows."""
    widths = [max([box.width for box in boxes]) for boxes in zip(*rows, strict=True)]
    y, placed = 0.0, []
    for boxes in rows:
        height, x = max([box.height for box in boxes]), 0.0
        for box, width in zip(boxes, widths, strict=True):
            placed.append((x + SHARE[box.align] * (width - box.width), y + (height - box.height) / 2, box))
            x += width + gap[0]
        y += height + gap[1]
    across, down = gap[0] * max(len(widths) - 1, 0), gap[1] if rows else 0
    return place(sum(widths) + across, y - down, *placed)


def ledger(rows: Sequence[Sequence[Box]], widths: Sequence[float], high: float) -> Box:
    """Return rows of boxes, all as high, each box in the middle of a column of this width."""
    middles = [sum(widths[:n]) + width / 2 for n, width in enumerate(widths)]
    placed = [
        centred(middle, high * (n + 0.5), box)
        for n, boxes in enumerate(rows)
        for middle, box in zip(middles, boxes, strict=True)
    ]
    return place(sum(widths), high * len(rows), *placed)


def grid(boxes: Sequence[Box], columns: int, gap: tuple[float, float] = (12, 8)) -> Box:
    """Return boxes in rows of `columns` boxes each."""
    padded = [*boxes, *[space()] * (-len(boxes) % columns)]
    return table([padded[n : n + columns] for n in range(0, len(padded), columns)], gap)


def apart(left: Box, right: Box, width: float) -> Box:
    """Return two boxes at the two ends of a line."""
    height = max(left.height, right.height)
    return place(
        width, height, (0, height - left.height, left), (width - right.width, height - right.height, right)
    )


def overlay(*boxes: Box) -> Box:
    """Return boxes on top of each other, the first at the bottom, all centred."""
    width, height = max(box.width for box in boxes), max(box.height for box in boxes)
    return place(width, height, *(((width - box.width) / 2, (height - box.height) / 2, box) for box in boxes))


def sized(box: Box, width: float = 0, height: float = 0) -> Box:
    """Return the box with at least this size; with more room, its own `align` decides where it stands."""
    width, height = max(width, box.width), max(height, box.height)
    return place(width, height, (SHARE[box.align] * (width - box.width), 0, box))


def pad(box: Box, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Box:
    """Return the box with room around it."""
    return place(box.width + left + right, box.height + top + bottom, (left, top, box))


def aligned(box: Box, align: Align) -> Box:
    """Return the box with another `align`."""
    return replace(box, align=align)


def wide(box: Box) -> Box:
    """Return the box as a drawing for a wide screen; the same for a narrow one follows it in the figure."""
    return replace(box, only="wide")


def narrow(box: Box) -> Box:
    """Return the box as a drawing for a narrow screen."""
    return replace(box, only="narrow")


def pale(box: Box, share: float = 0.28) -> Box:
    """Return the box with only a share of its colour, beside what a reader looks at."""
    return replace(box, draw=lambda x, y: element("g", box.draw(x, y), opacity=share))


def space(width: float = 0, height: float = 0) -> Box:
    """Return an empty box."""
    return Box(width, height)


def once(box: Box) -> Box:
    """Return the box with its SVG cached for each place: for a drawing that stays the same during a run."""
    cache: dict[tuple[float, float], str] = {}

    def draw(x: float, y: float) -> str:
        if (x, y) not in cache:
            cache[x, y] = box.draw(x, y)
        return cache[x, y]

    return replace(box, draw=draw)
