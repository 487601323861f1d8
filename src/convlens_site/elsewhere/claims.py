"""A claim of a page, as something that a run either confirms or refutes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

type Numbers = dict[str, float]


@dataclass(frozen=True)
class Claim:
    """What is claimed, how a run's numbers decide it, and the number that a table shows beside it."""

    text: str
    holds: Callable[[Numbers], bool]
    number: str

    def verdict(self, numbers: Numbers) -> bool | None:
        """Does this run confirm the claim? None if its training diverged, so that it says nothing."""
        if math.isnan(numbers[self.number]):
            return None
        return bool(self.holds(numbers))
