"""What an argument must be, checked in one place: each error names the argument, its value, and what would be right."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from convlens.types import Array

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def floats(name: str, value: Any) -> None:
    """An array of float32 or float64, of any shape."""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} is a {type(value).__name__}: it must be a NumPy array of float32 or float64")
    if value.dtype not in FLOATS:
        raise ValueError(
            f"{name} has dtype {value.dtype}: it must be float32 or float64, as in {name}.astype(np.float32)"
        )


def array(name: str, value: Any, axes: str) -> None:
    """`axes` names them, as in "N, C, H, W"; their number is checked, and that none is empty."""
    floats(name, value)
    if value.ndim != axes.count(",") + 1 or value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}: it must be ({axes}), and no axis empty")


def same_dtype(name: str, value: Array, reference_name: str, reference: Array) -> None:
    """Mixed dtypes would turn float32 into float64 on the way, unseen."""
    if value.dtype != reference.dtype:
        raise ValueError(
            f"{name} has dtype {value.dtype}: it must have the dtype of {reference_name}, {reference.dtype}"
        )


def like(name: str, value: Any, reference_name: str, reference: Array) -> None:
    """A gradient has the shape and the dtype of what it is the gradient of."""
    if not isinstance(value, np.ndarray) or value.shape != reference.shape:
        raise ValueError(
            f"{name} has shape {np.shape(value)}: it must be an array with the shape of {reference_name}, "
            f"{reference.shape}"
        )
    same_dtype(name, value, reference_name, reference)


def integer(name: str, value: Any, minimum: int) -> int:
    """Return a Python int; True and 2.0 are refused."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < minimum:
        raise ValueError(f"{name} = {value!r}: it must be a whole number of at least {minimum}")
    return int(value)


def pair(name: str, value: Any, minimum: int) -> tuple[int, int]:
    """One whole number for both axes, or two: vertical, horizontal."""
    both = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} = {value!r}: it must be one whole number, or two (vertical, horizontal)")
    vertical, horizontal = both
    return integer(name, vertical, minimum), integer(name, horizontal, minimum)


def number(name: str, value: Any, *, minimum: float = -math.inf, below: float = math.inf) -> float:
    """Return a Python float, which never changes the dtype of an array that it multiplies."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ValueError(f"{name} = {value!r}: it must be a number")
    if not (math.isfinite(value) and minimum <= value < below):
        limits = f" of at least {minimum:g}" if minimum > -math.inf else ""
        limits += f" and below {below:g}" if below < math.inf else ""
        raise ValueError(f"{name} = {value!r}: it must be a finite number{limits}")
    return float(value)


def dtype(name: str, value: Any) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype object."""
    try:
        found = np.dtype(value)
    except TypeError:
        raise ValueError(f"{name} = {value!r}: it must be np.float32 or np.float64") from None
    if found not in FLOATS:
        raise ValueError(f"{name} = {found.name!r}: it must be np.float32 or np.float64")
    return found


def generator(name: str, value: Any) -> None:
    """Random numbers come from a generator that the caller owns, never from a global state."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} = {value!r}: it must be a generator, as in np.random.default_rng(0)")


def labels(value: Any, count: int, classes: int | None = None) -> None:
    """`count` class numbers, each from 0 to `classes` - 1 when that is known."""
    if not isinstance(value, np.ndarray) or not np.issubdtype(value.dtype, np.integer):
        kind = value.dtype if isinstance(value, np.ndarray) else type(value).__name__
        raise ValueError(f"labels are {kind}: they must be an array of integers, as in labels.astype(np.int64)")
    if value.shape != (count,):
        raise ValueError(f"labels have shape {value.shape}: there must be one per example, ({count},)")
    if classes is not None and (value.min() < 0 or value.max() >= classes):
        wrong = int(value[(value < 0) | (value >= classes)][0])
        raise ValueError(f"labels contain {wrong}: with {classes} logits each must be from 0 to {classes - 1}")


def examples(name: str, value: Any) -> None:
    """An array with the examples along its first axis."""
    floats(name, value)
    if value.ndim < 2 or value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}: it must be (N, ...), and no axis empty")


def parameters(layer: str, params: Any, names: Iterable[str]) -> None:
    """The entries that a layer's `init` made, no more and no less."""
    wanted = list(names)
    if not isinstance(params, dict) or sorted(params) != sorted(wanted):
        found = sorted(params) if isinstance(params, dict) else type(params).__name__
        raise ValueError(f"params of {layer} have {found}: they must have {wanted}, as made by init()")


def in_shape(value: Any, axes: str) -> tuple[int, ...]:
    """The shape of one example, without the batch axis."""
    shape = tuple(value) if isinstance(value, tuple | list) else ()
    if len(shape) != axes.count(",") + 1:
        raise ValueError(f"in_shape = {value!r}: it must be ({axes}), without the batch axis")
    return tuple(integer("in_shape", size, 1) for size in shape)


def bias(value: Any, x: Array, count: int) -> None:
    """One number per filter or unit."""
    array("bias", value, "K")
    same_dtype("bias", value, "x", x)
    if value.shape != (count,):
        raise ValueError(f"bias has shape {value.shape}: it must have one number per row of weight, ({count},)")
