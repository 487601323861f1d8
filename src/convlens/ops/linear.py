"""The arithmetic of a fully connected layer, and the flattening before it."""

from collections.abc import Callable

import numpy as np

from convlens._checks import check_array, check_bias, check_dtype, check_floats, check_gradient, check_same
from convlens.types import Array


def linear(
    x: Array, weight: Array, bias: Array | None = None
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array | None]]]:
    """Return weighted sums of the inputs:  y[n, m] = bias[m] + sum over d of x[n, d] * weight[m, d].

    x: (N, D). weight: (M, D). bias: (M,) or None.
    Returns y (N, M) and vjp(dy) -> (dx, dweight, dbias).
    Raises ValueError when a shape or dtype does not fit. Source: torch.nn.functional.linear.

    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5]))[0]
    array([[11.5]])
    """
    check_array("x", x, "N, D")
    check_array("weight", weight, "M, D")
    check_dtype("weight", weight, x.dtype)
    check_same("weight.shape[1]", weight.shape[1], "x.shape[1]", x.shape[1])
    check_bias(bias, weight.shape[0], x.dtype)
    # einsum for the same reason as in conv2d: two equal columns of weights must stay equal.
    y = np.einsum("nd,md->nm", x, weight)
    if bias is not None:
        y += bias

    def vjp(dy: Array) -> tuple[Array, Array, Array | None]:
        check_gradient("dy", dy, y)
        dx = np.einsum("nm,md->nd", dy, weight)
        dweight = np.einsum("nm,nd->md", dy, x)
        return dx, dweight, None if bias is None else np.einsum("nm->m", dy)

    return y, vjp


def flatten(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Lay out each example in one row: (N, ...) becomes (N, D).

    Returns y, which may share memory with x, and vjp(dy) -> dx, which has the shape of x.
    Raises ValueError when x is empty or has no batch axis. Source: torch.flatten(x, 1).

    >>> flatten(np.zeros((2, 3, 4, 4)))[0].shape
    (2, 48)
    """
    check_floats("x", x)
    if x.ndim < 2 or x.size == 0:
        raise ValueError(f"x has shape {x.shape}; it must be (N, ...), none of the axes empty")
    y = x.reshape(x.shape[0], -1)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx = np.empty_like(x)  # laid out in memory as x is, which need not be the order of the axes
        dx[...] = dy.reshape(x.shape)
        return dx

    return y, vjp
