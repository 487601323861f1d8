"""All windows of a batch of images, and the way back. Convolution and pooling both look through them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlens.types import Array


def windows(x: Array, size: tuple[int, int], stride: tuple[int, int]) -> Array:
    """Return the windows of images x (N, C, H, W) as a read-only view (N, C, FH, FW, OH, OW).

        windows[n, c, u, v, i, j] = x[n, c, i SH + u, j SW + v]

    The window is (FH, FW) = `size`, the step from window to window (SH, SW) = `stride`. The places (i, j) come last,
    because NumPy is fastest along a long last axis. Source: NumPy, `sliding_window_view`; PyTorch, `unfold`.

    >>> windows(np.arange(4.0).reshape(1, 1, 1, 4), size=(1, 2), stride=(1, 1))[0, 0, 0]
    array([[[0., 1., 2.]],
    <BLANKLINE>
           [[1., 2., 3.]]])
    """
    everywhere = sliding_window_view(x, size, axis=(2, 3))
    return everywhere[:, :, :: stride[0], :: stride[1]].transpose(0, 1, 4, 5, 2, 3)


def add_windows(dwindows: Array, image: tuple[int, int], stride: tuple[int, int]) -> Array:
    """Return dx (N, C, H, W) from dwindows (N, C, FH, FW, OH, OW): the backward of `windows`.

    A pixel was seen by several windows, so its gradient is the sum of theirs. (H, W) = `image`.
    Source: PyTorch, `fold`; in Caffe and cs231n this is called col2im.

    >>> add_windows(np.ones((1, 1, 1, 2, 1, 3)), image=(1, 4), stride=(1, 1))[0, 0]
    array([[1., 2., 2., 1.]])
    """
    count, channels, window_height, window_width, out_height, out_width = dwindows.shape
    dx = np.zeros((count, channels, *image), dtype=dwindows.dtype)
    bottom, right = (out_height - 1) * stride[0] + 1, (out_width - 1) * stride[1] + 1
    for u in range(window_height):
        for v in range(window_width):
            dx[:, :, u : u + bottom : stride[0], v : v + right : stride[1]] += dwindows[:, :, u, v]
    return dx
