# %% [markdown]
# ---
# title: "One number of a feature map"
# description: The arithmetic of a convolution, every product of it, on an image of three channels.
# hide: [toc]
# ---
#
# # One number of a feature map
# A filter reads a small image of three channels. You will see everything that goes into any number of its map. It is the demo of
# [How is one number of a feature map computed?](../questions/one-output-number.md).

# %%
from functools import cache, partial
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
# ## One number
# The filter has nine weights for each channel. Each is multiplied by the pixel under it.


# %%
class Walk(NamedTuple):
    """One number of a map, and all that goes into it."""

    layer: Layer
    output: tuple[int, int, int]  # filter, row, column
    factors: tuple[
        np.ndarray, ...
    ]  # the pixels under the filter, its weights, and their products, each (3, 3, 3)
    sums: np.ndarray  # of the products, for each channel, (3,)
    number: float


def walk_to(layer: Layer, filter: int, row: int, column: int) -> Walk:
    """Take a number of a map apart; of a map that has fewer rows or columns, the last."""
    last = len(layer.maps[0]) - 1
    output = filter, min(row, last), min(column, last)
    top, left = layer.stride * output[1], layer.stride * output[2]
    window, weights = layer.padded[:, top : top + KERNEL, left : left + KERNEL], layer.weight[filter]
    products = (window * weights).round(2)
    sums, number = products.sum(axis=(1, 2)).round(2), float(layer.maps[output].round(2))
    return Walk(layer, output, (window, weights, products), sums, number)


def find_outcome(walk: Walk) -> str:
    """Say what became of the three channels: their sum, their average, or a map apart for each."""
    total, bias, found = walk.sums.sum(), walk.layer.bias[walk.output[0]], walk.layer.maps[walk.output]
    ways = {"sum": total + bias, "average": total / 3 + bias, "neither": found}
    name = next(name for name, number in ways.items() if np.isclose(number, found))
    return name if len(walk.layer.maps) == FILTERS else "apart"


# %% [markdown]
# ## The picture
# It reads from left to right: the pixels, times the weights, are 27 products; three sums of them, and the bias, are one number.
# What belongs to the filter has its colour. Orange is above zero, blue below. A phone gets a drawing of its own.

# %%
tenths, hundredths = cache(partial(fixed, digits=1)), cache(fixed)
PIXELS, WEIGHTS = {"numbers": tenths, "grey": True}, {"numbers": tenths, "full": 0.8}
PRODUCTS, NUMBERS = {"numbers": hundredths, "full": 0.5}, {"numbers": hundredths, "full": 1.2}
SMALLEST = 28  # pixels of a part that a finger can press


def draw(walk: Walk) -> Figure:
    """Draw how one number comes about, for a wide page and for a narrow one."""
    panels = wide(draw_wide(walk)), narrow(draw_narrow(walk))
    return Figure(panels, describe(walk), tabulate(walk), explain(walk), find_outcome(walk))


def ask(walk: Walk) -> Figure:
    """Draw the image and the filter's position alone, for a page that asks what is made of them."""
    said = "A 3×3 filter lies on one position of an image with three channels. What does it compute there?"
    rows = zip(CHANNELS, (" ".join(map(tenths, each.flat)) for each in walk.factors[0]), strict=True)
    panels = wide(draw_wide(walk, ask=True)), narrow(draw_narrow(walk, ask=True))
    return Figure(panels, said, Table(("channel", "pixels"), tuple(rows)), outcome="asked")


def draw_channel(walk: Walk, c: int, side: float, **style: Any) -> Box:
    """Draw one channel of the image and the filter's position on it, which can be dragged."""
    (k, *at), layer = walk.output, walk.layer
    here, inside = (
        windows(np.multiply(at, layer.stride), Pen(hue(k), 3), KERNEL),
        windows([1, 1], Pen(QUIET), SIZE),
    )
    marks = [inside, here] if layer.padding else [here]
    drawn = cells(layer.padded[c], side, grey=True, frame=Pen(HAIRLINE), marks=marks, **style)

    def name(i: int, j: int) -> tuple[str, bool, dict[str, int]]:
        title = f"{CHANNELS[c]}: row {i + 1}, column {j + 1}"
        return title, [i, j] == at, {"filter": k, "map_row": i, "map_column": j}

    shape = layer.maps[0].shape
    is_large = drawn.width / len(layer.maps[0]) >= SMALLEST
    return titled(CHANNELS[c], spots(drawn, shape, name, "window") if is_large else drawn)


def draw_factors(walk: Walk, c: int, side: float, *wide: float) -> list[Box]:
    """Draw the weights for one channel, and their products with the pixels under them."""
    (_, weights, products), pen = (each[c] for each in walk.factors), Pen(hue(walk.output[0]), 2)
    drawn = cells(weights, side, wide=wide[0], frame=pen, **WEIGHTS)
    return [text("×"), drawn, text("="), cells(products, side, wide=wide[1], frame=Pen(HAIRLINE), **PRODUCTS)]


def draw_map(walk: Walk) -> Box:
    """Draw the map, to point at, and the way to the other filter."""
    (k, *at), values = walk.output, walk.layer.maps[walk.output[0]].round(2)
    frames = {"frame": Pen(hue(k)), "marks": [windows([at], Pen(hue(k), 3.5))]}

    def name(i: int, j: int) -> tuple[str, bool, dict[str, int]]:
        title = f"{hundredths(values[i, j])}, row {i + 1}, column {j + 1} of map {k + 1}"
        return title, [i, j] == at, {"filter": k, "map_row": i, "map_column": j}

    shown = spots(cells(values, 30, wide=1.5, **frames, **NUMBERS), values.shape, name)
    other = button(f"show filter {2 - k}", filter=1 - k, map_row=at[0], map_column=at[1])
    return column(filter_name(k, "map of filter "), shown, space(0, 4), other)


def draw_number(walk: Walk) -> Box:
    """Draw the number that the sums and the bias come to."""
    bias = walk.layer.bias[walk.output[0]]
    above = note(f"{'−' if bias < 0 else '+'} bias {tenths(abs(bias))} =")
    number = text(fixed(walk.number), HUGE, hue(walk.output[0]), bold=True, width=152)
    return column(above, number, note("one number"), gap=2)


def draw_pipes(k: int, height: float, left: float, ends: tuple[float, ...]) -> Box:
    """Draw ways that join in one: they begin at these heights."""
    ways = [[(0, at), (left, at), (left, height / 2), (46, height / 2)] for at in ends]
    marks = [arrow(way if way[0][1] != height / 2 else way[::3], Pen(hue(k), 2)) for way in ways]
    return plot(*marks, x=Linear(0, 48), y=Linear(height, 0), width=48, height=height)


def draw_wide(walk: Walk, ask: bool = False) -> Box:
    """Draw all in one row: the image, the weights, the products, the sums, the number, the map."""
    side, k, rows = 28 if walk.layer.padding else 32, walk.output[0], []
    for c in range(3):
        image, sums = draw_channel(walk, c, side, numbers=tenths), fixed(float(walk.sums[c]))
        factors = [*draw_factors(walk, c, 32, 1.25, 1.5), text(sums, LARGE, width=70, align="end")]
        rows.append([image] if ask else [image, *factors])
    left, step = table(rows, gap=(12, 12)), rows[0][0].height + 12
    middle = left.height / 2
    pipes = draw_pipes(k, left.height, 22, (middle - step, middle + step, middle))
    if ask:
        said = text("one 3×3 filter", LARGE), text("What does it do with three channels?")
        box = column(*(aligned(each, "middle") for each in said), gap=16)
        left = row(left, pipes, framed(pad(box, 150, 60, 150, 60), filter_pen(k)), gap=6, align="middle")
        pipes, right = draw_pipes(k, left.height, 22, (middle,)), [text("?", HUGE, hue(k), bold=True)]
    else:
        right = [draw_number(walk), draw_pipes(k, 4, 22, (2,)), draw_map(walk)]
    return sized(row(left, pipes, *right, gap=8, align="middle"), 1060)


def draw_narrow(walk: Walk, ask: bool = False) -> Box:
    """Draw the three channels, below them the arithmetic of each, and the map."""
    side, rows, pen = 114 / len(walk.layer.padded[0]), [], Pen(hue(walk.output[0]), 2)
    images = row(*(draw_channel(walk, c, side) for c in range(3)), gap=15)
    if ask:
        said = text("What does one 3×3 filter do here?", LARGE, align="middle", width=372)
        return column(images, space(), said, text("?", HUGE, hue(0), bold=True, width=372, align="middle"))
    for c, name in enumerate(CHANNELS):
        window = cells(walk.factors[0][c], 28, frame=pen, **PIXELS)
        said = apart(text(name), text(f"sum {fixed(float(walk.sums[c]))}", bold=True), 372)
        arithmetic = row(window, *draw_factors(walk, c, 28, 1.43, 1.65), gap=2, align="middle")
        rows.append(column(said, arithmetic, gap=4))
    result = (row if len(walk.layer.maps[0]) < 4 else column)(draw_number(walk), draw_map(walk), gap=24)
    return column(images, *rows, sized(result, 372), gap=14)


def glance() -> Box:
    """Draw one channel of the image, and the window on it: for the start page."""
    image, window = next(conv_walk.states()).layer.image[0], windows([(0, 0)], Pen(hue(0), 3), KERNEL)
    return apart(cells(image, marks=[window], **PIXELS, side=24), text("→ ?", HUGE, bold=True), 300)


# %%
def describe(walk: Walk) -> str:
    """Say in one sentence what the picture shows."""
    (k, i, j), (red, green, blue) = walk.output, map(fixed, walk.sums)
    said = f"The number in row {i + 1}, column {j + 1} of map {k + 1} is {fixed(walk.number)}: the channel sums {red} (red), "
    return f"{said}{green} (green) and {blue} (blue), plus the bias {tenths(walk.layer.bias[k])}."


def explain(walk: Walk) -> str:
    """Say how many products there are, and what the padding does to them."""
    P, (_, i, j) = walk.layer.padding, walk.output
    real = np.pad(np.ones((SIZE, SIZE)), P)[i * walk.layer.stride :, j * walk.layer.stride :][
        :KERNEL, :KERNEL
    ]
    zeros = 27 - 3 * int(real.sum())
    also = f" {zeros} of them are 0, because they read the padding." if zeros else ""
    return f"Each weight is multiplied by the pixel under it: 27 products.{also}"


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
    return Table(("of", "what", "pixel", "weight", "number"), tuple(rows))


# %%
@demo(question="questions/one-output-number.md", budget_seconds=8, picture=draw, opens=ask)
def conv_walk(
    stride: Annotated[Literal["1", "2"], Choice("Stride")] = "1",
    padding: Annotated[Literal["0", "1"], Choice("Padding")] = "0",
    seed: Annotated[int, Seed()] = 0,
    filter: Annotated[int, Pointed("Filter", 0, FILTERS - 1)] = 0,
    map_row: Annotated[int, Pointed("Row of the map", 0, SIZE - 1)] = 0,
    map_column: Annotated[int, Pointed("Column of the map", 0, SIZE - 1)] = 0,
) -> Walk:
    """Drag the window, or point at a number"""
    return walk_to(make_layer(seed, int(stride), int(padding)), filter, map_row, map_column)


conv_walk

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_walk.md).
