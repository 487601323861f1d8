"""Pooling: many numbers of a map become one, channel by channel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convlens._checks import check_array, check_gradient, pair
from convlens.ops.windows import sliding_windows
from convlens.types import Array


def max_pool2d(x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
               ) -> tuple[Array, Callable[[Array], Array]]:
    """Keep the largest number of each window; the gradient goes to it alone (to the first, of equal ones).

        y[n, c, i, j] = max over a, b of  x[n, c, i*S + a, j*S + b]

    x: (N, C, H, W). size F and stride S (the size, if None): an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.max_pool2d.

    >>> y, vjp = max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (4.0, array([0., 0., 1., 0.]))
    """
    (FH, FW), (SH, SW) = _window(x, size, stride)
    windows = sliding_windows(x, FH, FW)[:, :, ::SH, ::SW]
    N, C, OH, OW = windows.shape[:4]
    flat = windows.reshape(N, C, OH, OW, FH * FW)
    winner = flat.argmax(axis=-1)
    y = np.take_along_axis(flat, winner[..., None], axis=-1)[..., 0]

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx = np.zeros_like(x)
        for a in range(FH):
            for b in range(FW):
                won = np.where(winner == a * FW + b, dy, 0)
                dx[:, :, a : a + SH * OH : SH, b : b + SW * OW : SW] += won
        return dx

    return y, vjp


def average_pool2d(x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
                   ) -> tuple[Array, Callable[[Array], Array]]:
    """Average each window; every number in it gets the same share of the gradient.

        y[n, c, i, j] = sum over a, b of  x[n, c, i*S + a, j*S + b] / (FH*FW)

    x: (N, C, H, W). size F and stride S (the size, if None): an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.avg_pool2d.

    >>> y, vjp = average_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (2.5, array([0.25, 0.25, 0.25, 0.25]))
    """
    (FH, FW), (SH, SW) = _window(x, size, stride)
    windows = sliding_windows(x, FH, FW)[:, :, ::SH, ::SW]
    OH, OW = windows.shape[2:4]
    places = x.dtype.type(FH * FW)
    y = np.einsum("ncijab->ncij", windows) / places

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx, share = np.zeros_like(x), dy / places
        for a in range(FH):
            for b in range(FW):
                dx[:, :, a : a + SH * OH : SH, b : b + SW * OW : SW] += share
        return dx

    return y, vjp


def _window(x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None
            ) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return size and stride as pairs; the stride is the size unless told otherwise."""
    check_array("x", x, "N, C, H, W")
    FH, FW = pair("size", size, 1)
    if x.shape[2] < FH or x.shape[3] < FW:
        raise ValueError(f"size is {FH}x{FW}; it must fit into the map of {x.shape[2]}x{x.shape[3]}")
    return (FH, FW), (FH, FW) if stride is None else pair("stride", stride, 1)


def global_average_pool2d(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Average each map to one number:  y[n, c] = sum over i, j of x[n, c, i, j] / (H*W).

    x: (N, C, H, W). Returns y (N, C) and vjp(dy) -> dx. Raises ValueError when x is no such array.
    Source: Lin, Chen, Yan (2014), Network in Network, section 3.2; torch.nn.functional.adaptive_avg_pool2d.

    >>> global_average_pool2d(np.array([[[[1.0, 2.0], [4.0, 5.0]]]]))[0]
    array([[3.]])
    """
    check_array("x", x, "N, C, H, W")
    places = x.dtype.type(x.shape[2] * x.shape[3])
    y = np.einsum("ncij->nc", x) / places

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        return np.broadcast_to((dy / places)[:, :, None, None], x.shape).copy()

    return y, vjp
