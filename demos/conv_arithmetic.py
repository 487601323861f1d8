# %% [markdown]
# ---
# title: "The arithmetic of a convolution"
# description: Sizes, windows and parameter counts of a convolutional layer, drawn on its padded grid.
# hide: [toc]
# ---
#
# # The arithmetic of a convolution
#
# How many parameters does a filter have, how large is its map, and which pixels does one number of the map read? This
# notebook draws the answer for any layer. It is the first demo of
# [Why does a 3×3 filter have 28 parameters?](../questions/where-does-3073-come-from.md);
# [the second](conv_costs.py) compares other layers.

# %%
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from typing import Annotated

import numpy as np

from convlens.geometry import explain, output_size
from convlens_live.demo import Pointed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The layer
#
# One axis is enough: width and height are treated in the same way. *W* pixels with *P* of padding on both sides make a grid of
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
        """The rows or columns that the window at this place reads, such as 2 to 33."""
        return f"{self.begin(place)} to {self.begin(place) + self.kernel - 1}"


# Layers to compare: of the question, one with a small filter, and the first layers of three networks.
PRESETS = {
    "asked": Layer(32, 32, 1, 1, 3, 1),
    "meant": Layer(32, 3, 1, 1, 3, 1),
    "lenet": Layer(32, 5, 1, 0, 1, 6),
    "alexnet": Layer(227, 11, 4, 0, 3, 96),
    "vgg": Layer(224, 3, 1, 1, 3, 64),
}

# %% [markdown]
# A position of the filter is chosen by its row and column, counted from 0.


# %%
@dataclass(frozen=True)
class Chosen:
    """A layer, and the position of its filter that is looked at."""

    layer: Layer
    row: int
    column: int


# %% [markdown]
# ## Something to read
#
# The image is a 4, the same in all channels. All weights of the filter are equal, so a number of its map is the mean of the
# pixels under it.


# %%
STROKES = ((0.6, 0.12, 0.2, 0.62), (0.2, 0.62, 0.84, 0.62), (0.6, 0.12, 0.6, 0.9))  # x, y of both ends


@lru_cache
def write_digit(size: int) -> np.ndarray:
    """Return the image, (size, size): 1 in the middle of a stroke, 0 away from it."""
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    nearest = np.full((size, size), np.inf)
    for x0, y0, x1, y1 in STROKES:
        along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        along = np.clip(along, 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)))
    return np.clip(1.8 - 25 * nearest, 0, 1).round(2)


@lru_cache
def average(layer: Layer) -> np.ndarray:
    """Return the map, (places, places), by sums over rectangles: no filter is too large for that."""
    sums = np.pad(write_digit(layer.size), layer.padding).cumsum(0).cumsum(1)
    sums, first = np.pad(sums, ((1, 0), (1, 0))), layer.stride * np.arange(layer.places)
    rows = sums[first + layer.kernel] - sums[first]
    return ((rows[:, first + layer.kernel] - rows[:, first]) / layer.kernel**2).round(3)


# %% [markdown]
# ## The picture
#
# The padded image with the filter on it, and the map at the same scale.

# %%
# Of a panel, of a grid, of what can be dragged; the most positions on a side to drag the filter to; squares of a large drawing.
WIDTH, SIDE, GRIP, MOST, FINE = 344, 312, 29, 11, 64


def draw_head(number: str, first: str, second: str, ink: str = INK) -> Box:
    """A large number, and two lines on it."""
    return column(text(number, HUGE, ink, bold=True, width=WIDTH), note(first), note(second), gap=2)


def draw_image(chosen: Chosen) -> Box:
    """The padded image and the filter on it, which can be dragged, and made larger by its corner."""
    layer, whole = chosen.layer, max(chosen.layer.padded, chosen.layer.kernel)
    pixel, ink = SIDE / whole, hue(0) if chosen.layer.fits else INK
    top, left = layer.begin(chosen.row) - 1, layer.begin(chosen.column) - 1
    marks = [windows([(top, left)], Pen(ink, 2.5), layer.kernel, ink=ink, opacity=0.2)]
    if layer.places > 1:
        beside = layer.begin(chosen.column + (1 if chosen.column + 1 < layer.places else -1)) - 1
        marks = [windows([(top, beside)], Pen(ink, dash="2 3"), layer.kernel), *marks]
    moved = plot(*marks, x=Linear(0, whole), y=Linear(whole, 0), width=SIDE, height=SIDE)
    places = draw_places(chosen) if layer.places > 1 else space()
    sizes = [f for f in range(1, min(whole, 64) + 1) if f != layer.kernel]
    corners = [centred(f * pixel, f * pixel, draw_corner(f)) for f in sizes]
    at = (left + layer.kernel) * pixel, (top + layer.kernel) * pixel
    held = centred(*at, draw_corner(layer.kernel, ink))
    drawn = place(SIDE, SIDE, *corners, (0, 0, draw_grid(layer, whole)), (0, 0, moved), (0, 0, places), held)
    head = draw_head(format_number(layer.parameters), "parameters of one filter:", layer.written, ink)
    said = f"Drag the dot or the filter.{' Dashed: a border of zeros.' if layer.padding else ''}"
    return column(head, place(WIDTH, SIDE + 28, (14, 4, drawn)), note(said), gap=6)


@lru_cache
def draw_grid(layer: Layer, whole: int) -> Box:
    """The image in its padding, and what no window reaches."""
    fine = min(layer.size, FINE)
    picture = image_cells(write_digit(fine), layer.size / whole * SIDE / fine)
    unread, axis = layer.padded - layer.rest, {"x": Linear(0, whole), "y": Linear(whole, 0)}
    marks = [windows([(0, 0)], Pen(QUIET, dash="3 3"), layer.padded)]
    if layer.rest:
        marks += [windows([(0, unread)], None, layer.padded, layer.rest, ink=POSITIVE, opacity=0.35)]
        marks += [windows([(unread, 0)], None, layer.rest, layer.padded, ink=POSITIVE, opacity=0.35)]
    inset = layer.padding / whole * SIDE
    return once(
        place(SIDE, SIDE, (inset, inset, picture), (0, 0, plot(*marks, **axis, width=SIDE, height=SIDE)))
    )


def draw_corner(kernel: int, ink: str = "") -> Box:
    """A spot to drag the corner of the filter to; the one where it is has a dot."""
    dot = dots([0.5], [0.5], 8, ink)
    axis = {"x": Linear(0, 1), "y": Linear(0, 1), "width": GRIP, "height": GRIP}
    spot = plot(dot, **axis) if ink else space(GRIP, GRIP)
    return part(
        spot, f"{kernel}×{kernel} filter", on=bool(ink), drag="corner", kernel=kernel, row=0, column=0
    )


def draw_places(chosen: Chosen) -> Box:
    """At most 11×11 positions to drag the filter to, evenly chosen."""
    count, last = min(chosen.layer.places, MOST), chosen.layer.places - 1
    at = [round(n * last / (count - 1)) for n in range(count)]
    near = tuple(min(at, key=lambda n: abs(n - place)) for place in (chosen.row, chosen.column))
    tile, spots = space(SIDE / count, SIDE / count), []
    for i, j in product(at, at):
        title, on = f"position ({i + 1}, {j + 1})", (i, j) == near
        spots.append(part(tile, title, on=on, drag="filter", row=i, column=j))
    return grid(spots, count, gap=(0, 0))


def draw_map(chosen: Chosen) -> Box:
    """The map, as large beside the image as it is, and the number of this position in it."""
    layer, pixel = chosen.layer, SIDE / max(chosen.layer.padded, chosen.layer.kernel)
    if not layer.fits:
        return sized(draw_head("no map", "The filter does not fit into", "the padded image."), WIDTH)
    at, large = (
        np.linspace(0, layer.places - 1, min(layer.places, FINE)).round().astype(int),
        max(1, 7 / pixel),
    )
    values, length = average(layer)[np.ix_(at, at)], layer.places * pixel
    here = np.add((chosen.row, chosen.column), (1 - large) / 2)
    axis = {"x": Linear(0, layer.places), "y": Linear(layer.places, 0), "width": length, "height": length}
    drawn = image_cells(values, length / len(at), filter_pen(0), float(values.max()))
    drawn = overlay(drawn, plot(windows([here], Pen(hue(0), 2.5), large), **axis))
    several = f"numbers in each of {layer.filters} maps:"
    first = several if layer.filters > 1 else "numbers in its map, one for each position:"
    head = draw_head(f"{layer.places}×{layer.places}", first, "each a sum of weights times pixels")
    return sized(column(head, pad(drawn, 2, 4), gap=6), WIDTH)


def glance() -> Box:
    """For the start page: the window that fills the padded image, and its number."""
    layer = PRESETS["asked"]
    window = windows([(0, 1)], Pen(hue(0), 2.5), layer.kernel, ink=hue(0), opacity=0.14)
    image = windows([(1, 1)], ink=QUIET, opacity=0.16, height=layer.size)
    whole, span = windows([(0, 0)], Pen(QUIET, dash="3 3"), layer.padded), Linear(0, layer.padded)
    drawn = plot(whole, image, window, x=span, y=Linear(layer.padded, 0), width=104, height=104)
    number = text(str(layer.parameters), HUGE, bold=True)
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
    said = f"Position ({chosen.row + 1}, {chosen.column + 1}) reads rows {layer.span(chosen.row)} and "
    said += f"columns {layer.span(chosen.column)} of the image{' with its border' if layer.padding else ''}."
    return f"{said} {problem[0].upper()}{problem[1:]}." if problem else said


def describe(chosen: Chosen) -> str:
    """Say in one sentence what the picture shows."""
    layer, one = chosen.layer, format_number(chosen.layer.parameters)
    sees = f"One {layer.kernel}×{layer.kernel} filter on {layer.channels} {plural(layer.channels, 'channel')}"
    if not layer.fits:
        return f"{sees} has {one} parameters, and no map: {caption_of(chosen).removeprefix('No map: ')}"
    return f"{sees} has {one} parameters, and its map of a {layer.size}×{layer.size} image is {layer.places}×{layer.places}."


@lru_cache
def tabulate(layer: Layer) -> Table:
    """Sizes and counts."""
    one, rows = (
        layer.parameters,
        {"image with padding, one side": layer.padded, "map, one side": layer.places},
    )
    rows |= {"parameters of one filter": one, "parameters of all filters": layer.filters * one}
    return Table(("quantity", "number"), tuple(rows.items()))


def draw(chosen: Chosen) -> Figure:
    """A filter on its image, and its map."""
    layer, panels = chosen.layer, (draw_image(chosen), draw_map(chosen))
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
    row: Annotated[int, Pointed("Row of the position", 0, 319)] = 0,
    column: Annotated[int, Pointed("Column of the position", 0, 319)] = 1,
) -> Chosen:
    """Drag a filter’s corner"""
    layer = Layer(size, kernel, stride, padding, channels, filters)
    last = max(layer.places - 1, 0)
    return Chosen(layer, min(row, last), min(column, last))


conv_arithmetic

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_arithmetic.md).
