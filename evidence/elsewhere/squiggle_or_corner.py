"""Squiggle or right angle: what do filters become? The page's claims about six filters, in all set-ups."""

from __future__ import annotations

from typing import Any

import numpy as np
import other_images
from squiggle_or_corner import NAMES, Network
from two_seeds import pair_up, read_jointly

from convlens import Step, data, evaluate
from convlens.symmetry import cosine
from convlens_site import evidence
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Setup
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/squiggle-or-corner.md"
RATE, STEPS, FILTERS, NOISE, COUNT, UNSEEN = 2.0, 400, 6, 0.2, 64, 256
EVIDENCE = evidence.load("squiggle_or_corner")

CLAIMS = {
    "leans_more": Claim(
        "After training a typical filter leans more to one shape than before",
        lambda n: n["lean"] > n["lean_start"], "lean",
    ),
    "most_both": Claim("Most filters respond to both shapes", lambda n: n["both"] > FILTERS / 2, "both"),
    "law": Claim(
        "Most filters that end on their first side tilt towards it",
        lambda n: n["kept_side_and_tilted_to_it"] > n["kept_side"] / 2, "kept_side_and_tilted_to_it",
    ),
    "joint": Claim(
        "The joint readings of two networks are more similar than their matched filters",
        lambda n: n["joint"] > n["matched"], "joint",
    ),
    "no_whole_shape": Claim(
        "No filter has a correlation of 0.9 with a whole shape",
        lambda n: n["most_like"] < 0.9, "most_like",
    ),
    "who_gets_what": Claim(
        "From two starts, not all six filters prefer the same shape as the filter of their number",
        lambda n: n["same_shape_by_number"] < FILTERS, "same_shape_by_number",
    ),
    "others": Claim(
        "The filters of two starts differ even when they are matched (mean cosine below 0.9)",
        lambda n: n["matched"] < 0.9, "matched",
    ),
}  # fmt: skip


def images(setup: Setup, seed: int, count: int, stream: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, stream])
    if setup.images == "page":
        return data.squiggle_or_corner_task(rng, count=count, noise=NOISE, dtype=np.float64)
    return other_images.classes(rng, NAMES, count, NOISE)


def measure(trainer: Trainer, setup: Setup, seed: int) -> dict[str, float]:
    """Train two networks on the same images, and read both as the demo does."""
    x, labels = images(setup, seed, COUNT, 0)
    unseen = images(setup, seed, UNSEEN, 2)
    recipe = setup.recipe(RATE, STEPS)
    networks = []
    for start in (seed, seed + 5000):
        params = trainer.start(setup.start, filters=FILTERS, classes=2, seed=start)
        states = trainer.train(params, x, labels, recipe, keep=[0, recipe.steps])
        networks.append([Network(step_of(state), recipe.steps, unseen) for state in states])
    (first, *_, last), (*_, other_last) = networks
    diverged = any(len(pair) < 2 for pair in networks)
    side, last_side = (np.sign(EVIDENCE.side_of(network.step.params)) for network in (first, last))
    kept, tilted = side == last_side, np.sign(last.shares - first.shares) == side
    prefers, other_prefers = (network.shares > 0.5 for network in (last, other_last))
    lean, lean_start = (50 + 100 * float(np.nanmedian(np.abs(r.shares - 0.5))) for r in (last, first))
    numbers = {
        "lean": lean, "lean_start": lean_start, "both": FILTERS - last.one_only - int(np.isnan(last.shares).sum()),
        "kept_side": int(kept.sum()), "kept_side_and_tilted_to_it": int((kept & tilted).sum()),
        "changed_side": int((~kept).sum()), "changed_side_and_tilted_to_the_first": int((~kept & tilted).sum()),
        "joint": cosine(read_jointly(last), read_jointly(other_last)),
        "matched": float(pair_up(last.filters, other_last.filters)[1].mean()),
        "same_shape_by_number": int((prefers == other_prefers).sum()),
        "most_like": float(EVIDENCE.likeness(last.filters).max()),
        "accuracy": evaluate(last.model, last.step.params, *unseen)[1],
    }  # fmt: skip
    return dict.fromkeys(numbers, float("nan")) if diverged else numbers


def step_of(state: dict[str, Any]) -> Step:
    return Step(state["step"], state["loss"], state["accuracy"], state["params"], state["grads"])
