"""The few types that the whole library shares."""

from collections.abc import Callable
from typing import Any

import numpy as np

# An array of any shape that holds T; numpy.typing.NDArray, without the time that its import takes.
type Numbers[T: np.generic] = np.ndarray[tuple[Any, ...], np.dtype[T]]
type Array = Numbers[np.floating]
type Labels = Numbers[np.integer]
type Shape = tuple[int, ...]

# Parameters and their gradients: nested dicts whose leaves are arrays, such as
# {"conv1": {"weight": ..., "bias": ...}, "linear1": {...}}. The caller owns them.
type Params = dict[str, Any]

# (rng, shape, fan_in, fan_out) -> array of that shape
type Initializer = Callable[[np.random.Generator, Shape, int, int], Array]


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Return a tree nested like `tree` that holds function(leaf, leaves of the others at the same place).

    Raises ValueError when the trees do not nest alike. Source: jax.tree.map.

    >>> tree_map(lambda a, b: a + b, {"w": 1, "more": {"b": 2}}, {"w": 10, "more": {"b": 20}})
    {'w': 11, 'more': {'b': 22}}
    """
    if isinstance(tree, dict):
        for other in others:
            if not isinstance(other, dict) or other.keys() != tree.keys():
                found = list(other) if isinstance(other, dict) else "an array"
                raise ValueError(f"a tree has {found} where another has {list(tree)}; they must nest alike")
        return {key: tree_map(function, tree[key], *(other[key] for other in others)) for key in tree}
    return function(tree, *others)
