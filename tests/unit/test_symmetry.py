"""Filters compared, permuted, matched, taken away; and who pulls at them."""

from __future__ import annotations

from itertools import islice, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import (
    SGD,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
    attribution,
    batches,
    data,
    permutation,
    symmetry,
    train,
)
from convlens.ties import tie

seeds = st.integers(0, 2**16)
MODEL = Sequential(Conv2d(4, kernel=3, stride=2, padding=1), Tanh(), GlobalAveragePool2d(), Linear(3))
DEEP = Sequential(
    *(Conv2d(5, kernel=3), BatchNorm2d(), ReLU(), MaxPool2d(2)),
    *(Conv2d(4, kernel=2), ReLU(), Flatten(), Linear(3)),
)
LABELS = np.array([0, 2, 1, 1, 0], dtype=np.int64)


def images(size: int = 8) -> np.ndarray:
    """Five images of noise, in two channels."""
    return np.random.default_rng(3).normal(size=(5, 2, size, size))


def start(model: Sequential, seed: int = 0) -> Any:
    """First parameters in float64."""
    return model.init(np.random.default_rng(seed), (2, 8, 8), np.float64)[0]


def test_maps_are_compared_like_filters() -> None:
    params = tie(start(MODEL), (1, 3))
    maps = MODEL.trace(params, images())["conv1"].swapaxes(0, 1)
    assert symmetry.largest_difference(maps[1], maps[3]) == 0
    assert symmetry.largest_difference(maps[0], maps[1]) > 0


@pytest.mark.host("scipy is not in the browser")
@given(st.integers(1, 12), seeds, st.booleans())
def test_the_cheapest_pairs_are_scipys(K: int, seed: int, coarse: bool) -> None:
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 4, (K, K)).astype(np.float64) if coarse else rng.normal(size=(K, K))
    columns = permutation.cheapest_pairs(cost)
    assert sorted(columns.tolist()) == list(range(K))
    rows, wanted = linear_sum_assignment(cost)
    assert cost[rows, columns].sum() == pytest.approx(cost[rows, wanted].sum(), abs=1e-9)


@given(st.integers(1, 5), seeds)
def test_no_order_is_cheaper_than_the_cheapest_pairs(K: int, seed: int) -> None:
    cost = np.random.default_rng(seed).normal(size=(K, K))
    totals = [cost[range(K), order].sum() for order in permutations(range(K))]
    assert cost[range(K), permutation.cheapest_pairs(cost)].sum() == pytest.approx(min(totals), abs=1e-12)


def test_the_order_of_filters_changes_no_logit_beyond_summation_order() -> None:
    for model, last, between in ((MODEL, "linear1", ()), (DEEP, "conv2", ("norm1",))):
        params, K = start(model), model.layers[0].filters
        if between:
            params["norm1"]["running_mean"] = np.random.default_rng(1).normal(size=K)
        for order in islice(permutations(range(K)), 0, None, 7):
            moved = permutation.permute_channels(params, np.array(order), next_layer=last, between=between)
            np.testing.assert_allclose(
                model(moved, images())[0], model(params, images())[0], rtol=1e-12, atol=1e-13
            )
    moved = permutation.permute_channels(start(DEEP), np.argsort([3, 1, 0, 2]), layer="conv2")
    np.testing.assert_allclose(
        DEEP(moved, images())[0], DEEP(start(DEEP), images())[0], rtol=1e-12, atol=1e-13
    )


@given(st.permutations(range(4)), st.floats(0, 1e-3))
def test_the_best_match_undoes_a_permutation(order: list[int], noise: float) -> None:
    a = start(MODEL)
    b = permutation.permute_channels(a, np.array(order))
    b["conv1"]["weight"] = b["conv1"]["weight"] + noise
    found, distance = permutation.best_match(a, b)
    assert found.tolist() == np.argsort(order).tolist()
    assert distance == pytest.approx(noise * np.sqrt(a["conv1"]["weight"].size), abs=1e-12)


def test_training_commutes_with_a_permutation() -> None:
    a, order = start(MODEL), np.array([3, 1, 0, 2])
    ends = []
    for first in (a, permutation.permute_channels(a, order)):
        *_, last = islice(train(MODEL, first, batches(images(), LABELS), SGD(0.1)), 50)
        ends.append(last.params)
    found, distance = permutation.best_match(*ends)
    assert found.tolist() == np.argsort(order).tolist()
    assert distance < 1e-12


def test_the_residual_is_the_slope_of_the_loss_at_the_logits() -> None:
    params = start(MODEL)
    logits, _ = MODEL(params, images())
    residual = attribution.residual(logits, LABELS)
    np.testing.assert_allclose(
        attribution.map_gradients(MODEL, params, images(), LABELS, "linear1"), residual / 5, rtol=1e-12
    )
    np.testing.assert_allclose(residual.sum(axis=1), 0, atol=1e-15)


def test_the_images_pulls_and_the_places_terms_add_up_to_the_gradient() -> None:
    params, x = start(MODEL), images()
    step = next(train(MODEL, params, batches(x, LABELS), SGD(0.1)))
    gradient = step.grads["conv1"]["weight"]
    pulls = attribution.image_pulls(MODEL, params, x, LABELS)
    np.testing.assert_allclose(pulls.sum(axis=0), gradient, rtol=1e-10, atol=1e-14)
    model = Sequential(Conv2d(4, kernel=(3, 2), padding=1), *MODEL.layers[1:])
    params = start(model)
    dy = attribution.map_gradients(model, params, x, LABELS)
    pulls = attribution.image_pulls(model, params, x, LABELS)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    for k in range(4):
        terms = attribution.position_terms(padded, dy[:, k])
        np.testing.assert_allclose(terms.sum(axis=(1, 2)), pulls[:, k], rtol=1e-10, atol=1e-14)


def test_ablation_is_the_loss_of_the_network_without_the_filter() -> None:
    x, labels = data.several_filters_task(np.random.default_rng(0), 32, dtype=np.float64)
    model = Sequential(Conv2d(3, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
    params, _ = model.init(np.random.default_rng(1), x.shape[1:], np.float64)
    *_, last = islice(train(model, params, batches(x, labels), SGD(0.5, momentum=0.9)), 200)
    rises = attribution.ablation(model, last.params, x, labels)
    assert max(rises) > 0.01
    silent = attribution.ablate(last.params, (0, 1, 2))
    logits, _ = model(silent, x)
    np.testing.assert_array_equal(logits, np.broadcast_to(last.params["linear1"]["bias"], logits.shape))
