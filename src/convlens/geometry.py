"""Sizes of maps and receptive fields, and the cost of a layer in parameters and multiplications.

H and W are the height and width of an image, C its channels, F a kernel's side, S a stride, P a padding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from convlens._settings import check_count, check_flag, items, pair, warn_if_channels_seem_last
from convlens._words import show
from convlens.types import Pair, Shape


def explain(size: int, kernel: int, stride: int = 1, padding: int = 0) -> str | None:
    """Return a sentence if these settings give no map or leave pixels at the edge unread; None if they fit exactly.

    Source: cs231n, Convolutional Networks, "Spatial arrangement".

    >>> explain(10, 3, stride=2)
    'kernel 3 with stride 2 stops 1 short of the edge of 10; padding 1 on one side only would fit'
    >>> explain(5, 8, padding=1)
    'kernel is 8; it must fit into the padded image of 7'
    """
    _check(size, kernel, stride, padding)
    padded = size + 2 * padding
    if kernel > padded:
        return f"kernel is {kernel}; it must fit into the padded image of {padded}"
    rest = (padded - kernel) % stride
    if rest == 0:
        return None
    missing = stride - rest
    remedy = f"{padding + missing // 2}" if missing % 2 == 0 else f"{missing} on one side only"
    begin = f"kernel {kernel} with stride {stride} stops {rest} short of the edge of {padded}"
    return f"{begin}; padding {remedy} would fit"


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return the number of places of a kernel along one axis:  O = (H + 2P - F) // S + 1.

    A remainder at the edge is left out, as in PyTorch; explain() reports it.
    Raises ValueError when the kernel does not fit. Source: torch.nn.Conv2d; cs231n, Convolutional Networks.

    >>> output_size(227, 11, stride=4), output_size(32, 5, padding=2)
    (55, 32)
    """
    _check(size, kernel, stride, padding)
    if kernel > size + 2 * padding:
        raise ValueError(explain(size, kernel, stride, padding))
    return (size + 2 * padding - kernel) // stride + 1


def same_padding(kernel: int) -> int:
    """Return the padding that keeps the size at stride 1:  P = (F - 1) / 2.

    Raises ValueError for an even kernel, which has no middle. Source: torch.nn.Conv2d, padding="same".

    >>> same_padding(5)
    2
    """
    if check_count("kernel", kernel) % 2 == 0:
        raise ValueError(f"kernel is {kernel}; it must be odd, so that the padding is equal on both sides")
    return (kernel - 1) // 2


def receptive_field(stack: Sequence[tuple[int, int]]) -> int:
    """Return how many pixels of the image, along one axis, one number of the last map depends on.

        R = 1 + sum over layers l of  (F[l] - 1) * S[1] * ... * S[l - 1]

    stack: (kernel, stride) of each convolution or pooling, the first layer first. At the image's edge some of
    these pixels are padding. Raises ValueError when a kernel or stride is not a whole number from 1.
    Source: Araujo, Norris, Sim (2019), Computing receptive fields, equation 2.

    >>> receptive_field([(3, 1), (3, 1), (3, 1)]), receptive_field([(5, 1), (2, 2), (5, 1)])
    (7, 14)
    """
    is_list = isinstance(stack, (list, tuple)) or np.ndim(stack) == 2
    pairs: list[Any] = [items(layer) for layer in stack] if is_list else [None]
    if not all(layer is not None and len(layer) == 2 for layer in pairs):
        raise ValueError(
            f"stack is {show(stack)}; it must be a list of pairs (kernel, stride), one per layer"
        )
    field = jump = 1
    for kernel, stride in pairs:
        field += (check_count("kernel in stack", kernel) - 1) * jump
        jump *= check_count("stride in stack", stride)
    return field


@dataclass(frozen=True)
class Cost:
    """The cost of a layer: numbers to learn, and multiply-adds for one image (a bias costs none)."""

    parameters: int
    multiply_adds: int


def dense_cost(inputs: int, outputs: int, *, bias: bool = True) -> Cost:
    """Return the cost of a fully connected layer: every output reads every input.

    Raises ValueError when a size is not a whole number from 1. Source: torch.nn.Linear.

    >>> dense_cost(32 * 32 * 3, 1)
    Cost(parameters=3073, multiply_adds=3072)
    """
    weights = check_count("inputs", inputs) * check_count("outputs", outputs)
    return Cost(weights + outputs * check_flag("bias", bias), weights)


def local_cost(
    in_shape: Shape, filters: int, kernel: Pair, *, stride: Pair = 1, padding: Pair = 0, bias: bool = True
) -> Cost:
    """Return the cost of a locally connected layer: windows as in conv2d, but each place has its own weights.

    in_shape: (C, H, W). Raises ValueError when the kernel does not fit.
    Source: Goodfellow, Bengio, Courville (2016), section 9.5, unshared convolution.

    >>> local_cost((1, 4, 4), 1, 3)
    Cost(parameters=40, multiply_adds=36)
    """
    (K, OH, OW), window = _maps(in_shape, filters, kernel, stride, padding)
    return Cost(K * OH * OW * (window + check_flag("bias", bias)), K * OH * OW * window)


def conv_cost(
    in_shape: Shape, filters: int, kernel: Pair, *, stride: Pair = 1, padding: Pair = 0, bias: bool = True
) -> Cost:
    """Return the cost of a convolution: each filter has one set of weights, used at every place.

    in_shape: (C, H, W). Raises ValueError when the kernel does not fit.
    Source: torch.nn.Conv2d; cs231n, Convolutional Networks, "Parameter sharing".

    >>> conv_cost((3, 32, 32), 1, 32, padding=1)
    Cost(parameters=3073, multiply_adds=27648)
    """
    (K, OH, OW), window = _maps(in_shape, filters, kernel, stride, padding)
    return Cost(K * (window + check_flag("bias", bias)), K * OH * OW * window)


def _maps(in_shape: Shape, filters: int, kernel: Pair, stride: Pair, padding: Pair) -> tuple[Shape, int]:
    """Return the output shape (K, OH, OW), and how many numbers one window holds."""
    shape = items(in_shape)
    if shape is None or len(shape) != 3:
        raise ValueError(f"in_shape is {show(in_shape)}; it must be (C, H, W), the shape of one image")
    C, *sizes = (check_count(f"in_shape[{axis}]", size) for axis, size in enumerate(shape))
    warn_if_channels_seem_last((C, *sizes))
    F = pair("kernel", kernel, 1)
    S = pair("stride", stride, 1)
    P = pair("padding", padding, 0)
    OH, OW = (output_size(*axis) for axis in zip(sizes, F, S, P, strict=True))
    return (check_count("filters", filters), OH, OW), C * prod(F)


def _check(size: int, kernel: int, stride: int, padding: int) -> None:
    check_count("size", size)
    check_count("kernel", kernel)
    check_count("stride", stride)
    check_count("padding", padding, least=0)
