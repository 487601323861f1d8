"""Every public function with valid arguments, and the values that none of them expects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

import numpy as np

from convlens import (
    SGD,
    Adam,
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
    attribution,
    batches,
    data,
    evaluate,
    geometry,
    gradcheck,
    initializers,
    ops,
    optim,
    permutation,
    shapes,
    symmetry,
    train,
    types,
    until,
)
from convlens.layers.filters import outgoing_weights
from convlens.ties import tie
from convlens_live import figures
from convlens_live.controls import Choice, Pointed, Seed, Slider
from convlens_live.demo import Demo, demo
from convlens_live.figures import colours
from convlens_live.notebook import run_cell

NAN, INF = float("nan"), float("inf")


def finished(running: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns that waits for nothing: there may be a loop already, so that asyncio.run refuses."""
    while True:
        try:
            running.send(None)
        except StopIteration as end:
            return end.value


class NoRepr:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


ODD: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "NumPy's False": lambda: np.False_,
    "0": lambda: 0,
    "-1": lambda: -1,
    "2": lambda: 2,
    "a NumPy 3": lambda: np.int64(3),
    "an unsigned NumPy 3": lambda: np.uint8(3),
    "ten million": lambda: 10**7,
    "an int of 400 digits": lambda: 10**400,
    "an int of 5000 digits": lambda: 10**5000,
    "1.5": lambda: 1.5,
    "a NumPy float": lambda: np.float32(0.5),
    "half precision": lambda: np.float16(0.5),
    "extended precision": lambda: np.longdouble(0.5),
    "1e308": lambda: 1e308,
    "-1e-320": lambda: -1e-320,
    "nan": lambda: NAN,
    "inf": lambda: INF,
    "-inf": lambda: -INF,
    "minus 0": lambda: -0.0,
    "three days": lambda: np.timedelta64(3),
    "a complex number": lambda: 1 + 2j,
    "a fraction": lambda: Fraction(1, 3),
    "no text": lambda: "",
    "a text": lambda: "conv1",
    "a text of 2000 characters": lambda: "no such thing " * 150,
    "bytes": lambda: b"conv1",
    "a list": lambda: [1, 2],
    "a tuple": lambda: (1, 2),
    "a triple": lambda: (3, 12, 12),
    "channels last": lambda: (12, 12, 3),
    "no list": list,
    "no tuple": lambda: (),
    "a list of texts": lambda: ["a", "b"],
    "a list of an int of 400 digits": lambda: [10**400],
    "a triple with an int of 400 digits": lambda: (1, 10**400, 6),
    "a list of lists": lambda: [[1.0, 2.0], [3.0]],
    "a range": lambda: range(3),
    "a set": lambda: {1, 2},
    "a dict": lambda: {"conv1": 1},
    "no dict": dict,
    "a dict of odd keys": lambda: {1: np.ones(2), None: {}},
    "a dict of lists": lambda: {"conv1": {"weight": [[1.0]]}, "linear1": {"weight": [[2.0]]}},
    "a generator": lambda: (value for value in (1, 2)),
    "an object": object,
    "an object without a repr": NoRepr,
    "a class": lambda: ReLU,
    "a layer": ReLU,
    "a function": lambda: max,
    "a function of nothing": lambda: lambda: 3,
    "a function of anything": lambda: lambda *given, **named: None,
    "a function that returns a text": lambda: lambda *given, **named: "conv1",
    "a function that returns nan": lambda: lambda rng, shape, *more: np.full(shape, NAN),
    "a function that returns complex numbers": lambda: lambda rng, shape, *more: np.ones(shape, complex),
    "an array without axes": lambda: np.array(1.0),
    "an empty array": lambda: np.zeros(0),
    "an array of one axis": lambda: np.arange(3.0),
    "an array of whole numbers": lambda: np.array([1, 0]),
    "an array of ones": lambda: np.ones((2, 2)),
    "an array of five axes": lambda: np.ones((1, 1, 1, 1, 1)),
    "four axes": lambda: np.ones((2, 2, 2, 2)),
    "four axes, one of them empty": lambda: np.ones((2, 0, 5, 5)),
    "four axes of float32": lambda: np.ones((2, 1, 5, 5), np.float32),
    "four axes of float16": lambda: np.ones((2, 1, 5, 5), np.float16),
    "four axes, big-endian": lambda: np.ones((2, 1, 5, 5), ">f8"),
    "four axes of nan": lambda: np.full((2, 1, 5, 5), NAN),
    "four axes of 1e308": lambda: np.full((2, 1, 5, 5), 1e308),
    "four axes that cannot be written": lambda: np.broadcast_to(np.float64(1), (2, 1, 5, 5)),
    "an array of objects": lambda: np.array([object(), None]),
    "an array of texts": lambda: np.array(["a", "b"]),
    "an array of truths": lambda: np.array([True, False]),
    "a masked array": lambda: np.ma.masked_array(np.ones((2, 1, 5, 5)), mask=True),
    "a matrix": lambda: np.ones((2, 2)).view(np.matrix),
    "a record": lambda: np.zeros(2, [("a", float), ("b", int)]),
}


def nearly_right(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what differs from a valid value in one thing: an axis, a dtype, a key, an entry that is missing or too many."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        yield "of float32", value.astype(np.float32)
        yield "of float64", value.astype(np.float64)
        yield "of int32", value.astype(np.int32)
        yield "all nan", np.full_like(value, NAN, np.float64)
        yield "all -1", np.full_like(value, -1)
        yield "all 9", np.full_like(value, 9)
        yield "with an axis more", value[None]
        yield "with an axis less", value.sum(axis=0) if value.ndim else value
        yield "without rows", value[:0] if value.ndim else value
        yield "with a row more", np.concatenate([value, value[:1]]) if value.ndim else value
        yield "transposed", value.T
    elif isinstance(value, dict):
        yield "with a key more", value | {"conv9": {"weight": np.ones((2, 1, 3, 3))}}
        for key, inner in value.items():
            yield f"without {key}", {other: value[other] for other in value if other != key}
            yield (
                f"with another name for {key}",
                {other if other != key else "other": value[other] for other in value},
            )
            for odd in ({}, None, 1.0, [], np.zeros(0)):
                yield f"with {odd!r} as {key}", value | {key: odd}
            for what, changed in nearly_right(inner):
                yield f"with {key} {what}", value | {key: changed}
    elif isinstance(value, (list, tuple)) and value:
        yield "without the last", value[:-1]
        yield "with the last twice", (*value, value[-1])
        for odd in (None, -1, 9, 1.5, "a", np.timedelta64(3), 10**400):
            yield f"ending in {odd!r}"[:60], (*value[:-1], odd)


@dataclass(frozen=True)
class Call:
    """A function, and arguments that it takes; each call gets its own, since an odd one may be kept.

    repeats: the function calls a function of the caller, and repeats what that one has to say.
    """

    function: Callable[..., Any]
    arguments: Callable[[], dict[str, Any]]
    repeats: bool = False


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def images(count: int = 3) -> np.ndarray:
    return rng().normal(size=(count, 1, 6, 6))


def labels() -> np.ndarray:
    return np.array([0, 1, 0])


@cache
def network() -> Sequential:
    return Sequential(Conv2d(2, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))


def parameters(model: Any = None, in_shape: Any = (1, 6, 6)) -> dict[str, Any]:
    """New arrays each time, of numbers that are drawn once: the table asks for them twenty thousand times."""
    return copy.deepcopy(drawn_parameters(model or network(), in_shape))


@cache
def drawn_parameters(model: Any, in_shape: Any) -> dict[str, Any]:
    return model.init(rng(), in_shape, np.float64)[0]


def run(**changed: Any) -> dict[str, Any]:
    """What a function of a network and its images takes."""
    return {"model": network(), "params": parameters(), "x": images(), "labels": labels()} | changed


def rows() -> np.ndarray:
    return np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])


def called(layer: Any, in_shape: Any) -> dict[str, Call]:
    """A layer's init and its call, and the function that goes back."""
    name, shape = type(layer).__name__, in_shape

    def example() -> np.ndarray:
        return rng().normal(size=(3, *shape))

    def back(dy: Any) -> Any:
        y, vjp = layer(parameters(layer, shape), example())
        return vjp(np.ones_like(y) if dy is None else dy)

    return {
        f"{name}.init": Call(layer.init, lambda: {"rng": rng(), "in_shape": shape, "dtype": np.float64}),
        f"{name}()": Call(layer, lambda: {"params": parameters(layer, shape), "x": example()}),
        f"{name}'s vjp": Call(back, lambda: {"dy": None}),
    }


def gone_back(operation: Callable[[], tuple[Any, Any]]) -> Call:
    """The vjp of an operation."""

    def back(dy: Any) -> Any:
        y, vjp = operation()
        return vjp(np.ones_like(y) if dy is None else dy)

    return Call(back, lambda: {"dy": None})


def stepped(optimizer: Any) -> dict[str, Call]:
    name = type(optimizer).__name__

    def arguments() -> dict[str, Any]:
        params = parameters()
        return {"params": params, "grads": parameters(), "state": optimizer.start(params)}

    return {
        f"{name}.start": Call(optimizer.start, lambda: {"params": parameters()}),
        f"{name}.step": Call(optimizer.step, arguments),
    }


def drawn(initializer: Any) -> Call:
    return Call(initializer, lambda: {"rng": rng(), "shape": (3, 1, 2, 2), "fan_in": 4, "fan_out": 12})


def yielded(number: Annotated[float, Slider("Number", 0.0, 1.0, step=0.5)] = 0.0) -> Iterator[figures.Figure]:
    """A demo that shows a number."""
    yield figures.Figure((figures.Box(1, 1),), f"It is {number}.", figures.Table(("a",), (("b",),)))


DECLARED = {
    "question": "index.md",
    "budget_seconds": 8,
    "picture": None,
    "recorded": (),
    "opens": "end",
    "sentence": "",
}


def task(function: Any, **more: Any) -> Call:
    return Call(
        function,
        lambda: (
            {"rng": rng(), "count": 4, "size": 12, "noise": 0.1, "rows": None, "dtype": np.float64} | more
        ),
    )


TABLE = figures.Table(("a",), (("b",),))
PANEL = figures.Box(1, 1)
SPARSE = {"conv1": {"weight": np.arange(4.0).reshape(2, 1, 1, 2)}, "linear1": {"weight": np.eye(2)}}

CALLS: dict[str, Call] = {
    # operations
    "conv2d": Call(
        ops.conv2d,
        lambda: {
            "x": images(),
            "weight": np.ones((2, 1, 3, 3)),
            "bias": np.ones(2),
            "stride": 1,
            "padding": 1,
        },
    ),
    "conv2d's vjp": gone_back(lambda: ops.conv2d(images(), np.ones((2, 1, 3, 3)))),
    "conv2d through Fourier": Call(
        ops.conv2d, lambda: {"x": np.ones((8, 3, 6, 6)), "weight": np.ones((2, 3, 5, 5)), "padding": 2}
    ),
    "max_pool2d": Call(ops.max_pool2d, lambda: {"x": images(), "size": 2, "stride": 2}),
    "max_pool2d's vjp": gone_back(lambda: ops.max_pool2d(images(), 2)),
    "average_pool2d": Call(ops.average_pool2d, lambda: {"x": images(), "size": 2, "stride": 2}),
    "average_pool2d's vjp": gone_back(lambda: ops.average_pool2d(images(), 2)),
    "global_average_pool2d": Call(ops.global_average_pool2d, lambda: {"x": images()}),
    "global_average_pool2d's vjp": gone_back(lambda: ops.global_average_pool2d(images())),
    "relu": Call(ops.relu, lambda: {"x": images()}),
    "relu's vjp": gone_back(lambda: ops.relu(images())),
    "tanh": Call(ops.tanh, lambda: {"x": images()}),
    "tanh's vjp": gone_back(lambda: ops.tanh(images())),
    "sigmoid": Call(ops.sigmoid, lambda: {"x": images()}),
    "sigmoid's vjp": gone_back(lambda: ops.sigmoid(images())),
    "dropout": Call(ops.dropout, lambda: {"x": images(), "p": 0.5, "training": True, "rng": rng()}),
    "dropout's vjp": gone_back(lambda: ops.dropout(images())),
    "linear": Call(ops.linear, lambda: {"x": rows(), "weight": np.ones((4, 2)), "bias": np.ones(4)}),
    "linear's vjp": gone_back(lambda: ops.linear(rows(), np.ones((4, 2)))),
    "flatten": Call(ops.flatten, lambda: {"x": images()}),
    "flatten's vjp": gone_back(lambda: ops.flatten(images())),
    "channel_statistics": Call(ops.channel_statistics, lambda: {"x": images()}),
    "batch_norm": Call(
        ops.batch_norm,
        lambda: {
            "x": images(),
            "weight": np.ones(1),
            "bias": np.ones(1),
            "running_mean": np.zeros(1),
            "running_var": np.ones(1),
            "eps": 1e-5,
        },
    ),
    "batch_norm's vjp": gone_back(lambda: ops.batch_norm(images(), np.ones(1), np.ones(1))),
    "softmax": Call(ops.softmax, lambda: {"logits": rows()}),
    "cross_entropy": Call(ops.cross_entropy, lambda: {"logits": rows(), "labels": labels()}),
    "cross_entropy's vjp": Call(ops.cross_entropy(rows(), labels())[1], lambda: {"dloss": 1.0}),
    # layers
    "Conv2d": Call(
        lambda filters, **named: Conv2d(filters, **named),
        lambda: {
            "filters": 2,
            "kernel": 3,
            "stride": 1,
            "padding": 0,
            "initializer": initializers.he(),
            "bias": True,
        },
    ),
    "Linear": Call(
        lambda outputs, **named: Linear(outputs, **named),
        lambda: {"outputs": 2, "initializer": initializers.he(), "bias": True},
    ),
    "MaxPool2d": Call(MaxPool2d, lambda: {"size": 2, "stride": 2}),
    "AveragePool2d": Call(AveragePool2d, lambda: {"size": 2, "stride": 2}),
    "Dropout": Call(Dropout, lambda: {"p": 0.5}),
    "BatchNorm2d": Call(BatchNorm2d, lambda: {"momentum": 0.1, "eps": 1e-5}),
    "Sequential": Call(lambda layers: Sequential(ReLU(), layers), lambda: {"layers": ReLU()}),
    "Sequential.trace": Call(
        network().trace, lambda: {"params": parameters(), "x": images(), "training": False, "rng": rng()}
    ),
    "Sequential in training": Call(
        network(), lambda: {"params": parameters(), "x": images(), "training": True, "rng": rng()}
    ),
    "Dropout in training": Call(
        Dropout(0.5), lambda: {"params": {}, "x": images(), "training": True, "rng": rng()}
    ),
    "BatchNorm2d in training": Call(
        BatchNorm2d(),
        lambda: {"params": parameters(BatchNorm2d()), "x": images(), "training": True, "rng": None},
    ),
    **called(network(), (1, 6, 6)),
    **called(Conv2d(2, kernel=3), (1, 6, 6)),
    **called(Linear(2), (4,)),
    **called(MaxPool2d(2), (1, 6, 6)),
    **called(AveragePool2d(2), (1, 6, 6)),
    **called(GlobalAveragePool2d(), (1, 6, 6)),
    **called(Flatten(), (1, 6, 6)),
    **called(ReLU(), (1, 6, 6)),
    **called(Tanh(), (1, 6, 6)),
    **called(Sigmoid(), (1, 6, 6)),
    **called(Dropout(0.5), (1, 6, 6)),
    **called(BatchNorm2d(), (1, 6, 6)),
    # training
    "SGD": Call(SGD, lambda: {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.1}),
    "Adam": Call(
        Adam, lambda: {"learning_rate": 0.1, "betas": (0.9, 0.99), "eps": 1e-8, "weight_decay": 0.1}
    ),
    **stepped(SGD(0.1, momentum=0.9)),
    **stepped(Adam()),
    "with_statistics": Call(
        optim.with_statistics,
        lambda: {"next_params": parameters(), "params": parameters(), "grads": parameters()},
    ),
    "batches": Call(batches, lambda: {"x": images(), "labels": labels(), "size": 2, "rng": rng()}),
    "train": Call(
        train,
        lambda: {
            "model": network(),
            "params": parameters(),
            "stream": batches(images(), labels()),
            "optimizer": SGD(0.1),
            "rng": rng(),
        },
    ),
    "until": Call(
        until,
        lambda: {"run": train(network(), parameters(), batches(images(), labels()), SGD(0.1)), "number": 1},
    ),
    "evaluate": Call(evaluate, lambda: run(size=2)),
    "tree_map": Call(
        types.tree_map, lambda: {"function": lambda leaf: leaf, "tree": parameters()}, repeats=True
    ),
    # starts and tasks
    "constant": Call(initializers.constant, lambda: {"value": 0.1}),
    "orthogonal": Call(initializers.orthogonal, lambda: {"gain": 1.0}),
    "zeros": Call(initializers.zeros, dict),
    "glorot": Call(initializers.glorot, dict),
    "he": Call(initializers.he, dict),
    "torch_default": Call(initializers.torch_default, dict),
    "hadamard": Call(initializers.hadamard, dict),
    **{
        f"a draw of {name}": drawn(getattr(initializers, name)())
        for name in (
            "zeros",
            "glorot",
            "he",
            "torch_default",
            "orthogonal",
            "hadamard",
        )
    },
    "tie": Call(
        tie,
        lambda: {
            "params": SPARSE,
            "layer": "conv1",
            "next_layer": "linear1",
            "filters": (0, 1),
            "incoming": True,
            "outgoing": True,
            "gap": 0.1,
            "ulp": False,
            "between": [],
        },
    ),
    "place_shapes": Call(
        data.place_shapes,
        lambda: {
            "rng": rng(),
            "shapes": [None, shapes.square()],
            "count": 4,
            "size": 8,
            "channels": 1,
            "noise": 0.1,
            "rows": (0, 1),
            "columns": (0, 2),
            "dtype": np.float64,
        },
    ),
    "stamp": Call(
        data.stamp,
        lambda: {
            "rng": rng(),
            "x": images(2),
            "shapes": [None, shapes.square()],
            "rows": (0, 1),
            "columns": (1, 1),
        },
    ),
    "one_filter_task": task(data.one_filter_task),
    "several_filters_task": task(data.several_filters_task),
    "squiggle_or_corner_task": task(data.squiggle_or_corner_task),
    "unseen_places_task": task(data.unseen_places_task),
    "handwritten_digits_task": Call(
        data.handwritten_digits_task, lambda: {"rng": rng(), "count": 4, "dtype": np.float64}
    ),
    **{
        name: Call(getattr(shapes, name), dict)
        for name in (
            "horizontal",
            "vertical",
            "falling",
            "rising",
            "cross",
            "square",
            "corner",
            "squiggle",
        )
    },
    # looking at filters
    "explain": Call(geometry.explain, lambda: {"size": 10, "kernel": 3, "stride": 2, "padding": 1}),
    "output_size": Call(geometry.output_size, lambda: {"size": 10, "kernel": 3, "stride": 2, "padding": 1}),
    "same_padding": Call(geometry.same_padding, lambda: {"kernel": 3}),
    "receptive_field": Call(geometry.receptive_field, lambda: {"stack": [(3, 1), (2, 2)]}),
    "dense_cost": Call(geometry.dense_cost, lambda: {"inputs": 3, "outputs": 2, "bias": True}),
    **{
        f.__name__: Call(
            f,
            lambda: {
                "in_shape": (1, 6, 6),
                "filters": 2,
                "kernel": 3,
                "stride": 1,
                "padding": 0,
                "bias": True,
            },
        )
        for f in (geometry.local_cost, geometry.conv_cost)
    },
    **{
        f.__name__: Call(f, lambda: {"a": rows(), "b": rows()})
        for f in (symmetry.largest_difference, symmetry.cosine)
    },
    "permute_channels": Call(
        permutation.permute_channels,
        lambda: {
            "params": parameters(),
            "order": [1, 0],
            "layer": "conv1",
            "next_layer": "linear1",
            "between": (),
        },
    ),
    "outgoing_weights": Call(
        outgoing_weights,
        lambda: {"params": parameters(), "layer": "conv1", "next_layer": "linear1"},
    ),
    "best_match": Call(
        permutation.best_match,
        lambda: {
            "a": parameters(),
            "b": parameters(),
            "layer": "conv1",
            "next_layer": "linear1",
            "between": [],
        },
    ),
    "cheapest_pairs": Call(permutation.cheapest_pairs, lambda: {"cost": np.eye(3)}),
    "residual": Call(attribution.residual, lambda: {"logits": rows(), "labels": labels()}),
    "map_gradients": Call(attribution.map_gradients, lambda: run(layer="conv1")),
    "image_pulls": Call(attribution.image_pulls, lambda: run(layer="conv1")),
    "ablation": Call(attribution.ablation, lambda: run(layer="conv1", next_layer="linear1")),
    "ablate": Call(
        attribution.ablate,
        lambda: {"params": parameters(), "filters": (0,), "layer": "conv1", "next_layer": "linear1"},
    ),
    "position_terms": Call(
        attribution.position_terms,
        lambda: {"x": images(), "dy": np.ones((3, 4, 4))},
    ),
    "directional_error": Call(
        gradcheck.directional_error,
        lambda: {"function": ops.relu, "inputs": [rows()], "rng": rng(), "epsilon": 1e-5},
        repeats=True,
    ),
    # figures and demos
    "Figure": Call(
        figures.Figure,
        lambda: {
            "panels": (PANEL,),
            "alt": "It is.",
            "table": TABLE,
            "caption": "",
            "outcome": "",
            "heading": "",
        },
    ),
    "Box.svg": Call(PANEL.svg, lambda: {"alt": "It is."}),
    "Table": Call(figures.Table, lambda: {"columns": ("a", "b"), "rows": (("a", 1), ("b", 2.0))}),
    "format_number": Call(figures.format_number, lambda: {"value": 1.5, "digits": 3}),
    "fixed": Call(figures.fixed, lambda: {"value": 1.5, "digits": 2}),
    "percent": Call(figures.percent, lambda: {"share": 0.5}),
    "plural": Call(figures.plural, lambda: {"count": 2, "noun": "filter"}),
    "how_many": Call(figures.numbers.how_many, lambda: {"count": 2, "noun": "filter"}),
    "when": Call(figures.when, lambda: {"steps": 2}),
    "power_of_ten": Call(figures.power_of_ten, lambda: {"exponent": 3}),
    "colour": Call(colours.colour, lambda: {"role": "ink"}),
    "Slider": Call(
        Slider,
        lambda: {"label": "Number", "low": 0, "high": 1, "scale": "linear", "step": 0.5, "zero": False},
    ),
    "Slider on a log scale": Call(
        Slider, lambda: {"label": "Number", "low": 0.1, "high": 10, "scale": "log", "zero": True}
    ),
    "Choice": Call(Choice, lambda: {"label": "Which", "texts": ("this", "that"), "scenes": True}),
    "Dial": Call(
        figures.Dial,
        lambda: {
            "name": "limit",
            "label": "Limit",
            "low": 0.0,
            "high": 1.0,
            "step": 0.1,
            "at": 0.5,
            "digits": 2,
        },
    ),
    "Pointed": Call(Pointed, lambda: {"label": "Row", "low": 0, "high": 3}),
    "Seed": Call(Seed, lambda: {"label": "Seed", "low": 0, "high": 3}),
    **{
        f"{type(control).__name__}.parse": Call(
            lambda value, control=control: control.parse("value", value), lambda valid=valid: {"value": valid}
        )
        for control, valid in (
            (Slider("Number", 0, 1, step=1), 1),
            (Choice("Which"), "a"),
            (Pointed("Row", 0, 3), 1),
            (Seed(), 1),
        )
        if valid != "a"
    },
    "Demo": Call(Demo, lambda: {"function": yielded, **DECLARED}),
    "demo": Call(lambda **given: demo(**given)(yielded), lambda: {**DECLARED}),
    "Demo.parse": Call(Demo(yielded, "index.md", 8).parse, lambda: {"raw": {"number": 0.5}}),
    "run_cell": Call(
        lambda **given: finished(run_cell(**given)), lambda: {"source": "1", "name": "cell", "send": print}
    ),
}
