# %% [markdown]
# ---
# title: "One number of a feature map"
# description: The arithmetic of a convolution, every product of it, for two filters on an image of three channels.
# hide: [toc]
# ---
#
# # One number of a feature map
# Two filters read a small image of three channels. You will see all that goes into any number of their maps. It is the
# demo of [How is one number of a feature map computed?](../questions/one-output-number.md).

# %%
from collections.abc import Iterator
from functools import cache, partial
from itertools import product
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from convlens import data, shapes
from convlens.ops import conv2d
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## A layer that can be checked by hand
# Pixels, weights and biases have one decimal, so a product has two, and so has every sum of them: no number here had
# to be rounded. The image is a shape in a random colour, in noise. The weights are random, as before any training.

# %%
CHANNELS, SIZE, KERNEL, FILTERS = ("red", "green", "blue"), 5, 3, 2


class Layer(NamedTuple):
    """An image (3, 5, 5), the same in its frame of zeros, two filters (2, 3, 3, 3) with a bias each, and their maps."""

    image: np.ndarray
    padded: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    maps: np.ndarray
    stride: int
    padding: int


@cache
def make_layer(seed: int, stride: int, padding: int) -> Layer:
    """Return the layer that belongs to a seed; wherever a reader points, it stays the same."""
    rng = np.random.default_rng(seed)
    shape = rng.uniform(0.1, 0.8, (3, 1, 1)) * (shapes.corner(), shapes.cross(), shapes.squiggle())[seed % 3]
    x, _ = data.place_shapes(rng, [shape], 1, size=SIZE, channels=3, noise=0.1, dtype=np.float64)
    x = np.clip(x + 0.1, 0, 1).round(1)
    weight = np.clip(rng.normal(0, 0.5, (FILTERS, 3, KERNEL, KERNEL)), -1, 1).round(1)
    bias = rng.choice([-0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4], FILTERS, replace=False)
    maps, _ = conv2d(x, weight, bias, stride=stride, padding=padding)
    padded = np.pad(x[0], [(0, 0), (padding, padding), (padding, padding)])
    return Layer(x[0], padded, weight, bias, maps[0], stride, padding)


# %% [markdown]
# ## What touches what
# In a convolution, a weight meets an input for an output. What is pointed at lights up all that it meets.

# %%
OUTPUT, INPUT, WEIGHT = range(3)
type Part = tuple[int, ...]  # (filter, row, column), (channel, row, column) or (filter, channel, row, column)


def meetings(layer: Layer) -> Iterator[tuple[Part, Part, Part]]:
    """Every (output, input, weight) that meet: the input times the weight is one of the output's products."""
    for k, i, j, c, a, b in product(*map(range, layer.maps.shape + layer.weight.shape[1:])):
        yield (k, i, j), (c, i * layer.stride + a, j * layer.stride + b), (k, c, a, b)


class Walk(NamedTuple):
    """What is pointed at, all that it meets, and one output in full. Inputs are counted with the padding."""

    layer: Layer
    kind: int
    target: Part
    lit: tuple[np.ndarray, ...]  # for each output, input and weight: does it meet what is pointed at?
    output: Part
    meeting: tuple[Part, ...]  # where what is pointed at takes part in it; an output has no single one
    factors: tuple[np.ndarray, ...]  # what the output reads, its weights, and their products, each (3, 3, 3)
    sums: np.ndarray
    number: float


def walk_to(layer: Layer, kind: int, output: Part, at: Part) -> Walk:
    """Point at an output, or at (channel, row, column) of the image or of the filter; or at the last row that there is."""
    output = (output[0], *(min(place, len(layer.maps[0]) - 1) for place in output[1:]))
    weight = (output[0], at[0], *(min(place, KERNEL - 1) for place in at[1:]))
    target = (output, (at[0], *(place + layer.padding for place in at[1:])), weight)[kind]
    every = [meeting for meeting in meetings(layer) if meeting[kind] == target]
    if kind == INPUT:  # show the nearest output that reads it
        readers = sorted(reader for reader, *_ in every if reader[0] == output[0])
        output = min(readers, key=lambda reader: abs(reader[1] - output[1]) + abs(reader[2] - output[2]))
    meeting = (output, (), ()) if kind == OUTPUT else next(each for each in every if each[OUTPUT] == output)
    lit = tuple(np.zeros(values.shape, bool) for values in (layer.maps, layer.padded, layer.weight))
    for marks, parts in zip(lit, zip(*every, strict=True), strict=True):
        marks[tuple(np.transpose(parts))] = True
    k, top, left = output[0], layer.stride * output[1], layer.stride * output[2]
    window, weights = layer.padded[:, top : top + KERNEL, left : left + KERNEL], layer.weight[k]
    factors = (window, weights, (window * weights).round(2))
    sums, number = factors[2].sum(axis=(1, 2)).round(2), float(layer.maps[output].round(2))
    return Walk(layer, kind, target, lit, output, meeting, factors, sums, number)


def find_outcome(walk: Walk) -> str:
    """Say what became of the three channels: their sum, their average, or a map apart for each."""
    total, bias, found = walk.sums.sum(), walk.layer.bias[walk.output[0]], walk.layer.maps[walk.output]
    ways = {"sum": total + bias, "average": total / 3 + bias, "neither": found}
    alike = next(way for way, number in ways.items() if np.isclose(number, found))
    return alike if len(walk.layer.maps) == FILTERS else "apart"


# %% [markdown]
# ## The picture
# A filter is one slice for each channel, and one bias. What belongs to it has its colour. Orange is above zero, blue below.

# %%
tenths, hundredths = cache(partial(fixed, digits=1)), cache(fixed)
INPUTS, WEIGHTS = {"numbers": tenths, "grey": True}, {"numbers": tenths, "full": 0.8, "side": 26, "wide": 1.3}
PRODUCTS = {"numbers": hundredths, "full": 0.5, "side": 26, "wide": 1.6}
SETS = ("kind filter map_row map_column", "kind channel row column filter", "kind filter channel row column")


def draw(walk: Walk) -> Figure:
    """Draw the image and the filters; the products of one number, the maps and the sums."""
    title = text(f"{place_of(walk)}: 27 products", ink=hue(walk.output[0]), bold=True)
    products = (draw_products(walk, c) for c in range(3))
    right = column(title, *products, row(draw_maps(walk), draw_sums(walk), gap=14), gap=10)
    words = describe(walk), tabulate(walk), explain(walk), find_outcome(walk)
    return Figure((draw_layer(walk), right), *words)


def draw_parts(walk: Walk, kind: int, start: Part, name: str, values: Any, *marks: Any, **style: Any) -> Box:
    """Draw all outputs, inputs or weights whose place begins with `start`, to point at; what meets the target is lit."""
    lit, meeting, P = walk.lit[kind][start], walk.meeting[kind], walk.layer.padding * (kind == INPUT)
    ink, on, size = hue(walk.output[0] if kind == INPUT else start[0]), kind == walk.kind, len(values) - 2 * P
    if walk.kind != OUTPUT and not on:
        marks = (*marks, windows(np.argwhere(lit), Pen(ink, 1.5)))
    if meeting[:-2] == start:
        pen = Pen(ink, 3.5) if kind == OUTPUT else Pen(width=3 if on else 1.75)
        marks = (*marks, windows(meeting[-2:], pen))
    drawn, parts = cells(values, lit=lit, marks=marks, **style), []
    square = space(drawn.width / len(values), drawn.height / len(values))
    written = [[style["numbers"](value) for value in values] for values in values.tolist()]
    for i, j in product(range(size), repeat=2):  # the padding cannot be pointed at
        title = f"{name.format(written[i + P][j + P])}, row {i + 1}, column {j + 1}"
        sets = dict(zip(SETS[kind].split(), (kind, *start, i, j, walk.output[0]), strict=False))
        parts.append(part(square, title, on=on and walk.target == (*start, i + P, j + P), **sets))
    return overlay(drawn, grid(parts, size, gap=(0, 0)))


def ask(walk: Walk) -> Figure:
    """Draw the image and the window alone, for a page that asks what is made of them."""
    panels = sized(draw_image(walk), 308, 726), sized(text("→ ?", HUGE, hue(0), bold=True), 349, 623)
    said = "A 3×3 filter lies on one place of an image with three channels. Which number does it make of it?"
    rows = zip(CHANNELS, (" ".join(map(tenths, each.flat)) for each in walk.factors[0]), strict=True)
    return Figure(panels, said, Table(("channel", "inputs"), tuple(rows)), outcome="asked")


def draw_layer(walk: Walk) -> Box:
    """Draw the image, and beside it both filters."""
    return row(draw_image(walk), column(*(draw_filter(walk, f) for f in range(FILTERS)), gap=8), gap=14)


def draw_image(walk: Walk) -> Box:
    """Draw the three channels with the window, one below the other."""
    (k, *place), P, drawn = walk.output, walk.layer.padding, [text("image, 3 channels", bold=True)]
    style, pen = {**INPUTS, "side": 27 if P else 36}, Pen(hue(k), 3 if walk.kind == OUTPUT else 1.25)
    marks = windows([P, P], Pen(QUIET), SIZE), windows(np.multiply(place, walk.layer.stride), pen, KERNEL)
    for c, channel in enumerate(CHANNELS):
        name = f"input {{}}, {channel}"
        inputs = draw_parts(walk, INPUT, (c,), name, walk.layer.padded[c], *marks, **style)
        drawn.append(titled(f"channel {c + 1}: {channel}", inputs))
    return column(*drawn, gap=10)


def draw_filter(walk: Walk, f: int) -> Box:
    """Draw a filter as one thing: three slices and a bias, in one frame."""
    current, slices, weight = f == walk.output[0], [], walk.layer.weight[f]
    style = {**WEIGHTS, "frame": Pen(hue(f), 2.5) if current and walk.kind == OUTPUT else None}
    for c, channel in enumerate(CHANNELS):
        name = f"weight {{}} of filter {f + 1} for {channel}"
        weights = draw_parts(walk, WEIGHT, (f, c), name, weight[c], **style)
        slices.append(titled(f"for {channel}", weights, gap=2))
    bias = text(f"bias {tenths(walk.layer.bias[f])}", ink=hue(f), bold=True)
    drawn = column(filter_name(f, "filter "), *slices, bias, gap=6)
    return framed(pad(drawn, 6, 6, 6, 6), Pen(hue(f), 2 if current else 1))


def draw_products(walk: Walk, c: int) -> Box:
    """Draw the window in one channel, the weights for it, and their products."""
    weight, pen = walk.meeting[WEIGHT], Pen(hue(walk.output[0]), 1.5)
    marks = [windows(weight[2:], Pen(width=3))] if weight[1:2] == (c,) else []
    styles = zip(walk.factors, ({**INPUTS, "side": 26, "wide": 1.1}, WEIGHTS, PRODUCTS), strict=True)
    drawn = [cells(values[c], frame=pen, marks=marks, **style) for values, style in styles]
    equation = row(drawn[0], text("×"), drawn[1], text("="), drawn[2], gap=3, align="middle")
    return titled(f"{CHANNELS[c]}: window × weights = products", equation)


def draw_maps(walk: Walk) -> Box:
    """Draw both maps, to point at."""
    side = 36 if len(walk.layer.maps[0]) < 4 else 28
    maps, style = [], {"numbers": hundredths, "full": 1.2, "side": side, "wide": 1.5}
    for k, values in enumerate(walk.layer.maps.round(2)):
        outputs = draw_parts(walk, OUTPUT, (k,), f"output {{}} of filter {k + 1}", values, **style)
        maps.append(titled(filter_name(k, "map of filter "), outputs))
    return column(*maps, gap=12)


def draw_sums(walk: Walk, width: float = 126) -> Box:
    """Draw a sum for each channel and the bias, and the number that they come to."""
    terms = zip((*CHANNELS, "bias"), write_terms(walk), strict=True)
    rows = [apart(note(name), text(said, mono=True), width) for name, said in terms]
    sums = ruled(pad(column(note("sums"), *rows), bottom=6), Pen())
    number = text(fixed(walk.number), LARGE, hue(walk.output[0]), bold=True, mono=True)
    return column(sums, apart(note("number"), number, width))


def glance() -> Box:
    """Draw one channel of the image, and the window on it: for the start page."""
    image, window = next(conv_walk.states()).layer.image[0], windows([(0, 0)], Pen(hue(0), 3), KERNEL)
    return apart(cells(image, marks=[window], **INPUTS, side=24), text("→ ?", HUGE, bold=True), 300)


# %%
def write_terms(walk: Walk) -> list[str]:
    """Write the sums and the bias as they are added: −0.53, + 0.25, − 0.02, + 0.40."""
    first, *others = (*walk.sums, walk.layer.bias[walk.output[0]])
    return [fixed(first), *(("− " if value < 0 else "+ ") + fixed(abs(value)) for value in others)]


def place_of(walk: Walk) -> str:
    """Name the output."""
    return "row {1}, column {2} of map {0}".format(*np.add(walk.output, 1))


def describe(walk: Walk) -> str:
    """Say in one or two sentences what the picture shows."""
    outputs, place = int(walk.lit[OUTPUT].sum()), place_of(walk)
    if walk.kind == OUTPUT:
        red, green, blue = map(fixed, walk.sums)
        said = f"The number in {place} is {fixed(walk.number)}: the channel sums {red} (red), {green} (green)"
        return f"{said} and {blue} (blue), plus the bias {tenths(walk.layer.bias[walk.output[0]])}."
    x, w, xw = (float(values[walk.meeting[WEIGHT][1:]]) for values in walk.factors)
    k, c, *_ = walk.meeting[WEIGHT]
    if walk.kind == INPUT:
        at = "row {}, column {}".format(*np.subtract(walk.target[1:], walk.layer.padding - 1))
        readers = how_many(outputs // FILTERS, "output")
        said = f"The {CHANNELS[c]} input {tenths(x)} in {at} is read by {readers} of each filter."
    else:
        said = f"The weight {tenths(w)} of filter {k + 1} for {CHANNELS[c]} is used for all"
        said += f" {how_many(outputs, 'output')} of map {k + 1}, and for none of map {2 - k}."
    factor = f"({tenths(w)})" if w < 0 else tenths(w)
    return f"{said} In {place} it is part of the product {tenths(x)} × {factor} = {fixed(xw)}."


def explain(walk: Walk) -> str:
    """Say what is lit, in numbers."""
    outputs, inputs, weights = (int(lit.sum()) for lit in walk.lit)
    if walk.kind == OUTPUT:
        P = walk.layer.padding
        zeros = inputs - int(walk.lit[INPUT][:, P : P + SIZE, P : P + SIZE].sum())
        also = f" and {how_many(zeros, 'zero')} of the padding" if zeros else ""
        return f"Lit: the {how_many(inputs - zeros, 'input')}{also} that it reads, and the {weights} weights of its filter."
    if walk.kind == INPUT:
        return f"Lit: {how_many(outputs, 'output')} and {how_many(weights, 'weight')}."
    where = f"the {inputs} places of the {CHANNELS[walk.target[1]]} channel that it multiplies"
    return f"Lit: {how_many(outputs, 'output')}, and {where}, one for each."


def tabulate(walk: Walk) -> Table:
    """List all 27 products of the output, the sums, the bias and the number."""
    (k, i, j), rows = walk.output, []
    for channel, *factors, total in zip(CHANNELS, *walk.factors, walk.sums, strict=True):
        for at in np.ndindex(KERNEL, KERNEL):
            x, w, xw = (values[at] for values in factors)
            rows.append((channel, f"row {at[0] + 1}, column {at[1] + 1}", tenths(x), tenths(w), fixed(xw)))
        rows.append((channel, "sum", "", "", fixed(total)))
    rows.append((f"filter {k + 1}", "bias", "", "", fixed(walk.layer.bias[k])))
    rows.append((f"map {k + 1}", f"row {i + 1}, column {j + 1}", "", "", fixed(walk.number)))
    return Table(("of", "what", "input", "weight", "number"), tuple(rows))


# %%
@demo(question="questions/one-output-number.md", budget_seconds=8, picture=draw, opens=ask)
def conv_walk(
    stride: Annotated[Literal["1", "2"], Choice("Stride")] = "1",
    padding: Annotated[Literal["0", "1"], Choice("Padding")] = "0",
    seed: Annotated[int, Seed()] = 0,
    kind: Annotated[int, Pointed("Pointed at: output 0, input 1, weight 2", 0, 2)] = OUTPUT,
    filter: Annotated[int, Pointed("Filter", 0, FILTERS - 1)] = 0,
    map_row: Annotated[int, Pointed("Row of the map", 0, SIZE - 1)] = 0,
    map_column: Annotated[int, Pointed("Column of the map", 0, SIZE - 1)] = 0,
    channel: Annotated[int, Pointed("Channel", 0, 2)] = 0,
    row: Annotated[int, Pointed("Row of the input or weight", 0, SIZE - 1)] = 0,
    column: Annotated[int, Pointed("Column of the input or weight", 0, SIZE - 1)] = 0,
) -> Walk:
    """Point at an output, an input or a weight"""
    layer = make_layer(seed, int(stride), int(padding))
    return walk_to(layer, kind, (filter, map_row, map_column), (channel, row, column))


conv_walk

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_walk.md).
