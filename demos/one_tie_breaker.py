# %% [markdown]
# ---
# title: "One tie-breaker, step by step"
# description: Two filters that start as copies, one thing that is added, and whether training still keeps the two identical.
# hide: [toc]
# ---
#
# # One tie-breaker, step by step
#
# Two filters of a small network start as copies, and the next layer listens to both equally: they are [tied](twins.py).
# Then one thing is added. You will see whether training separates the two filters, and what it gave to each of them. All
# nineteen things, side by side, are in [the tie-breakers](tie_breakers.py).

# %%
from collections.abc import Callable, Iterator
from itertools import count
from typing import Annotated, Literal, NamedTuple

import numpy as np
from swap import IMAGES, Experiment, add_dropout, draw_minibatches, halve_learning_rate
from twins import QUESTIONS, TASKS

from convlens import initializers, layers, optim
from convlens.symmetry import largest_difference
from convlens.train import batches, train, until
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The mechanisms with chance in them
#
# Each mechanism has a key, a name on the page, and what it gives: one thing that all filters share, or one to each filter.
# That is a claim too. What all share keeps equal filters equal, and what each has for itself separates them. The tests hold
# the claim against many seeds. These seven draw random numbers of their own, at the start or at every step.


# %%
class Mechanism(NamedTuple):
    """One thing to try: whether it draws random numbers, what the filters get from it, and what it changes.

    gets: what all filters share, or two entries: what the other filters get, and what the last one gets.
    """

    key: str
    name: str
    chance: bool
    gets: tuple[str, ...]
    change: Callable[[Experiment], None]

    @property
    def parts(self) -> bool:
        """Is it claimed to separate the filters?"""
        return len(self.gets) > 1


MECHANISMS: dict[str, Mechanism] = {}


def mechanism(key: str, name: str, *gets: str, chance: bool = False) -> Callable:
    """Put the function below into the list."""
    return lambda change: MECHANISMS.setdefault(key, Mechanism(key, name, chance, gets, change))


@mechanism("copied", "one random draw, copied to all", "the same draw", chance=True)
def change_nothing(e):
    pass


@mechanism("draws", "a random draw for each filter", "draw 1", "draw 2", chance=True)
def draw_each_filter(e):
    e.ties = {"incoming": False}


mechanism("minibatches", "shuffled minibatches", "the same images", chance=True)(draw_minibatches)


@mechanism("biases", "random biases", "bias 1", "bias 2", chance=True)
def draw_biases(e):
    e.edit = lambda params: params["conv1"].update(bias=e.rng.normal(0.0, 0.1, e.filters))


@mechanism("noise", "new noise on the images", "the same noisy images", chance=True)
def add_image_noise(e):
    e.stream = ((e.x + e.rng.normal(0.0, 0.3, e.x.shape), e.labels) for _ in count())


mechanism("dropout", "dropout", "mask 1", "mask 2", chance=True)(add_dropout)


@mechanism("labels", "a quarter of the labels shuffled", "the same labels", chance=True)
def add_label_noise(e):
    wrong = e.rng.random(len(e.labels)) < 0.25
    e.stream = batches(e.x, np.where(wrong, e.rng.permutation(e.labels), e.labels))


# %% [markdown]
# ## The mechanisms without chance
#
# Seven of these treat all filters in the same way. The other five treat one filter, or each filter, differently. None
# of them draws a random number.


# %%
@mechanism("constant", "every weight starts at 0.1", "the same number")
def start_at_one_number(e):
    e.initializer = initializers.constant(0.1)


@mechanism("hadamard", "a fixed pattern for each", "pattern 1", "pattern 2")
def start_at_patterns(e):
    e.initializer, e.ties = initializers.hadamard(), {"incoming": False}


@mechanism("momentum", "momentum", "the same past")
def add_momentum(e):
    e.optimizer = optim.SGD(e.rate, momentum=0.9)


@mechanism("read", "half the outgoing weights for one", "weights × 1", "weights × ½")
def halve_readout(e):
    def halve(params):
        params["linear1"]["weight"][:, -1] *= 0.5

    e.edit = halve


@mechanism("adam", "Adam", "the same past")
def use_adam(e):
    e.optimizer = optim.Adam(e.rate / 50)


mechanism("rate", "half the learning rate for one", "rate × 1", "rate × ½")(halve_learning_rate)


@mechanism("decay", "weight decay", "the same shrinking")
def add_weight_decay(e):
    e.optimizer = optim.SGD(e.rate, weight_decay=0.001)


@mechanism("tanh", "tanh instead of ReLU", "the same function")
def use_tanh(e):
    e.layers = (layers.Tanh(),)


@mechanism("order", "one filter adds its images in reverse", "first to last", "last to first")
def reverse_sum_order(e):
    e.own = lambda gradient, reverse: reverse


@mechanism("pooling", "max pooling", "the same rule")
def add_max_pooling(e):
    e.layers = (layers.ReLU(), layers.MaxPool2d(2))


@mechanism("norm", "batch norm", "the same rule")
def add_batch_norm(e):
    e.layers = (layers.BatchNorm2d(), layers.ReLU())


@mechanism("bits", "one filter off by its last bits", "last bits as drawn", "last bits + 1")
def move_last_bits(e):
    def move(params):  # 25 weights, each to the next number that float64 holds
        weight = params["conv1"]["weight"][-1]
        weight[:] = np.nextafter(weight, np.inf)

    e.edit = move


# %% [markdown]
# ## The run


# %%
class Result(NamedTuple):
    """Where the run of one mechanism is: the numbers are of the last step whose weights were numbers."""

    mechanism: Mechanism
    step: int
    difference: float
    moved: float
    filters: np.ndarray
    outgoing: np.ndarray
    diverged: bool = False
    finished: bool = False


def run(
    mechanism: Mechanism, *, filters: int, steps: int, task: str, rate: float, seed: int
) -> Iterator[Result]:
    """Train with one mechanism and yield the filters' largest difference at the start and after each step."""
    x, labels = TASKS[task](np.random.default_rng(seed), count=IMAGES, dtype=np.float64)
    yield from train_with(mechanism, Experiment(x, labels, filters, rate, seed), steps)


def train_with(mechanism: Mechanism, e: Experiment, steps: int) -> Iterator[Result]:
    """Add the mechanism to the experiment, train, and yield where it stands at the start and after each step."""
    mechanism.change(e)
    model, params = e.start()
    for step in until(train(model, params, e.stream, e.optimizer, e.rng), steps):
        weight = step.params["conv1"]["weight"]
        if not np.isfinite(weight).all():
            break
        difference = float(np.ptp(weight, axis=0).max())  # exactly 0 if, and only if, all filters are equal
        moved = largest_difference(weight, params["conv1"]["weight"])
        listens, finished = step.params["linear1"]["weight"], step.number == steps
        result = Result(mechanism, step.number, difference, moved, weight[:, 0], listens, finished=finished)
        yield result
    if not result.finished:
        yield result._replace(diverged=True, finished=True)


# %% [markdown]
# ## The picture, the words, and the demo
#
# Filter 1 on the left, filter 2 on the right, and what the two share in the middle. An arrow is as thick as the next layer's
# weights for this filter. Below: what the mechanism gave to each of them.


# %%
class Growth(NamedTuple):
    """How far one run is, and the (step, difference) of every fourth step so far."""

    now: Result
    differences: tuple[tuple[int, float], ...]
    steps: int


WIDTH, SIDE, FULL, LEFT, MIDDLE, RIGHT = 372, 27, 1.5, 68, 186, 304  # pixels; FULL: a weight in full colour
IMAGE = once(image_cells(np.pad(np.eye(6), ((2, 4), (3, 3))), 5, Pen(QUIET, 2)))


def draw_twins(growth: Growth) -> Box:
    """Draw the image, both filters, how far they are apart, and the arrows to the next layer."""
    now = growth.now
    placed = [centred(MIDDLE, 34, IMAGE), centred(MIDDLE, 244, note("next layer"))]
    for k, x in enumerate((LEFT, RIGHT)):
        placed.append(centred(x, 9, filter_name(k, "filter ")))
        placed.append(centred(x, 92, filter_cells(k, now.filters[k], SIDE, FULL)))
    digits = 3 if now.difference > 1e-3 else 2  # a power of ten needs the room of the third
    ink = INK if now.difference else QUIET
    number = text(format_number(now.difference, digits), LARGE, ink, bold=True, align="middle", width=98)
    sign = text("≠" if now.difference else "=", LARGE, bold=True)
    if not now.difference:
        placed.append(centred(MIDDLE, 126, framed(space(30, 30), Pen(QUIET))))
    placed += [centred(MIDDLE, 88, sign), centred(MIDDLE, 126, number)]
    placed += [centred(MIDDLE, y, note(word)) for y, word in ((151, "largest"), (167, "difference"))]
    wires = [draw_wire(k, now.outgoing[:, k]) for k in (0, 1)]
    layer = place(60, 26, *((8 + 12 * n, 9, framed(space(8, 8), Pen(QUIET, 2))) for n in range(4)))
    below = plot(*wires, x=Linear(0, WIDTH), y=Linear(260, 0), width=WIDTH, height=260)
    tags = draw_tags(now.mechanism.gets if now.step else ("?", "?"))
    return place(
        WIDTH, 296, (0, 0, below), *placed, centred(MIDDLE, 217, framed(layer, Pen(QUIET, 2))), (0, 262, tags)
    )


def draw_wire(k: int, weights: np.ndarray) -> Mark:
    """Draw the arrow from filter k to the next layer."""
    x, end = ((LEFT, MIDDLE - 32), (RIGHT, MIDDLE + 32))[k]
    thick = min(
        max(round(3 * float(np.linalg.norm(weights))) / 2, 1), 9
    )  # in half pixels, so that a recording is small
    return arrow([(x, 164), (x, 217), (end, 217)], Pen(hue(k), thick))


def draw_tags(gets: tuple[str, ...]) -> Box:
    """Draw what both filters share as one box in the middle, or what each of them has as two boxes."""
    if len(gets) == 1:
        shared = framed(overlay(space(250, 32), text(f"shared: {gets[0]}")), Pen(QUIET, 2))
        return sized(aligned(shared, "middle"), WIDTH)
    sign = text("≠", LARGE, bold=True) if gets[0] != "?" else space()
    boxes = [
        framed(overlay(space(160, 32), text(word)), Pen(hue(k), 2, "4 4" if word == "?" else None))
        for k, word in enumerate(gets)
    ]
    return row(boxes[0], overlay(space(WIDTH - 336, 32), sign), boxes[1], gap=8)


def draw(growth: Growth) -> Figure:
    """Draw the twins, and say in words how far they are apart."""
    now = growth.now
    apart = (
        f"filters differ by up to {format_number(now.difference)}"
        if now.difference
        else "filters are identical"
    )
    name = (
        now.mechanism.name[0].upper() + now.mechanism.name[1:]
        if now.mechanism.key != "copied"
        else "Nothing is added"
    )
    words = f"{name}: {when(now.step).lower()} the {apart}."
    said = f"Step {now.step} of {growth.steps}."
    said += " Training diverged: the next weights are no numbers." * now.diverged
    table = Table(("step", "largest difference"), (*growth.differences[:-1:5], growth.differences[-1]))
    outcome = f"{now.mechanism.key}:{'parted' if now.difference else 'kept'}"
    return Figure((draw_twins(growth),), words, table, said, outcome)


# %%
TASK = Choice("Task", QUESTIONS)
KEYS = tuple(MECHANISMS)
CHANGE = Choice("What is added", ("nothing", *(each.name for each in list(MECHANISMS.values())[1:])))
PAGE = "questions/random-or-different.md"


@demo(question=PAGE, budget_seconds=8, picture=draw, recorded=("mechanism",), opens="start")
def one_tie_breaker(
    mechanism: Annotated[Literal[KEYS], CHANGE] = "copied",
    steps: Annotated[int, Slider("Steps", 200, 2000, step=200)] = 200,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Growth]:
    """Two filters that start as copies"""
    differences: tuple[tuple[int, float], ...] = ()
    for now in run(MECHANISMS[mechanism], filters=2, steps=steps, task="several", rate=1.0, seed=seed):
        if now.step % 4 == 0 or now.finished:
            differences = (*differences, (now.step, now.difference))
            yield Growth(now, differences, steps)


one_tie_breaker

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/tie_breakers.md).
