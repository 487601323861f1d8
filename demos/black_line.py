# %% [markdown]
# ---
# title: "The black line: who learns it, and who pulls"
# description: Eight filters, one strong line. Which filters come to look like it, and which images still pull.
# hide: [toc]
# ---
#
# # The black line: who learns it, and who pulls
#
# One strong feature decides most of a task. Some filters learn it and others do not. This notebook measures how much each
# filter looks like that feature, and whose [residuals](../glossary.md#residual) are left when it is learned. It is the demo
# of [If a big black line decides, won't every filter learn it?](../questions/the-black-line.md), in full.

# %%
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import numpy as np

from convlens import SGD, Adam, Conv2d, GlobalAveragePool2d, ReLU, Sequential, data, initializers, shapes
from convlens import Linear as Dense
from convlens.attribution import residual
from convlens.train import Step, batches, train, until
from convlens.types import Params
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The task
#
# 64 noisy images of 12×12 pixels. Half belong to class 1: most of these show a horizontal line, twice as strong as
# anything else, and the rest another shape. Class 0 shows a vertical line. It is weaker, so the sum of all pixels alone
# would tell most images apart. Do filters learn the line, or its ink? `rival` makes the vertical line as strong.

# %%
COUNT, FILTERS, STEPS, STRENGTH, LINE_LIKE = 64, 8, 300, 2.0, 0.6
OTHERS = {"squiggle": shapes.squiggle(), "square": shapes.square()}


def make_images(
    rng: np.random.Generator, share: float, other: str, rival: float = 1.0
) -> tuple[np.ndarray, ...]:
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
# * **Likeness**: the largest cosine of a filter with a horizontal line at one of five heights, with its sign. From 0.6 on
#   the filter counts as line-like. A random filter almost never gets there.
# * **Pull**: the residual of an image is the only thing that all filters share. Added up over a group of images, and divided
#   by the sum over all, it is that group's share of the pull.
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
# A convolution with 5×5 filters, a ReLU, the mean of each map, and a linear layer for two classes, trained on all images at
# each step. "Usual" is He's start, "PyTorch's" is what its layers begin with, "tiny" is the usual start divided by 100.

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

    @property
    def count(self) -> int:
        return int((self.likeness >= LINE_LIKE).sum())


class Run(NamedTuple):
    """A run so far. samples: an image of each group, if it has any. minus (K,): which filters had a minus at every step."""

    moments: tuple[Moment, ...]
    minus: np.ndarray
    samples: tuple[np.ndarray | None, ...]
    other: str
    diverged: int | None = None

    @property
    def steps(self) -> list[int]:
        return [moment.step.number for moment in self.moments]


def simulate(
    start: str, optimizer: str, share: float, other: str, seed: int, *, filters=FILTERS, every=2, rival=1.0
) -> Iterator[Run]:
    """Train, and yield the run before the first and after every `every`-th update; stop if the loss is lost."""
    rng = np.random.default_rng(seed)
    x, labels, kinds = make_images(rng, share, other, rival)
    model, params = model_of(filters), first_weights(rng, filters, start)
    samples = tuple(next(iter(x[kinds == kind, 0]), None) for kind in (1, 2, 0))
    moments, minus = (), np.ones(filters, bool)
    for step in until(train(model, params, batches(x, labels), OPTIMIZERS[optimizer]), STEPS):
        if not np.isfinite(step.loss):
            yield Run(moments, minus, samples, other, diverged=step.number)
            return
        sign = signs(step.params)
        minus = minus & (sign < 0)
        if step.number % every == 0:
            pulls = pull(residual(model(step.params, x)[0], labels), kinds)
            shares, like = pulls / (pulls.sum() or 1.0), likeness(step.params["conv1"]["weight"][:, 0])
            moments = (*moments, Moment(step, pulls, shares, like, sign))
            yield Run(moments, minus, samples, other)


# %% [markdown]
# ## The picture

# %%
WIDTH, FULL = 344, 1.5  # of a panel; the weight that gets the full colour
TRAINING, LIKENESS = Linear(0, STEPS, label="training steps"), Linear(-1, 1, (-1, 0, 1))
FILLS = ((INK, None), (QUIET, 0.6), (HAIRLINE, None))
NOTE = "orange: weights above 0, blue: below; ● line-like; + or −: the sign, before → now"


def draw_filters(run: Run) -> Box:
    """Every filter; below, the likeness of all over the steps, each in the hue and with the number of its filter."""
    likenesses = np.array([moment.likeness for moment in run.moments])
    curves = [
        line(run.steps, curve, filter_pen(k, 1.5), label=filter_name(k, size=SMALL))
        for k, curve in enumerate(likenesses.T)
    ]
    chart = plot(rule(y=LINE_LIKE, name="0.6"), *curves, x=TRAINING, y=LIKENESS, width=WIDTH, height=150)
    tiles = grid([draw_filter(run, k) for k in range(len(curves))], 4, gap=(26, 10))
    return column(note("Each filter, and its likeness to the line"), tiles, chart, paragraph(NOTE, WIDTH))


def draw_filter(run: Run, k: int, side: float = 13) -> Box:
    """Filter k, above it its sign, below it its likeness."""
    before, now = ("+" if moment.sign[k] > 0 else "−" for moment in (run.moments[0], run.moments[-1]))
    sign = text(now if before == now else f"{before} → {now}", SMALL)
    value = float(run.moments[-1].likeness[k])
    # Just below the limit two digits would read 0.60, as if the filter counted.
    said = f"{fixed(value)}●" if value >= LINE_LIKE else fixed(value, 2 + (value >= LINE_LIKE - 0.005))
    tile = filter_cells(k, run.moments[-1].filters[k], side, FULL)
    return column(apart(filter_name(k), sign, 5 * side), tile, text(said, SMALL, mono=True), gap=5)


def draw_pulls(run: Run) -> Box:
    """How many filters are line-like, as a number; below, whose residual is left, and how much of it."""
    means = [float(moment.pulls.sum()) / COUNT for moment in run.moments]
    left = text(format_number(means[-1], 2), bold=True, mono=True, width=129)
    high = 0.5 if means[0] < 0.525 else 1.0
    up = Linear(0, high, (0, high))
    total = plot(line(run.steps, means, label=left), x=TRAINING, y=up, width=WIDTH, height=84)
    return column(
        headline(
            f"filters that look like the line after {run.steps[-1]} steps",
            f"{run.moments[-1].count} of 8",
            WIDTH,
        ),
        titled("Who pulls now: shares of the whole residual", draw_bands(run)),
        titled("All pull together: the mean residual of an image", total),
        gap=12,
    )


def draw_bands(run: Run) -> Box:
    """Three bands, from below: line images, the other shape, class 0; at the right an image of each, and its share."""
    shares = 100 * np.array([moment.shares for moment in run.moments])
    edges, bands = np.cumsum([np.zeros(len(shares)), *shares.T], axis=0), []
    for n, name in enumerate(("line images", f"{run.other}s", "class 0")):
        image = run.samples[n]
        sample = space(42) if image is None else image_cells(image, 3.5, Pen(QUIET), STRENGTH)
        share = text(percent(run.moments[-1].shares[n]), bold=True, mono=True, width=82)
        label = pad(row(sample, titled(share, note(name), gap=0), align="middle"), 0, 3, 0, 3)
        bands.append(area(run.steps, edges[n], edges[n + 1], *FILLS[n], label=label))
    return plot(*bands, x=Linear(0, STEPS), y=Linear(0, 100, (0, 50, 100)), width=WIDTH, height=200)


def glance() -> Box:
    """For the start page: an image with the line, and the filters before training."""
    run = next(black_line.states())
    filters = [filter_cells(k, each, 8, FULL) for k, each in enumerate(run.moments[0].filters)]
    image = image_cells(run.samples[0], 9, Pen(QUIET), STRENGTH)
    return row(image, grid(filters, 4, gap=(8, 8)), gap=24, align="middle")


# %% [markdown]
# ## The words and the table


# %%
def outcome(count: float, filters: int = FILTERS) -> str:
    """Return one word for how many filters became line-like; a prediction is compared with it."""
    return "none" if count == 0 else "all" if count == filters else "some" if 2 * count <= filters else "most"


def describe(run: Run) -> str:
    """Say in one sentence or two what a run shows."""
    (line0, other0, _), (line1, other1, _) = run.moments[0].shares, run.moments[-1].shares
    count, step = run.moments[-1].count, run.steps[-1]
    before = f"; at the start it was {percent(line0)} and {percent(other0)}" if step else ""
    return (
        f"{when(step)} {count} of 8 filters look{'s' * (count == 1)} like the line. Line images pull with "
        f"{percent(line1)} of the whole residual, {run.other}s with {percent(other1)}{before}."
    )


def explain(run: Run) -> str:
    """Say where the run stands, and what to know about it."""
    if run.diverged:
        said = f"Training diverged at step {run.diverged}: the loss is no longer a number."
        return f"{said} That is a result too."
    first, now = (format_number(float(run.moments[i].pulls.sum()) / COUNT, 2) for i in (0, -1))
    step, accuracy = run.steps[-1], run.moments[-1].step.accuracy
    said = f"Step {step} of {STEPS}. Accuracy {format_number(100 * accuracy)} %. Mean residual of an image {now}, "
    said += f"at the start {first}."
    if step == STEPS and accuracy < 0.9:
        said += " The task is not learned yet: read the counts with that in mind."
    return said + " One of the groups has no images." * any(image is None for image in run.samples)


GROUPS = ("line-like filters", "pull of line images", "pull of the other shape", "pull of class 0", "loss")


def tabulate(moments: dict[str, Moment]) -> Table:
    """Return counts and shares, a row for each moment by its name."""
    rows = [(name, each.count, *map(float, each.shares), each.step.loss) for name, each in moments.items()]
    return Table(("state", *GROUPS), tuple(rows))


def draw(run: Run) -> Figure:
    """One run: its filters, and who pulls; in the table some of the steps so far, the last of them always."""
    shown = {0, 10, 20, 50, 100, 150, 200, 250, run.steps[-1]}
    table = tabulate({f"step {m.step.number}": m for m in run.moments if m.step.number in shown})
    panels = draw_filters(run), draw_pulls(run)
    return Figure(panels, describe(run), table, explain(run), outcome(run.moments[-1].count))


# %% [markdown]
# ## The demo


# %%
OTHER_SHAPE = Choice("The rest of class 1 shows", ("a squiggle", "a square"))


RECORDED = ("start", "optimizer")


@demo(
    question="questions/the-black-line.md", budget_seconds=8, picture=draw, recorded=RECORDED, opens="start"
)
def black_line(
    start: Annotated[
        Literal["he", "pytorch", "tiny"], Choice("Start", ("usual (He)", "PyTorch's", "tiny"))
    ] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], Choice("Optimizer", ("gradient descent", "Adam"))] = "sgd",
    share: Annotated[float, Slider("Share of line images in class 1", 0, 1.0, step=0.1)] = 0.8,
    other: Annotated[Literal["squiggle", "square"], OTHER_SHAPE] = "squiggle",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Run]:
    """One strong line: which filters learn it, and which images still pull?"""
    yield from simulate(start, optimizer, share, other, seed)


black_line

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/black_line.md).
