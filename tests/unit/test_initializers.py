"""The initializers keep what they promise: spread, right angles, or a difference without chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens.initializers import glorot, hadamard, he, orthogonal, torch_default
from convlens.ties import tie


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


SPREAD = {
    "glorot": (glorot(), np.sqrt(2 / (100 + 200))),
    "torch_default": (torch_default(), np.sqrt(1 / 300)),
}


@pytest.mark.parametrize(("initializer", "std"), SPREAD.values(), ids=SPREAD.keys())
def test_the_spread_is_the_published_one(initializer: Any, std: float) -> None:
    weight = initializer(rng(), (200, 100), 100, 200)
    assert weight.dtype == np.float64
    assert weight.std() == pytest.approx(std, rel=0.03)
    assert abs(weight.mean()) < 0.03 * std
    np.testing.assert_array_equal(weight, initializer(rng(), (200, 100), 100, 200))


@given(st.integers(1, 12), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_orthogonal_filters_stand_at_right_angles(K: int, C: int, F: int, seed: int) -> None:
    rows = orthogonal(2.0)(rng(seed), (K, C, F, F), C * F * F, K * F * F).reshape(K, -1)
    square = rows @ rows.T if rows.shape[1] >= K else rows.T @ rows
    np.testing.assert_allclose(square, 4 * np.eye(len(square)), atol=1e-12)


@given(st.integers(1, 70), st.integers(2, 40))
def test_hadamard_filters_all_differ_and_none_is_a_mirror_of_another(K: int, D: int) -> None:
    weight = hadamard()(rng(1), (K, D), D, K)
    np.testing.assert_array_equal(weight, hadamard()(rng(2), (K, D), D, K), err_msg="chance came in")
    others = ~np.eye(K, dtype=bool)
    for sign in (1, -1):
        assert np.abs(weight[:, None] - sign * weight).max(axis=2)[others].all()


@pytest.mark.host("scipy is not in the browser")
def test_hadamard_filters_are_rows_of_sylvesters_matrix() -> None:
    from scipy.linalg import hadamard as sylvester

    weight = hadamard()(rng(), (15, 16), 16, 15)
    np.testing.assert_allclose(weight, sylvester(16)[1:] * np.sqrt(2 / 16), rtol=1e-15)


def test_hadamard_filters_have_the_size_of_hes() -> None:
    weight, drawn = hadamard()(rng(), (15, 16), 16, 15), he()(rng(), (15, 16), 16, 15)
    assert (weight**2).mean() == pytest.approx((drawn**2).mean(), rel=0.2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("filters", [(0, 1), (2, 0, 3)])
def test_one_ulp_is_the_next_number_for_the_largest_weight_of_the_last_copy(
    dtype: Any, filters: tuple[int, ...]
) -> None:
    params = {
        "conv1": {"weight": rng().normal(size=(4, 2, 3, 3)).astype(dtype), "bias": np.zeros(4, dtype)},
        "linear1": {"weight": rng().normal(size=(3, 4)).astype(dtype)},
    }
    tied, almost = tie(params, filters), tie(params, filters, ulp=True)
    changed = np.argwhere(tied["conv1"]["weight"] != almost["conv1"]["weight"])
    assert changed[:, 0].tolist() == [filters[-1]]
    before, after = (tree["conv1"]["weight"][tuple(changed[0])] for tree in (tied, almost))
    assert abs(before) == np.abs(tied["conv1"]["weight"][filters[-1]]).max()
    assert after == np.nextafter(before, dtype(np.inf))
    np.testing.assert_array_equal(tied["linear1"]["weight"], almost["linear1"]["weight"])
