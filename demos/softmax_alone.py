# %% [markdown]
# ---
# title: "One softmax layer alone"
# description: A single layer reads handwritten digits, and starts with zeros or at random. Do its ten outputs become different?
# hide: [toc]
# ---
#
# # One softmax layer alone
#
# Unlike in the [nine starts](nine_starts.py), there are no filters here, and no next layer. One layer reads the pixels, has one
# output for each class, and ends in a softmax. [What if it starts with zeros?](../questions/what-if-zeros.md#one-layer-alone)

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from nine_starts import CONSTANT, STEPS, TEXTS, Way, signed_root

from convlens import SGD, Flatten, Sequential, Step, evaluate
from convlens import Linear as Dense
from convlens.data import handwritten_digits_task, several_filters_task
from convlens.train import batches, train
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# Each output has a weight for every pixel, so its weights can be drawn as a picture. Of the 1797 real digits, 1000 are learned,
# and 500 others are the test. Each step uses all images that are learned.

# %%
LEARN, NEW, RATE = 1000, 500, 0.5
TASKS = {"digits": handwritten_digits_task, "lines": several_filters_task}


@dataclass(frozen=True, eq=False)
class Alone:
    """The layer at one step: its weights, one picture for each class, and the share of new images that it gets right."""

    image: np.ndarray
    step: Step
    accuracy: float

    @property
    def pictures(self) -> np.ndarray:
        return self.step.params["linear1"]["weight"].reshape(-1, *self.image.shape)

    @property
    def gradients(self) -> np.ndarray:
        return self.step.grads["linear1"]["weight"].reshape(-1, *self.image.shape)

    @property
    def different(self) -> int:
        """How many of the pictures differ from each other in the bits of a weight."""
        return len({each.tobytes() for each in self.pictures + 0.0})  # −0 is 0


def simulate(start: str, images: str, seed: int) -> Iterator[Alone]:
    """Train the layer, and yield it at each of the shown steps."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS[images](rng, count=LEARN + NEW, dtype=np.float64)
    learned, new = (x[:LEARN], labels[:LEARN]), (x[LEARN:], labels[LEARN:])
    model = Sequential(Flatten(), Dense(int(labels.max()) + 1))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    values = {"zero": 0.0, "constant": CONSTANT}
    if start in values:
        params["linear1"]["weight"] = np.full_like(params["linear1"]["weight"], values[start])
    for step in train(model, params, batches(*learned), SGD(RATE)):
        if step.number in STEPS:
            yield Alone(x[0, 0], step, evaluate(model, step.params, *new)[1])
        if step.number == STEPS[-1]:
            return


# %% [markdown]
# ## The picture

# %%
FULL, COLUMNS = 1.0, {10: 5, 4: 2}  # the square root of a weight in full colour; pictures in a row


def draw(alone: Alone) -> Figure:
    """Draw one image, the picture of weights of each class, and how many of the pictures differ."""
    outcome = str(alone.different)
    return Figure(
        (draw_pictures(alone), draw_numbers(alone)), describe(alone), tabulate(alone), explain(alone), outcome
    )


def draw_pictures(alone: Alone) -> Box:
    """Draw the weights of each output; if all of them are exactly 0, as one hollow square."""
    pictures, high = [], 54
    for m, weights in enumerate(alone.pictures):
        shaded = signed_root(weights)
        drawn = (
            cells(shaded, high / len(shaded), full=FULL) if shaded.any() else cells(np.zeros((1, 1)), high)
        )
        pictures.append(column(text(str(m), bold=True), framed(drawn, Pen(QUIET, 2)), gap=4))
    chart = grid(pictures, COLUMNS[len(pictures)], (14, 12))
    return sized(titled("the weights of each output", chart, 8), 326)


def draw_numbers(alone: Alone) -> Box:
    """Draw one of the images, what the layer gets right, and how many of its pictures differ."""
    image = titled("one of the images", image_cells(alone.image, 80 / len(alone.image), Pen(QUIET, 2)), 8)
    accuracy = headline("of new images right", percent(alone.accuracy), 300)
    count = text(f"{how_many(alone.different, 'different picture')} of {len(alone.pictures)}", LARGE)
    return sized(column(image, accuracy, count, gap=16), 300)


def describe(alone: Alone) -> str:
    """Say how many pictures differ, and what the layer gets right."""
    said = f"{when(alone.step.number)} {alone.different} of {len(alone.pictures)} pictures of weights differ"
    return f"{said}, and {percent(alone.accuracy)} of new images are right."


def explain(alone: Alone) -> str:
    """Say what makes the outputs different."""
    if alone.step.number == 0 and alone.different == 1:
        return "All outputs start equal. But each has a right answer of its own. What will one step do?"
    return "Each output has an error of its own, so each gets a gradient of its own from the first step on."


def tabulate(alone: Alone) -> Table:
    """For each output the largest weight and the largest gradient."""
    pairs = zip(alone.pictures, alone.gradients, strict=True)
    rows = [(str(m), *(float(np.abs(each).max()) for each in pair)) for m, pair in enumerate(pairs)]
    return Table(("Output", "Largest weight", "Largest gradient"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/what-if-zeros.md",
    budget_seconds=20,
    picture=draw,
    recorded=("start", "images"),
    opens="start",
    sentence="{run} one softmax layer on {images}, with weights that start at {start}.",
)
def softmax_alone(
    start: Annotated[Way, Choice("Weights start at", TEXTS)] = "zero",
    images: Annotated[
        Literal["digits", "lines"], Choice("Images", ("handwritten digits", "four lines"))
    ] = "digits",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Alone]:
    """One softmax layer alone: do zeros hurt?"""
    yield from simulate(start, images, seed)


softmax_alone
