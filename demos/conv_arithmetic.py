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
from convlens_live.figures import Figure, Panel, Table, format_number
from convlens_live.figures.svg import colour, element, filter_colour, line, text

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
    "as asked: a 32x32 filter": Layer(32, 32, 1, 1, 3, 1),
    "what was meant: 3x3": Layer(32, 3, 1, 1, 3, 1),
    "LeNet-5, first layer": Layer(32, 5, 1, 0, 1, 6),
    "AlexNet, first layer": Layer(227, 11, 4, 0, 3, 96),
    "VGG-16, first layer": Layer(224, 3, 1, 1, 3, 64),
}

# %% [markdown]
# ## The picture
#
# The grid with its padding, the window of the chosen neuron, and the map that has one number for every place.

# %%
SIDE = 268.0  # of the padded grid, in pixels
LEFT, TOP = 44.0, 30.0


def part(title: str, settings: dict[str, int], *drawn: str, on: bool = False) -> str:
    """A part of the drawing that sets parameters when it is pointed at, tapped or focused."""
    chosen = {"data_on": "true"} if on else {}
    words = ",".join(f"{name}={value}" for name, value in settings.items())
    return element("g", element("title", title), *drawn, data_set=words, **chosen)


def draw_grid(layer: Layer, row: int, column: int) -> Panel:
    """The padded image and the window that the neuron at (row, column) reads."""
    cell = SIDE / max(layer.padded, layer.kernel)
    whole, image, inset = cell * layer.padded, cell * layer.size, cell * layer.padding
    parts = [
        text(
            0, 16, f"image {layer.size}x{layer.size}x{layer.channels}, padding {layer.padding}", role="quiet"
        ),
        element(
            "rect",
            x=LEFT,
            y=TOP,
            width=whole,
            height=whole,
            fill=colour("paper"),
            stroke=colour("quiet"),
            stroke_dasharray="3 3",
        ),
        element(
            "rect",
            x=LEFT + inset,
            y=TOP + inset,
            width=image,
            height=image,
            fill=colour("quiet"),
            fill_opacity=0.16,
            stroke=colour("quiet"),
        ),
    ]
    if cell >= 6:
        for n in range(1, layer.padded):
            at = n * cell
            parts += [
                line(LEFT + at, TOP, LEFT + at, TOP + whole),
                line(LEFT, TOP + at, LEFT + whole, TOP + at),
            ]
    window = cell * layer.kernel
    x, y = LEFT + cell * (layer.begin(column) - 1), TOP + cell * (layer.begin(row) - 1)
    hue = filter_colour(0) if layer.fits else colour("ink")
    if layer.fits and layer.places > 1:
        following = min(column + 1, layer.places - 1) if column + 1 < layer.places else column - 1
        beside = LEFT + cell * (layer.begin(following) - 1)
        parts.append(
            element(
                "rect",
                x=beside,
                y=y,
                width=window,
                height=window,
                fill="none",
                stroke=hue,
                stroke_dasharray="2 3",
            )
        )
    parts.append(
        element(
            "rect",
            x=x,
            y=y,
            width=window,
            height=window,
            fill=hue,
            fill_opacity=0.14,
            stroke=hue,
            stroke_width=2.5,
        )
    )
    if layer.rest:
        unread = cell * layer.rest
        for box in (
            {"x": LEFT + whole - unread, "y": TOP, "width": unread, "height": whole},
            {"x": LEFT, "y": TOP + whole - unread, "width": whole, "height": unread},
        ):
            parts.append(element("rect", fill=colour("positive"), fill_opacity=0.35, **box))
    below = TOP + cell * max(layer.padded, layer.kernel)
    if layer.fits:
        # The label stands under the middle of its window, and never beyond the picture's edges.
        middle = min(max(x + window / 2, LEFT + 26), LEFT + SIDE - 26)
        first = max(y + 14, TOP + 12)
        last = max(min(y + window, below), first + 13)  # beside a small window they would stand on each other
        parts += [
            text(middle, below + 18, layer.span(column), mono=True, fill=hue, anchor="middle", weight=600),
            text(LEFT - 6, first, f"{layer.begin(row)}", size=11, mono=True, fill=hue, anchor="end"),
            text(
                LEFT - 6,
                last,
                f"{layer.begin(row) + layer.kernel - 1}",
                size=11,
                mono=True,
                fill=hue,
                anchor="end",
            ),
        ]
    parts += wrapped(caption_of(layer, row, column), below + 40)
    return Panel(320, 390, "".join(parts))


def wrapped(sentence: str, y: float, width: int = 50) -> list[str]:
    """A sentence in lines."""
    lines, current = [], ""
    for word in sentence.split():
        if len(current) + len(word) > width:
            lines.append(current)
            current = ""
        current = f"{current} {word}".strip()
    return [text(0, y + 17 * n, each, size=12, role="quiet") for n, each in enumerate([*lines, current])]


def caption_of(layer: Layer, row: int, column: int) -> str:
    """What the grid shows, or why there is no map."""
    problem = explain(layer.size, layer.kernel, layer.stride, layer.padding)
    if not layer.fits:
        return f"No map: {problem}."
    said = f"Neuron ({row + 1}, {column + 1}) reads rows {layer.span(row)}, columns {layer.span(column)} of {layer.padded}."
    return f"{said} {problem[0].upper()}{problem[1:]}." if problem else said


def draw_map(layer: Layer, row: int, column: int) -> Panel:
    """The map, to be pointed at; steps to the neighbours; and the layers of others."""
    named = (
        "its map, one number a place" if layer.places <= 9 else f"its map: 9 of {layer.places} places a side"
    )
    parts = [text(0, 16, named if layer.fits else "no map", role="quiet")]
    if layer.fits:
        parts += [draw_places(layer, row, column), draw_steps(layer, row, column)]
        parts.append(text(150, 92, f"{layer.places}x{layer.places}", size=34, mono=True, weight=600))
        many = "1 filter: 1 map" if layer.filters == 1 else f"{layer.filters} filters: {layer.filters} maps"
        parts.append(text(150, 114, many, size=12, role="quiet"))
    parts.append(text(0, 196, "layers to look at", role="quiet"))
    for n, (name, preset) in enumerate(PRESETS.items()):
        y, chosen = 206 + 36 * n, preset == layer
        box = element(
            "rect",
            x=0.5,
            y=y + 0.5,
            width=300,
            height=30,
            rx=2,
            fill=colour("paper"),
            stroke=colour("ink" if chosen else "hairline"),
            stroke_width=2 if chosen else 1,
        )
        parts.append(
            part(name, {**vars(preset), "row": 0, "column": 0}, box, text(10, y + 20, name), on=chosen)
        )
    return Panel(320, 390, "".join(parts))


def draw_places(layer: Layer, row: int, column: int) -> str:
    """The map as a square of at most 9x9 places that can be pointed at; of a larger map, evenly chosen ones, and a dot."""
    count = min(layer.places, 9)
    at = [round(n * (layer.places - 1) / max(count - 1, 1)) for n in range(count)]
    side, parts = 130 / count, []
    near = [min(range(count), key=lambda n: abs(at[n] - place)) for place in (row, column)]
    for i in range(count):
        for j in range(count):
            on, here = [i, j] == near, (at[i], at[j]) == (row, column)
            box = element(
                "rect",
                x=j * side + 1,
                y=30 + i * side + 1,
                width=side - 2,
                height=side - 2,
                fill=filter_colour(0) if here else colour("paper"),
                stroke=colour("quiet"),
            )
            parts.append(
                part(f"neuron ({at[i] + 1}, {at[j] + 1})", {"row": at[i], "column": at[j]}, box, on=on)
            )
    if row not in at or column not in at:  # between the places that are drawn
        x, y = (side * (0.5 + place * (count - 1) / (layer.places - 1)) for place in (column, row))
        parts.append(element("circle", cx=x, cy=30 + y, r=4, fill=filter_colour(0)))
    return "".join(parts)


def draw_steps(layer: Layer, row: int, column: int) -> str:
    """Four arrows: one place up, left, right, down."""
    parts = []
    for n, (sign, name, i, j) in enumerate(
        (
            ("←", "one place left", 0, -1),
            ("→", "one place right", 0, 1),
            ("↑", "one place up", -1, 0),
            ("↓", "one place down", 1, 0),
        )
    ):
        there = [min(max(place + by, 0), layer.places - 1) for place, by in ((row, i), (column, j))]
        x = 150 + 42 * n
        box = element(
            "rect",
            x=x + 0.5,
            y=128.5,
            width=34,
            height=32,
            rx=2,
            fill=colour("paper"),
            stroke=colour("quiet"),
        )
        sign = text(x + 17, 150, sign, size=16, anchor="middle")
        parts.append(part(name, {"row": there[0], "column": there[1]}, box, sign))
    return "".join(parts)


def draw_filter(layer: Layer) -> Panel:
    """The parameters of one filter, as a number and as a sum."""
    F, C = layer.kernel, layer.channels
    one = F * F * C + 1
    return Panel(
        320,
        224,
        "".join(
            [
                text(0, 16, "parameters of one filter", role="quiet"),
                text(0, 72, format_number(one), size=56 if one < 10**5 else 40, mono=True, weight=600),
                text(0, 100, f"{F}·{F}·{C} weights + 1 bias", mono=True, size=13),
                *wrapped(
                    "They do not depend on the size of the image. All places of the map use the same ones.",
                    130,
                ),
            ]
        ),
    )


def draw_counts(layer: Layer) -> Panel:
    """The parameters of three kinds of layer that make the same maps, as bars on a logarithmic scale."""
    if not layer.fits:
        return Panel(320, 224, text(0, 16, "no map, so there is nothing to compare", role="quiet"))
    maps = f"{layer.filters}x{layer.places}x{layer.places}"
    parts = [text(0, 16, f"parameters of a layer that makes {maps}", role="quiet")]
    costs = layer.costs()
    longest = max(math.log10(cost.parameters) for cost in costs.values())
    for n, (name, cost) in enumerate(costs.items()):
        y, hue = 34 + 58 * n, filter_colour(0) if name == "convolution" else colour("quiet")
        length = 300 * math.log10(cost.parameters) / longest
        parts += [
            text(0, y + 12, name),
            text(300, y + 12, format_number(cost.parameters), mono=True, weight=600, anchor="end"),
            element("rect", x=0, y=y + 20, width=max(length, 2), height=8, fill=hue),
        ]
    parts.append(text(0, 214, "bars are logarithmic: each digit adds the same length", size=11, role="quiet"))
    return Panel(320, 224, "".join(parts))


# %% [markdown]
# ## The demo


# %%
def describe(layer: Layer) -> str:
    """Say in one sentence what the picture shows."""
    one = format_number(layer.kernel**2 * layer.channels + 1)
    article = "An" if layer.kernel in (8, 11, 18) else "A"
    sees = f"{article} {layer.kernel}x{layer.kernel} filter on {layer.channels} channel{'s' * (layer.channels > 1)}"
    if not layer.fits:
        return f"{sees} has {one} parameters, and no map: {caption_of(layer, 0, 0).removeprefix('No map: ')}"
    return f"{sees} has {one} parameters, and its map of a {layer.size}x{layer.size} image is {layer.places}x{layer.places}."


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


@demo(question="questions/where-does-3073-come-from.md", budget_seconds=5)
def conv_arithmetic(
    size: Annotated[int, Slider("Image, one side", 1, 256, step=1)] = 32,
    kernel: Annotated[int, Slider("Filter, one side", 1, 64, step=1)] = 32,
    stride: Annotated[int, Slider("Stride", 1, 16, step=1)] = 1,
    padding: Annotated[int, Slider("Padding", 0, 32, step=1)] = 1,
    channels: Annotated[int, Slider("Channels", 1, 64, step=1)] = 3,
    filters: Annotated[int, Slider("Filters", 1, 256, step=1)] = 1,
    row: Annotated[int, Pointed("Row of the neuron", 0, 319)] = 0,
    column: Annotated[int, Pointed("Column of the neuron", 0, 319)] = 1,
) -> Figure:
    """A layer's arithmetic: windows, maps, parameters"""
    layer = Layer(size, kernel, stride, padding, channels, filters)
    last = max(layer.places - 1, 0)
    row, column = min(row, last), min(column, last)
    return Figure(
        (draw_grid(layer, row, column), draw_map(layer, row, column), draw_filter(layer), draw_counts(layer)),
        describe(layer),
        tabulate(layer),
        caption_of(layer, row, column),
        outcome=f"{layer.places}x{layer.places}" if layer.fits else "none",
    )


conv_arithmetic

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_arithmetic.md).
