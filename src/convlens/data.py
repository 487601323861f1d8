"""Small seeded image tasks: shapes of 5x5 pixels at random places, in noise; and handwritten digits."""

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from convlens._checks import check_array, check_floats
from convlens._settings import (
    check_count,
    check_float_dtype,
    check_generator,
    check_number,
    check_size,
    check_span,
)
from convlens._words import show
from convlens.shapes import SIDE, corner, cross, falling, horizontal, rising, squiggle, vertical
from convlens.types import Array, Labels, Rng

# 1,797 images, from scikit-learn, which has them from the UCI Machine Learning Repository (CC BY 4.0); see docs/sources.md
DIGITS = Path(__file__).with_name("digits.csv.gz")

# The first and the last of a range of rows or columns
type Span = tuple[int, int]


def place_shapes(
    rng: Rng,
    shapes: Sequence[Array | None],
    count: int,
    *,
    size: int = 12,
    channels: int = 1,
    noise: float = 0.1,
    rows: Span | None = None,
    columns: Span | None = None,
    dtype: Any = np.float32,
) -> tuple[Array, Labels]:
    """Return `count` images, each with one of the shapes at a random place, and the number of that shape.

    shapes: one per class, (5, 5) or (channels, 5, 5); None is an image without a shape. size: height and width
    in pixels. noise: standard deviation of the noise on every pixel. rows, columns: the first and the last
    place of a shape's upper left pixel; anywhere, if None. The classes are as even as count allows.
    Returns x (count, channels, size, size) and labels (count,). Raises ValueError when a setting does not fit.
    """
    check_generator("rng", rng)
    check_float_dtype(dtype)
    check_count("size", size, least=SIDE)
    scale = check_number("noise", noise, low=0, most=1e6)
    check_count("channels", channels)
    check_size("size", size, channels * size * size)
    check_size("count", count, check_count("count", count) * channels * size * size)
    _check_shapes(shapes, channels)
    labels = rng.permutation(np.arange(count, dtype=np.int64) % len(shapes))
    x = rng.normal(0.0, scale, (count, channels, size, size))
    stamp(rng, x, [shapes[label] for label in labels], rows=rows, columns=columns)
    return x.astype(dtype), labels


def stamp(
    rng: Rng,
    x: Array,
    shapes: Sequence[Array | None],
    *,
    rows: Span | None = None,
    columns: Span | None = None,
) -> None:
    """Add a shape (or nothing, for None) to each image at a random place. This changes x itself.

    x: (N, C, size, size). shapes: one per image. rows, columns: as in place_shapes.
    Raises ValueError when rows or columns do not fit.

    >>> x = np.zeros((1, 1, 6, 6))
    >>> stamp(np.random.default_rng(0), x, [horizontal()], rows=(1, 1))
    >>> x[0, 0].sum(axis=1)
    array([0., 0., 0., 5., 0., 0.])
    """
    check_generator("rng", rng)
    check_array("x", x, "N, C, H, W")
    if not x.flags.writeable or min(x.shape[2:]) < SIDE or x.shape[2] != x.shape[3]:
        raise ValueError(
            f"x has shape {x.shape}; it must hold square images of at least {SIDE}x{SIDE} that can be written to"
        )
    _check_shapes(shapes, x.shape[1])
    if len(shapes) != len(x):
        raise ValueError(f"shapes has {len(shapes)} entries; it must have {len(x)}, one per image")
    last = x.shape[-1] - SIDE
    rows, columns = check_span("rows", rows, last), check_span("columns", columns, last)
    if rows is None and columns is None:
        corners = rng.integers(0, last + 1, (len(x), 2), dtype=np.int64)
    else:
        top, bottom = rows or (0, last)
        left, right = columns or (0, last)
        corners = rng.integers([top, left], [bottom + 1, right + 1], (len(x), 2), dtype=np.int64)
    for image, shape, (i, j) in zip(x, shapes, corners, strict=True):
        if shape is not None:
            image[:, i : i + SIDE, j : j + SIDE] += shape


def one_filter_task(rng: Rng, count: int = 64, **options: Any) -> tuple[Array, Labels]:
    """Is there a horizontal line? Two classes; a single filter is enough. Options as in place_shapes.

    >>> x, labels = one_filter_task(np.random.default_rng(0), 8)
    >>> x.shape, sorted(set(labels.tolist()))
    ((8, 1, 12, 12), [0, 1])
    """
    return place_shapes(rng, [None, horizontal()], count, **options)


def several_filters_task(rng: Rng, count: int = 64, **options: Any) -> tuple[Array, Labels]:
    """Which way does the line run? Four classes; a single filter learns them late and badly. Options as in place_shapes.

    >>> x, labels = several_filters_task(np.random.default_rng(0), 8)
    >>> x.shape, sorted(set(labels.tolist()))
    ((8, 1, 12, 12), [0, 1, 2, 3])
    """
    return place_shapes(rng, [horizontal(), vertical(), falling(), rising()], count, **options)


def squiggle_or_corner_task(rng: Rng, count: int = 64, **options: Any) -> tuple[Array, Labels]:
    """Squiggle (0) or right angle (1)? Both have nine pixels. Options as in place_shapes.

    >>> squiggle_or_corner_task(np.random.default_rng(0), 8, size=32, channels=3)[0].shape
    (8, 3, 32, 32)
    """
    return place_shapes(rng, [squiggle(), corner()], count, **options)


def unseen_places_task(
    rng: Rng, count: int = 64, *, size: int = 12, **options: Any
) -> tuple[tuple[Array, Labels], tuple[Array, Labels]]:
    """Corner (0) or cross (1)? In the left half for training, in the right half for the test. Options as in place_shapes.

    size: at least 10, so that the halves do not overlap. Returns (x, labels) twice.

    >>> (x, labels), (unseen, _) = unseen_places_task(np.random.default_rng(0), 8, noise=0.0)
    >>> x[..., 6:].any(), unseen[..., :6].any()
    (np.False_, np.False_)
    """
    check_count("size", size, least=2 * SIDE)
    halves = (0, size // 2 - SIDE), (size - size // 2, size - SIDE)
    left, right = (
        place_shapes(rng, [corner(), cross()], count, size=size, columns=half, **options) for half in halves
    )
    return left, right


def handwritten_digits_task(rng: Rng, count: int = 64, *, dtype: Any = np.float32) -> tuple[Array, Labels]:
    """Which digit is it? Ten classes; real pictures, of 8x8 pixels from 0 to 1.

    count: how many of the 1,797 images, in random order and none of them twice. Returns x (count, 1, 8, 8)
    and labels (count,). Raises ValueError when a setting does not fit.
    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI, CC BY 4.0.

    >>> x, labels = handwritten_digits_task(np.random.default_rng(0), 8)
    >>> x.shape, float(x.min()), float(x.max())
    ((8, 1, 8, 8), 0.0, 1.0)
    """
    check_generator("rng", rng)
    check_float_dtype(dtype)
    table = np.loadtxt(gzip.decompress(DIGITS.read_bytes()).decode().split(), np.int64, delimiter=",")
    chosen = table[rng.permutation(len(table))[: check_count("count", count, most=len(table))]]
    return chosen[:, :-1].reshape(-1, 1, 8, 8).astype(dtype) / 16, chosen[:, -1]


def _check_shapes(shapes: Any, channels: int) -> None:
    """Refuse anything but a list of shapes, or None, for images with this many channels."""
    if not (isinstance(shapes, (list, tuple)) or np.ndim(shapes) >= 3) or len(shapes) == 0:
        raise ValueError(
            f"shapes is {show(shapes)}; it must be a list of shapes, one per class or image, or None for no shape"
        )
    flat, full = (SIDE, SIDE), (channels, SIDE, SIDE)
    for index, shape in enumerate(shapes):
        if shape is None:
            continue
        check_floats(f"shapes[{index}]", shape)
        if shape.shape not in (flat, (1, *flat), full):
            raise ValueError(f"shapes[{index}] has shape {shape.shape}; it must be {flat} or {full}")
