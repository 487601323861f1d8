"""Pooling: many numbers of a map become one, channel by channel."""

from collections.abc import Callable
from types import EllipsisType

import numpy as np

from convlens._checks import check_array, check_gradient
from convlens._settings import pair
from convlens.ops.activations import WHERE_IS_QUICK, zeroed
from convlens.types import Array

type Tap = tuple[EllipsisType, slice, slice]


def max_pool2d(
    x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """Keep the largest number of each window; the gradient goes to it alone (to the first, of equal ones).

        y[n, c, i, j] = max over a, b of  x[n, c, i*S + a, j*S + b]

    x: (N, C, H, W). size, stride: F and S (the size, if None), an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.max_pool2d.

    >>> y, vjp = max_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (4.0, array([0., 0., 1., 0.]))
    """
    taps, apart = _taps(x, size, stride)
    y, larger = x[taps[0]] if len(taps) > 1 else x[taps[0]].copy(), []
    for tap in taps[1:]:
        larger.append(x[tap] > y)
        y = np.where(larger[-1], x[tap], y) if WHERE_IS_QUICK else np.maximum(x[tap], y)

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        # The last that was larger than all before it won. It takes the gradient and leaves 0 to those before.
        dx, left = np.zeros_like(x), dy
        for tap, won in zip(taps[:0:-1], larger[::-1], strict=True):
            rest = zeroed(won, left)
            _give(dx, tap, left - rest, apart)
            left = rest
        _give(dx, taps[0], left, apart)
        return dx

    return y, vjp


def average_pool2d(
    x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """Average each window; every number in it gets the same share of the gradient.

        y[n, c, i, j] = sum over a, b of  x[n, c, i*S + a, j*S + b] / (FH*FW)

    x: (N, C, H, W). size, stride: F and S (the size, if None), an int or a pair.
    Returns y (N, C, OH, OW) with OH = (H - F) // S + 1, and vjp(dy) -> dx.
    Raises ValueError when the window does not fit. Source: torch.nn.functional.avg_pool2d.

    >>> y, vjp = average_pool2d(np.array([[[[1.0, 2.0], [4.0, 3.0]]]]), 2)
    >>> y.item(), vjp(np.ones((1, 1, 1, 1))).ravel()
    (2.5, array([0.25, 0.25, 0.25, 0.25]))
    """
    taps, apart = _taps(x, size, stride)
    places = x.dtype.type(len(taps))
    y = x[taps[0]] / places
    for tap in taps[1:]:
        y += x[tap] / places

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        dx, share = np.zeros_like(x), dy / places
        for tap in taps:
            _give(dx, tap, share, apart)
        return dx

    return y, vjp


def _taps(
    x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None
) -> tuple[list[Tap], bool]:
    """Return, for each place (a, b) in a window, the index that takes this number from all windows of x at once.

    And whether the windows lie apart, so that no number of x is in two of them.
    """
    check_array("x", x, "N, C, H, W")
    (H, W), (FH, FW) = x.shape[2:], pair("size", size, 1)
    if H < FH or W < FW:
        raise ValueError(f"size is {FH}x{FW}; it must fit into the map of {H}x{W}")
    SH, SW = (FH, FW) if stride is None else pair("stride", stride, 1)
    last_row, last_column = H - FH, W - FW  # where the last window may begin
    taps: list[Tap] = [
        (..., slice(a, a + last_row + 1, SH), slice(b, b + last_column + 1, SW))
        for a in range(FH)
        for b in range(FW)
    ]
    return taps, SH >= FH and SW >= FW


def _give(dx: Array, tap: Tap, gradient: Array, apart: bool) -> None:
    """Add the gradient to dx at the tap; where windows lie apart it is the only one, and need not be added."""
    dx[tap] = gradient if apart else dx[tap] + gradient


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
