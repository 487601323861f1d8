# %% [markdown]
# ---
# title: "The gradient of one image, in four scenes"
# description: How the error of one image reaches each of two filters, taken apart into factors.
# hide: [toc]
# ---
#
# # The gradient of one image, in four scenes
#
# Two filters see the same image and share one error. This notebook takes the network of the [twins](twins.py) and follows the
# error of one image back to each filter: which factor is shared, and which two are the filter's own. It is the second demo of
# [Why don't all filters learn the same thing?](../questions/why-not-the-same.md), in full. You need to know the chain rule.

# %%
from functools import lru_cache
from itertools import islice
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from twins import LINES, Twins, compare, simulate, split_sides

from convlens.attribution import image_pulls, residual
from convlens.ops import conv2d
from convlens.symmetry import largest_difference
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *
from convlens_live.figures import gradient, gradient_step

# %% [markdown]
# ## The factors
#
# By the chain rule, the gradient of one image's loss for filter *k* is a product:
#
# * the **error** δ, the predicted probabilities minus the truth: one number for each class, *shared* by both filters;
# * times the **next layer's weights** *v* for this filter, class by class, and added up: the filter's own;
# * times the **patches** where the filter fires, added up and divided by the number of positions: its own.
#
# The gradient of training is the mean of these products over all images. ("Fires" is the slope of the ReLU at each position. If
# you put another activation into the network, its slope is there.)


# %%
class Pull(NamedTuple):
    """The gradient of image n for both filters, and its factors, at one step of a run."""

    image: np.ndarray  # (12, 12)
    label: int
    filters: np.ndarray  # (2, 5, 5)
    answer: np.ndarray  # the predicted probabilities, (M,)
    error: np.ndarray  # (M,)
    outgoing: np.ndarray  # (2, M)
    fires: np.ndarray  # (2, 8, 8)
    patches: np.ndarray  # (2, 5, 5)
    told: np.ndarray  # v · δ: what comes back to each filter, (2,)
    gradient: np.ndarray  # the product of all factors, (2, 5, 5)


def take_apart(now: Twins, n: int) -> Pull:
    """Take the gradient of image n apart, as it is now."""
    params, image, label = now.step.params, now.x[[n]], int(now.labels[n])
    logits, _ = now.model(params, image)
    error, (filters, outgoing) = residual(logits, now.labels[[n]])[0], split_sides(params)
    answer = error + np.eye(len(error))[label]
    fires = conv2d(image, params["conv1"]["weight"], params["conv1"]["bias"])[0][0] > 0
    windows = sliding_window_view(image[0, 0], (5, 5))
    patches = np.einsum("kij,ijab->kab", fires.astype(image.dtype), windows) / fires[0].size
    told = np.einsum("km,m->k", outgoing, error)
    gradient = np.einsum("k,kab->kab", told, patches)
    return Pull(image[0, 0], label, filters, answer, error, outgoing, fires, patches, told, gradient)


# %% [markdown]
# Multiplied out, they are what the library computes for each image, and their mean is the gradient, up to rounding:


# %%
def measure_deviations(now: Twins) -> tuple[float, float]:
    """How far the gradients of the images are from the library's own, and their mean from the gradient of training."""
    pulls = np.array([take_apart(now, n).gradient for n in range(len(now.x))])
    library = len(now.x) * image_pulls(now.model, now.step.params, now.x, now.labels)[:, :, 0]
    gradients, _ = split_sides(now.step.grads)
    return float(np.abs(pulls - library).max()), float(np.abs(pulls.mean(axis=0) - gradients).max())


if __name__ == "__main__":  # in the notebook; a page that only wants the demo need not wait for it
    print(*measure_deviations(next(simulate("same", "different", 0.0, "several", 300, seed=0))))

# %% [markdown]
# ## The picture
#
# There are four scenes. What is shared is in the middle and grey; filter 1 is left, filter 2 right, each in its own colour. The
# drawings are in the library of figures, each for a wide page and for a narrow one.

# %%
NAMES = "horizontal", "vertical", "falling", "rising"
BACK = "next layer", "means", "maps", "filters"  # how far the error has come back in each scene
LIT = ("image", "next layer"), ("weights", "next layer"), ("image", "wires", "maps"), ("filters",)
MARKED = ("error",), ("weights", "error"), ("patches",), ("gradient", "weights", "error", "patches")
HIGH = 282  # pixels, of the picture on a wide page: no scene moves the formulas
KEYS = (
    "A bar as wide as its column is 1. Left of the line is minus.",
    "Left of the line is minus. The products are laid end to end, and the last one ends at the sum.",
    "A large dot is a position where the filter fires. The frame is one patch.",
    "Small squares show the filter before the step. Orange is plus, blue is minus; full colour is ±0.7.",
)
RATE = 10  # of the one step: large, so that it can be seen


class Look(NamedTuple):
    """What a reader looks at: a scene, from 0, and in the third one of the 64 positions."""

    pull: Pull
    scene: int
    place: int


def draw(look: Look) -> Figure:
    """Draw a scene: how far the error has come back, the factor in question, and the formula with that factor marked."""
    pull, said = look.pull, describe(look)
    way = network_map(pull.outgoing, LIT[look.scene], BACK[look.scene])
    panels = way, wide(draw_scene(look, gradient.WIDE)), narrow(draw_scene(look, gradient.NARROW))
    outcome = "same" if np.array_equal(*take_step(pull)) else "apart"
    return Figure(panels, said.outcome, tabulate(pull), said.caption, outcome, said.heading)


def draw_scene(look: Look, at: gradient.Sizes) -> Box:
    """Draw the picture of a scene, and the formulas below it."""
    pull = look.pull
    classes = [(image_cells(mark, 4), name) for name, mark in zip(NAMES, LINES.values(), strict=True)]
    if look.scene == 0:
        truth = np.eye(len(NAMES))[pull.label]
        drawn = gradient.draw_error(pull.image, classes, pull.answer, truth, pull.error, at)
    elif look.scene == 1:
        drawn = gradient.draw_listening(classes, pull.outgoing, pull.error, at)
    elif look.scene == 2:
        drawn = gradient_step.draw_positions(pull.image, pull.fires, pull.patches, look.place, at)
    else:
        drawn = gradient_step.draw_step(pull.told, pull.patches, pull.gradient, pull.filters, RATE, at)
    picture = drawn if at.down else overlay(space(at.width, HIGH), drawn)
    formulas = gradient.draw_formulas(MARKED[look.scene], at)
    return sized(gradient.middles(picture, formulas, paragraph(KEYS[look.scene], at.width), gap=14), at.width)


# %% [markdown]
# The same in words, and as a table.


# %%
def take_step(pull: Pull) -> np.ndarray:
    """Return both filters after one step on this image alone, (2, 5, 5)."""
    return pull.filters - RATE * pull.gradient


class Said(NamedTuple):
    """The words of a scene."""

    heading: str
    caption: str
    outcome: str


def describe(look: Look) -> Said:
    """Say what a scene is about, and what it shows."""
    pull = look.pull
    alike = np.array_equal(*pull.outgoing)
    if look.scene == 0:
        return Said(
            "One error, shared by both filters",
            "The network guesses, and we subtract the truth. What is left is the [error](error): one number for each "
            "class, the same for every filter.",
            f"“{NAMES[pull.label].capitalize()}” is right, but it got {percent(pull.answer[pull.label])} and not all. "
            "So its error is negative. The others got too much.",
        )
    if look.scene == 1:
        return Said(
            f"The next layer listens with {'the same weights' if alike else 'different weights'}",
            "On its way back to a filter, the [error](error) is multiplied by "
            "[the next layer’s weights](weights-1 weights-2) for that filter, class by class. The products are added up.",
            describe_message(pull),
        )
    if look.scene == 2:
        return Said(
            "Only where the filter fires",
            "A filter learns only at positions where [it fires](patches-1 patches-2). The [patches](patches-1 patches-2) of the "
            "[image](image) there are added up and divided by 64.",
            describe_positions(pull),
        )
    return Said(
        "Its gradient, and one step",
        "The number times the patches is the filter’s [gradient](gradient-1 gradient-2). A step subtracts a little of it. "
        "Equal gradients make equal steps.",
        describe_step(pull),
    )


def describe_positions(pull: Pull) -> str:
    """Say where the two filters fire."""
    if np.array_equal(*pull.filters):
        return f"Equal filters fire at the same {pull.fires[0].sum()} positions, so the sums of their patches are identical."
    if np.array_equal(*pull.fires):
        return "On this image, these two different filters fire at the same positions."
    return "Different filters fire at different positions, so the sums of their patches differ."


def describe_message(pull: Pull) -> str:
    """Say what comes back to the two filters."""
    if np.array_equal(*pull.told):
        return f"The same weights give the same number: {fixed(pull.told[0])} comes back to both filters."
    first, second = ("less" if each > 0 else "more" for each in pull.told)
    if first == second:
        return f"One error, two messages: both filters should respond {first} to this image, one of them more strongly."
    return f"One error, two messages: filter 1 should respond {first} to this image, and filter 2 {second}."


def describe_step(pull: Pull) -> str:
    """Say what the step does to the difference of the filters."""
    before, after = (largest_difference(*each) for each in (pull.filters, take_step(pull)))
    if after == 0:
        return "Everything is equal, so both steps are equal. The filters stay exactly 0 apart, however large the step."
    if before == 0:
        way = "in opposite directions" if pull.told[0] * pull.told[1] < 0 else "by different amounts"
        return f"The filters were identical before this one step. Their gradients move them {way}."
    return "The filters were different before the step, and their gradients are different too."


def tabulate(pull: Pull) -> Table:
    """The factors of the gradient, for each filter."""
    classes = zip(NAMES, pull.error, pull.outgoing.T, strict=True)
    pairs = [pair for name, d, both in classes for pair in ((f"δ: {name}", d, d), (f"v: {name}", *both))]
    first, second = pull.fires
    rows = (
        *(compare(*pair) for pair in pairs),
        compare("v · δ", *pull.told),
        ("positions that fire", int(first.sum()), int(second.sum()), int((first != second).sum())),
        compare("sum of patches ÷ 64", *pull.patches),
        compare("gradient", *pull.gradient),
        compare("filter before", *pull.filters),
        compare("filter after", *take_step(pull)),
    )
    return Table(("where largest", "filter 1", "filter 2", "largest difference"), rows)


# %% [markdown]
# ## The demo
#
# A scene is a setting like any other.


# %%
@lru_cache(maxsize=16)
def train_for(incoming: str, outgoing: str, steps: int, seed: int) -> Twins:
    """Train the twins, and return them after some steps."""
    return next(islice(simulate(incoming, outgoing, 0.0, "several", steps, seed), steps, None))


@demo(
    question="questions/why-not-the-same.md",
    budget_seconds=8,
    picture=draw,
    recorded=("incoming", "outgoing", "scene", "image", "steps"),
    sentence="The two filters start {incoming}, and the next layer listens to them {outgoing}.",
)
def pull(
    incoming: Annotated[
        Literal["same", "different"], Choice("The two filters start", ("the same", "different"))
    ] = "same",
    outgoing: Annotated[
        Literal["same", "different"], Choice("The next layer listens to them", ("the same", "differently"))
    ] = "different",
    scene: Annotated[
        Literal["1", "2", "3", "4"],
        Choice("Scene", ("The error", "The next layer", "Where it fires", "The step"), scenes=True),
    ] = "1",
    image: Annotated[
        Literal["horizontal", "vertical", "falling", "rising"], Choice("Line in the image")
    ] = "falling",
    steps: Annotated[Literal["0", "40"], Choice("Training steps before")] = "0",
    seed: Annotated[int, Seed()] = 0,
    place: Annotated[int, Pointed("Position", 0, 63)] = 27,
) -> Look:
    """One image, two filters: what is the gradient of each?"""
    now = train_for(incoming, outgoing, int(steps), seed)
    n = int((now.labels == NAMES.index(image)).argmax())
    return Look(take_apart(now, n), int(scene) - 1, place)


pull

# %% [markdown]
# Many seeds of the same experiment: [the evidence](../evidence/twins.md).
