"""A dial: a value that a reader drags along an axis, and drawings that are there for some of its values only.

The drawings for all values are made at once, in Python; a page shows those of the current value. So a drag is answered at once,
in a recording too. Figures of one page that name the same dial share its value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from convlens._settings import check_count, check_number, check_text
from convlens_live.figures.box import Box, overlay
from convlens_live.figures.colours import INK, PAPER
from convlens_live.figures.marks import Mark
from convlens_live.figures.metrics import text_width
from convlens_live.figures.scales import Axes
from convlens_live.figures.svg import TEXT, element, escape

TOUCH, RADIUS = 44, 9  # pixels: the height of the area that can be touched, and the size of the round handle


@dataclass(frozen=True)
class Dial:
    """A value from `low` to `high`, in steps; `at` is its value until a reader changes it.

    label: its name, for a reader who cannot see it. digits: the decimals that are said.
    Raises ValueError when the numbers do not fit.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    at: float
    digits: int = 2

    def __post_init__(self) -> None:
        check_text("name", self.name)
        check_text("label", self.label)
        check_count("digits", self.digits, least=0)
        for name in ("low", "high", "step", "at"):
            check_number(name, getattr(self, name))
        if self.step <= 0 or not self.low <= self.at <= self.high:
            numbers = f"low {self.low:g}, high {self.high:g}, step {self.step:g}, at {self.at:g}"
            raise ValueError(
                f"dial {self.name!r} has {numbers}; step must be above 0, and at from low to high"
            )

    @property
    def stops(self) -> list[float]:
        """All values, ascending."""
        return [self.low + n * self.step for n in range(self.stop(self.high) + 1)]

    def stop(self, value: float) -> int:
        """Return the number of the last stop that is not above a value; below the first it is negative."""
        return int((value - self.low) / self.step + 1e-9) if value >= self.low else -1

    def count(self, values: Sequence[float]) -> list[int]:
        """Return for each stop how many values are not below it."""
        reached = [self.stop(value) for value in values]
        return [sum(stop >= n for stop in reached) for n in range(len(self.stops))]

    def between(
        self, draw: Callable[..., str], first: int, last: int, *, said: bool = False
    ) -> Callable[..., str]:
        """Return what draws only while the dial is at the stops from `first` to `last`; said: announce it as the result."""
        hidden = "" if first <= self.stop(self.at) <= last else ' display="none"'
        opening = f'<g data-while="{escape(self.name)} {first} {last}"{hidden}{' data-said="true"' * said}>'

        def drawn(*place: object) -> str:
            return f"{opening}{draw(*place)}</g>" if first <= last else ""

        return drawn

    def varying[T](self, values: Sequence[T], draw: Callable[[T], Box], *, said: bool = False) -> Box:
        """Return a box that shows `draw(value)` for the value of the current stop; `values` has one for each stop."""
        boxes, first = [], 0
        for value, equal in groupby(values):
            box, last = draw(value), first + len(list(equal)) - 1
            boxes.append(
                Box(box.width, box.height, self.between(box.draw, first, last, said=said), box.align)
            )
            first = last + 1
        return overlay(*boxes)

    def until(self, mark: Mark, value: float) -> Mark:
        """Return a mark that is there while the dial is not above a value."""
        return Mark(self.between(mark.draw, 0, self.stop(value)))

    def handle(self, y: float, *, top: float | None = None, text: str = "") -> Mark:
        """Return the round handle, at the height y of a plot whose x axis has the values.

        top: how far up, on the y axis, a dotted line goes.
        text: beside the upper end of that line; the first number in it is the value.
        """

        def draw(axes: Axes) -> str:
            left, right, x = (float(axes.x(value)) for value in (self.low, self.high, self.at))
            middle = float(axes.y(y))
            track = element(
                "rect", x=left, y=middle - TOUCH / 2, width=right - left, height=float(TOUCH), fill_opacity=0
            )
            svg = ""
            if top is not None:
                high = float(axes.y(top))
                svg = element(
                    "line", x1=x, y1=high, x2=x, y2=middle, stroke=INK, stroke_width=2, stroke_dasharray="2 3"
                )
                room = axes.right + RADIUS - text_width(text, TEXT, bold=True) - 8
                last = sum(float(axes.x(value)) <= room for value in self.stops) - 1
                svg += self._said(text, x, high + 11, last)
            for r, ink in ((RADIUS + 2, INK), (RADIUS, PAPER), (RADIUS - 3, INK)):
                svg += element("circle", cx=x, cy=middle, r=float(r), fill=ink)
            numbers = f"{self.low:g} {self.high:g} {self.step:g} {self.at:g} {self.digits}"
            title = f"<title>{escape(self.label)}</title>"
            return f'<g data-dial="{escape(self.name)} {numbers}">{title}{track}<g data-moves="true">{svg}</g></g>'

        return Mark(draw)

    def _said(self, text: str, x: float, y: float, last: int) -> str:
        """Return the text on the right of the line, and for the stops after `last` on its left."""

        def side(away: float, anchor: str) -> Callable[..., str]:
            style = {"text_anchor": anchor, "font_weight": 600, "data_shows": "true"}
            return lambda: element("text", escape(text), x=x + away, y=y, **style)

        return (
            self.between(side(8, "start"), 0, last)()
            + self.between(side(-8, "end"), last + 1, len(self.stops))()
        )
