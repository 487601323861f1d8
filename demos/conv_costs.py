# %% [markdown]
# ---
# title: "The same maps without shared weights"
# description: The parameters of three kinds of layer that make the same maps, drawn as areas.
# hide: [toc]
# ---
#
# # The same maps without shared weights
#
# A convolution uses the same weights at every position. How many parameters would the same maps need without that? This
# notebook draws the answer as areas. It is the second demo of
# [Why does a 3×3 filter have 28 parameters?](../questions/where-does-3073-come-from.md); the first,
# [The arithmetic of a convolution](conv_arithmetic.py), draws the layer itself.

# %%
import math
from typing import Annotated, Literal

from conv_arithmetic import PRESETS, Layer

from convlens.geometry import Cost, conv_cost, dense_cost, local_cost
from convlens_live.demo import Choice, demo
from convlens_live.figures import *

# %% [markdown]
# ## Three kinds of layer
#
# All three make maps of the same shape. In the *fully connected* layer each number of the maps has a weight for every pixel
# of the image. In the *locally connected* one it has a weight for every pixel of its window. In the *convolution* all
# positions of a filter share these weights.


# %%
def costs_of(layer: Layer) -> dict[str, Cost]:
    """Return parameters and multiply-adds of three layers that make maps of the same shape."""
    shape, maps = (layer.channels, layer.size, layer.size), layer.filters * layer.places**2
    options = {"stride": layer.stride, "padding": layer.padding}
    return {
        "fully connected": dense_cost(layer.channels * layer.size**2, maps),
        "locally connected": local_cost(shape, layer.filters, layer.kernel, **options),
        "convolution": conv_cost(shape, layer.filters, layer.kernel, **options),
    }


# %% [markdown]
# ## The picture
#
# An area for each, at one scale. The smallest is at least a pixel wide, so the largest may leave the drawing.

# %%
WIDTH, SIDE, LOW = 360, 336, 340  # pixels: of a panel, of the largest square, and down to its lower edge
SHADES = {"fully connected": 0.22, "locally connected": 0.6}


def draw_areas(layer: Layer) -> Box:
    """Return the parameters of the three kinds as squares in one corner."""
    counts = {name: cost.parameters for name, cost in costs_of(layer).items()}
    most, least = math.sqrt(max(counts.values())), math.sqrt(counts["convolution"])
    unit = max(SIDE / most, 1 / least)  # pixels for the square root of a number of parameters
    largest, smallest = min(unit * most, SIDE), unit * least
    squares = [
        windows([(0, 0)], None, min(unit * math.sqrt(counts[name]), SIDE), ink=QUIET, opacity=opacity)
        for name, opacity in SHADES.items()
    ]
    axis, leaves = Linear(0, SIDE), unit * most / SIDE
    said = note(f"and further: all of it is {leaves:.1f} times as wide" if leaves > 1.01 else "")
    drawn = overlay(plot(*squares, x=axis, y=axis, width=largest, height=largest), said)
    one = windows([(LOW - smallest, 8 - smallest)], None, smallest, ink=hue(0))
    way = arrow([(10, LOW + 34), (8, LOW + 34), (8, LOW + 5)], Pen(hue(0), 1.5))
    x, y = Linear(0, WIDTH), Linear(LOW + 44, 0)
    dot = plot(one, way, x=x, y=y, width=WIDTH, height=LOW + 44)
    name = text("the convolution is this dot", SMALL, hue(0), bold=True)
    return place(WIDTH, LOW + 44, (0, 0, dot), (16, LOW - largest, drawn), (16, LOW + 26, name))


def draw_counts(layer: Layer) -> Box:
    """Return the three numbers, and what they are the numbers of."""
    costs, rows = costs_of(layer), []
    reads = {
        "fully connected": "each number reads the whole image, with weights of its own",
        "locally connected": "each number reads its window, with weights of its own",
        "convolution": "each number reads its window, with the filter’s shared weights",
    }
    for name, cost in costs.items():
        shared = name == "convolution"
        number = format_number(cost.parameters)
        number = text(number, HUGE if shared else LARGE, hue(0) if shared else INK, bold=True)
        rows.append(column(text(name, bold=True), number, paragraph(reads[name], WIDTH), gap=4))
    ratio = in_words(costs["fully connected"].parameters / costs["convolution"].parameters)
    times = column(
        text(f"{ratio} times", LARGE, bold=True),
        note("as many in the large square as in the dot"),
        gap=2,
    )
    return sized(column(*rows, times, gap=22), WIDTH)


def in_words(ratio: float) -> str:
    """Return a ratio as a reader would say it: 9, 112 384, 1.28 million."""
    if ratio < 1e6:
        return format_number(round(ratio) if ratio >= 10 or ratio == round(ratio) else ratio)
    return f"{ratio / 1e6:.2f} million"


def draw(layer: Layer) -> Figure:
    """Return the figure: the areas and the numbers."""
    costs = costs_of(layer)
    named = [(name, cost.parameters, cost.multiply_adds) for name, cost in costs.items()]
    ratio = in_words(costs["fully connected"].parameters / costs["convolution"].parameters)
    dense, local, shared = (format_number(count) for _, count, _ in named)
    alt = f"The convolution has {shared} parameters, a locally connected layer {local}, and a fully connected layer {dense}, "
    alt += f"{ratio} times as many."
    maps = f"{how_many(layer.filters, 'map')} of {layer.places}×{layer.places} numbers"
    caption = f"All three make {maps}. Areas show how many parameters they need."
    table = Table(("layer", "parameters", "multiply-adds"), tuple(named))
    return Figure((draw_areas(layer), draw_counts(layer)), alt, table, caption)


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/where-does-3073-come-from.md",
    budget_seconds=5,
    picture=draw,
    recorded=("layer",),
    sentence="Make the maps of {layer} without sharing weights.",
)
def conv_costs(
    layer: Annotated[
        Literal["filter", "lenet", "alexnet", "vgg"],
        Choice("Layer", ("one 3×3 filter", "LeNet-5’s first layer", "AlexNet’s", "VGG-16’s")),
    ] = "filter",
) -> Layer:
    """The same maps without shared weights"""
    return PRESETS[{"filter": "meant"}.get(layer, layer)]


conv_costs

# %% [markdown]
# The same numbers, as the page quotes them: [the evidence](../evidence/conv_arithmetic.md).
