"""Batch normalisation: bring each channel to mean 0 and variance 1, then to a learned mean and scale."""

from collections.abc import Callable

import numpy as np

from convlens._checks import check_array, check_dtype, check_gradient, check_same
from convlens._settings import check_number
from convlens.types import Array


def channel_statistics(x: Array) -> tuple[Array, Array]:
    """Return the mean and the variance of each channel, over all images and places.

    x: (N, C, H, W). Returns (C,) and (C,); the variance divides by the count n = N*H*W.
    Raises ValueError when x is not such an array. Source: torch.var_mean with correction=0.

    >>> channel_statistics(np.array([[[[1.0, 3.0]]]]))
    (array([2.]), array([1.]))
    """
    check_array("x", x, "N, C, H, W")
    n = x.dtype.type(x.size // x.shape[1])
    mean: Array = np.einsum("nchw->c", x) / n
    centred = x - mean[:, None, None]
    return mean, np.einsum("nchw->c", centred * centred) / n


def batch_norm(
    x: Array,
    weight: Array,
    bias: Array,
    *,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    eps: float = 1e-5,
) -> tuple[Array, Callable[[Array], tuple[Array, Array, Array]]]:
    """Normalise each channel, then scale and shift it.

        y[n, c, i, j] = weight[c] * z[n, c, i, j] + bias[c],   z = (x - mean[c]) / sqrt(var[c] + eps)

    x: (N, C, H, W). weight, bias: (C,). In training, mean and var are those of this batch; for evaluation, pass
    running_mean and running_var, (C,) each, and no example depends on the others.
    Returns y of x's shape and vjp(dy) -> (dx, dweight, dbias).
    Raises ValueError when a shape or dtype does not fit, when only one of the two statistics is passed, or when a
    batch in training has a single number per channel. With eps=0, a channel of equal numbers gives nan.
    Source: Ioffe, Szegedy (2015), algorithms 1 and 2; torch.nn.functional.batch_norm.

    >>> batch_norm(np.array([[[[1.0, 3.0]]]]), np.array([2.0]), np.array([5.0]), eps=0.0)[0]
    array([[[[3., 7.]]]])
    """
    _check_arguments(x, weight, bias, running_mean, running_var)
    check_number("eps", eps, low=0)
    training = running_mean is None
    if running_mean is None or running_var is None:
        if x.size == x.shape[1]:
            raise ValueError(
                f"x has shape {x.shape}, one number per channel; in training it must have two or more, "
                "since one number has no spread"
            )
        mean, var = channel_statistics(x)
    else:
        mean, var = running_mean, running_var
    scale = (1 / np.sqrt(var + x.dtype.type(eps)))[:, None, None]
    z = (x - mean[:, None, None]) * scale
    y: Array = weight[:, None, None] * z + bias[:, None, None]

    def vjp(dy: Array) -> tuple[Array, Array, Array]:
        check_gradient("dy", dy, y)
        dweight = np.einsum("nchw,nchw->c", dy, z)
        dbias = np.einsum("nchw->c", dy)
        dz = dy * weight[:, None, None]
        if training:
            # One x also moves the mean and the variance, and through them the whole channel.
            n = x.dtype.type(x.size // x.shape[1])
            dz = dz - (weight * dbias / n)[:, None, None] - z * (weight * dweight / n)[:, None, None]
        return dz * scale, dweight, dbias

    return y, vjp


def _check_arguments(x: Array, weight: Array, bias: Array, mean: Array | None, var: Array | None) -> None:
    check_array("x", x, "N, C, H, W")
    if (mean is None) != (var is None):
        names = ("running_mean", "running_var") if mean is None else ("running_var", "running_mean")
        raise ValueError(f"{names[0]} is None and {names[1]} is not; both must be given, or neither")
    arrays: list[tuple[str, Array]] = [("weight", weight), ("bias", bias)]
    if mean is not None and var is not None:
        arrays += [("running_mean", mean), ("running_var", var)]
    for name, value in arrays:
        check_array(name, value, "C")
        check_same(f"{name}.shape[0]", value.shape[0], "x.shape[1], the channels", x.shape[1])
        check_dtype(name, value, x.dtype)
    if var is not None and (var < 0).any():
        raise ValueError(f"running_var has an entry of {var.min():g}; a variance must be 0 or more")
