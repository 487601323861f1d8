"""Checks of arguments: each failure is one sentence with the argument, its value, and what would be right."""

from typing import Any

import numpy as np

from convlens.types import Array


def check_floats(name: str, value: Any) -> None:
    """Refuse what is not a floating-point array."""
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} is a {type(value).__name__}; it must be a NumPy array of floats")
    if value.dtype.kind != "f":
        raise ValueError(f"{name} has dtype {value.dtype}; it must hold floats, such as np.float32")


def check_array(name: str, value: Any, axes: str) -> None:
    """Refuse what is not a floating-point array with the named axes, as in "N, C, H, W", or is empty."""
    check_floats(name, value)
    if value.ndim != len(axes.split(",")) or value.size == 0:
        raise ValueError(f"{name} has shape {value.shape}; it must be ({axes}), none of them empty")


def check_gradient(name: str, value: Any, output: Array) -> None:
    """Refuse a gradient that is not like the output it belongs to: broadcasting would hide the mistake."""
    check_floats(name, value)
    if value.shape != output.shape:
        raise ValueError(f"{name} has shape {value.shape}; it must be {output.shape}, as the output has")
    if value.dtype != output.dtype:
        raise ValueError(f"{name} has dtype {value.dtype}; it must be {output.dtype}, as the output has")


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
    if len(both) != 2 or not all(_is_whole(v) and v >= least for v in both):
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {least}, or two of them")
    return int(both[0]), int(both[1])


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def check_number(name: str, value: Any, *, low: float = -np.inf, below: float = np.inf) -> float:
    """Return a finite number with low <= number < below, or refuse it."""
    real = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    fits = real and np.isfinite(value)
    if not fits or not low <= value < below:
        span = f" from {low:g}" if np.isfinite(low) else ""
        span += f" and below {below:g}" if np.isfinite(below) else ""
        raise ValueError(f"{name} is {value!r}; it must be a finite number{span}")
    return float(value)


def check_count(name: str, value: Any, least: int = 1) -> int:
    """Return a whole number of at least `least`, or refuse it."""
    if not _is_whole(value) or value < least:
        raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}")
    return int(value)


def check_labels(labels: Any, examples: int, classes: int) -> None:
    """Refuse labels that are not one class number an example."""
    check_label_array(labels, examples)
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels goes from {labels.min()} to {labels.max()}; with {classes} classes every "
                         f"label must be from 0 to {classes - 1}")


def check_label_array(labels: Any, examples: int) -> None:
    """Refuse what is not one integer an example."""
    if not isinstance(labels, np.ndarray):
        raise ValueError(f"labels is a {type(labels).__name__}; it must be an integer array of shape (N,)")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels has dtype {labels.dtype}; it must hold integers, such as np.int64")
    if labels.shape != (examples,):
        raise ValueError(f"labels has shape {labels.shape}; it must be ({examples},), one label an example")


def check_generator(name: str, value: Any) -> None:
    """Refuse what is not a random generator that the caller owns."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(f"{name} is {value!r}; it must be a numpy.random.Generator, as from default_rng(0)")


def check_float_dtype(value: Any) -> None:
    """Refuse a dtype for parameters that cannot hold fractions."""
    try:
        fits = np.issubdtype(np.dtype(value), np.floating)
    except TypeError:
        fits = False
    if not fits:
        raise ValueError(f"dtype is {value!r}; it must be a floating-point dtype, such as np.float32")


def check_init(rng: Any, in_shape: Any, axes: str, dtype: Any, hint: str = "") -> None:
    """Refuse what a layer's init cannot work with; in_shape has the named axes and no batch axis."""
    check_generator("rng", rng)
    check_float_dtype(dtype)
    sizes = in_shape if isinstance(in_shape, (tuple, list)) else ()
    if len(sizes) != len(axes.split(",")) or not all(_is_whole(size) and size >= 1 for size in sizes):
        raise ValueError(f"in_shape is {in_shape!r}; it must be ({axes}), the shape of one example{hint}")


def check_params(layer: str, params: Any, names: set[str]) -> None:
    """Refuse parameters that are not those the layer's init made."""
    if not isinstance(params, dict) or set(params) != names:
        found = sorted(params) if isinstance(params, dict) else type(params).__name__
        raise ValueError(f"params of {layer} are {found}; they must be {sorted(names)}, as init makes them")
