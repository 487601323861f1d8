"""The shapes, and the tasks that are made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from convlens import data, shapes
from convlens.symmetry import difference_matrix

SHAPES = (
    shapes.horizontal,
    shapes.vertical,
    shapes.falling,
    shapes.rising,
    shapes.bars,
    shapes.cross,
    shapes.square,
)
MORE = (shapes.corner, shapes.squiggle, shapes.blob)


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


def test_every_shape_is_another_and_fills_no_more_than_five_by_five() -> None:
    made = np.stack([make() for make in (*SHAPES, *MORE)])
    assert made.shape == (10, 5, 5)
    assert (difference_matrix(made) + np.eye(10)).min() > 0.3
    assert 0 <= made.min() < made.max() <= 1
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


def test_a_colour_is_in_its_own_channel() -> None:
    x, labels = data.colour_task(rng(), 12, noise=0.0)
    for image, label in zip(x, labels, strict=True):
        assert image.sum(axis=(1, 2)).tolist() == [25.0 * (channel == label) for channel in range(3)]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_the_black_line_has_the_share_that_was_asked_for(share: float) -> None:
    x, labels, kinds = data.black_line_task(rng(), 40, share, noise=0.0)
    assert (kinds == 1).sum() == round(20 * share)
    np.testing.assert_array_equal(labels, kinds > 0)
    np.testing.assert_array_equal(x.sum(axis=(1, 2, 3)), np.array([0.0, 5.0, 16.0])[kinds])


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_line_that_gives_it_away_is_only_with_the_corners(share: float) -> None:
    x, labels = data.starvation_task(rng(), 40, share, noise=0.0)
    sums = x.sum(axis=(1, 2, 3))
    assert set(sums[labels == 0]) == {9.0}
    assert (sums[labels == 1] == 14).sum() == round(20 * share)


def test_unseen_places_are_never_seen_in_training() -> None:
    for size in (10, 11, 13):
        (x, _), (unseen, _) = data.unseen_places_task(rng(), 40, size=size, noise=0.0)
        seen = x.any(axis=(0, 1, 2)), unseen.any(axis=(0, 1, 2))
        assert not (seen[0] & seen[1]).any()
        assert x.sum(axis=(1, 2, 3)).tolist() == [9.0] * 40
