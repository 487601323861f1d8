# %% [markdown]
# ---
# title: "Push one pixel of the image"
# description: Two layers of filters on a small image. Push any pixel, and see which numbers of the second layer change.
# hide: [toc]
# ---
#
# # Push one pixel of the image
#
# A number of the second layer never sees the image. Which pixels can change it all the same? Push one of them, and look. It is
# the second demo of [What does a filter of the second layer read?](../questions/what-does-the-second-layer-read.md);
# the [first](second_layer.py) has the same two layers.

# %%
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from convlens import data, shapes
from convlens.geometry import receptive_field
from convlens.ops import conv2d, relu
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## Two layers that can be checked by hand
#
# Pixels have one decimal, and the weights of layer 1 are −1, 0 or 1. So its maps have one decimal too. The weights of layer 2
# have one decimal, so its numbers have two. Nothing is rounded. The weights are random, as before any training.

# %%
CHANNELS, LETTERS, SIZE = ("red", "green", "blue"), "ABC", 7
MAPS, FILTERS, DEFAULT = (
    4,
    len(LETTERS),
    641,
)  # with this seed, the cross is seen by all maps, and few numbers are 0
Size = Annotated[Literal["3", "1"], Choice("Size of layer 2’s filters", ("3×3", "1×1"))]


class Layers(NamedTuple):
    """An image (3, 7, 7), the filters of layer 1 and its maps after a ReLU, (4, 5, 5), and the filters of layer 2."""

    image: np.ndarray
    first: tuple[np.ndarray, np.ndarray]  # weight (4, 3, 3, 3), bias (4,)
    maps: np.ndarray
    second: tuple[np.ndarray, np.ndarray]  # weight (3, 4, 3, 3), bias (3,)


@cache
def make_layers(seed: int) -> Layers:
    """Return the image and the layers that belong to a seed."""
    rng = np.random.default_rng(seed)
    shape = np.array([0.8, 0.2, 0.2]).reshape(3, 1, 1) * shapes.cross()
    x, _ = data.place_shapes(
        rng, [shape], 1, size=SIZE, channels=3, noise=0.08, rows=(1, 1), columns=(1, 1), dtype=np.float64
    )
    image = np.clip(x[0] + 0.1, 0, 1).round(1)
    first = rng.choice([-1.0, 0.0, 1.0], (MAPS, 3, 3, 3)), rng.integers(0, 5, MAPS) / 10
    weight = np.clip(rng.normal(0, 0.4, (FILTERS, MAPS, 3, 3)), -0.9, 0.9).round(1)
    second = weight, rng.choice([-0.3, -0.2, -0.1, 0.1, 0.2, 0.3], FILTERS)
    return Layers(image, first, respond(image, first), second)


def field_of(kernel: int) -> int:
    """Return a side of the square of pixels behind a number of layer 2."""
    return receptive_field([(3, 1), (kernel, 1)])


def respond(image: np.ndarray, first: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return the maps of layer 1, after the ReLU."""
    maps, _ = relu(conv2d(image[None], *first)[0].round(1))
    return np.asarray(maps[0])


def cut(weight: np.ndarray, kernel: int) -> np.ndarray:
    """Return filters of layer 2 of this side: a smaller one keeps the middle of each slice."""
    rim = (3 - kernel) // 2
    return weight[:, :, rim : 3 - rim, rim : 3 - rim]


def read(maps: np.ndarray, second: tuple[np.ndarray, np.ndarray], kernel: int) -> np.ndarray:
    """Return the maps of layer 2, (3, 3, 3), or (3, 5, 5) from filters of 1×1."""
    y, _ = conv2d(maps[None], cut(second[0], kernel), second[1])
    return np.asarray(y[0].round(2))


@dataclass(frozen=True, eq=False)
class Reading:
    """One number of layer 2, and what goes into it."""

    layers: Layers
    kernel: int  # a side of layer 2's filters
    at: tuple[int, int, int]  # filter, row, column

    @cached_property
    def outputs(self) -> np.ndarray:
        return read(self.layers.maps, self.layers.second, self.kernel)

    @cached_property
    def weights(self) -> np.ndarray:
        """The filter's four slices, (4, kernel, kernel)."""
        return cut(self.layers.second[0], self.kernel)[self.at[0]]

    @cached_property
    def window(self) -> np.ndarray:
        """What the filter reads: its place in all four maps, (4, kernel, kernel)."""
        _, i, j = self.at
        return self.layers.maps[:, i : i + self.kernel, j : j + self.kernel]

    @cached_property
    def products(self) -> np.ndarray:
        return np.asarray((self.window * self.weights).round(2))

    @cached_property
    def sums(self) -> np.ndarray:
        """Of the products of each map, (4,)."""
        return np.asarray(self.products.sum((1, 2)).round(2))

    @property
    def number(self) -> float:
        return float(self.outputs[self.at])

    @property
    def bias(self) -> float:
        return float(self.layers.second[1][self.at[0]])

    @property
    def field(self) -> int:
        """A side of the square of pixels behind the number."""
        return field_of(self.kernel)


# %% [markdown]
# ## A push
#
# One pixel gets much brighter, and then much darker, in one channel after the other. A number of layer 2 can see the pixel if it
# changes at least once. So the picture below is not computed from the sizes of the filters. It is tried.

# %%
PUSHES = (5.0, -5.0)


@dataclass(frozen=True, eq=False)
class Pushed:
    """The layers, the pixel that is pushed, and the maps of layer 2 before it."""

    layers: Layers
    kernel: int
    pixel: tuple[int, int]

    @cached_property
    def outputs(self) -> np.ndarray:
        return read(self.layers.maps, self.layers.second, self.kernel)

    @cached_property
    def changed(self) -> np.ndarray:
        """Which numbers of layer 2 has a push changed? As `outputs`."""
        return np.array([self.push(c, by) != self.outputs for c in range(3) for by in PUSHES]).any(0)

    def push(self, channel: int, by: float) -> np.ndarray:
        """Return the maps of layer 2 with the pixel of one channel changed."""
        image = self.layers.image.copy()
        image[(channel, *self.pixel)] += by
        return read(respond(image, self.layers.first), self.layers.second, self.kernel)

    @property
    def reached(self) -> np.ndarray:
        """Whose receptive field has the pixel in it? By the sizes of the filters alone, (side, side)."""
        field, places = field_of(self.kernel), np.arange(self.outputs.shape[1])
        rows, columns = ((places <= at) & (at < places + field) for at in self.pixel)
        return np.asarray(rows[:, None] & columns)


# %% [markdown]
# ## The picture


# %%
def draw(pushed: Pushed) -> Figure:
    """Draw the image, and layer 2 with all that a push changes, for a wide page and for a narrow one."""
    image = draw_image(pushed)
    side_by_side = row(image, *draw_outputs(pushed, 180), gap=36, align="middle")
    panels = wide(side_by_side), narrow(column(image, row(*draw_outputs(pushed, 104), gap=12), gap=16))
    return Figure(panels, describe(pushed), tabulate(pushed), explain(pushed), "tried")


def draw_outputs(pushed: Pushed, side: float) -> list[Box]:
    """Draw the maps of layer 2; what a push changes is framed, and the rest is pale."""
    outputs = []
    for letter, values, changed in zip(LETTERS, pushed.outputs, pushed.changed, strict=True):
        marks = [windows(np.argwhere(changed), Pen(width=3))]
        outputs.append(titled(f"map {letter}", draw_output(values, (side, side), lit=changed, marks=marks)))
    return outputs


def draw_image(pushed: Pushed) -> Box:
    """Draw the red channel, whose pixels can be pushed, and dragged over."""
    marks = [windows([pushed.pixel], Pen(width=4))]
    drawn = cells(pushed.layers.image[0], 29, grey=True, frame=Pen(QUIET, 2), marks=marks)

    def name(i: int, j: int) -> tuple[str, bool, dict[str, int]]:
        title = f"row {i + 1}, column {j + 1} of the image"
        return title, (i, j) == pushed.pixel, {"pixel_row": i, "pixel_column": j}

    return titled("push a pixel of the image", spots(drawn, (SIZE, SIZE), name, "pixel"))


def draw_output(values: np.ndarray, size: tuple[float, float], **style: Any) -> Box:
    """Draw a map of layer 2, with its numbers where there is room."""
    (width, height), n = size, len(values)
    numbers = fixed if width >= 45 * n else None
    return cells(
        values,
        height / n,
        full=4 if n == 3 else 2,
        wide=width / height,
        numbers=numbers,
        frame=Pen(width=2),
        **style,
    )


# %%
def describe(pushed: Pushed) -> str:
    """Say which numbers a push of the pixel changes."""
    (i, j), counts = pushed.pixel, pushed.changed.sum((1, 2)).tolist()
    said = f"The pixel in row {i + 1}, column {j + 1} can change"
    each = f"{counts[0]} of {pushed.outputs[0].size} numbers in each map"
    if len(set(counts)) > 1:
        each = ", ".join(f"{n} in map {letter}" for n, letter in zip(counts, LETTERS, strict=True))
    return f"{said} {each}."


def explain(pushed: Pushed) -> str:
    """Say which numbers these are."""
    field, missed = field_of(pushed.kernel), int((pushed.reached & ~pushed.changed).sum())
    said = f"They are the numbers whose {field}×{field} pixels include this one"
    if missed:
        said += f", but {missed} of them cannot see it: the products on the way there cancel, or are 0"
    return f"{said}. All others keep their value, to the last bit."


def tabulate(pushed: Pushed) -> Table:
    """List all numbers of layer 2, and whether a push has changed them."""
    rows = [
        (
            f"map {LETTERS[f]}",
            str(i + 1),
            str(j + 1),
            fixed(value),
            "yes" if pushed.changed[f, i, j] else "no",
        )
        for (f, i, j), value in np.ndenumerate(pushed.outputs)
    ]
    return Table(("map", "row", "column", "number", "changes"), tuple(rows))


# %%
@demo(
    question="questions/what-does-the-second-layer-read.md",
    budget_seconds=8,
    picture=draw,
    recorded=("kernel",),
    sentence="The filters of layer 2 are {kernel} in size. Push a pixel, and look which numbers of layer 2 change.",
)
def pushed_pixel(
    kernel: Size = "3",
    seed: Annotated[int, Seed()] = DEFAULT,
    pixel_row: Annotated[int, Pointed("Row of the pixel", 0, SIZE - 1)] = 1,
    pixel_column: Annotated[int, Pointed("Column of the pixel", 0, SIZE - 1)] = 1,
) -> Pushed:
    """Push a pixel: which numbers of layer 2 change?"""
    return Pushed(make_layers(seed), int(kernel), (pixel_row, pixel_column))


pushed_pixel

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/second_layer.md).
