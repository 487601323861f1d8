"""The activations: ReLU, and the two that level off, which networks used before it; there gradients vanish."""

import sys
from collections.abc import Callable

import numpy as np

from convlens._checks import check_floats, check_gradient
from convlens.types import Array, Numbers

# To choose between two numbers a processor has to guess, unless the compiler found a way around it. It found
# none for np.where on CPython, and none for np.maximum in the browser: these take up to ten times as long.
WHERE_IS_QUICK = sys.platform == "emscripten"


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
    off = x <= 0
    y = np.where(off, 0, x) if WHERE_IS_QUICK else np.maximum(x, 0)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        return zeroed(off, dy)

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
    """Squash every number into (0, 1):  y = 1 / (1 + exp(-x)).

    Below 0 it is computed as exp(x) / (1 + exp(x)), so that nothing overflows and small results keep all
    their digits. x: any shape. Returns y of that shape and vjp(dy) -> dx = dy * y * (1 - y).
    Raises ValueError when x holds no floats. Source: torch.sigmoid.

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


def zeroed(mask: Numbers[np.bool_], x: Array) -> Array:
    """Return x, but 0 where the mask is true.

    >>> zeroed(np.array([True, False]), np.array([3.0, 5.0]))
    array([0., 5.])
    """
    return np.where(mask, 0, x) if WHERE_IS_QUICK else x * ~mask
