"""Checks of arguments: each failure is one sentence with the argument, its value, and what would be right."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_array(name: str, value: Any, axes: str) -> None:
    """Refuse what is not a floating-point array with the named axes, such as "N, C, H, W"."""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} is a {type(value).__name__}; it must be a NumPy array ({axes})")
    if not np.issubdtype(value.dtype, np.floating):
        raise ValueError(f"{name} has dtype {value.dtype}; it must be a floating-point array, such as float32")
    if value.ndim != len(axes.split(",")):
        raise ValueError(f"{name} has shape {value.shape}; it must have the axes ({axes})")


def check_same(name: str, value: int, other: str, wanted: int) -> None:
    """Refuse two sizes that must agree and do not."""
    if value != wanted:
        raise ValueError(f"{name} is {value}; it must be {wanted}, as in {other}")


def check_bias(bias: Any, outputs: int, dtype: Any) -> None:
    """Refuse a bias that is neither None nor one number an output."""
    if bias is None:
        return
    check_array("bias", bias, "K")
    check_same("bias.shape[0]", bias.shape[0], "weight.shape[0]", outputs)
    check_dtype("bias", bias, dtype)


def check_dtype(name: str, value: Any, dtype: Any) -> None:
    """Refuse a dtype that differs from that of x: silent promotion would change the results."""
    if value.dtype != dtype:
        raise ValueError(f"{name} has dtype {value.dtype}; it must be {dtype}, as x has")


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """Return an int, or a pair of ints, as a pair (vertical, horizontal)."""
    both = value if isinstance(value, tuple) else (value, value)
    if len(both) != 2 or not all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) and v >= least
                                 for v in both):
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}, or a pair of them")
    return int(both[0]), int(both[1])


def check_number(name: str, value: Any, *, low: float = -np.inf, below: float = np.inf) -> float:
    """Return a finite number with low <= number < below, or refuse it."""
    fits = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and np.isfinite(value)
    if not fits or not low <= value < below:
        span = f" from {low:g}" if np.isfinite(low) else ""
        span += f" and below {below:g}" if np.isfinite(below) else ""
        raise ValueError(f"{name} is {value!r}; it must be a finite number{span}")
    return float(value)


def check_count(name: str, value: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`, or refuse it."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}")
    return int(value)


def check_labels(labels: Any, examples: int, classes: int) -> None:
    """Refuse labels that are not one class number an example."""
    if not isinstance(labels, np.ndarray) or not np.issubdtype(labels.dtype, np.integer) or labels.ndim != 1:
        kind = f"{labels.dtype} array of shape {labels.shape}" if isinstance(labels, np.ndarray) else type(labels).__name__
        raise ValueError(f"labels is a {kind}; it must be an integer array of shape (N,)")
    check_same("labels.shape[0]", labels.shape[0], "the batch of logits", examples)
    if examples and not (0 <= labels.min() and labels.max() < classes):
        raise ValueError(f"labels goes from {labels.min()} to {labels.max()}; with {classes} classes every label "
                         f"must be from 0 to {classes - 1}")
