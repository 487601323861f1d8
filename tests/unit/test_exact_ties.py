"""Equal filters stay equal to the last bit: any number, position, batch, dtype, kernel and layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlens import (
    SGD,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    batches,
    train,
)
from convlens.ops import conv2d, linear
from convlens.symmetry import largest_difference
from convlens.ties import tie

DTYPES = st.sampled_from([np.float32, np.float64])


def the_same(rows: np.ndarray, chosen: tuple[int, ...]) -> bool:
    """Are these rows equal, bit by bit?"""
    return all(largest_difference(rows[chosen[0]], rows[k]) == 0.0 for k in chosen[1:])


def places(draw: st.DrawFn, K: int) -> tuple[int, ...]:
    """Some of K filters, at least two, in any order."""
    return tuple(draw(st.lists(st.integers(0, K - 1), min_size=2, max_size=min(K, 6), unique=True)))


@settings(max_examples=150)
@given(st.data(), st.integers(2, 64), st.integers(1, 9), st.integers(1, 3), DTYPES)
def test_equal_filters_give_bit_equal_maps_and_gradients(
    data: Any, K: int, N: int, C: int, dtype: Any
) -> None:
    size = data.draw(st.integers(1, 9), label="image"), data.draw(st.integers(1, 9), label="image")
    kernel = data.draw(st.integers(1, size[0])), data.draw(st.integers(1, size[1]))
    chosen = places(data.draw, K)
    rng = np.random.default_rng(K)
    x, weight = rng.normal(size=(N, C, *size)).astype(dtype), rng.normal(size=(K, C, *kernel)).astype(dtype)
    bias = rng.normal(size=K).astype(dtype)
    for array in (weight, bias):
        array[list(chosen)] = array[chosen[0]]
    y, vjp = conv2d(x, weight, bias)
    dy = rng.normal(size=y.shape).astype(dtype)
    dy[:, list(chosen)] = dy[:, [chosen[0]]]
    _, dweight, dbias = vjp(dy)
    assert the_same(y.swapaxes(0, 1), chosen)
    assert the_same(dweight, chosen)
    assert the_same(dbias[:, None], chosen)


@settings(max_examples=150)
@given(st.data(), st.integers(2, 64), st.integers(1, 40), st.integers(1, 6), DTYPES)
def test_equal_inputs_of_a_linear_layer_get_bit_equal_gradients(
    data: Any, D: int, N: int, M: int, dtype: Any
) -> None:
    chosen = places(data.draw, D)
    rng = np.random.default_rng(D)
    x, weight, dy = (rng.normal(size=shape).astype(dtype) for shape in ((N, D), (M, D), (N, M)))
    for array in (x, weight):
        array[:, list(chosen)] = array[:, [chosen[0]]]
    dx, dweight, _ = linear(x, weight)[1](dy)
    assert the_same(dx.T, chosen)
    assert the_same(dweight.T, chosen)


@settings(max_examples=150)
@given(st.data(), st.integers(2, 64), st.integers(1, 40), st.integers(1, 30), DTYPES)
def test_equal_units_of_a_linear_layer_stay_bit_equal(data: Any, M: int, N: int, D: int, dtype: Any) -> None:
    chosen = places(data.draw, M)
    rng = np.random.default_rng(M)
    x, weight, dy = (rng.normal(size=shape).astype(dtype) for shape in ((N, D), (M, D), (N, M)))
    weight[list(chosen)] = weight[chosen[0]]
    dy[:, list(chosen)] = dy[:, [chosen[0]]]
    y, vjp = linear(x, weight)
    assert the_same(y.T, chosen)
    assert the_same(vjp(dy)[1], chosen)


def final_params(
    model: Sequential, params: Any, count: int, size: int, dtype: Any, steps: int, **settings: Any
) -> Any:
    """Train on noise with random labels and return where it ends; noise is as unsymmetric as data can be."""
    rng = np.random.default_rng(5)
    x, labels = (
        rng.normal(size=(count, 1, size, size)).astype(dtype),
        rng.integers(0, 4, count, dtype=np.int64),
    )
    batch = settings.pop("batch", None)
    stream = batches(x, labels, batch, rng if batch else None)
    for step in train(model, params, stream, SGD(0.1, **settings)):
        if step.number == steps:
            return step.params
    raise AssertionError("the stream of batches has no end")


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("chosen", ["first two", "ends", "all"])
def test_tied_filters_stay_bit_equal_over_twenty_steps(chosen: str, dtype: Any) -> None:
    """As many as it takes to learn: after them all that belongs to the filters is equal, so the next step begins as the first."""
    for K in (2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64):
        filters = {"first two": (0, 1), "ends": (0, K - 1), "all": tuple(range(K))}[chosen]
        model = Sequential(Conv2d(K, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(4))
        start, _ = model.init(np.random.default_rng(K), in_shape=(1, 6, 6), dtype=dtype)
        end = final_params(model, tie(start, filters), 7, 6, dtype, 20)
        assert largest_difference(end["conv1"]["weight"], start["conv1"]["weight"]) > 1e-3, "it did learn"
        assert the_same(end["conv1"]["weight"], filters), K
        assert the_same(end["conv1"]["bias"][:, None], filters), K
        assert the_same(end["linear1"]["weight"].T, filters), K


@pytest.mark.parametrize(
    "settings",
    [
        {"momentum": 0.9},
        {"weight_decay": 0.01},
        {"batch": 3},
        {"momentum": 0.5, "weight_decay": 0.1, "batch": 1},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_momentum_weight_decay_and_mini_batches_do_not_break_a_tie(
    settings: dict[str, Any], dtype: Any
) -> None:
    model = Sequential(Conv2d(6, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(4))
    start, _ = model.init(np.random.default_rng(0), in_shape=(1, 6, 6), dtype=dtype)
    end = final_params(model, tie(start, (1, 4)), 10, 6, dtype, 60, **settings)
    assert the_same(end["conv1"]["weight"], (1, 4))
    assert not the_same(end["conv1"]["weight"], (0, 1))


@pytest.mark.parametrize("K", [2, 5, 16, 33])
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_ties_hold_in_front_of_pooling_flattening_and_a_second_convolution(K: int, dtype: Any) -> None:
    flat = Sequential(Conv2d(K, kernel=3), ReLU(), MaxPool2d(2), Flatten(), Linear(4))
    deep = Sequential(
        Conv2d(K, kernel=3, padding=1), ReLU(), Conv2d(3, kernel=3, stride=2), ReLU(), Flatten(), Linear(4)
    )
    for model, options in ((flat, {}), (deep, {"next_layer": "conv2"})):
        start, _ = model.init(np.random.default_rng(K), in_shape=(1, 8, 8), dtype=dtype)
        end = final_params(model, tie(start, (0, K - 1), **options), 6, 8, dtype, 50)
        assert largest_difference(end["conv1"]["weight"][0], start["conv1"]["weight"][0]) > 1e-6, (
            "it did learn"
        )
        assert the_same(end["conv1"]["weight"], (0, K - 1))


def test_one_tie_alone_does_not_hold() -> None:
    model = Sequential(Conv2d(4, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(4))
    start, _ = model.init(np.random.default_rng(0), in_shape=(1, 6, 6), dtype=np.float64)
    for options in ({"outgoing": False}, {"incoming": False}):
        end = final_params(model, tie(start, **options), 10, 6, np.float64, 5)
        assert largest_difference(*end["conv1"]["weight"][:2]) > 1e-6
