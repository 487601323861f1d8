"""Arrows: the way of a number through a network, from one drawing to the next."""

from collections.abc import Sequence
from math import hypot

from convlens_live.figures.colours import Pen
from convlens_live.figures.marks import Mark
from convlens_live.figures.scales import Axes
from convlens_live.figures.svg import element

type Point = tuple[float, float]


def arrow(points: Sequence[Point], pen: Pen, *, head: bool = True, radius: float = 12) -> Mark:
    """Return a line through points, each (x, y), with rounded corners and, if `head`, an arrowhead at its end."""

    def draw(axes: Axes) -> str:
        places = [(float(axes.x(x)), float(axes.y(y))) for x, y in points]
        if not head:
            return element("path", d=_path(places, radius), fill="none", **pen.attributes())
        size = 5 + pen.width
        tip, base = places[-1], _towards(places[-1], places[-2], size)
        away = 0.55 * (tip[1] - base[1]), 0.55 * (base[0] - tip[0])
        sides = " ".join(f"L{base[0] + s * away[0]:.1f} {base[1] + s * away[1]:.1f}" for s in (1, -1))
        line = element("path", d=_path([*places[:-1], base], radius), fill="none", **pen.attributes())
        return line + element("path", d=f"M{tip[0]:.1f} {tip[1]:.1f}{sides}z", fill=pen.ink)

    return Mark(draw)


def _path(places: Sequence[Point], radius: float) -> str:
    """Return the path through places; each corner is cut off by a curve that begins `radius` before it."""
    d = "M{:.1f} {:.1f}".format(*places[0])
    for before, corner, after in zip(places, places[1:], places[2:], strict=False):
        begin, end = _towards(corner, before, radius), _towards(corner, after, radius)
        d += "L{:.1f} {:.1f}Q{:.1f} {:.1f} {:.1f} {:.1f}".format(*begin, *corner, *end)
    return d + "L{:.1f} {:.1f}".format(*places[-1])


def _towards(start: Point, goal: Point, distance: float) -> Point:
    """Return the point at a distance from `start` on the way to `goal`, or half the way if that is nearer."""
    length = hypot(goal[0] - start[0], goal[1] - start[1]) or 1.0
    share = min(distance / length, 0.5)
    return start[0] + share * (goal[0] - start[0]), start[1] + share * (goal[1] - start[1])
