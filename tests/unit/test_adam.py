"""Adam against its formula written out number by number."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest

from convlens import Adam, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, batches, data, train


def by_hand(
    p: float, slopes: list[float], rate: float, b1: float, b2: float, eps: float, decay: float
) -> float:
    """One weight through torch.optim.Adam's algorithm."""
    m = v = 0.0
    for t, slope in enumerate(slopes, start=1):
        g = slope + decay * p
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        p -= rate * (m / (1 - b1**t)) / (math.sqrt(v / (1 - b2**t)) + eps)
    return p


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_each_weight_follows_the_published_formula(decay: float) -> None:
    rng = np.random.default_rng(0)
    start, slopes = rng.normal(size=6), rng.normal(size=(20, 6))
    adam = Adam(0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=decay)
    params: Any = {"layer": {"w": start}}
    state = adam.start(params)
    for slope in slopes:
        params, state = adam.step(params, {"layer": {"w": slope}}, state)
    wanted = [
        by_hand(p, s.tolist(), 0.05, 0.8, 0.95, 1e-4, decay) for p, s in zip(start, slopes.T, strict=True)
    ]
    np.testing.assert_allclose(params["layer"]["w"], wanted, rtol=1e-12)


def test_the_first_step_is_as_long_as_the_learning_rate_whatever_the_gradient() -> None:
    for slope in (1e-3, 1.0, 1e5):
        params = {"w": np.zeros(1)}
        moved = Adam(0.01).step(params, {"w": np.array([slope])}, Adam(0.01).start(params))[0]["w"]
        assert moved.item() == pytest.approx(-0.01, rel=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_learns_with_adam_in_its_own_dtype_and_nothing_is_written(dtype: Any) -> None:
    x, labels = data.one_filter_task(np.random.default_rng(0), 32, dtype=dtype)
    model = Sequential(Conv2d(3, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(2))
    params, _ = model.init(np.random.default_rng(1), x.shape[1:], dtype)
    for own in params.values():
        for leaf in own.values():
            leaf.setflags(write=False)
    steps = list(islice(train(model, params, batches(x, labels), Adam(np.float64(0.03))), 100))
    assert steps[-1].accuracy > 0.95 >= steps[0].accuracy
    assert {leaf.dtype for own in steps[-1].params.values() for leaf in own.values()} == {np.dtype(dtype)}
