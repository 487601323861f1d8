# %% [markdown]
# ---
# title: "Two filters of one network"
# description: The whole of a small convolutional network, from the image to its four answers, while its two filters learn.
# hide: [toc]
# ---
#
# # Two filters of one network
#
# An image goes in. Two filters read it, each map is reduced to its mean, and the next layer listens to the two means. You will
# see the whole network while it trains, and when its two filters stay the same. It is the demo of the [start page](../index.md),
# and the network is that of the [twins](twins.py).

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from twins import Twins, simulate, split_sides, tabulate

from convlens.ops import softmax
from convlens.shapes import falling, horizontal, rising, vertical
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## What flows through the network
#
# One image, its two maps after the ReLU, their means, and what the network answers: a probability for each of four lines. The
# answer's error is the same for both filters.

# %%
STEPS, SPECK, FALLING = 300, 0.5, 2
LINES = horizontal(), vertical(), falling(), rising()


@dataclass(frozen=True, eq=False)
class Flow:
    """One image on its way through the network, from left to right."""

    image: np.ndarray
    maps: np.ndarray
    means: np.ndarray
    answer: np.ndarray


def follow(state: Twins) -> Flow:
    """Send the first image with a falling line through the network."""
    n = int((state.labels == FALLING).argmax())
    outputs = state.model.trace(state.step.params, state.x[n : n + 1])
    maps = outputs["relu1"][0]
    return Flow(state.x[n, 0], maps, maps.mean((1, 2)), softmax(outputs["linear1"])[0])


def signed_root(values: np.ndarray) -> np.ndarray:
    """Return the square roots of the sizes, with the signs: small weights stay visible beside large ones."""
    return np.sign(values) * np.sqrt(np.abs(values))


# %% [markdown]
# ## The picture
#
# Filter 1 on one side, filter 2 on the other, and what they share between them. While the two are the same, and so are their
# arrows, the picture is its own mirror image. Each arrow is an outgoing weight: as wide as its square root, and dashed below
# zero. Weights and maps are shaded by the square root too.
#
# The drawing is made twice, for a wide screen and for a phone. A layout lists where the parts of filter 1 are; those of filter 2
# are their mirror images.

# %%
type Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Where the parts of filter 1 are, and those of the middle: their centres, in pixels."""

    width: float
    height: float
    down: bool  # whether the network runs downwards, and not to the right
    sides: tuple[float, ...]  # of squares: of image, filter and map; of the mean; of a line's image
    image: Point
    filter: Point
    name: Point
    map: Point
    mean: Point
    signs: tuple[Point, Point]  # of "=" or "≠": between the filters, and between the arrows
    wires: tuple[tuple[Point, ...], ...]  # from the image to the filter, its map, its mean
    slots: tuple[Point, ...]  # where the arrows begin
    ends: tuple[Point, ...]  # where they end
    answers: tuple[Point, ...]
    notes: tuple[tuple[str, Point], ...]

    def of_filter(self, k: int, point: Point) -> Point:
        """Return the place for filter k that is `point` for filter 1."""
        if k == 0:
            return point
        return (self.width - point[0], point[1]) if self.down else (point[0], self.height - point[1])


WIDE = Layout(
    width=1070,
    height=392,
    down=False,
    sides=(11, 28, 12, 60, 8),
    image=(67, 196),
    filter=(294, 93),
    name=(294, 10),
    map=(462, 93),
    mean=(572, 93),
    signs=((294, 196), (650, 196)),
    wires=(((134, 196), (180, 196), (180, 93), (222, 93)), ((365, 93), (413, 93)), ((511, 93), (541, 93))),
    slots=tuple((603, 115.5 - 15 * m) for m in range(4)),
    ends=tuple((720 + 96 * m, 152) for m in range(4)),
    answers=tuple((720 + 96 * m, 196) for m in range(4)),
    notes=(
        ("the same image", (67, 118)),
        ("its map", (462, 34)),
        ("its mean", (572, 52)),
        ("how the next layer listens to it (dashed: minus)", (826, 52)),
        ("which way does the line run?", (864, 344)),
    ),
)
TALL = Layout(
    width=356, height=384, down=True, sides=(6, 24, 8, 42, 6),
    image=(178, 78), filter=(61, 84), name=(61, 11), map=(33, 188), mean=(97, 188),
    signs=((178, 26), (178, 188)),
    wires=(((142, 78), (123, 78)), ((33, 145), (33, 155)), ((66, 188), (75, 188))),
    slots=tuple((112 - 10 * m, 210) for m in range(4)),
    ends=tuple((144, 236 + 38 * m) for m in range(4)),
    answers=tuple((178, 236 + 38 * m) for m in range(4)),
    notes=(("the same image", (178, 124)), ("its map", (33, 231)), ("its mean", (97, 156)),
           ("how the", (36, 268)), ("next layer", (36, 284)), ("listens", (36, 300)),
           ("dashed:", (320, 276)), ("minus", (320, 292)), ("which way does the line run?", (178, 375))),
)  # fmt: skip
FULL, BRIGHT, THICK = (
    2.5,
    8.0,
    4.0,
)  # a weight and a map's number in full colour; an arrow's width for an outgoing weight of 1


def draw(state: Twins) -> Figure:
    """Draw the network, and how far its two filters are apart."""
    flow, difference = follow(state), state.differences[-1]
    network = wide(draw_network(state, flow, WIDE)), narrow(draw_network(state, flow, TALL))
    outcome = "same" if difference == 0 else "near" if difference < 1e-3 else "apart"
    panels = *network, draw_number(state), draw_history(state)
    return Figure(panels, describe(state), tabulate(state, ()), explain(state), outcome)


def draw_network(state: Twins, flow: Flow, at: Layout) -> Box:
    """Draw the image, both filters with their maps and means, and the arrows to the four answers."""
    filters, outgoing = split_sides(state.step.params)
    ways = [way for k in (0, 1) for way in draw_ways(k, outgoing[k], at)]
    x, y = Linear(0, at.width), Linear(at.height, 0)
    below = plot(*ways, x=x, y=y, width=at.width, height=at.height)
    placed = [centred(*at.image, image_cells(flow.image, at.sides[0], Pen(QUIET, 2)))]
    placed += [centred(*point, note(words)) for words, point in at.notes]
    for k in (0, 1):
        parts = {
            at.name: filter_name(k, "filter "),
            at.filter: draw_weights(k, filters, at),
            at.map: image_cells(signed_root(flow.maps[k]), at.sides[2], filter_pen(k), BRIGHT**0.5),
            at.mean: framed(
                overlay(space(at.sides[3], at.sides[3]), text(fixed(float(flow.means[k])), bold=True)),
                filter_pen(k),
            ),
        }
        placed += [centred(*at.of_filter(k, point), box) for point, box in parts.items()]
    for point, pair in zip(at.signs, (filters, outgoing), strict=True):
        placed.append(centred(*point, text("=" if np.array_equal(*pair) else "≠", LARGE, bold=True)))
    for m, point in enumerate(at.answers):
        placed.append(centred(*point, draw_answer(m, float(flow.answer[m]), at.sides[4])))
    return place(at.width, at.height, (0, 0, below), *placed)


def draw_ways(k: int, outgoing: np.ndarray, at: Layout) -> list[Mark]:
    """Draw the ways of the numbers: to filter k, its map and its mean, and by its outgoing weights to the four answers."""
    first, *others = [[at.of_filter(k, point) for point in wire] for wire in at.wires]
    ways = [arrow(first, Pen(QUIET, 1.5)), *(arrow(wire, Pen(QUIET, 1.5), head=False) for wire in others)]
    for v, begin, end in zip(outgoing.tolist(), at.slots, at.ends, strict=True):
        corner = (begin[0], end[1]) if at.down else (end[0], begin[1])
        width = max(round(2 * THICK * abs(v) ** 0.5) / 2, 1)  # in half pixels, so that a recording is small
        pen = Pen(hue(k), width, "6 3" if v < 0 else None)
        ways.append(arrow([at.of_filter(k, point) for point in (begin, corner, end)], pen))
    return ways


def draw_weights(k: int, filters: np.ndarray, at: Layout) -> Box:
    """Draw a filter. The weight that differs most has a frame; a reader can change those of filter 2, on a phone one of them."""
    differences, side = np.abs(filters[0] - filters[1]), at.sides[1]
    most = np.unravel_index(differences.argmax(), differences.shape)
    marks = [windows([most], Pen(width=2))] if differences.any() else []
    drawn = filter_cells(k, signed_root(filters[k]), side, FULL**0.5, marks=marks)
    if k == 0:
        return drawn
    if at.down:
        return overlay(
            drawn, part(space(5 * side, 5 * side), "Change the middle weight of filter 2", speck=13)
        )

    def name(i: int, j: int) -> tuple[str, bool, dict[str, int]]:
        return f"Change weight {5 * i + j + 1} of filter 2", False, {"speck": 5 * i + j + 1}

    return spots(drawn, (5, 5), name)


def draw_answer(m: int, share: float, side: float) -> Box:
    """Draw one of the four lines, and what the network gives it: right in black, wrong or missing in grey."""
    right, high, share = m == FALLING, 5.6 * side, round(share, 2)
    shown = cells(LINES[m] * (1 if right else 0.5), side, grey=True)
    fill = windows([(0, 0)], None, share, 1, ink=INK if right else QUIET)
    parts = [windows([(share, 0)], None, 1 - share, 1, ink=QUIET)] if right else []
    bar = plot(fill, *parts, x=Linear(0, 1), y=Linear(0, 1), width=1.6 * side, height=high)
    return row(shown, framed(bar, Pen(QUIET)), gap=1.5 * side, align="middle")


def draw_number(state: Twins) -> Box:
    """Draw how far the two filters are apart."""
    number = text(format_number(state.differences[-1]), HUGE, bold=True)
    said = text(f"After {how_many(state.step.number, 'step')} they are", LARGE)
    return sized(column(said, row(number, pad(text("apart.", LARGE), 0, 21), gap=10), gap=0), 344)


def draw_history(state: Twins) -> Box:
    """Draw the largest difference at each step."""
    curve = line(range(len(state.differences)), state.differences, dot=True)
    return plot(
        curve, x=Linear(0, STEPS, label="training steps"), y=Linear(0, 5, (5,)), width=380, height=190
    )


# %% [markdown]
# The same in words.


# %%
def describe(state: Twins) -> str:
    """Say how far the two filters are apart."""
    difference, moment = state.differences[-1], when(state.step.number)
    if difference == 0:
        return f"{moment} the two filters are identical to the last bit: they are exactly 0 apart."
    return f"{moment} the two filters are {format_number(difference)} apart in the weight that differs most."


def explain(state: Twins) -> str:
    """Ask at the start, and say why after it."""
    filters, outgoing = (np.array_equal(*pair) for pair in split_sides(state.step.params))
    changed = "One weight of filter 2 was made larger. " if np.isclose(state.differences[0], SPECK) else ""
    if state.step.number == 0:
        arrows = "" if outgoing else " Only the arrows to the next layer differ."
        return (
            f"Two copies.{arrows} Will training separate them?"
            if filters
            else f"{changed}The two filters differ before the first step."
        )
    if filters:
        return "The same image, error and arrows: each step changes both equally. Click a weight of filter 2 to change it."
    if state.differences[0]:
        why = changed or "They began different. "
        return f"{why}So different patches pull on the two filters. To change another weight of filter 2, click it."
    return "The same error comes back through different arrows. So each step changes the two filters differently."


# %%
@demo(
    question="index.md",
    budget_seconds=8,
    picture=draw,
    recorded=("incoming", "outgoing"),
    opens="start",
    sentence="Start filter 1 and filter 2 {incoming}, let the next layer listen to them {outgoing}, and {run}.",
)
def two_filters(
    incoming: Annotated[
        Literal["same", "different"], Choice("Both filters start", ("the same", "different"))
    ] = "same",
    outgoing: Annotated[
        Literal["same", "different"], Choice("The next layer listens to them", ("the same", "differently"))
    ] = "different",
    speck: Annotated[int, Pointed("Weight of filter 2 that is made larger", 0, 25)] = 0,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Twins]:
    """When do two filters become different?"""
    specks = np.zeros((5, 5))
    if speck:
        specks.flat[speck - 1] = SPECK
    yield from simulate(incoming, outgoing, 0.0, "several", STEPS, seed, specks)


two_filters
