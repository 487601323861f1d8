"""How is a shared weight learned? The gradient that each framework computes, taken apart into images and places."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import numpy as np

from convlens import Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, data
from convlens.attribution import map_gradients, position_terms
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import STARTS, Recipe
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/how-is-a-shared-weight-learned.md"
TASKS = {"four lines": data.several_filters_task, "handwritten digits": data.handwritten_digits_task}
RECIPES = {"SGD": Recipe("SGD", {"lr": 0.5}, 100), "Adam": Recipe("Adam", {"lr": 0.01}, 100)}
SETUPS = {
    f"{title}, {optimizer}, {task}": (start, optimizer, task)
    for (start, title), optimizer, task in product(STARTS.items(), RECIPES, TASKS)
}
FILTERS, COUNT, NUDGE = 4, 64, 1e-6

CLAIMS = {
    "sum": Claim(
        "Every weight’s gradient is the sum of pixel × error over all images and places, before training and after",
        lambda n: n["off_sum"] < 1e-12, "off_sum",
    ),
    "not_largest": Claim(
        "The place with the largest error alone would give another number", lambda n: n["off_largest"] > 0.01, "off_largest",
    ),
    "bias": Claim("The bias’s gradient is the sum of the errors", lambda n: n["off_bias"] < 1e-12, "off_bias"),
    "measured": Claim(
        "A nudge of the weight changes the loss as this sum says, to a millionth",
        lambda n: n["off_measured"] < 1e-6, "off_measured",
    ),
}  # fmt: skip


def measure(trainer: Trainer, setup: tuple[str, str, str], seed: int) -> dict[str, float]:
    start, optimizer, task = setup
    recipe = RECIPES[optimizer]
    x, labels = TASKS[task](np.random.default_rng(seed), COUNT, dtype=np.float64)
    params = trainer.start(start, filters=FILTERS, classes=int(labels.max()) + 1, seed=seed)
    states = trainer.train(params, x, labels, recipe, keep=[0, recipe.steps])
    found = [compare(state, x, labels) for state in states]
    last = states[-1]
    slope = nudged(trainer, last["params"], x, labels, recipe)
    gradient = last["grads"]["conv1"]["weight"]
    off = abs(slope - gradient[0, 0, 2, 2]) / np.abs(gradient).max()
    return {**{name: max(each[name] for each in found) for name in found[0]}, "off_measured": float(off)}


def compare(state: dict[str, Any], x: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Compare the framework's gradient with sums of products; differences are relative to the largest entry."""
    params, grads = state["params"], state["grads"]["conv1"]
    model = Sequential(
        Conv2d(FILTERS, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(int(labels.max()) + 1)
    )
    dy, largest = map_gradients(model, params, x, labels), np.abs(grads["weight"]).max()
    terms = [position_terms(x, dy[:, k]) for k in range(FILTERS)]
    sums = np.stack([each.sum((0, 1, 2)) for each in terms])
    most = [np.unravel_index(np.abs(dy[:, k]).argmax(), dy[:, k].shape) for k in range(FILTERS)]
    alone = np.stack([each[place] for each, place in zip(terms, most, strict=True)])
    return {
        "off_sum": float(np.abs(sums - grads["weight"]).max() / largest),
        "off_largest": float(np.abs(alone - grads["weight"]).max() / largest),
        "off_bias": float(np.abs(dy.sum((0, 2, 3)) - grads["bias"]).max() / np.abs(grads["bias"]).max()),
    }


def nudged(trainer: Trainer, params: Any, x: np.ndarray, labels: np.ndarray, recipe: Recipe) -> float:
    """Return the slope of the framework's loss in the middle weight of filter 1, by finite difference."""
    losses = []
    for sign in (1, -1):
        changed = copy.deepcopy(params)
        changed["conv1"]["weight"][0, 0, 2, 2] += sign * NUDGE
        losses.append(
            trainer.train(changed, x, labels, Recipe(recipe.optimizer, recipe.settings, 0), keep=[0])[0][
                "loss"
            ]
        )
    return float((losses[0] - losses[1]) / (2 * NUDGE))
