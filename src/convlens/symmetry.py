"""Compare filters by numbers."""

import numpy as np

from convlens._checks import check_floats
from convlens.types import Array


def largest_difference(a: Array, b: Array) -> float:
    """Return the largest |a - b| of two arrays of the same shape: exactly 0.0 if, and only if, they are equal.

    nan if an entry is not finite: once training has diverged, nothing is left to compare.
    Raises ValueError when the shapes differ.

    >>> largest_difference(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.5
    """
    _check_pair(a, b)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("nan")
    with np.errstate(over="ignore"):  # the difference of two huge numbers may be inf
        return float(np.abs(a - b).max())


def cosine(a: Array, b: Array) -> float:
    """Return the cosine of the angle between two arrays taken as vectors; nan if one of them is all 0.

    A vector of zeros has no direction, so there is no angle to measure; nan too if an entry is not finite.
    Raises ValueError when the shapes differ.

    >>> cosine(np.array([1.0, 0.0]), np.array([0.0, 2.0]))
    0.0
    """
    _check_pair(a, b)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("nan")
    largest_a, largest_b = float(np.abs(a).max()), float(np.abs(b).max())
    if largest_a == 0 or largest_b == 0:
        return float("nan")
    # Only the direction counts, so both are scaled to a largest entry of 1: no square overflows.
    a, b = a.astype(np.float64) / largest_a, b.astype(np.float64) / largest_b
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def _check_pair(a: Array, b: Array) -> None:
    check_floats("a", a)
    check_floats("b", b)
    if a.shape != b.shape or a.size == 0:
        raise ValueError(f"b has shape {b.shape}; it must be {a.shape}, as a has, and not empty")
