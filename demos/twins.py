# %% [markdown]
# ---
# title: "Twins: two filters, tied and untied"
# description: Two filters of a small convolutional network, trained in NumPy, with their two ties set separately.
# hide: [toc]
# ---
#
# # Twins: two filters, tied and untied
#
# Two filters see the same images and follow the same loss. This notebook starts them equal, or not,
# and measures by how much they differ after each step of gradient descent. It is the first demo of
# [Why don't all filters learn the same thing?](../questions/why-not-the-same.md), in full. The second one,
# [the gradient of one image](pull.py), takes apart what changes them.
#
# You need to know what a convolution is. You will see which two things must be equal for two filters
# to stay equal, and that "equal" here means every bit.

# %%
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, ReLU, Sequential, Step, data
from convlens import Linear as Dense
from convlens.shapes import falling, horizontal, rising, vertical
from convlens.symmetry import cosine, largest_difference
from convlens.ties import tie
from convlens.train import batches, train, until
from convlens.types import Params, Rng
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# The network is as small as it can be and still show the effect: two 5x5 filters, a ReLU, the mean
# of each map, and a linear layer that reads the two means. Filter *k* has an **incoming** side, its own
# 25 weights and bias, and an **outgoing** side, the weights by which the next layer reads its map.
# The two sides are tied separately.
#
# It runs in float64, so that a gap of 10⁻⁹ leaves room for six digits more.

# %%
COUNT, RATE = 64, 1.0
QUESTIONS = "which way is the line?", "is there a line?", "handwritten digits"
LINES = {f"a {line.__name__} line": line() for line in (horizontal, vertical, falling, rising)}
SAME = "the same", "different"
CLASSES = {
    "several": tuple(LINES),
    "one": ("no line", "a horizontal line"),
    "digits": tuple(f"the digit {n}" for n in range(10)),
}


def draw_digits(rng: Rng, count: int, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Return real pictures, minus their mean: with pixels that are never below 0, steps of this size would stop the filters."""
    x, labels = data.handwritten_digits_task(rng, count=count, dtype=dtype)
    return x - x.mean(), labels


TASKS = {"several": data.several_filters_task, "one": data.one_filter_task, "digits": draw_digits}


@dataclass(frozen=True, eq=False)
class Twins:
    """One step of a run: where the two filters stand, and by how much they differed at each step so far."""

    task: str
    steps: int
    gap_is_used: bool
    model: Sequential
    x: np.ndarray
    labels: np.ndarray
    step: Step
    differences: tuple[float, ...]
    diverged: bool = False


def split_sides(tree: Params) -> tuple[np.ndarray, np.ndarray]:
    """Of parameters or gradients, what belongs to each filter: its kernel, (2, 5, 5), and its outgoing weights, (2, M)."""
    return tree["conv1"]["weight"][:, 0], tree["linear1"]["weight"].T


def simulate(
    incoming: str,
    outgoing: str,
    gap: float,
    task: str,
    steps: int,
    seed: int,
    specks: np.ndarray | float = 0.0,
) -> Iterator[Twins]:
    """Train, and yield the two filters before the first and after each of `steps` updates; stop if the loss is lost.

    specks: what is added to the weights of the second filter before the first update, (5, 5).
    """
    rng = np.random.default_rng(seed)
    x, labels = TASKS[task](rng, count=COUNT, dtype=np.float64)
    model = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Dense(int(labels.max()) + 1))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    copied = incoming == "same"  # only a copy can be moved off by a gap
    params = tie(params, incoming=copied, outgoing=outgoing == "same", gap=gap if copied else 0.0)
    params["conv1"]["weight"][1, 0] += specks
    state, differences = None, ()
    for step in until(train(model, params, batches(x, labels), SGD(RATE)), steps):
        if np.isfinite(step.loss):
            differences = (*differences, largest_difference(*step.params["conv1"]["weight"]))
            state = Twins(task, steps, copied or not gap, model, x, labels, step, differences)
            yield state
        elif state:
            yield replace(state, diverged=True)


# %% [markdown]
# ## The picture
#
# Weights and gradients are orange above zero and blue below; what is *exactly* zero is hollow and carries a 0.
# What belongs to a filter has its colour.

# %%
WIDTH, WEIGHTS, OUTGOING = 344, 2.5, 5.0  # of a panel; and which sizes get the full colour
type Row = tuple[str | int | float, ...]


def draw(state: Twins) -> Figure:
    """Both filters, and how far they are apart."""
    panels = draw_filters(state), column(draw_difference(state), draw_history(state), gap=14)
    (_, outgoing), (gradients, _) = split_sides(state.step.params), split_sides(state.step.grads)
    rows = [compare(f"v: {name}", *v) for name, v in zip(CLASSES[state.task], outgoing.T, strict=True)]
    rows.append(compare("gradient", *gradients))
    return present(state, panels, rows)


def present(state: Twins, panels: tuple[Box, ...], rows: Sequence[Row], more: str = "") -> Figure:
    """A figure with its words and its table; a prediction is compared with its outcome."""
    difference, said = state.differences[-1], f"{describe(state)} {more}".rstrip()
    outcome = "same" if difference == 0 else "near" if difference < 1e-3 else "apart"
    return Figure(panels, said, tabulate(state, rows), explain(state), outcome)


def draw_filters(state: Twins) -> Box:
    """Both filters, the outgoing weights that read them, and their gradients."""
    (filters, outgoing), (gradients, _) = split_sides(state.step.params), split_sides(state.step.grads)
    full, both = float(np.abs(gradients).max()), []
    for k in (0, 1):
        weights = filter_cells(k, filters[k], 30, WEIGHTS)
        side = 30 if len(outgoing[k]) <= len(LINES) else 22
        read = grid([filter_cells(k, np.full((1, 1), v), side, OUTGOING) for v in outgoing[k]], 5, (10, 8))
        gradient = filter_cells(k, gradients[k], 15, full)
        parts = titled("its outgoing weights", read), titled("its gradient", gradient)
        both.append(column(titled(filter_name(k, "Filter "), weights), *parts, gap=12))
    notes = (
        note("orange above 0, blue below, a hollow 0 is exactly 0"),
        note(f"full colour: ±2.5, outgoing ±5, gradient ±{format_number(full, 2)}"),
    )
    return column(sized(row(*both, gap=40), WIDTH), column(*notes, gap=0), gap=12)


def draw_difference(state: Twins, width: float = WIDTH) -> Box:
    """The largest difference as a number, and all 25 differences as a strip."""
    said, number = f"largest difference after {state.step.number} steps", format_number(state.differences[-1])
    first, second = state.step.params["conv1"]["weight"]
    strip = (first - second).reshape(1, -1)
    every = cells(strip, width / strip.size, full=float(np.abs(strip).max()), frame=Pen(HAIRLINE))
    return column(headline(said, number, width), titled("filter 1 − filter 2, all 25 weights", every), gap=0)


def draw_history(state: Twins) -> Box:
    """The largest difference at each step; only what begins as a tiny gap needs powers of ten."""
    tiny = 0 < state.differences[0] < 0.2
    curve = line(range(len(state.differences)), state.differences, dot=True)
    high = 8 if state.steps <= 500 else 16
    axes = Linear(0, state.steps, label="training steps"), Log(-16, 4) if tiny else Linear(0, high, (0, high))
    return plot(curve, x=axes[0], y=axes[1], width=WIDTH, height=266, guess=not tiny)


def glance() -> Box:
    """Two equal filters before training: for the start page."""
    filters, _ = split_sides(next(twins.states()).step.params)
    both = [titled(filter_name(k, "Filter "), filter_cells(k, filters[k], 18, WEIGHTS)) for k in (0, 1)]
    return row(both[0], text("=", LARGE, bold=True), both[1], gap=24, align="middle")


# %% [markdown]
# The same in words, and as a table.


# %%
def describe(state: Twins) -> str:
    """Say in one sentence what the picture shows of the two filters."""
    moment, difference = when(state.step.number), state.differences[-1]
    if difference == 0:
        return (
            f"{moment} the 25 weights of filter 1 and of filter 2 are identical to the last bit: "
            "their largest difference is exactly 0."
        )
    sentence = f"{moment} the largest difference between filters 1 and 2 is {format_number(difference)}."
    if state.step.number == 0:
        return sentence
    began = f"{format_number(state.differences[0])} apart" if state.differences[0] else "exactly equal"
    return f"{sentence} They began {began}."


def explain(state: Twins) -> str:
    """Say where the run stands, and what to know about it."""
    step = state.step
    if state.diverged:
        return f"Training diverged at step {step.number + 1}: the loss is no longer a number. That is a result too."
    alike = (
        "exactly 1" if state.differences[-1] == 0 else format_number(cosine(*step.params["conv1"]["weight"]))
    )
    said = (
        f"Step {step.number} of {state.steps}. Loss {format_number(step.loss)}, accuracy "
        f"{format_number(100 * step.accuracy)} %, cosine of the two filters {alike}."
    )
    if state.gap_is_used:
        return said
    return f"{said} The gap is not used: it moves a copy off, and here the filters are no copies."


def tabulate(state: Twins, rows: Sequence[Row]) -> Table:
    """The largest difference at some of the steps so far, the last of them always; and rows about the last step."""
    last = state.step.number
    shown = sorted({n for n in (0, 1, 10, *range(100, last + 1, 100)) if n <= last} | {last})
    differences = [(f"weights, step {n}", "", "", state.differences[n]) for n in shown]
    return Table(("where largest", "filter 1", "filter 2", "largest difference"), (*differences, *rows))


def compare(name: str, first: np.ndarray, second: np.ndarray) -> Row:
    """Of each filter's numbers those where one is largest in size, and the largest difference."""
    at = np.maximum(np.abs(first), np.abs(second)).argmax()
    largest = [float(values.flat[at]) for values in (first, second)]
    return name, *(float(f"{value:.6g}") for value in (*largest, np.abs(first - second).max()))


# %% [markdown]
# ## The demo
#
# The signature is the user interface: the controls on the page, their order, limits and defaults come
# from here.


# %%
@demo(
    question="questions/why-not-the-same.md",
    budget_seconds=8,
    picture=draw,
    recorded=("incoming", "outgoing"),
    opens="start",
    sentence="Start the two filters {incoming} and their outgoing weights {outgoing}, and {run}.",
)
def twins(
    incoming: Annotated[Literal["same", "different"], Choice("The two filters start", SAME)] = "same",
    outgoing: Annotated[Literal["same", "different"], Choice("Their outgoing weights start", SAME)] = "same",
    gap: Annotated[float, Slider("Gap between equal filters", 1e-9, 1e-1, scale="log", zero=True)] = 0.0,
    task: Annotated[Literal["several", "one", "digits"], Choice("Task", QUESTIONS)] = "several",
    steps: Annotated[int, Slider("Steps", 100, 2000, step=100)] = 300,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Twins]:
    """Two filters, one loss: when do the filters part?"""
    yield from simulate(incoming, outgoing, gap, task, steps, seed)


twins

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/twins.md).
