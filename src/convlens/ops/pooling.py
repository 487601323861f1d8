"""Pooling: one number for each window of a map, channel by channel."""

from collections.abc import Callable
from types import EllipsisType

import numpy as np

from convlens._checks import check_array, check_gradient
from convlens._settings import pair
from convlens.ops.activations import WHERE_IS_FAST, zero_where
from convlens.types import Array, Pair

type Tap = tuple[EllipsisType, slice, slice]


def max_pool2d(x: Array, size: Pair, stride: Pair | None = None) -> tuple[Array, Callable[[Array], Array]]:
    """Keep the largest number of each window; it alone gets the gradient (of equal ones, the first).

        y[n, c, i, j] = max over a, b of  x[n, c, i*S + a, j*S + b]

    x: (N, C, H, W). size, stride: F and S (the size, if None), an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.max_pool2d.

    >>> y, vjp = max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (4.0, array([0., 0., 1., 0.]))
    """
    taps, disjoint = _taps(x, size, stride)
    y = x[taps[0]] if len(taps) > 1 else x[taps[0]].copy()
    larger = []
    for tap in taps[1:]:
        larger.append(x[tap] > y)
        y = np.where(larger[-1], x[tap], y) if WHERE_IS_FAST else np.maximum(x[tap], y)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        # The last number that was larger than all before it is the largest. It takes the gradient; the rest get 0.
        dx = np.zeros_like(x)
        remaining = dy
        for tap, is_largest in zip(taps[:0:-1], larger[::-1], strict=True):
            rest = zero_where(is_largest, remaining)
            _add(dx, tap, remaining - rest, disjoint)
            remaining = rest
        _add(dx, taps[0], remaining, disjoint)
        return dx

    return y, vjp


def average_pool2d(
    x: Array, size: Pair, stride: Pair | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """Average each window; all numbers in it get the same share of the gradient.

        y[n, c, i, j] = sum over a, b of  x[n, c, i*S + a, j*S + b] / (FH*FW)

    x: (N, C, H, W). size, stride: F and S (the size, if None), an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.avg_pool2d.

    >>> y, vjp = average_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (2.5, array([0.25, 0.25, 0.25, 0.25]))
    """
    taps, disjoint = _taps(x, size, stride)
    places = x.dtype.type(len(taps))
    y = x[taps[0]] / places
    for tap in taps[1:]:
        y += x[tap] / places

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx = np.zeros_like(x)
        share = dy / places
        for tap in taps:
            _add(dx, tap, share, disjoint)
        return dx

    return y, vjp


def _taps(x: Array, size: Pair, stride: Pair | None) -> tuple[list[Tap], bool]:
    """Return, for each place (a, b) in a window, the index that takes this number from all windows at once.

    Also return whether the windows are disjoint: no number of x is in two of them.
    """
    check_array("x", x, "N, C, H, W")
    H, W = x.shape[2:]
    FH, FW = pair("size", size, 1)
    if H < FH or W < FW:
        raise ValueError(f"size is {FH}x{FW}; it must fit into the map of {H}x{W}")
    SH, SW = (FH, FW) if stride is None else pair("stride", stride, 1)
    rows = [slice(a, a + H - FH + 1, SH) for a in range(FH)]
    columns = [slice(b, b + W - FW + 1, SW) for b in range(FW)]
    taps: list[Tap] = [(..., row, column) for row in rows for column in columns]
    return taps, SH >= FH and SW >= FW


def _add(dx: Array, tap: Tap, gradient: Array, disjoint: bool) -> None:
    """Add the gradient to dx at the tap; if the windows are disjoint, dx is still 0 there, so it is only stored."""
    dx[tap] = gradient if disjoint else dx[tap] + gradient


def global_average_pool2d(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Average each map to one number:  y[n, c] = sum over i, j of x[n, c, i, j] / (H*W).

    x: (N, C, H, W). Returns y (N, C) and vjp(dy) -> dx. Raises ValueError when x is not such an array.
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
