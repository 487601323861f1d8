"""Why don't all filters learn the same thing? The page's claims about two filters, in all set-ups."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import other_images

from convlens import data
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Setup
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/why-not-the-same.md"
RATE, STEPS, NEAR_STEPS, COUNT, GAP = 1.0, 300, 2000, 64, 1e-9
TASKS = {"several": ("horizontal", "vertical", "falling", "rising"), "one": (None, "horizontal")}
OWN = {"several": data.several_filters_task, "one": data.one_filter_task}
TIES = {f"{incoming}_{outgoing}": (incoming == "same", outgoing == "same")
        for incoming in ("same", "different") for outgoing in ("same", "different")}  # fmt: skip

CLAIMS = {
    "tied": Claim("Same and same: exactly 0 apart at the end", lambda n: n["same_same"] == 0, "same_same"),
    "read_differently": Claim(
        "Only the next layer differs: the filters separate",
        lambda n: n["same_different"] > 0, "same_different",
    ),
    "filters_differ": Claim("Only the filters differ: they stay apart", lambda n: n["different_same"] > 0, "different_same"),
    "both_differ": Claim("Both differ: they stay apart", lambda n: n["different_different"] > 0, "different_different"),
    "first_step": Claim(
        "Only the next layer differs: in the first step the filters get different gradients, and its own weights equal ones",
        lambda n: n["filters_first"] > 0 and n["outgoing_first"] == 0, "filters_first",
    ),
    "near_several": Claim(
        "A gap of 10⁻⁹ ends above 0.1 where four shapes are told apart",
        lambda n: n["near_several"] > 0.1, "near_several",
    ),
    "near_one": Claim(
        "The same gap stays below 10⁻⁶ where one filter is enough",
        lambda n: n["near_one"] < 1e-6, "near_one",
    ),
    "near_more": Claim(
        "The gap ends larger where four shapes are told apart",
        lambda n: n["near_several"] > n["near_one"], "near_several",
    ),
}  # fmt: skip


def images(setup: Setup, task: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 0])
    if setup.images == "page":
        return OWN[task](rng, count=COUNT, dtype=np.float64)
    return other_images.classes(rng, TASKS[task], COUNT)


def difference(state: dict[str, Any]) -> float:
    return largest_difference(*state["params"]["conv1"]["weight"])


def measure(trainer: Trainer, setup: Setup, seed: int) -> dict[str, float]:
    results: dict[str, float] = {}
    recipe = setup.recipe(RATE, STEPS)
    x, labels = images(setup, "several", seed)
    params = trainer.start(setup.start, filters=2, classes=4, seed=seed)
    for name, (incoming, outgoing) in TIES.items():
        tied = tie(params, incoming=incoming, outgoing=outgoing) if incoming or outgoing else params
        states = trainer.train(tied, x, labels, recipe, keep=[0, recipe.steps])
        results[name] = difference(states[-1])
        if name == "same_different":
            grads = states[0]["grads"]
            results["filters_first"] = largest_difference(*grads["conv1"]["weight"])
            results["outgoing_first"] = largest_difference(*grads["linear1"]["weight"].T)
    recipe = setup.recipe(RATE, NEAR_STEPS)
    for task in TASKS:
        x, labels = images(setup, task, seed)
        start = partial(trainer.start, setup.start, filters=2, classes=len(TASKS[task]))
        states = trainer.train(tie(start(seed=seed), gap=GAP), x, labels, recipe, keep=[recipe.steps])
        results[f"near_{task}"] = difference(states[-1]) if states else float("nan")
        results[f"accuracy_{task}"] = states[-1]["accuracy"] if states else float("nan")
    return results
