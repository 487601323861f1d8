# %% [markdown]
# ---
# title: "Copies in two layers"
# description: Two filters of layer 1 start as copies, and two of layer 2. Train them, and see which copies stay identical.
# hide: [toc]
# ---
#
# # Copies in two layers
#
# Two filters start as copies in each of two layers. Do they stay identical? It is the third demo of
# [What does a filter of the second layer read?](../questions/what-does-the-second-layer-read.md)

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, ReLU, Sequential, Step, data
from convlens import Linear as Dense
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train, until
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# Two convolutions, each with a ReLU, then the mean of each map, and a last layer that gives the scores of four lines. Filters 1
# and 2 of layer 1 are copies, and so are filters A and B of layer 2. What reads their maps can be tied too: for filters 1 and 2
# the slices in layer 2, for filters A and B the weights in the last layer.

# %%
FILTERS, SIDE, RATE, STEPS, SHOWN, COUNT = 4, 3, 0.5, 300, 5, 64
READS = {"conv1": "conv2", "conv2": "linear1"}  # a layer, and the one that reads its maps
LETTERS = "ABCD"


def build(classes: int) -> Sequential:
    """Return the network."""
    convolutions = [layer for _ in READS for layer in (Conv2d(FILTERS, kernel=SIDE), ReLU())]
    return Sequential(*convolutions, GlobalAveragePool2d(), Dense(classes))


def tie_layers(params: Any, **equal: bool) -> Any:
    """Copy the first filter of each layer over its second. equal: by layer, whether what reads the copies is tied too."""
    for layer in reversed(READS):  # layer 2 first: what is copied there has slices that are tied after it
        params = tie(params, layer=layer, next_layer=READS[layer], outgoing=equal[layer])
    return params


@dataclass(frozen=True, eq=False)
class Copies:
    """The network at one step, and how far the copies of each layer have been apart at the steps so far."""

    step: Step
    apart: list[tuple[float, float]]


def train_tied(task: Any, slices: str, listening: str, seed: int) -> Iterator[Step]:
    """Train the network from tied starts; yield every step."""
    rng = np.random.default_rng(seed)
    x, labels = task(rng, COUNT, dtype=np.float64)
    model = build(int(labels.max()) + 1)
    params, _ = model.init(rng, x.shape[1:], dtype=np.float64)
    params = tie_layers(params, conv1=slices == "equal", conv2=listening == "equal")
    yield from until(train(model, params, batches(x, labels), SGD(RATE)), STEPS)


def simulate(slices: str, listening: str, seed: int) -> Iterator[Copies]:
    """Train it on four lines, and compare the copies."""
    apart: list[tuple[float, float]] = []
    for step in train_tied(data.several_filters_task, slices, listening, seed):
        if step.number % SHOWN == 0:
            first, second = (largest_difference(*step.params[layer]["weight"][:2]) for layer in READS)
            apart.append((first, second))
            yield Copies(step, apart.copy())


# %% [markdown]
# ## The picture
#
# In the table of layer 2, a filter is a row, and what it reads of one map is a column.


# %%
def draw(copies: Copies) -> Figure:
    """Draw the filters of both layers, and how far the copies are apart."""
    panels = draw_filters(copies), draw_numbers(copies), draw_apart(copies)
    outcome = " ".join("different" if gap else "equal" for gap in copies.apart[-1])
    return Figure(panels, describe(copies), tabulate(copies), explain(copies), outcome)


def draw_filters(copies: Copies) -> Box:
    """Draw the filters of layer 1, and below each of them all slices that read its map."""
    first, second = (copies.step.params[layer]["weight"] for layer in READS)
    rows = [[space(), *(filter_name(m, "filter ") for m in range(FILTERS))]]
    rows.append([note("layer 1"), *(filter_cells(m, first[m, 0], 17, full=1.5) for m in range(FILTERS))])
    rows.append([note("layer 2"), *(note("reads it") for _ in range(FILTERS))])
    for f in range(FILTERS):
        slices = [filter_cells(m, second[f, m], 17, full=1.5) for m in range(FILTERS)]
        rows.append([text(f"filter {LETTERS[f]}", bold=True), *slices])
    return table(rows, (14, 8))


def draw_numbers(copies: Copies) -> Box:
    """Draw how far the copies of each layer are apart."""
    numbers = zip(
        ("filters 1 and 2 differ by up to", "filters A and B differ by up to"), copies.apart[-1], strict=True
    )
    return column(*(headline(said, format_number(gap, 3), 240) for said, gap in numbers), gap=14)


def draw_apart(copies: Copies) -> Box:
    """Draw both differences at all steps so far."""
    steps, gaps = range(0, SHOWN * len(copies.apart), SHOWN), list(zip(*copies.apart, strict=True))
    pens, names = (Pen(hue(0), 2), Pen(INK, 2, "5 3")), ("1 and 2", "A and B")
    marks = [
        line(steps, gap, pen, dot=True, label=text(name, SMALL, pen.ink))
        for gap, pen, name in zip(gaps, pens, names, strict=True)
    ]
    x = Linear(0, STEPS, label="training steps")
    return titled(
        "difference of the copies", plot(*marks, x=x, y=Linear(0, 3, (0, 1, 2, 3)), width=340, height=220)
    )


# %%
def say(gap: float) -> str:
    """Say whether copies are still identical."""
    return f"differ by up to {format_number(gap, 3)}" if gap else "are identical"


def describe(copies: Copies) -> str:
    """Say which copies are still identical."""
    first, second = map(say, copies.apart[-1])
    return f"{when(copies.step.number)}, filters 1 and 2 {first}, and filters A and B {second}."


def explain(copies: Copies) -> str:
    """Say why."""
    first, second = copies.apart[-1]
    if copies.step.number == 0:
        return "All copies start identical. Only what reads their maps may differ."
    if not first and not second:
        return "Whatever reads their maps is equal too, so the same error comes back to both copies."
    if first and second:
        return "What reads their maps differs, so another error comes back to each copy."
    equal, other = ("A and B", "1 and 2") if first else ("1 and 2", "A and B")
    return f"Only {equal} are read equally. To {other}, the layer above sends back two different errors."


def tabulate(copies: Copies) -> Table:
    """List the differences at some of the steps so far."""
    rows = [(SHOWN * n, *each) for n, each in enumerate(copies.apart) if n % 4 == 0]
    return Table(("step", "filters 1 and 2 of layer 1", "filters A and B of layer 2"), tuple(rows))


# %%
@demo(
    question="questions/what-does-the-second-layer-read.md",
    budget_seconds=20,
    picture=draw,
    recorded=("slices", "listening"),
    opens="start",
    sentence="Let layer 2 read filters 1 and 2 with {slices} slices, the last layer A and B with {listening} weights: {run}.",
)
def tied_layers(
    slices: Annotated[Literal["equal", "different"], Choice("Slices of layer 2 for 1 and 2")] = "different",
    listening: Annotated[
        Literal["equal", "different"], Choice("Weights of the last layer for A and B")
    ] = "equal",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Copies]:
    """Copies in two layers: which stay identical?"""
    yield from simulate(slices, listening, seed)


tied_layers

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/tied_layers.md).
