"""The shapes, and the tasks that are made of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from convlens import data, shapes
from convlens.symmetry import largest_difference

SHAPES = (
    shapes.horizontal,
    shapes.vertical,
    shapes.falling,
    shapes.rising,
    shapes.cross,
    shapes.square,
    shapes.corner,
    shapes.squiggle,
)


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


def test_every_shape_is_another_and_fills_no_more_than_five_by_five() -> None:
    drawn = np.stack([shape() for shape in SHAPES])
    assert drawn.shape == (len(SHAPES), 5, 5)
    assert all(largest_difference(a, b) == 1 for a, b in combinations(drawn, 2))
    assert set(drawn.ravel()) == {0, 1}
    assert shapes.corner().sum() == shapes.squiggle().sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("size", "channels"), [(12, 1), (32, 3), (5, 2)])
def test_images_have_any_size_and_number_of_channels(size: int, channels: int, dtype: Any) -> None:
    x, labels = data.squiggle_or_corner_task(rng(), 10, size=size, channels=channels, dtype=dtype)
    assert (x.shape, x.dtype, labels.dtype) == ((10, channels, size, size), dtype, np.int64)
    again, _ = data.squiggle_or_corner_task(rng(), 10, size=size, channels=channels, dtype=dtype)
    np.testing.assert_array_equal(x, again)


def test_a_shape_stands_where_it_was_told_to() -> None:
    x, _ = data.place_shapes(rng(), [shapes.square()], 30, noise=0.0, rows=(2, 2), columns=(3, 4))
    assert {tuple(np.argwhere(image[0])[0]) for image in x} == {(2, 3), (2, 4)}


def test_unseen_places_are_never_seen_in_training() -> None:
    for size in (10, 11, 13):
        (x, _), (unseen, _) = data.unseen_places_task(rng(), 40, size=size, noise=0.0)
        seen = x.any(axis=(0, 1, 2)), unseen.any(axis=(0, 1, 2))
        assert not (seen[0] & seen[1]).any()
        assert x.sum(axis=(1, 2, 3)).tolist() == [9.0] * 40
