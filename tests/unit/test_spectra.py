"""The two forms of the convolution: through columns, and through the Fourier transform."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, batches, train
from convlens.ops.conv2d import conv2d, correlate, fft_is_faster
from convlens.ops.spectra import correlate_by_spectra, fast_length, is_balanced
from convlens.symmetry import largest_difference
from convlens.ties import tie

DTYPES = [np.float32, np.float64]


@given(st.data(), st.sampled_from(DTYPES))
def test_both_forms_give_the_same_maps_and_gradients(data: Any, dtype: Any) -> None:
    side = st.integers(1, 9)
    N, C, K, H, W = (data.draw(side) for _ in range(5))
    PH, PW = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4))
    FH, FW = data.draw(st.integers(1, H + 2 * PH)), data.draw(st.integers(1, W + 2 * PW))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x, weight = rng.normal(size=(N, C, H, W)).astype(dtype), rng.normal(size=(K, C, FH, FW)).astype(dtype)
    y, back = correlate(x, weight, (1, 1), (PH, PW))
    other, other_back = correlate_by_spectra(x, weight, (PH, PW))
    dy = rng.normal(size=y.shape).astype(dtype)
    for one, two in zip((y, *back(dy, True)), (other, *other_back(dy, True)), strict=True):
        assert one is not None
        assert two is not None
        assert one.dtype == two.dtype == dtype
        # Transforms round in proportion to the largest number, and not to each.
        exactness = 5e-6 if dtype == np.float32 else 1e-14
        np.testing.assert_allclose(one, two, rtol=0, atol=exactness * (abs(one).max() + 1))


def test_what_leaves_the_transform_at_one_edge_does_not_come_in_at_the_other() -> None:
    for i, j in ((0, 0), (0, 7), (7, 0), (7, 7)):
        x = np.zeros((1, 1, 8, 8))
        x[0, 0, i, j] = 1
        weight = np.arange(25.0).reshape(1, 1, 5, 5)
        y, _ = correlate_by_spectra(x, weight, (2, 2))
        far = np.ones((8, 8), bool)
        far[max(0, i - 2) : i + 3, max(0, j - 2) : j + 3] = False
        assert abs(y[0, 0][far]).max() < 1e-13


def test_the_rule_asks_for_a_batch_and_wide_kernels_on_several_channels() -> None:
    def weight(C: int, F: int) -> np.ndarray:
        return np.zeros((20, C, F, F))

    assert fft_is_faster(8, weight(3, 5))
    assert not fft_is_faster(7, weight(3, 5))
    assert not fft_is_faster(8, weight(2, 5))
    assert not fft_is_faster(32, weight(64, 3))


@pytest.mark.parametrize("stride", [1, 2])
def test_conv2d_takes_the_form_that_the_rule_names(stride: int, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    taken: list[str] = []
    module = sys.modules["convlens.ops.conv2d"]
    for name in ("correlate", "correlate_by_spectra"):
        form = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, form=form, name=name: taken.append(name) or form(*a))
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(8, 3, 9, 9)), rng.normal(size=(4, 3, 5, 5))
    whole, _ = conv2d(x, weight, stride=stride, padding=1)
    single, _ = conv2d(x[:1], weight, stride=stride, padding=1)
    assert taken == ["correlate_by_spectra" if stride == 1 else "correlate", "correlate"]
    np.testing.assert_allclose(whole[:1], single, atol=1e-12)


def test_a_fast_length_is_even_long_enough_and_has_small_factors() -> None:
    for least in range(1, 300):
        length = rest = fast_length(least)
        assert length >= least
        assert length % 2 == 0
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        assert rest == 1, least
        assert length < 1.34 * least + 2


@pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])
@pytest.mark.parametrize("K", [2, 3, 7, 8, 17, 32, 64])
def test_spectra_keep_equal_filters_and_equal_channels_bit_equal(K: int, dtype: Any) -> None:
    rng = np.random.default_rng(K)
    x, weight = rng.normal(size=(9, K, 8, 7)).astype(dtype), rng.normal(size=(K, K, 5, 5)).astype(dtype)
    first, second = 0, K - 1
    x[:, second] = x[:, first]
    weight[:, second] = weight[:, first]
    weight[second] = weight[first]
    y, back = correlate_by_spectra(x, weight, (2, 2))
    dy = rng.normal(size=y.shape).astype(dtype)
    dy[:, second] = dy[:, first]
    dx, dweight = back(dy, True)
    assert largest_difference(y[:, first], y[:, second]) == 0.0
    assert largest_difference(dx[:, first], dx[:, second]) == 0.0
    assert largest_difference(dweight[first], dweight[second]) == 0.0
    assert largest_difference(dweight[:, first], dweight[:, second]) == 0.0


@pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])
def test_ties_hold_over_two_hundred_steps_through_spectra(dtype: Any) -> None:
    rng = np.random.default_rng(3)
    model = Sequential(
        Conv2d(6, kernel=5, padding=2),
        ReLU(),
        MaxPool2d(2),
        Conv2d(4, kernel=5, padding=2),
        ReLU(),
        Flatten(),
        Linear(3),
    )
    start, _ = model.init(rng, in_shape=(3, 8, 8), dtype=dtype)
    x, labels = rng.normal(size=(12, 3, 8, 8)).astype(dtype), rng.integers(0, 3, 12, dtype=np.int64)
    assert fft_is_faster(len(x), start["conv1"]["weight"])
    assert fft_is_faster(len(x), start["conv2"]["weight"])
    tied = tie(start, (1, 4), next_layer="conv2")
    for step in train(model, tied, batches(x, labels), SGD(0.05, momentum=0.9)):
        if step.number == 200:
            break
    assert largest_difference(step.params["conv1"]["weight"][1], tied["conv1"]["weight"][1]) > 1e-3, (
        "it did learn"
    )
    assert largest_difference(*step.params["conv1"]["weight"][[1, 4]]) == 0.0
    assert largest_difference(*step.params["conv2"]["weight"].swapaxes(0, 1)[[1, 4]]) == 0.0


@pytest.mark.parametrize(
    ("dtype", "large", "small"), [(np.float64, 1e153, 1e-162), (np.float32, 1e36, 1e-25)]
)
def test_numbers_of_any_size_come_back_as_from_the_other_form(dtype: Any, large: float, small: float) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(8, 3, 9, 9)).astype(dtype), rng.normal(size=(4, 3, 5, 5)).astype(dtype)
    for of_x, of_weight in ((large, 1), (1, large), (large, small), (small, 1), (small, large)):
        one, other = x * dtype(of_x), weight * dtype(of_weight)
        direct, direct_back = correlate(one, other, (1, 1), (2, 2))
        y, back = conv2d(one, other, padding=2)
        assert not np.array_equal(y, direct), "this batch must go through Fourier"
        dy = rng.normal(size=y.shape).astype(dtype)
        for a, b in zip((y, *back(dy)[:2]), (direct, *direct_back(dy, True)), strict=True):
            assert a is not None
            assert b is not None
            np.testing.assert_allclose(a, b, rtol=0, atol=5e-6 * abs(b).max())
        tiny = dy * dtype(1e-30)
        np.testing.assert_allclose(
            back(tiny)[1],
            direct_back(tiny, True)[1],
            rtol=0,
            atol=5e-6 * abs(direct_back(tiny, True)[1]).max(),
        )


def test_one_bright_pixel_does_not_darken_its_image() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(8, 3, 9, 9)).astype(np.float32), np.ones((4, 3, 5, 5), np.float32)
    x[3, 1, 4, 4] = 1e7
    np.testing.assert_array_equal(conv2d(x, weight)[0], correlate(x, weight, (1, 1), (0, 0))[0])
    assert is_balanced(np.delete(x, 3, axis=0))
    assert not is_balanced(x)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_one_gradient_that_is_not_finite_does_not_spread(odd: float) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(8, 3, 9, 9)), rng.normal(size=(4, 3, 5, 5))
    y, back = conv2d(x, weight)
    dy = np.ones_like(y)
    dy[0, 0, 0, 0] = odd
    dx = back(dy)[0]
    assert np.isfinite(dx[1:]).all()
    assert np.isfinite(dx[0, :, 6:]).all()
