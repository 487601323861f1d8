"""The dense part of a network: feature maps become one row of numbers, and rows become class scores."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from convlens import _checks as checks
from convlens.types import Array


class LinearVjp(Protocol):
    """dx, dweight, dbias from dy (N, M); dx is None if it was not asked for, dbias if there is no bias."""

    def __call__(self, dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]: ...


def flatten(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Write each example as one row: channel after channel, line after line.

    x (N, ...), y (N, D), D = product of the other axes; y may share memory with x. The gradient goes back to where
    its number came from. `ValueError` if x is not an array of floats with at least two axes.
    Source: PyTorch, `torch.flatten(x, 1)`.

    >>> y, vjp = flatten(np.ones((2, 3, 4, 4)))
    >>> y.shape, vjp(y).shape
    ((2, 48), (2, 3, 4, 4))
    """
    checks.examples("x", x)
    shape = x.shape
    y = x.reshape(len(x), -1)

    def vjp(dy: Array) -> Array:
        checks.like("dy", dy, "y", y)
        return dy.reshape(shape)

    return y, vjp


def linear(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, LinearVjp]:
    """Give each unit m a weighted sum of all inputs d, and return the way back.

        y[n, m]       = bias[m] + sum over d of  x[n, d] weight[m, d]
        dweight[m, d] = sum over n of  dy[n, m] x[n, d]
        dx[n, d]      = sum over m of  dy[n, m] weight[m, d]

    x (N, D), weight (M, D), bias (M,) or None; y (N, M). Column d of weight is what input d sends out: for a filter's
    pooled map that is its outgoing weight, and dx[n, d] is the residual as that filter feels it.

    `ValueError` if shapes or dtypes do not fit. Source: PyTorch, `torch.nn.functional.linear`.

    >>> y, vjp = linear(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [0.0, 3.0]]), np.array([0.5, 0.0]))
    >>> y, vjp(np.array([[1.0, 0.0]]))[0]
    (array([[3.5, 6. ]]), array([[1., 1.]]))
    """
    checks.array("x", x, "N, D")
    checks.array("weight", weight, "M, D")
    checks.same_dtype("weight", weight, "x", x)
    if weight.shape[1] != x.shape[1]:
        raise ValueError(
            f"weight has shape {weight.shape}: its second axis must be the number of inputs of x, {x.shape[1]}"
        )
    if bias is not None:
        checks.bias(bias, x, len(weight))
    # einsum and not @, for the same reason as in conv2d: the columns of equal filters must stay equal to the last bit.
    y = np.einsum("nd,md->nm", x, weight)
    if bias is not None:
        y += bias

    def vjp(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]:
        checks.like("dy", dy, "y", y)
        dweight = np.einsum("nm,nd->md", dy, x)
        dbias = None if bias is None else dy.sum(axis=0)
        dx = np.einsum("nm,md->nd", dy, weight) if input_gradient else None
        return dx, dweight, dbias

    return y, vjp
