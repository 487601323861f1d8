"""conv2d against naive loops, against scipy, against a second formulation, and against finite differences."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens.gradcheck import directional_error
from convlens.ops import conv2d

small = st.integers(1, 3)


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Any shapes, strides and paddings where the kernel fits into the padded image."""
    FH, FW, SH, SW = draw(small), draw(small), draw(small), draw(small)
    PH, PW = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    H = draw(st.integers(max(1, FH - 2 * PH), 7))
    W = draw(st.integers(max(1, FW - 2 * PW), 7))
    N, C, K = draw(small), draw(small), draw(st.integers(1, 5))
    return {
        "x": (N, C, H, W),
        "weight": (K, C, FH, FW),
        "stride": (SH, SW),
        "padding": (PH, PW),
        "seed": draw(st.integers(0, 2**16)),
        "dtype": draw(st.sampled_from([np.float32, np.float64])),
    }


def arrays(case: dict[str, Any], dtype: Any = np.float64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, weight and bias of a case."""
    rng = np.random.default_rng(case["seed"])
    shapes = case["x"], case["weight"], case["weight"][:1]
    x, weight, bias = (rng.normal(size=shape).astype(dtype) for shape in shapes)
    return x, weight, bias


def naive(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: Any, padding: Any) -> np.ndarray:
    """The definition, as loops over every number of the output."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    K, _, FH, FW = weight.shape
    OH, OW = (padded.shape[2] - FH) // stride[0] + 1, (padded.shape[3] - FW) // stride[1] + 1
    y = np.empty((len(x), K, OH, OW), x.dtype)
    for n, k, i, j in product(range(len(x)), range(K), range(OH), range(OW)):
        top, left = i * stride[0], j * stride[1]
        y[n, k, i, j] = bias[k] + (padded[n, :, top : top + FH, left : left + FW] * weight[k]).sum()
    return y


@given(cases())
def test_every_output_number_is_one_filter_times_one_window(case: dict[str, Any]) -> None:
    x, weight, bias = arrays(case, case["dtype"])
    y, _ = conv2d(x, weight, bias, stride=case["stride"], padding=case["padding"])
    tolerance = 1e-12 if case["dtype"] == np.float64 else 1e-4
    np.testing.assert_allclose(
        y, naive(x, weight, bias, case["stride"], case["padding"]), rtol=tolerance, atol=tolerance
    )


@pytest.mark.host("scipy is not in the browser")
@given(cases())
def test_scipys_correlation_gives_the_same_maps(case: dict[str, Any]) -> None:
    from scipy.signal import correlate

    x, weight, bias = arrays(case)
    y, _ = conv2d(x, weight, bias, stride=case["stride"], padding=case["padding"])
    padded = np.pad(x, ((0, 0), (0, 0), (case["padding"][0],) * 2, (case["padding"][1],) * 2))
    for n, k in product(range(len(x)), range(len(weight))):
        whole = correlate(padded[n], weight[k], mode="valid")[0] + bias[k]
        np.testing.assert_allclose(
            y[n, k], whole[:: case["stride"][0], :: case["stride"][1]], rtol=1e-10, atol=1e-12
        )


@given(cases())
def test_the_gradients_are_the_slopes_that_finite_differences_measure(case: dict[str, Any]) -> None:
    def function(*inputs: np.ndarray) -> Any:
        return conv2d(*inputs, stride=case["stride"], padding=case["padding"])

    assert directional_error(function, arrays(case), np.random.default_rng(case["seed"])) < 1e-7


@given(cases())
def test_a_shared_weights_gradient_is_the_sum_over_the_places_where_it_is_used(case: dict[str, Any]) -> None:
    x, weight, bias = arrays(case)
    (SH, SW), (PH, PW) = case["stride"], case["padding"]
    y, vjp = conv2d(x, weight, bias, stride=case["stride"], padding=case["padding"])
    dy = np.random.default_rng(1).normal(size=y.shape)
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    _, _, FH, FW = weight.shape
    dweight, dpadded = np.zeros_like(weight), np.zeros_like(padded)
    for i, j in product(range(y.shape[2]), range(y.shape[3])):
        here = np.s_[:, :, i * SH : i * SH + FH, j * SW : j * SW + FW]
        dweight += np.einsum("nk,ncab->kcab", dy[:, :, i, j], padded[here])
        dpadded[here] += np.einsum("nk,kcab->ncab", dy[:, :, i, j], weight)
    dx, found, dbias = vjp(dy)
    np.testing.assert_allclose(found, dweight, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(
        dx, dpadded[:, :, PH : PH + x.shape[2], PW : PW + x.shape[3]], rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(dbias, dy.sum(axis=(0, 2, 3)), rtol=1e-10, atol=1e-12)


@given(cases())
def test_shifting_and_adding_the_image_is_the_same_convolution(case: dict[str, Any]) -> None:
    x, weight, bias = arrays(case)
    (SH, SW), (PH, PW) = case["stride"], case["padding"]
    y, _ = conv2d(x, weight, bias, stride=case["stride"], padding=case["padding"])
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))
    total = np.zeros_like(y) + bias[:, None, None]
    for a, b in product(range(weight.shape[2]), range(weight.shape[3])):
        shifted = padded[:, :, a : a + SH * y.shape[2] : SH, b : b + SW * y.shape[3] : SW]
        total += np.einsum("kc,ncij->nkij", weight[:, :, a, b], shifted)
    np.testing.assert_allclose(y, total, rtol=1e-10, atol=1e-12)


def test_the_filter_is_not_flipped() -> None:
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 2] = 1.0
    weight = np.arange(9.0).reshape(1, 1, 3, 3)
    assert conv2d(x, weight)[0].item() == weight[0, 0, 1, 2]


def test_a_filter_as_large_as_the_padded_image_gives_one_number() -> None:
    y, vjp = conv2d(np.ones((1, 1, 2, 3)), np.ones((2, 1, 4, 5)), padding=1)
    assert y.ravel().tolist() == [6.0, 6.0]
    assert vjp(np.ones_like(y))[0].ravel().tolist() == [2.0] * 6


def test_one_number_and_a_pair_mean_the_same() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, 2, 7, 7)), rng.normal(size=(3, 2, 3, 3))
    one, _ = conv2d(x, weight, stride=2, padding=1)
    pair, _ = conv2d(x, weight, stride=(2, 2), padding=(np.int64(1), np.int64(1)))
    np.testing.assert_array_equal(one, pair)


def test_the_sizes_in_the_cs231n_notes_and_in_alexnet_come_out() -> None:
    for size, kernel, stride, padding, out in [
        (32, 5, 1, 2, 32),
        (227, 11, 4, 0, 55),
        (32, 32, 1, 1, 3),
        (7, 3, 2, 0, 3),
    ]:
        x, weight = np.zeros((1, 1, size, 1)), np.zeros((1, 1, kernel, 1))
        assert conv2d(x, weight, stride=(stride, 1), padding=(padding, 0))[0].shape == (1, 1, out, 1)


def test_arrays_that_are_not_contiguous_give_the_same_numbers() -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(6, 6, 2, 3)).T, rng.normal(size=(3, 3, 2, 4)).T
    assert not x.flags.c_contiguous
    y, vjp = conv2d(x, weight)
    plain, plain_vjp = conv2d(np.ascontiguousarray(x), np.ascontiguousarray(weight))
    np.testing.assert_allclose(y, plain, rtol=1e-13)
    for one, other in zip(vjp(y)[:2], plain_vjp(plain)[:2], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_without_a_bias_there_is_no_gradient_for_one() -> None:
    y, vjp = conv2d(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    assert vjp(y)[2] is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_stays_visible(value: float) -> None:
    x = np.ones((1, 1, 3, 3))
    x[0, 0, 0, 0] = value
    y, _ = conv2d(x, np.ones((1, 1, 2, 2)))
    assert not np.isfinite(y[0, 0, 0, 0])
    assert np.isfinite(y[0, 0, 1, 1])
