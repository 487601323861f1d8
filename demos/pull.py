# %% [markdown]
# ---
# title: "The pull of one image on two filters"
# description: How one image pulls on each of two filters, taken apart into factors, and what the first step does.
# hide: [toc]
# ---
#
# # The pull of one image on two filters
#
# Two filters see the same image and share one loss. This notebook trains the [twins](twins.py) and takes apart how one image
# pulls on each of them: which factor is common, which two are private, and what the first step does. It is the second demo of
# [Why don't all filters learn the same thing?](../questions/why-not-the-same.md), in full. You need to know the chain rule.

# %%
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from twins import CLASSES, QUESTIONS, RATE, Twins, compare, draw_difference, present, simulate, split_sides

from convlens.attribution import image_pulls, residual
from convlens.ops import conv2d
from convlens.symmetry import largest_difference
from convlens_live.demo import Choice, Pointed, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The pull, in factors
#
# By the chain rule, an image pulls on filter *k* with
#
# * its **residual** δ, the predicted probabilities minus the truth: one number a class, *common* to both filters;
# * times the filter's own **outgoing weights** *v*: *private*;
# * times the **patches that pass** its own ReLU, added up and divided by the number of places: *private*.
#
# The gradient of a filter is the mean of these pulls over all images. ("Passes or not" is the slope of the ReLU at each
# place. If you put another activation into the network, its slope stands there.)


# %%
class Pull(NamedTuple):
    """The pull of image n on both filters, after some steps of the run that began with `start`."""

    start: Twins
    now: Twins
    n: int
    residual: np.ndarray  # (M,)
    outgoing: np.ndarray  # (2, M)
    passes: np.ndarray  # (2, 8, 8)
    patches: np.ndarray  # (2, 5, 5)
    errors: np.ndarray  # v · δ: what each filter is told, after its own outgoing weights, (2,)
    product: np.ndarray  # of all factors: the gradient of this image's loss for both kernels, (2, 5, 5)


def take_apart(start: Twins, now: Twins, n: int) -> Pull:
    """Take the pull of image n apart, as it is now."""
    params, image = now.step.params, now.x[[n]]
    logits, _ = now.model(params, image)
    error, (_, outgoing) = residual(logits, now.labels[[n]])[0], split_sides(params)
    passes = conv2d(image, params["conv1"]["weight"], params["conv1"]["bias"])[0][0] > 0
    windows = sliding_window_view(image[0, 0], (5, 5))
    patches = np.einsum("kij,ijab->kab", passes.astype(image.dtype), windows) / passes[0].size
    errors = np.einsum("km,m->k", outgoing, error)
    product = np.einsum("k,kab->kab", errors, patches)
    return Pull(start, now, n, error, outgoing, passes, patches, errors, product)


# %% [markdown]
# Multiplied out, they are what the library computes for each image, and their mean is the gradient, up to rounding:


# %%
def measure_deviations(now: Twins) -> tuple[float, float]:
    """How far the pulls are from the library's own, and their mean from the gradient."""
    pulls = np.array([take_apart(now, now, n).product for n in range(len(now.x))])
    library = len(now.x) * image_pulls(now.model, now.step.params, now.x, now.labels)[:, :, 0]
    gradients, _ = split_sides(now.step.grads)
    return float(np.abs(pulls - library).max()), float(np.abs(pulls.mean(axis=0) - gradients).max())


if __name__ == "__main__":  # in the notebook; a page that only wants the demo need not wait for it
    print(*measure_deviations(next(simulate("same", "different", 0.0, "several", 300, seed=0))))

# %% [markdown]
# A reader looks at one of four images, as many of each class.

# %%
IMAGES = 4


class Look(NamedTuple):
    """The start of a run, a step of it, and the place of the image that is looked at."""

    start: Twins
    now: Twins
    n: int


def choose_examples(labels: np.ndarray) -> list[int]:
    """Choose IMAGES images, as many of each class."""
    classes = int(labels.max()) + 1
    return [int(n) for c in range(classes) for n in np.flatnonzero(labels == c)[: IMAGES // classes]]


# %% [markdown]
# ## One step
#
# Gradient descent subtracts the gradient, times the learning rate, from the weights of a filter and from its outgoing
# weights. Nothing else happens in a step.


# %%
def first_steps(start: Twins) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Before the first step, the step, and after it: each the weights (2, 5, 5) and the outgoing weights (2, M)."""
    (W, v), (dW, dv) = split_sides(start.step.params), split_sides(start.step.grads)
    return (W, v), (-RATE * dW, -RATE * dv), (W - RATE * dW, v - RATE * dv)


# %% [markdown]
# ## The picture
#
# Weights, pulls and steps are orange above zero and blue below; what is *exactly* zero is hollow and carries a 0. What
# belongs to a filter has its colour; what is common to both has none.

# %%
WIDTH, INDEX = 360, "₁₂"
WEIGHTS, OUTGOING = 2.5, 5.0  # what gets the full colour


def draw(look: Look) -> Figure:
    """The pull of the chosen image, and the first step."""
    pull = take_apart(*look)
    parts = choose_image(pull.start, pull.n), draw_factors(pull), draw_products(pull)
    steps = column(draw_difference(pull.now, WIDTH), draw_first_step(pull.start), gap=20)
    return present(pull.now, (column(*parts, gap=14), steps), list_factors(pull), describe_pull(pull))


@lru_cache(maxsize=IMAGES)
def choose_image(start: Twins, chosen: int) -> Box:
    """Four of the images, to choose from."""
    tiles, said = [], space()
    for i, n in enumerate(choose_examples(start.labels)):
        name = list(CLASSES[start.task])[start.labels[n]]
        tile = image_cells(start.x[n, 0], 3.6, Pen(INK, 3) if n == chosen else Pen(QUIET))
        tiles.append(part(tile, f"image {i + 1} of {IMAGES}: {name}", on=n == chosen, image=i))
        if n == chosen:
            said = column(text(f"image {i + 1}:"), text(name), gap=0)
    choice = row(*tiles, said, gap=11, align="middle")
    return once(titled("Choose an image: how does it pull on each filter?", choice, gap=8))


def draw_factors(pull: Pull) -> Box:
    """In the middle the residual, which is common; at the sides what is a filter's own."""
    (filters, _), marks = split_sides(pull.now.step.params), CLASSES[pull.now.task].values()
    high, own = 75 / max(len(marks), 3), []  # so that all marks stand beside a filter of 75 pixels
    for k in (0, 1):
        weights = filter_cells(k, filters[k], 15, WEIGHTS)
        v = filter_cells(k, pull.outgoing[k][:, None], high, OUTGOING, wide=58 / high, numbers=fixed)
        own.append((filter_name(k, "Filter "), note("weights"), weights, note("its own")))
        own.append((text(f"v{INDEX[k]}", ink=hue(k), bold=True), note("outgoing"), v, note("its own")))
    icons = column(*(sized(image_cells(mark, 3, Pen(QUIET)), height=high) for mark in marks), gap=0)
    errors = cells(pull.residual[:, None], high, wide=52 / high, frame=Pen(INK, 1.5), numbers=fixed)
    common = text("residual δ", SMALL, bold=True), note("p − y"), row(icons, errors, gap=5), note("common")
    lines = zip(*own[:2], common, own[3], own[2], strict=True)
    return table([[aligned(box, "middle") for box in line] for line in lines], gap=(5, 3))


def draw_products(pull: Pull) -> Box:
    """Of each filter the other factors, and what all come to; a large dot in the middle of each patch that passes."""
    means, columns = split_sides(pull.now.step.grads)[0], []
    full = float(max(np.abs(pull.product).max(), np.abs(means).max()))
    for k, passes in enumerate(pull.passes):
        (i, j), (a, b) = np.nonzero(passes), np.nonzero(~passes)
        marks = dots(b, a, 1, QUIET), dots(j, i, 3.5, PAPER), dots(j, i, 2.7, hue(k))
        places = plot(*marks, x=Linear(-0.5, 7.5), y=Linear(7.5, -0.5), width=72, height=72)
        seen = overlay(image_cells(pull.now.x[pull.n, 0], 9, filter_pen(k), full=2), places)
        patches = filter_cells(k, pull.patches[k], 10, float(pull.patches.max()), grey=passes.any())
        pulls = ("= its pull", pull.product[k]), ("mean of all", means[k])
        error = f"v{INDEX[k]} · δ = {format_number(float(pull.errors[k]))}"
        lines = (
            text(error, mono=True, bold=True, width=172),
            text(f"× patches ●: {passes.sum()} of 64", SMALL),
            row(seen, titled(column(note("sum"), note("÷ 64"), gap=0), patches), gap=12, align="end"),
            row(*(titled(name, filter_cells(k, values, 14, full)) for name, values in pulls), gap=18),
        )
        columns.append(column(*lines, gap=6))
    scales = note(f"full colour: weights ±2.5, v ±5, δ ±1, pulls ±{format_number(full)}")
    return column(row(*columns, gap=16), scales, gap=14)


@lru_cache(maxsize=1)
def draw_first_step(start: Twins) -> Box:
    """What one step does to each filter and to its outgoing weights; and how far they are apart."""
    states = first_steps(start)
    full, moved = ([float(np.abs(values).max()) for values in both] for both in states[:2])
    times = min((size / most for size, most in zip(full, moved, strict=True) if size and most), default=1)
    below = column(note("largest"), note("difference"), gap=0), note("weights"), note("outgoing")
    columns = [(space(), filter_name(0, "Filter "), filter_name(1, "Filter "), *below)]
    for name, (W, v), stronger in zip(("before", "step", "after"), states, (1, times, 1), strict=True):
        tiles = []
        for k in (0, 1):
            weights = filter_cells(k, W[k], 13, full[0] / stronger)
            tiles.append(row(weights, filter_cells(k, v[k][:, None], 13, full[1] / stronger), gap=6))
        columns.append((note(name), *tiles, space(), draw_gap(W), draw_gap(v)))
    said = text("The first step", bold=True), note(f"= − rate × gradient, drawn × {format_number(times, 2)}")
    return once(titled(column(*said, gap=0), table([*zip(*columns, strict=True)], gap=(10, 8)), gap=10))


def draw_gap(both: np.ndarray) -> Box:
    """How far two filters are apart, as a number; an exact 0 is hollow."""
    number = format_number(largest_difference(*both), 2)
    return cells(np.zeros((1, 1)), 18) if number == "0" else text(number, SMALL, mono=True, bold=True)


# %% [markdown]
# The same in words, and as a table.


# %%
def describe_pull(pull: Pull) -> str:
    """Say in one sentence how the chosen image pulls on the two filters."""
    name = f"Image {choose_examples(pull.now.labels).index(pull.n) + 1}"
    (some, others), (first, second) = pull.passes.sum(axis=(1, 2)), map(format_number, pull.errors.tolist())
    if np.array_equal(*pull.product):
        return f"{name} pulls on both alike: v · δ is {first}, and {some} of 64 places pass."
    if first == second and some == others:
        said = f"differ by at most {format_number(largest_difference(*pull.product), 2)}"
        return f"{name} pulls on both almost alike: v · δ is {first} for each, and the pulls {said}."
    said = f"v · δ is {first} for filter 1 and {second} for filter 2; {some} and {others} of 64 places pass"
    return f"{name} pulls on them in different ways: {said}."


def list_factors(pull: Pull) -> list[tuple[str | int | float, ...]]:
    """The factors of the chosen image's pull, and what the first step did."""
    (_, v), (step_of_weights, step_of_v), _ = first_steps(pull.start)
    (means, _), (first, second) = split_sides(pull.now.step.grads), pull.passes
    classes = zip(CLASSES[pull.now.task], pull.residual, pull.outgoing.T, strict=True)
    pairs = [pair for name, d, both in classes for pair in ((f"δ: {name}", d, d), (f"v: {name}", *both))]
    return [
        *(compare(*pair) for pair in pairs),
        compare("v · δ", *pull.errors),
        ("patches that pass", int(first.sum()), int(second.sum()), int((first != second).sum())),
        compare("their sum ÷ 64", *pull.patches),
        compare("= its pull", *pull.product),
        compare("mean of 64 pulls", *means),
        compare("before step 1: v", *v),
        compare("step 1: weights", *step_of_weights),
        compare("step 1: v", *step_of_v),
    ]


# %% [markdown]
# ## The demo
#
# The settings are those of [Twins](twins.py); an image is chosen by pointing at it.


# %%
@demo(question="questions/why-not-the-same.md", budget_seconds=8, picture=draw, recorded=("image",))
def pull(
    incoming: Annotated[Literal["same", "different"], Choice("The two filters start")] = "same",
    outgoing: Annotated[Literal["same", "different"], Choice("Their outgoing weights start")] = "same",
    gap: Annotated[float, Slider("Gap between equal filters", 1e-9, 1e-1, scale="log", zero=True)] = 0.0,
    task: Annotated[Literal["several", "one"], Choice("Task", QUESTIONS)] = "several",
    steps: Annotated[int, Slider("Steps", 100, 2000, step=100)] = 300,
    seed: Annotated[int, Seed()] = 0,
    image: Annotated[int, Pointed("Image", 0, IMAGES - 1)] = 0,
) -> Iterator[Look]:
    """One image, two filters: how does it pull on each?"""
    start = None
    for now in simulate(incoming, outgoing, gap, task, steps, seed):
        start = start or now
        yield Look(start, now, choose_examples(now.labels)[image])


pull

# %% [markdown]
# Many seeds of the same experiment: [the evidence](../evidence/twins.md).
