"""The types in the signatures, and a map over nested dicts."""

from collections.abc import Callable
from typing import Any

import numpy as np

# An array of any shape that holds T; numpy.typing.NDArray, without the time that its import takes.
type Numbers[T: np.generic] = np.ndarray[tuple[Any, ...], np.dtype[T]]
type Array = Numbers[np.floating]
type Labels = Numbers[np.integer]
type Shape = tuple[int, ...]

# One number for both directions, or (vertical, horizontal)
type Pair = int | tuple[int, int]

# The source of random numbers; the caller creates it: rng = np.random.default_rng(0)
type Rng = np.random.Generator

# Parameters and their gradients: nested dicts whose leaves are arrays, such as
# {"conv1": {"weight": ..., "bias": ...}, "linear1": {...}}. The caller owns them.
type Params = dict[str, Any]

# (rng, shape, fan_in, fan_out) -> array of that shape
type Initializer = Callable[[Rng, Shape, int, int], Array]


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Return a tree nested like `tree` that holds function(leaf, the leaves of the others at the same place).

    Raises ValueError when function cannot be called or the trees do not nest in the same way. Source: jax.tree.map.

    >>> tree_map(lambda a, b: a + b, {"w": 1, "more": {"b": 2}}, {"w": 10, "more": {"b": 20}})
    {'w': 11, 'more': {'b': 22}}
    """
    if not callable(function):
        raise ValueError(f"function is a {type(function).__name__}; it must be a function of the leaves")
    if isinstance(tree, dict):
        for other in others:
            if not isinstance(other, dict) or other.keys() != tree.keys():
                actual = list(other) if isinstance(other, dict) else f"a {type(other).__name__}"
                raise ValueError(
                    f"others has {actual!s:.100} where tree has {list(tree)!s:.100}; they must nest in the same way"
                )
        return {key: tree_map(function, tree[key], *(other[key] for other in others)) for key in tree}
    try:
        return function(tree, *others)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"function does not take a leaf: {error}") from error
