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
# and measures by how much they differ after each step of gradient descent. It is the demo of
# [Why don't all filters learn the same thing?](../questions/why-not-the-same.md), in full.
#
# You need to know what a convolution is. You will see which two things must be equal for two filters
# to stay equal, and that "equal" here means every bit.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, Step, data, initializers
from convlens.demo import Choice, Seed, Slider, demo
from convlens.figures import Figure, Panel, Table, format_number, log_curve, signed_tile
from convlens.figures.svg import filter_colour, group, text
from convlens.symmetry import cosine, largest_difference
from convlens.train import batches, train

# %% [markdown]
# ## The experiment
#
# The network is as small as it can be and still show the effect: two 5x5 filters, a ReLU, the mean
# of each map, and a linear layer that reads the two means. Filter *k* has an **incoming** side, its own
# 25 weights and bias, and an **outgoing** side, the weights by which the next layer reads its map.
# The two sides are tied separately.
#
# It runs in float64, so that a gap as small as 10⁻¹⁵ is still a gap.

# %%
TASKS = {"several": data.several_filters_task, "one": data.one_filter_task}


@dataclass(frozen=True)
class Twins:
    """Where the two filters stand: the training step, and the largest difference at each step so far."""

    step: Step
    differences: list[float]

    @property
    def filters(self) -> np.ndarray:
        """Both kernels, (2, 5, 5)."""
        return self.step.params["conv1"]["weight"][:, 0]

    @property
    def gradients(self) -> np.ndarray:
        """The gradient of the loss with respect to both kernels, (2, 5, 5)."""
        return self.step.grads["conv1"]["weight"][:, 0]


def simulate(incoming: str, outgoing: str, gap: float, task: str, steps: int, seed: int) -> Iterator[Twins]:
    """Train, and yield the two filters before the first and after each of `steps` updates."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS[task](rng, count=64, dtype=np.float64)
    model = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(int(labels.max()) + 1))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    params = initializers.twins(
        params,
        incoming=incoming == "same",
        outgoing=outgoing == "same",
        gap=gap if incoming == "same" else 0.0,
    )
    differences: list[float] = []
    for step in train(model, params, batches(x, labels), SGD(learning_rate=1.0)):
        first, second = step.params["conv1"]["weight"]
        differences.append(largest_difference(first, second))
        yield Twins(step, differences)
        if step.number == steps:
            return


# %% [markdown]
# ## The picture
#
# Weights are orange above zero and blue below; what is *exactly* zero is hollow and carries a 0. The outgoing
# weights are one number a class.


# %%
def draw_filters(twins: Twins) -> Panel:
    """Both kernels; below each, the gradient that is about to change it and the weights that read its map."""
    parts = []
    pull = float(np.abs(twins.gradients).max()) or 1.0
    for k in (0, 1):
        hue, x = filter_colour(k), 2 + 168 * k
        outgoing = twins.step.params["linear1"]["weight"][:, k].reshape(1, -1)
        parts += [
            text(x, 16, f"Filter {k + 1}", size=15, fill=hue, weight=600),
            group(signed_tile(twins.filters[k], 28, scale=2.5, frame=hue), x, 26),
            text(x, 190, "its gradient", size=13, role="quiet"),
            group(signed_tile(twins.gradients[k], 28, scale=pull), x, 197),
            text(x, 361, "its outgoing weights", size=13, role="quiet"),
            group(signed_tile(outgoing, 28, scale=5), x, 368),
        ]
    legend = f"full colour: weight ±2.5, outgoing ±5, gradient ±{format_number(pull)}"
    parts.append(text(2, 418, legend, size=11, role="quiet"))
    return Panel(320, 424, "".join(parts))


def draw_difference(twins: Twins, steps: int) -> Panel:
    """The largest difference as a number, all 25 differences as a strip, and the history."""
    strip = (twins.filters[0] - twins.filters[1]).reshape(1, -1)
    number = format_number(twins.differences[-1])
    parts = [
        text(0, 16, f"largest difference after {twins.step.number} steps", size=13, role="quiet"),
        text(0, 70, number, size=56 if len(number) < 8 else 36, mono=True, weight=600),
        text(0, 100, "filter 1 − filter 2, all 25 weights", size=13, role="quiet"),
        group(signed_tile(strip, 12.8, scale=float(np.abs(strip).max()) or 1.0), 0, 108),
        group(
            log_curve(
                twins.differences, steps=steps, width=320, height=284, low=-16, high=4, label="training steps"
            ),
            0,
            138,
        ),
    ]
    return Panel(320, 424, "".join(parts))


def describe(twins: Twins) -> str:
    """Say in one sentence what the picture shows."""
    number, difference = twins.step.number, twins.differences[-1]
    when = "Before training" if number == 0 else "After 1 step" if number == 1 else f"After {number} steps"
    if difference == 0:
        return (
            f"{when} the 25 weights of filter 1 and of filter 2 are identical to the last bit: "
            "their largest difference is exactly 0."
        )
    sentence = f"{when} the largest difference between filters 1 and 2 is {format_number(difference)}."
    if number == 0:
        return sentence
    began = f"{format_number(twins.differences[0])} apart" if twins.differences[0] else "exactly equal"
    return f"{sentence} They began {began}."


def tabulate(twins: Twins) -> Table:
    """The difference at some of the steps so far, the last of them always."""
    last = twins.step.number
    shown = sorted({n for n in (0, 1, 2, 5, 10, 20, 50, *range(100, last + 1, 100)) if n <= last} | {last})
    return Table(("step", "largest difference"), tuple((n, twins.differences[n]) for n in shown))


# %% [markdown]
# ## The demo
#
# The signature is the user interface: the controls on the page, their order, limits and defaults come
# from here.


# %%
@demo(question="questions/why-not-the-same.md", budget_seconds=8)
def twins(
    incoming: Annotated[Literal["same", "different"], Choice("The two filters start")] = "same",
    outgoing: Annotated[Literal["same", "different"], Choice("Their outgoing weights start")] = "same",
    gap: Annotated[float, Slider("Gap between equal filters", 1e-15, 1e-1, scale="log", zero=True)] = 0.0,
    task: Annotated[
        Literal["several", "one"], Choice("Task", ("which way is the line?", "is there a line?"))
    ] = "several",
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 300,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Figure]:
    """Two filters, one loss: when do the filters part?"""
    for state in simulate(incoming, outgoing, gap, task, steps, seed):
        step, difference = state.step, state.differences[-1]
        if not np.isfinite(step.loss):
            caption = "Training diverged: the loss is no longer a number. That is a result too."
        else:
            caption = (
                f"Step {step.number} of {steps}. Loss {format_number(step.loss)}, accuracy "
                f"{format_number(100 * step.accuracy)} %, cosine of the two filters "
                f"{'exactly 1' if difference == 0 else format_number(cosine(*state.filters))}."
            )
        if gap and incoming == "different":
            caption += " The gap is not used: it moves a copy off, and here the filters are no copies."
        yield Figure(
            (draw_filters(state), draw_difference(state, steps)),
            describe(state),
            tabulate(state),
            caption,
            outcome="same" if difference == 0 else "near" if difference < 1e-3 else "apart",
        )


twins

# %% [markdown]
# ## The claim, over many seeds
#
# `make evidence` runs the cases below for many seeds and writes the numbers that the site quotes.

# %%
CASES = {
    f"{task}-{incoming}-{outgoing}": {
        "task": task,
        "incoming": incoming,
        "outgoing": outgoing,
        "gap": 0.0,
        "steps": 300,
    }
    for task in TASKS
    for incoming in ("same", "different")
    for outgoing in ("same", "different")
}
CASES |= {
    f"{task}-near": {"task": task, "incoming": "same", "outgoing": "same", "gap": 1e-9, "steps": 600}
    for task in TASKS
}


def measure(seed: int, **settings) -> dict[str, float]:
    """Run one case with one seed and return the numbers worth keeping."""
    states = list(simulate(**settings, seed=seed))
    return {
        "first_step": states[-1].differences[1],
        "difference": states[-1].differences[-1],
        "accuracy": states[-1].step.accuracy,
    }
