# %% [markdown]
# ---
# title: "Take filters away"
# description: A network is trained, and then loses filters, one by one or all at once. What does each of them cost?
# hide: [toc]
# ---
#
# # Take filters away
#
# The [first notebook](filter_count.py) trains networks with 1 to 32 filters. This one opens one of them, and takes filters away
# after the training. It is the second demo of
# [How many filters do I need? Is one enough?](../questions/how-many-filters.md), in full.

# %%
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal

import numpy as np
from filter_count import COUNTS, IMAGES, NEW, READS, Images, Network, Reads, learn
from nine_starts import signed_root
from two_seeds import cosines_of

from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# A filter that is taken away adds nothing to any score: its outgoing weights count as 0. Nothing is trained again. The cost of a
# filter is how many new images fewer are right without it, and without those that are away already. A point is one of a hundred
# images, rounded down here: 7 of 797.

# %%
POINT = NEW // 100
trained = lru_cache(6)(learn)


@dataclass(frozen=True, eq=False)
class Left:
    """A trained network without some of its filters."""

    network: Network
    away: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return len(self.network.filters)

    @cached_property
    def kept(self) -> np.ndarray:
        """1 for each filter that is there, and 0 for one that is away, (K,)."""
        kept = np.ones(self.count)
        kept[list(self.away)] = 0
        return kept

    @cached_property
    def right(self) -> int:
        return self.network.right(self.kept)

    @cached_property
    def costs(self) -> dict[int, int]:
        """Of each filter that is there, how many images fewer are right without it too."""
        without = {k: self.kept - np.eye(self.count)[k] for k in range(self.count) if self.kept[k]}
        return {k: self.right - self.network.right(kept) for k, kept in without.items()}

    @property
    def spare(self) -> list[int]:
        """Those that can go next, each alone, for at most one point."""
        return [k for k, cost in self.costs.items() if cost <= POINT]

    @property
    def cheapest(self) -> int:
        """The one that costs least to lose next."""
        return min(self.costs, key=lambda k: self.costs[k])

    @cached_property
    def whole(self) -> "Left":
        """The same network with all of its filters."""
        return Left(self.network) if self.away else self

    @property
    def cosines(self) -> np.ndarray:
        """The cosine of each two filters."""
        filters = self.network.filters
        return cosines_of(filters, filters)[np.triu_indices(self.count, 1)]


# %% [markdown]
# ## The picture
#
# Below each filter is how many images more or fewer are right if it goes now, in bold if that is a loss of more than a point. It
# says zeros if the map of the filter is 0 on every new image.

# %%
SMALLEST, LARGER, ACROSS, WORDS = 40, 88, 8, 330  # pixels; small filters in a row; width of what is said
ROOM = GAP = 4  # beside a filter, for its number; and between filters
WIDE = ACROSS * (SMALLEST + ROOM + GAP) - GAP


def draw(left: Left) -> Figure:
    """Draw the filters, and what is right without those that are away."""
    return Figure((draw_filters(left), draw_numbers(left)), describe(left), tabulate(left), explain(left))


def draw_filters(left: Left) -> Box:
    """Draw each filter, or its empty place, and below it what it would cost to lose it now."""
    side = LARGER if left.count <= ACROSS else SMALLEST
    full = float(np.abs(signed_root(left.network.filters)).max())
    tiles = [draw_filter(left, k, side, full) for k in range(left.count)]
    columns = (WIDE + GAP) // (side + ROOM + GAP)
    legend = column(
        note("below each filter: images more or fewer right if it goes"),
        note(f"bold: a loss of more than a point, so {POINT + 1} images or more"),
        gap=2,
    )
    return sized(column(legend, grid(tiles, columns, (GAP, GAP)), gap=8), WIDE)


def draw_filter(left: Left, k: int, side: float, full: float) -> Box:
    """Draw a filter with what it costs, as a part that takes it away or puts it back."""
    away = sum(1 << each for each in {*left.away} ^ {k})
    if k in left.away:
        empty = column(framed(space(side, side), Pen(HAIRLINE, 1.5, "3 4")), space(side + ROOM, 20), gap=4)
        return part(empty, f"put filter {k + 1} back", drag="back", away=away)
    cost, wide = left.costs[k], side + ROOM
    is_dear = cost > POINT
    said = text(f"{-cost:+d}", SMALL, INK if is_dear else QUIET, bold=is_dear, width=wide)
    if cost == 0:
        said = note("zeros") if left.network.black[k] else cells(np.zeros((1, 1)), 16)
    tile = filter_cells(k, signed_root(left.network.filters[k]), side / 5, full)
    whole = column(tile, sized(said, wide, 20), gap=4)
    return part(whole, f"take filter {k + 1} away", drag="away", away=away)


def draw_numbers(left: Left) -> Box:
    """Draw the share of new images that are right, and three buttons."""
    away = sum(1 << k for k in left.away)
    share = headline(f"of {NEW} new images right", f"{fixed(100 * left.right / NEW, 1)} %", WORDS)
    there = f"with {left.count - len(left.away)} of {how_many(left.count, 'filter')}"
    spare, buttons = left.spare, []
    if spare:
        said = f"Take all {len(spare)} that can go" if len(spare) > 1 else "Take the one that can go"
        buttons.append(button(said, drag="press", away=away + sum(1 << k for k in spare)))
    if left.costs:
        buttons.append(button("Take the cheapest", drag="press", away=away + (1 << left.cheapest)))
    if left.away:
        buttons.append(button("Put back", drag="press", away=0))
    why = paragraph(remark(left), WORDS, TEXT, INK)
    return sized(
        column(share, text(there, ink=QUIET), space(0, 6), *buttons, space(0, 4), why, gap=10), WORDS, 330
    )


def glance() -> Box:
    """For the start page: three filters, and the place of one that is away."""
    roots = signed_root(trained("digits", "mean", 4, 0).filters)
    tiles = [filter_cells(k, each, 10, float(np.abs(roots).max())) for k, each in enumerate(roots)]
    tiles[1] = framed(space(50, 50), Pen(HAIRLINE, 1.5, "3 4"))
    return row(*tiles, gap=16)


# %% [markdown]
# The same in words.


# %%
def describe(left: Left) -> str:
    """Say what is right, and what was lost."""
    right = f"{fixed(100 * left.right / NEW, 1)} % of new images"
    if not left.away:
        return f"With {how_many(left.count, 'filter')} the network gets {right} right."
    change = left.right - left.whole.right
    than = f"{fixed(abs(100 * change) / NEW, 1)} points {'fewer' if change < 0 else 'more'}"
    end = than if change else "as many as with all of them"
    return (
        f"Without {len(left.away)} of {how_many(left.count, 'filter')} the network gets {right} right, {end}."
    )


def remark(left: Left) -> str:
    """Say which filters can go, or what those that went cost together."""
    lost, count, spare = left.whole.right - left.right, len(left.away), len(left.spare)
    if not left.costs:
        return "No filter is left, so every image gets the same scores."
    if not left.away and spare > 1:
        return f"Each of {spare} filters could go alone, for at most one point. And all of them together?"
    if count > 1 and set(left.away) <= set(left.whole.spare):
        cost = f"{fixed(100 * lost / NEW, 1)} points" if lost > POINT else "at most one point"
        return f"Each of these {count} could go alone. Together they cost {cost}."
    next_one = "No filter" if spare == 0 else "One filter" if spare == 1 else f"Each of {spare} filters"
    return f"{next_one} can go {'next' if count else 'alone'}, for at most one point."


def explain(left: Left) -> str:
    """Say how similar the filters are."""
    if left.count == 1:
        return "With one filter there is nothing to spare."
    return f"The two most similar filters have a cosine of {fixed(float(left.cosines.max()))}, and copies would have 1."


def tabulate(left: Left) -> Table:
    """Of each filter: whether it is there, and what it costs to lose it now, in images and in points."""
    rows = []
    for k in range(left.count):
        there = k in left.costs
        cost = (left.costs[k], 100 * left.costs[k] / NEW) if there else ("", "")
        rows.append((k + 1, "there" if there else "away", *cost))
    return Table(("Filter", "State", "Images lost without it", "Points lost"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/how-many-filters.md",
    budget_seconds=20,
    picture=draw,
    recorded=("images", "reads"),
    sentence="Train {filters} filters on {images}, and let the next layer read {reads}. Then click a filter to take it away.",
)
def spare_filters(
    filters: Annotated[
        Literal["1", "2", "4", "8", "16", "32"], Choice("Filters", tuple(map(str, COUNTS)))
    ] = "32",
    images: Annotated[Images, Choice("Images", IMAGES)] = "digits",
    reads: Annotated[Reads, Choice("The next layer reads", READS)] = "mean",
    away: Annotated[int, Pointed("Filters that are taken away, in binary", 0, 2**32 - 1)] = 0,
    seed: Annotated[int, Seed()] = 0,
) -> Left:
    """Take filters away"""
    gone = tuple(k for k in range(int(filters)) if away >> k & 1)
    return Left(trained(images, reads, int(filters), seed), gone)


spare_filters
