"""Draw a quantity over training steps on a logarithmic axis that has a place of its own for an exact zero."""

from __future__ import annotations

import math
from collections.abc import Sequence

from convlens.figures.numbers import power_of_ten
from convlens.figures.svg import colour, element, line, text

_LEFT, _RIGHT, _TOP, _BOTTOM, _ZERO = 46.0, 14.0, 12.0, 34.0, 26.0


def log_curve(
    values: Sequence[float], *, steps: int, width: float, height: float, low: int, high: int, label: str
) -> str:
    """Return the curve of `values`, one a step from step 0, on axes that are fixed for the whole run.

    steps: the last step of the x axis. low, high: the powers of ten at the ends of the y axis.
    A value of exactly 0 has no logarithm: it stands on a line of its own below the axis, marked `0`,
    and the curve runs through it, so that an exact zero can be seen and is never a gap.
    """
    floor = height - _BOTTOM - _ZERO
    right = width - _RIGHT

    def x_of(step: int) -> float:
        return _LEFT + (right - _LEFT) * step / max(steps, 1)

    def y_of(value: float) -> float:
        if value == 0:
            return height - _BOTTOM
        power = math.log10(abs(value)) if math.isfinite(value) else high
        return floor - (floor - _TOP) * (min(max(power, low), high) - low) / (high - low)

    parts = []
    for power in range(low, high + 1, 4):
        y = y_of(10.0**power)
        parts += [
            line(_LEFT, y, right, y),
            text(
                _LEFT - 8,
                y + 4,
                "1" if power == 0 else power_of_ten(power),
                size=11,
                role="quiet",
                anchor="end",
            ),
        ]
    zero = height - _BOTTOM
    parts += [
        element("line", x1=_LEFT, y1=zero, x2=right, y2=zero, stroke=colour("ink"), stroke_dasharray="2 3"),
        text(_LEFT - 8, zero + 4, "0", size=13, mono=True, weight=700, anchor="end"),
        text(_LEFT, height - 12, "0", size=11, role="quiet", anchor="middle"),
        text(right, height - 12, str(steps), size=11, role="quiet", anchor="end"),
        text((_LEFT + right) / 2, height - 12, label, size=11, role="quiet", anchor="middle"),
    ]
    # More points than pixels would only cost time: keep every n-th, and always the last.
    every = max(1, len(values) // 240)
    kept = sorted({*range(0, len(values), every), len(values) - 1})
    points = " ".join(f"{x_of(i):.1f},{y_of(values[i]):.1f}" for i in kept)
    last_x, last_y = x_of(len(values) - 1), y_of(values[-1])
    parts += [
        element(
            "polyline",
            points=points,
            fill="none",
            stroke=colour("ink"),
            stroke_width=2,
            stroke_linejoin="round",
        ),
        element(
            "circle",
            cx=last_x,
            cy=last_y,
            r=4.5,
            stroke=colour("ink"),
            stroke_width=2,
            fill=colour("paper" if values[-1] == 0 else "ink"),
        ),
    ]
    return "".join(parts)
