"""The few names that every module shares: arrays, shapes, and trees of parameters."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.floating]
"""float32 where speed matters, float64 where gradients are checked; never mixed."""

type Labels = npt.NDArray[np.integer]
"""One class number per example, from 0."""

type Shape = tuple[int, ...]

type Params = dict[str, Any]
"""Arrays in nested dicts: `params["conv1"]["weight"]`. Gradients and optimizer states nest in the same way."""


def tree_map(function: Callable[..., Any], *trees: Any) -> Any:
    """Apply a function to the arrays at equal places of one or several trees.

    A tree is an array, or a dict of trees. All trees must have the same keys, else `ValueError`.
    Source: JAX, `jax.tree.map`.

    >>> tree_map(lambda p, g: p - g, {"conv1": {"bias": 3.0}}, {"conv1": {"bias": 1.0}})
    {'conv1': {'bias': 2.0}}
    """
    first = trees[0]
    if not isinstance(first, dict):
        return function(*trees)
    for other in trees[1:]:
        if not isinstance(other, dict) or other.keys() != first.keys():
            keys = sorted(other) if isinstance(other, dict) else "an array"
            raise ValueError(f"trees: all must nest alike, but one has {sorted(first)} where another has {keys}")
    return {key: tree_map(function, *(tree[key] for tree in trees)) for key in first}


def tree_leaves(tree: Any) -> Iterator[Any]:
    """Yield the arrays of a tree, in the order of its keys.

    Source: JAX, `jax.tree.leaves`.

    >>> list(tree_leaves({"conv1": {"weight": 1.0, "bias": 2.0}}))
    [1.0, 2.0]
    """
    if not isinstance(tree, dict):
        yield tree
        return
    for branch in tree.values():
        yield from tree_leaves(branch)
