"""The two activations that level off: what a network used before ReLU, and why its gradients vanish."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convlens._checks import check_floats, check_gradient
from convlens.types import Array


def tanh(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Squash every number into (-1, 1):  y = tanh(x).

    x: any shape. Returns y of that shape and vjp(dy) -> dx = dy * (1 - y^2).
    Raises ValueError when x holds no floats. Source: torch.tanh; LeCun et al. (1998), Efficient BackProp.

    >>> y, vjp = tanh(np.array([0.0, 100.0]))
    >>> y, vjp(np.array([5.0, 5.0]))
    (array([0., 1.]), array([5., 0.]))
    """
    check_floats("x", x)
    y = np.tanh(x)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx: Array = dy * (1 - y * y)
        return dx

    return y, vjp


def sigmoid(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Squash every number into (0, 1):  y = 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2.

    The second form never overflows. x: any shape. Returns y of that shape and vjp(dy) -> dx = dy * y * (1 - y).
    Raises ValueError when x holds no floats. Source: torch.sigmoid.

    >>> y, vjp = sigmoid(np.array([0.0, 100.0]))
    >>> y, vjp(np.array([4.0, 4.0]))
    (array([0.5, 1. ]), array([1., 0.]))
    """
    check_floats("x", x)
    y: Array = (1 + np.tanh(x / 2)) / 2

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx: Array = dy * y * (1 - y)
        return dx

    return y, vjp
