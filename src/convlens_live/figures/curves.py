"""Draw a quantity over training steps on a logarithmic axis that has a place of its own for an exact zero."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from convlens._settings import check_count, check_number, check_text, is_whole, items
from convlens._words import shown
from convlens_live.figures.svg import colour, element, line, power_of_ten, text


def log_curve(
    values: Sequence[float], *, steps: int, width: float, height: float, low: int, high: int, label: str
) -> str:
    """Return the curve of `values`, one a step from step 0, on axes that are fixed for the whole run.

    steps: the last step of the x axis. low, high: the powers of ten at the ends of the y axis.
    A value of exactly 0 has no logarithm: it stands on a line of its own below the axis, marked `0`,
    and the curve runs through it, so that an exact zero can be seen and is never a gap.
    """
    numbers = items(values)
    if not numbers or not all(
        (is_whole(value) and abs(value) < 1e308) or isinstance(value, (float, np.floating))
        for value in numbers
    ):
        raise ValueError(
            f"values is {shown(values)}; it must be a list of numbers, one per step, and not empty"
        )
    if len(numbers) > check_count("steps", steps, least=0) + 1:
        raise ValueError(
            f"values has {len(numbers)} numbers; with steps={steps} it must have at most {steps + 1}"
        )
    check_number("width", width, low=100, most=1e6)
    check_number("height", height, low=100, most=1e6)
    for name, power in (("low", low), ("high", high)):
        if not is_whole(power) or not -308 <= power <= 308:
            raise ValueError(f"{name} is {shown(power)}; it must be a power of ten from -308 to 308")
    low, high = int(low), int(high)
    if low >= high:
        raise ValueError(f"low is {low} and high is {high}; low must be below high")
    check_text("label", label)
    axes = _Axes(steps, width, height, low, high)
    return axes.drawn(label) + _curve(numbers, axes)


@dataclass(frozen=True)
class _Axes:
    """Where a step and a value stand, in pixels."""

    steps: int
    width: float
    height: float
    low: int
    high: int

    left = 46.0

    @property
    def right(self) -> float:
        return self.width - 14

    @property
    def zero(self) -> float:
        return self.height - 34

    def x(self, step: int) -> float:
        return self.left + (self.right - self.left) * step / max(self.steps, 1)

    def y(self, value: float) -> float:
        if value == 0:
            return self.zero
        power = math.log10(abs(value)) if math.isfinite(value) else self.high
        top, floor = 12.0, self.zero - 26
        return floor - (floor - top) * (min(max(power, self.low), self.high) - self.low) / (
            self.high - self.low
        )

    def drawn(self, label: str) -> str:
        parts = []
        for power in range(self.low, self.high + 1, 4):
            y, name = self.y(10.0**power), "1" if power == 0 else power_of_ten(power)
            parts += [
                line(self.left, y, self.right, y),
                text(self.left - 8, y + 4, name, size=11, role="quiet", anchor="end"),
            ]
        below, middle = self.height - 12, (self.left + self.right) / 2
        return "".join(parts) + "".join(
            [
                element(
                    "line",
                    x1=self.left,
                    y1=self.zero,
                    x2=self.right,
                    y2=self.zero,
                    stroke=colour("ink"),
                    stroke_dasharray="2 3",
                ),
                text(self.left - 8, self.zero + 4, "0", size=13, mono=True, weight=700, anchor="end"),
                text(self.left, below, "0", size=11, role="quiet", anchor="middle"),
                text(self.right, below, str(self.steps), size=11, role="quiet", anchor="end"),
                text(middle, below, label, size=11, role="quiet", anchor="middle"),
            ]
        )


def _curve(values: Sequence[float], axes: _Axes) -> str:
    """Return the line through the values, and a dot at the last: hollow at an exact zero."""
    last = len(values) - 1
    # More points than pixels would only cost time: keep every n-th, and always the last.
    kept = sorted({*range(0, len(values), max(1, len(values) // 120)), last})
    points = " ".join(f"{axes.x(i):.1f},{axes.y(values[i]):.1f}" for i in kept)
    return element(
        "polyline", points=points, fill="none", stroke=colour("ink"), stroke_width=2, stroke_linejoin="round"
    ) + element(
        "circle",
        cx=axes.x(last),
        cy=axes.y(values[last]),
        r=4.5,
        stroke=colour("ink"),
        stroke_width=2,
        fill=colour("paper" if values[last] == 0 else "ink"),
    )
