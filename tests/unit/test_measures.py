"""The numbers by which filters are compared, and the gradient check itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from convlens.gradcheck import directional_error
from convlens.ops import relu
from convlens.symmetry import cosine, largest_difference

finite = st.floats(-1e6, 1e6)
filters = hnp.arrays(np.float64, (5, 5), elements=finite)


@given(filters)
def test_a_filter_does_not_differ_from_its_copy_by_anything(a: np.ndarray) -> None:
    assert largest_difference(a, a.copy()) == 0.0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_unit_in_the_last_place_is_a_difference(dtype: Any) -> None:
    for value in (0.0, 1.0, -3e-5, 1e30):
        a = np.full((3, 3), value, dtype)
        b = a.copy()
        b[1, 2] = np.nextafter(a[1, 2], dtype(np.inf))
        assert largest_difference(a, b) > 0.0


def test_the_largest_difference_is_found_wherever_it_is_and_has_no_sign() -> None:
    a = np.zeros((5, 5))
    for place in np.ndindex(5, 5):
        b = np.full((5, 5), 0.25)
        b[place] = -2.0
        assert largest_difference(a, b) == largest_difference(b, a) == 2.0


@pytest.mark.host("scipy is not in the browser")
@given(filters, filters)
def test_the_cosine_is_scipys(a: np.ndarray, b: np.ndarray) -> None:
    from scipy.spatial.distance import cosine as cosine_distance

    if np.abs(a).max() < 1e-6 or np.abs(b).max() < 1e-6:
        return
    assert cosine(a, b) == pytest.approx(1 - cosine_distance(a.ravel(), b.ravel()), abs=1e-9)


@pytest.mark.parametrize("scale", [1e-300, 1e-3, 1e300])
def test_only_the_direction_counts_for_the_cosine(scale: float) -> None:
    a, b = np.array([1.0, 2.0, -1.0]), np.array([0.5, 1.0, 2.0])
    assert cosine(a * scale, b) == pytest.approx(cosine(a, b), rel=1e-12)
    assert cosine(a * scale, a) == pytest.approx(1.0, rel=1e-12)
    assert cosine(a * scale, -a) == pytest.approx(-1.0, rel=1e-12)


def test_zeros_have_no_direction_and_what_diverged_has_no_difference() -> None:
    a, zero, lost = np.ones(3), np.zeros(3), np.array([1.0, np.inf, np.nan])
    assert np.isnan(cosine(a, zero))
    assert np.isnan(cosine(lost, a))
    assert np.isnan(largest_difference(lost, lost))


def wrong(y: Any, vjp: Any, spoil: Any) -> Any:
    """An operation whose way back has a mistake."""
    return y, lambda dy: spoil(vjp(dy))


def spoiled_entry(g: np.ndarray) -> np.ndarray:
    """The gradient with a single entry lost."""
    spoilt = g.copy()
    spoilt[np.unravel_index(np.abs(spoilt).argmax(), g.shape)] = 0
    return spoilt


@pytest.mark.parametrize(
    "spoil",
    [lambda g: -g, lambda g: 1.001 * g, np.zeros_like, spoiled_entry, lambda g: g + 1e-5],
    ids=["sign", "factor", "nothing", "one entry", "offset"],
)
def test_the_gradient_check_finds_a_mistake(spoil: Any) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0.1, 1.0, (8, 8)) * rng.choice([-1, 1], (8, 8))
        assert directional_error(lambda x: wrong(*relu(x), spoil), [x], rng) > 1e-6
        assert directional_error(relu, [x], rng) < 1e-8
