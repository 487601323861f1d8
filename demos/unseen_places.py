# %% [markdown]
# ---
# title: "Trained here, tested there"
# description: Three kinds of layer are trained on shapes in the left half of an image. Which recognizes a shape on the right?
# hide: [toc]
# ---
#
# # Trained here, tested there
#
# Three networks learn to tell a corner from a cross. In training, every shape is in the left half of the image. Then each network
# is tested at every place, also where it never saw a shape. It is the third demo of
# [Why does a 3×3 filter have 28 parameters?](../questions/where-does-3073-come-from.md);
# the [second](conv_costs.py) counts the parameters of such layers.
#
# You will see what sharing is good for, and the two conditions that it needs.

# %%
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlens import Adam, Conv2d, Flatten, GlobalAveragePool2d, ReLU, Sequential, batches, data, train, until
from convlens import Linear as Dense
from convlens.initializers import he
from convlens.layers.base import LayerVjp
from convlens.shapes import corner, cross
from convlens.train import Batch, Step
from convlens.types import Array, Params, Rng, Shape
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## A layer that does not share
#
# It has weights of its own for every number of its maps. If each number reads the whole image, the layer is fully connected. If
# each reads a window, as in a convolution, the layer is locally connected.

# %%
KERNEL, FILTERS, COUNT, RATE, STEPS, EVERY = 3, 4, 64, 0.02, 200, 8


@dataclass(frozen=True)
class Unshared:
    """Maps like those of Conv2d, for one channel; each of their P places has weights (P, K, D) for the D pixels it reads."""

    border: int
    whole: bool  # does each number read the whole image, or a window?
    kind: ClassVar[str] = "unshared"

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        _, P, D = self.patches(np.zeros((1, *in_shape))).shape
        weight, side = he()(rng, (P, FILTERS, D), D, FILTERS).astype(dtype), math.isqrt(P)
        return {"weight": weight, "bias": np.zeros((FILTERS, P), dtype)}, (FILTERS, side, side)

    def patches(self, x: Array) -> Array:
        """Return what each place reads, (N, P, D)."""
        around = (self.border, self.border)
        padded = np.pad(x[:, 0], ((0, 0), around, around))
        windows = sliding_window_view(padded, (KERNEL, KERNEL), axis=(1, 2)).reshape(len(x), -1, KERNEL**2)
        image = x.reshape(len(x), 1, -1)
        return np.broadcast_to(image, (len(x), windows.shape[1], image.shape[2])) if self.whole else windows

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        patches = self.patches(x)
        y = np.einsum("npd,pkd->nkp", patches, params["weight"]) + params["bias"]
        side = math.isqrt(y.shape[2])

        def vjp(dy: Array, input_gradient: bool = True) -> tuple[Any, Params]:
            dy = dy.reshape(y.shape)
            return None, {"weight": np.einsum("nkp,npd->pkd", dy, patches), "bias": dy.sum(0)}

        return y.reshape(len(x), FILTERS, side, side), vjp


# %% [markdown]
# ## The experiment
#
# Images of 12×12 pixels show a corner or a cross of 5×5 pixels, in noise. A shape fits in at 8×8 places. In the first two columns
# of places it is in the left half of the image, and in the last two in the right half. All three networks get the same images.
# They differ in the first layer only.

# %%
CARRIES = 0.9  # from this share on we say that a network recognizes the shapes
KINDS = ("fully connected", "locally connected", "convolution")
SHAPES, SIZE, TRAINED, PER_PLACE = (corner(), cross()), 12, (0, 1), 8
PLACES = SIZE - 5 + 1  # along a side
BORDERS = {"two": 2, "one": 1, "none": 0}


def make_model(kind: str, border: int, reads: str) -> Sequential:
    """Return a network whose first layer is of this kind; border: rows of zeros around the image."""
    shared = Conv2d(FILTERS, kernel=KERNEL, padding=border)
    first = shared if kind == "convolution" else Unshared(border, whole=kind == "fully connected")
    return Sequential(first, ReLU(), GlobalAveragePool2d() if reads == "mean" else Flatten(), Dense(2))


def make_images(rng: Rng, count: int, columns: tuple[int, int], **more: Any) -> tuple[Array, Array]:
    """Return images whose shapes begin in these columns, and their labels."""
    return data.place_shapes(rng, SHAPES, count, columns=columns, **more)


@cache
def make_test(seed: int) -> tuple[Array, Array]:
    """Return eight new images with the shape at each of the 64 places, row by row, and their labels."""
    rng = np.random.default_rng([seed, 2])
    places = [(i, j) for i in range(PLACES) for j in range(PLACES)]
    parts = [make_images(rng, PER_PLACE, (j, j), rows=(i, i)) for i, j in places]
    x, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
    return x, labels


@dataclass(frozen=True, eq=False)
class Network:
    """One of the three networks at one step. What it gets right is computed when it is first asked for."""

    model: Sequential
    step: Step
    test: Batch

    @cached_property
    def right(self) -> Array:
        """The share of test images that are right at each place, (8, 8)."""
        x, labels = self.test
        hits = self.model(self.step.params, x)[0].argmax(axis=1) == labels
        return hits.reshape(PLACES, PLACES, -1).mean(axis=2)

    @property
    def seen(self) -> float:
        """The share that is right in the left half."""
        return float(self.right[:, list(TRAINED)].mean())

    @property
    def unseen(self) -> float:
        """The share that is right in the right half."""
        return float(self.right[:, [PLACES - 1 - j for j in TRAINED]].mean())

    @property
    def parameters(self) -> int:
        """How many numbers the first layer learns."""
        return sum(value.size for value in next(iter(self.step.params.values())).values())


type Three = dict[str, Network]  # by the kind of their first layer


def simulate(border: int, reads: str, seed: int) -> Iterator[Three]:
    """Train all three on the same images; yield them at every eighth step."""
    (x, labels), _ = data.unseen_places_task(np.random.default_rng([seed, 0]), COUNT)
    models, test, runs = [make_model(kind, border, reads) for kind in KINDS], make_test(seed), []
    for model in models:
        params, _ = model.init(np.random.default_rng([seed, 1]), x.shape[1:])
        runs.append(until(train(model, params, batches(x, labels), Adam(RATE)), STEPS))
    for steps in zip(*runs, strict=True):
        if steps[0].number % EVERY == 0:
            networks = [Network(model, step, test) for model, step in zip(models, steps, strict=True)]
            yield dict(zip(KINDS, networks, strict=True))


# %% [markdown]
# ## The picture
#
# For each network, a square for each place of the shape: empty where it guesses, full where it is always right.

# %%
SEEN, UNSEEN = Pen(width=2), Pen(width=2, dash="3 3")


def draw(networks: Three) -> Figure:
    """Draw the three networks side by side; on a narrow screen, smaller."""
    rows = [draw_network(kind, each, 30) for kind, each in networks.items()]
    small = [draw_network(kind, each, 13.5) for kind, each in networks.items()]
    panels = (
        wide(row(draw_examples(8), *rows, gap=44)),
        narrow(column(draw_examples(5), row(*small, gap=12), gap=18)),
    )
    table = Table(
        (
            "first layer",
            "parameters",
            "training images right",
            "right in the left half",
            "right in the right half",
        ),
        tuple(
            (kind, n.parameters, percent(n.step.accuracy), percent(n.seen), percent(n.unseen))
            for kind, n in networks.items()
        ),
    )
    return Figure(panels, describe(networks), table, explain(networks), outcome_of(networks))


@cache
def draw_examples(side: float) -> Box:
    """Draw an image to train on, and one to test with."""
    images = np.zeros((2, SIZE, SIZE))
    images[0, 3:8, 1:6], images[1, 5:10, 7:12] = cross(), cross()
    said = ("trained on", "shapes in", "the left half"), ("tested on", "shapes at", "every place")
    parts = []
    for image, lines in zip(images, said, strict=True):
        half = plot(
            rule(x=SIZE / 2), x=Linear(0, SIZE), y=Linear(0, 1), width=SIZE * side, height=SIZE * side
        )
        parts.append((overlay(image_cells(image, side), half), column(*map(note, lines), gap=2)))
    return once(
        column(*(column(*each, gap=4) for each in parts), gap=16) if side > 6 else row(*parts[0], *parts[1])
    )


def draw_network(kind: str, network: Network, side: float) -> Box:
    """Draw how much one network gets right at each place."""
    width, last = PLACES * side, PLACES - len(TRAINED)
    marks = [windows([(0, at)], pen, PLACES, len(TRAINED)) for at, pen in ((last, UNSEEN), (0, SEEN))]
    shares = cells(2 * network.right - 1, side, grey=True, frame=Pen(HAIRLINE), marks=marks)
    small, large = (LARGE, HUGE) if side > 20 else (TEXT, TEXT)
    left = column(text(percent(network.seen), small), note("left"), gap=0)
    right = column(text(percent(network.unseen), large, bold=True), aligned(note("right half"), "end"), gap=0)
    parameters = note(f"{format_number(network.parameters)} {'parameters' if side > 20 else 'numbers'}")
    name = text(kind if side > 20 else kind.replace(" connected", ""), bold=True)
    return column(name, parameters, shares, apart(left, right, width), gap=6)


def describe(networks: Three) -> str:
    """Say how much of the right half each network gets right."""
    said = ", ".join(f"{kind} {percent(each.unseen)}" for kind, each in networks.items())
    return f"{when(networks[KINDS[0]].step.number)}, right of the images with the shape in the right half: {said}."


def explain(networks: Three) -> str:
    """Say what has been learned, and what to look at."""
    step = networks[KINDS[0]].step.number
    least = min(each.step.accuracy for each in networks.values())
    said = f"Each network gets {'at least ' * (least < 1)}{percent(least)} of its training images right."
    squares = "A square is a place of the shape: full where all is right, empty where the network guesses."
    return f"Step {step} of {STEPS}. {said} {squares} Dashed frame: the right half."


def outcome_of(networks: Three) -> str:
    """Name the networks that recognize the shapes in the right half: all, none, or the first words of their names."""
    found = [kind.split()[0] for kind, each in networks.items() if each.unseen >= CARRIES]
    return "all" if len(found) == len(KINDS) else "-".join(found) or "none"


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/where-does-3073-come-from.md",
    budget_seconds=20,
    picture=draw,
    recorded=("border", "reads"),
    opens="start",
    sentence="Put {border} around the image, let the next layer read {reads}, and {run}.",
)
def unseen_places(
    border: Annotated[
        Literal["two", "one", "none"],
        Choice("Border of zeros", ("two rows of zeros", "one row of zeros", "no zeros")),
    ] = "two",
    reads: Annotated[
        Literal["mean", "each"],
        Choice("The next layer reads", ("the mean of each map", "every number of the maps")),
    ] = "mean",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Three]:
    """Trained here, tested there"""
    yield from simulate(BORDERS[border], reads, seed)


unseen_places

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/unseen_places.md).
