"""The same correlation through the Fourier transform, where one product does the work of a whole window."""

from collections.abc import Callable

import numpy as np

from convlens.ops.activations import zeroed
from convlens.types import Array, Numbers

# The worst sum found in 9000 draws, some with numbers from e-16 to e16, was off by 4.1 of these units.
ROUNDING = 8


def correlate_by_spectra(
    x: Array, weight: Array, paddings: tuple[int, int]
) -> tuple[Array, Callable[[Array, bool], tuple[Array | None, Array]]]:
    """Return what ops.conv2d.correlate returns, for stride 1, up to rounding.

        Y[n, k, f] = sum over c of  X[n, c, f] * conj(V[k, c, f])      at every frequency f

    X, V, Y are the two-dimensional transforms of x, weight and y. X and V are made once and used three times.
    A product of transforms wraps around the edge: what leaves the image below comes in again above. The transform
    is larger than the image by the padding, so what comes in is zeros, which is what padding puts there.

    A transform mixes all numbers of an image, so its rounding is as large beside a dark place as beside a bright
    one: where the sum is exactly 0 it leaves noise, of either sign, and a ReLU would let half of that noise pass.
    So what rounding alone can make is set to 0: |y[n, k]| <= 8 * eps * sum over c of |x[n, c]| |weight[k, c]|, with
    the Euclidean lengths of a channel and of a kernel, and likewise for both gradients. What is left has the right sign.
    Very large and very small numbers are first brought near 1, by a power of 2, which rounds nothing.
    Source: the convolution theorem; Mathieu, Henaff, LeCun (2014), Fast training of convolutional networks
    through FFTs.
    """
    (C, H, W), (K, _, FH, FW), (PH, PW) = x.shape[1:], weight.shape, paddings
    OH, OW = H + 2 * PH - FH + 1, W + 2 * PW - FW + 1
    size = fast_length(max(H + PH, FH, OH)), fast_length(max(W + PW, FW, OW))
    # Where weight[k, c, a, b] stands: a - PH rows and b - PW columns from the number it helps to make.
    taps = ..., (np.arange(FH) - PH)[:, None] % size[0], (np.arange(FW) - PW) % size[1]

    def spectra(images: Array) -> Numbers[np.complexfloating]:
        return np.fft.rfft2(images, size).reshape(*images.shape[:2], -1)

    def images(spectra: Numbers[np.complexfloating], longest: Array, power: int) -> Array:
        grid = spectra.reshape(*spectra.shape[:2], size[0], size[1] // 2 + 1)
        made = np.fft.irfft2(grid, size).astype(x.dtype, copy=False)
        made = zeroed(np.abs(made) <= (ROUNDING * np.finfo(x.dtype).eps * longest)[:, :, None, None], made)
        return np.ldexp(made, power) if power else made

    placed = np.zeros((K, C, *size), weight.dtype)
    placed[taps] = weight
    (near_x, x_power), (near_weight, weight_power) = near_one(x), near_one(placed)
    X, V, of_x, of_weight = spectra(near_x), spectra(near_weight), lengths(near_x), lengths(near_weight)
    longest = np.einsum("nc,kc->nk", of_x, of_weight)
    y = images(np.einsum("ncf,kcf->nkf", X, V.conj()), longest, x_power + weight_power)[:, :, :OH, :OW]

    def back(dy: Array, input_gradient: bool) -> tuple[Array | None, Array]:
        near_dy, power = near_one(dy)
        dY, of_dy = spectra(near_dy), lengths(near_dy)
        longest = np.einsum("nk,nc->kc", of_dy, of_x)
        dweight = images(np.einsum("nkf,ncf->kcf", dY.conj(), X), longest, power + x_power)[taps]
        if not input_gradient:
            return None, dweight
        longest = np.einsum("nk,kc->nc", of_dy, of_weight)
        return images(np.einsum("nkf,kcf->ncf", dY, V), longest, power + weight_power)[:, :, :H, :W], dweight

    return y, back


def is_even(images: Array) -> bool:
    """Are all numbers finite, and in no map most of them, apart from zeros, below 1/10 000 of the largest?

    images: (N, C, H, W). In a map that is not even, rounding beside the largest would drown the rest.
    """
    sizes = np.abs(images)
    largest = sizes.max(axis=(2, 3), keepdims=True)
    lost = np.count_nonzero((sizes < 1e-4 * largest) & (sizes > 0), axis=(2, 3))
    return bool(np.isfinite(largest).all() and (2 * lost <= sizes.shape[2] * sizes.shape[3]).all())


def near_one(images: Array) -> tuple[Array, int]:
    """Return images * 2^-power and the power: 0 if the largest number is between 1e-6 and 1e6, so that no square is lost."""
    largest = np.abs(images).max()
    if largest == 0 or 1e-6 < largest < 1e6:
        return images, 0
    power = int(np.frexp(largest)[1])
    return np.ldexp(images, -power), power


def lengths(images: Array) -> Array:
    """Return the Euclidean length of each map, (N, C, H, W) -> (N, C), with the squares summed in float64."""
    squares: Array = np.einsum("ncij,ncij->nc", images, images, dtype=np.float64)
    return np.sqrt(squares)


def fast_length(least: int) -> int:
    """Return the smallest even length from `least` on with no prime factor above 5: such transforms are quick.

    Source: scipy.fft.next_fast_len.

    >>> fast_length(8), fast_length(17), fast_length(34)
    (8, 18, 36)
    """
    lengths = ((2 << a) * 3**b * 5**c for a in range(12) for b in range(8) for c in range(6))
    return int(min(length for length in lengths if length >= least))
