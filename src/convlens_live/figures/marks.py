"""Marks: the drawings of data in a plot. The scales decide where they stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from convlens_live.figures.box import Box
from convlens_live.figures.colours import INK, PAPER, QUIET, Pen
from convlens_live.figures.lines import polyline
from convlens_live.figures.metrics import text_width
from convlens_live.figures.scales import Axes
from convlens_live.figures.svg import SMALL, TEXT, element, escape

THICK, DASHED = Pen(width=2), Pen(dash="2 3")
LABEL_GAP = 6  # pixels between the end of a bar and its number


@dataclass(frozen=True)
class Mark:
    """draw: its SVG on given axes. label: to the right of the plot, at the height of the value `at`."""

    draw: Callable[[Axes], str]
    label: Box | None = None
    at: float = 0.0


def line(
    xs: Sequence[float],
    ys: Sequence[float],
    pen: Pen = THICK,
    *,
    dot: bool = False,
    label: Box | None = None,
) -> Mark:
    """Return a curve; dot: with a disc at its end, which is hollow at an exact zero."""

    def draw(axes: Axes) -> str:
        x, y = axes.x(xs).tolist(), axes.y(ys).tolist()
        curve = element("polyline", points=polyline(x, y), fill="none", **pen.attributes())
        if not dot:
            return curve
        fill = PAPER if ys[-1] == 0 else pen.ink
        end = element("circle", cx=x[-1], cy=y[-1], r=4.5, fill=fill, stroke=pen.ink, stroke_width=pen.width)
        return curve + end

    return Mark(draw, label, ys[-1])


def area(
    xs: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    ink: str = INK,
    opacity: float | None = None,
    *,
    label: Box | None = None,
) -> Mark:
    """Return the area between two curves."""

    def draw(axes: Axes) -> str:
        x, below, above = axes.x(xs).tolist(), axes.y(low).tolist(), axes.y(high).tolist()
        points = f"{polyline(x, below)} {polyline(x[::-1], above[::-1])}"
        return element(
            "polygon", points=points, fill=ink, fill_opacity=opacity, stroke=PAPER, stroke_width=1.5
        )

    return Mark(draw, label, (low[-1] + high[-1]) / 2)


def dots(
    xs: Sequence[float],
    ys: Sequence[float],
    r: float = 4,
    ink: str = INK,
    *,
    hollow: bool = False,
    names: Sequence[str] = (),
    label: Box | None = None,
    at: float = 0.0,
) -> Mark:
    """Return a disc of radius r for each pair; names: written into the discs."""

    def draw(axes: Axes) -> str:
        places = list(zip(axes.x(xs).tolist(), axes.y(ys).tolist(), strict=True))
        d = "".join(
            f"M{x:.1f} {y:.1f}h0" for x, y in places
        )  # lines without length: their round ends make a disc
        texts = "".join(
            element("text", escape(name), x=x, y=y + SMALL / 3)
            for name, (x, y) in zip(names, places, strict=False)
        )
        svg = _discs(d, ink, 2 * r) + (_discs(d, PAPER, 2 * r - 2) if hollow else "") if d else ""
        return svg + (element("g", texts, font_size=SMALL, text_anchor="middle") if texts else "")

    return Mark(draw, label, at)


def _discs(d: str, ink: str, width: float) -> str:
    return element("path", d=d, stroke=ink, stroke_width=width, stroke_linecap="round")


def windows(
    places: Any,
    pen: Pen | None = None,
    height: float = 1,
    width: float | None = None,
    *,
    ink: str = "none",
    opacity: float | None = None,
) -> Mark:
    """Return a rectangle for each place (row, column) of its upper left corner: y and x on the axes.

    pen: its outline, if any. ink: its fill. height: in rows; width: in columns, by default the height.
    """
    rows, columns = np.reshape(places, (-1, 2)).T
    width = height if width is None else width

    def draw(axes: Axes) -> str:
        left, right = axes.x(columns).tolist(), axes.x(columns + width).tolist()
        top, bottom = axes.y(rows).tolist(), axes.y(rows + height).tolist()
        corners = zip(left, top, right, bottom, strict=True)
        d = "".join(
            f"M{x0:.4g} {y0:.4g}H{x1:.4g}V{y1:.4g}H{x0:.4g}z" if width else f"M{x0:.4g} {y0:.4g}V{y1:.4g}"
            for x0, y0, x1, y1 in corners
        )
        style = pen.attributes() if pen else {}
        return element("path", d=d, fill=ink, fill_opacity=opacity, **style) if d else ""

    return Mark(draw)


def bars(
    xs: Sequence[float],
    ys: Sequence[float],
    ink: str = INK,
    thick: float = 13,
    *,
    write: Callable[[float], str] | None = None,
) -> Mark:
    """Return a bar from 0 to each x, at the height of its y; none where x is not finite.

    write: formats the number beyond its end. A bar that is too long for the plot leaves room for its number.
    """

    def draw(axes: Axes) -> str:
        svg, texts, zero = "", "", float(axes.x(0))
        for value, end, middle in zip(xs, axes.x(xs).tolist(), axes.y(ys).tolist(), strict=True):
            if not isfinite(value):
                continue
            right, content = end >= zero, write(value) if write else ""
            room = text_width(content, TEXT) + LABEL_GAP if write else 0
            end = min(end, max(zero, axes.right - room)) if right else max(end, min(zero, axes.left + room))
            area = {
                "x": min(zero, end),
                "y": middle - thick / 2,
                "width": abs(end - zero),
                "height": float(thick),
            }
            svg += element("rect", **area)
            if write:
                texts += element(
                    "text",
                    escape(content),
                    x=end + (LABEL_GAP if right else -LABEL_GAP),
                    y=middle + 0.35 * TEXT,
                    text_anchor=None if right else "end",
                )
        return element("g", svg, fill=ink) + texts

    return Mark(draw)


def rule(*, x: float | None = None, y: float | None = None, name: str = "", pen: Pen = DASHED) -> Mark:
    """Return a straight line across the plot at one value, with its name at the axis."""

    def draw(axes: Axes) -> str:
        if y is None:
            at = float(axes.x(x))
            ends = {"x1": at, "y1": axes.top, "x2": at, "y2": axes.bottom}
            place = {"x": at, "y": axes.bottom + 16, "text_anchor": "middle"}
        else:
            at = float(axes.y(y))
            ends = {"x1": axes.left, "y1": at, "x2": axes.right, "y2": at}
            place = {"x": axes.left - 8, "y": at + SMALL / 3, "text_anchor": "end"}
        content = element("text", escape(name), fill=QUIET, font_size=SMALL, **place) if name else ""
        return element("line", **ends, **pen.attributes()) + content

    return Mark(draw)
