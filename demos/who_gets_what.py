# %% [markdown]
# ---
# title: "Who gets what? Ten networks, and a swap"
# description: Ten networks learn the same two shapes from ten starts. Which filter learns which shape?
# hide: [toc]
# ---
#
# # Who gets what? Ten networks, and a swap
#
# Ten networks learn from the same images, each from a start of its own. Which filter learns which shape? Then two filters of one
# network change places. The networks are those of [the first demo](squiggle_or_corner.py) of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md).

# %%
from collections import deque
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Literal

import numpy as np
from squiggle_or_corner import CLEAN, NAMES, SHAPES, Network, learn
from two_seeds import cosines_of, pair_up

from convlens.permutation import permute_channels
from convlens.types import Array, Params
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *
from convlens_live.figures.tallies import write

# %% [markdown]
# ## Ten starts
#
# The images are the same ten times. A filter *prefers* the shape that gets more than half of its response. The filters of each
# network are also put in the order in which they fit those of network 1 best.

# %%
NETWORKS, FILTERS, NOISE, STEPS = 10, 6, 0.2, 400


def train_one(seed: int, start: int) -> tuple[Network, Network]:
    """Return a network before and after training."""
    run = learn(FILTERS, NOISE, STEPS, seed, start)
    return next(run), deque(run, 1)[0]


@dataclass(frozen=True, eq=False)
class Ten:
    """Ten networks before and after training, all on the same images."""

    pairs: list[tuple[Network, Network]]

    @cached_property
    def prefers(self) -> Array:
        """The shape that each filter prefers, (10, 6): 0 the squiggle, 1 the corner."""
        return np.array([last.shares > 0.5 for _, last in self.pairs]).astype(np.int64)

    @cached_property
    def orders(self) -> Array:
        """For each network the order in which its filters fit those of network 1 best, (10, 6)."""
        return np.array([pair_up(self.pairs[0][1].filters, last.filters)[0] for _, last in self.pairs])

    def similar(self, when: int, matched: bool) -> float:
        """Return the mean cosine with the filters of network 1, before (0) or after (1) training."""
        first, *others = [pair[when].filters for pair in self.pairs]
        found = [pair_up(first, each)[1] if matched else np.diag(cosines_of(first, each)) for each in others]
        return float(np.mean(found))


@cache
def train_ten(seed: int) -> Ten:
    """Train ten networks on the images of this seed."""
    return Ten([train_one(seed, NETWORKS * seed + n) for n in range(NETWORKS)])


# %% [markdown]
# ## A swap
#
# A filter takes its bias along, and the weights with which the next layer reads it. Then the next layer adds the same
# numbers, but in another order.


# %%
def swapped(a: int, b: int) -> Array:
    """Return the order of the filters in which a and b are in each other's place."""
    order = np.arange(FILTERS, dtype=np.int64)
    order[[a, b]] = b, a
    return order


def exchange(params: Params, a: int, b: int) -> Params:
    """Return the network with filters a and b in each other's place."""
    return permute_channels(params, swapped(a, b))


@dataclass(frozen=True, eq=False)
class Scene:
    """What is drawn: the ten networks, in which order, and with which filter the first filter of network 1 changes places."""

    ten: Ten
    matched: bool
    partner: int  # 0: with none
    asked: bool = False  # is the end left out?

    @property
    def network(self) -> Network:
        """Network 1."""
        return self.ten.pairs[0][not self.asked]

    @cached_property
    def scores(self) -> tuple[Array, Array]:
        """The scores of a clean squiggle and a clean corner, (2, 2), before the swap and after it."""
        params, model = self.network.step.params, self.network.model
        return model(params, CLEAN)[0], model(exchange(params, 0, self.partner), CLEAN)[0]

    @cached_property
    def difference(self) -> float:
        """The largest difference that the swap makes to these scores, and to those of 64 new images."""
        return difference_of(self.network, 0, self.partner)


def difference_of(network: Network, a: int, b: int) -> float:
    """Return the largest difference that swapping two filters makes to a score."""
    x = np.concatenate([CLEAN, network.unseen[0]])
    before, after = (
        network.model(params, x)[0] for params in (network.step.params, exchange(network.step.params, a, b))
    )
    return float(np.abs(after - before).max())


# %% [markdown]
# ## The picture


# %%
def draw(scene: Scene) -> Figure:
    """Draw the ten networks, and the swap in network 1."""
    panels = draw_ten(scene), draw_swap(scene)
    return Figure(panels, describe(scene), tabulate(scene), explain(scene), outcome_of(scene.ten))


def ask(scene: Scene) -> Figure:
    """Draw the ten networks before training."""
    asked = Scene(scene.ten, False, scene.partner, asked=True)
    said = "Ten networks before training, from ten starts. Which of their filters will prefer which shape?"
    caption = "Each row is a network with six filters."
    return Figure(
        (draw_ten(asked), draw_swap(asked)), said, Table(("network", "filters"), ((10, 6),)), caption
    )


def draw_ten(scene: Scene) -> Box:
    """Draw a row for each network, and what each of its filters prefers; all squares together, which keeps the drawing small."""
    own = np.tile(np.arange(FILTERS), (NETWORKS, 1))
    orders = scene.ten.orders if scene.matched else own
    weights, icons = np.full((8 * NETWORKS, 12 * FILTERS), np.nan), np.zeros((10 * NETWORKS, 15 * FILTERS))
    corners: list[list[tuple[int, int]]] = [[] for _ in range(FILTERS)]
    names = [(0, 40 * n + 10, text(str(n + 1), SMALL, QUIET)) for n in range(NETWORKS)]
    for (n, at), k in np.ndenumerate(orders):
        W = scene.ten.pairs[n][not scene.asked].filters[k]
        weights[8 * n : 8 * n + 5, 12 * at : 12 * at + 5] = W / np.abs(W).max()
        corners[k].append((8 * n, 12 * at))
        names.append((20 + 60 * at + 33, 40 * n, filter_name(k, size=SMALL)))
        if not scene.asked:
            icons[10 * n + 4 : 10 * n + 9, 15 * at + 7 : 15 * at + 12] = SHAPES[scene.ten.prefers[n, k]]
    frames = [windows(each, filter_pen(k), 5) for k, each in enumerate(corners)]
    drawn = (20, 5, cells(weights, 5, marks=frames)), (20, 0, cells(icons, 4, grey=True))
    said = "" if scene.asked else "; beside each filter, its shape"
    return titled(f"a row for each network{said}", place(20 + 60 * FILTERS, 40 * NETWORKS, *drawn, *names))


def draw_swap(scene: Scene) -> Box:
    """Draw the filters of network 1 in their places, the weights that read them, and what the swap changes."""
    params = scene.network.step.params
    outgoing = params["linear1"]["weight"]
    full, tiles = float(np.abs(outgoing).max()), []
    for k in swapped(0, scene.partner).tolist():
        reads = cells(outgoing[:, k : k + 1], 16, full=full, wide=45 / 16, frame=filter_pen(k))
        tiles.append(column(filter_name(k), filter_cells(k, scene.network.filters[k], 9), reads, gap=5))
    ways = [
        button(str(k + 1), f"Swap filter 1 with filter {k + 1}", on=scene.partner == k, swap=k)
        for k in range(1, FILTERS)
    ]
    ways.append(button("–", "Swap nothing", on=scene.partner == 0, swap=0))
    head = column(text("network 1: swap filter 1 with", bold=True), row(*ways, gap=8), gap=8)
    below = paragraph("Under each filter, the next layer’s weights for it: for squiggle and for corner.", 330)
    return column(head, row(*tiles, gap=12), below, draw_scores(scene), gap=14)


def draw_scores(scene: Scene) -> Box:
    """Draw the two scores of a clean squiggle and of a clean corner, before the swap and after it."""
    before, after = scene.scores
    rows = [[note(""), note("shown"), *map(note, NAMES)]]
    for said, scores in (("before", before), ("after", after)):
        for name, shape, own in zip(NAMES, SHAPES, scores, strict=True):
            numbers = [text(fixed(value, 3)) for value in own.tolist()]
            rows.append([note(said if name == NAMES[0] else ""), cells(shape, 4, grey=True), *numbers])
    difference = (
        write(scene.difference) if scene.difference == 0 else text(format_number(scene.difference, 2), LARGE)
    )
    size = row(note("largest difference, 66 images"), difference, gap=10, align="middle")
    return column(table(rows, (22, 6)), size, gap=12)


# %% [markdown]
# The same in words and as a table.


# %%
def outcome_of(ten: Ten) -> str:
    """Say what is the same in all ten: "number" what each filter prefers, "count" how many prefer the corner, or "neither"."""
    if (ten.prefers == ten.prefers[0]).all():
        return "number"
    return "count" if np.ptp(ten.prefers.sum(axis=1)) == 0 else "neither"


def describe(scene: Scene) -> str:
    """Say how many filters prefer the corner in each network, and how similar the filters are."""
    counts = scene.ten.prefers.sum(axis=1)
    said = f"Of six filters, {counts.min()} to {counts.max()} prefer the corner, depending on the start."
    after, before = (scene.ten.similar(when, scene.matched) for when in (1, 0))
    how = "matched to those of network 1" if scene.matched else "compared by their numbers"
    return f"{said} Filters {how}: mean cosine {fixed(after)}, before training {fixed(before)}."


def explain(scene: Scene) -> str:
    """Say what the order or the swap shows."""
    if scene.partner:
        said = (
            f"Filters 1 and {scene.partner + 1} have changed places, and the next layer’s weights with them. "
        )
        if scene.difference == 0:
            return said + "The scores are the same to the last bit: a + b is b + a."
        return (
            said
            + "The scores are the same up to rounding: the next layer adds the same numbers in another order."
        )
    if scene.matched:
        return "In the order that fits network 1 best, some columns are similar, and others are not."
    return "In their own order, the filters of a column have nothing in common."


def tabulate(scene: Scene) -> Table:
    """List what each filter of each network prefers."""
    rows = tuple((n + 1, *(NAMES[each] for each in own)) for n, own in enumerate(scene.ten.prefers.tolist()))
    return Table(("network", *(f"filter {k + 1}" for k in range(FILTERS))), rows)


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/squiggle-or-corner.md",
    budget_seconds=60,
    picture=draw,
    recorded=("order", "swap"),
    opens=ask,
    sentence="Show the filters of the ten networks {order}.",
)
def who_gets_what(
    order: Annotated[
        Literal["own", "matched"],
        Choice("In the order", ("by their numbers", "in the order that fits network 1 best")),
    ] = "own",
    swap: Annotated[int, Pointed("Swap filter 1 of network 1 with", 0, FILTERS - 1)] = 0,
    seed: Annotated[int, Seed()] = 0,
) -> Scene:
    """Who gets what?"""
    return Scene(train_ten(seed), order == "matched", swap)


who_gets_what

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/who_gets_what.md).
