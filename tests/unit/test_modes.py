"""Saturating activations, average pooling, and the two layers that differ between training and evaluation."""

from __future__ import annotations

from itertools import islice, product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convlens import (
    SGD,
    BatchNorm2d,
    Conv2d,
    Dropout,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    batches,
    data,
    evaluate,
    ops,
    train,
)

shapes = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def drawn(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.host("scipy is not in the browser")
@given(st.floats(-800, 800))
def test_sigmoid_is_scipys(value: float) -> None:
    from scipy.special import expit

    x = np.array([value])
    np.testing.assert_allclose(ops.sigmoid(x)[0], expit(x), rtol=1e-13, atol=1e-307)
    np.testing.assert_allclose(
        ops.sigmoid(x.astype(np.float32))[0], expit(x.astype(np.float32)), rtol=1e-6, atol=1e-38
    )


@given(st.floats(-800, 800))
def test_tanh_is_a_stretched_sigmoid(value: float) -> None:
    x = np.array([value])
    np.testing.assert_allclose(ops.tanh(x)[0], 2 * ops.sigmoid(2 * x)[0] - 1, rtol=1e-9, atol=1e-15)


@given(shapes, st.integers(1, 3), st.integers(1, 3))
def test_average_pooling_is_the_mean_of_each_window(shape: Any, stride: int, size: int) -> None:
    x = drawn(shape)
    F = min(size, *shape[2:])
    y, vjp = ops.average_pool2d(x, F, stride)
    dy, dx = drawn(y.shape, 1), np.zeros_like(x)
    for n, c, i, j in product(*map(range, y.shape)):
        here = np.s_[n, c, i * stride : i * stride + F, j * stride : j * stride + F]
        assert y[n, c, i, j] == pytest.approx(x[here].mean(), rel=1e-12, abs=1e-14)
        dx[here] += dy[n, c, i, j] / F**2
    np.testing.assert_allclose(vjp(dy), dx, rtol=1e-10, atol=1e-13)


def test_averaging_over_the_whole_map_is_global_average_pooling() -> None:
    x = drawn((2, 3, 4, 5))
    np.testing.assert_allclose(
        ops.average_pool2d(x, (4, 5))[0][..., 0, 0], ops.global_average_pool2d(x)[0], rtol=1e-13
    )


def test_dropout_sets_the_asked_share_to_zero_and_keeps_the_mean() -> None:
    x = np.ones((1000, 100))
    for p in (0.0, 0.2, 0.5, 0.9):
        y, vjp = ops.dropout(x, p, training=True, rng=np.random.default_rng(3))
        assert (y == 0).mean() == pytest.approx(p, abs=0.005)
        assert set(np.unique(y)) <= {0.0, 1 / (1 - p)}
        assert y.mean() == pytest.approx(1.0, abs=0.02)
        np.testing.assert_array_equal(vjp(x), y)


def test_outside_training_dropout_does_nothing_and_draws_nothing() -> None:
    x, rng = drawn((3, 4)), np.random.default_rng(0)
    np.testing.assert_array_equal(ops.dropout(x, 0.9, rng=rng)[0], x)
    assert rng.random() == np.random.default_rng(0).random()


@given(shapes, st.integers(0, 99))
def test_batch_norm_is_the_definition_channel_by_channel(shape: Any, seed: int) -> None:
    assume(np.prod(shape) > shape[1])  # one number per channel has no spread
    x, weight, bias = drawn(shape, seed), drawn(shape[1:2], seed + 1), drawn(shape[1:2], seed + 2)
    y, _ = ops.batch_norm(x, weight, bias)
    for c in range(shape[1]):
        channel = x[:, c]
        wanted = weight[c] * (channel - channel.mean()) / np.sqrt(channel.var() + 1e-5) + bias[c]
        np.testing.assert_allclose(y[:, c], wanted, rtol=1e-9, atol=1e-9)


def test_running_statistics_follow_pytorchs_formula() -> None:
    layer = BatchNorm2d(momentum=0.25)
    params, _ = layer.init(np.random.default_rng(0), (2, 3, 4), np.float64)
    model = Sequential(layer, GlobalAveragePool2d(), Linear(2))
    params, _ = model.init(np.random.default_rng(0), (2, 3, 4), np.float64)
    mean, var = np.zeros(2), np.ones(2)
    stream = [(drawn((5, 2, 3, 4), seed) * 3 + 1, np.array([0, 1, 0, 1, 1])) for seed in range(6)]
    for step, (x, _) in zip(
        train(model, params, stream, SGD(0.1, momentum=0.9, weight_decay=0.1)), stream, strict=True
    ):
        np.testing.assert_allclose(step.params["norm1"]["running_mean"], mean, rtol=1e-12)
        np.testing.assert_allclose(step.params["norm1"]["running_var"], var, rtol=1e-12)
        mean = 0.75 * mean + 0.25 * x.mean(axis=(0, 2, 3))
        var = 0.75 * var + 0.25 * x.var(axis=(0, 2, 3), ddof=1)


def test_in_evaluation_an_example_is_judged_by_what_was_seen_before_and_not_by_its_batch() -> None:
    layer = BatchNorm2d()
    params, _ = layer.init(np.random.default_rng(0), (1, 2, 2), np.float64)
    x = drawn((4, 1, 2, 2)) + 5
    np.testing.assert_allclose(layer(params, x)[0], x / np.sqrt(1 + 1e-5), rtol=1e-12)
    assert abs(layer(params, x, training=True)[0].mean()) < 1e-12
    assert not any(layer(params, x)[1](x)[1]["running_mean"])


MODEL = Sequential(Conv2d(4, kernel=3), BatchNorm2d(), ReLU(), GlobalAveragePool2d(), Dropout(0.2), Linear(2))


def end_of_training(dtype: Any, seed: int) -> Any:
    """The last of 150 steps, with Dropout and BatchNorm2d, on the easy task."""
    x, labels = data.one_filter_task(np.random.default_rng(0), 32, dtype=dtype)
    params, _ = MODEL.init(np.random.default_rng(1), x.shape[1:], dtype)
    rng = np.random.default_rng(seed)
    *_, last = islice(train(MODEL, params, batches(x, labels), SGD(0.3, momentum=0.9), rng), 150)
    return last, evaluate(MODEL, last.params, x, labels)


@each_dtype
def test_a_network_with_both_learns_and_evaluation_draws_nothing(dtype: Any) -> None:
    last, (loss, accuracy) = end_of_training(dtype, 2)
    assert accuracy > 0.9
    assert loss != last.loss
    assert {leaf.dtype for own in last.params.values() for leaf in own.values()} == {np.dtype(dtype)}


def test_equal_dropout_seeds_give_equal_training_and_others_do_not() -> None:
    one, again, other = (end_of_training(np.float64, seed)[1] for seed in (2, 2, 3))
    assert one == again != other


def test_a_sequential_in_a_sequential_hands_the_mode_on() -> None:
    inner = Sequential(Dropout(0.5))
    x = np.ones((2, 50))
    y, _ = Sequential(inner)({}, x, training=True, rng=np.random.default_rng(0))
    assert set(np.unique(y)) == {0.0, 2.0}
    np.testing.assert_array_equal(Sequential(inner)({}, x)[0], x)
