"""Convolution of images with K filters (a cross-correlation, as in every deep-learning library)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convlens._checks import check_array, check_bias, check_dtype, check_gradient, check_same, pair
from convlens.geometry import output_size
from convlens.ops.windows import sliding_windows
from convlens.types import Array

type ConvVjp = Callable[..., tuple[Array | None, Array, Array | None]]


def conv2d(x: Array, weight: Array, bias: Array | None = None, *, stride: int | tuple[int, int] = 1,
           padding: int | tuple[int, int] = 0) -> tuple[Array, ConvVjp]:
    """Slide K filters over N images; every output number is one filter's sum over one window, plus a bias.

        y[n, k, i, j] = bias[k] + sum over c, a, b of  x[n, c, i*S + a, j*S + b] * weight[k, c, a, b]

    x: (N, C, H, W). weight: (K, C, FH, FW). bias: (K,) or None. stride S and padding P: an int or a pair
    (vertical, horizontal); padding puts zeros around each image.
    Returns y (N, K, OH, OW) with OH = (H + 2P - FH) // S + 1, and
    vjp(dy, input_gradient=True) -> (dx, dweight, dbias); dx is None when it is not asked for.
    Raises ValueError when a shape, dtype, stride or padding does not fit.
    Source: torch.nn.functional.conv2d; Goodfellow, Bengio, Courville (2016), chapter 9.

    >>> y, vjp = conv2d(np.ones((1, 1, 4, 4)), np.ones((2, 1, 3, 3)))
    >>> y.shape, float(y[0, 0, 0, 0])
    ((1, 2, 2, 2), 9.0)
    """
    (SH, SW), (PH, PW) = pair("stride", stride, 1), pair("padding", padding, 0)
    _check_arguments(x, weight, bias, PH, PW)
    N, C, H, W = x.shape
    K, _, FH, FW = weight.shape

    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW))) if PH or PW else x
    windows = sliding_windows(padded, FH, FW)[:, :, ::SH, ::SW]
    OH, OW = output_size(H, FH, SH, PH), output_size(W, FW, SW, PW)
    # Each window as a column of D = C*FH*FW numbers: one long sum instead of six short loops.
    patches = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, C * FH * FW, OH * OW)

    # einsum, not @: a BLAS product may round two equal filters differently, depending on where in the
    # array they stand. Here equal filters must give equal maps, to the last bit.
    y = np.einsum("kd,ndp->nkp", weight.reshape(K, -1), patches).reshape(N, K, OH, OW)
    if bias is not None:
        y += bias[:, None, None]

    # --8<-- [start:backward]
    def vjp(dy: Array, input_gradient: bool = True) -> tuple[Array | None, Array, Array | None]:
        check_gradient("dy", dy, y)
        dy_columns = dy.reshape(N, K, OH * OW)
        # A weight is used at every place, so its gradient is the sum over all places (p) and images (n).
        dweight = np.einsum("nkp,ndp->kd", dy_columns, patches).reshape(weight.shape)
        dbias = None if bias is None else np.einsum("nkp->k", dy_columns)
        # --8<-- [end:backward]
        if not input_gradient:
            return None, dweight, dbias
        dpatches = np.einsum("kd,nkp->ndp", weight.reshape(K, -1), dy_columns).reshape(N, C, FH, FW, OH, OW)
        dpadded = np.zeros_like(padded)
        for a in range(FH):
            for b in range(FW):
                dpadded[:, :, a : a + SH * OH : SH, b : b + SW * OW : SW] += dpatches[:, :, a, b]
        return dpadded[:, :, PH : PH + H, PW : PW + W], dweight, dbias

    return y, vjp


def _check_arguments(x: Array, weight: Array, bias: Array | None, PH: int, PW: int) -> None:
    check_array("x", x, "N, C, H, W")
    check_array("weight", weight, "K, C, FH, FW")
    check_dtype("weight", weight, x.dtype)
    check_same("weight.shape[1]", weight.shape[1], "x.shape[1], the channels", x.shape[1])
    check_bias(bias, weight.shape[0], x.dtype)
    (H, W), (FH, FW) = x.shape[2:], weight.shape[2:]
    if not (1 <= FH <= H + 2 * PH and 1 <= FW <= W + 2 * PW):
        raise ValueError(f"weight has a {FH}x{FW} kernel; it must have at least 1x1 and fit into the padded "
                         f"image of {H + 2 * PH}x{W + 2 * PW}")
