# %% [markdown]
# ---
# title: "The black line, in ten networks"
# description: One strong line decides most of a task. How many of eight filters become that line? You choose what counts.
# hide: [toc]
# ---
#
# # The black line, in ten networks
#
# Ten networks learn a task that one strong line nearly decides. How many of their eight filters become the line? It is the
# first demo of [If a big black line decides, won't every filter learn it?](../questions/the-black-line.md), in full.

# %%
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import numpy as np

from convlens import SGD, Adam, Conv2d, GlobalAveragePool2d, ReLU, Sequential, data, initializers, shapes
from convlens import Linear as Dense
from convlens.attribution import residual
from convlens.train import Step, batches, train, until
from convlens.types import Params
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The task
#
# 64 noisy images of 12×12 pixels. Half belong to class 1: most of these show a horizontal line, twice as strong as anything else,
# and the rest another shape. Class 0 shows a vertical line, which is weaker. `rival` makes it as strong.

# %%
COUNT, NETWORKS, FILTERS, STEPS, STRENGTH, LINE_LIKE = 64, 10, 8, 300, 2.0, 0.6
OTHERS = {"squiggle": shapes.squiggle(), "square": shapes.square()}


def make_images(rng: np.random.Generator, share: float, other: str, rival=1.0) -> tuple[np.ndarray, ...]:
    """Return images, labels and kinds: 0 a vertical line of strength `rival` (class 0), 1 the strong line, 2 the other shape."""
    x, labels = data.place_shapes(rng, [None, None], COUNT, dtype=np.float64)
    first = np.cumsum(labels) <= round(share * int(labels.sum()))
    kinds = labels * np.where(first, 1, 2)
    drawn = (rival * shapes.vertical(), STRENGTH * shapes.horizontal(), OTHERS[other])
    data.stamp(rng, x, [drawn[kind] for kind in kinds])
    return x, labels, kinds


# %% [markdown]
# ## Three measurements
#
# * **Likeness**: the largest cosine of a filter with a horizontal line at one of five heights, with its sign. From 0.6 on the
#   filter counts as the line. A random filter almost never gets there. In the figure you can move that limit.
# * **Pull**: the [residual](../glossary.md#residual) of an image, which all filters share, added up over a group of images.
# * **Sign**: the next layer's weight for class 1 minus its weight for class 0. Above 0 the filter speaks for class 1.


# %%
def likeness(filters: np.ndarray) -> np.ndarray:
    """Return, for filters (K, 5, 5), the largest cosine with a horizontal line at one of five heights, with its sign."""
    length = np.sqrt(np.einsum("kij,kij->k", filters, filters))
    cosines = np.einsum("kij->ki", filters) / (np.sqrt(5) * np.where(length == 0, 1, length))[:, None]
    return np.take_along_axis(cosines, np.abs(cosines).argmax(axis=1)[:, None], axis=1)[:, 0]


def pull(errors: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return the sum of |residual| over the line images, over those of the other shape, and over class 0."""
    # --8<-- [start:pull]
    # With two classes both numbers of a residual are of one size: the first says all.
    return np.array([np.abs(errors[kinds == kind, 0]).sum() for kind in (1, 2, 0)])
    # --8<-- [end:pull]


def signs(params: Params) -> np.ndarray:
    """Return each filter's weight for class 1 minus its weight for class 0, (K,)."""
    against, in_favour = params["linear1"]["weight"]
    return in_favour - against


# %% [markdown]
# ## The experiment
#
# A convolution with 5×5 filters, a ReLU, the mean of each map, and a linear layer for two classes, trained on all images at each
# step. "he" is the usual start, "pytorch" is what PyTorch's layers begin with, "tiny" is the usual start divided by 100.

# %%
usual = initializers.he()
STARTS = {"he": usual, "pytorch": initializers.torch_default(), "tiny": lambda *sizes: usual(*sizes) / 100}
OPTIMIZERS = {"sgd": SGD(learning_rate=1.0), "adam": Adam(learning_rate=0.01)}


def model_of(filters: int, start: str = "he") -> Sequential:
    """Return the network, for any number of filters."""
    convolution = Conv2d(filters, kernel=5, initializer=STARTS[start])
    return Sequential(convolution, ReLU(), GlobalAveragePool2d(), Dense(2, initializer=STARTS[start]))


def first_weights(rng: np.random.Generator, filters: int, start: str) -> Params:
    """Return the parameters before training."""
    params, _ = model_of(filters, start).init(rng, in_shape=(1, 12, 12), dtype=np.float64)
    for layer, fan_in in (("conv1", 25), ("linear1", filters)) if start == "pytorch" else ():
        shape = params[layer]["bias"].shape  # PyTorch draws the biases as well
        params[layer]["bias"] = STARTS[start](rng, shape, fan_in, shape[0])
    return params


class Moment(NamedTuple):
    """A run after one step. pulls, shares (3,): of the line images, the other shape, class 0; likeness, sign (K,)."""

    step: Step
    pulls: np.ndarray
    shares: np.ndarray
    likeness: np.ndarray
    sign: np.ndarray

    @property
    def filters(self) -> np.ndarray:
        return self.step.params["conv1"]["weight"][:, 0]


class Run(NamedTuple):
    """A run so far. samples: an image of each group, if it has any. minus (K,): which filters had a minus at every step."""

    moments: tuple[Moment, ...]
    minus: np.ndarray
    samples: tuple[np.ndarray | None, ...]
    diverged: int | None = None


def simulate(start, optimizer, seed, *, share=0.8, other="squiggle", rival=1.0, every=10) -> Iterator[Run]:
    """Train, and yield the run before the first and after every `every`-th update; stop if the loss is lost."""
    rng = np.random.default_rng(seed)
    x, labels, kinds = make_images(rng, share, other, rival)
    model, params = model_of(FILTERS), first_weights(rng, FILTERS, start)
    samples = tuple(next(iter(x[kinds == kind, 0]), None) for kind in (1, 2, 0))
    moments, minus = (), np.ones(FILTERS, bool)
    for step in until(train(model, params, batches(x, labels), OPTIMIZERS[optimizer]), STEPS):
        if not np.isfinite(step.loss):
            yield Run(moments, minus, samples, diverged=step.number)
            return
        sign = signs(step.params)
        minus = minus & (sign < 0)
        if step.number % every == 0:
            pulls = pull(residual(model(step.params, x)[0], labels), kinds)
            shares, like = pulls / (pulls.sum() or 1.0), likeness(step.params["conv1"]["weight"][:, 0])
            moments = (*moments, Moment(step, pulls, shares, like, sign))
            yield Run(moments, minus, samples)


class Ten(NamedTuple):
    """Ten networks after one step: seed is that of the first."""

    seed: int
    number: int
    runs: tuple[Run, ...]

    @property
    def likeness(self) -> np.ndarray:
        """Of each filter, (networks, K)."""
        return np.array([run.moments[-1].likeness for run in self.runs])


def train_ten(start: str, optimizer: str, seed: int) -> Iterator[Ten]:
    """Train ten networks side by side; one that diverges stays as it was."""
    each = [simulate(start, optimizer, seed + n) for n in range(NETWORKS)]
    runs: list[Run | None] = [None] * NETWORKS
    for number in range(0, STEPS + 1, 10):
        runs = [next(run, before) for run, before in zip(each, runs, strict=True)]
        if number in (0, 10, 20, 40, 60, 80, 120, 160, 220, 300):
            yield Ten(seed, number, tuple(runs))


# %% [markdown]
# ## The picture
#
# An axis with a tick for each filter, and a round handle: what is to its right counts as the line. Below, one row for each
# network, with its most line-like filter first. Likeness knows only shapes, so each filter is shaded by its own largest weight.

# %%
BAR = Dial("likeness", "Count a filter as the line from this likeness on", 0, 1, 0.02, LINE_LIKE)
SAID = f"the line from {LINE_LIKE:.2f} on"
WORDS = (0, "0 nothing in common"), (0.5, "0.5"), (0.89, "1 exactly the line")
TILE = 5 + 1  # squares: a filter and the gap after it


def draw_row(run: Run, side: float) -> Box:
    """The filters of one network, and how many count."""
    like = run.moments[-1].likeness
    filters = run.moments[-1].filters[np.argsort(-like, kind="stable")]
    largest = np.abs(filters).max(axis=(1, 2), keepdims=True)
    strip = np.full((5, TILE * FILTERS - 1), np.nan)
    shades = np.ceil(4 * np.abs(filters) / np.where(largest == 0, 1, largest)) ** 2 / 16
    for k, kernel in enumerate(np.sign(filters) * shades):
        strip[:, TILE * k : TILE * k + 5] = kernel
    places = [(0, TILE * k) for k in range(FILTERS)]
    tiles = cells(strip, side, marks=[windows(places, Pen(HAIRLINE), 5)])
    x, y = Linear(0, strip.shape[1]), Linear(5, 0)

    def frame(count: int) -> Box:
        rest = windows(places[count : count + 1], None, 5, strip.shape[1], ink=PAPER, opacity=0.4)
        marks = rest, windows(places[:count], Pen(width=3), 5)
        framed = plot(*marks, x=x, y=y, width=tiles.width, height=tiles.height)
        said = text(str(count), LARGE, INK if count else QUIET, bold=count > 0, width=26, align="end")
        return row(framed, said, align="middle")

    return overlay(row(tiles, space(26)), BAR.varying(BAR.count(like), frame))


def draw_axis(ten: Ten, width: float) -> Box:
    """One tick for each filter at its likeness, thick where it counts, and the handle."""

    def ticks(values: np.ndarray, height: float, pen: Pen) -> Mark:
        return windows([(0, value) for value in values], pen, height, 0)

    like = np.sort(ten.likeness, axis=None)
    stops, like = np.array([BAR.stop(value) for value in like]), np.floor(100 * like) / 100  # short numbers
    each = sorted(set(stops[stops >= 0].tolist()))
    thick = [BAR.until(ticks(like[stops == n], 0.42, Pen(width=3)), BAR.stops[n]) for n in each]
    marks = ticks(like, 0.3, Pen(QUIET, 1.5)), *thick, BAR.handle(0, top=1, text=SAID)
    x, y, inner = Linear(-0.6, 1), Linear(0, 1), width - 24
    axis = plot(rule(y=0, pen=Pen(width=1.5)), *marks, x=x, y=y, width=inner, height=58)
    words = WORDS if width > 400 else ((0, "0"), (0.5, "0.5"), (1, "1"))
    names = [centred(12 + inner * float(x.share(at)), 86, note(name)) for at, name in words]
    return place(width, 96, (12, 2, axis), *names)


def draw_number(ten: Ten) -> Box:
    """How many of eight count in a typical network, and in the ten."""
    counts = np.array([BAR.count(like) for like in ten.likeness])
    medians = [f"{median:g} of {FILTERS}" for median in np.median(counts, axis=0)]
    ends = [between(counts[:, n]) for n in range(counts.shape[1])]
    number = BAR.varying(medians, lambda said: text(said, HUGE, bold=True, width=196), said=True)
    spread = BAR.varying(ends, lambda said: text(f"{said} of {FILTERS} in the ten", SMALL, QUIET, width=196))
    return column(
        number, note("in a typical network (median),"), spread, note(when(ten.number).lower()), gap=2
    )


def draw_sample(ten: Ten, kind: int, side: float) -> Box:
    """An image of a kind, with its name."""
    image = image_cells(ten.runs[0].samples[kind], side, Pen(QUIET), STRENGTH)
    return column(image, note(("the line", "squiggle", "class 0")[kind]), gap=4)


def draw(ten: Ten) -> Figure:
    """Ten networks, how many of their filters count as the line, and the handle that decides what counts."""
    others = row(draw_sample(ten, 1, 5.5), draw_sample(ten, 2, 5.5), gap=16)
    left = column(draw_sample(ten, 0, 13), others, draw_number(ten), gap=12)
    rows = grid([draw_row(run, 7.8) for run in ten.runs], 2, gap=(32, 12))
    across = row(left, column(draw_axis(ten, rows.width), rows, gap=12), gap=32)
    top = row(draw_sample(ten, 0, 7), draw_number(ten), gap=20)
    down = column(top, draw_axis(ten, 352), *[draw_row(run, 6.8) for run in ten.runs], gap=9)
    counts = (ten.likeness >= LINE_LIKE).sum(axis=1)
    said, ended = describe(ten.number, counts), f"{np.median(counts):g}"
    return Figure((wide(across), narrow(down)), said, tabulate(ten), explain(ten), ended)


def glance() -> Box:
    """For the start page: an image with the line, and the filters of a network before training."""
    run = next(simulate("he", "sgd", 0))
    filters = [filter_cells(k, each, 8, 1.5) for k, each in enumerate(run.moments[0].filters)]
    return row(image_cells(run.samples[0], 9, Pen(QUIET), STRENGTH), grid(filters, 4, (8, 8)), gap=24)


def between(counts: np.ndarray) -> str:
    """Return the least and the greatest count in words."""
    return f"{counts.min()}" if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"


def describe(number: int, counts: np.ndarray) -> str:
    """Say in one sentence how many filters count."""
    median, limit = np.median(counts), f"like the line (cosine {LINE_LIKE:.2f} or more)"
    typical = (
        f"{median:g} of {FILTERS} filters {'is' if median == 1 else 'are'}" if median else "no filter is"
    )
    return f"{when(number)}, {typical} {limit} in a typical network. In the ten networks it is {between(counts)}."


def explain(ten: Ten) -> str:
    """Say what to do next."""
    if lost := sum(bool(run.diverged) for run in ten.runs):
        return (
            f"Training diverged in {lost} of the ten: the loss is no longer a number. That is a result too."
        )
    if ten.number:
        return "Another limit, start or optimizer gives another number."
    said = "Each row is a network, with its most line-like filter first."
    return f"{said} Drag the round handle to choose what counts as the line."


def tabulate(ten: Ten) -> Table:
    """Return how many filters count, a row for each network."""
    counts = (ten.likeness >= LINE_LIKE).sum(axis=1).tolist()
    accuracies = [run.moments[-1].step.accuracy for run in ten.runs]
    rows = [(f"seed {ten.seed + n}", *each) for n, each in enumerate(zip(counts, accuracies, strict=True))]
    return Table(("network", f"filters with {LINE_LIKE:.2f} or more", "accuracy"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
START = Choice("Weights start at", ("the usual size", "a hundredth of it"))
OPTIMIZER = Choice("Optimizer", ("SGD", "Adam"))
PAGE, RECORDED = "questions/the-black-line.md", ("start", "optimizer")
SENTENCE = "{run} ten networks for 300 steps, with weights of {start} and {optimizer}."


@demo(question=PAGE, budget_seconds=60, picture=draw, recorded=RECORDED, opens="start", sentence=SENTENCE)
def black_line(
    start: Annotated[Literal["he", "tiny"], START] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], OPTIMIZER] = "sgd",
    seed: Annotated[int, Seed("First seed")] = 0,
) -> Iterator[Ten]:
    """One strong line: how many of eight filters become it?"""
    yield from train_ten(start, optimizer, seed)


black_line

# %% [markdown]
# The same over 50 seeds, with every number that the page quotes: [the evidence](../evidence/black_line.md).
