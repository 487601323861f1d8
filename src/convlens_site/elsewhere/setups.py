"""The set-ups in which each claim is tested: three starts x four optimizers x two kinds of images, in two frameworks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

FRAMEWORKS = {"convlens": "this library", "torch": "PyTorch"}
STARTS = {"he": "He", "glorot": "Glorot", "pytorch": "PyTorch's default"}
OPTIMIZERS = {
    "page": "as on the page",
    "slow": "a tenth of the rate, ten times the steps",
    "momentum": "momentum 0.9",
    "adam": "Adam",
}
IMAGES = {"page": "the page's images", "other": "other images"}
SEEDS = 20
SLOWER = 10
ADAM_RATE = 0.01


@dataclass(frozen=True)
class Recipe:
    """An optimizer by name and settings, in words that both frameworks share, and its number of steps."""

    optimizer: str
    settings: dict[str, float]
    steps: int

    def at(self, step: int, page_steps: int) -> int:
        """Return the step that corresponds to a step of the page's own run."""
        return step * self.steps // page_steps


@dataclass(frozen=True)
class Setup:
    """One of the 24 set-ups."""

    start: str
    optimizer: str
    images: str

    @property
    def name(self) -> str:
        return f"{self.start}-{self.optimizer}-{self.images}"

    @property
    def title(self) -> str:
        return f"{STARTS[self.start]}, {OPTIMIZERS[self.optimizer]}, {IMAGES[self.images]}"

    def recipe(self, rate: float, steps: int) -> Recipe:
        """Return how to train, for a page that uses gradient descent with this rate for this number of steps."""
        recipes: dict[str, Any] = {
            "page": ("SGD", {"lr": rate}, steps),
            "slow": ("SGD", {"lr": rate / SLOWER}, steps * SLOWER),
            # Momentum m makes the steps 1 / (1 - m) times as long in the end, so a tenth of the rate gives the same speed.
            "momentum": ("SGD", {"lr": rate / SLOWER, "momentum": 0.9}, steps),
            "adam": ("Adam", {"lr": ADAM_RATE}, steps),
        }
        return Recipe(*recipes[self.optimizer])


SETUPS = {setup.name: setup for setup in (Setup(*each) for each in product(STARTS, OPTIMIZERS, IMAGES))}
