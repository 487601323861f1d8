"""Compare filters by numbers."""

from __future__ import annotations

import numpy as np

from convlens.types import Array


def largest_difference(a: Array, b: Array) -> float:
    """Return the largest |a - b| of two arrays of one shape: exactly 0.0 if, and only if, they are equal.

    >>> largest_difference(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    0.5
    """
    if a.shape != b.shape:
        raise ValueError(f"b has shape {b.shape}; it must be {a.shape}, as a has")
    return float(np.abs(a - b).max())


def cosine(a: Array, b: Array) -> float:
    """Return the cosine of the angle between two arrays taken as vectors; nan if one of them is all 0.

    >>> cosine(np.array([1.0, 0.0]), np.array([0.0, 2.0]))
    0.0
    """
    if a.shape != b.shape:
        raise ValueError(f"b has shape {b.shape}; it must be {a.shape}, as a has")
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    return float((a * b).sum()) / lengths if lengths else float("nan")
