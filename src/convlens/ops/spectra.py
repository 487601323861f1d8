"""The same correlation through the Fourier transform, where one product does the work of a whole window."""

from collections.abc import Callable

import numpy as np

from convlens.types import Array, Numbers


def correlate_by_spectra(x: Array, weight: Array, paddings: tuple[int, int]
                         ) -> tuple[Array, Callable[[Array, bool], tuple[Array | None, Array]]]:
    """Return what ops.conv2d.correlate returns, for stride 1; only the rounding differs.

        Y[n, k, f] = sum over c of  X[n, c, f] * conj(V[k, c, f])      at every frequency f

    X, V, Y are the two-dimensional transforms of x, weight and y. X and V are made once and used three times.
    A product of transforms wraps around the edge: what leaves the image below comes in again above. The transform
    is larger than the image by the padding, so what comes in is zeros, which is what padding puts there.
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

    def images(spectra: Numbers[np.complexfloating]) -> Array:
        grid = spectra.reshape(*spectra.shape[:2], size[0], size[1] // 2 + 1)
        return np.fft.irfft2(grid, size).astype(x.dtype, copy=False)

    placed = np.zeros((K, C, *size), weight.dtype)
    placed[taps] = weight
    X, V = spectra(x), spectra(placed)
    y = images(np.einsum("ncf,kcf->nkf", X, V.conj()))[:, :, :OH, :OW]

    def back(dy: Array, input_gradient: bool) -> tuple[Array | None, Array]:
        dY = spectra(dy)
        dweight = images(np.einsum("nkf,ncf->kcf", dY.conj(), X))[taps]
        dx = images(np.einsum("nkf,kcf->ncf", dY, V))[:, :, :H, :W] if input_gradient else None
        return dx, dweight

    return y, back


def fast_length(least: int) -> int:
    """Return the smallest even length from `least` on with no prime factor above 5: such transforms are quick.

    Source: scipy.fft.next_fast_len.

    >>> fast_length(8), fast_length(17), fast_length(34)
    (8, 18, 36)
    """
    lengths = ((2 << a) * 3**b * 5**c for a in range(12) for b in range(8) for c in range(6))
    return int(min(length for length in lengths if length >= least))
