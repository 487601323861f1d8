"""What belongs to each filter of a layer, in the parameters of a network."""

import re
from collections.abc import Sequence

import numpy as np

from convlens._checks import check_floats, check_network, layer_weight
from convlens._settings import check_one_of, items
from convlens._words import listed, shown
from convlens.types import Array, Params


def outgoing_weights(params: Params, layer: str = "conv1", next_layer: str = "linear1") -> Array:
    """Return the weights that read each filter's map, as (M, K, ...): M outputs, K filters, the numbers of a map.

    Raises ValueError when a layer is not there, or `next_layer` is not the one that reads the maps of the other.

    >>> params = {"conv1": {"weight": np.ones((2, 1, 3, 3))}, "linear1": {"weight": np.ones((5, 8))}}
    >>> outgoing_weights(params).shape
    (5, 2, 4)
    """
    check_network(params)
    count = len(layer_weight("layer", layer, params))
    if count == 0:
        raise ValueError(f"params have no filter in {layer}; there must be at least one")
    weight = layer_weight("next_layer", next_layer, params)
    following = _following(params, layer)
    if following and next_layer != following:
        raise ValueError(
            f"next_layer is {next_layer!r}; it must be {following!r}, which reads the maps of {layer}"
        )
    if not weight.size or weight.shape[1] % count:
        raise ValueError(
            f"next_layer is {next_layer!r}, which reads {weight.shape[1]} inputs; it must be the layer "
            f"that reads the {count} maps of {layer}"
        )
    # (M, K) after global pooling, (M, K*H*W) after flattening, (M, K, F, F) in a convolution.
    return weight.reshape(weight.shape[0], count, -1)


def _following(params: Params, layer: str) -> str | None:
    """Return the layer with weights that comes after `layer`, by the names that a Sequential gives; None if they do not tell."""
    places = [
        re.fullmatch(r"(conv|linear)(\d+)", name)
        for name, own in params.items()
        if np.ndim(own.get("weight", 0)) >= 2
    ]
    if not all(places):
        return None
    order = sorted((place[1], int(place[2]), place[0]) for place in places if place)
    names = [name for _, _, name in order]
    after = names[names.index(layer) + 1 :]
    return after[0] if after else None


def filter_parameters(
    params: Params, layer: str, next_layer: str, between: Sequence[str] | None
) -> dict[str, Params]:
    """Return, by layer, the parameters that belong to the filters: their own, and those of the layers `between`."""
    count = len(params[layer]["weight"])
    layers = [
        ("layer", layer),
        *(("between", name) for name in _norms_between(params, between, layer, next_layer)),
    ]
    return {name: _by_filter(params, argument, name, count) for argument, name in layers}


def _norms_between(params: Params, between: Sequence[str] | None, layer: str, next_layer: str) -> list[str]:
    """Return the layers whose numbers belong to the filters as well; refuse to guess them where they differ by filter."""
    count = len(params[layer]["weight"])
    possible = [
        name
        for name, own in params.items()
        if name not in (layer, next_layer) and all(np.shape(value) == (count,) for value in own.values())
    ]
    if between is None:
        if matter := [name for name in possible if any(np.ptp(value) for value in params[name].values())]:
            raise ValueError(
                f"between is None, and params have {listed(matter)}; it must name what stands between {layer} and "
                f"{next_layer}, such as {matter[:1]}, or be [] if nothing does"
            )
        return []
    names = items(between)
    if names is None:
        raise ValueError(f'between is {shown(between)}; it must be a list of layers, such as ["norm1"]')
    for name in names:
        if isinstance(name, str) and name in params and name not in possible:
            raise ValueError(
                f"between has {name!r}; each must be a layer with one number per filter of {layer}, {count} in all"
            )
    return names


def _by_filter(params: Params, argument: str, name: str, count: int) -> Params:
    """Return what a layer has for each filter: arrays whose first axis counts the filters."""
    check_one_of(argument, name, params)
    own: Params = params[name]
    for key, value in own.items():
        check_floats(f"params[{name!r}][{key!r}]", value)
        if value.ndim == 0 or len(value) != count:
            raise ValueError(
                f"params[{name!r}][{key!r}] has shape {value.shape}; it must have {count} entries, one per filter"
            )
    return own
