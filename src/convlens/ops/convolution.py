"""Convolution: every filter looks at every patch of the image, with the same weights everywhere."""

from typing import Protocol

import numpy as np

from convlens import _checks as checks
from convlens.geometry import output_size
from convlens.ops.windows import add_windows, windows
from convlens.types import Array


class Conv2dVjp(Protocol):
    """dx, dweight, dbias from dy (N, K, OH, OW); dx is None if it was not asked for, dbias if there is no bias."""

    def __call__(self, dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]: ...


def conv2d(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[Array, Conv2dVjp]:
    """Slide K filters over N images and return the K feature maps of each, and the way back.

        y[n, k, p]    = bias[k] + sum over d of  weight[k, d] patches[n, d, p]
        dweight[k, d] = sum over n, p of  dy[n, k, p] patches[n, d, p]       (one weight, used at all places p)
        dpatches      = sum over k of  weight[k, d] dy[n, k, p]              (added up where patches overlap: dx)

    Patch p is what the filter sees at place p = (i, j) of the output; d = (c, u, v) counts the patch's numbers.
    x (N, C, H, W), weight (K, C, FH, FW), bias (K,) or None; y (N, K, OH, OW), OH = (H + 2 padding - FH) // stride + 1.
    `stride` and `padding` (zeros around the image) are one number or (vertical, horizontal).

    `ValueError` if shapes or dtypes do not fit, or the filter is larger than the padded image.
    Source: PyTorch, `torch.nn.functional.conv2d` (cross-correlation: the filter is not flipped); Goodfellow et al.
    2016, chapter 9; cs231n notes, "Convolutional Networks".

    >>> y, vjp = conv2d(np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3)), np.array([0.0, 0.5]))
    >>> y[0, :, 0, 0], vjp(np.ones_like(y))[2]
    (array([9. , 9.5]), array([4., 4.]))
    """
    stride, padding = checks.pair("stride", stride, 1), checks.pair("padding", padding, 0)
    _check_shapes(x, weight, bias)
    count, channels, height, width = x.shape
    filters, _, *size = weight.shape
    out_height = output_size(height, size[0], stride[0], padding[0])
    out_width = output_size(width, size[1], stride[1], padding[1])

    padded = _pad(x, padding)
    seen = windows(padded, (size[0], size[1]), stride)
    patches = seen.reshape(count, channels * size[0] * size[1], out_height * out_width)
    flat_weight = weight.reshape(filters, -1)

    # einsum and not @: a BLAS product treats filters differently according to their position, so that equal filters
    # would get almost equal maps; with einsum they are equal to the last bit (and in the browser it is faster).
    y = np.einsum("kd,ndp->nkp", flat_weight, patches)
    if bias is not None:
        y += bias[:, None]
    y = y.reshape(count, filters, out_height, out_width)

    def vjp(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]:
        checks.like("dy", dy, "y", y)
        flat_dy = dy.reshape(count, filters, -1)
        dweight = np.einsum("nkp,ndp->kd", flat_dy, patches).reshape(weight.shape)
        dbias = None if bias is None else flat_dy.sum(axis=(0, 2))
        if not input_gradient:
            return None, dweight, dbias
        dpatches = np.einsum("kd,nkp->ndp", flat_weight, flat_dy).reshape(seen.shape)
        dpadded = add_windows(dpatches, (padded.shape[2], padded.shape[3]), stride)
        top, left = padding
        return dpadded[:, :, top : top + height, left : left + width], dweight, dbias

    return y, vjp


def _pad(x: Array, padding: tuple[int, int]) -> Array:
    if padding == (0, 0):
        return x
    (top, left), (count, channels, height, width) = padding, x.shape
    padded = np.zeros((count, channels, height + 2 * top, width + 2 * left), dtype=x.dtype)
    padded[:, :, top : top + height, left : left + width] = x
    return padded


def _check_shapes(x: Array, weight: Array, bias: Array | None) -> None:
    checks.array("x", x, "N, C, H, W")
    checks.array("weight", weight, "K, C, FH, FW")
    checks.same_dtype("weight", weight, "x", x)
    if weight.shape[1] != x.shape[1]:
        raise ValueError(
            f"weight has shape {weight.shape}: its second axis must be the number of channels of x, {x.shape[1]}"
        )
    if bias is not None:
        checks.bias(bias, x, len(weight))
