"""The rectifier."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convlens.types import Array


def relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Set what is negative to 0:  y = max(x, 0).

    x: any shape. Returns y of that shape and vjp(dy) -> dx, which passes dy on where x > 0
    (at exactly 0 the slope is taken as 0). Source: torch.nn.functional.relu.

    >>> y, vjp = relu(np.array([-1.0, 2.0]))
    >>> y, vjp(np.array([5.0, 5.0]))
    (array([0., 2.]), array([0., 5.]))
    """
    passes = x > 0
    return np.where(passes, x, x.dtype.type(0)), lambda dy: np.where(passes, dy, dy.dtype.type(0))
