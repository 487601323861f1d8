"""The convolution of images with K filters (a cross-correlation, as in all deep-learning libraries)."""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convlens._checks import check_array, check_bias, check_dtype, check_gradient, check_same
from convlens._settings import check_size, pair
from convlens.ops.spectra import correlate_by_spectra, is_balanced
from convlens.types import Array, Pair

type ConvVjp = Callable[..., tuple[Array | None, Array, Array | None]]


def conv2d(
    x: Array, weight: Array, bias: Array | None = None, *, stride: Pair = 1, padding: Pair = 0
) -> tuple[Array, ConvVjp]:
    """Slide K filters over N images; each output number is the sum of one filter over one window, plus a bias.

        y[n, k, i, j] = bias[k] + sum over c, a, b of  x[n, c, i*S + a, j*S + b] * weight[k, c, a, b]

    x: (N, C, H, W). weight: (K, C, FH, FW). bias: (K,) or None. stride, padding: S and P, an int or a
    pair (vertical, horizontal); padding puts zeros around each image.
    Returns y (N, K, OH, OW) with OH = (H + 2P - FH) // S + 1, and
    vjp(dy, input_gradient=True) -> (dx, dweight, dbias); dx is None unless input_gradient is True.
    Raises ValueError when a shape, dtype, stride or padding does not fit.
    For a batch of 8 or more with wide kernels on several channels, a Fourier transform is used: a sum smaller than
    8 * eps * |image| * |filter| (Euclidean lengths) is then returned as 0, see ops.spectra. The exception is an image
    or a kernel in which one number is over 10 000 times as large as most of the others.
    Source: torch.nn.functional.conv2d; Goodfellow, Bengio, Courville (2016), chapter 9.

    >>> y, vjp = conv2d(np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3)))
    >>> y.shape, float(y[0, 0, 0, 0])
    ((1, 2, 2, 2), 9.0)
    """
    strides = pair("stride", stride, 1)
    paddings = pair("padding", padding, 0)
    _check_arguments(x, weight, bias, *paddings)
    by_spectra = (
        strides == (1, 1) and fft_is_faster(len(x), weight) and is_balanced(x) and is_balanced(weight)
    )
    if by_spectra:
        y, back = correlate_by_spectra(x, weight, paddings)
    else:
        y, back = correlate(x, weight, strides, paddings)
    if bias is not None:
        y += bias[:, None, None]

    def vjp(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]:
        check_gradient("dy", dy, y)
        backward = back
        if by_spectra and not np.isfinite(dy).all():  # a transform would spread such a number over its image
            _, backward = correlate(x, weight, strides, paddings)
        dx, dweight = backward(dy, input_gradient)
        return dx, dweight, None if bias is None else np.einsum("nkij->k", dy)

    return y, vjp


def fft_is_faster(images: int, weight: Array) -> bool:
    """Choose between the two forms: spectra for a batch of images and wide kernels on several channels."""
    _, C, FH, FW = weight.shape
    return images >= 8 and FH * FW >= 25 and C * FH * FW >= 64


def correlate(
    x: Array, weight: Array, strides: tuple[int, int], paddings: tuple[int, int]
) -> tuple[Array, Callable[[Array, bool], tuple[Array | None, Array]]]:
    """Compute conv2d without the bias: every window becomes a column, and one product of matrices does the rest.

    In memory the batch axis comes last: a few long loops instead of many short ones.
    """
    # --8<-- [start:forward]
    N, C, H, W = x.shape
    K, _, FH, FW = weight.shape
    PH, PW = paddings
    padded = np.zeros((C, H + 2 * PH, W + 2 * PW, N), x.dtype)
    padded[:, PH : PH + H, PW : PW + W] = x.transpose(1, 2, 3, 0)
    columns, OH, OW = _columns(padded, FH, FW, strides)
    # einsum, not @: a BLAS product may round two equal filters differently, depending on where in the
    # array they stand. Here equal filters must give equal maps, to the last bit.
    y = np.einsum("kd,dq->kq", weight.reshape(K, C * FH * FW), columns)
    # --8<-- [end:forward]

    # --8<-- [start:backward]
    def back(dy: Array, input_gradient: bool) -> tuple[Array | None, Array]:
        dy = dy.transpose(1, 2, 3, 0)
        # A weight is used at every place, so its gradient is the sum over all places and images (q).
        dweight = np.einsum("kq,dq->kd", dy.reshape(K, OH * OW * N), columns).reshape(weight.shape)
        # --8<-- [end:backward]
        if not input_gradient:
            return None, dweight
        # A pixel's gradient is a sum over the windows that contain it: again a correlation, of dy with each kernel rotated
        # by 180 degrees. With a stride, zeros take the place of the windows in between.
        SH, SW = strides
        spread = np.zeros((K, H + 2 * PH + FH - 1, W + 2 * PW + FW - 1, N), dy.dtype)
        spread[:, FH - 1 : FH - 1 + SH * OH : SH, FW - 1 : FW - 1 + SW * OW : SW] = dy
        inner = spread[:, PH : PH + H + FH - 1, PW : PW + W + FW - 1]  # without the gradient of the padding
        rotated = weight[:, :, ::-1, ::-1].swapaxes(0, 1).reshape(C, K * FH * FW)
        dx = np.einsum("cd,dq->cq", rotated, _columns(inner, FH, FW, (1, 1))[0])
        return dx.reshape(C, H, W, N).transpose(3, 0, 1, 2), dweight

    return y.reshape(K, OH, OW, N).transpose(3, 0, 1, 2), back


def _columns(x: Array, FH: int, FW: int, strides: tuple[int, int]) -> tuple[Array, int, int]:
    """Return every window of x (C, H, W, N) as a column of D = C*FH*FW numbers, (D, Q) with Q = OH*OW*N; and OH, OW.

    columns[(c, a, b), (i, j, n)] = x[c, i*SH + a, j*SW + b, n]
    """
    C, H, W, N = x.shape
    SH, SW = strides
    OH = (H - FH) // SH + 1
    OW = (W - FW) // SW + 1
    to_c, to_row, to_pixel, to_n = x.strides  # the distance in memory to the next one, in bytes
    windows = as_strided(
        x, (C, FH, FW, OH, OW, N), (to_c, to_row, to_pixel, SH * to_row, SW * to_pixel, to_n)
    )
    D = C * FH * FW
    Q = OH * OW * N
    if 4 * Q < D:  # few windows with many numbers each: window after window gives longer loops
        return windows.transpose(3, 4, 5, 0, 1, 2).reshape(Q, D).T, OH, OW
    return windows.reshape(D, Q), OH, OW


def _check_arguments(x: Array, weight: Array, bias: Array | None, PH: int, PW: int) -> None:
    check_array("x", x, "N, C, H, W")
    check_array("weight", weight, "K, C, FH, FW")
    check_dtype("weight", weight, x.dtype)
    check_same("weight.shape[1]", weight.shape[1], "x.shape[1], the channels", x.shape[1])
    check_bias(bias, weight.shape[0], x.dtype)
    H, W = x.shape[2:]
    FH, FW = weight.shape[2:]
    check_size("padding", (PH, PW), x.shape[0] * x.shape[1] * (H + 2 * PH) * (W + 2 * PW))
    if not (1 <= FH <= H + 2 * PH and 1 <= FW <= W + 2 * PW):
        raise ValueError(
            f"weight has kernels of {FH}x{FW}; they must be at least 1x1 and fit into the padded "
            f"image of {H + 2 * PH}x{W + 2 * PW}"
        )
