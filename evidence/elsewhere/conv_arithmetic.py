"""Why does a 3×3 filter have 28 parameters? Sizes and counts, by the formulas of the page and by the layers of each framework."""

from __future__ import annotations

import numpy as np

from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/where-does-3073-come-from.md"
SETUPS = {"random layers": None}  # nothing is trained: the layer depends on the seed
LAYERS = 50

CLAIMS = {
    "asked": Claim(
        "The layer as asked has 3 073 parameters and a 3 × 3 map",
        lambda n: (n["asked"], n["asked_side"]) == (3073, 3), "asked",
    ),
    "meant": Claim(
        "A 3 × 3 filter on three channels has 28, and a 32 × 32 map",
        lambda n: (n["meant"], n["meant_side"]) == (28, 32), "meant",
    ),
    "dense": Claim("A fully connected layer of the same outputs has 3 146 752", lambda n: n["dense"] == 3146752, "dense"),
    "second": Claim(
        "50 filters have 1 400, and 50 more on their maps 22 550",
        lambda n: (n["first"], n["second"]) == (1400, 22550), "second",
    ),
    "alexnet": Claim("AlexNet’s first layer has 55 × 55 places", lambda n: n["alexnet_side"] == 55, "alexnet_side"),
    "formulas": Claim("Both formulas are right for 50 random layers", lambda n: n["wrong"] == 0, "wrong"),
}  # fmt: skip


def measure(trainer: Trainer, setup: None, seed: int) -> dict[str, float]:
    asked, asked_side = trainer.sizes((3, 32, 32), filters=1, kernel=32, stride=1, padding=1)
    meant, meant_side = trainer.sizes((3, 32, 32), filters=1, kernel=3, stride=1, padding=1)
    first, _ = trainer.sizes((3, 32, 32), filters=50, kernel=3, stride=1, padding=1)
    second, _ = trainer.sizes((50, 32, 32), filters=50, kernel=3, stride=1, padding=1)
    _, alexnet = trainer.sizes((3, 227, 227), filters=96, kernel=11, stride=4, padding=0)
    rng, wrong = np.random.default_rng(seed), 0
    for _ in range(LAYERS):
        C, K, F, S, P, W = (
            int(rng.integers(low, high)) for low, high in ((1, 9), (1, 17), (1, 8), (1, 5), (0, 4), (8, 40))
        )
        wrong += trainer.sizes((C, W, W), filters=K, kernel=F, stride=S, padding=P) != (
            K * (F * F * C + 1),
            (W + 2 * P - F) // S + 1,
        )
    return {
        "asked": asked, "asked_side": asked_side, "meant": meant, "meant_side": meant_side, "first": first, "second": second,
        "alexnet_side": alexnet, "dense": trainer.dense(3 * 32 * 32, 32 * 32), "wrong": wrong,
    }  # fmt: skip
