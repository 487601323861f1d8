"""Scales: the position of values on an axis, from 0 to 1, and the values that the axis names.

After Wilkinson's grammar of graphics, Vega-Lite and Observable Plot: a mark has values, a scale turns them into places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlens_live.figures.numbers import power_of_ten

type Tick = tuple[float, str]


@dataclass(frozen=True)
class Linear:
    """Numbers from `low` to `high`.

    ticks: the values that are named, each with a hairline if `grid`; without them, the two ends. label: the quantity.
    texts: the names of the ticks, if these are not the values.
    """

    low: float
    high: float
    ticks: Sequence[float] = ()
    label: str = ""
    grid: bool = True
    texts: Sequence[str] = ()

    def share(self, values: Any) -> Any:
        """Return the positions of values; those beyond an end are placed at that end."""
        span = (self.high - self.low) or 1.0
        return np.minimum(np.maximum((np.asarray(values, np.float64) - self.low) / span, 0), 1)

    def names(self) -> list[Tick]:
        """Return each tick and its text."""
        texts = self.texts or [f"{tick:g}".replace("-", "−") for tick in self.ticks]
        return list(zip(self.ticks, texts, strict=True))


@dataclass(frozen=True)
class Log:
    """Powers of ten from `low` to `high`. An exact zero, which has no logarithm, gets its own line below, marked `0`."""

    low: int
    high: int
    every: int = 4
    label: str = ""
    grid: bool = True
    zero: float = 0.12  # how much of the axis lies below the powers

    def share(self, values: Any) -> Any:
        """Return the positions of values; only an exact 0 has position 0."""
        sizes = np.abs(np.asarray(values, np.float64))
        with np.errstate(divide="ignore"):
            powers = np.clip(np.log10(np.where(np.isnan(sizes), np.inf, sizes)), self.low, self.high)
        return np.where(
            sizes == 0, 0.0, self.zero + (1 - self.zero) * (powers - self.low) / (self.high - self.low)
        )

    def names(self) -> list[Tick]:
        """Return each tick and its text."""
        powers = range(self.low, self.high + 1, self.every)
        return [(10.0**power, power_of_ten(power) if power else "1") for power in powers]


@dataclass(frozen=True)
class Names:
    """Rows with names, from the top; the n-th row has the value n."""

    each: Sequence[str]
    label: str = ""
    grid: bool = False

    def share(self, values: Any) -> Any:
        """Return the positions of rows."""
        return 1 - (np.asarray(values) + 0.5) / len(self.each)

    def names(self) -> list[Tick]:
        """Return each row and its name."""
        return list(enumerate(self.each))


type Scale = Linear | Log | Names


@dataclass(frozen=True)
class Axes:
    """A rectangle with a scale in each direction: from values to pixels."""

    left: float
    right: float
    top: float
    bottom: float
    across: Scale
    up: Scale

    def x(self, values: Any) -> Any:
        """Return pixels from the left of the drawing."""
        return self.left + (self.right - self.left) * self.across.share(values)

    def y(self, values: Any) -> Any:
        """Return pixels from the top of the drawing."""
        return self.bottom - (self.bottom - self.top) * self.up.share(values)
