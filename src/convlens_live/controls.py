"""The controls of a demo: the values that a parameter may have, and how a page offers them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from convlens._settings import check_count, check_flag, check_number, check_text, items
from convlens._words import show
from convlens_live.figures.numbers import format_number, power_of_ten
from convlens_live.figures.words import typeset

MAX_STOPS = 256


class ParameterError(ValueError):
    """A setting does not fit its control; `control` is the name of the parameter."""

    def __init__(self, control: str, message: str) -> None:
        super().__init__(message)
        self.control = control


def _as_number(name: str, label: str, value: Any) -> float:
    try:
        check_number(label, value)
    except ValueError:
        description = "empty" if value is None else show(value)
        raise ParameterError(name, f"{label} ({name}) is {description}; it must be a finite number") from None
    return value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Slider:
    """A number from `low` to `high`. Raises ValueError when the declaration does not fit.

    scale: "linear", or "log" (a stop at each power of ten and at both ends). zero: whether a log slider also
    offers an exact 0. step: the distance between the stops of a linear slider; whole numbers stay whole.
    """

    label: str
    low: float
    high: float
    scale: str = "linear"
    step: float | None = None
    zero: bool = False

    def __post_init__(self) -> None:
        check_text("label", self.label)
        check_number("low", self.low)
        check_number("high", self.high)
        check_flag("zero", self.zero)
        if not self.low < self.high:
            raise ValueError(
                f"low is {self.low} and high is {self.high} in {self.label!r}; low must be below high"
            )
        if not isinstance(self.scale, str) or self.scale not in ("linear", "log"):
            raise ValueError(f"scale is {show(self.scale)} in {self.label!r}; it must be 'linear' or 'log'")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(
                f"low is {self.low} in {self.label!r}; a log scale starts above 0 (zero=True adds an exact 0)"
            )
        if self.scale == "linear" and check_number("step", self.step if self.step is not None else 0) <= 0:
            raise ValueError(f"step is {self.step} in {self.label!r}; a linear slider needs a step above 0")
        if self.step is not None and (self.high - self.low) / check_number("step", self.step) >= MAX_STOPS:
            raise ValueError(
                f"step is {self.step} in {self.label!r}; a slider may have at most {MAX_STOPS} stops"
            )
        for name in ("low", "high", "step"):
            if isinstance(value := getattr(self, name), np.generic):  # JSON takes no NumPy numbers
                object.__setattr__(self, name, value.item())
        if self.scale == "log" and len(self.stops()) > MAX_STOPS:
            raise ValueError(
                f"low is {self.low} and high is {self.high} in {self.label!r}; a slider may have at most "
                f"{MAX_STOPS} stops"
            )

    def stops(self) -> list[float]:
        """Return the stops of the slider; numbers in between may be typed."""
        if self.scale == "log":
            low, high = float(self.low), float(self.high)
            exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            powers = [float(f"1e{exponent}") for exponent in exponents]
            zero = [0.0] if self.zero else []
            return [*zero, low, *(power for power in powers if low < power < high), high]
        assert self.step is not None
        count = math.floor((self.high - self.low) / self.step + 1e-9) + 1
        # Rounded to 12 digits of the larger end, so that 3 * 0.1 reads 0.3, but never beyond an end.
        digits = 11 - math.floor(math.log10(max(abs(self.low), abs(self.high))))
        return [min(max(round(self.low + i * self.step, digits), self.low), self.high) for i in range(count)]

    def parse(self, name: str, value: Any) -> float:
        """Return the value, or raise ParameterError."""
        number = _as_number(name, self.label, value)
        whole = isinstance(self.low, int) and isinstance(self.step, int)
        fits = self.low <= number <= self.high or (self.zero and number == 0)
        if not fits or (whole and number != int(number)):
            kind = "a whole number" if whole else "a number"
            also = "0, or " if self.zero else ""
            raise ParameterError(
                name,
                f"{self.label} ({name}) is {show(value)}; it must be {also}{kind} "
                f"from {self.low:g} to {self.high:g}",
            )
        return int(number) if whole else float(number)

    def spec(self) -> dict[str, Any]:
        """Return what a page needs to show the control."""
        stops = self.stops()
        texts = [_power_or_number(stop) if self.scale == "log" else format_number(stop) for stop in stops]
        return {"kind": "slider", "low": self.low, "high": self.high, "stops": stops, "texts": texts}


def _power_or_number(stop: float) -> str:
    exponent = round(math.log10(stop)) if stop else 0
    return power_of_ten(exponent) if stop == float(f"1e{exponent}") else format_number(stop)


@dataclass(frozen=True)
class Choice:
    """One of the values in the parameter's Literal type; `texts` are their names on the page.

    scenes: whether the values are scenes of one explanation. A page then shows numbered tabs, with keys to step through them.
    """

    label: str
    texts: Sequence[str] = ()
    scenes: bool = False
    values: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        check_text("label", self.label)
        check_flag("scenes", self.scenes)
        texts = items(self.texts)
        if texts is None or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"texts is {show(self.texts)}; it must be a list of strings, one per value")
        object.__setattr__(self, "texts", tuple(texts))

    def parse(self, name: str, value: Any) -> str:
        """Return the value, or raise ParameterError."""
        if not isinstance(value, str) or value not in self.values:
            raise ParameterError(
                name,
                f"{self.label} ({name}) is {show(value)}; it must be one of {', '.join(self.values)}",
            )
        return value

    def spec(self) -> dict[str, Any]:
        """Return what a page needs to show the control."""
        texts = [typeset(text) for text in self.texts or self.values]
        spec = {"kind": "choice", "values": list(self.values), "texts": texts}
        return spec | ({"scenes": True} if self.scenes else {})


@dataclass(frozen=True)
class Pointed:
    """A whole number that has no control of its own: parts of the figure set it when they are pointed at, tapped or focused.

    Such a part has the attribute data-set="row=3,column=4" and a title that names it. JavaScript is exact up to 2**53.
    """

    label: str
    low: int
    high: int
    kind: ClassVar[str] = "pointed"

    def __post_init__(self) -> None:
        check_text("label", self.label)
        object.__setattr__(self, "low", check_count("low", self.low, least=0))
        object.__setattr__(self, "high", check_count("high", self.high, least=self.low, most=2**53))

    def parse(self, name: str, value: Any) -> int:
        """Return the value, or raise ParameterError."""
        number = _as_number(name, self.label, value)
        if number != int(number) or not self.low <= number <= self.high:
            raise ParameterError(
                name,
                f"{self.label} ({name}) is {show(value)}; it must be a whole number from {self.low} to {self.high}",
            )
        return int(number)

    def spec(self) -> dict[str, Any]:
        """Return what a page needs to know."""
        return {"kind": self.kind, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Seed(Pointed):
    """The seed of the random numbers: the same seed gives the same run on every machine."""

    label: str = "Seed"
    low: int = 0
    high: int = 9999
    kind: ClassVar[str] = "seed"


type Control = Slider | Choice | Seed | Pointed
