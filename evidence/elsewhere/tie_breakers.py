"""Do I need randomness, or only difference? Each of the nineteen mechanisms applied to equal filters, in all set-ups."""

from __future__ import annotations

from typing import Any

import numpy as np
import other_images

from convlens import initializers
from convlens.ties import tie
from convlens_site import demos
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Recipe, Setup
from convlens_site.elsewhere.trainers import Convlens, Trainer

PAGE = "questions/random-or-different.md"
RATE, STEPS, FILTERS = 1.0, 200, 2
NAMES = ("horizontal", "vertical", "falling", "rising")
DEMO = demos.module("one_tie_breaker")
KEPT, PARTED = ([key for key, m in DEMO.MECHANISMS.items() if m.parts is parts] for parts in (False, True))
IN_LAST_BITS = ("order", "bits")  # may be lost in the rounding of the next sum

CLAIMS = {
    "kept": Claim("Each of the eleven leaves the filters exactly equal", lambda n: max(n[key] for key in KEPT) == 0, "kept"),
    "parted": Claim(
        "Each of the six that are larger than a rounding separates them",
        lambda n: min(n[key] for key in PARTED if key not in IN_LAST_BITS) > 0, "parted",
    ),
    "bits": Claim("A difference in the last bits of every weight is still there at the end", lambda n: n["bits"] > 0, "bits"),
    "order": Claim("Adding the images of one filter in reverse separates them", lambda n: n["order"] > 0, "order"),
}  # fmt: skip


def images(setup: Setup, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 0])
    if setup.images == "page":
        return DEMO.TASKS["several"](rng, count=DEMO.IMAGES, dtype=np.float64)
    return other_images.classes(rng, NAMES, DEMO.IMAGES)


def measure(trainer: Trainer, setup: Setup, seed: int) -> dict[str, float]:
    recipe = setup.recipe(RATE, STEPS)
    run = in_convlens if isinstance(trainer, Convlens) else in_torch
    differences = {key: run(trainer, key, setup, recipe, seed) for key in DEMO.MECHANISMS}
    larger = [differences[key] for key in PARTED if key not in IN_LAST_BITS]
    return {**differences, "kept": max(differences[key] for key in KEPT), "parted": min(larger)}


def in_convlens(trainer: Convlens, key: str, setup: Setup, recipe: Recipe, seed: int) -> float:
    """Run the demo's own mechanism, with another start and another optimizer."""
    x, labels = images(setup, seed)
    experiment = DEMO.Experiment(
        x, labels, FILTERS, recipe.settings["lr"], seed, initializer=trainer.STARTS[setup.start]
    )
    experiment.optimizer = trainer.OPTIMIZERS[recipe.optimizer](**recipe.settings)
    *_, result = DEMO.train_with(DEMO.MECHANISMS[key], experiment, recipe.steps)
    return float("nan") if result.diverged else float(result.difference)


def in_torch(trainer: Trainer, key: str, setup: Setup, recipe: Recipe, seed: int) -> float:
    x, labels = images(setup, seed)
    params = trainer.start(setup.start, filters=FILTERS, classes=4, seed=seed)
    rng = np.random.default_rng([seed, 1])
    tied = tie(params)
    weight = tied["conv1"]["weight"]
    if key in ("constant", "hadamard"):
        initializer = initializers.constant(0.1) if key == "constant" else initializers.hadamard()
        weight[:] = initializer(rng, weight.shape, 25, 25 * FILTERS)
    if key == "draws":
        tied = tie(params, incoming=False)
    if key == "biases":
        tied["conv1"]["bias"] = rng.normal(0.0, 0.1, FILTERS)
    if key == "read":
        tied["linear1"]["weight"][:, -1] *= 0.5
    if key == "bits":
        weight[-1] = np.nextafter(weight[-1], np.inf)
    if key == "labels":
        labels = np.where(rng.random(len(labels)) < 0.25, rng.permutation(labels), labels)
    if key in ("momentum", "adam", "decay"):
        settings = {"momentum": {"momentum": 0.9}, "decay": {"weight_decay": 0.001}, "adam": {}}[key]
        rate = recipe.settings["lr"]
        recipe = (
            Recipe("Adam", {"lr": 0.02}, recipe.steps)
            if key == "adam"
            else Recipe("SGD", {"lr": rate, **settings}, recipe.steps)
        )
    more: dict[str, Any] = {
        "minibatches": {"minibatches": 16}, "noise": {"noise": 0.3}, "dropout": {"dropout": True}, "tanh": {"tanh": True},
        "pooling": {"pooling": True}, "norm": {"norm": True}, "rate": {"rate": True}, "order": {"order": True},
    }.get(key, {})  # fmt: skip
    states = trainer.train(tied, x, labels, recipe, keep=[recipe.steps], seed=seed, **more)
    return float(np.ptp(states[-1]["params"]["conv1"]["weight"], axis=0).max()) if states else float("nan")
