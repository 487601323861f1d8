"""Nothing depends on the order of a dict's keys, and a sequence may be a list, a tuple or an array."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest

from convlens import (
    SGD,
    Adam,
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    attribution,
    batches,
    data,
    evaluate,
    geometry,
    gradcheck,
    initializers,
    ops,
    permutation,
    shapes,
    train,
    types,
)
from convlens.layers.filters import outgoing_weights
from convlens.ties import tie
from convlens_live.controls import Choice

pytestmark = pytest.mark.anywhere

MODEL = Sequential(Conv2d(3, kernel=3), BatchNorm2d(), ReLU(), GlobalAveragePool2d(), Linear(2))
PLAIN = Sequential(Conv2d(3, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))
LABELS = np.array([0, 1, 0, 1])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def images() -> np.ndarray:
    return rng(1).normal(size=(4, 1, 6, 6))


def parameters(model: Sequential = PLAIN, seed: int = 0) -> Any:
    params, _ = model.init(rng(seed), (1, 6, 6), np.float64)
    return types.tree_map(lambda leaf: leaf + rng(seed).normal(size=leaf.shape) ** 2, params)


def reversed_keys(tree: Any) -> Any:
    return {key: reversed_keys(tree[key]) for key in reversed(tree)} if isinstance(tree, dict) else tree


def flat(result: Any) -> list[np.ndarray]:
    """All numbers of a result, dicts in the order of their sorted keys."""
    if isinstance(result, dict):
        return [leaf for key in sorted(result) for leaf in flat(result[key])]
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in flat(part)]
    return [] if callable(result) else [np.asarray(result)]


def after_training(params: Any, optimizer: Any) -> Any:
    *_, last = islice(train(MODEL, params, batches(images(), LABELS), optimizer), 4)
    return last.params, last.grads, last.loss


OF_PARAMETERS: dict[str, tuple[Sequential, Callable[[Any], Any]]] = {
    "the model": (MODEL, lambda p: MODEL(p, images())[0]),
    "trace": (MODEL, lambda p: MODEL.trace(p, images())),
    "SGD": (MODEL, lambda p: after_training(p, SGD(0.1, momentum=0.9, weight_decay=0.1))),
    "Adam": (MODEL, lambda p: after_training(p, Adam(0.1))),
    "evaluate": (MODEL, lambda p: evaluate(MODEL, p, images(), LABELS)),
    "tie": (PLAIN, lambda p: tie(p, gap=0.1)),
    "permute_channels": (MODEL, lambda p: permutation.permute_channels(p, [2, 0, 1], between=["norm1"])),
    "outgoing_weights": (PLAIN, outgoing_weights),
    "best_match, first": (PLAIN, lambda p: permutation.best_match(p, parameters())),
    "best_match, second": (PLAIN, lambda p: permutation.best_match(parameters(seed=1), p)),
    "ablate": (PLAIN, lambda p: attribution.ablate(p, [1])),
    "ablation": (PLAIN, lambda p: attribution.ablation(PLAIN, p, images(), LABELS)),
    "image_pulls": (PLAIN, lambda p: attribution.image_pulls(PLAIN, p, images(), LABELS)),
    "map_gradients": (PLAIN, lambda p: attribution.map_gradients(PLAIN, p, images(), LABELS)),
}


@pytest.mark.parametrize("name", OF_PARAMETERS)
def test_the_order_of_keys_changes_nothing(name: str) -> None:
    model, function = OF_PARAMETERS[name]
    params = parameters(model)
    assert list(reversed_keys(params)) != list(params)
    for one, other in zip(flat(function(params)), flat(function(reversed_keys(params))), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_same_network_matches_itself_whatever_the_order_of_its_keys() -> None:
    order, distance = permutation.best_match(parameters(), reversed_keys(parameters()))
    assert order.tolist() == [0, 1, 2]
    assert distance == 0.0


def layered(layer: Any) -> Any:
    params, shape = layer.init(rng(), (1, 6, 6), np.float64)
    return layer(params, images())[0], shape


OF_SEQUENCES: dict[str, tuple[tuple[Any, ...], Callable[[Any], Any]]] = {
    "Conv2d's kernel": ((3, 2), lambda s: layered(Conv2d(2, kernel=s))),
    "Conv2d's stride": ((2, 1), lambda s: layered(Conv2d(2, kernel=3, stride=s))),
    "Conv2d's padding": ((0, 2), lambda s: layered(Conv2d(2, kernel=3, padding=s))),
    "MaxPool2d's size": ((3, 2), lambda s: layered(MaxPool2d(s))),
    "AveragePool2d's stride": ((1, 2), lambda s: layered(AveragePool2d(2, s))),
    "conv2d's stride": ((2, 1), lambda s: ops.conv2d(images(), np.ones((1, 1, 3, 3)), stride=s)),
    "conv2d's padding": ((2, 1), lambda s: ops.conv2d(images(), np.ones((1, 1, 3, 3)), padding=s)),
    "max_pool2d's size": ((2, 1), lambda s: ops.max_pool2d(images(), s)),
    "average_pool2d's stride": ((2, 1), lambda s: ops.average_pool2d(images(), 2, s)),
    "in_shape of a network": ((1, 6, 6), lambda s: PLAIN.init(rng(), s)),
    "in_shape of Flatten": ((1, 6, 6), lambda s: Flatten().init(rng(), s)),
    "in_shape of BatchNorm2d": ((1, 6, 6), lambda s: BatchNorm2d().init(rng(), s)),
    "in_shape of a cost": ((1, 6, 6), lambda s: geometry.conv_cost(s, 2, 3).parameters),
    "kernel of a cost": ((3, 2), lambda s: geometry.local_cost((1, 6, 6), 2, s).parameters),
    "stack": (((3, 1), (2, 2)), geometry.receptive_field),
    "shape of a draw": ((3, 1, 2, 2), lambda s: initializers.orthogonal()(rng(), s, 4, 12)),
    "betas": ((0.5, 0.9), lambda s: after_training(parameters(MODEL), Adam(0.1, betas=s))),
    "order": ((2, 0, 1), lambda s: permutation.permute_channels(parameters(), s)),
    "between": (("norm1",), lambda s: permutation.permute_channels(parameters(MODEL), (2, 0, 1), between=s)),
    "filters of tie": ((2, 0), lambda s: tie(parameters(), s)),
    "filters of ablate": ((2, 0), lambda s: attribution.ablate(parameters(), s)),
    "shapes": ((shapes.cross(), shapes.square()), lambda s: data.place_shapes(rng(), s, 4)),
    "rows": ((1, 2), lambda s: data.one_filter_task(rng(), 4, rows=s)),
    "columns": ((1, 2), lambda s: data.one_filter_task(rng(), 4, columns=s)),
    "texts of a choice": (("this", "that"), lambda s: Choice("Which", s).texts),
}


@pytest.mark.parametrize("name", OF_SEQUENCES)
def test_a_sequence_may_be_a_list_a_tuple_or_an_array(name: str) -> None:
    values, function = OF_SEQUENCES[name]
    wanted = flat(function(values))
    for other in (list(values), np.array(values)):
        for one, two in zip(wanted, flat(function(other)), strict=True):
            np.testing.assert_array_equal(one, two)


def test_the_inputs_of_a_gradient_check_may_be_a_list_or_a_tuple() -> None:
    inputs = [images(), np.ones((1, 1, 3, 3)), np.ones(1)]
    assert gradcheck.directional_error(ops.conv2d, inputs, rng()) == gradcheck.directional_error(
        ops.conv2d, tuple(inputs), rng()
    )
