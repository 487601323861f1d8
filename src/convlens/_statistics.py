"""Running statistics: parameters of BatchNorm2d that are recorded and not learned."""

from typing import Any

import numpy as np

from convlens.types import Array

STATISTICS = ("running_mean", "running_var")


class Move(np.ndarray[tuple[Any, ...], np.dtype[np.floating]]):
    """The step of a running statistic: what to subtract from it. `to` is the new value, free of rounding.

    It stands where a gradient would, so that code for gradients can handle it too: a move of 0 changes nothing.
    """

    to: Array | None = None

    @classmethod
    def between(cls, now: Array, to: Array) -> "Move":
        """Return the move from one value to another."""
        move = (now - to).view(cls)
        move.to = to
        return move

    def __array_finalize__(self, other: Any) -> None:
        self.to = getattr(other, "to", None)

    def end(self, now: Array) -> Array:
        """Return the new value: `to`, unless the move was changed on the way, as by clipping or by adding two batches."""
        unchanged = self.to is not None and np.array_equal(self, now - self.to)
        return np.array(self.to if unchanged else now - self)
