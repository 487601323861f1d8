"""If a big black line decides, won't every filter learn it? The page's claims about eight filters, in all set-ups."""

from __future__ import annotations

from typing import Any

import numpy as np
import other_images

from convlens.attribution import residual
from convlens.types import tree_map
from convlens_site import demos, evidence
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Setup
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/the-black-line.md"
RATE, STEPS = 1.0, 300
DEMO = demos.module("black_line")
NAMES = ("vertical", "horizontal", "squiggle")  # class 0, the line, the rest of class 1
# Changes to the page's usual task, one at a time.
CASES: dict[str, dict[str, float]] = {
    "usual": {},
    "tiny": {"size": 0.01},
    "only_line": {"share": 1.0},
    "equal_ink": {"rival": DEMO.STRENGTH},
}

CLAIMS = {
    "not_all": Claim("Not all eight filters become line-like", lambda n: n["line_like"] < 8, "line_like"),
    "some": Claim("At least one filter becomes line-like", lambda n: n["line_like"] > 0, "line_like"),
    "tiny_more": Claim(
        "A tiny start makes more filters line-like, or as many",
        lambda n: n["tiny_line_like"] >= n["line_like"], "tiny_line_like",
    ),
    "only_line": Claim(
        "Not all eight become line-like when class 1 shows lines only",
        lambda n: n["only_line_line_like"] < 8, "only_line_line_like",
    ),
    "equal_ink": Claim(
        "With the other line as strong, no more filters become line-like",
        lambda n: n["equal_ink_line_like"] <= n["line_like"], "equal_ink_line_like",
    ),
    "law": Claim(
        "No filter that keeps its minus becomes a line detector",
        lambda n: n["detector_minus"] + n["tiny_detector_minus"] == 0, "detector_minus",
    ),
    "line_falls": Claim(
        "The line images' share of the error falls",
        lambda n: n["line_error"] < n["line_error_at_start"], "line_error",
    ),
    "other_rises": Claim(
        "The squiggles' share of the error rises",
        lambda n: n["other_error"] > n["other_error_at_start"], "other_error",
    ),
}  # fmt: skip


def images(setup: Setup, seed: int, share: float, rival: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, 0])
    if setup.images == "page":
        return DEMO.make_images(rng, share, "squiggle", rival)
    labels = rng.permutation(np.arange(DEMO.COUNT) % 2)
    kinds = labels * np.where(np.cumsum(labels) <= round(share * int(labels.sum())), 1, 2)
    strengths = np.array([rival, DEMO.STRENGTH, 1.0])[kinds]
    return other_images.images(rng, [NAMES[kind] for kind in kinds], list(strengths)), labels, kinds


def measure(trainer: Trainer, setup: Setup, seed: int) -> dict[str, float]:
    results: dict[str, float] = {}
    for case, changes in CASES.items():
        numbers = measure_case(trainer, setup, seed, **changes)
        results |= {name if case == "usual" else f"{case}_{name}": value for name, value in numbers.items()}
    return results


def measure_case(
    trainer: Trainer, setup: Setup, seed: int, size: float = 1.0, share: float = 0.8, rival: float = 1.0
) -> dict[str, float]:
    x, labels, kinds = images(setup, seed, share, rival)
    recipe = setup.recipe(RATE, STEPS)
    params = tree_map(lambda leaf: leaf * size, trainer.start(setup.start, filters=8, classes=2, seed=seed))
    states = trainer.train(params, x, labels, recipe, keep=range(recipe.steps + 1))
    first, last = states[0]["params"], states[-1]["params"]
    minus = np.all([DEMO.signs(state["params"]) < 0 for state in states], axis=0)
    line, other = error_shares(first, x, labels, kinds), error_shares(last, x, labels, kinds)
    diverged = len(states) <= recipe.steps
    return {
        "line_like": float("nan") if diverged else int((DEMO.likeness(last["conv1"]["weight"][:, 0]) >= DEMO.LINE_LIKE).sum()),
        "line_like_at_start": int((DEMO.likeness(first["conv1"]["weight"][:, 0]) >= DEMO.LINE_LIKE).sum()),
        "responds_most_to_lines": int((evidence.load("black_line").responses(last, x, kinds).argmax(axis=0) == 0).sum()),
        **evidence.load("black_line").law(first, last, minus, x, kinds),
        "line_error_at_start": line[0], "line_error": other[0], "other_error_at_start": line[1], "other_error": other[1],
        "accuracy": states[-1]["accuracy"],
    }  # fmt: skip


def error_shares(params: Any, x: np.ndarray, labels: np.ndarray, kinds: np.ndarray) -> tuple[float, float]:
    """Return the percentages of the whole error from line images and from the rest of class 1."""
    logits, _ = DEMO.model_of(len(params["conv1"]["weight"]))(params, x)
    pulls = DEMO.pull(residual(logits, labels), kinds)
    line, other, _ = 100 * pulls / (pulls.sum() or 1.0)
    return float(line), float(other)
