"""Checks of settings. Each failure is one sentence: the argument, its value, and what would be right."""

import inspect
import math
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from convlens._words import join_names, show
from convlens.types import Rng, Shape

MAX_INT = 10**9  # no setting needs a larger whole number
MAX_SIZE = 2**27  # of one new array: 1 GiB of float64, and a browser's Python has at most 4 GiB
LIBRARY = str(Path(__file__).parent)


def items(value: Any) -> list[Any] | None:
    """Return the items of a list, tuple, range or array with one axis, as Python numbers; None for anything else."""
    if isinstance(value, np.ndarray):
        return value.tolist() if value.ndim == 1 else None
    if isinstance(value, range) and len(value) > MAX_SIZE:
        return None
    return list(value) if isinstance(value, (list, tuple, range)) else None


def is_whole(value: Any) -> bool:
    """Is this an integer, of Python or NumPy?"""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def pair(name: str, value: Any, least: int) -> tuple[int, int]:
    """Return one whole number, or two of them, as a pair (vertical, horizontal)."""
    both = items(value)
    both = [value, value] if both is None else both
    if len(both) != 2 or not all(is_whole(v) and least <= v <= MAX_INT for v in both):
        most = f" to {MAX_INT}" if any(is_whole(v) and v > MAX_INT for v in both) else ""
        raise ValueError(
            f"{name} is {show(value)}; it must be a whole number from {least}{most}, or two of them"
        )
    return int(both[0]), int(both[1])


def check_number(
    name: str, value: Any, *, low: float = -math.inf, below: float = math.inf, most: float = math.inf
) -> float:
    """Return a finite number with low <= number < below and number <= most, or refuse it."""
    real = is_whole(value) or isinstance(value, (float, np.floating))
    try:
        number = float(value) if real else math.nan
    except OverflowError:  # an int of more than 308 digits
        number = math.inf
    if not math.isfinite(number) or not low <= number < below or number > most:
        span = f" from {low:g}" if math.isfinite(low) else ""
        span += f" and below {below:g}" if math.isfinite(below) else ""
        span += f" to {most:g}" if math.isfinite(most) else ""
        raise ValueError(f"{name} is {show(value)}; it must be a finite number{span}")
    return number + 0.0  # -0.0 becomes 0.0: NumPy takes it for a negative scale


def check_count(name: str, value: Any, least: int = 1, most: int = MAX_INT) -> int:
    """Return a whole number from `least` to `most`, or refuse it."""
    if not is_whole(value) or not least <= value <= most:
        span = f"from {least} to {most}" if is_whole(value) and value > most else f"of at least {least}"
        raise ValueError(f"{name} is {show(value)}; it must be a whole number {span}")
    return int(value)


def check_span(name: str, span: Any, last: int) -> tuple[int, int] | None:
    """Return the first and the last place as a pair, or refuse them; None is allowed."""
    if span is None:
        return None
    ends = items(span)
    if ends is None or len(ends) != 2 or not all(map(is_whole, ends)) or not 0 <= ends[0] <= ends[1] <= last:
        raise ValueError(f"{name} is {show(span)}; it must be the first and the last place, from 0 to {last}")
    return ends[0], ends[1]


def check_numbers(name: str, value: Any, below: int) -> list[int]:
    """Return distinct whole numbers from 0 to below `below` as a list, or refuse them."""
    numbers = items(value)
    fits = numbers is not None and all(is_whole(number) and 0 <= number < below for number in numbers)
    if numbers is None or not fits or len(set(numbers)) != len(numbers):
        raise ValueError(
            f"{name} is {show(value)}; it must be a list of different numbers from 0 to {below - 1}"
        )
    return [int(number) for number in numbers]


def check_flag(name: str, value: Any) -> bool:
    """Return True or False; refuse anything that Python would merely treat as one of them, such as the text "no"."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} is {show(value)}; it must be True or False")
    return bool(value)


def check_drawing(training: Any, rng: Any) -> None:
    """Refuse a `training` that is not a bool, and an `rng` that is neither a generator nor None."""
    check_flag("training", training)
    if rng is not None:
        check_generator("rng", rng)


def check_text(name: str, value: Any) -> str:
    """Return a string, or refuse anything else."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {show(value)}; it must be a string")
    return value


def check_one_of(name: str, value: Any, allowed: Iterable[Any]) -> None:
    """Refuse anything but one of the allowed strings."""
    allowed = list(allowed)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(
            f"{name} is {show(value)}; it must be one of {join_names(allowed) or 'none: there is nothing to name'}"
        )


def check_generator(name: str, value: Any) -> Rng:
    """Return a random generator of NumPy, or refuse anything else."""
    if not isinstance(value, np.random.Generator):
        raise ValueError(
            f"{name} is {show(value)}; it must be a numpy.random.Generator, as from default_rng(0)"
        )
    return value


def check_float_dtype(value: Any) -> None:
    """Refuse a dtype other than float32 and float64."""
    try:
        fits = value is not None and np.dtype(value) in (np.float32, np.float64)
    except Exception:  # NumPy raises many kinds of errors here
        fits = False
    if not fits:
        raise ValueError(f"dtype is {show(value)}; it must be np.float32 or np.float64")


def check_size(name: str, value: Any, numbers: int) -> None:
    """Refuse a setting that would need an array of more numbers than fit into memory."""
    if numbers > MAX_SIZE:
        raise ValueError(
            f"{name} is {show(value)}; that needs an array of {min(numbers, 10**300):.2g} numbers, and at most {MAX_SIZE:.2g} fit"
        )


def check_init(rng: Any, in_shape: Any, axes: str, dtype: Any, hint: str = "") -> Shape:
    """Check the arguments of a layer's init, and return in_shape as a tuple.

    axes: the axes that in_shape must have, without the batch; "" if any will do.
    """
    check_generator("rng", rng)
    check_float_dtype(dtype)
    sizes = items(in_shape) or []
    fits = len(sizes) == axes.count(",") + 1 if axes else bool(sizes)
    if not fits or not all(is_whole(size) and size >= 1 for size in sizes):
        expected = "whole numbers from 1" if not axes else f"({axes})" if "," in axes else f"({axes},)"
        raise ValueError(
            f"in_shape is {show(in_shape)}; it must be {expected}, the shape of one example{hint}"
        )
    shape = tuple(map(int, sizes))
    check_size("in_shape", in_shape, math.prod(shape))
    if axes == "C, H, W":
        warn_if_channels_seem_last(shape)
    return shape


def warn_if_channels_seem_last(shape: Shape) -> None:
    """Warn, at the caller's line, about a (C, H, W) that is probably an (H, W, C)."""
    if 4 < min(shape[:2]) > max(shape[:2]) / 2 and shape[2] in (1, 3, 4):
        message = f"in_shape is {shape}, which means {shape[0]} channels of {shape[1]}x{shape[2]} pixels"
        warnings.warn(
            f"{message}; if the channels are last, write {(shape[2], *shape[:2])}",
            stacklevel=2,
            skip_file_prefixes=(LIBRARY,),
        )


def check_function(name: str, value: Any, arguments: str, hint: str = "") -> None:
    """Refuse anything that cannot be called with these arguments, such as "rng, shape, fan_in, fan_out"."""
    if not callable(value) or not _binds(value, arguments.split(", ")):
        raise ValueError(f"{name} is {show(value)}; it must be a function of ({arguments}){hint}")


def _binds(function: Any, arguments: list[str]) -> bool:
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:  # some builtins have no signature
        pass
    return True
