# %% [markdown]
# ---
# title: "The gradient of a shared weight"
# description: Nine places use one weight. What each of them adds to its gradient, in exact numbers.
# hide: [toc]
# ---
#
# # The gradient of a shared weight
#
# A filter slides over a small image, and every number of its map has an error. You will see what a weight's gradient is
# made of, and move the weight. It is the demo of
# [How can one weight be shared by all places, and still be learned?](../questions/how-is-a-shared-weight-learned.md).

# %%
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Annotated

import numpy as np
from nine_copies import BIAS, FIRST, IMAGE, PLACES, START, STOPS, WANTED, Uses, find_outcome, name_of, use

from convlens_live.demo import Pointed, demo
from convlens_live.figures import *
from convlens_live.figures.exact import decimal, end_to_end, large, numeral, subtraction

# %% [markdown]
# ## The picture
#
# Forward from left to right: image, filter, nine outputs, loss. The error comes back and meets the pixels under the filter.
# Violet is the filter's own, grey is what all its weights share. It is drawn twice, for a wide screen and for a phone.

# %%
type Point = tuple[float, float]
TOP, PACE = 3, 0.3  # the highest loss; the step that is drawn, in gradients
OWN, SHARED, BACK = Pen(hue(0), 2), Pen(QUIET, 2), Pen(QUIET, 4)
tenth = cache(partial(fixed, digits=1))
PIXELS, ADDED = {"grey": True, "full": 1.6, "numbers": tenth}, {"size": SMALL, "ink": hue(0), "bold": True}
SPOTS = [f"place{letter}" for letter in "abcdefghi"]  # all that belongs to a place lights up together


@dataclass(frozen=True)
class Layout:
    """How large the parts are, and where, in pixels."""

    size: Point
    pixel: float
    weight: Point
    tile: float
    curve: Point
    bars: Point
    columns: tuple[float, ...]  # the widths of the list of uses
    corners: tuple[Point, ...]  # of switch, image, filter, places, curve, uses, bars, result
    notes: tuple[tuple[Point, str], ...]
    first: int = 0  # the first part that it shows
    ways: tuple[tuple[Point, ...], ...] = ()  # from the image, from the loss, down, and three forward

    @property
    def down(self) -> bool:
        """Are the uses listed downwards?"""
        return not self.ways


WIDE = Layout(
    size=(1038, 592), pixel=44, weight=(54, 48), tile=91, curve=(240, 228), bars=(580, 112), columns=(80, *[58] * 10),
    corners=((0, 0), (0, 46), (268, 46), (480, 46), (798, 46), (0, 352), (80, 480), (686, 396)),
    notes=(((122, 300), "the pixels it met"), ((12, 482), "end to end"),
           ((380, 300), "the error of each place comes back from the loss")),
    ways=(((110, 302), (110, 324), (336, 324)), ((930, 304), (930, 324), (364, 324)), ((350, 330), (350, 348)),
          ((224, 180), (262, 180)), ((434, 180), (474, 180)), ((757, 180), (795, 180))),
)  # fmt: skip
UPPER = Layout(
    size=(352, 824), pixel=34, weight=(50, 44), tile=116, curve=(350, 210), bars=(0, 0), columns=(),
    corners=((0, 0), (0, 84), (198, 84), (0, 302), (0, 592)),
    notes=(((0, 281), "framed: the pixels it met"),
           ((0, 550), "The error of each place comes back from the loss.")),
)  # fmt: skip
LOWER = Layout(
    size=(352, 484), pixel=0, weight=(0, 0), tile=0, curve=(0, 0), bars=(116, 310), columns=(40, 50, 62, 74),
    corners=((0, 0), (234, 31), (0, 352)), notes=(), first=5,
)  # fmt: skip


def draw(uses: Uses) -> Figure:
    """Draw the layer, the way back, and the nine uses of one weight."""
    panels = wide(draw_layer(uses, WIDE)), *(narrow(draw_layer(uses, at)) for at in (UPPER, LOWER))
    return Figure(panels, describe(uses), tabulate(uses), explain(uses), find_outcome(uses))


def ask(uses: Uses) -> Figure:
    """Draw it without all that follows from the errors, for a page that asks what does."""
    return draw(replace(uses, veiled=True))


def draw_layer(uses: Uses, at: Layout) -> Box:
    """Draw every part that the layout shows in its place."""
    (width, height), hidden = at.size, ("end to end",) if uses.veiled else ()
    parts = [
        lambda: draw_switch(uses, at.down), lambda: draw_image(uses, at.pixel), lambda: draw_filter(uses, *at.weight),
        lambda: draw_places(uses, at.tile), lambda: draw_curve(uses, *at.curve), lambda: draw_uses(uses, at),
        lambda: space() if uses.veiled else end_to_end(uses.products.flat, *at.bars, hue(0), down=at.down),
        lambda: draw_result(uses),
    ][at.first :]  # fmt: skip
    ways = list(zip(at.ways, (SHARED, BACK, BACK, SHARED, SHARED, SHARED), strict=False))[not uses.has_pixels :]  # fmt: skip
    drawn, x, y = [arrow(way, pen) for way, pen in ways], Linear(0, width), Linear(height, 0)
    placed = [(*corner, draw_part()) for corner, draw_part in zip(at.corners, parts, strict=False)]
    placed += [(*point, note(said)) for point, said in at.notes[not uses.has_pixels :] if said not in hidden]
    return place(width, height, (0, 0, plot(*drawn, x=x, y=y, width=width, height=height)), *placed)


def draw_places(uses: Uses, width: float) -> Box:
    """All places, under a title that says what is subtracted from what."""
    places = grid([draw_place(uses, n, width) for n in range(PLACES)], 3, (0, 0))
    return titled(text("output − wanted (given) = error", bold=True), idea(places, "error"))


def draw_switch(uses: Uses, down: bool) -> Box:
    """The sentence with its two buttons, and a third that undoes what was dragged; before the guess, a question."""
    if uses.veiled:
        return text("What does training do with this weight?")
    ways = [button(said, f"The loss {said} the nine places", on=uses.mean == bool(n), mean=n, at=uses.at, to=uses.to)
            for n, said in enumerate(("adds up", "averages"))]  # fmt: skip
    back = button("Put the weight back", mean=int(uses.mean), at=uses.at, to=0) if uses.to else space()
    lines = row(text("The loss"), *ways, align="middle"), row(text("the nine places."), back, align="middle")
    return grid(lines, 1 if down else 2, (8, 6))


def draw_image(uses: Uses, side: float) -> Box:
    """The image; the nine pixels that a weight met are a window of it."""
    lit, (i, j), spots = np.zeros((5, 5), bool), divmod(uses.at, 3), []
    lit[i : i + 3, j : j + 3] = uses.has_pixels
    marks = [windows([(i, j)], Pen(width=3), 3)] if uses.has_pixels else []
    pixels = cells(IMAGE.astype(float), side, frame=SHARED, lit=lit, marks=marks, **PIXELS)
    for name, (row, column) in zip(SPOTS, np.argwhere(lit), strict=False):
        spots.append((column * side, row * side, idea(space(side, side), "pixel", name)))
    return titled(text("image", bold=True), place(5 * side, 5 * side, (0, 0, pixels), *spots))


def draw_filter(uses: Uses, width: float, height: float) -> Box:
    """The nine weights and the bias, to be pressed."""
    drawn, mean = [], int(uses.mean)
    for first, n in ((0, 3), (BIAS, 1)):
        own = range(first, first + n * n)
        marks = [windows([divmod(uses.at - first, n)], Pen(width=3))] if uses.at in own else []
        spot, names = space(width, height), {k: f"{name_of(k)}, {decimal(uses.weights[k])}" for k in own}
        parts = [part(spot, names[k], on=k == uses.at, drag="weight", at=k, to=0, mean=mean) for k in own]
        values, style = uses.weights[own].reshape(n, n).astype(float), {"wide": width / height, "frame": OWN}
        drawn += [overlay(cells(values, height, numbers=tenth, marks=marks, **style), grid(parts, n, (0, 0)))]
    named = row(drawn[1], text("bias", ink=hue(0), bold=True), gap=10, align="middle")
    return titled(text("filter", ink=hue(0), bold=True), idea(column(drawn[0], named, gap=12), "weight-1"))


def draw_place(uses: Uses, n: int, width: float) -> Box:
    """One place: output − wanted = error; and which way its output has moved with the weight."""
    at, room = divmod(n, 3), 58
    moved = uses.outputs[at] - FIRST[at]
    sign = text("▲" if moved > 0 else "▼", TEXT if abs(moved) >= 0.2 else SMALL, hue(0)) if moved else space()
    difference = subtraction(uses.outputs[at], WANTED[at], room, BACK)
    tile = place(width, 72, (7, 4, note(str(n + 1))), (7, 26, sign), (width - room - 8, 4, difference))
    return idea(framed(tile, Pen(HAIRLINE)), SPOTS[n])


def draw_curve(uses: Uses, width: float, height: float) -> Box:
    """The loss at all values of the weight: its axis is a slider, to be dragged."""
    top, dragged = TOP / uses.places, "this weight" if uses.has_pixels else "the bias"
    handle = slider([n / 10 for n in STOPS], float(uses.weights[uses.at]), 0, partial(stop, uses), "value")
    x = Linear(-1, 1, (-1, 0, 1), f"← drag: {dragged} →", grid=False)
    y = Linear(-0.12 * top, top, (0, round(top, 1)), grid=False)
    drawn = plot(*curve_marks(uses, top, width / height), handle, x=x, y=y, width=width, height=height)
    return titled(text(f"loss {decimal(uses.losses[1], 2)}", bold=True), drawn)


def stop(uses: Uses, value: float) -> tuple[str, dict[str, int]]:
    """Name a stop of the slider, and what it sets: in an order of its own, as no other part does."""
    n = round(10 * value)
    to = 0 if n == 10 * START[uses.at] else STOPS.index(n) + 1
    return f"{name_of(uses.at)} at {tenth(value)}", {"to": to, "at": uses.at, "mean": int(uses.mean)}


def curve_marks(uses: Uses, top: float, shape: float) -> list[Mark]:
    """The curve, its slope here, and a step of gradient descent. shape: width by height."""
    now, here, slope = (float(each) for each in (uses.weights[uses.at], uses.losses[1], uses.gradient))
    bend = float((uses.pixels**2).sum()) / uses.places
    near = [(w, here + slope * (w - now) + bend * (w - now) ** 2 / 2) for w in np.linspace(-1, 1, 81)]
    marks = [line([-1, -1, 1], [top, 0, 0], Pen(QUIET)), line([now, now], [here, 0], Pen(QUIET, 1, "3 3"))]
    low = zip(*[each for each in near if each[1] <= top], strict=True)
    marks += [line(*low, SHARED), dots([now], [here])]
    if uses.veiled or here > top:
        return marks
    reach = 0.4 / np.hypot(1, 2 * slope / shape / top) * np.array([-1, 1])
    ys = np.clip(here + slope * reach, 0, top)
    xs = np.clip(now + ((ys - here) / slope if slope else reach), -1, 1)
    end = min(max(now - PACE * slope, -1), 1)
    step = [arrow([(now, 0.15 * top), (end, 0.15 * top)], Pen(hue(0), 3))] if abs(end - now) > 0.02 else []
    return [*marks, line(xs, here + slope * (xs - now), Pen(hue(0), 3)), *step]


def draw_uses(uses: Uses, at: Layout) -> Box:
    """Of each place: the pixel that the weight met there, the error, and their product."""
    listed = [[*map(note, ("place", "pixel" if uses.has_pixels else "always 1", "× error", "= product"))]]
    for n, index in enumerate(np.ndindex(3, 3)):
        x, error = uses.pixels[index], ruled(pad(numeral(uses.errors[index], 46), bottom=3), BACK)
        pixel = cells(np.array([[float(x)]]), 24, wide=46 / 24, **PIXELS) if uses.has_pixels else text("1")
        listed.append([note(str(n + 1)), pixel, error, numeral(uses.products[index], 56, 2, **ADDED)])
    listed.append([note("sum"), space(), space(), numeral(uses.products.sum(), 56, 2, **ADDED)])
    if uses.veiled:
        listed[0][2:], listed[-1] = map(note, ("error", "asks for")), [space()] * 4
        listed[1:-1] = [[*each[:3], text("?", ink=QUIET)] for each in listed[1:-1]]
    return ledger(listed if at.down else list(zip(*listed, strict=True)), at.columns, 31)


def try_out(uses: Uses) -> tuple[str, ...]:
    """Say what the loss is with the weight a nudge higher and lower: from this, its slope is measured."""
    letter = "w" if uses.has_pixels else "b"
    higher, lower = (
        f"{letter} {sign} 0.01: loss {decimal(uses.losses[n], 4, 6)}" for n, sign in ((2, "+"), (0, "−"))
    )
    return higher, lower, "their difference ÷ 0.02"


def draw_result(uses: Uses) -> Box:
    """The sum of the products, and the slope that is measured."""
    if uses.veiled:
        return large("the weight’s change", None, (), 322)
    sums = f"{decimal(uses.products.sum(), 2)} ÷ 9" if uses.mean else "nine products"
    sum_ = large("averaged" if uses.mean else "added up", uses.gradient, [sums], 152, hue(0))
    slope = large("measured slope", uses.measured, try_out(uses), 170)
    return row(sum_, pad(text("=", LARGE), 0, 34), slope, gap=2)


# %% [markdown]
# The same in words.


# %%
def describe(uses: Uses) -> str:
    """Say what the gradient is, and what was measured."""
    name, gradient = name_of(uses.at), decimal(uses.gradient, 2)
    if uses.veiled:
        return (
            f"Nine places use the {name}, {decimal(uses.weights[uses.at])}, and each has an error of its own."
        )
    if not uses.gradient:
        return (
            f"The nine products of the {name} cancel: their sum is exactly 0, and so is the measured slope."
        )
    gradient = f", divided by nine, is {gradient}" if uses.mean else f" is {gradient}"
    return f"The sum of the {name}’s nine products{gradient}, and so is the measured slope of the loss."


def explain(uses: Uses) -> str:
    """Say what is to be seen in it."""
    by = decimal(uses.weights[uses.at] - START[uses.at])
    if uses.veiled:
        return "Choose a weight of the filter, or make a guess."
    if not uses.gradient:
        return "The places still have errors, but together they no longer ask this weight to change."
    if uses.to:
        each = "its own pixel, so not at all where that is 0" if uses.has_pixels else "1"
        return f"You changed one number by {by}, and every output moved at once: by {by} × {each}."
    if uses.mean:
        return "Same sign, same lowest point of the curve: only the step is shorter."
    if not uses.has_pixels:
        return "The bias meets no pixel. Each place adds its error × 1, so its gradient is the sum of the errors."
    sign, then = ("positive", "smaller") if uses.gradient > 0 else ("negative", "larger")
    said = f"It is {sign}, so training makes it {then}, once, for all nine places."
    return f"Nine products, but one number: the weight has one gradient. {said}"


def tabulate(uses: Uses) -> Table:
    """List what each place has, and what it adds."""
    columns = [uses.pixels, uses.outputs, WANTED, uses.errors, uses.products]
    rows = [(str(n + 1), *(decimal(each.flat[n], 2) for each in columns)) for n in range(PLACES)]
    rows += [
        (said, "", "", "", "", decimal(value, 2))
        for said, value in (("gradient", uses.gradient), ("measured", uses.measured))
    ]
    shown = [(*each[:5], "?") for each in rows] if uses.veiled else rows
    return Table(("place", "pixel", "output", "wanted", "error", "product"), tuple(shown))


def glance() -> Box:
    """Draw the filter, and the errors of the nine places that use it: for the start page."""
    weights = filter_cells(0, START[:BIAS].reshape(3, 3).astype(float), 28, 1.2)
    errors = cells(use(4).errors.astype(float), 28, numbers=tenth, grey=True, full=9, wide=1.5, frame=SHARED)
    return row(weights, text("← ?", LARGE, bold=True), errors, gap=18, align="middle")


# %%
@demo(question="questions/how-is-a-shared-weight-learned.md", budget_seconds=8, picture=draw, opens=ask)
def shared_weight(
    at: Annotated[int, Pointed("Weight, row by row; 9 is the bias", 0, BIAS)] = 4,
    to: Annotated[int, Pointed("Moved to: 1 is −1, 21 is 1, 0 is not at all", 0, len(STOPS))] = 0,
    mean: Annotated[int, Pointed("Does the loss add up (0) or average (1)?", 0, 1)] = 0,
) -> Uses:
    """One weight, nine uses"""
    return use(at, to, bool(mean))


shared_weight

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/shared_weight.md).
