# %% [markdown]
# ---
# title: "Two seeds: a different start, the same filters?"
# description: Two networks learn from the same images, from two starts. Are their filters the same, in another order?
# hide: [toc]
# ---
#
# # Two seeds: a different start, the same filters?
#
# Two networks learn to tell a squiggle from a corner. Both get the *same* images, so that only the start differs.
# Do they find the same filters? It is a demo of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md), in full, and trains the network of
# [the first](squiggle_or_corner.py).
#
# You need to know that the number of a filter means nothing. You will see that some filters of the two networks are
# similar and others are not, and what the two networks have in common instead.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from squiggle_or_corner import (
    AXIS,
    CLEAN,
    GAP,
    HEAD,
    ICONS,
    TILE,
    WIDTH,
    Network,
    describe,
    draw_filter,
    draw_filters,
    draw_row,
    explain,
    learn,
    outcome_of,
    tabulate,
)

from convlens.permutation import cheapest_pairs
from convlens.symmetry import cosine
from convlens_live.demo import Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## How similar are two networks?
#
# **Their filters**: each filter of the one network gets a partner in the other, so that the cosines of all pairs add up to
# as much as they can.


# %%
def cosines_of(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine of each filter of a, (K, 5, 5), with each of b; −1 where there is no direction to compare."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
        return np.nan_to_num(np.einsum("jd,kd->jk", a, b) / norms, nan=-1.0)


def pair_up(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of b's filters with the largest total cosine to a's filters, and the cosine of each pair."""
    cosines = cosines_of(a, b)
    order = cheapest_pairs(1 - cosines)
    return order, cosines[np.arange(len(a)), order]


# %% [markdown]
# **All filters together**: the *joint reading* says for every pixel of a clean image how the verdict would move if
# that pixel became brighter. It needs no filter numbers at all, so two networks can be compared by it.


# %%
def read_jointly(network: Network) -> np.ndarray:
    """Return the slope of the verdict at each pixel of the two clean images, (2, 12, 12)."""
    with np.errstate(all="ignore"):
        _, vjp = network.model(network.step.params, CLEAN)
        return vjp(np.array([[-1.0, 1.0], [-1.0, 1.0]]))[0][:, 0]


# %% [markdown]
# ## The experiment


# %%
@dataclass(frozen=True)
class Pair:
    """Two networks at one step: which filter of the second each of the first gets, and how similar they are."""

    first: Network
    second: Network
    at_start: float  # the mean cosine of the best pairs before training
    same_seed: bool

    @property
    def diverged(self) -> bool:
        return self.first.diverged or self.second.diverged

    @cached_property
    def matched(self) -> tuple[np.ndarray, np.ndarray]:
        """The second network's filters in the order that fits best, and the cosine of each pair, both (K,)."""
        return pair_up(self.first.filters, self.second.filters)

    @cached_property
    def joint(self) -> tuple[np.ndarray, np.ndarray]:
        """The two joint readings."""
        return read_jointly(self.first), read_jointly(self.second)


def learn_twice(filters: int, noise: float, steps: int, seed: int, second: int) -> Iterator[Pair]:
    """Train from two starts on the same images."""
    starts, at_start = (seed, second), float("nan")
    for a, b in zip(*(learn(filters, noise, steps, seed, start) for start in starts), strict=False):
        if a.step.number == 0:
            at_start = float(pair_up(a.filters, b.filters)[1].mean())
        yield Pair(a, b, at_start, seed == second)


# %% [markdown]
# ## The picture
#
# At the left the first network. At the right the filters of the second, each in the row of its partner. The last row is
# each network as a whole.

# %%
COSINE = Linear(-1, 1)
COSINE_AXIS = [line([-1, 1], [0, 0], Pen(HAIRLINE)), rule(x=0, pen=Pen(QUIET))]
BEHIND = once(plot(*COSINE_AXIS, x=COSINE, y=COSINE, width=AXIS, height=12))


def draw_joint(values: np.ndarray, right: Box) -> Box:
    """Return a joint reading on both shapes; right: what is said of it."""
    full = float(np.abs(values).max())
    images = [cells(each, TILE / 12, full=full, frame=Pen(HAIRLINE)) for each in values]
    return draw_row(column(note("together,"), note("each pixel"), gap=2), images, right)


def draw_network(network: Network, values: np.ndarray) -> Box:
    """Return a network: its filters, and their joint reading."""
    filters = draw_filters(network, range(len(network.filters)))
    words = column(note("orange: corner"), note("blue: squiggle"), gap=2)
    return column(ruled(filters), draw_joint(values, words), gap=0)


def draw_partners(pair: Pair) -> Box:
    """Return the second network's filters, each in the row of the filter it is most like, and how like it is."""
    order, cosines = pair.matched
    mean = text(f"mean of the pairs {fixed(float(cosines.mean()))}", bold=True)
    means = row(mean, note(f"before: {fixed(pair.at_start)}"), gap=12, align="middle")
    axis = column(note("cosine of the pair"), overlay(apart(note("−1"), note("1"), AXIS), note("0")), gap=2)
    names = row(sized(note("filter"), 72), *(sized(icon, TILE) for icon in ICONS), gap=GAP)
    head = column(
        note("the second network, in the best order"),
        means,
        place(WIDTH, 33, (0, 0, names), (WIDTH - AXIS, 0, axis)),
        gap=3,
    )
    rows = [
        draw_filter(pair.second, k, draw_cosine(value))
        for k, value in zip(order.tolist(), cosines.tolist(), strict=True)
    ]
    last = draw_joint(pair.joint[1], draw_cosine(cosine(*pair.joint)))
    return column(ruled(column(sized(head, WIDTH, HEAD), *rows, gap=0)), last, gap=0)


def draw_cosine(value: float) -> Box:
    """Return a bar from 0, and the number above it; nothing where there is no direction to compare."""
    if np.isnan(value):
        return space(AXIS)
    bar = plot(bars([value], [0], thick=6), x=COSINE, y=COSINE, width=AXIS, height=12)
    return column(text(fixed(value), width=AXIS, align="end"), overlay(BEHIND, bar), gap=2)


def draw(pair: Pair) -> Figure:
    """Return the figure of both networks; after training has diverged there is nothing to compare."""
    joint, _ = pair.joint
    second = draw_network(pair.second, pair.joint[1]) if pair.diverged else draw_partners(pair)
    words = describe_pair(pair), tabulate_pair(pair), explain_pair(pair), outcome_of(pair.first)
    return Figure((draw_network(pair.first, joint), second), *words)


# %% [markdown]
# The same in words and as a table; both are computed from the same numbers as the picture.


# %%
def describe_pair(pair: Pair) -> str:
    """Say in one sentence or two what the picture shows."""
    if pair.diverged:
        return f"{when(pair.first.step.number)} the loss is no longer a number: training diverged."
    (_, cosines), joint = pair.matched, cosine(*pair.joint)
    mean = f"The best pairs of the two networks' filters have a mean cosine of {fixed(float(cosines.mean()))}"
    together = "" if np.isnan(joint) else f"; what the networks read all together, {fixed(joint)}"
    return f"{describe(pair.first)} {mean}{together}."


def explain_pair(pair: Pair) -> str:
    """Say which step of the run this is, and how good the first network is."""
    lost = pair.second if pair.diverged and not pair.first.diverged else pair.first
    return explain(lost) + " Both seeds are the same, so this is one network twice." * pair.same_seed


def tabulate_pair(pair: Pair) -> Table:
    """Return for each filter of the first network its share, its partner in the second, and the cosine of both."""
    if pair.diverged:
        return tabulate(pair.first)
    order, cosines = pair.matched
    numbers = zip(pair.first.shares.tolist(), (order + 1).tolist(), cosines.tolist(), strict=True)
    rows = tuple((k, *each) for k, each in enumerate(numbers, start=1))
    return Table(("filter", "share to the corner", "partner", "cosine"), rows)


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/squiggle-or-corner.md",
    budget_seconds=8,
    picture=draw,
    sentence="{run} two networks that differ only in their seed.",
)
def two_seeds(
    seed: Annotated[int, Seed()] = 0,
    second: Annotated[int, Seed("Second network's seed")] = 1,
    filters: Annotated[int, Slider("Filters", 2, 8, step=1)] = 6,
    noise: Annotated[float, Slider("Noise in the images", 0.0, 0.6, step=0.1)] = 0.2,
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 400,
) -> Iterator[Pair]:
    """Two seeds: does another start find the same filters?"""
    yield from learn_twice(filters, noise, steps, seed, second)


two_seeds

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/squiggle_or_corner.md).
