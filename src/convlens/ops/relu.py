"""The rectifier."""

from __future__ import annotations

from collections.abc import Callable

from convlens._checks import check_floats, check_gradient
from convlens.ops.masks import ones_where
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
