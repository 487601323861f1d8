"""The contender under test: convlens, through the functions that the pages show.

The same file runs on CPython and in the browser. A contender has three functions: make, run, versions. This one learns
handwritten digits, too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import convlens
from convlens import (
    SGD,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    batches,
    evaluate,
    train,
    until,
)

LAYERS: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "conv": lambda layer: [Conv2d(layer["filters"], kernel=layer["kernel"], padding=layer["padding"])],
    "relu": lambda layer: [ReLU()],
    "pool": lambda layer: [MaxPool2d(layer["size"])],
    "dense": lambda layer: [Flatten(), Linear(layer["outputs"])],
}
CHECKED_STEPS = 3
ENOUGH, SHORT, LONG, EVERY = 0.97, 300, 2000, 10
"""The accuracy to reach on new digits; after which step it is reported, which is the last, and how often it is computed."""


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


def digits(seed: int) -> dict[str, Any]:
    """Train on 1,400 handwritten digits; return what is right of 397 others after 300 steps, and the time until 0.97.

    seconds: the wall time of the training steps alone; None if it did not come that far.
    """
    from convlens.data import handwritten_digits_task  # an older library has none

    rng = np.random.default_rng(seed)
    x, labels = handwritten_digits_task(rng, 1797)
    new = x[1400:], labels[1400:]
    model = Sequential(Conv2d(8, kernel=3), ReLU(), MaxPool2d(2), Flatten(), Linear(10))
    params, _ = model.init(rng, (1, 8, 8))
    stream = batches(x[:1400], labels[:1400], 64, rng)
    result: dict[str, Any] = {"seconds": None, "steps": None}
    seconds, begin = 0.0, time.perf_counter()
    for step in until(train(model, params, stream, SGD(0.1, momentum=0.9), rng), LONG):
        seconds += time.perf_counter() - begin
        if step.number % EVERY == 0:
            accuracy = evaluate(model, step.params, *new)[1]
            if accuracy >= ENOUGH and result["steps"] is None:
                result |= {"seconds": seconds, "steps": step.number}
            if step.number == SHORT:
                result["accuracy"] = accuracy
            if step.number >= SHORT and result["steps"]:
                break
        begin = time.perf_counter()
    return result


def versions() -> dict[str, str]:
    """Return the versions of everything involved."""
    python = sys.version.split()[0]
    return {"python": python, "numpy": np.__version__, "convlens": convlens.__version__}


losses: Iterator[float]
