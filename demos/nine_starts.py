# %% [markdown]
# ---
# title: "Nine starts of one network"
# description: The filters and the next layer start with zeros, with one constant, or at random. Which of them learn?
# hide: [toc]
# ---
#
# # Nine starts of one network
#
# [What if I start with zeros, or with ones?](../questions/what-if-zeros.md) One small network starts in nine ways: its filters at
# 0, all at 0.1, or random, and its next layer in the same three ways. All nine learn from the same images. Another notebook shows
# [what comes back to the filters](what_comes_back.py) of one of them.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Annotated, Literal

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, ReLU, Sequential, Step, Tanh, evaluate
from convlens import Linear as Dense
from convlens.data import several_filters_task
from convlens.train import batches, train
from convlens.types import Params
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# Four 5x5 filters, an activation, the mean of each map, and a linear layer that reads the four means. The random weights are the
# same in all starts that have them, and all biases start at 0. Each step uses all 64 images. Accuracy is that on 256 new images.

# %%
COUNT, NEW, FILTERS, RATE, CONSTANT = 64, 256, 4, 1.0, 0.1
STEPS = 0, 1, 2, 5, 10, 20, 50, 100, 200, 400  # those that are shown
Way = Literal["zero", "constant", "random"]
WAYS = {"zero": "0", "constant": f"all {CONSTANT:g}", "random": "random"}
TEXTS = tuple(WAYS.values())
STARTS = list(product(WAYS, WAYS))  # of the filters, and of the next layer
ACTIVATIONS = {"relu": ReLU, "tanh": Tanh}
ROUNDING = 1e-12  # a gradient below this is a sum that is 0 on paper


@dataclass(frozen=True, eq=False)
class Network:
    """One network at one step: weights, gradients, and the share of new images that it gets right."""

    params: Params
    grads: Params
    accuracy: float

    @property
    def filters(self) -> np.ndarray:
        return self.params["conv1"]["weight"][:, 0]

    @property
    def outgoing(self) -> np.ndarray:
        return self.params["linear1"]["weight"].T

    @property
    def gradients(self) -> np.ndarray:
        """The largest gradient of each filter, and of the next layer's weights for it: (2, K)."""
        filters, outgoing = self.grads["conv1"]["weight"], self.grads["linear1"]["weight"].T
        return np.array([np.abs(filters).max((1, 2, 3)), np.abs(outgoing).max(1)])

    @property
    def different(self) -> int:
        """How many filters differ from each other in the bits of a weight."""
        return len({each.tobytes() for each in self.filters + 0.0})  # −0 is 0


class Training:
    """Nine networks that learn side by side, from all images at each step."""

    def __init__(self, activation: str, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.x, self.labels = several_filters_task(rng, count=COUNT, dtype=np.float64)
        self.new = several_filters_task(np.random.default_rng([seed, 1]), count=NEW, dtype=np.float64)
        layers = Conv2d(FILTERS, kernel=5), ACTIVATIONS[activation](), GlobalAveragePool2d(), Dense(4)
        self.model = Sequential(*layers)
        params, _ = self.model.init(rng, in_shape=self.x.shape[1:], dtype=np.float64)
        self.runs = {ways: self.run(begin(params, *ways)) for ways in STARTS}
        self.moments: list[dict[tuple[str, str], Network]] = []

    def run(self, params: Params) -> Iterator[Step]:
        return train(self.model, params, batches(self.x, self.labels), SGD(RATE))

    def at(self, n: int) -> dict[tuple[str, str], Network]:
        """Return the nine networks at the n-th of the shown steps."""
        while len(self.moments) <= n:
            number = STEPS[len(self.moments)]
            steps = {ways: next(s for s in run if s.number == number) for ways, run in self.runs.items()}
            self.moments.append(
                {
                    ways: Network(s.params, s.grads, evaluate(self.model, s.params, *self.new)[1])
                    for ways, s in steps.items()
                }
            )
        return self.moments[n]


def begin(params: Params, filters: str, outgoing: str) -> Params:
    """Return the parameters with the weights of both layers at 0, at the constant, or as they are."""
    values, started = {"zero": 0.0, "constant": CONSTANT}, dict(params)
    for layer, way in (("conv1", filters), ("linear1", outgoing)):
        if way in values:
            weight = np.full_like(params[layer]["weight"], values[way])
            started[layer] = {**params[layer], "weight": weight}
    return started


trained = lru_cache(2)(Training)  # so that a reader who looks at another of the nine waits no second time


@dataclass(frozen=True, eq=False)
class Nine:
    """The nine networks at one of the shown steps."""

    training: Training
    activation: str
    number: int

    @property
    def networks(self) -> dict[tuple[str, str], Network]:
        return self.training.at(self.number)

    @property
    def step(self) -> int:
        return STEPS[self.number]

    @property
    def dead(self) -> set[tuple[str, str]]:
        """The starts for which every gradient of filters and next layer has been exactly 0 so far; unknown before a step."""
        moments = [self.training.at(n) for n in range(self.number + 1)] if self.number else []
        return {
            ways for ways in STARTS if moments and not any(each[ways].gradients.any() for each in moments)
        }


def simulate(activation: str, seed: int) -> Iterator[Nine]:
    """Train the nine networks, and yield them at each of the shown steps."""
    for number in range(len(STEPS)):
        trained(activation, seed).at(number)
        yield Nine(trained(activation, seed), activation, number)


# %% [markdown]
# ## The picture
#
# There is a row for each way to start the filters, and a column for each way to start the next layer. Each cell has the four
# filters of one network and the share of new images that it gets right. After the first step it says whether the four are equal.
# Weights are shaded by their square root, so that small ones stay visible. A filter that is exactly 0 is hollow, with a 0.


# %%
FULL = 2.5**0.5  # the square root of a weight in full colour


def signed_root(values: np.ndarray) -> np.ndarray:
    """Return the square roots of the sizes, with the signs."""
    return np.sign(values) * np.sqrt(np.abs(values))


def within(box: Box, width: float, height: float) -> Box:
    """Return a box in the middle of a larger one."""
    return overlay(space(width, height), box)


def tile(k: int, values: np.ndarray, side: float, full: float = FULL) -> Box:
    """Draw the weights or the map of a filter: a map without minus in greys. If all are exactly 0, draw one hollow square."""
    if not values.any():
        return cells(np.zeros((1, 1)), side * len(values), frame=filter_pen(k))
    grey = len(values) > 5 and bool(values.min() >= 0)
    return cells(signed_root(values), side, full=full, grey=grey, frame=filter_pen(k))


def draw_cell(network: Network, side: float, said: str, quiet: bool) -> Box:
    """Draw the four filters of a network, and what is said of them."""
    four = grid([tile(k, each, side) for k, each in enumerate(network.filters)], 2, (7, 7))
    words = text(said, ink=QUIET if quiet else INK, align="middle", width=10 * side + 23)
    return within(column(aligned(four, "middle"), words, gap=2), 10 * side + 25, 10 * side + 36)


def draw_map(nine: Nine, side: float, chosen: tuple[str, str] | None = None) -> Box:
    """Draw all nine starts. Where one is `chosen`, each is a part that chooses it."""
    wide, high, left, top = 10 * side + 30, 10 * side + 42, 92, 44
    placed = [(left, 0, text("next layer starts at", SMALL, QUIET, align="middle", width=3 * wide))]
    placed += [(0, top + 4, note("filters")), (0, top + 20, note("start at"))]
    for n, way in enumerate(WAYS):
        on = [chosen is not None and each == way for each in chosen or ("", "")]
        placed.append(centred(left + wide * (n + 0.5) - 2, 30, text(WAYS[way], bold=on[1])))
        name = text(WAYS[way], bold=on[0])
        placed.append((left - 12 - name.width, top + high * (n + 0.5) - 12, name))
    for n, (ways, network) in enumerate(nine.networks.items()):
        sign = "" if nine.step == 0 else " =" if network.different == 1 else " ≠"
        box = draw_cell(network, side, percent(network.accuracy) + sign, ways in nine.dead)
        box = framed(box, Pen(width=3) if ways == chosen else Pen(HAIRLINE))
        if chosen:
            title = f"Filters {WAYS[ways[0]]}, next layer {WAYS[ways[1]]}"
            box = part(box, title, on=ways == chosen, filters=ways[0], outgoing=ways[1])
        placed.append((left + wide * (n % 3), top + high * (n // 3), box))
    return place(left + 3 * wide, top + 3 * high, *placed)


def draw(nine: Nine) -> Figure:
    """Draw the map, and how many of the nine have not moved."""
    count = f"{len(nine.dead)} of 9" if nine.number else "? of 9"
    number = column(note("no weight has moved in"), text(count, HUGE, bold=True), gap=2)
    lines = (
        "every gradient exactly 0",
        "%: new images that are right",
        "=: all four filters are the same",
        "≠: the filters differ",
    )
    legend = sized(column(number, *(note(each) for each in (lines[0], "", *lines[1:])), gap=6), 240)
    ended = {3: "filters", 1: "both", 0: "none"}.get(len(nine.dead), "other")
    return Figure((draw_map(nine, 6.5), legend), describe(nine), tabulate(nine), explain(nine), ended)


def glance() -> Box:
    """For the start page: four filters at 0, at the constant, and at random."""
    networks = trained("relu", 0).at(0)
    fours = [networks[way, "random"].filters for way in WAYS]
    return row(
        *(grid([tile(k, each, 7) for k, each in enumerate(four)], 2, (7, 7)) for four in fours), gap=24
    )


# %% [markdown]
# The same in words.


# %%
def describe(nine: Nine) -> str:
    """Say which of the nine have not moved, and how well the others do."""
    if not nine.number:
        return (
            "Before training, each of the nine networks guesses: it gets about a quarter of new images right."
        )
    moved = [network.accuracy for ways, network in nine.networks.items() if ways not in nine.dead]
    most = f"{percent(min(moved))} to {percent(max(moved))} of new images right"
    if not nine.dead:
        return f"{when(nine.step)} all nine have moved, by rounding at least. They get {most}."
    return f"{when(nine.step)}, every gradient has been exactly 0 in {len(nine.dead)} of the nine. The others get {most}."


def explain(nine: Nine) -> str:
    """Say how many filters the others have."""
    if not nine.number:
        return "All nine see the same images, and chance is 25 %. Which of them will never learn?"
    single = sum(network.different == 1 for ways, network in nine.networks.items() if ways not in nine.dead)
    return f"Of those that moved, {single} {'has' if single == 1 else 'have'} one and the same filter four times (=)."


def tabulate(nine: Nine) -> Table:
    """All nine starts: accuracy, different filters, and, once there has been a step, the largest gradients."""
    columns = "Filters start at", "Next layer starts at", "Accuracy", "Different filters"
    columns += ("Gradient, filters", "Gradient, next layer") if nine.number else ()
    rows = []
    for (filters, outgoing), each in nine.networks.items():
        numbers = each.accuracy, each.different, *map(float, each.gradients.max(1))
        rows.append((WAYS[filters], WAYS[outgoing], *numbers)[: len(columns)])
    return Table(columns, tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/what-if-zeros.md",
    budget_seconds=60,
    picture=draw,
    recorded=("activation",),
    opens="start",
    sentence="{run} one network nine times, with {activation}.",
)
def nine_starts(
    activation: Annotated[Literal["relu", "tanh"], Choice("Activation", ("ReLU", "tanh"))] = "relu",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Nine]:
    """Nine starts: which of them learn?"""
    yield from simulate(activation, seed)


nine_starts
