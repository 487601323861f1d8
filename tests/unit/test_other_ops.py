"""Pooling, ReLU, the dense part and the loss, each against a second way to say the same."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens.gradcheck import directional_error
from convlens.ops import cross_entropy, flatten, global_average_pool2d, linear, max_pool2d, relu, softmax

side = st.integers(1, 7)
seeds = st.integers(0, 2**16)


def distinct(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers at least 0.1 apart and 0.05 from 0: nothing switches under a small change."""
    size = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(size).reshape(shape) - size // 2) * 0.1 + 0.05


@st.composite
def pools(draw: st.DrawFn) -> tuple[np.ndarray, tuple[int, int], tuple[int, int]]:
    """Images, a window that fits, and any stride."""
    H, W = draw(side), draw(side)
    size = draw(st.integers(1, H)), draw(st.integers(1, W))
    stride = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return distinct(draw(seeds), (draw(st.integers(1, 3)), draw(st.integers(1, 3)), H, W)), size, stride


@given(pools())
def test_max_pooling_keeps_the_largest_number_of_each_window_and_the_gradient_goes_there(pool: Any) -> None:
    x, size, stride = pool
    y, vjp = max_pool2d(x, size, stride)
    dy = np.random.default_rng(0).normal(size=y.shape)
    dx = np.zeros_like(x)
    for n, c, i, j in product(*map(range, y.shape)):
        top, left = i * stride[0], j * stride[1]
        window = x[n, c, top : top + size[0], left : left + size[1]]
        a, b = np.unravel_index(window.argmax(), window.shape)
        assert y[n, c, i, j] == window.max()
        dx[n, c, top + a, left + b] += dy[n, c, i, j]
    assert y.shape[2:] == tuple((s - f) // t + 1 for s, f, t in zip(x.shape[2:], size, stride, strict=True))
    np.testing.assert_allclose(vjp(dy), dx, rtol=1e-12, atol=1e-14)
    assert directional_error(lambda x: max_pool2d(x, size, stride), [x], np.random.default_rng(1)) < 1e-7


def test_of_equal_maxima_the_first_gets_the_whole_gradient() -> None:
    y, vjp = max_pool2d(np.ones((1, 1, 2, 2)), 2)
    assert vjp(np.full_like(y, 5.0)).ravel().tolist() == [5.0, 0.0, 0.0, 0.0]


def test_windows_lie_side_by_side_unless_told_otherwise_and_the_rest_is_cut() -> None:
    x = distinct(0, (1, 1, 5, 7))
    np.testing.assert_array_equal(max_pool2d(x, (2, 3))[0], max_pool2d(x, (2, 3), stride=(2, 3))[0])
    assert max_pool2d(x, (2, 3))[0].shape == (1, 1, 2, 2)


@given(st.tuples(side, side, side, side), seeds)
def test_global_average_pooling_is_the_mean_of_each_map(shape: tuple[int, ...], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=shape)
    y, vjp = global_average_pool2d(x)
    np.testing.assert_allclose(y, x.mean(axis=(2, 3)), rtol=1e-12, atol=1e-14)
    places = shape[2] * shape[3]
    np.testing.assert_array_equal(vjp(np.ones_like(y)), np.full(shape, 1.0 / places))
    assert directional_error(global_average_pool2d, [x], np.random.default_rng(seed)) < 1e-7


@given(st.lists(side, min_size=1, max_size=4), seeds)
def test_relu_lets_positive_numbers_pass_and_the_gradient_at_the_same_places(
    shape: list[int], seed: int
) -> None:
    x = distinct(seed, tuple(shape))
    y, vjp = relu(x)
    np.testing.assert_array_equal(y, x * (x > 0))
    np.testing.assert_array_equal(vjp(np.full_like(x, 3.0)), 3.0 * (x > 0))
    assert directional_error(relu, [x], np.random.default_rng(seed)) < 1e-7


def test_relus_slope_at_zero_is_zero_and_a_nan_is_not_hidden() -> None:
    y, vjp = relu(np.array([0.0, -0.0, np.nan]))
    assert vjp(np.ones(3))[:2].tolist() == [0.0, 0.0]
    assert np.isnan(y[2])


@given(st.lists(side, min_size=2, max_size=5), seeds)
def test_flatten_keeps_every_number_and_gives_the_shape_back(shape: list[int], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=shape)
    y, vjp = flatten(x)
    assert y.shape == (shape[0], x.size // shape[0])
    np.testing.assert_array_equal(y.ravel(), x.ravel())
    np.testing.assert_array_equal(vjp(y), x)


@given(side, side, side, seeds)
def test_linear_is_a_matrix_product_and_so_are_its_gradients(N: int, D: int, M: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, weight, bias, dy = (rng.normal(size=shape) for shape in ((N, D), (M, D), (M,), (N, M)))
    y, vjp = linear(x, weight, bias)
    np.testing.assert_allclose(y, x @ weight.T + bias, rtol=1e-10, atol=1e-12)
    for found, wanted in zip(vjp(dy), (dy @ weight, dy.T @ x, dy.sum(axis=0)), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)
    assert directional_error(linear, [x, weight, bias], rng) < 1e-7


@pytest.mark.host("scipy is not in the browser")
@given(side, st.integers(2, 6), seeds)
def test_cross_entropy_is_scipys_log_softmax_at_the_label(N: int, M: int, seed: int) -> None:
    import scipy.special

    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(N, M)), rng.integers(0, M, N, dtype=np.int64)
    loss, vjp = cross_entropy(logits, labels)
    log_p = scipy.special.log_softmax(logits, axis=1)
    assert loss == pytest.approx(-log_p[np.arange(N), labels].mean(), rel=1e-12)
    np.testing.assert_allclose(vjp(1.0), (np.exp(log_p) - np.eye(M)[labels]) / N, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(softmax(logits), scipy.special.softmax(logits, axis=1), rtol=1e-12)


@given(side, st.integers(2, 6), seeds)
def test_cross_entropy_is_what_the_textbook_says(N: int, M: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(N, M)), rng.integers(0, M, N, dtype=np.int64)
    loss, vjp = cross_entropy(logits, labels)
    p = np.array([[math.exp(z) / math.fsum(map(math.exp, row)) for z in row] for row in logits])
    np.testing.assert_allclose(softmax(logits), p, rtol=1e-12)
    assert loss == pytest.approx(np.mean([-math.log(p[n, m]) for n, m in enumerate(labels)]), rel=1e-12)
    np.testing.assert_allclose(vjp(1.0), (p - np.eye(M)[labels]) / N, rtol=1e-10, atol=1e-14)
    assert directional_error(lambda z: cross_entropy(z, labels), [logits], rng) < 1e-7


def test_the_residuals_of_an_example_add_up_to_zero() -> None:
    logits = np.random.default_rng(0).normal(size=(5, 4))
    residual = cross_entropy(logits, np.array([0, 1, 2, 3, 0], dtype=np.int64))[1](1.0)
    np.testing.assert_allclose(residual.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_any_size_give_a_finite_loss_without_a_warning(dtype: Any) -> None:
    logits = np.array([[1e30, 0.0], [-1e30, 0.0]], dtype)
    loss, vjp = cross_entropy(logits, np.array([0, 1], dtype=np.int64))
    assert loss == 0.0
    assert np.isfinite(vjp(1.0)).all()
    assert softmax(logits).tolist() == [[1.0, 0.0], [0.0, 1.0]]
