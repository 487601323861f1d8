"""Running statistics: what BatchNorm2d keeps among the parameters and nobody learns."""

from typing import Any

import numpy as np

from convlens.types import Array

STATISTICS = ("running_mean", "running_var")


class Move(np.ndarray[tuple[Any, ...], np.dtype[np.floating]]):
    """What to subtract from a running statistic, which is not learned; `to` is where it then stands, without rounding.

    It has the place of a gradient, so that whatever is done to gradients keeps its meaning: a move of 0 changes nothing.
    """

    to: Array | None = None

    @classmethod
    def between(cls, now: Array, to: Array) -> "Move":
        """Return the move from where a statistic stands to where it shall stand."""
        move = (now - to).view(cls)
        move.to = to
        return move

    def __array_finalize__(self, other: Any) -> None:
        self.to = getattr(other, "to", None)

    def end(self, now: Array) -> Array:
        """Return where the move leads: `to`, unless the move has been changed since, by clipping or a sum of two batches."""
        unchanged = self.to is not None and np.array_equal(self, now - self.to)
        return np.array(self.to if unchanged else now - self)
