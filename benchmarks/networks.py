"""The networks that every contender trains, as networks.json describes them, and what they cost."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np

from convlens.geometry import conv_cost

from . import convlens_step

type Network = dict[str, Any]

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("networks.json").read_text("utf-8"))


def load() -> dict[str, Network]:
    """Return each network by its name; one that is `like` another inherits what it does not state itself."""
    result: dict[str, Network] = {}
    for name, own in TABLE["networks"].items():
        base = result.get(own.get("like"), {})
        result[name] = {"learning_rate": TABLE["learning_rate"]} | base | own | {"name": name}
    return result


def vary(network: Network, quantity: str, value: int) -> Network:
    """Return a variant of a network with another number of filters, image size, batch or kernel.

    The filters are those of the last convolution; the padding keeps the maps as large as the images.
    """
    new = copy.deepcopy(network) | {"learning_rate": TABLE["learning_rate"]}
    convs = [layer for layer in new["layers"] if layer["kind"] == "conv"]
    if quantity == "filters":
        convs[-1]["filters"] = value
    elif quantity == "size":
        new["input"][1:] = [value, value]
    elif quantity == "batch":
        new["batch"] = value
    else:
        for layer in convs:
            layer |= {"kernel": value, "padding": value // 2}
    return new


def sentence(network: Network) -> str:
    """Return a description of the network on one line."""
    descriptions = {
        "conv": lambda layer: f"conv {layer['filters']}@{layer['kernel']}",
        "pool": lambda layer: f"pool {layer['size']}",
        "dense": lambda layer: f"dense {layer['outputs']}",
        "relu": lambda layer: "ReLU",
    }
    C, H, W = network["input"]
    layers = ", ".join(descriptions[layer["kind"]](layer) for layer in network["layers"])
    return f"batch {network['batch']}, {H}x{W}x{C}, {layers}"


def conv_flops(network: Network) -> int:
    """Return the floating-point operations of the convolutions in one training step: a multiply-add is two.

    Each convolution is computed forward and for its filters' gradient; all but the first also for their input's.
    """
    total, shape = 0, tuple(network["input"])
    for position, layer in enumerate(network["layers"]):
        if layer["kind"] == "conv":
            filters, kernel, padding = layer["filters"], layer["kernel"], layer["padding"]
            cost = conv_cost(shape, filters, kernel, padding=padding)
            total += 2 * cost.multiply_adds * network["batch"] * (2 if position == 0 else 3)
            shape = (filters, *(size + 2 * padding - kernel + 1 for size in shape[1:]))
        elif layer["kind"] == "pool":
            shape = (shape[0], *(size // layer["size"] for size in shape[1:]))
    return total


def packed_start(network: Network) -> bytes:
    """Return the images, then each layer's weight and bias, as float32: the initial state for JavaScript."""
    x, _ = convlens_step.examples(network)
    _, params = convlens_step.start(network)
    arrays = [x, *(array for layer in params.values() for array in (layer["weight"], layer["bias"]))]
    return b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays)
