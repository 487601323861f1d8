"""Small seeded image tasks: shapes of 5x5 pixels at random places, in noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convlens._checks import check_count, check_float_dtype, check_generator, check_number
from convlens.types import Array, Labels

_SIDE = 5


def horizontal() -> Array:
    """A horizontal line, 5x5, of ones on zeros.

    >>> horizontal().sum(axis=1)
    array([0., 0., 5., 0., 0.])
    """
    shape = np.zeros((_SIDE, _SIDE))
    shape[2] = 1
    return shape


def vertical() -> Array:
    """A vertical line.

    >>> vertical().sum(axis=0)
    array([0., 0., 5., 0., 0.])
    """
    return horizontal().T


def falling() -> Array:
    """A diagonal line, from the upper left to the lower right.

    >>> falling().trace()
    np.float64(5.0)
    """
    return np.eye(_SIDE)


def rising() -> Array:
    """A diagonal line, from the lower left to the upper right.

    >>> rising()[4, 0]
    np.float64(1.0)
    """
    return np.eye(_SIDE)[::-1]


def place_shapes(rng: np.random.Generator, shapes: Sequence[Array | None], count: int, *, size: int = 12,
                 noise: float = 0.1, dtype: Any = np.float32) -> tuple[Array, Labels]:
    """Return `count` images, each with one of the shapes at a random place, and which shape it is.

    shapes: one a class; None is an image without a shape. size: height and width in pixels.
    noise: standard deviation of what is added to every pixel. The classes are as even as count allows.
    Returns x (count, 1, size, size) and labels (count,). Raises ValueError when a setting does not fit.
    """
    check_generator("rng", rng)
    if not shapes:
        raise ValueError("shapes is empty; it must have one shape, or None, a class")
    check_float_dtype(dtype)
    check_count("count", count)
    check_count("size", size, least=_SIDE)
    check_number("noise", noise, low=0)
    labels = rng.permutation(np.arange(count, dtype=np.int64) % len(shapes))
    x = rng.normal(0.0, noise, (count, 1, size, size))
    corners = rng.integers(0, size - _SIDE + 1, (count, 2), dtype=np.int64)
    for image, label, (i, j) in zip(x, labels, corners, strict=True):
        shape = shapes[label]
        if shape is not None:
            image[0, i : i + _SIDE, j : j + _SIDE] += shape
    return x.astype(dtype), labels


def one_filter_task(rng: np.random.Generator, count: int = 64, **options: Any) -> tuple[Array, Labels]:
    """Is there a horizontal line? Two classes; a single filter is enough. Options as in place_shapes.

    >>> x, labels = one_filter_task(np.random.default_rng(0), 8)
    >>> x.shape, sorted(set(labels.tolist()))
    ((8, 1, 12, 12), [0, 1])
    """
    return place_shapes(rng, [None, horizontal()], count, **options)


def several_filters_task(rng: np.random.Generator, count: int = 64, **options: Any) -> tuple[Array, Labels]:
    """Which way does the line run? Four classes; one filter is not enough. Options as in place_shapes.

    >>> x, labels = several_filters_task(np.random.default_rng(0), 8)
    >>> x.shape, sorted(set(labels.tolist()))
    ((8, 1, 12, 12), [0, 1, 2, 3])
    """
    return place_shapes(rng, [horizontal(), vertical(), falling(), rising()], count, **options)
