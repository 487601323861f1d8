"""How error messages show a value: in one short line, whatever the value is."""

from collections.abc import Iterable
from typing import Any

import numpy as np


def show(value: Any) -> str:
    """Return a value as one line of at most 60 characters."""
    if isinstance(value, np.ndarray) and (
        value.ndim != 1 or value.size > 8 or value.dtype.kind not in "iufb"
    ):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {value.__name__}"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # such as a number of 10 000 digits
        return type_name(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def join_names(names: Iterable[Any]) -> str:
    """Return names separated by commas, in at most 100 characters."""
    text = ", ".join(map(str, names))
    return text if len(text) <= 100 else f"{text[:97]}..."


def type_name(value: Any) -> str:
    """Return the type of a value with an article, as in "a list"."""
    if value is None:
        return "None"
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
