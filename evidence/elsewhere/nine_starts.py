"""What if I start with zeros, or with ones? Five starts, with another optimizer and with real pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

from convlens import data
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Setup
from convlens_site.elsewhere.trainers import Trainer, Tree

PAGE = "questions/what-if-zeros.md"
RATE, STEPS, FILTERS, COUNT = 1.0, 400, 4, 64
FEWER = 100  # steps, where accuracy is not the point
# What the filters start at, and the next layer; None: at random.
STARTS: dict[str, tuple[float | None, float | None]] = {
    "dead": (0.0, None), "next": (None, 0.0), "constant": (0.1, 0.1), "ones": (1.0, 1.0), "random": (None, None),
}  # fmt: skip
# The images are the page's, or 100 handwritten digits.
SETUPS: dict[str, Any] = {
    "as on the page": Setup("he", "page", "page"),
    "PyTorch’s default start": Setup("pytorch", "page", "page"),
    "Adam": Setup("he", "adam", "page"),
    "handwritten digits": Setup("he", "page", "digits"),
}

CLAIMS = {
    "dead": Claim(
        "Filters 0, next layer random, ReLU: both gradients are exactly 0, and no weight moves",
        lambda n: n["dead"] == 0, "dead",
    ),
    "next": Claim(
        "Next layer 0, filters random: the filters’ gradient is 0 at step 0 and not at step 1",
        lambda n: n["next_0"] == 0 and n["next_1"] > 0, "next_1",
    ),
    "learns": Claim(
        "The same network ends at most 0.1 below the accuracy of a random start",
        lambda n: n["next_accuracy"] > n["random_accuracy"] - 0.1, "next_accuracy",
    ),
    "constant": Claim(
        "All weights 0.1: after 100 steps the four filters are exactly equal", lambda n: n["constant"] == 0, "constant",
    ),
    "ones": Claim("All weights 1: after 100 steps the four filters are exactly equal", lambda n: n["ones"] == 0, "ones"),
}  # fmt: skip


def images(setup: Setup, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 0])
    if setup.images == "digits":
        return data.handwritten_digits_task(rng, count=100, dtype=np.float64)
    return data.several_filters_task(rng, count=COUNT, dtype=np.float64)


def begin(params: Tree, filters: float | None, outgoing: float | None) -> Tree:
    """Return the parameters with the weights of a layer at a constant, and its biases at 0; None leaves them."""
    started = {}
    for layer, value in (("conv1", filters), ("linear1", outgoing)):
        bias = np.zeros_like(params[layer]["bias"])
        weight = params[layer]["weight"]
        started[layer] = {"weight": weight if value is None else np.full_like(weight, value), "bias": bias}
    return started


def moved(state: Tree, before: Tree) -> float:
    """Return the largest change of a weight of filters or next layer, and of the two gradients, at a step."""
    pairs = [(state["params"][layer]["weight"], before[layer]["weight"]) for layer in before]
    grads = [np.abs(state["grads"][layer]["weight"]).max() for layer in before]
    return float(max(*(np.abs(a - b).max() for a, b in pairs), *grads))


def measure(trainer: Trainer, setup: Setup, seed: int) -> dict[str, float]:
    x, labels = images(setup, seed)
    params = trainer.start(setup.start, filters=FILTERS, classes=int(labels.max()) + 1, seed=seed)
    numbers: dict[str, float] = {}
    for name, ways in STARTS.items():
        start, recipe = begin(params, *ways), setup.recipe(RATE, STEPS if None in ways[:1] else FEWER)
        states = trainer.train(start, x, labels, recipe, keep=[0, 1, recipe.steps])
        if len(states) < 3:  # it diverged
            return dict.fromkeys(
                (*STARTS, "next_0", "next_1", "next_accuracy", "random_accuracy"), float("nan")
            )
        if name == "dead":
            numbers["dead"] = max(moved(state, start) for state in states)
        if name in ("constant", "ones"):
            numbers[name] = float(np.ptp(states[-1]["params"]["conv1"]["weight"], axis=0).max())
        if name in ("next", "random"):
            numbers[f"{name}_accuracy"] = states[-1]["accuracy"]
        if name == "next":
            for step in (0, 1):
                numbers[f"next_{step}"] = float(np.abs(states[step]["grads"]["conv1"]["weight"]).max())
    return numbers
