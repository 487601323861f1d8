"""Activations: ReLU, and the older tanh and sigmoid, which level off, so that gradients vanish."""

import sys
from collections.abc import Callable

import numpy as np

from convlens._checks import check_floats, check_gradient
from convlens.types import Array, Numbers

# Choosing between two numbers is slow if the compiled code branches, because the processor has to guess.
# np.where branches on CPython, and np.maximum in the browser: there each is up to ten times slower.
WHERE_IS_FAST = sys.platform == "emscripten"


def relu(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Set negative numbers to 0:  y = max(x, 0).

    x: any shape. Returns y of that shape and vjp(dy) -> dx, which is dy where x > 0, else 0
    (at exactly 0 the slope is taken as 0). Raises ValueError when x does not hold floats.
    Source: torch.nn.functional.relu.

    >>> y, vjp = relu(np.array([-1.0, 2.0]))
    >>> y, vjp(np.array([5.0, 5.0]))
    (array([0., 2.]), array([0., 5.]))
    """
    check_floats("x", x)
    is_off = x <= 0
    y = np.where(is_off, 0, x) if WHERE_IS_FAST else np.maximum(x, 0)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        return zero_where(is_off, dy)

    return y, vjp


def tanh(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Squash every number into (-1, 1):  y = tanh(x).

    x: any shape. Returns y of that shape and vjp(dy) -> dx = dy * (1 - y^2).
    Raises ValueError when x does not hold floats. Source: torch.tanh; LeCun et al. (1998), Efficient BackProp.

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
    """Squash every number into (0, 1):  y = 1 / (1 + exp(-x)).

    Below 0 it is computed as exp(x) / (1 + exp(x)): nothing overflows, and small results keep their
    digits. x: any shape. Returns y of that shape and vjp(dy) -> dx = dy * y * (1 - y).
    Raises ValueError when x does not hold floats. Source: torch.sigmoid.

    >>> y, vjp = sigmoid(np.array([0.0, 100.0]))
    >>> y, vjp(np.array([4.0, 4.0]))
    (array([0.5, 1. ]), array([1., 0.]))
    """
    check_floats("x", x)
    small = np.exp(-np.abs(x))
    y: Array = np.where(x < 0, small, 1) / (1 + small)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx: Array = dy * y * (1 - y)
        return dx

    return y, vjp


def zero_where(mask: Numbers[np.bool_], x: Array) -> Array:
    """Return x with 0 where the mask is true.

    >>> zero_where(np.array([True, False]), np.array([3.0, 5.0]))
    array([0., 5.])
    """
    return np.where(mask, 0, x) if WHERE_IS_FAST else x * ~mask
