"""Checks of arrays and parameters. Each failure is one sentence: the argument, its value, and what would be right."""

from typing import Any

import numpy as np

from convlens._statistics import Move
from convlens._words import join_names, show, type_name
from convlens.types import Array, Params

# For each tree: the function that creates it, the one that returns it in a pair, and how to call that one
ORIGINS = {
    "params": ("init", "init", "params, out_shape = model.init(rng, in_shape)"),
    "grads": ("vjp", "vjp", "dx, grads = vjp(dy)"),
    "state": ("optimizer.start", "step", "params, state = optimizer.step(...)"),
}


def check_floats(name: str, value: Any) -> None:
    """Refuse anything but a NumPy array of float32 or float64."""
    # A subclass may mean something else by *, as np.matrix does.
    if type(value) is not np.ndarray and not isinstance(value, (np.memmap, Move)):
        raise ValueError(f"{name} is {type_name(value)}; it must be a NumPy array of floats")
    dtype = value.dtype
    if dtype.char in "fd" and dtype.isnative:
        return
    if dtype.kind != "f":
        raise ValueError(f"{name} has dtype {dtype}; it must hold floats, such as np.float32")
    reason = ": in half precision a sum overflows from 65 520 on" if dtype.itemsize == 2 else ""
    raise ValueError(f"{name} has dtype {dtype.str}; it must be float32 or float64{reason}")


def check_array(name: str, value: Any, axes: str) -> None:
    """Refuse anything but a non-empty array of floats with these axes, written as in "N, C, H, W"."""
    check_floats(name, value)
    if value.ndim != axes.count(",") + 1 or value.size == 0:
        expected = f"({axes})" if "," in axes else f"({axes},)"
        raise ValueError(f"{name} has shape {value.shape}; it must be {expected}, none of them empty")


def check_gradient(name: str, value: Any, output: Array) -> None:
    """Refuse a gradient that does not match its output: broadcasting would hide the mistake."""
    check_like(name, value, output, "the output")


def check_like(name: str, value: Any, other: Array, source: str) -> None:
    """Refuse an array whose shape or dtype differs from that of another."""
    check_floats(name, value)
    if value.shape != other.shape:
        raise ValueError(f"{name} has shape {value.shape}; it must be {other.shape}, as {source} has")
    if value.dtype != other.dtype:
        raise ValueError(f"{name} has dtype {value.dtype}; it must be {other.dtype}, as {source} has")


def check_same(name: str, value: int, other: str, expected: int) -> None:
    """Refuse two sizes that differ and must agree."""
    if value != expected:
        raise ValueError(f"{name} is {value}; it must be {expected}, as in {other}")


def check_bias(bias: Any, outputs: int, dtype: Any) -> None:
    """Refuse a bias that is neither None nor one number per output."""
    if bias is None:
        return
    check_array("bias", bias, "K")
    check_same("bias.shape[0]", bias.shape[0], "weight.shape[0]", outputs)
    check_dtype("bias", bias, dtype)


def check_dtype(name: str, value: Any, dtype: Any) -> None:
    """Refuse a dtype that differs from that of x: silent promotion would change the results."""
    if value.dtype != dtype:
        raise ValueError(f"{name} has dtype {value.dtype}; it must be {dtype}, as x has")


def check_labels(labels: Any, examples: int, classes: int) -> None:
    """Refuse labels that are not one class per example."""
    check_label_array(labels, examples)
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels go from {labels.min()} to {labels.max()}; logits has shape ({examples}, {classes}), "
            f"so every label must be from 0 to {classes - 1}"
        )


def check_label_array(labels: Any, examples: int) -> None:
    """Refuse anything but an array of one integer per example."""
    if not isinstance(labels, np.ndarray):
        raise ValueError(f"labels is {type_name(labels)}; it must be an integer array of shape (N,)")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels has dtype {labels.dtype}; it must hold integers, such as np.int64")
    if labels.shape != (examples,):
        raise ValueError(f"labels has shape {labels.shape}; it must be ({examples},), one label per example")


def check_params(layer: str, params: Any, names: set[str]) -> None:
    """Refuse parameters that did not come from the layer's own init."""
    check_tree(params)
    if set(params) != names:
        actual = show(sorted(map(str, params)))
        raise ValueError(f"params of {layer} are {actual}; they must be {sorted(names)}, as init makes them")


def check_examples(x: Any, labels: Any) -> None:
    """Refuse anything but a batch of examples with one label each."""
    check_floats("x", x)
    if x.ndim < 2 or x.size == 0:
        raise ValueError(f"x has shape {x.shape}; it must be (N, ...), none of the axes empty")
    check_label_array(labels, len(x))


def check_logits(value: Array) -> None:
    """Refuse an output of a model that is not a row of logits per example."""
    if value.ndim != 2:
        raise ValueError(
            f"model returns {show(value)}; it must return logits (N, M), so let it end with a Linear"
        )


def check_tree(params: Any, name: str = "params") -> None:
    """Refuse anything but a dict, and say which function returns it and how."""
    if isinstance(params, dict):
        return
    maker, function, example = ORIGINS.get(name, ORIGINS["params"])
    hint = ""
    if isinstance(params, tuple):
        hint = f": {function} returns two things, so write {example}"
    elif isinstance(params, np.ndarray) and maker == "init":
        hint = ": params come first, as in model(params, x)"
    raise ValueError(f"{name} is {type_name(params)}; it must be the dict that {maker} makes{hint}")


def check_alike(name: str, tree: Any, params: Any) -> None:
    """Refuse a tree that does not nest like params, or whose arrays differ from them in shape or dtype."""
    if isinstance(params, dict):
        check_tree(tree, name)
        if tree.keys() != params.keys():
            actual, expected = show([*map(str, tree)]), show([*map(str, params)])
            raise ValueError(f"{name} has {actual}; it must have {expected}, as params has")
        for key in params:
            check_alike(f"{name}[{key!r}]", tree[key], params[key])
        return
    if isinstance(tree, dict):
        raise ValueError(f"{name} is a dict; it must be an array, as params has there")
    check_like(name, tree, params, "the parameter")


def check_leaves(params: Any, name: str = "params") -> None:
    """Refuse anything but arrays of floats, alone or in nested dicts whose keys are strings."""
    if not isinstance(params, dict):
        if isinstance(params, tuple):
            check_tree(params, name)
        check_floats(name, params)
        return
    for key, value in params.items():
        if not isinstance(key, str):
            raise ValueError(f"{name} has the key {show(key)}; it must be a string, not {type_name(key)}")
        check_leaves(value, f"{name}[{key!r}]")


def check_network(params: Any, name: str = "params") -> None:
    """Refuse anything but the parameters of a whole network: arrays of floats in nested dicts."""
    check_tree(params, name)
    check_leaves(params, name)


def layer_weight(argument: str, name: Any, params: Params) -> Array:
    """Return the weight (outputs, inputs, ...) of the layer that an argument names, or refuse the name."""
    known = [
        key for key, tree in params.items() if isinstance(tree, dict) and np.ndim(tree.get("weight", 0)) >= 2
    ]
    if not known:
        raise ValueError(
            f"{argument} is {show(name)}; params have no layer with a weight, only {show([*params])}"
        )
    if not isinstance(name, str) or name not in known:
        raise ValueError(
            f"{argument} is {show(name)}; it must be a layer of params with a weight: {join_names(known)}"
        )
    weight: Array = params[name]["weight"]
    return weight


def with_place(where: str, error: ValueError | TypeError) -> ValueError | TypeError:
    """Return the error with its place in front: the caller of a network cannot know which layer raised it."""
    return (TypeError if isinstance(error, TypeError) else ValueError)(f"{where}: {error}")
