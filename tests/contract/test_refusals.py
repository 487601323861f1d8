"""A bad argument is refused with one sentence that names it, its value, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from convlens import (
    SGD,
    Adam,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Linear,
    MaxPool2d,
    Sequential,
    attribution,
    batches,
    data,
    geometry,
    initializers,
    ops,
    permutation,
)
from convlens.gradcheck import directional_error
from convlens.layers.filters import outgoing_weights
from convlens.symmetry import cosine, largest_difference
from convlens.ties import tie

pytestmark = pytest.mark.anywhere

X = np.ones((2, 1, 5, 5))
WEIGHT = np.ones((3, 1, 3, 3))
LOGITS = np.zeros((3, 4))
LABELS = np.zeros(3, np.int64)
NAN, INF = float("nan"), float("inf")


def rng() -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(0)


def two() -> dict[str, Any]:
    """The parameters of two filters and of the layer that reads them."""
    return Sequential(Conv2d(2, kernel=3)).init(rng(), (1, 5, 5))[0] | {
        "linear1": {"weight": np.ones((3, 2))}
    }


def init(layer: Any, in_shape: Any = (1, 5, 5), dtype: Any = np.float32) -> Any:
    """Ask a layer for its parameters."""
    return layer.init(rng(), in_shape=in_shape, dtype=dtype)


# What is done, and how the message must begin: the argument and its value, then what would be right.
REFUSALS: dict[str, tuple[Callable[[], Any], str]] = {
    "x is a list": (lambda: ops.conv2d([[1.0]], WEIGHT), r"x is a list; it must be a NumPy array"),
    "x of integers": (
        lambda: ops.conv2d(X.astype(np.int64), WEIGHT),
        r"x has dtype int64; it must hold floats",
    ),
    "x without channels": (
        lambda: ops.conv2d(X[:, 0], WEIGHT),
        r"x has shape \(2, 5, 5\); .* \(N, C, H, W\)",
    ),
    "an empty batch": (
        lambda: ops.conv2d(X[:0], WEIGHT),
        r"x has shape \(0, 1, 5, 5\); .* none of them empty",
    ),
    "weight of integers": (
        lambda: ops.conv2d(X, WEIGHT.astype(np.int32)),
        r"weight has dtype int32; it must hold floats",
    ),
    "weight of another dtype": (
        lambda: ops.conv2d(X, WEIGHT.astype(np.float32)),
        r"weight has dtype float32; it must be float64",
    ),
    "weight for other channels": (
        lambda: ops.conv2d(X, np.ones((3, 2, 3, 3))),
        r"weight.shape\[1\] is 2; it must be 1, as in x.shape\[1\]",
    ),
    "kernel larger than the image": (
        lambda: ops.conv2d(X, np.ones((3, 1, 6, 3))),
        r"weight has kernels of 6x3; .* fit into the padded image of 5x5",
    ),
    "kernel larger than the padded image": (
        lambda: ops.conv2d(X, np.ones((3, 1, 3, 8)), padding=1),
        r"weight has kernels of 3x8; .* image of 7x7",
    ),
    "a bias too many": (lambda: ops.conv2d(X, WEIGHT, np.ones(4)), r"bias.shape\[0\] is 4; it must be 3"),
    "bias of another dtype": (
        lambda: ops.conv2d(X, WEIGHT, np.ones(3, np.float32)),
        r"bias has dtype float32; it must be float64",
    ),
    "stride 0": (lambda: ops.conv2d(X, WEIGHT, stride=0), r"stride is 0; it must be a whole number from 1"),
    "stride 1.5": (lambda: ops.conv2d(X, WEIGHT, stride=1.5), r"stride is 1\.5; it must be a whole number"),
    "stride True": (lambda: ops.conv2d(X, WEIGHT, stride=True), r"stride is True; it must be a whole number"),
    "three strides": (
        lambda: ops.conv2d(X, WEIGHT, stride=(1, 1, 1)),
        r"stride is \(1, 1, 1\); .* or two of them",
    ),
    "padding -1": (lambda: ops.conv2d(X, WEIGHT, padding=(0, -1)), r"padding is \(0, -1\); .* from 0"),
    "pool size 0": (lambda: ops.max_pool2d(X, 0), r"size is 0; it must be a whole number from 1"),
    "pool larger than the map": (
        lambda: ops.max_pool2d(X, (6, 2)),
        r"size is 6x2; it must fit into the map of 5x5",
    ),
    "pool stride 0": (
        lambda: ops.max_pool2d(X, 2, stride=0),
        r"stride is 0; it must be a whole number from 1",
    ),
    "pooling rows": (lambda: ops.max_pool2d(X[0, 0], 2), r"x has shape \(5, 5\); .* \(N, C, H, W\)"),
    "average pool larger than the map": (
        lambda: ops.average_pool2d(X, (2, 6)),
        r"size is 2x6; it must fit into the map of 5x5",
    ),
    "tanh of integers": (lambda: ops.tanh(LABELS), r"x has dtype int64; it must hold floats"),
    "sigmoid of a list": (lambda: ops.sigmoid([1.0]), r"x is a list; it must be a NumPy array"),
    "dropout of all": (
        lambda: ops.dropout(X, 1.0),
        r"p is 1\.0; it must be a finite number from 0 and below 1",
    ),
    "a layer that drops nan": (
        lambda: Dropout(NAN),
        r"p is nan; it must be a finite number from 0 and below 1",
    ),
    "dropout without rng": (
        lambda: ops.dropout(X, training=True),
        r"rng is None; it must be a numpy.random.Generator",
    ),
    "normalising rows": (lambda: ops.channel_statistics(X[0, 0]), r"x has shape \(5, 5\); .* \(N, C, H, W\)"),
    "norm weight for other channels": (
        lambda: ops.batch_norm(X, np.ones(2), np.ones(1)),
        r"weight.shape\[0\] is 2; it must be 1, as in x.shape\[1\]",
    ),
    "norm bias of another dtype": (
        lambda: ops.batch_norm(X, np.ones(1), np.ones(1, np.float32)),
        r"bias has dtype float32; it must be float64",
    ),
    "a mean without a variance": (
        lambda: ops.batch_norm(X, np.ones(1), np.ones(1), running_mean=np.ones(1)),
        r"running_var is None and running_mean is not; both must be given, or neither",
    ),
    "eps -1": (lambda: BatchNorm2d(eps=-1.0), r"eps is -1\.0; it must be a finite number from 0"),
    "momentum nan of a norm": (
        lambda: BatchNorm2d(momentum=NAN),
        r"momentum is nan; it must be a finite number from 0",
    ),
    "norm without its statistics": (
        lambda: BatchNorm2d()({"weight": np.ones(1), "bias": np.ones(1)}, X),
        r"params of norm are \['bias', 'weight'\]; they must be .*'running_mean'",
    ),
    "norm on a row": (lambda: init(BatchNorm2d(), (4,)), r"in_shape is \(4,\); it must be \(C, H, W\)"),
    "averaging rows": (
        lambda: ops.global_average_pool2d(X[0, 0]),
        r"x has shape \(5, 5\); .* \(N, C, H, W\)",
    ),
    "relu of integers": (
        lambda: ops.relu(np.array([1], np.int64)),
        r"x has dtype int64; it must hold floats",
    ),
    "flatten without a batch": (
        lambda: ops.flatten(np.ones(3)),
        r"x has shape \(3,\); it must be \(N, \.\.\.\)",
    ),
    "flatten of integers": (lambda: ops.flatten(np.ones((1, 3), np.int64)), r"x has dtype int64"),
    "linear on images": (lambda: ops.linear(X, np.ones((2, 25))), r"x has shape \(2, 1, 5, 5\); .* \(N, D\)"),
    "linear weight transposed": (
        lambda: ops.linear(np.ones((2, 5)), np.ones((5, 3))),
        r"weight.shape\[1\] is 3; it must be 5, as in x.shape\[1\]",
    ),
    "logits of one example": (
        lambda: ops.cross_entropy(LOGITS[0], LABELS),
        r"logits has shape \(4,\); .* \(N, M\)",
    ),
    "label 4 of 4": (
        lambda: ops.cross_entropy(LOGITS, LABELS + 4),
        r"labels go from 4 to 4; .* from 0 to 3",
    ),
    "label -1": (lambda: ops.cross_entropy(LOGITS, LABELS - 1), r"labels go from -1 to -1; .* from 0 to 3"),
    "labels as floats": (
        lambda: ops.cross_entropy(LOGITS, LABELS + 0.0),
        r"labels has dtype float64; it must hold integers",
    ),
    "labels as a list": (
        lambda: ops.cross_entropy(LOGITS, [0, 0, 0]),
        r"labels is a list; it must be an integer array",
    ),
    "labels of another batch": (
        lambda: ops.cross_entropy(LOGITS, LABELS[:2]),
        r"labels has shape \(2,\); it must be \(3,\)",
    ),
    "dloss nan": (
        lambda: ops.cross_entropy(LOGITS, LABELS)[1](NAN),
        r"dloss is nan; it must be a finite number",
    ),
    "softmax of a row": (lambda: ops.softmax(LOGITS[0]), r"logits has shape \(4,\); .* \(N, M\)"),
    "no filters": (
        lambda: init(Conv2d(0, kernel=3)),
        r"filters is 0; it must be a whole number of at least 1",
    ),
    "kernel 2.0": (lambda: init(Conv2d(1, kernel=2.0)), r"kernel is 2\.0; it must be a whole number from 1"),
    "layer stride 0": (
        lambda: init(Conv2d(1, kernel=3, stride=0)),
        r"stride is 0; it must be a whole number from 1",
    ),
    "layer kernel too large": (
        lambda: init(Conv2d(1, kernel=6)),
        r"kernel is 6x6; .* image of 5x5",
    ),
    "conv on a row": (
        lambda: init(Conv2d(1, kernel=3), in_shape=(25,)),
        r"in_shape is \(25,\); it must be \(C, H, W\)",
    ),
    "conv on nothing": (
        lambda: init(Conv2d(1, kernel=3), in_shape=(0, 5, 5)),
        r"in_shape is \(0, 5, 5\); it must be",
    ),
    "no outputs": (
        lambda: init(Linear(0), in_shape=(4,)),
        r"outputs is 0; it must be a whole number of at least 1",
    ),
    "linear on a map": (
        lambda: init(Linear(2)),
        r"in_shape is \(1, 5, 5\); it must be \(D,\).*put Flatten or",
    ),
    "integer parameters": (
        lambda: init(Conv2d(1, kernel=3), dtype=np.int64),
        r"dtype is .*int64.*; it must be np.float32",
    ),
    "a word as dtype": (
        lambda: init(Linear(1), (2,), dtype="wide"),
        r"dtype is 'wide'; it must be np.float32 or np.float64",
    ),
    "a seed as rng": (
        lambda: Conv2d(1, kernel=3).init(0, (1, 5, 5)),
        r"rng is 0; it must be a numpy.random.Generator",
    ),
    "pool layer too large": (lambda: init(MaxPool2d(6)), r"size is 6x6; it must fit into the map of 5x5"),
    "no layers": (lambda: Sequential(), r"layers is empty; a Sequential needs at least one layer"),
    "missing parameters": (
        lambda: Sequential(Conv2d(1, kernel=3))({}, X),
        r"conv1, layer 1 of 1: params of conv are \[\]; they must be \['bias', 'weight'\]",
    ),
    "missing bias": (
        lambda: Linear(1)({"weight": np.ones((1, 2))}, np.ones((1, 2))),
        r"params of linear are \['weight'\]",
    ),
    "unknown parameters": (
        lambda: Sequential(Conv2d(1, kernel=3))({"conv2": {}}, X),
        r"params have conv2; each must be one of the layers conv1",
    ),
    "a trace with unknown parameters": (
        lambda: Sequential(Conv2d(1, kernel=3)).trace({"conv2": {}}, X),
        r"params have conv2; each must be one of the layers conv1",
    ),
    "constant nan": (lambda: initializers.constant(NAN), r"value is nan; it must be a finite number"),
    "tie of an unknown layer": (
        lambda: tie(two(), layer="conv9"),
        r"layer is 'conv9'; .* conv1, linear1",
    ),
    "tie before an unknown layer": (
        lambda: tie(two(), next_layer="x"),
        r"next_layer is 'x'; .* conv1, linear1",
    ),
    "tie before the wrong layer": (
        lambda: tie(two(), next_layer="conv1"),
        r"next_layer is 'conv1'; it must be 'linear1', which reads the maps of conv1",
    ),
    "a tie of one filter": (lambda: tie(two(), filters=(0,)), r"filters is \(0,\); .* from 0 to 1"),
    "its own twin": (
        lambda: tie(two(), filters=(1, 1)),
        r"filters is \(1, 1\); .* different numbers from 0 to 1",
    ),
    "filter 2 of 2": (
        lambda: tie(two(), filters=(0, 2)),
        r"filters is \(0, 2\); .* from 0 to 1",
    ),
    "gap nan": (lambda: tie(two(), gap=NAN), r"gap is nan; it must be a finite number from 0"),
    "gap -1": (lambda: tie(two(), gap=-1), r"gap is -1; it must be a finite number from 0"),
    "gap without copies": (
        lambda: tie(two(), incoming=False, gap=0.1),
        r"gap is 0\.1 and incoming is False",
    ),
    "an ulp without copies": (
        lambda: tie(two(), incoming=False, ulp=True),
        r"ulp is True and incoming is False; .* incoming must be True",
    ),
    "orthogonal gain inf": (
        lambda: initializers.orthogonal(INF),
        r"gain is inf; it must be a finite number from 0",
    ),
    "gap below rounding": (
        lambda: tie(two(), gap=1e-15),
        r"gap is 1e-15, which is lost in the rounding of float32; .* float64",
    ),
    "learning_rate nan": (lambda: SGD(NAN), r"learning_rate is nan; it must be a finite number from 0"),
    "learning_rate -1": (lambda: SGD(-1.0), r"learning_rate is -1\.0; it must be a finite number from 0"),
    "learning_rate '1'": (lambda: SGD("1"), r"learning_rate is '1'; it must be a finite number"),
    "learning_rate 1j": (lambda: SGD(1j), r"learning_rate is 1j; it must be a finite number"),
    "momentum 1": (lambda: SGD(0.1, momentum=1.0), r"momentum is 1\.0; .* from 0 and below 1"),
    "weight_decay inf": (
        lambda: SGD(0.1, weight_decay=INF),
        r"weight_decay is inf; it must be a finite number from 0",
    ),
    "Adam's learning_rate -1": (
        lambda: Adam(-1.0),
        r"learning_rate is -1\.0; it must be a finite number from 0",
    ),
    "one beta": (lambda: Adam(betas=0.9), r"betas is 0\.9; it must be two numbers"),
    "beta 1": (lambda: Adam(betas=(0.9, 1.0)), r"betas\[1\] is 1\.0; it must be .* from 0 and below 1"),
    "Adam's eps nan": (lambda: Adam(eps=NAN), r"eps is nan; it must be a finite number from 0"),
    "Adam's weight_decay inf": (
        lambda: Adam(weight_decay=INF),
        r"weight_decay is inf; it must be a finite number from 0",
    ),
    "Adam on another network": (
        lambda: Adam().step({"a": X}, {"b": X}, Adam().start({"a": X})),
        r"grads has \['b'\]; it must have \['a'\], as params has",
    ),
    "gradients of another network": (
        lambda: SGD(0.1).step({"a": X}, {"b": X}, {"a": X}),
        r"grads has \['b'\]; it must have \['a'\], as params has",
    ),
    "batch of 0": (
        lambda: batches(X, LABELS[:2], 0, rng()),
        r"size is 0; it must be a whole number of at least 1",
    ),
    "batch of 3 from 2": (lambda: batches(X, LABELS[:2], 3, rng()), r"size is 3; it must be from 1 to 2"),
    "mini-batches without rng": (
        lambda: batches(X, LABELS[:2], 1),
        r"rng is None; it must be a numpy.random.Generator",
    ),
    "a label too many": (
        lambda: batches(X, LABELS),
        r"labels has shape \(3,\); it must be \(2,\), one label per example",
    ),
    "no images": (
        lambda: data.one_filter_task(rng(), 0),
        r"count is 0; it must be a whole number of at least 1",
    ),
    "more digits than there are": (
        lambda: data.handwritten_digits_task(rng(), 1798),
        r"count is 1798; it must be a whole number from 1 to 1797",
    ),
    "images too small": (
        lambda: data.one_filter_task(rng(), 4, size=4),
        r"size is 4; it must be a whole number of at least 5",
    ),
    "noise nan": (
        lambda: data.several_filters_task(rng(), 4, noise=NAN),
        r"noise is nan; it must be a finite number from 0",
    ),
    "images of integers": (
        lambda: data.one_filter_task(rng(), 4, dtype=np.int64),
        r"dtype is .*int64.*; it must be np.float32",
    ),
    "data without rng": (
        lambda: data.one_filter_task(None, 4),
        r"rng is None; it must be a numpy.random.Generator",
    ),
    "no shapes": (
        lambda: data.place_shapes(rng(), [], 4),
        r"shapes is \[\]; it must be a list of shapes, one per class",
    ),
    "a kernel that does not fit": (
        lambda: geometry.output_size(5, 8, padding=1),
        r"kernel is 8; it must fit into the padded image of 7",
    ),
    "an image of 0": (
        lambda: geometry.output_size(0, 1),
        r"size is 0; it must be a whole number of at least 1",
    ),
    "explain stride 0": (
        lambda: geometry.explain(5, 3, 0),
        r"stride is 0; it must be a whole number of at least 1",
    ),
    "an even kernel has no middle": (lambda: geometry.same_padding(4), r"kernel is 4; it must be odd"),
    "a stack with stride 0": (
        lambda: geometry.receptive_field([(3, 0)]),
        r"stride in stack is 0; it must be a whole number of at least 1",
    ),
    "dense without inputs": (
        lambda: geometry.dense_cost(0, 1),
        r"inputs is 0; it must be a whole number of at least 1",
    ),
    "cost of a row": (
        lambda: geometry.conv_cost((25,), 1, 3),
        r"in_shape is \(25,\); it must be \(C, H, W\)",
    ),
    "cost of no filters": (
        lambda: geometry.local_cost((1, 5, 5), 0, 3),
        r"filters is 0; it must be a whole number of at least 1",
    ),
    "no channels": (
        lambda: data.one_filter_task(rng(), 4, channels=0),
        r"channels is 0; it must be a whole number of at least 1",
    ),
    "rows outside": (
        lambda: data.one_filter_task(rng(), 4, rows=(3, 8)),
        r"rows is \(3, 8\); it must be the first and the last place, from 0 to 7",
    ),
    "no room for two halves": (
        lambda: data.unseen_places_task(rng(), 4, size=9),
        r"size is 9; it must be a whole number of at least 10",
    ),
    "difference of other shapes": (
        lambda: largest_difference(X, WEIGHT),
        r"b has shape \(3, 1, 3, 3\); it must be \(2, 1, 5, 5\)",
    ),
    "cosine of other shapes": (
        lambda: cosine(X, WEIGHT),
        r"b has shape \(3, 1, 3, 3\); it must be \(2, 1, 5, 5\)",
    ),
    "cosine of integers": (lambda: cosine(LABELS, LABELS), r"a has dtype int64; it must hold floats"),
    "an order that repeats": (
        lambda: permutation.permute_channels(two(), np.array([0, 0])),
        r"order is array\(\[0, 0\]\); it must be a list of different numbers from 0 to 1",
    ),
    "a layer between that is not there": (
        lambda: permutation.permute_channels(two(), np.array([1, 0]), between=("norm1",)),
        r"between is 'norm1'; it must be one of conv1, linear1",
    ),
    "an unknown layer to permute": (
        lambda: outgoing_weights(two(), "conv9"),
        r"layer is 'conv9'; it must be a layer of params with a weight: conv1, linear1",
    ),
    "networks of two sizes": (
        lambda: permutation.best_match(two(), two() | {"linear1": {"weight": np.ones((5, 2))}}),
        r"b has \(2, 15\) filters .* it must be \(2, 13\)",
    ),
    "costs that are not square": (
        lambda: permutation.cheapest_pairs(np.ones((2, 3))),
        r"cost has shape \(2, 3\); it must be \(2, 2\)",
    ),
    "residual of label 4": (
        lambda: attribution.residual(LOGITS, LABELS + 4),
        r"labels go from 4 to 4; .* from 0 to 3",
    ),
    "gradients of an unknown map": (
        lambda: attribution.map_gradients(Sequential(Linear(2)), {}, X, LABELS[:2]),
        r"layer is 'conv1'; it must be one of linear1",
    ),
    "pulls on a layer without a weight": (
        lambda: attribution.image_pulls(Sequential(Linear(2)), two(), X, LABELS[:2], "relu1"),
        r"layer is 'relu1'; it must be a layer of params with a weight: conv1, linear1",
    ),
    "terms of other places": (
        lambda: attribution.position_terms(X, np.ones((2, 6, 5))),
        r"dy has shape \(2, 6, 5\); it must be \(2, OH, OW\), a map that fits into 5x5",
    ),
    "terms of other images": (
        lambda: attribution.position_terms(X, np.ones((3, 3, 3))),
        r"dy has shape \(3, 3, 3\); it must be \(2, OH, OW\)",
    ),
    "ablating filter 2 of 2": (
        lambda: attribution.ablate(two(), (2,)),
        r"filters is \(2,\); it must be a list of different numbers from 0 to 1",
    ),
    "gradient check in float32": (
        lambda: directional_error(ops.relu, [X.astype(np.float32)], rng()),
        r"inputs\[0\] has dtype float32; it must be float64",
    ),
}


def answer(act: Callable[[], Any]) -> str:
    """What a call says when it refuses an argument, or what happens instead."""
    try:
        act()
    except ValueError as error:
        return str(error)
    except Exception as error:
        return repr(error)
    return "it was taken"


def test_a_bad_argument_is_refused_by_name() -> None:
    answers = {case: (message, answer(act)) for case, (act, message) in REFUSALS.items()}
    wrong = {
        case: said for case, (message, said) in answers.items() if not re.match(message, said) or "\n" in said
    }
    assert wrong == {}
