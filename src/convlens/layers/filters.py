"""The parameters of a network that belong to each filter of a layer."""

import re
from collections.abc import Sequence

import numpy as np

from convlens._checks import check_floats, check_network, layer_weight
from convlens._settings import check_one_of, items
from convlens._words import join_names, show
from convlens.types import Array, Params


def outgoing_weights(params: Params, layer: str = "conv1", next_layer: str = "linear1") -> Array:
    """Return the weights that read each filter's map, (M, K, ...): M outputs, K filters, then the numbers of a map.

    Raises ValueError when a layer does not exist, or `next_layer` is not the one that reads its maps.

    >>> params = {"conv1": {"weight": np.ones((2, 1, 3, 3))}, "linear1": {"weight": np.ones((5, 8))}}
    >>> outgoing_weights(params).shape
    (5, 2, 4)
    """
    check_network(params)
    count = len(layer_weight("layer", layer, params))
    if count == 0:
        raise ValueError(f"params have no filter in {layer}; there must be at least one")
    weight = layer_weight("next_layer", next_layer, params)
    reader = _layer_after(params, layer)
    if reader and next_layer != reader:
        raise ValueError(
            f"next_layer is {next_layer!r}; it must be {reader!r}, which reads the maps of {layer}"
        )
    if not weight.size or weight.shape[1] % count:
        raise ValueError(
            f"next_layer is {next_layer!r}, which reads {weight.shape[1]} inputs; it must be the layer "
            f"that reads the {count} maps of {layer}"
        )
    # (M, K) after global pooling, (M, K*H*W) after flattening, (M, K, F, F) in a convolution.
    return weight.reshape(weight.shape[0], count, -1)


def _layer_after(params: Params, layer: str) -> str | None:
    """Return the next layer with weights, by the names that a Sequential gives; None if these do not tell."""
    names = [name for name, tree in params.items() if np.ndim(tree.get("weight", 0)) >= 2]
    parts = [re.fullmatch(r"(conv|linear)(\d+)", name) for name in names]
    if not all(parts):
        return None
    order = sorted((part[1], int(part[2]), part[0]) for part in parts if part)
    ordered = [name for _, _, name in order]
    after = ordered[ordered.index(layer) + 1 :]
    return after[0] if after else None


def filter_parameters(
    params: Params, layer: str, next_layer: str, between: Sequence[str] | None
) -> dict[str, Params]:
    """Return, by layer, the parameters with one entry per filter: its own, and those of the layers `between`."""
    count = len(params[layer]["weight"])
    by_layer = {layer: _by_filter(params, "layer", layer, count)}
    for name in _norms_between(params, between, layer, next_layer):
        by_layer[name] = _by_filter(params, "between", name, count)
    return by_layer


def _norms_between(params: Params, between: Sequence[str] | None, layer: str, next_layer: str) -> list[str]:
    """Return the layers between that have numbers for each filter; refuse to guess if these differ by filter."""
    count = len(params[layer]["weight"])
    possible = [
        name
        for name, tree in params.items()
        if name not in (layer, next_layer) and all(np.shape(value) == (count,) for value in tree.values())
    ]
    if between is None:
        matter = [name for name in possible if any(np.ptp(value) for value in params[name].values())]
        if matter:
            raise ValueError(
                f"between is None, and params have {join_names(matter)}; it must name the layers between {layer} and "
                f"{next_layer}, such as {matter[:1]}, or be [] if there are none"
            )
        return []
    names = items(between)
    if names is None:
        raise ValueError(f'between is {show(between)}; it must be a list of layers, such as ["norm1"]')
    for name in names:
        if isinstance(name, str) and name in params and name not in possible:
            raise ValueError(
                f"between has {name!r}; each must be a layer with one number per filter of {layer}, {count} in all"
            )
    return names


def _by_filter(params: Params, argument: str, name: str, count: int) -> Params:
    """Return the parameters of one layer, or refuse them if their first axis does not count the filters."""
    check_one_of(argument, name, params)
    tree: Params = params[name]
    for key, value in tree.items():
        check_floats(f"params[{name!r}][{key!r}]", value)
        if value.ndim == 0 or len(value) != count:
            raise ValueError(
                f"params[{name!r}][{key!r}] has shape {value.shape}; it must have {count} entries, one per filter"
            )
    return tree
