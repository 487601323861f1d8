"""Running statistics: parameters of BatchNorm2d that are recorded, not learned."""

from typing import Any

import numpy as np

from convlens.types import Array

STATISTICS = ("running_mean", "running_var")


class Move(np.ndarray[tuple[Any, ...], np.dtype[np.floating]]):
    """The step of a running statistic: the number to subtract from it. `target` is the new value, without rounding.

    It takes the place of a gradient, so that code for gradients can handle it: a move of 0 changes nothing.
    """

    target: Array | None = None

    @classmethod
    def between(cls, now: Array, target: Array) -> "Move":
        """Return the move from one value to another."""
        move = (now - target).view(cls)
        move.target = target
        return move

    def __array_finalize__(self, other: Any) -> None:
        self.target = getattr(other, "target", None)

    def apply(self, now: Array) -> Array:
        """Return the new value: `target`, unless the move has been changed, as by clipping or by adding two batches."""
        unchanged = self.target is not None and np.array_equal(self, now - self.target)
        return np.array(self.target if unchanged else now - self)
