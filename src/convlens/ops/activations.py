"""The activations: ReLU, and the two that level off, which networks used before it; there gradients vanish."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from convlens._checks import check_floats, check_gradient
from convlens.types import Array


def relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Set what is negative to 0:  y = max(x, 0).

    x: any shape. Returns y of that shape and vjp(dy) -> dx, which passes dy on where x > 0
    (at exactly 0 the slope is taken as 0). Raises ValueError when x holds no floats.
    Source: torch.nn.functional.relu.

    >>> y, vjp = relu(np.array([-1.0, 2.0]))
    >>> y, vjp(np.array([5.0, 5.0]))
    (array([0., 2.]), array([0., 5.]))
    """
    check_floats("x", x)
    kept = ones_where(x > 0, x.dtype)
    y = x * kept
    y += 0      # a negative number times 0 is -0.0, which would only look odd

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        return dy * kept

    return y, vjp


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


def ones_where(mask: npt.NDArray[np.bool_], dtype: Any) -> Array:
    """Return 1 where the mask is true and 0 elsewhere.

    Multiplying by it is the quick way to choose on CPython and in a browser alike. np.where, and astype from
    bool, decide number by number, and a processor that guesses a decision wrong waits ten times as long.

    >>> ones_where(np.array([True, False]), np.float32)
    array([1., 0.], dtype=float32)
    """
    return mask.view(np.uint8).astype(dtype)
