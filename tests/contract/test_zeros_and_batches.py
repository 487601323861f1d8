"""Exact zeros stay zeros in every form of every operation, and a gradient does not depend on how often an image is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import (
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
    data,
    ops,
)
from convlens.ops.conv2d import correlate, fft_is_faster
from convlens.ops.spectra import correlate_by_spectra

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


# Each maps 0 to 0: what has a bias gets a bias of 0.
FROM_ZERO: dict[str, Callable[[np.ndarray], tuple[np.ndarray, Callable[..., Any]]]] = {
    "conv2d": lambda x: ops.conv2d(x, drawn(4, 3, 3, 3).astype(x.dtype), np.zeros(4, x.dtype), padding=1),
    "conv2d with stride": lambda x: ops.conv2d(x, drawn(4, 3, 3, 3).astype(x.dtype), stride=2),
    "conv2d through Fourier": lambda x: ops.conv2d(x, drawn(4, 3, 5, 5).astype(x.dtype), padding=2),
    "max_pool2d": lambda x: ops.max_pool2d(x, 2),
    "average_pool2d": lambda x: ops.average_pool2d(x, 2),
    "global_average_pool2d": lambda x: ops.global_average_pool2d(x),
    "relu": lambda x: ops.relu(x),
    "tanh": lambda x: ops.tanh(x),
    "dropout": lambda x: ops.dropout(x, training=True, rng=np.random.default_rng(0)),
    "flatten": lambda x: ops.flatten(x),
    "linear": lambda x: ops.linear(x.reshape(len(x), -1), drawn(2, 432).astype(x.dtype)),
    "batch_norm": lambda x: ops.batch_norm(
        x,
        np.ones(3, x.dtype),
        np.zeros(3, x.dtype),
        running_mean=np.zeros(3, x.dtype),
        running_var=np.ones(3, x.dtype),
    ),
}
each_operation = pytest.mark.parametrize("operation", FROM_ZERO.values(), ids=FROM_ZERO.keys())


@each_dtype
@each_operation
def test_an_image_of_zeros_gives_zeros_whatever_the_others_of_its_batch_are(
    operation: Any, dtype: Any
) -> None:
    x = drawn(9, 3, 12, 12).astype(dtype)
    x[[0, 5]] = 0
    y, _ = operation(x)
    assert not y[[0, 5]].any()
    assert y[1].any()


@each_dtype
@each_operation
def test_where_no_error_comes_back_no_gradient_leaves(operation: Any, dtype: Any) -> None:
    y, vjp = operation(drawn(9, 3, 12, 12).astype(dtype))
    gradients = vjp(np.zeros_like(y))
    for gradient in gradients if isinstance(gradients, tuple) else (gradients,):
        assert gradient is None or not gradient.any()


@each_dtype
@pytest.mark.parametrize("batch", [7, 8, 32])
def test_windows_of_zeros_give_exact_zeros_and_so_do_filters_that_meet_none_of_the_light(
    batch: int, dtype: Any
) -> None:
    x = np.zeros((batch, 3, 24, 24), dtype)
    x[:, :, 2:7, 3:8] = drawn(batch, 3, 5, 5)
    weight = drawn(4, 3, 5, 5).astype(dtype)
    y, vjp = ops.conv2d(x, weight, padding=2)
    dark = np.ones((24, 24), bool)
    dark[:9, 1:10] = False
    assert not y[:, :, dark].any()
    # An error only where the image is dark: the weights have no part in it, and the pixels do only nearby.
    dy = np.zeros_like(y)
    dy[:, :, 15:20, 15:20] = 1
    dx, dweight, _ = vjp(dy)
    assert not dweight.any()
    assert not dx[:, :, :13, :].any()
    assert dx[:, :, 14:21, 14:21].any()


@each_dtype
def test_what_is_not_negative_stays_so_through_fourier(dtype: Any) -> None:
    x, weight = np.abs(drawn(8, 3, 20, 20)).astype(dtype), np.abs(drawn(4, 3, 5, 5)).astype(dtype)
    x[:, :, :, 8:] = 0
    assert ops.conv2d(x, weight)[0].min() == 0


@given(st.data())
def test_a_number_that_fourier_keeps_has_the_sign_that_the_direct_sum_gives_it(draw: Any) -> None:
    side = st.integers(1, 9)
    N, C, K, H, W = (draw.draw(side) for _ in range(5))
    FH, FW = draw.draw(st.integers(1, H)), draw.draw(st.integers(1, W))
    rng = np.random.default_rng(draw.draw(st.integers(0, 999)))
    spread = draw.draw(st.sampled_from([0, 1, 4]))  # numbers from e^-12 to e^12 beside each other

    def numbers(*shape: int) -> np.ndarray:
        return rng.normal(size=shape) * np.exp(spread * rng.normal(size=shape)) * (rng.random(shape) < 0.5)

    x, weight = numbers(N, C, H, W), numbers(K, C, FH, FW)
    exact, exact_back = correlate(x.astype(np.longdouble), weight.astype(np.longdouble), (1, 1), (1, 1))
    y, back = correlate_by_spectra(x, weight, (1, 1))
    dy = numbers(*y.shape)
    for one, other in zip(
        (exact, *exact_back(dy.astype(np.longdouble), True)), (y, *back(dy, True)), strict=True
    ):
        assert one is not None
        assert other is not None
        assert ((other == 0) | (np.sign(other) == np.sign(one))).all()


NETWORKS = {
    "pooled": (Conv2d(4, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(2)),
    "flattened": (Conv2d(4, kernel=3, stride=2), Tanh(), Flatten(), Linear(2)),
    "deep": (
        Conv2d(4, kernel=5, padding=2),
        ReLU(),
        MaxPool2d(2),
        Conv2d(3, kernel=5),
        ReLU(),
        GlobalAveragePool2d(),
        Linear(2),
    ),
    "normalised": (
        Conv2d(4, kernel=3, bias=False),
        BatchNorm2d(),
        Sigmoid(),
        AveragePool2d(2),
        Flatten(),
        Linear(2),
    ),
}


@each_dtype
@pytest.mark.parametrize("count", [4, 5, 8])
@pytest.mark.parametrize("name", NETWORKS)
def test_images_given_twice_have_the_gradients_of_the_same_images_given_once(
    name: str, count: int, dtype: Any
) -> None:
    """4 images go the direct way and 8 through Fourier; on black, where their sums are exactly 0, it showed."""
    rng = np.random.default_rng(0)
    x, labels = data.squiggle_or_corner_task(rng, count, size=32, channels=3, noise=0.0, dtype=dtype)
    model = Sequential(*NETWORKS[name])
    params, _ = model.init(rng, x.shape[1:], dtype)
    grads = []
    for images, wanted in ((x, labels), (np.concatenate([x, x]), np.concatenate([labels, labels]))):
        logits, vjp = model(params, images, training=True)
        _, back = ops.cross_entropy(logits, wanted)
        grads.append(vjp(back(1.0))[1])
    for layer in params:
        for key in {"weight", "bias"} & set(params[layer]):
            once, twice = (tree[layer][key] for tree in grads)
            scale = max(float(np.abs(once).max()), 1e-3)
            np.testing.assert_allclose(
                once, twice, rtol=0, atol=(2e-5 if dtype == np.float32 else 1e-12) * scale
            )


def test_the_deep_network_above_takes_both_ways() -> None:
    assert fft_is_faster(8, np.zeros((4, 3, 5, 5)))
    assert not fft_is_faster(4, np.zeros((4, 3, 5, 5)))


def test_one_number_that_is_not_finite_reaches_only_the_windows_that_hold_it() -> None:
    x = drawn(8, 3, 20, 20)
    x[2, 1, 10, 10] = np.nan
    y, _ = ops.conv2d(x, drawn(4, 3, 5, 5), padding=2)
    lost = np.isnan(y)
    assert lost[2, :, 8:13, 8:13].all()
    assert lost.sum() == 4 * 25
