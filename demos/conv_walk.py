# %% [markdown]
# ---
# title: "One number of a feature map"
# description: The arithmetic of a convolution, every product of it, for two filters on an image of three channels.
# hide: [toc]
# ---
#
# # One number of a feature map
#
# Two filters read a small image of three channels. This notebook computes both maps with the library's
# `conv2d`, and shows for any number of them all that goes into it. It is the demo of
# [How is one number of a feature map computed?](../questions/one-output-number.md), in full.
#
# You need to know what a weight is. You will see what a filter does with three channels, and which inputs,
# weights and outputs have to do with each other.

# %%
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from convlens import data, shapes
from convlens.ops import conv2d
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import Figure, Panel, Table
from convlens_live.figures.svg import SANS, colour, element, filter_colour, line, text

# %% [markdown]
# ## A layer that can be checked by hand
#
# Pixels, weights and biases have one decimal, so a product has two, and so has every sum of them: no number
# that is shown here had to be rounded. The image is a shape in a random colour, in noise; the weights are random,
# as before any training.

# %%
CHANNELS = ("red", "green", "blue")
SIZE, KERNEL, FILTERS = 5, 3, 2


@dataclass(frozen=True)
class Layer:
    """An image (3, 5, 5), two filters (2, 3, 3, 3) with a bias each, and the two maps that `conv2d` makes."""

    image: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    stride: int
    padding: int
    maps: np.ndarray

    @property
    def padded(self) -> np.ndarray:
        """The image with its frame of zeros."""
        return np.pad(self.image, ((0, 0), (self.padding,) * 2, (self.padding,) * 2))

    @property
    def places(self) -> int:
        """How many rows, and how many columns, a map has."""
        return self.maps.shape[1]

    def window(self, i: int, j: int) -> np.ndarray:
        """What the output in row i, column j of a map reads, (3, 3, 3)."""
        top, left = i * self.stride, j * self.stride
        return self.padded[:, top : top + KERNEL, left : left + KERNEL]


def make_layer(seed: int, stride: int, padding: int) -> Layer:
    """Return the layer that belongs to a seed."""
    rng = np.random.default_rng(seed)
    shape = (shapes.corner(), shapes.cross(), shapes.squiggle())[seed % 3]
    coloured = rng.uniform(0.1, 0.8, (3, 1, 1)) * shape
    x, _ = data.place_shapes(rng, [coloured], 1, size=SIZE, channels=3, noise=0.1, dtype=np.float64)
    x = np.clip(x + 0.1, 0, 1).round(1)
    weight = np.clip(rng.normal(0, 0.5, (FILTERS, 3, KERNEL, KERNEL)), -1, 1).round(1)
    bias = rng.choice([-0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4], FILTERS, replace=False)
    maps, _ = conv2d(x, weight, bias, stride=stride, padding=padding)
    return Layer(x[0], weight, bias, stride, padding, maps[0])


def combined(layer: Layer) -> str:
    """Find out what `conv2d` does with the channels, from what it makes of each of them alone."""
    options = {"stride": layer.stride, "padding": layer.padding}
    alone = [conv2d(layer.image[None, [c]], layer.weight[:, [c]], **options)[0][0] for c in range(3)]
    bias = layer.bias[:, None, None]
    candidates = {"sum": sum(alone) + bias, "average": sum(alone) / 3 + bias, "apart": np.concatenate(alone)}
    fits = [
        n
        for n, maps in candidates.items()
        if maps.shape == layer.maps.shape and np.allclose(maps, layer.maps)
    ]
    return fits[0] if fits else "neither"


# %% [markdown]
# ## What touches what
#
# A convolution is a set of meetings. In each of them one weight multiplies one input, for one output. Whatever
# is pointed at, what lights up are the others that it meets. Rows and columns of the image count from 0; the
# padding stands at −1 and at 5.

# %%
OUTPUT, INPUT, WEIGHT = range(3)
type Part = tuple[int, ...]
"""An output (filter, row, column), an input (channel, row, column) or a weight (filter, channel, row, column)."""


def meetings(layer: Layer) -> Iterable[tuple[Part, Part, Part]]:
    """Every (output, input, weight) that meet: the input times the weight is one of the output's products."""
    S, P = layer.stride, layer.padding
    for k, i, j in np.ndindex(layer.maps.shape):
        for c, a, b in np.ndindex(layer.weight.shape[1:]):
            yield (k, i, j), (c, i * S + a - P, j * S + b - P), (k, c, a, b)


@dataclass(frozen=True)
class Walk:
    """A layer, what is pointed at, and the output whose arithmetic is shown."""

    layer: Layer
    kind: int
    pointed: Part
    shown: Part
    touched: tuple[frozenset[Part], frozenset[Part], frozenset[Part]]

    def is_pointed(self, kind: int, part: Part) -> bool:
        """Is this what is pointed at?"""
        return (kind, part) == (self.kind, self.pointed)

    @property
    def product(self) -> Part | None:
        """The product (channel, row, column) of the shown output in which what is pointed at takes part."""
        if self.kind == WEIGHT:
            return self.pointed[1:]
        if self.kind == INPUT and self.shown in self.touched[OUTPUT]:
            (c, row, column), (_, i, j), S, P = (
                self.pointed,
                self.shown,
                self.layer.stride,
                self.layer.padding,
            )
            return c, row + P - i * S, column + P - j * S
        return None

    def sums(self) -> np.ndarray:
        """The three channel sums of the shown output."""
        k, i, j = self.shown
        return np.einsum("cab,cab->c", self.layer.window(i, j), self.layer.weight[k])


def walk_to(layer: Layer, kind: int, output: Part, at: Part) -> Walk:
    """Point at the output (filter, row, column), or at what is at (channel, row, column) of the image or of the filter.

    A small map has fewer rows, and so has a filter: then it is the last that there is. While an input is pointed at, the
    nearest output that reads it is shown.
    """
    last = layer.places - 1
    shown = (output[0], min(output[1], last), min(output[2], last))
    weight = (output[0], at[0], min(at[1], KERNEL - 1), min(at[2], KERNEL - 1))
    pointed = (shown, at, weight)[kind]
    met = [meeting for meeting in meetings(layer) if meeting[kind] == pointed]
    touched = tuple(frozenset(parts) for parts in zip(*met, strict=True))
    if kind == INPUT:
        readers = sorted(part for part in touched[OUTPUT] if part[0] == shown[0])
        shown = min(readers, key=lambda part: abs(part[1] - shown[1]) + abs(part[2] - shown[2]))
    return Walk(layer, kind, pointed, shown, touched)


# %% [markdown]
# ## The picture
#
# On one side the image and the filters: a filter is one column of three slices, and has one bias. On the other the
# two maps, and below them the whole arithmetic of one number. Frames, lines and sums that belong to a filter have its
# colour. Orange is above zero, blue below, hollow exactly zero.

# %%
WIDTH, HEIGHT = 356.0, 584.0


def decimals(value: float, digits: int = 2) -> str:
    """A number with its digits; nothing is lost, as none has more. An exact zero is `0`."""
    written = f"{value:.{digits}f}".replace("-", "−")
    return written if written.strip("−0.") else "0"


def plus(value: float, digits: int = 2) -> str:
    """A number that is added, as + 0.25 or − 0.25."""
    return ("− " if round(value, digits) < 0 else "+ ") + decimals(abs(value), digits)


def box(x: float, y: float, width: float, height: float, hue: str, stroke: float, fill: str = "none") -> str:
    """A frame."""
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, stroke=hue, stroke_width=stroke)


type Style = tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Grid:
    """Numbers in cells that are `width` by `height` pixels; `grey` for an image, orange and blue for what has a sign.

    scale: the value that gets the full colour. hue: the colour of what is lit. lit: cells that are.
    outlined: draw an outline around each of these, too.
    pointed: the cell that is pointed at; met: the one that it meets in the shown output.
    """

    values: np.ndarray
    x: int
    y: int
    width: int
    height: int
    grey: bool = False
    digits: int = 1
    size: float = 11
    scale: float = 0.8
    hue: str = ""
    lit: frozenset[Part] = frozenset()
    outlined: bool = False
    pointed: Part | None = None
    met: Part | None = None

    def area(self, i: int, j: int) -> str:
        """The outline of a cell, as a path; a gap is left to the next."""
        w, h = self.width - 1, self.height - 1
        return f"M{self.x + j * self.width} {self.y + i * self.height}h{w}v{h}h{-w}z"

    def frame(self, i: int, j: int, rows: int, columns: int, width: float) -> str:
        """An outline around some of the cells."""
        x, y = self.x + j * self.width - 0.5, self.y + i * self.height - 0.5
        return box(x, y, columns * self.width, rows * self.height, self.hue, width)

    def paint(self, areas: dict[Style, str], numbers: dict[float, list[str]]) -> None:
        """Add each cell's fill to what has the same fill, its number to those of the same size; then the outlines."""
        for (i, j), value in np.ndenumerate(self.values):
            written = decimals(value, self.digits)
            style = (
                self.fill(float(value), (i, j) in self.lit)
                if written != "0"
                else outline(colour("hairline"), 1)
            )
            areas[style] = areas.get(style, "") + self.area(i, j)
            middle = self.x + j * self.width + self.width // 2
            base = self.y + int((i + 0.5) * self.height + self.size / 3)
            numbers.setdefault(self.size, []).append(element("text", written, x=middle, y=base))
        outlines = [(at, outline(self.hue, 1.5)) for at in sorted(self.lit) if self.outlined]
        outlines += [
            (at, outline(colour("ink"), width)) for at, width in ((self.pointed, 3), (self.met, 1.75)) if at
        ]
        for at, style in outlines:
            areas[style] = areas.get(style, "") + self.area(*at)

    def fill(self, value: float, lit: bool) -> Style:
        """The colour of a cell; never so dark that the number in it is hard to read."""
        role = "ink" if self.grey else "positive" if value > 0 else "negative"
        shade = (0.06, 0.17, 0.28, 0.39, 0.5)[min(int(5 * abs(value) / self.scale), 4)]
        return (
            ("fill", colour(role)),
            ("fill_opacity", shade * (1 if lit else 0.4) * (0.75 if self.grey else 1)),
        )

    def part(self, i: int, j: int, title: str, settings: dict[str, int], on: bool) -> str:
        """A cell that sets parameters when it is pointed at, tapped or focused."""
        words = ",".join(f"{name}={value}" for name, value in settings.items())
        title = f"{title}, row {i + 1}, column {j + 1}"
        chosen = {"data_on": "true"} if on else {}
        return element("path", element("title", title), d=self.area(i, j), data_set=words, **chosen)


def outline(hue: str, width: float) -> Style:
    """A line around cells."""
    return (("fill", "none"), ("stroke", hue), ("stroke_width", None if width == 1 else width))


def draw_grids(grids: Iterable[Grid]) -> str:
    """All grids of a panel, and all that looks alike in one go: that is what keeps the drawing small."""
    areas: dict[Style, str] = {}
    numbers: dict[float, list[str]] = {}
    for grid in grids:
        grid.paint(areas, numbers)
    written = {"fill": colour("ink"), "text_anchor": "middle", "font_family": SANS}
    return "".join(element("path", d=d, **dict(style)) for style, d in areas.items()) + "".join(
        element("g", *each, font_size=size, **written) for size, each in numbers.items()
    )


def parts_of(parts: Iterable[str]) -> str:
    """Parts lie on what is drawn, and are not seen themselves."""
    return element("g", *parts, fill_opacity=0)


def draw_image_and_filters(walk: Walk) -> Panel:
    """The three channels, one below the other, and beside each its slice of both filters."""
    (k, i, j), S, P = walk.shown, walk.layer.stride, walk.layer.padding
    drawn, parts = [text(1, 13, "image, 3 channels", weight=600)], []
    grids = [channel_grid(walk, c) for c in range(3)]
    for c, grid in enumerate(
        grids
    ):  # from the window to the slice that it meets; a filter in between covers the lines
        end = slice_grid(walk, k, c)
        x, y = grid.x + (j * S + KERNEL) * grid.width, grid.y + i * S * grid.height
        for down, to in ((0, end.y), (KERNEL * grid.height, end.y + KERNEL * end.height)):
            drawn.append(element("line", x1=x, y1=y + down, x2=end.x, y2=to, stroke=grid.hue, opacity=0.5))
    for f in range(FILTERS):
        drawn.append(draw_filter(walk, f))
        grids += [slice_grid(walk, f, c) for c in range(3)]
        for c, a, b in np.ndindex(3, KERNEL, KERNEL):
            settings = {"kind": WEIGHT, "filter": f, "channel": c, "row": a, "column": b}
            title = f"weight {decimals(walk.layer.weight[f, c, a, b], 1)} of filter {f + 1} for {CHANNELS[c]}"
            parts.append(
                slice_grid(walk, f, c).part(a, b, title, settings, walk.is_pointed(WEIGHT, (f, c, a, b)))
            )
    drawn.append(draw_grids(grids))
    for c, grid in enumerate(grids[:3]):
        inner = replace(grid, x=grid.x + P * grid.width, y=grid.y + P * grid.height, hue=colour("quiet"))
        drawn += [
            text(1, grid.y - 6, f"channel {c + 1}: {CHANNELS[c]}", size=12, role="quiet"),
            inner.frame(0, 0, SIZE, SIZE, 1.25) if P else "",
            grid.frame(i * S, j * S, KERNEL, KERNEL, 3 if walk.kind == OUTPUT else 1.25),
            slice_grid(walk, k, c).frame(0, 0, KERNEL, KERNEL, 2.5) if walk.kind == OUTPUT else "",
        ]
        for row, column in np.ndindex(SIZE, SIZE):
            settings = {"kind": INPUT, "channel": c, "row": row, "column": column}
            title = f"input {decimals(walk.layer.image[c, row, column], 1)}, {CHANNELS[c]}"
            parts.append(inner.part(row, column, title, settings, walk.is_pointed(INPUT, (c, row, column))))
    return Panel(WIDTH, HEIGHT, "".join(drawn) + parts_of(parts))


def draw_filter(walk: Walk, f: int) -> str:
    """One filter is one thing: three slices and a bias, in one frame."""
    hue, left, shown = filter_colour(f), 170 + 94 * f, f == walk.shown[0]
    drawn = [
        text(left, 13, f"filter {f + 1}", fill=hue, weight=600),
        box(left, 22, 91, 560, hue, 2 if shown else 1, fill=colour("paper")),
        text(
            left + 45.5, 570, f"bias {decimals(walk.layer.bias[f], 1)}", fill=hue, anchor="middle", weight=600
        ),
    ]
    for c, channel in enumerate(CHANNELS):
        y = slice_grid(walk, f, c).y - 8
        drawn.append(text(left + 45.5, y, f"for {channel}", size=12, role="quiet", anchor="middle"))
    return "".join(drawn)


def channel_grid(walk: Walk, c: int) -> Grid:
    """One channel of the image with its frame of zeros, which are no inputs and cannot be pointed at."""
    S, P = walk.layer.stride, walk.layer.padding
    pointed, met = None, None
    if walk.kind == INPUT and walk.pointed[0] == c:
        pointed = tuple(at + P for at in walk.pointed[1:])
    if walk.kind == WEIGHT and walk.pointed[1] == c:
        met = tuple(S * place + at for place, at in zip(walk.shown[1:], walk.pointed[2:], strict=True))
    lit = frozenset((row + P, column + P) for channel, row, column in walk.touched[INPUT] if channel == c)
    side, size = (22, 12) if P else (29, 14)
    # A window has a frame; the inputs that one weight meets are outlined one by one.
    style = {"grey": True, "scale": 1, "outlined": walk.kind == WEIGHT, "pointed": pointed, "met": met}
    hue = filter_colour(walk.shown[0])
    return Grid(walk.layer.padded[c], 1, 44 + 180 * c, side, side, size=size, hue=hue, lit=lit, **style)


def slice_grid(walk: Walk, f: int, c: int) -> Grid:
    """What a filter has for one channel."""
    pointed, met = None, None
    if walk.kind == WEIGHT and walk.pointed[:2] == (f, c):
        pointed = walk.pointed[2:]
    if walk.kind == INPUT and f == walk.shown[0] and walk.product and walk.product[0] == c:
        met = walk.product[1:]
    lit = frozenset(at[2:] for at in walk.touched[WEIGHT] if at[:2] == (f, c))
    style = {
        "hue": filter_colour(f),
        "lit": lit,
        "outlined": walk.kind == INPUT,
        "pointed": pointed,
        "met": met,
    }
    return Grid(walk.layer.weight[f, c], 172 + 94 * f, 84 + 180 * c, 29, 29, size=11.5, **style)


def draw_maps_and_sum(walk: Walk) -> Panel:
    """Both maps, and below them how the chosen number of one of them comes about."""
    grids, drawn, parts = [], [], []
    width, height, size = (34, 22, 10) if walk.layer.places > 3 else (54, 36, 15)
    for k, values in enumerate(walk.layer.maps):
        lit = frozenset(at[1:] for at in walk.touched[OUTPUT] if at[0] == k)
        style = {"size": size, "hue": filter_colour(k), "lit": lit, "outlined": walk.kind != OUTPUT}
        grid, x = Grid(values, 1 + 185 * k, 22, width, height, digits=2, scale=1.2, **style), 1 + 185 * k
        grids.append(grid)
        drawn.append(text(x, 13, f"map of filter {k + 1}", fill=grid.hue, weight=600))
        if k == walk.shown[0]:
            drawn.append(grid.frame(*walk.shown[1:], 1, 1, 3.5))
        for i, j in np.ndindex(values.shape):
            settings = {"kind": OUTPUT, "filter": k, "map_row": i, "map_column": j}
            title = f"output {decimals(values[i, j])} of filter {k + 1}"
            parts.append(grid.part(i, j, title, settings, walk.is_pointed(OUTPUT, (k, i, j))))
    factors = factor_grids(walk)
    frames = (grid.frame(0, 0, KERNEL, KERNEL, 1.5) for grid in factors)
    content = draw_grids([*grids, *factors]) + "".join([*drawn, *frames]) + draw_sum(walk)
    return Panel(WIDTH, HEIGHT, content + parts_of(parts))


def factor_grids(walk: Walk) -> list[Grid]:
    """For each channel: the window, the weights, and their products."""
    (k, i, j), layer, grids = walk.shown, walk.layer, []
    window = layer.window(i, j)
    for c in range(3):
        y, pointed = 194 + 96 * c, walk.product[1:] if walk.product and walk.product[0] == c else None
        lit = frozenset(np.ndindex(KERNEL, KERNEL))
        style = {"hue": filter_colour(k), "lit": lit, "pointed": pointed, "size": 11.5}
        grids += [
            Grid(window[c], 1, y, 22, 24, grey=True, scale=1, **style),
            Grid(layer.weight[k, c], 83, y, 29, 24, **style),
            Grid(window[c] * layer.weight[k, c], 186, y, 37, 24, digits=2, scale=0.5, **style),
        ]
    return grids


def draw_sum(walk: Walk) -> str:
    """The words around those grids: a sum for each channel; then the column of sums, the bias, the result."""
    k, i, j = walk.shown
    layer, hue = walk.layer, filter_colour(k)
    drawn = [text(1, 164, f"row {i + 1}, column {j + 1} of map {k + 1}", fill=hue, weight=600)]
    drawn += [
        text(x, 186, head, size=12, role="quiet", anchor=anchor)
        for x, head, anchor in ((83, "weights", "start"), (186, "27 products", "start"), (355, "sums", "end"))
    ]
    for c, total in enumerate(walk.sums()):
        y = 235 + 96 * c
        drawn += [
            text(1, y - 49, f"{CHANNELS[c]} window", size=12, role="quiet"),
            text(75, y, "×", size=14, anchor="middle"),
            text(178, y, "=", size=14, anchor="middle"),
            text(355, y, decimals(total) if c == 0 else plus(total), mono=True, size=14, anchor="end"),
        ]
    drawn += [
        text(186, 500, f"bias of filter {k + 1}", size=12, role="quiet"),
        text(355, 500, plus(layer.bias[k]), mono=True, size=14, anchor="end"),
        line(186, 512, 355, 512, role="ink"),
        text(1, 546, "the number in the map", fill=hue, weight=600),
        text(355, 550, decimals(layer.maps[k, i, j]), mono=True, size=32, weight=600, fill=hue, anchor="end"),
    ]
    return "".join(drawn)


# %% [markdown]
# ## The words
#
# The sentence and the table come from the same numbers.


# %%
def place_of(output: Part) -> str:
    """Name an output."""
    return f"row {output[1] + 1}, column {output[2] + 1} of map {output[0] + 1}"


def count(number: int, thing: str) -> str:
    """Count in words: 1 output, 2 outputs."""
    return f"{number} {thing}{'s' * (number != 1)}"


def describe(walk: Walk) -> str:
    """Say in one or two sentences what the picture shows."""
    layer, (k, i, j) = walk.layer, walk.shown
    if walk.kind == OUTPUT:
        red, green, blue = (decimals(total) for total in walk.sums())
        return (
            f"The number in {place_of(walk.shown)} is {decimals(layer.maps[k, i, j])}: the channel sums {red} (red), "
            f"{green} (green) and {blue} (blue), plus the bias {decimals(layer.bias[k], 1)}."
        )
    if walk.kind == INPUT:
        c, row, column = walk.pointed
        value = decimals(layer.image[walk.pointed], 1)
        said = f"The {CHANNELS[c]} input {value} in row {row + 1}, column {column + 1} is read by"
        of_one = sum(output[0] == k for output in walk.touched[OUTPUT])
        said += f" {count(of_one, 'output')} of each filter."
    else:
        used = count(len(walk.touched[OUTPUT]), "output")
        value, channel = decimals(layer.weight[walk.pointed], 1), CHANNELS[walk.pointed[1]]
        said = f"The weight {value} of filter {k + 1} for {channel} is used for all {used} of map {k + 1}"
        said += f", and for none of map {2 - k}."
    c, a, b = walk.product or (0, 0, 0)
    x, w = float(layer.window(i, j)[c, a, b]), float(layer.weight[k, c, a, b])
    factor = f"({decimals(w, 1)})" if w < 0 else decimals(w, 1)
    return f"{said} In {place_of(walk.shown)} it is part of the product {decimals(x, 1)} × {factor} = {decimals(x * w)}."


def caption_of(walk: Walk) -> str:
    """What is lit, in numbers."""
    outputs, inputs, weights = (len(parts) for parts in walk.touched)
    if walk.kind == OUTPUT:
        inside = sum(0 <= row < SIZE and 0 <= column < SIZE for _, row, column in walk.touched[INPUT])
        zeros = f" and {count(inputs - inside, 'zero')} of the padding" if inside < inputs else ""
        return f"Lit: the {count(inside, 'input')}{zeros} that it reads, and the {weights} weights of its filter."
    if walk.kind == INPUT:
        return f"Lit: {count(outputs, 'output')} and {count(weights, 'weight')}."
    channel = CHANNELS[walk.pointed[1]]
    return f"Lit: {count(outputs, 'output')}, and the {inputs} places of the {channel} channel that it multiplies, one for each."


def tabulate(walk: Walk) -> Table:
    """All 27 products of the shown output, the sums, the bias and the result."""
    k, i, j = walk.shown
    window, weight, sums = walk.layer.window(i, j), walk.layer.weight[k], walk.sums()
    rows: list[tuple[str, ...]] = []
    for c, channel in enumerate(CHANNELS):
        for (a, b), x in np.ndenumerate(window[c]):
            w = weight[c, a, b]
            rows.append(
                (channel, f"row {a + 1}, column {b + 1}", decimals(x, 1), decimals(w, 1), decimals(x * w))
            )
        rows.append((channel, "sum", "", "", decimals(sums[c])))
    rows.append((f"filter {k + 1}", "bias", "", "", decimals(walk.layer.bias[k])))
    rows.append((f"map {k + 1}", f"row {i + 1}, column {j + 1}", "", "", decimals(walk.layer.maps[k, i, j])))
    return Table(("of", "what", "input", "weight", "number"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(question="questions/one-output-number.md", budget_seconds=8)
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
) -> Figure:
    """Point at an output, an input or a weight"""
    layer = make_layer(seed, int(stride), int(padding))
    walk = walk_to(layer, kind, (filter, map_row, map_column), (channel, row, column))
    panels = (draw_image_and_filters(walk), draw_maps_and_sum(walk))
    return Figure(panels, describe(walk), tabulate(walk), caption_of(walk), outcome=combined(layer))


conv_walk

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/conv_walk.md).
