"""How many filters do I need? One and 32, whose means or whole maps are read, with other starts and another optimizer."""

from __future__ import annotations

import numpy as np
from filter_count import BATCH, LEARN, MAP, NEW, RATE, STEPS, Network, images_of, start
from spare_filters import Left

from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Recipe
from convlens_site.elsewhere.trainers import Trainer
from convlens_site.evidence import load

PAGE = "questions/how-many-filters.md"
ADAM = Recipe("Adam", {"lr": RATE}, STEPS)
SETUPS = {
    "as on the page": ("he", ADAM),
    "PyTorch’s default start": ("pytorch", ADAM),
    "SGD with momentum 0.9": ("he", Recipe("SGD", {"lr": 0.1, "momentum": 0.9}, STEPS)),
}

KEPT = "alone", "together", "together_costs_more", "most_like"

CLAIMS = {
    "whole": Claim(
        "One filter gets at least 0.3 more of the digits right if its whole map is read, and not its mean",
        lambda n: n["map_1"] - n["mean_1"] >= 0.3, "map_1",
    ),
    "more": Claim(
        "From the means, 32 filters get at least 0.3 more right than one", lambda n: n["mean_32"] - n["mean_1"] >= 0.3, "mean_1",
    ),
    "few": Claim(
        "From whole maps, 32 filters get at most 0.2 more right than one", lambda n: n["map_32"] - n["map_1"] <= 0.2, "map_32",
    ),
    "alone": Claim(
        "From whole maps, at least half of 32 filters can each go alone, for at most a point", lambda n: n["map_alone"] >= 16,
        "map_alone",
    ),
    "together": Claim(
        "And those cost more than a point when all of them go together",
        lambda n: n["map_together_costs_more"] == 1, "map_together",
    ),
    "mean_together": Claim(
        "From the means, too, those that can go alone cost more than a point together",
        lambda n: n["mean_together_costs_more"] == 1, "mean_together",
    ),
    "copies": Claim(
        "From whole maps, no two of 32 filters have a cosine above 0.9", lambda n: n["map_most_like"] <= 0.9, "map_most_like",
    ),
    "mean_copies": Claim(
        "From the means, too, no two of 32 filters have a cosine above 0.9",
        lambda n: n["mean_most_like"] <= 0.9, "mean_most_like",
    ),
}  # fmt: skip


def measure(trainer: Trainer, setup: tuple[str, Recipe], seed: int) -> dict[str, float]:
    way, recipe = setup
    x, labels = images_of("digits", seed)
    x = x.astype(np.float64)
    numbers: dict[str, float] = {}
    for reads, read in (("mean", 1), ("map", MAP)):
        for filters in (1, 32):
            params = trainer.start(way, filters=filters, classes=10, seed=seed, numbers=read)
            states = trainer.train(
                params, x[:LEARN], labels[:LEARN], recipe, keep=[recipe.steps], minibatches=BATCH
            )
            plain = start("digits", reads, filters, seed)
            params = states[0]["params"] if states else params
            network = Network(plain.model, params, x[LEARN:], labels[LEARN:])
            numbers[f"{reads}_{filters}"] = Left(network).right / NEW
            if filters == 32:
                found = load("filter_count").numbers_of(network)
                numbers |= {f"{reads}_{name}": found[name] for name in KEPT}
    return numbers
