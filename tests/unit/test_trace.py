"""Every activation of a network can be looked at, by the name of its layer."""

from __future__ import annotations

import numpy as np

from convlens import (
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)

X = np.random.default_rng(1).normal(size=(3, 2, 12, 12))


def test_each_layer_has_a_name_of_its_own_and_the_last_activation_is_the_output() -> None:
    layers = [Conv2d(4, kernel=3), ReLU(), MaxPool2d(2), Conv2d(3, kernel=2), Tanh(), AveragePool2d(2)]
    model = Sequential(*layers, BatchNorm2d(), Dropout(), Sigmoid(), Flatten(), Linear(2))
    params, _ = model.init(np.random.default_rng(0), X.shape[1:], np.float64)
    seen = model.trace(params, X)
    assert list(seen) == [
        *("conv1", "relu1", "pool1", "conv2", "tanh1", "average1"),
        *("norm1", "dropout1", "sigmoid1", "flatten1", "linear1"),
    ]
    assert seen["conv1"].shape == (3, 4, 10, 10)
    np.testing.assert_array_equal(seen["relu1"], np.maximum(seen["conv1"], 0))
    np.testing.assert_array_equal(seen["linear1"], model(params, X)[0])


def test_a_network_inside_a_network_is_looked_into() -> None:
    model = Sequential(Sequential(Conv2d(2, kernel=3), ReLU()), GlobalAveragePool2d())
    params, _ = model.init(np.random.default_rng(0), X.shape[1:], np.float64)
    seen = model.trace(params, X)
    assert list(seen) == ["sequential1.conv1", "sequential1.relu1", "sequential1", "global_average1"]
    np.testing.assert_array_equal(seen["sequential1"], seen["sequential1.relu1"])


def test_a_trace_in_training_shows_what_training_sees() -> None:
    model = Sequential(ReLU(), Dropout(0.5))
    for seed in range(3):
        seen = model.trace({}, X, training=True, rng=np.random.default_rng(seed))
        output, _ = model({}, X, training=True, rng=np.random.default_rng(seed))
        np.testing.assert_array_equal(seen["dropout1"], output)
