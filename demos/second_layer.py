# %% [markdown]
# ---
# title: "What one number of the second layer reads"
# description: Two layers of filters on a small image. What goes into one number of the second layer, and which pixels it sees.
# hide: [toc]
# ---
#
# # What one number of the second layer reads
#
# An image goes through two layers of filters. You will see all that one number of the second layer is made of. It is the demo of
# [What does a filter of the second layer read?](../questions/what-does-the-second-layer-read.md). Its layers, and the arithmetic,
# are those of [the pushed pixel](pushed_pixel.py).

# %%
from dataclasses import dataclass, replace  # noqa: I001
from functools import cache
from typing import Annotated

from pushed_pixel import (
    CHANNELS, DEFAULT, FILTERS, LETTERS, MAPS, Reading, Size, cut, draw_output, make_layers,
)  # fmt: skip

from convlens_live.demo import Pointed, Seed, demo
from convlens_live.figures import *
from convlens_live.figures import reading as parts
from convlens_live.figures.two_layers import TALL, TITLE, WIDE, Layout, captions, ways

# %% [markdown]
# ## What a reader looks at
#
# All that goes into a number of layer 2, or one product of it, or the sum of a map's products, or a word.

# %%
SUMS, WORDS = 1 + 9 * MAPS, 1 + 10 * MAPS  # 0 is all of it; then come the products, the sums, and the words
DEFINED = {
    "channel": "A channel is one of the sheets that a layer reads. The image has three. To layer 2, the four maps are channels.",
    "feature map": "A feature map holds the numbers that one filter makes at all its places. To the next layer it is a channel.",
    "filter": "A filter has one slice for each channel that it reads, and one bias. One filter makes one map.",
    "kernel": "A kernel is one slice of a filter: its weights for one channel. Many people say kernel for the whole filter.",
    "neuron": "A neuron is one number of a map, with what it reads. All neurons of a map use one filter, each at its own place.",
    "receptive field": "The receptive field of a number is every pixel of the image that can change it.",
}


@dataclass(frozen=True, eq=False)
class Looking(Reading):
    """One number of layer 2, and what a reader looks at."""

    look: int = 0
    veiled: bool = False  # is the second layer left out?

    @property
    def cell(self) -> tuple[int, int, int] | None:
        """The product that a reader looks at: map, and row and column in the window."""
        m, a, b = (self.look - 1) // 9, (self.look - 1) % 9 // 3, (self.look - 1) % 3
        return (m, a, b) if 0 < self.look < SUMS and max(a, b) < self.kernel else None

    @property
    def map(self) -> int | None:
        """The map whose products a reader looks at."""
        return self.cell[0] if self.cell else self.look - SUMS if SUMS <= self.look < WORDS else None

    @property
    def word(self) -> str:
        return [*DEFINED][self.look - WORDS] if self.look >= WORDS else ""

    def frame(self, name: str, usual: Pen) -> Pen:
        """Return the frame of a thing: thick while a reader asks for its word."""
        return Pen(INK, 6) if self.word == name else usual


def find_outcome(reading: Reading) -> str:
    """Say how many maps come out: one for each filter, or one for each filter and map, or all that there are."""
    counts = {FILTERS: "together", FILTERS * MAPS: "each", FILTERS + MAPS: "joined"}
    return counts[len(reading.outputs)]


# %% [markdown]
# ## The picture
#
# It reads from left to right. Each map of layer 1 has a row and a colour: its filter, the map, the slice of layer 2's filter that
# reads it, and the sum of their products. One black frame holds four slices, and four pipes join in one number.

# %%
hundredths = cache(fixed)


def draw(reading: Looking) -> Figure:
    """Draw how one number of layer 2 comes about, for a wide page and for a narrow one."""
    panels = wide(draw_layers(reading, WIDE)), narrow(draw_layers(reading, TALL))
    return Figure(panels, describe(reading), tabulate(reading), explain(reading), find_outcome(reading))


def ask(reading: Looking) -> Figure:
    """Draw the first layer alone, for a page that asks what the second makes of its maps."""
    said = "Layer 1 has made four maps of the image. What will the three filters of layer 2 make of them?"
    sizes = (("image", "3 channels of 7×7"), ("layer 1", "4 maps of 5×5"), ("layer 2", "?"))
    drawn, table = draw(replace(reading, veiled=True)), Table(("what", "numbers"), sizes)
    return replace(drawn, alt=said, caption="", table=table, outcome="asked")


def draw_layers(reading: Looking, at: Layout) -> Box:
    """Draw every part in its place."""
    (f, i, _), image, said = reading.at, reading.layers.image, write(reading)
    goal = at.outputs[f][0] - 1, at.outputs[f][1] + TITLE + (i + 0.5) * at.output[1] / len(reading.outputs[f])
    read = None if reading.veiled else (reading.frame("filter", Pen(width=2)), reading.map, goal)
    placed = [(*at.channels[c], draw_channel(reading, c, at)) for c in range(len(image))]
    for m in range(MAPS):
        fade = pale if reading.map not in (None, m) else lambda box: box
        placed += [(x, y, fade(box)) for x, y, box in draw_row(reading, m, at)]
    if not reading.veiled:
        placed += [(*at.outputs[f], draw_map(reading, f, at.output)) for f in range(FILTERS)]
        placed.append((*at.number, draw_number(reading)))
    placed += [centred(*at.words[name], said[name]) for name in at.words if name in said]
    return place(*(at.asked if reading.veiled else at.size), (0, 0, ways(at, read)), *placed)


def write(reading: Looking) -> dict[str, Box]:
    """Write the titles, with the words that a reader can point at."""
    second = None if reading.veiled else cut(reading.layers.second[0], reading.kernel)
    said = captions(reading.layers.first[0], second)
    for spot, name, before in (("image", "channel", "image: 3"), ("maps", "feature map", "4")):
        said[spot] = word(reading, name, before, "s")
    if reading.veiled:
        shown = (
            text("?", HUGE, QUIET),
            text("Layer 2 has 3 filters of 3×3."),
            button("Show me", look=0),
        )
        return said | {"veil": column(*(aligned(each, "middle") for each in shown), gap=14)}
    slices, field = f"{LETTERS[reading.at[0]]}: {MAPS} slices", f"{reading.field}×{reading.field}"
    said["filter"] = row(word(reading, "filter"), text(slices, bold=True), gap=3, align="middle")
    said["field"] = row(word(reading, "receptive field"), text(field), gap=3, align="middle")
    said["product"] = text(multiplied(reading), SMALL, width=160, align="middle")
    return said | {"kernel": word(reading, "kernel")}


def word(reading: Looking, name: str, before: str = "", after: str = "") -> Box:
    """Write a word that a reader can point at."""
    look, bold = WORDS + [*DEFINED].index(name), bool(before) or name == "filter"
    written = parts.underlined(name + after, reading.frame(name, Pen(width=2.5)), bold=bold)
    pressed = part(written, f"What is a {name}?", on=reading.look == look, look=look)
    return row(text(before, bold=True), pressed, gap=2, align="middle") if before else pressed


def draw_channel(reading: Looking, c: int, at: Layout) -> Box:
    """Draw a channel of the image, with the pixels behind the number, and those behind one number of its window."""
    (_, i, j), style = reading.at, {"frame": reading.frame("channel", Pen(QUIET, 2))}
    if not reading.veiled:
        frames = [windows([(i, j)], reading.frame("receptive field", Pen(width=3)), reading.field)]
        if reading.cell:
            m, a, b = reading.cell
            frames.append(windows([(i + a, j + b)], Pen(hue(m), 2), 3))
        style |= {"marks": frames, "lit": (i, j, reading.field)}
    return titled(CHANNELS[c], parts.channel(reading.layers.image[c], at, **style), 3)


def draw_row(reading: Looking, m: int, at: Layout) -> list[tuple[float, float, Box]]:
    """Draw a filter of layer 1, its map, the window, the slice that reads it, and the sum of their products."""
    (_, *corner), own, drawn = (
        reading.at,
        Pen(hue(m), 2),
        [parts.small_filter(reading.layers.first[0][m], m, at)],
    )
    map_ = reading.layers.maps[m], m, at, reading.frame("feature map", own)
    if reading.veiled:
        return [*drawn, parts.small_map(*map_)]
    marks = [windows([reading.cell[1:]], Pen(width=2.5))] if reading.cell and reading.map == m else []
    window = parts.read_numbers(reading.window[m], m, at, corner, marks)
    slice_ = parts.slice_numbers(reading.weights[m], m, at, reading.frame("kernel", own), marks)

    def name(a: int, b: int) -> tuple[str, bool, dict[str, int]]:
        look = 1 + 9 * m + 3 * a + b
        return f"map {m + 1}, row {a + 1}, column {b + 1}", reading.look == look, {"look": look}

    pressed = [(x, y, spots(box, reading.window[m].shape, name)) for x, y, box in (window, slice_)]
    look, said = SUMS + m, hundredths(reading.sums[m])
    added = part(parts.row_sum(said, m), f"sum of map {m + 1}", on=reading.look == look, look=look)
    drawn += [parts.read_map(*map_, corner, reading.kernel), *pressed, *parts.signs(m, at)]
    return [*drawn, (at.sum, at.middle(m) - 15, added)]


def draw_number(reading: Looking) -> Box:
    """Draw the number that the four sums and the bias come to; pointing at it leads back to all of it."""
    number, counted = hundredths(reading.number), f"{reading.products.size} products, 1 bias"
    whole = parts.total(f"+ bias {parts.tenth(reading.bias)} =", number, counted)
    pressed = part(whole, "all of it", on=not reading.look, look=0)
    return column(pressed, aligned(word(reading, "neuron", "one"), "middle"), gap=2)


def draw_map(reading: Looking, f: int, size: tuple[float, float]) -> Box:
    """Draw a map of layer 2, whose numbers can be pressed."""
    values, here, title = reading.outputs[f], reading.at, f"map {LETTERS[f]}"
    marks = [windows([here[1:]], reading.frame("neuron", Pen(width=3)))] if here[0] == f else []

    def name(i: int, j: int) -> tuple[str, bool, dict[str, int]]:
        said = f"{title}: {hundredths(values[i, j])}, row {i + 1}, column {j + 1}"
        return said, (f, i, j) == here and not reading.look, {"filter": f, "row": i, "column": j, "look": 0}

    return titled(title, spots(draw_output(values, size, marks=marks), values.shape, name, "number"), 3)


# %%
def multiplied(reading: Looking) -> str:
    """Write the product, or the products of a map, that a reader looks at."""
    if reading.cell:
        factors = reading.window, reading.weights, reading.products
        x, w, product = (float(each[reading.cell]) for each in factors)
        weight = f"({parts.tenth(w)})" if w < 0 else parts.tenth(w)
        return f"{parts.tenth(x)} × {weight} = {hundredths(product)}"
    if reading.map is None:
        return ""
    return f"Map {reading.map + 1}: {reading.products[0].size} products, sum {hundredths(reading.sums[reading.map])}"


def describe(reading: Looking) -> str:
    """Say in one sentence what the picture shows."""
    if reading.word:
        return DEFINED[reading.word]
    if reading.map is not None:
        counted = f" is one of the {reading.products.size} products" if reading.cell else ""
        return f"{multiplied(reading)}{counted}."
    reads = "a 3×3 window" if reading.kernel == 3 else "one place"
    said = (
        f"Filter {LETTERS[reading.at[0]]} reads {reads} in all four maps at once, and makes one number of it"
    )
    return f"{said}: {hundredths(reading.number)}."


def explain(reading: Looking) -> str:
    """Say what is to be seen in it."""
    if reading.cell:
        more = " The nine of the window, together, come from 5×5." if reading.kernel == 3 else ""
        return f"The number of map {reading.cell[0] + 1} itself comes from 3×3 pixels (thin frame).{more}"
    if reading.map is not None or reading.word:
        return "Point at the large number to see all of it again."
    if reading.kernel == 1:
        return "A 1×1 filter mixes the maps and looks at no neighbour. Its number comes from the 3×3 pixels that layer 1 saw."
    return "Through the maps, the number depends on 5×5 pixels of the image. Three filters make three maps, not twelve."


def tabulate(reading: Looking) -> Table:
    """List what goes into the number, map by map."""
    rows = []
    for m, factors in enumerate(zip(reading.window, reading.weights, strict=True)):
        written = (" ".join(map(parts.tenth, each.flat)) for each in factors)
        rows.append((f"map {m + 1}", *written, fixed(float(reading.sums[m]))))
    rows += [("bias", "", "", fixed(reading.bias)), ("number", "", "", fixed(reading.number))]
    return Table(("from", "numbers of the window", "weights of the slice", "sum of products"), tuple(rows))


def glance() -> Box:
    """Draw the four maps of layer 1, and the question what reads them: for the start page."""
    maps = enumerate(make_layers(DEFAULT).maps)
    drawn = [parts.small_map(each, m, TALL, filter_pen(m))[2] for m, each in maps]
    return row(grid(drawn, 2), text("→ ?", HUGE, bold=True), gap=18, align="middle")


# %%
@demo(
    question="questions/what-does-the-second-layer-read.md",
    budget_seconds=8,
    picture=draw,
    opens=ask,
    recorded=("kernel",),
    sentence="Layer 2 has 3 filters, each {kernel} in size. Guess, then press a number, and point at its parts.",
)
def second_layer(
    kernel: Size = "3",
    seed: Annotated[int, Seed()] = DEFAULT,
    filter: Annotated[int, Pointed("Filter of layer 2", 0, FILTERS - 1)] = 0,
    row: Annotated[int, Pointed("Row of its map", 0, 4)] = 1,
    column: Annotated[int, Pointed("Column of its map", 0, 4)] = 1,
    look: Annotated[int, Pointed("Looked at", 0, WORDS + len(DEFINED) - 1)] = 0,
) -> Looking:
    """Two layers: what goes into one number?"""
    last = 5 - int(kernel)
    return Looking(make_layers(seed), int(kernel), (filter, min(row, last), min(column, last)), look)


second_layer

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/second_layer.md).
