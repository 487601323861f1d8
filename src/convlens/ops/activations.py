"""Activations: what stands between two linear layers, so that they are not one."""

from collections.abc import Callable

import numpy as np

from convlens import _checks as checks
from convlens.types import Array


def relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Let positive numbers pass and replace the others by 0; the gradient passes at the same places.

        y  = max(x, 0)
        dx = dy where x > 0, else 0          (0 at x = 0 too, as in PyTorch)

    x of any shape; y and dx have the same. `ValueError` if x is not an array of floats.
    Source: Nair and Hinton 2010; PyTorch, `torch.nn.functional.relu`.

    >>> y, vjp = relu(np.array([-2.0, 0.0, 3.0]))
    >>> y, vjp(np.array([10.0, 10.0, 10.0]))
    (array([0., 0., 3.]), array([ 0.,  0., 10.]))
    """
    checks.floats("x", x)
    y = np.maximum(x, 0)

    def vjp(dy: Array) -> Array:
        checks.like("dy", dy, "y", y)
        return np.where(x > 0, dy, 0)

    return y, vjp
