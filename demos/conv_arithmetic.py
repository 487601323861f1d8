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
from dataclasses import dataclass
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
    def padded(self) -> int:
        return self.size + 2 * self.padding

    @property
    def fits(self) -> bool:
        return self.kernel <= self.padded

    @property
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
WIDTH, SIDE, PLACE, MOST = (
    344,
    268,
    28,
    7,
)  # of a panel, of the grid, of a place in the map; places on a side of the map
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
    said = f"image {layer.size}×{layer.size}×{layer.channels}, padding {layer.padding}"
    spans = f"rows {layer.span(chosen.row)}  columns {layer.span(chosen.column)}" if layer.fits else "no map"
    read = text(spans, TEXT, ink, mono=True, bold=True, width=WIDTH)
    return column(note(said), drawn, read)


def draw_map(chosen: Chosen) -> Box:
    """The map, to be pointed at; steps to the neighbours; and the layers of others."""
    layer = chosen.layer
    named = "its map, one number at each place"
    if layer.places > MOST:
        named = f"its map: {MOST} of {layer.places} places on each side"
    side, many = f"{layer.places}×{layer.places}", f"{layer.filters} {plural(layer.filters, 'map')}"
    filters = f"{layer.filters} {plural(layer.filters, 'filter')}"
    number = text(side, LARGE, mono=True, bold=True), note(f"{filters}:"), note(many)
    shown = row(draw_places(chosen), column(*number, draw_steps(chosen)), gap=16) if layer.fits else space()
    presets = [
        button(name, on=preset == layer, width=300, **vars(preset), row=0, column=0)
        for name, preset in PRESETS.items()
    ]
    above = titled(named if layer.fits else "no map", sized(shown, WIDTH, MOST * PLACE + 2), gap=8)
    return column(above, titled("layers to look at", column(*presets, gap=6)), gap=14)


def draw_places(chosen: Chosen) -> Box:
    """The map as a square of at most 7×7 places that can be pointed at; of a larger map, evenly chosen ones."""
    count, last = min(chosen.layer.places, MOST), chosen.layer.places - 1
    size = min(MOST * PLACE / count, 2 * PLACE)
    at = [round(n * last / max(count - 1, 1)) for n in range(count)]
    near = tuple(min(at, key=lambda n: abs(n - place)) for place in (chosen.row, chosen.column))

    def place_at(i: int, j: int) -> Box:
        fill = hue(0) if (i, j) == (chosen.row, chosen.column) else QUIET if (i, j) == near else "none"
        square = plot(
            windows([(0, 0)], Pen(QUIET), ink=fill), x=Linear(0, 1), y=Linear(1, 0), width=size, height=size
        )
        return part(square, f"neuron ({i + 1}, {j + 1})", on=(i, j) == near, row=i, column=j)

    return grid([place_at(i, j) for i in at for j in at], count, gap=(0, 0))


def draw_steps(chosen: Chosen) -> Box:
    """Four arrows: one place left, right, up, down."""
    parts, last = [], max(chosen.layer.places - 1, 0)
    for sign, way, i, j in STEPS:
        there = [min(max(place, 0), last) for place in (chosen.row + i, chosen.column + j)]
        parts.append(button(sign, f"one place {way}", width=TEXT, row=there[0], column=there[1]))
    return grid(parts, 2, gap=(8, 8))


def draw_filter(chosen: Chosen) -> Box:
    """The parameters of one filter, as a number and as a sum."""
    F, C = chosen.layer.kernel, chosen.layer.channels
    number = headline("parameters of one filter", format_number(F * F * C + 1), WIDTH)
    said = "They do not depend on the size of the image. All places of the map use the same ones."
    return column(number, text(f"{F}·{F}·{C} weights + 1 bias", mono=True), paragraph(said, WIDTH), gap=10)


def draw_counts(chosen: Chosen) -> Box:
    """The parameters of three kinds of layer that make the same maps, as bars on a logarithmic scale."""
    layer, bars_of = chosen.layer, []
    for name, cost in layer.costs().items() if layer.fits else ():
        ink = hue(0) if name == "convolution" else QUIET
        bar = bars([math.log10(cost.parameters)], [0], ink, 8)
        number = text(format_number(cost.parameters), mono=True, bold=True)
        scale = Linear(0, math.log10(max(cost.parameters for cost in layer.costs().values())))
        drawn = plot(bar, x=scale, y=Linear(-1, 1), width=WIDTH, height=8)
        bars_of.append(column(apart(text(name), number, WIDTH), drawn))
    maps = f"{layer.filters}×{layer.places}×{layer.places}"
    title = f"parameters of a layer that makes {maps}" if layer.fits else "no map: nothing to compare"
    said = note("bars are logarithmic: each digit adds the same length")
    return column(note(title), *bars_of, said if layer.fits else space(), gap=14)


def glance() -> Box:
    """For the start page: the window that fills the padded image, and what it costs."""
    layer = PRESETS["as asked: a 32×32 filter"]
    window = windows([(0, 1)], Pen(hue(0), 2.5), layer.kernel, ink=hue(0), opacity=0.14)
    image = windows([(1, 1)], ink=QUIET, opacity=0.16, height=layer.size)
    whole, span = windows([(0, 0)], Pen(QUIET, dash="3 3"), layer.padded), Linear(0, layer.padded)
    drawn = plot(whole, image, window, x=span, y=Linear(layer.padded, 0), width=104, height=104)
    one = str(layer.kernel**2 * layer.channels + 1)
    sum_of = note(f"{layer.kernel}·{layer.kernel}·{layer.channels} weights + 1 bias")
    return row(drawn, column(text(one, HUGE, mono=True, bold=True), sum_of), gap=18, align="middle")


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
    layer = chosen.layer
    one = format_number(layer.kernel**2 * layer.channels + 1)
    article = "An" if layer.kernel in (8, 11, 18) else "A"
    sees = f"{article} {layer.kernel}×{layer.kernel} filter on {layer.channels} {plural(layer.channels, 'channel')}"
    if not layer.fits:
        return f"{sees} has {one} parameters, and no map: {caption_of(chosen).removeprefix('No map: ')}"
    return f"{sees} has {one} parameters, and its map of a {layer.size}×{layer.size} image is {layer.places}×{layer.places}."


def tabulate(layer: Layer) -> Table:
    """Sizes and counts."""
    rows = [
        ("image with padding, one side", layer.padded),
        ("map, one side", layer.places),
        ("parameters of one filter", layer.kernel**2 * layer.channels + 1),
    ]
    if layer.fits:
        for name, cost in layer.costs().items():
            rows += [(f"parameters, {name}", cost.parameters), (f"multiply-adds, {name}", cost.multiply_adds)]
    return Table(("quantity", "number"), tuple(rows))


def draw(chosen: Chosen) -> Figure:
    """A layer: its grid, its map, its filter, and what others would cost."""
    layer = chosen.layer
    panels = draw_grid(chosen), draw_map(chosen), draw_filter(chosen), draw_counts(chosen)
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
