# %% [markdown]
# ---
# title: "1 to 32 filters, from several starts"
# description: Six networks with 1, 2, 4, 8, 16 and 32 filters learn the same images. How many new images does each get right?
# hide: [toc]
# ---
#
# # 1 to 32 filters, from several starts
#
# [How many filters do I need? Is one enough?](../questions/how-many-filters.md) Six networks differ in nothing but the number of
# their filters. All learn the same images, from eight starts each. Another notebook [takes filters away](spare_filters.py).

# %%
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Annotated, Literal

import numpy as np
from nine_starts import within

from convlens import Adam, Conv2d, Dropout, Flatten, GlobalAveragePool2d, ReLU, Sequential
from convlens import Linear as Dense
from convlens.data import handwritten_digits_task, several_filters_task
from convlens.layers.filters import outgoing_weights
from convlens.train import batches, train, until
from convlens.types import Labels, Params
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# The images have 8x8 pixels: handwritten digits, or lines in four directions. A filter has 5x5 weights, so its map has 16
# numbers. The next layer reads either the mean of each map or all 16 numbers. Of 1797 images, 1000 are learned in 1000 steps with
# Adam, 32 images a step. The other 797 are the test.

# %%
COUNTS, STARTS = (1, 2, 4, 8, 16, 32), 8
LEARN, NEW, SIZE, KERNEL = 1000, 797, 8, 5
MAP = (SIZE - KERNEL + 1) ** 2
STEPS, RATE, BATCH = 1000, 0.01, 32
Images, Reads = Literal["digits", "lines"], Literal["mean", "map"]
IMAGES = "handwritten digits", "four lines"
READS = "the mean of each map", "the whole of each map"


@lru_cache(2)
def images_of(images: str, seed: int) -> tuple[np.ndarray, Labels]:
    """Return all images, in an order of their own for each seed, and their labels; the first LEARN are learned."""
    rng = np.random.default_rng(seed)
    if images == "digits":
        return handwritten_digits_task(rng, LEARN + NEW)
    return several_filters_task(rng, LEARN + NEW, size=SIZE)


@dataclass(frozen=True, eq=False)
class Network:
    """A network, and the images that it has not learned."""

    model: Sequential
    params: Params
    x: np.ndarray
    labels: Labels

    @property
    def filters(self) -> np.ndarray:
        return self.params["conv1"]["weight"][:, 0]

    @cached_property
    def maps(self) -> np.ndarray:
        """Each filter's map of each new image, (N, K, MAP)."""
        maps = self.model.trace(self.params, self.x)["relu1"]
        return maps.reshape(*maps.shape[:2], -1)

    @cached_property
    def black(self) -> np.ndarray:
        """Of each filter: is its map 0 on every new image? (K,)."""
        black: np.ndarray = ~self.maps.any((0, 2))
        return black

    @cached_property
    def added(self) -> np.ndarray:
        """What each filter adds to each score of each new image, (K, N, classes)."""
        outgoing = outgoing_weights(self.params)
        read = self.maps.mean(2, keepdims=True) if outgoing.shape[2] == 1 else self.maps
        return np.einsum("nkp,mkp->knm", read, outgoing)

    def right(self, kept: np.ndarray) -> int:
        """Return how many of the new images are right if only these filters are kept; kept: (K,) of 0 and 1."""
        scores = np.einsum("k,knm->nm", kept.astype(self.added.dtype), self.added)
        scores = scores + self.params["linear1"]["bias"]
        return int((scores.argmax(1) == self.labels).sum())


def start(images: str, reads: str, filters: int, seed: int, dropout: bool = False) -> Network:
    """Return a network before training."""
    x, labels = images_of(images, seed)
    read = GlobalAveragePool2d() if reads == "mean" else Flatten()
    layers = [Conv2d(filters, kernel=KERNEL), ReLU(), read, *([Dropout(0.5)] if dropout else [])]
    model = Sequential(*layers, Dense(int(labels.max()) + 1))
    params, _ = model.init(np.random.default_rng([seed, filters]), in_shape=x.shape[1:])
    return Network(model, params, x[LEARN:], labels[LEARN:])


def learn(
    images: str, reads: str, filters: int, seed: int, *, dropout: bool = False, steps: int = STEPS
) -> Network:
    """Return a network after training."""
    begin, rng = start(images, reads, filters, seed, dropout), np.random.default_rng([seed, 1])
    x, labels = images_of(images, seed)
    stream = batches(x[:LEARN], labels[:LEARN], BATCH, rng)
    (last,) = deque(until(train(begin.model, begin.params, stream, Adam(RATE), rng), steps), 1)
    return Network(begin.model, last.params, begin.x, begin.labels)


@dataclass(frozen=True, eq=False)
class Dots:
    """The share of new images right of each network so far: for each number of filters, one from each start."""

    images: str
    reads: str
    shares: tuple[tuple[float, ...], ...]
    seed: int

    @property
    def medians(self) -> list[float]:
        return [float(np.median(each)) for each in self.shares if each]

    @property
    def chance(self) -> float:
        return 0.1 if self.images == "digits" else 0.25


@cache
def share_of(images: str, reads: str, filters: int, seed: int) -> float:
    """Return the share of new images right after training; known at once to a reader who goes back, or one seed on."""
    return learn(images, reads, filters, seed).right(np.ones(filters)) / NEW


def simulate(images: str, reads: str, seed: int) -> Iterator[Dots]:
    """Train one network after another, all six from one start and then from the next."""
    shares: list[tuple[float, ...]] = [()] * len(COUNTS)
    yield Dots(images, reads, tuple(shares), seed)
    for each in range(seed, seed + STARTS):
        for n, filters in enumerate(COUNTS):
            shares[n] = (*shares[n], share_of(images, reads, filters, each))
            yield Dots(images, reads, tuple(shares), seed)


# %% [markdown]
# ## The picture
#
# At the left each network is a dot, and a bar is the median of the networks with as many filters. At the right is what the next
# layer gets to read of an image: one filter before training, its map, and one number or sixteen.

# %%
WIDE, HIGH, SIDE = 376, 340, 5  # pixels
ACROSS = Linear(-0.5, 5.5, range(6), "filters", grid=False, texts=tuple(map(str, COUNTS)))
UP = Linear(0, 100, (0, 50, 100))


def draw(state: Dots) -> Figure:
    """Draw the dots, and what the next layer reads."""
    outcome = " ".join(f"{100 * share:.0f}" for share in state.medians)
    chart = titled("% of new images right", draw_dots(state), 6)
    panels = chart, draw_reading(state.images, state.reads, state.seed)
    return Figure(panels, describe(state), tabulate(state), explain(state), outcome or "none")


def draw_dots(state: Dots) -> Box:
    """Draw a dot for each network, and the median of those with as many filters."""
    marks = [rule(y=100 * state.chance, pen=Pen(QUIET, 1, "2 5"))]
    marks.append(written(5.5, 100 * state.chance - 5, note("by chance", align="end")))
    for n, shares in enumerate(each for each in state.shares if each):
        xs = [n + 0.05 * (k % 2 * 2 - 1) * (k + 1) * 0.55 for k in range(len(shares))]
        middle, lowest = 100 * state.medians[n], 100 * min(shares)
        marks.append(dots(xs, [100 * share for share in shares], 3.5, QUIET))
        marks.append(line((n - 0.3, n + 0.3), (middle, middle), Pen(width=3.5)))
        below = lowest - 7 if middle > 80 else 100 * max(shares) + 7
        marks.append(written(n, below, text(f"{middle:.0f}", bold=True, align="middle")))
    return plot(*marks, x=ACROSS, y=UP, width=WIDE, height=HIGH, guess=True)


def written(x: float, y: float, words: Box) -> Mark:
    """Return words at a place on the axes."""
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[words.align]
    return Mark(
        lambda axes: words.draw(float(axes.x(x)) - share * words.width, float(axes.y(y)) - words.height / 2)
    )


@lru_cache(2)
def draw_reading(images: str, reads: str, seed: int) -> Box:
    """Draw an image of each class, and one image on its way to the next layer."""
    network = start(images, reads, 4, seed)
    classes = range(int(network.labels.max()) + 1)
    firsts = [network.x[int(np.flatnonzero(network.labels == each)[0]), 0] for each in classes]
    gallery = grid([image_cells(each, SIDE, Pen(QUIET)) for each in firsts], 5, (14, 12))
    n = int(np.flatnonzero(network.labels == 3)[0])
    k = int(network.maps[n].max(1).argmax())
    shown = network.maps[n, k].reshape(4, 4)
    lanes = [
        column(within(stage, 78, 54), text(words, SMALL, QUIET, align="middle", width=78), gap=4)
        for stage, words in stages(network.x[n, 0], network.filters[k], shown, reads == "map")
    ]
    arrow = column(space(0, 16), text("→", ink=QUIET), gap=0)
    way = row(*[each for lane in lanes for each in (lane, arrow)][:-1], gap=2)
    listens = note("→ next layer", align="end")
    read = titled("what the next layer reads of a filter", column(way, listens, gap=6), 8)
    return once(column(titled("some of the images", gallery, 8), read, gap=28))


def stages(image: np.ndarray, weights: np.ndarray, shown: np.ndarray, whole: bool) -> list[tuple[Box, str]]:
    """Return the drawings on the way to the next layer, each with its name."""
    pen, top = filter_pen(0), float(shown.max()) or 1.0
    numbers = [image_cells(each.reshape(1, 1), 9, Pen(hue(0)), top) for each in shown.ravel()]
    mean = image_cells(np.full((1, 1), shown.mean()), 22, pen, top)
    return [
        (image_cells(image, SIDE, Pen(QUIET)), "image"),
        (filter_cells(0, weights, 8), "filter"),
        (image_cells(shown, 10, pen, top), "its map"),
        (grid(numbers, 4, (3, 3)), "16 numbers") if whole else (mean, "1 number"),
    ]


# %% [markdown]
# The same in words.


# %%
def describe(state: Dots) -> str:
    """Say what the median network gets right, for each number of filters."""
    medians = state.medians
    if not medians:
        return "Six networks, with 1 to 32 filters, have not been trained yet."
    counts, rights = (join(each) for each in (map(str, COUNTS[: len(medians)]), map(percent, medians)))
    share = f"With {counts} {plural(COUNTS[len(medians) - 1], 'filter')}, {rights} of new images are right"
    return f"{share}: the median of {how_many(len(state.shares[0]), 'start')}."


def join(words: Iterable[str]) -> str:
    """Return words as a list in a sentence."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def explain(state: Dots) -> str:
    """Say what a dot is, or what is asked."""
    if not state.medians:
        return f"Chance is {percent(state.chance)}. How many of the new images will each network get right?"
    return "Each dot is a network that was trained. A bar is the median."


def tabulate(state: Dots) -> Table:
    """For each number of filters: least, median and most."""
    rows = []
    for filters, shares in zip(COUNTS, state.shares, strict=True):
        ends = (min(shares), float(np.median(shares)), max(shares)) if shares else ("", "", "")
        rows.append((filters, len(shares), *ends))
    return Table(("Filters", "Networks", "Least right", "Median", "Most right"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/how-many-filters.md",
    budget_seconds=20,
    picture=draw,
    recorded=("images", "reads"),
    opens="start",
    sentence="{run} networks of 1 to 32 filters on {images}, and let the next layer read {reads}.",
)
def filter_count(
    images: Annotated[Images, Choice("Images", IMAGES)] = "digits",
    reads: Annotated[Reads, Choice("The next layer reads", READS)] = "mean",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Dots]:
    """How many filters are enough?"""
    yield from simulate(images, reads, seed)


filter_count
