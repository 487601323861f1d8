"""A claim of a page, which a run either confirms or refutes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

type Numbers = dict[str, float]


@dataclass(frozen=True)
class Claim:
    """The claim in words, the test of a run's numbers, and the name of the number that a table shows beside it."""

    text: str
    holds: Callable[[Numbers], bool]
    number: str

    def verdict(self, numbers: Numbers) -> bool | None:
        """Return whether this run confirms the claim; None if its training diverged, which proves nothing."""
        if math.isnan(numbers[self.number]):
            return None
        return bool(self.holds(numbers))
