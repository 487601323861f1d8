"""Two helpers of the plots: as few points as a curve needs, and labels that do not overlap."""

from collections.abc import Iterable, Sequence

INFINITY = float("inf")


def polyline(xs: Iterable[float], ys: Iterable[float], tolerance: float = 0.3) -> str:
    """Return the points of a curve as SVG has them, without those within `tolerance` pixels of a straight piece of it.

    For each point kept, it tracks the range of slopes that pass close enough to every point dropped since.
    Source: Williams (1978), An efficient algorithm for the piecewise linear approximation of planar curves.

    >>> polyline([0, 1, 2, 3], [0, 1, 2, 0])
    '0.0,0.0 2.0,2.0 3.0,0.0'
    """
    points = list(zip(xs, ys, strict=True))
    x0, y0 = points[0]
    corners = points[:1]
    low, high = -INFINITY, INFINITY
    previous = x0, y0
    for x, y in points[1:]:
        dx = x - x0 or 1e-9
        slope, room = (y - y0) / dx, abs(tolerance / dx)
        if not low <= slope <= high:
            corners.append(previous)
            x0, y0 = previous
            dx = x - x0 or 1e-9
            slope, room = (y - y0) / dx, abs(tolerance / dx)
            low, high = slope - room, slope + room
        else:
            low = slope - room if slope - room > low else low
            high = slope + room if slope + room < high else high
        previous = x, y
    corners += points[-1:] if len(points) > 1 else []
    return " ".join([f"{x:.1f},{y:.1f}" for x, y in corners])


def spread(targets: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles of labels between low and high, moved so that no two overlap.

    Greedy: first downwards from `low`, then upwards from `high`; the moves are small, but not minimal.

    >>> spread([10, 11], [8, 8], 0, 40)
    [10, 18.0]
    """
    order = sorted(range(len(targets)), key=lambda i: targets[i])
    room = min(1.0, (high - low) / (sum(heights) or 1))
    half = [room * height / 2 for height in heights]
    places, edge = [0.0] * len(targets), low
    for i in order:
        places[i] = max(targets[i], edge + half[i])
        edge = places[i] + half[i]
    edge = high
    for i in reversed(order):
        places[i] = min(places[i], edge - half[i])
        edge = places[i] - half[i]
    return places
