# %% [markdown]
# ---
# title: "What comes back to the filters"
# description: One network with a start of your choice. Follow the error back through its next layer to its filters, step by step.
# hide: [toc]
# ---
#
# # What comes back to the filters
#
# An image goes through the network, and its error comes back. Does it reach the filters? That depends on how the network
# [starts](../questions/what-if-zeros.md). The networks are those of the [nine starts](nine_starts.py). One is drawn large.

# %%
from collections.abc import Iterator  # noqa: I001
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from nine_starts import (
    FILTERS, ROUNDING, TEXTS, WAYS, Network, Nine, Way, draw_map, signed_root, simulate, tabulate, tile, within,
)  # fmt: skip

from convlens.ops import softmax
from convlens.shapes import falling, horizontal, rising, vertical
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## What comes back
#
# The error is what the scores say minus what is right. On its way back it first reaches the next layer's weights, and through
# them the filters. A filter's gradient is a product of three factors, and that of the next layer's weights is one of two. If a
# factor is exactly 0, so is the product.


# %%
@dataclass(frozen=True, eq=False)
class Chosen:
    """The nine networks at one step, and which of them is drawn large."""

    nine: Nine
    ways: tuple[str, str]

    @property
    def network(self) -> Network:
        return self.nine.networks[self.ways]


# %% [markdown]
# ## The picture
#
# Left are all nine starts, and right the chosen one. The grey line is the error on its way back, as wide as the gradient that
# arrives. A dotted line with a 0 means that exactly nothing arrives, and ≈ means nothing but rounding.

# %%
type Point = tuple[float, float]
LINES, FALLING = (horizontal(), vertical(), falling(), rising()), 2
BRIGHT = {"relu": 8.0**0.5, "tanh": 1.0}  # the square root of a number of a map in full colour
WIDTH = 376  # of the panel with the products


@dataclass(frozen=True)
class Layout:
    """Where the parts of the network are, in pixels; rows follow each other at a distance of `pitch`."""

    size: Point
    first: float  # the top of the first row
    pitch: float
    image: tuple[float, float, float]  # x, y, side of a pixel
    spine: float  # the x of the line from the image to the filters
    filters: Point  # left edge, and side of a square
    maps: Point
    means: Point
    outgoing: Point
    back: float  # the x of the line on which the error comes back
    high: float  # of the scores
    notes: tuple[tuple[str, float, float], ...]

    def middle(self, k: int) -> float:
        """Return the y in the middle of the row of filter k."""
        return self.first + k * self.pitch + 2.5 * self.filters[1]


WIDE = Layout(
    size=(684, 424), first=50, pitch=81, image=(0, 158, 7), spine=100,
    filters=(118, 11), maps=(214, 7), means=(310, 42), outgoing=(404, 34), back=576, high=42,
    notes=(("image", 42, 146), ("filters", 145, 38), ("maps", 242, 38), ("means", 331, 38),
           ("next layer’s weights", 472, 8), ("the error", 622, 186), ("comes back", 622, 204)),
)  # fmt: skip
TALL = Layout(
    size=(356, 412), first=78, pitch=73, image=(20, 0, 5), spine=8,
    filters=(20, 9), maps=(84, 5.5), means=(146, 40), outgoing=(206, 30), back=344, high=36,
    notes=(("next layer’s weights", 266, 32),),
)  # fmt: skip


def draw(chosen: Chosen) -> Figure:
    """Draw the nine starts, and the chosen one with what comes back to its filters."""
    chart = draw_map(chosen.nine, 5, chosen.ways)
    wide_box = place(1070, 424, (0, 30, chart), (386, 0, draw_network(chosen, WIDE)))
    drawings = wide(wide_box), narrow(column(chart, draw_network(chosen, TALL), gap=18))
    panels = *drawings, draw_numbers(chosen.network), draw_products(chosen)
    still = "still" if chosen.ways in chosen.nine.dead else "moves"
    return Figure(panels, describe(chosen), tabulate(chosen.nine), explain(chosen), still)


def draw_network(chosen: Chosen, at: Layout) -> Box:
    """Draw the way of one image from left to right, and of its error back."""
    network, training, bright = chosen.network, chosen.nine.training, BRIGHT[chosen.nine.activation]
    n = int((training.labels == FALLING).argmax())
    outputs = training.model.trace(network.params, training.x[n : n + 1])
    maps = next(value for name, value in outputs.items() if name.startswith(tuple(BRIGHT)))[0]
    x, y, side = at.image
    lines, placed = ways_there(at), [centred(x, y, note(words)) for words, x, y in at.notes]
    placed.append((x, y, image_cells(training.x[n, 0], side, Pen(QUIET, 2))))
    for k, row_of in enumerate(network.outgoing):
        mean = text(fixed(float(maps[k].mean())), bold=True, align="middle", width=at.means[1] - 4)
        boxes = {
            at.filters[0]: tile(k, network.filters[k], at.filters[1]),
            at.maps[0]: tile(k, maps[k], at.maps[1], bright),
            at.means[0]: framed(within(mean, at.means[1], at.means[1]), filter_pen(k)),
            at.outgoing[0]: cells(signed_root(row_of[None]), at.outgoing[1], full=2, frame=filter_pen(k)),
        }
        placed += [(left, at.middle(k) - box.height / 2, box) for left, box in boxes.items()]
        for way, gradient in zip(ways_back(at, k), network.gradients[:, k].tolist(), strict=True):
            lines.append(draw_back(way, gradient))
            if gradient <= ROUNDING:
                placed.append(centred(*way[1], write("≈" if gradient else 0)))
    placed += draw_scores(softmax(outputs["linear1"])[0], at)
    width, high = at.size
    under = plot(*lines, x=Linear(0, width), y=Linear(high, 0), width=width, height=high)
    return place(width, high, (0, 0, under), *placed)


def ways_there(at: Layout) -> list[Mark]:
    """Draw the lines from the image to the next layer's weights, and that of the error, on which all ways back begin."""
    x, y, side = at.image
    begin = (x + 12 * side if at.spine > x else x, y + 6 * side)
    ends = [(at.filters[0], 5 * at.filters[1]), (at.maps[0], 8 * at.maps[1]), at.means, (at.outgoing[0], 0)]
    stops = [(a + wide, b) for (a, wide), (b, _) in pairwise(ends)]
    ways: list[list[Point]] = []
    for middle in map(at.middle, range(FILTERS)):
        ways.append([begin, (at.spine, begin[1]), (at.spine, middle), (at.filters[0], middle)])
        ways += [[(left, middle), (right, middle)] for left, right in stops]
    foot, corner = at.size[1] - at.high / 2, ways_back(at, 0)[1][0]
    error = arrow(
        [(at.outgoing[0] + 4 * at.outgoing[1], foot), (at.back, foot), corner], Pen(QUIET, 5), head=False
    )
    return [*(arrow(way, Pen(QUIET, 1.5), head=False) for way in ways), error]


def ways_back(at: Layout, k: int) -> tuple[list[Point], list[Point]]:
    """Return the ways of the error to filter k, and to the next layer's weights for it: each a line with one corner."""
    under, listens = at.middle(k) + 2.5 * at.filters[1], at.outgoing[0] + 2 * at.outgoing[1]
    lane, own = under + 14, at.filters[0] + 2.5 * at.filters[1]
    to_filter = [(listens, lane), (own, lane), (own, under + 2)]
    return to_filter, [(at.back, lane), (listens, lane), (listens, at.middle(k) + at.outgoing[1] / 2 + 2)]


def draw_back(way: list[Point], gradient: float) -> Mark:
    """Draw what comes back: as wide as the gradient, or dotted, with room for a sign, if nothing arrives but rounding."""
    if gradient <= ROUNDING:
        dotted = [(x + side, y) for (x, y), side in zip(way[:2], (-11, 11), strict=True)]
        return arrow(dotted, Pen(QUIET, 1, "2 5"), head=False)
    width = max(round(48 * gradient**0.4) / 2, 1.5)  # in half pixels, so that a recording is small
    return arrow(way, Pen(QUIET, min(width, 8)), radius=6)


def draw_scores(shares: np.ndarray, at: Layout) -> list[tuple[float, float, Box]]:
    """Draw the four lines above the next layer's weights, and below them their scores, with the error in grey."""
    placed, wide, foot = [], at.outgoing[1], at.size[1] - at.high
    for m, share in enumerate(np.round(shares, 2).tolist()):
        x, right = at.outgoing[0] + (m + 0.5) * wide, m == FALLING
        marks = [windows([(1 - share, 0)], None, 1, share, ink=INK if right else QUIET)]
        marks += [windows([(0, 0)], None, 1, 1 - share, ink=QUIET)] if right else []
        bar = plot(*marks, x=Linear(0, 1), y=Linear(1, 0), width=16, height=at.high)
        placed.append((x - 10, at.first - 30, cells(LINES[m] * (1 if right else 0.5), 4, grey=True)))
        placed.append((x - 8, foot, framed(bar, Pen(QUIET))))
    words = column(note("scores of the classes,"), note("with the error in grey"), gap=2)
    return [*placed, (at.outgoing[0] - 14 - words.width, foot + 4, words)]


def draw_numbers(network: Network) -> Box:
    """Draw how much the network gets right, and how many different filters it has."""
    number = text(percent(network.accuracy), HUGE, bold=True, width=150)
    right = column(number, note("of new images right"), note("(chance: 25 %)"), gap=2)
    said = note("different"), note(f"{plural(network.different, 'filter')} of {FILTERS}")
    different = column(text(str(network.different), HUGE, bold=True), *said, gap=2)
    return sized(row(right, different, gap=36), 344)


def draw_products(chosen: Chosen) -> Box:
    """Draw the gradients at step 0, at step 1 and now, and the factors that make them."""
    number = chosen.nine.number
    last = ("later", "–") if number < 2 else (f"step {chosen.nine.step}", number)
    shown = ("step 0", 0), ("step 1", 1 if number else "–"), last
    rows = [[note("largest gradient"), *(aligned(within(note(name), 76, 16), "end") for name, _ in shown)]]
    for side, name in enumerate(("filters", "next layer")):
        found = [
            n if n == "–" else float(chosen.nine.training.at(n)[chosen.ways].gradients[side].max())
            for _, n in shown
        ]
        rows.append([text(name), *(aligned(write(each), "middle") for each in found)])
    silent = not chosen.network.filters.any()  # the biases are 0 as long as the weights are
    listens, shut = not chosen.network.outgoing.any(), silent and chosen.nine.activation == "relu"
    patches = "open patches" if chosen.nine.activation == "relu" else "patches"
    why = [product("filters", {"outgoing weights": listens, patches: shut})]
    why.append(product("next layer", {"responses": silent}))
    return sized(column(table(rows, (10, 7)), *why, gap=8), WIDTH, 196)


def write(gradient: float | str) -> Box:
    """Write a gradient. An exact 0 has a frame, and so has the sign for rounding."""
    if gradient == 0 or gradient == "≈":
        return framed(within(text(str(gradient)[0], ink=QUIET), 20, 18), Pen(QUIET))
    if isinstance(gradient, str):
        return text(gradient, ink=QUIET)
    return text("≈ 0" if gradient < ROUNDING else format_number(gradient, 2))


def product(name: str, factors: dict[str, bool]) -> Box:
    """Write a gradient as the error times factors; each has a frame if it is exactly 0."""
    boxes = [note(f"{name} = error")]
    for each, is_zero in factors.items():
        zero = framed(pad(note(f"{each} 0"), 5, 2, 5, 2), Pen(QUIET))
        boxes += [note("×"), zero if is_zero else note(each)]
    return row(*boxes, gap=5, align="middle")


# %% [markdown]
# The same in words.


# %%
def describe(chosen: Chosen) -> str:
    """Say what the network that is drawn has learned."""
    network, starts = chosen.network, [WAYS[way] for way in chosen.ways]
    said = f"{when(chosen.nine.step)}, from filters at {starts[0]} and a next layer at {starts[1]}"
    count = how_many(network.different, "different filter")
    return f"{said}: {percent(network.accuracy)} of new images right, {count} of {FILTERS}."


WHY = {
    "zero zero": "Each layer’s gradient is multiplied by the other’s numbers, and those are 0. So neither can begin.",
    "zero relu": "The filters respond with 0, so the next layer cannot learn from them. And at 0 a ReLU lets nothing back.",
    "zero constant": "The errors of the four classes add up to 0, and equal weights add them up. Only rounding arrives.",
    "zero random, first": "At 0 the slope of tanh is 1. So the error gets through the random next layer.",
    "zero random": "The filters moved first, each by a gradient of its own. Now they respond, and the next layer learns too.",
    "constant random, first": "Four equal filters, but the next layer listens to each differently.",
    "constant random": "One error came back through different weights. Now they differ.",
    "random random": "The usual start. From the first step on, the error reaches both layers.",
    "zeros, first": "The next layer’s zeros let nothing back to the filters. But these respond, so the next layer can move.",
    "constants, first": "Equal weights let nothing but rounding back to the filters. But the next layer can move.",
    "random": "After one step the next layer’s weights differ, and the error gets back to the filters. Now both layers learn.",
    "constant": "All four filters get the same gradient at every step. They stay one and the same filter, four times.",
}  # fmt: skip


def explain(chosen: Chosen) -> str:
    """Say what comes back, and why."""
    (filters, outgoing), first = chosen.ways, chosen.nine.number == 0
    key = filters if outgoing != "random" else f"{filters} random"
    if first and outgoing != "random":
        key = f"{outgoing}s"
    if filters == "zero":
        relu = chosen.nine.activation == "relu" and outgoing != "zero"
        key = "zero relu" if relu else f"zero {outgoing}"
    return WHY.get(f"{key}, first", WHY.get(key, "")) if first else WHY[key]


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/what-if-zeros.md",
    budget_seconds=60,
    picture=draw,
    recorded=("filters", "outgoing", "activation"),
    opens="start",
    sentence="Start the filters at {filters}, the next layer at {outgoing}, use {activation}, and {run}.",
)
def what_comes_back(
    filters: Annotated[Way, Choice("Filters start at", TEXTS)] = "random",
    outgoing: Annotated[Way, Choice("Next layer starts at", TEXTS)] = "zero",
    activation: Annotated[Literal["relu", "tanh"], Choice("Activation", ("ReLU", "tanh"))] = "relu",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Chosen]:
    """What comes back to the filters?"""
    for nine in simulate(activation, seed):
        yield Chosen(nine, (filters, outgoing))


what_comes_back
