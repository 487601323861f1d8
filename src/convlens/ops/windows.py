"""All windows of a batch of images: what convolution and pooling look through."""

from __future__ import annotations

from numpy.lib.stride_tricks import sliding_window_view

from convlens.types import Array


def sliding_windows(x: Array, height: int, width: int) -> Array:
    """Return every window of the images as a view:  windows[n, c, i, j, a, b] = x[n, c, i + a, j + b].

    x: (N, C, H, W). Returns (N, C, H - height + 1, W - width + 1, height, width), read-only, nothing copied.
    Source: numpy.lib.stride_tricks.sliding_window_view; torch.nn.functional.unfold.

    >>> import numpy as np
    >>> sliding_windows(np.arange(4.0).reshape(1, 1, 1, 4), 1, 2)[0, 0, 0, :, 0]
    array([[0., 1.],
           [1., 2.],
           [2., 3.]])
    """
    # The axis is a pair here, which NumPy accepts and its type stubs do not know.
    return sliding_window_view(x, (height, width), axis=(2, 3))  # type: ignore[call-overload, no-any-return]
