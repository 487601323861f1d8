# %% [markdown]
# ---
# title: "The arithmetic of a convolution"
# description: Sizes, windows and parameter counts of a convolutional layer, drawn on its padded grid.
# hide: [toc]
# ---
#
# # The arithmetic of a convolution
#
# How large is the map, which pixels does a neuron see, and how many parameters does that cost? This notebook draws
# the answer for any layer. It is the demo of
# [Where does 3073 come from?](../questions/where-does-3073-come-from.md).

# %%
import math
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Annotated

from convlens.geometry import Cost, conv_cost, dense_cost, explain, local_cost, output_size
from convlens_live.demo import Pointed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The layer
#
# One axis is enough: width and height are treated alike. *W* pixels with *P* of padding on both sides make a grid of
# *W* + 2*P*. A kernel of *F* that moves by *S* finds *O* = (*W* + 2*P* − *F*) // *S* + 1 places on it.


# %%
@dataclass(frozen=True)
class Layer:
    """What a convolutional layer is told."""

    size: int
    kernel: int
    stride: int
    padding: int
    channels: int
    filters: int

    @property
    def parameters(self) -> int:
        """Of one filter."""
        return self.kernel**2 * self.channels + 1

    @property
    def written(self) -> str:
        """The parameters of one filter as a sum."""
        return f"{self.kernel}·{self.kernel}·{self.channels} weights + 1 bias"

    @property
    def padded(self) -> int:
        return self.size + 2 * self.padding

    @property
    def fits(self) -> bool:
        return self.kernel <= self.padded

    @cached_property
    def places(self) -> int:
        """How many places along one axis, 0 if the kernel does not fit."""
        return output_size(self.size, self.kernel, self.stride, self.padding) if self.fits else 0

    @property
    def rest(self) -> int:
        """How many pixels at the far edge no window reaches."""
        return (self.padded - self.kernel) % self.stride if self.fits else 0

    def begin(self, place: int) -> int:
        """The first row or column of the padded grid, counted from 1, that the window at this place reads."""
        return place * self.stride + 1

    def span(self, place: int) -> str:
        """As the source question writes it, such as [2:33]."""
        return f"[{self.begin(place)}:{self.begin(place) + self.kernel - 1}]"

    def costs(self) -> dict[str, Cost]:
        """Parameters and multiply-adds of three layers that make maps of the same shape."""
        shape, maps = (self.channels, self.size, self.size), self.filters * self.places**2
        options = {"stride": self.stride, "padding": self.padding}
        return {
            "dense": dense_cost(self.channels * self.size**2, maps),
            "locally connected": local_cost(shape, self.filters, self.kernel, **options),
            "convolution": conv_cost(shape, self.filters, self.kernel, **options),
        }


PRESETS = {
    "as asked: a 32×32 filter": Layer(32, 32, 1, 1, 3, 1),
    "what was meant: 3×3": Layer(32, 3, 1, 1, 3, 1),
    "LeNet-5, first layer": Layer(32, 5, 1, 0, 1, 6),
    "AlexNet, first layer": Layer(227, 11, 4, 0, 3, 96),
    "VGG-16, first layer": Layer(224, 3, 1, 1, 3, 64),
}

# %% [markdown]
# A neuron of the map is chosen by its row and column, counted from 0.


# %%
@dataclass(frozen=True)
class Chosen:
    """A layer, and the neuron of its map that is looked at."""

    layer: Layer
    row: int
    column: int


# %% [markdown]
# ## The picture
#
# The grid with its padding, the window of the chosen neuron, and the map that has one number for every place.

# %%
# Of a panel, of the grid, and of a place in the map; and the most places on a side of the map.
WIDTH, SIDE, PLACE, MOST = 344, 268, 28, 7
STEPS = (("←", "left", 0, -1), ("→", "right", 0, 1), ("↑", "up", -1, 0), ("↓", "down", 1, 0))


def draw_grid(chosen: Chosen) -> Box:
    """The padded image and the window that the neuron reads, in the units of one pixel of the image."""
    layer, whole = chosen.layer, max(chosen.layer.padded, chosen.layer.kernel)
    top, left = layer.begin(chosen.row) - 1, layer.begin(chosen.column) - 1
    ink, padded, unread = hue(0) if layer.fits else INK, layer.padded, layer.padded - layer.rest
    marks = [windows([(0, 0)], Pen(QUIET, dash="3 3"), padded)]
    marks += [windows([(layer.padding, layer.padding)], Pen(QUIET), layer.size, ink=QUIET, opacity=0.16)]
    if SIDE / whole >= 6:
        pixels = range(padded)
        marks += [windows([(0, n) for n in pixels], Pen(HAIRLINE), padded, 1)]
        marks += [windows([(n, 0) for n in pixels], Pen(HAIRLINE), 1, padded)]
    if layer.places > 1:
        beside = layer.begin(chosen.column + (1 if chosen.column + 1 < layer.places else -1)) - 1
        marks += [windows([(top, beside)], Pen(ink, dash="2 3"), layer.kernel)]
    marks += [windows([(top, left)], Pen(ink, 2.5), layer.kernel, ink=ink, opacity=0.14)]
    if layer.rest:
        marks += [windows([(0, unread)], None, padded, layer.rest, ink=POSITIVE, opacity=0.35)]
        marks += [windows([(unread, 0)], None, layer.rest, padded, ink=POSITIVE, opacity=0.35)]
    drawn = plot(*marks, x=Linear(0, whole), y=Linear(whole, 0), width=SIDE, height=SIDE)
    spans = f"rows {layer.span(chosen.row)}  columns {layer.span(chosen.column)}" if layer.fits else "no map"
    read = text(spans, TEXT, ink, mono=True, bold=True, width=WIDTH)
    said = f"image {layer.size}×{layer.size}×{layer.channels}, padding {layer.padding}"
    return column(note(said), drawn, read)


def draw_map(chosen: Chosen) -> Box:
    """The map, to be pointed at; steps to the neighbours; and the layers of others."""
    layer, which = chosen.layer, "one number at each place"
    if layer.places > MOST:
        which = f"{MOST} of {layer.places} places on each side"
    side = text(f"{layer.places}×{layer.places}", LARGE, mono=True, bold=True)
    number = side, note(f"{how_many(layer.filters, 'filter')}:"), note(how_many(layer.filters, "map"))
    shown = row(draw_places(chosen), column(*number, draw_steps(chosen)), gap=16) if layer.fits else space()
    above = titled(
        f"its map: {which}" if layer.fits else "no map", sized(shown, WIDTH, MOST * PLACE + 2), gap=8
    )
    return column(above, draw_presets(layer), gap=14)


@lru_cache
def draw_presets(layer: Layer) -> Box:
    """The layers of others, to be tapped."""
    presets = [
        button(name, on=preset == layer, width=300, **asdict(preset), row=0, column=0)
        for name, preset in PRESETS.items()
    ]
    return once(titled("layers to look at", column(*presets, gap=6)))


def draw_places(chosen: Chosen) -> Box:
    """The map as a square of at most 7×7 places that can be pointed at; of a larger map, evenly chosen ones."""
    count, last = min(chosen.layer.places, MOST), chosen.layer.places - 1
    size = min(MOST * PLACE / count, 2 * PLACE)
    at = [round(n * last / max(count - 1, 1)) for n in range(count)]
    near = tuple(min(at, key=lambda n: abs(n - place)) for place in (chosen.row, chosen.column))

    def spot(i: int, j: int) -> Box:
        return part(space(size, size), f"neuron ({i + 1}, {j + 1})", on=(i, j) == near, row=i, column=j)

    ink = hue(0) if near == (chosen.row, chosen.column) else QUIET
    here, every = windows([[at.index(place) for place in near]], ink=ink), product(range(count), repeat=2)
    span, length = Linear(0, count), count * size
    marks = here, windows(list(every), Pen(QUIET))
    drawn = plot(*marks, x=span, y=Linear(count, 0), width=length, height=length)
    return overlay(drawn, grid([spot(*place) for place in product(at, at)], count, gap=(0, 0)))


def draw_steps(chosen: Chosen) -> Box:
    """Four arrows: one place left, right, up, down."""
    parts, last = [], max(chosen.layer.places - 1, 0)
    for sign, way, i, j in STEPS:
        there = [min(max(place, 0), last) for place in (chosen.row + i, chosen.column + j)]
        parts.append(button(sign, f"one place {way}", width=TEXT, row=there[0], column=there[1]))
    return grid(parts, 2, gap=(8, 8))


@lru_cache
def draw_filter(layer: Layer) -> Box:
    """The parameters of one filter, as a number and as a sum."""
    number = headline("parameters of one filter", format_number(layer.parameters), WIDTH)
    said = "They do not depend on the size of the image. All places of the map use the same ones."
    return once(column(number, text(layer.written, mono=True), paragraph(said, WIDTH), gap=10))


@lru_cache
def draw_counts(layer: Layer) -> Box:
    """The parameters of three kinds of layer that make the same maps, as bars on a logarithmic scale."""
    bars_of = []
    for name, cost in layer.costs().items() if layer.fits else ():
        bar = bars([math.log10(cost.parameters)], [0], hue(0) if name == "convolution" else QUIET, 8)
        number = text(format_number(cost.parameters), mono=True, bold=True)
        scale = Linear(0, math.log10(max(cost.parameters for cost in layer.costs().values())))
        drawn = plot(bar, x=scale, y=Linear(-1, 1), width=WIDTH, height=8)
        bars_of.append(column(apart(text(name), number, WIDTH), drawn))
    maps = f"{layer.filters}×{layer.places}×{layer.places}"
    title = f"parameters of a layer that makes {maps}" if layer.fits else "no map: nothing to compare"
    said = "bars are logarithmic: each digit adds the same length" if layer.fits else ""
    return once(column(note(title), *bars_of, note(said), gap=14))


def glance() -> Box:
    """For the start page: the window that fills the padded image, and its number."""
    layer = PRESETS["as asked: a 32×32 filter"]
    window = windows([(0, 1)], Pen(hue(0), 2.5), layer.kernel, ink=hue(0), opacity=0.14)
    image = windows([(1, 1)], ink=QUIET, opacity=0.16, height=layer.size)
    whole, span = windows([(0, 0)], Pen(QUIET, dash="3 3"), layer.padded), Linear(0, layer.padded)
    drawn = plot(whole, image, window, x=span, y=Linear(layer.padded, 0), width=104, height=104)
    number = text(str(layer.parameters), HUGE, mono=True, bold=True)
    return row(drawn, column(number, note("parameters")), gap=18, align="middle")


# %% [markdown]
# ## The words and the table


# %%
def caption_of(chosen: Chosen) -> str:
    """What the grid shows, or why there is no map."""
    layer = chosen.layer
    problem = explain(layer.size, layer.kernel, layer.stride, layer.padding)
    if not layer.fits:
        return f"No map: {problem}."
    said = f"Neuron ({chosen.row + 1}, {chosen.column + 1}) reads rows {layer.span(chosen.row)}, columns "
    said += f"{layer.span(chosen.column)} of {layer.padded}."
    return f"{said} {problem[0].upper()}{problem[1:]}." if problem else said


def describe(chosen: Chosen) -> str:
    """Say in one sentence what the picture shows."""
    layer, one = chosen.layer, format_number(chosen.layer.parameters)
    article = "An" if layer.kernel in (8, 11, 18) else "A"
    sees = f"{article} {layer.kernel}×{layer.kernel} filter on {layer.channels} {plural(layer.channels, 'channel')}"
    if not layer.fits:
        return f"{sees} has {one} parameters, and no map: {caption_of(chosen).removeprefix('No map: ')}"
    return f"{sees} has {one} parameters, and its map of a {layer.size}×{layer.size} image is {layer.places}×{layer.places}."


@lru_cache
def tabulate(layer: Layer) -> Table:
    """Sizes and counts."""
    rows = [
        ("image with padding, one side", layer.padded),
        ("map, one side", layer.places),
        ("parameters of one filter", layer.parameters),
    ]
    if layer.fits:
        for name, cost in layer.costs().items():
            rows += [(f"parameters, {name}", cost.parameters), (f"multiply-adds, {name}", cost.multiply_adds)]
    return Table(("quantity", "number"), tuple(rows))


def draw(chosen: Chosen) -> Figure:
    """A layer: its grid, its map, its filter, and what others would cost."""
    layer = chosen.layer
    panels = draw_grid(chosen), draw_map(chosen), draw_filter(layer), draw_counts(layer)
    made = f"{layer.places}x{layer.places}" if layer.fits else "none"
    return Figure(panels, describe(chosen), tabulate(layer), caption_of(chosen), made)


# %% [markdown]
# ## The demo


# %%
@demo(question="questions/where-does-3073-come-from.md", budget_seconds=5, picture=draw)
def conv_arithmetic(
    size: Annotated[int, Slider("Image, one side", 1, 256, step=1)] = 32,
    kernel: Annotated[int, Slider("Filter, one side", 1, 64, step=1)] = 32,
    stride: Annotated[int, Slider("Stride", 1, 16, step=1)] = 1,
    padding: Annotated[int, Slider("Padding", 0, 32, step=1)] = 1,
    channels: Annotated[int, Slider("Channels", 1, 64, step=1)] = 3,
    filters: Annotated[int, Slider("Filters", 1, 256, step=1)] = 1,
    row: Annotated[int, Pointed("Row of the neuron", 0, 319)] = 0,
    column: Annotated[int, Pointed("Column of the neuron", 0, 319)] = 1,
) -> Chosen:
    """A layer's arithmetic: windows, maps, parameters"""
    layer = Layer(size, kernel, stride, padding, channels, filters)
    last = max(layer.places - 1, 0)
    return Chosen(layer, min(row, last), min(column, last))


conv_arithmetic

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_arithmetic.md).
