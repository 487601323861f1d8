"""Pooling: many numbers of one feature map become one. Nothing here is learned."""

from collections.abc import Callable

import numpy as np

from convlens import _checks as checks
from convlens.geometry import output_size
from convlens.ops.windows import add_windows, windows
from convlens.types import Array


def max_pool2d(
    x: Array, size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """Keep the largest number of each window, and on the way back send the whole gradient to where it was.

        y[n, c, i, j] = max over u, v of  x[n, c, i stride + u, j stride + v]
        dx            = dy at the place of each maximum (the first one, if there are several), added up; else 0

    x (N, C, H, W); `size` and `stride` are one number or (vertical, horizontal), and windows lie side by side unless
    `stride` says otherwise; y (N, C, OH, OW), OH = (H - size) // stride + 1.

    `ValueError` if x is no such array or the window is larger than the image.
    Source: PyTorch, `torch.nn.functional.max_pool2d`; cs231n notes, "Pooling Layer".

    >>> y, vjp = max_pool2d(np.array([[[[1.0, 5.0, 2.0, 0.0]]]]), size=(1, 2))
    >>> y[0, 0], vjp(np.ones_like(y))[0, 0]
    (array([[5., 2.]]), array([[0., 1., 1., 0.]]))
    """
    size = checks.pair("size", size, 1)
    stride = size if stride is None else checks.pair("stride", stride, 1)
    checks.array("x", x, "N, C, H, W")
    count, channels, height, width = x.shape
    out_height = output_size(height, size[0], stride[0])
    out_width = output_size(width, size[1], stride[1])

    cells = windows(x, size, stride).reshape(count, channels, size[0] * size[1], out_height, out_width)
    winner = cells.argmax(axis=2)[:, :, None]
    y = np.take_along_axis(cells, winner, axis=2)[:, :, 0]

    def vjp(dy: Array) -> Array:
        checks.like("dy", dy, "y", y)
        cell = np.arange(size[0] * size[1], dtype=np.int64)[:, None, None]
        dcells = np.where(winner == cell, dy[:, :, None], 0)
        dwindows = dcells.reshape(count, channels, *size, out_height, out_width)
        return add_windows(dwindows, (height, width), stride)

    return y, vjp


def global_average_pool2d(x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Reduce each feature map to its mean: how much of this filter's shape is there, wherever it is?

        y[n, c]         = sum over i, j of  x[n, c, i, j] / (H W)
        dx[n, c, i, j]  = dy[n, c] / (H W)

    x (N, C, H, W), y (N, C). `ValueError` if x is no such array.
    Source: Lin, Chen and Yan 2013, "Network in network"; PyTorch, `adaptive_avg_pool2d(x, 1)` without the two axes of 1.

    >>> y, vjp = global_average_pool2d(np.array([[[[1.0, 2.0], [3.0, 6.0]]]]))
    >>> y, vjp(np.ones_like(y))[0, 0]
    (array([[3.]]), array([[0.25, 0.25],
           [0.25, 0.25]]))
    """
    checks.array("x", x, "N, C, H, W")
    shape, places = x.shape, x.shape[2] * x.shape[3]
    y = x.mean(axis=(2, 3))

    def vjp(dy: Array) -> Array:
        checks.like("dy", dy, "y", y)
        return np.broadcast_to((dy / places)[:, :, None, None], shape).copy()

    return y, vjp
