# %% [markdown]
# ---
# title: "Swap two filters, before training or after it"
# description: A test of whether training knows which filter is which. Swap, then train; or train, then swap.
# hide: [toc]
# ---
#
# # Swap two filters, before training or after it
#
# Two filters change places. You can swap them and then train, or train and then swap them. If both ways end in the same network,
# training does not know which filter is which, and cannot separate two copies. It is a demo of
# [Do I need randomness, or only difference?](../questions/random-or-different.md).

# %%
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from twins import TASKS

from convlens import initializers, layers, optim
from convlens.permutation import permute_channels
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train, until
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## An experiment
#
# An `Experiment` is all that a run needs. The plain one is the start of every other: a random draw for one filter, copied
# to all. It runs in float64. The [tie-breakers](one_tie_breaker.py) are runs of it too.

# %%
IMAGES = 48


class Experiment:
    """What one run is made of; a mechanism changes some of it."""

    ties: dict[str, Any] | None = None  # how the filters are tied
    edit: Callable | None = None  # changes the tied parameters
    # Computes the last filter's gradient from the usual one and from the one added in reverse.
    own: Callable | None = None

    def __init__(self, x, labels, filters: int, rate: float, seed: int, initializer: Any = None) -> None:
        self.x, self.labels, self.filters, self.rate, self.seed = x, labels, filters, rate, seed
        self.initializer, self.layers = initializer or initializers.he(), (layers.ReLU(),)
        self.optimizer, self.stream = optim.SGD(rate), batches(x, labels)
        # Chance that a mechanism brings along is drawn from here; images and first weights are the same for all.
        self.rng = np.random.default_rng([seed, 1])

    def start(self) -> tuple[layers.Sequential, Any]:
        """Return the network, and parameters in which every filter is a copy of the first."""
        conv = layers.Conv2d(self.filters, kernel=5, initializer=self.initializer)
        first = OwnGradient(conv, self.own) if self.own else conv
        last = layers.GlobalAveragePool2d(), layers.Linear(int(self.labels.max()) + 1)
        model = layers.Sequential(first, *self.layers, *last)
        params, _ = model.init(np.random.default_rng(self.seed), self.x.shape[1:], np.float64)
        params = tie(params, tuple(range(self.filters)), **(self.ties or {}))
        if self.edit:
            self.edit(params)
        return model, params


class OwnGradient:
    """A convolution whose last filter gets a gradient of its own."""

    kind = "conv"

    def __init__(self, inner: layers.Conv2d, own: Callable) -> None:
        self.inner, self.own, self.init = inner, own, inner.init

    def __call__(self, params, x):
        (y, vjp), (_, reverse_vjp) = self.inner(params, x), self.inner(params, x[::-1])

        def own_vjp(dy, input_gradient=True):
            dx, grads = vjp(dy, input_gradient)
            _, reverse = reverse_vjp(dy[::-1], input_gradient=False)
            for name in grads:
                grads[name][-1] = self.own(grads[name][-1], reverse[name][-1])
            return dx, grads

        return y, own_vjp


# %% [markdown]
# Three things that can be added to it: one that all filters share, and two that belong to a place in the network, whichever
# filter is there.


# %%
def draw_minibatches(e: Experiment) -> None:
    """Train on 16 of the images at a time, drawn at random."""
    e.stream = batches(e.x, e.labels, 16, e.rng)


def add_dropout(e: Experiment) -> None:
    """Set half of each map to 0 at each step, drawn at random for each map."""
    e.layers = (layers.ReLU(), layers.Dropout(0.5))


def halve_learning_rate(e: Experiment) -> None:
    """Let the last filter learn at half the rate."""
    e.own = lambda gradient, reverse: 0.5 * gradient


CHANGES = {"minibatches": draw_minibatches, "dropout": add_dropout, "rate": halve_learning_rate}
WHY = {
    "minibatches": "Each filter sees the same images in either place.",
    "dropout": "The masks stay in their places, and the filters do not.",
    "rate": "The slow place is on the right either way, and a different filter is in it.",
}

# %% [markdown]
# ## Both ways
#
# The two filters are different here, so that the swap can be seen. Each takes its bias and the next layer's weights along. The
# numbers are copied in row order: in another order in memory, a sum can come out different in its last bit.

# %%
STEPS, SWAPPED, FULL = 200, (1, 0), 1.2
WAYS = ("Swap, then train", True), ("Train, then swap", False)


@dataclass(frozen=True, eq=False)
class Ways:
    """Both ways after some steps: filters as (place, rows, columns), and how far the two networks are apart."""

    mechanism: str
    step: int
    start: np.ndarray
    swapped_first: np.ndarray
    trained: np.ndarray
    difference: float


def follow(change: str, seed: int, swap_first: bool) -> Iterator[Any]:
    """Yield the parameters of a network in training, whose filters are swapped before it or not."""
    x, labels = TASKS["several"](np.random.default_rng(seed), count=IMAGES, dtype=np.float64)
    e = Experiment(x, labels, 2, 1.0, seed)
    e.ties = {"incoming": False, "outgoing": False}
    CHANGES[change](e)
    model, params = e.start()
    if swap_first:
        params = exchange(params)
    for step in until(train(model, params, e.stream, e.optimizer, e.rng), STEPS):
        yield step.params


def exchange(params: Any) -> Any:
    """Return the network with its two filters swapped."""
    swapped = permute_channels(params, (1, 0))
    return {
        name: {key: value.copy(order="C") for key, value in tree.items()} for name, tree in swapped.items()
    }


def compare(first: Any, then: Any) -> float:
    """Return the largest difference between two networks, over filters, biases and the next layer's weights."""
    return max(largest_difference(first[name][key], then[name][key]) for name in first for key in first[name])


# %% [markdown]
# ## The picture
#
# The colour of a frame says which filter it is, and its place says where it is.


# %%
def draw_pair(filters: np.ndarray, order: tuple[int, int], side: float) -> Box:
    """Draw the filters in two places; order: which filter is in which place."""
    return row(*(filter_cells(k, W, side, FULL) for k, W in zip(order, filters, strict=True)), gap=side / 2)


def draw_way(ways: Ways, swap_first: bool, side: float) -> list[Box]:
    """Draw one way: the start, what is done first, what is done then, and the end."""
    swap, training = (
        column(aligned(text(sign, LARGE), "middle"), note(word, align="middle"), gap=0)
        for sign, word in (("↔", "swap"), ("→", "train"))
    )
    begin = draw_pair(ways.start, (0, 1), side)
    if swap_first:
        middle, end = draw_pair(ways.start[::-1], SWAPPED, side), ways.swapped_first
        return [begin, swap, middle, training, draw_pair(end, SWAPPED, side)]
    middle = draw_pair(ways.trained, (0, 1), side)
    return [begin, training, middle, swap, draw_pair(ways.trained[::-1], SWAPPED, side)]


def draw_verdict(ways: Ways) -> Box:
    """Draw whether both ways end in the same network."""
    sign = text("≠" if ways.difference else "=", HUGE, bold=True, align="middle", width=110)
    if ways.difference == 0:
        number = framed(overlay(space(30, 30), text("0", LARGE, QUIET, bold=True)), Pen(QUIET))
    else:
        number = text(format_number(ways.difference), LARGE, bold=True, align="middle", width=110)
    below = [
        aligned(box, "middle") for box in (sized(number, height=31), note("largest"), note("difference"))
    ]
    return column(sign, *below, gap=2)


def draw(ways: Ways) -> Figure:
    """Draw both ways, one below the other, and say in words whether they end in the same network."""
    wide_rows = [[sized(text(name, bold=True), 140), *draw_way(ways, first, 14)] for name, first in WAYS]
    broad = row(table(wide_rows, (14, 22)), draw_verdict(ways), gap=20, align="middle")
    tall = [
        titled(text(name, bold=True), row(*draw_way(ways, first, 9), gap=7, align="middle"))
        for name, first in WAYS
    ]
    small = column(*tall, aligned(draw_verdict(ways), "middle"), gap=16)
    outcome = "different" if ways.difference else "same"
    return Figure((wide(broad), narrow(small)), describe(ways), tabulate(ways), explain(ways), outcome)


# %%
def describe(ways: Ways) -> str:
    """Say whether both ways end in the same network."""
    if not ways.step:
        return "The two filters differ. One way swaps them now, the other way swaps them at the end."
    if ways.difference:
        return f"{when(ways.step)} the two ways are {format_number(ways.difference)} apart."
    return f"{when(ways.step)} the two ways are exactly 0 apart: they are the same network."


def explain(ways: Ways) -> str:
    """Say what that means."""
    if not ways.step:
        return ""
    knows = "knows" if ways.difference else "does not know"
    return f"{WHY[ways.mechanism]} So training {knows} which filter is which."


def tabulate(ways: Ways) -> Table:
    """List the middle weight of the filter in each place at the end of each way."""
    ends = ways.swapped_first, ways.trained[::-1]
    rows = [(name, *(float(W[2, 2]) for W in end)) for (name, _), end in zip(WAYS, ends, strict=True)]
    return Table(("way", "middle weight, left", "middle weight, right"), tuple(rows))


# %%
@demo(
    question="questions/random-or-different.md",
    budget_seconds=8,
    picture=draw,
    recorded=("mechanism",),
    sentence="Swap two filters before training or after it, and {run} with {mechanism}.",
)
def swap(
    mechanism: Annotated[
        Literal["minibatches", "dropout", "rate"],
        Choice("Train with", ("shuffled minibatches", "dropout", "half the rate on the right")),
    ] = "rate",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Ways]:
    """Does it matter whether the filters are swapped before training or after it?"""
    both = zip(follow(mechanism, seed, True), follow(mechanism, seed, False), strict=True)
    start = None
    for step, (first, then) in enumerate(both):
        filters = then["conv1"]["weight"][:, 0]
        start = filters if start is None else start
        if step % 5 == 0:
            difference = compare(first, exchange(then))
            yield Ways(mechanism, step, start, first["conv1"]["weight"][:, 0], filters, difference)


swap
