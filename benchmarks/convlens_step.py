"""The contender under test: convlens, through the functions that the pages show.

The same file runs on CPython and in the browser. A contender has three functions: make, run, versions.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import convlens
from convlens import SGD, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, batches, train

LAYERS: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "conv": lambda layer: [Conv2d(layer["filters"], kernel=layer["kernel"], padding=layer["padding"])],
    "relu": lambda layer: [ReLU()],
    "pool": lambda layer: [MaxPool2d(layer["size"])],
    "dense": lambda layer: [Flatten(), Linear(layer["outputs"])],
}
CHECKED_STEPS = 3


def examples(network: dict[str, Any]) -> tuple[Any, Any]:
    """Return noisy images (N, C, H, W), each with a bright bar whose place is the label, and the labels."""
    rng = np.random.default_rng(0)
    N, W, classes = network["batch"], network["input"][2], network["layers"][-1]["outputs"]
    x = rng.normal(0.0, 0.3, (N, *network["input"])).astype(np.float32)
    labels = np.arange(N, dtype=np.int64) % classes
    x[np.arange(N), :, :, labels * W // classes + 1] += 0.5
    return x, labels


def start(network: dict[str, Any]) -> tuple[Sequential, Any]:
    """Return the model and the parameters that every contender starts from."""
    model = Sequential(*(part for layer in network["layers"] for part in LAYERS[layer["kind"]](layer)))
    return model, model.init(np.random.default_rng(1), tuple(network["input"]))[0]


def make(network: dict[str, Any]) -> dict[str, Any]:
    """Start to train a network; return its number of parameters and its first losses."""
    global losses
    model, params = start(network)
    steps = train(model, params, batches(*examples(network)), SGD(network["learning_rate"]))
    losses = (step.loss for step in steps)
    count = sum(array.size for layer in params.values() for array in layer.values())
    return {"parameters": count, "losses": [next(losses) for _ in range(CHECKED_STEPS)]}


def run(seconds: float) -> dict[str, Any]:
    """Continue to train for some seconds; return the number of steps, the time they really took, and the last loss."""
    return time_steps(losses, seconds)


def time_steps(losses: Iterator[float], seconds: float) -> dict[str, Any]:
    """Take losses until the time is over, at least one."""
    steps, begin = 0, time.perf_counter()
    while True:
        loss = next(losses)
        steps += 1
        if (elapsed := time.perf_counter() - begin) >= seconds:
            return {"steps": steps, "seconds": elapsed, "loss": loss}


def versions() -> dict[str, str]:
    """Return the versions of everything involved."""
    python = sys.version.split()[0]
    return {"python": python, "numpy": np.__version__, "convlens": convlens.__version__}


losses: Iterator[float]
