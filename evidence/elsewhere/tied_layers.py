"""Which copies of two layers stay identical? In each framework, from other starts, with other optimizers, on other images."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from tied_layers import COUNT, FILTERS, SIDE, tie_layers

from convlens import data
from convlens.symmetry import largest_difference
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import STARTS, Recipe
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/what-does-the-second-layer-read.md"
TASKS = {"four lines": data.several_filters_task, "handwritten digits": data.handwritten_digits_task}
RECIPES = {
    "SGD": Recipe("SGD", {"lr": 0.5}, 100),
    "momentum 0.9": Recipe("SGD", {"lr": 0.05, "momentum": 0.9}, 100),
    "Adam": Recipe("Adam", {"lr": 0.01}, 100),
}
SETUPS = {
    f"{title}, {optimizer}, {task}": (start, optimizer, task)
    for (start, title), optimizer, task in product(STARTS.items(), RECIPES, TASKS)
}
WAYS = {
    "both": (True, True),
    "first": (True, False),
    "second": (False, True),
}  # is what reads 1 and 2, or A and B, equal?


def separate(numbers: dict[str, float], way: str, layer: int) -> bool:
    """Have the copies separated, or did neither get any gradient?"""
    return numbers[f"{way}_{layer}"] > 0 or numbers[f"{way}_moved_{layer}"] == 0


CLAIMS = {
    "equal": Claim(
        "Both pairs are read equally: all four copies stay identical", lambda n: n["both_1"] == n["both_2"] == 0, "both_1",
    ),
    "first": Claim(
        "Only 1 and 2 are read equally: they stay identical, and A and B separate, unless both are dead",
        lambda n: n["first_1"] == 0 and separate(n, "first", 2), "first_2",
    ),
    "second": Claim(
        "Only A and B are read equally: they stay identical, and 1 and 2 separate, unless both are dead",
        lambda n: n["second_2"] == 0 and separate(n, "second", 1), "second_1",
    ),
}  # fmt: skip


def measure(trainer: Trainer, setup: tuple[str, str, str], seed: int) -> dict[str, float]:
    start, optimizer, task = setup
    recipe = RECIPES[optimizer]
    x, labels = TASKS[task](np.random.default_rng(seed), COUNT, dtype=np.float64)
    classes = int(labels.max()) + 1
    params = trainer.start(start, filters=FILTERS, classes=classes, seed=seed, kernel=SIDE, layers=2)
    numbers: dict[str, float] = {}
    for name, (first, second) in WAYS.items():
        tied: Any = tie_layers(params, conv1=first, conv2=second)
        states = trainer.train(tied, x, labels, recipe, keep=[recipe.steps])
        for n, layer in enumerate(("conv1", "conv2"), start=1):
            weight = states[-1]["params"][layer]["weight"] if states else np.full((2, 1), np.nan)
            numbers[f"{name}_{n}"] = largest_difference(*weight[:2])
            numbers[f"{name}_moved_{n}"] = float(np.abs(weight[0] - tied[layer]["weight"][0]).max())
    return numbers
