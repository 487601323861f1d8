"""Compare filters by numbers."""

from collections.abc import Callable

import numpy as np

from convlens._checks import check_floats
from convlens._settings import check_number
from convlens.types import Array


def largest_difference(a: Array, b: Array) -> float:
    """Return the largest |a - b| of two arrays of one shape: exactly 0.0 if, and only if, they are equal.

    nan if an entry is not finite: after training has diverged there is nothing left to compare.
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
    longest_a, longest_b = float(np.abs(a).max()), float(np.abs(b).max())
    if longest_a == 0 or longest_b == 0:
        return float("nan")
    # Scaled to a largest entry of 1, so that no square overflows: only the direction counts.
    a, b = a.astype(np.float64) / longest_a, b.astype(np.float64) / longest_b
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def difference_matrix(rows: Array) -> Array:
    """Return the largest difference of every pair:  D[j, k] = max |rows[j] - rows[k]|;  exactly 0 for a tie.

    rows: (K, ...): filters as they are, maps (N, K, H, W) as maps.swapaxes(0, 1). Returns (K, K).
    Raises ValueError when there are no rows.

    >>> difference_matrix(np.array([[1.0, 2.0], [1.0, 5.0]]))
    array([[0., 3.],
           [3., 0.]])
    """
    return _all_pairs(rows, largest_difference)


def cosine_matrix(rows: Array) -> Array:
    """Return the cosine of every pair: 1 for the same direction, 0 for right angles, nan where a row is all 0.

    rows: (K, ...), as in difference_matrix. Returns (K, K). Raises ValueError when there are no rows.

    >>> cosine_matrix(np.array([[1.0, 0.0], [0.0, 2.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    return _all_pairs(rows, cosine)


def correlation_matrix(rows: Array) -> Array:
    """Return Pearson's correlation of every pair: the cosine after each row's mean is taken off.

    rows: (K, ...), as in difference_matrix. Returns (K, K); nan where a row is constant.
    Raises ValueError when there are no rows. Source: numpy.corrcoef.

    >>> correlation_matrix(np.array([[1.0, 2.0], [7.0, 5.0]])).round(6)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    flat = _rows(rows).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        centred = flat - flat.mean(axis=1, keepdims=True)
    centred[(flat == flat[:, :1]).all(axis=1)] = 0  # the mean of equal numbers may be off by a rounding
    return cosine_matrix(centred)


def tied_groups(rows: Array, tolerance: float = 0.0) -> list[list[int]]:
    """Return the groups of rows that are equal: duplicates, and with tolerance 0 exact ties.

    A row joins the first group whose first member is within `tolerance` in every entry; rows alone are left
    out. Raises ValueError when there are no rows or tolerance is negative.

    >>> tied_groups(np.array([[1.0], [2.0], [1.0], [3.0]]))
    [[0, 2]]
    """
    check_number("tolerance", tolerance, low=0)
    flat, groups = _rows(rows), list[list[int]]()
    for k, row in enumerate(flat):
        for group in groups:
            if largest_difference(flat[group[0]], row) <= tolerance:
                group.append(k)
                break
        else:
            groups.append([k])
    return [group for group in groups if len(group) > 1]


def duplicates(rows: Array, least: float = 0.95) -> list[tuple[int, int]]:
    """Return the pairs j < k that point the same way: cosine of `least` or more, whatever their lengths.

    rows: (K, ...). Raises ValueError when there are no rows or least is not from 0 and up to 1.

    >>> duplicates(np.array([[1.0, 0.0], [0.0, 1.0], [3.0, 0.1]]))
    [(0, 2)]
    """
    return _alike(cosine_matrix(rows), least)


def mirror_pairs(rows: Array, least: float = 0.95) -> list[tuple[int, int]]:
    """Return the pairs j < k that point opposite ways: cosine of -least or less; one sees the other's negative.

    rows: (K, ...). Raises ValueError when there are no rows or least is not from 0 and up to 1.

    >>> mirror_pairs(np.array([[1.0, 2.0], [2.0, 1.0], [-2.0, -4.0]]))
    [(0, 2)]
    """
    return _alike(-cosine_matrix(rows), least)


def effective_rank(rows: Array) -> float:
    """Return how many directions the rows use: exp of the entropy of their singular values' shares.

        exp(-sum over i of q[i] * log q[i]),   q[i] = s[i] / sum of s

    rows: (K, ...). Returns a number from 1 (all parallel) to K (right angles and equal lengths); nan if all
    is 0 or an entry is not finite. Raises ValueError when there are no rows.
    Source: Roy, Vetterli (2007), The effective rank.

    >>> round(effective_rank(np.eye(3)), 6), round(effective_rank(np.ones((3, 4))), 6)
    (3.0, 1.0)
    """
    flat = _rows(rows).astype(np.float64)
    if not np.isfinite(flat).all() or not flat.any():
        return float("nan")
    s = np.linalg.svd(flat / np.abs(flat).max(), compute_uv=False)
    q = s[s > 0] / s.sum()
    return float(np.exp(-(q * np.log(q)).sum()))


def _alike(cosines: Array, least: float) -> list[tuple[int, int]]:
    check_number("least", least, low=0, most=1)
    # Rounding may leave the cosine of two parallel rows a little below 1.
    pairs = np.argwhere(np.triu(cosines >= least - 1e-12, k=1))
    return [(int(j), int(k)) for j, k in pairs]


def _all_pairs(rows: Array, compare: Callable[[Array, Array], float]) -> Array:
    flat = _rows(rows)
    return np.array([[compare(a, b) for b in flat] for a in flat])


def _rows(rows: Array) -> Array:
    """Return (K, ...) as (K, D)."""
    check_floats("rows", rows)
    if rows.ndim < 2 or rows.size == 0:
        raise ValueError(f"rows has shape {rows.shape}; it must be (K, ...), one row a filter, none empty")
    return rows.reshape(len(rows), -1)


def _check_pair(a: Array, b: Array) -> None:
    check_floats("a", a)
    check_floats("b", b)
    if a.shape != b.shape or a.size == 0:
        raise ValueError(f"b has shape {b.shape}; it must be {a.shape}, as a has, and not empty")
