# %% [markdown]
# ---
# title: "Tie-breakers: what separates equal filters, and what does not"
# description: Nineteen things that are said to make filters differ, each run on filters that start equal.
# hide: [toc]
# ---
#
# # Tie-breakers: what separates equal filters, and what does not
#
# All filters of a small convolutional network start as copies of one filter, and all are read alike by the next
# layer. Then one thing is added: minibatches, dropout, batch norm, a random bias. This notebook trains the
# network with each of nineteen such things and measures by how much the filters differ at the end. It is the
# demo of [Do I need randomness, or only difference?](../questions/random-or-different.md), in full.
#
# You need to know what [tied filters](twins.py) are. You will see that chance is neither needed nor enough.

# %%
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from convlens import (
    SGD,
    Adam,
    BatchNorm2d,
    Conv2d,
    Dropout,
    GlobalAveragePool2d,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
    data,
    initializers,
)
from convlens import Linear as Dense
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## One setting that changes one thing
#
# An `Experiment` is all that a training run needs: network, first parameters, optimizer, stream of images. The
# plain one is the start of every other: a random draw for one filter, copied to all, so that the filters are
# tied in both ways. It runs in float64, so that the last bit of a weight is still a bit.

# %%
TASKS = {"several": data.several_filters_task, "one": data.one_filter_task}
IMAGES = 48


@dataclass
class Experiment:
    """What one run is made of; a mechanism changes some of it."""

    x: np.ndarray
    labels: np.ndarray
    filters: int
    rate: float
    seed: int
    initializer: Any = field(default_factory=initializers.he)
    layers: tuple[Any, ...] = (ReLU(),)
    optimizer: Any = None
    stream: Any = None
    conv: Any = None

    def __post_init__(self) -> None:
        self.classes = int(self.labels.max()) + 1
        self.optimizer = SGD(self.rate)
        self.stream = batches(self.x, self.labels)
        # Chance that a mechanism brings along is drawn from here; images and first weights are the same for all.
        self.rng = np.random.default_rng([self.seed, 1])

    def start(self) -> tuple[Sequential, Any]:
        """Return the network and its parameters, before any tie."""
        conv = Conv2d(self.filters, kernel=5, initializer=self.initializer)
        conv = self.conv(conv) if self.conv else conv
        model = Sequential(conv, *self.layers, GlobalAveragePool2d(), Dense(self.classes))
        params, _ = model.init(np.random.default_rng(self.seed), self.x.shape[1:], np.float64)
        return model, params

    def tied(self, **options: Any) -> tuple[Sequential, Any]:
        """Return the network, and parameters in which every filter is a copy of the first."""
        model, params = self.start()
        return model, tie(params, tuple(range(self.filters)), **options)


# %% [markdown]
# ## The mechanisms with chance in them
#
# Each draws random numbers of its own, at the start or at every step. The first is the plain network itself: its
# one filter is drawn at random, and copied.


# %%
def change_nothing(e: Experiment):
    return e.tied()


def shuffle_minibatches(e: Experiment):
    e.stream = batches(e.x, e.labels, 16, e.rng)
    return e.tied()


def add_noise_to_images(e: Experiment):
    e.stream = ((e.x + e.rng.normal(0.0, 0.3, e.x.shape), e.labels) for _ in iter(int, 1))
    return e.tied()


def shuffle_some_labels(e: Experiment):
    wrong = e.rng.random(len(e.labels)) < 0.25
    e.stream = batches(e.x, np.where(wrong, e.rng.permutation(e.labels), e.labels))
    return e.tied()


def draw_each_filter(e: Experiment):
    return e.tied(incoming=False)


def draw_biases(e: Experiment):
    model, params = e.tied()
    params["conv1"]["bias"] = e.rng.normal(0.0, 0.1, e.filters)
    return model, params


# %% [markdown]
# ## The mechanisms without chance
#
# Seven of these treat all filters alike. The other five treat one filter, or each, in a way of its own. Not one of
# them draws a random number.


# %%
def start_constant(e: Experiment):
    e.initializer = initializers.constant(0.1)
    return e.tied()


def with_optimizer(change):
    """Return a mechanism that trains with another optimizer: change(optimizer's learning rate, the plain optimizer)."""

    def use(e: Experiment):
        e.optimizer = change(e.rate, e.optimizer)
        return e.tied()

    return use


def with_layers(*layers):
    """Return a mechanism that has other layers than a ReLU after the convolution."""

    def use(e: Experiment):
        e.layers = layers
        return e.tied()

    return use


def start_from_patterns(e: Experiment):
    e.initializer = initializers.hadamard()
    return e.tied(incoming=False)


def halve_readout(e: Experiment):
    model, params = e.tied()
    params["linear1"]["weight"][:, -1] *= 0.5
    return model, params


@dataclass
class OneSlower:
    """Another optimizer, with the learning rate of the last filter halved."""

    inner: Any

    def start(self, params):
        return self.inner.start(params)

    def step(self, params, grads, state):
        conv = {name: gradient.copy() for name, gradient in grads["conv1"].items()}
        for gradient in conv.values():
            gradient[-1] *= 0.5
        return self.inner.step(params, grads | {"conv1": conv}, state)


@dataclass
class OneInReverse:
    """A convolution whose last filter adds its gradient up over the images from the last to the first."""

    inner: Conv2d
    kind = "conv"

    def init(self, rng, in_shape, dtype):
        return self.inner.init(rng, in_shape, dtype)

    def __call__(self, params, x):
        y, vjp = self.inner(params, x)
        _, reverse_vjp = self.inner(params, x[::-1])

        def both(dy, input_gradient=True):
            dx, grads = vjp(dy, input_gradient)
            _, reverse = reverse_vjp(dy[::-1], input_gradient=False)
            for name in grads:
                grads[name][-1] = reverse[name][-1]
            return dx, grads

        return y, both


def reverse_sum_order(e: Experiment):
    e.conv = OneInReverse
    return e.tied()


def move_last_bits(e: Experiment):
    model, params = e.tied()
    weight = params["conv1"]["weight"]
    weight[-1] = np.nextafter(
        weight[-1], np.inf
    )  # each of 25 weights becomes the next number that float64 holds
    return model, params


def move_one_bit(e: Experiment):
    """The same for one weight only; not in the list, because rounding now and then forgets it."""
    return e.tied(ulp=True)


# %% [markdown]
# ## The list, and the claim
#
# `parts` is what the page claims of the default run; the tests hold it against many seeds. The picture uses it
# only to reserve the room that the two columns will need.


# %%
class Mechanism(NamedTuple):
    """One thing to try: its name on the page, whether it draws random numbers, and what is claimed of it."""

    name: str
    chance: bool
    parts: bool
    set_up: Any


MECHANISMS = {
    "copied": Mechanism("one random draw, copied to all", True, False, change_nothing),
    "draws": Mechanism("a random draw for each filter", True, True, draw_each_filter),
    "minibatches": Mechanism("minibatches in random order", True, False, shuffle_minibatches),
    "biases": Mechanism("random biases", True, True, draw_biases),
    "noise": Mechanism("new noise on the images at each step", True, False, add_noise_to_images),
    "dropout": Mechanism("dropout", True, True, with_layers(ReLU(), Dropout(0.5))),
    "labels": Mechanism("a quarter of the labels shuffled", True, False, shuffle_some_labels),
    "constant": Mechanism("every weight starts at 0.1", False, False, start_constant),
    "hadamard": Mechanism("a fixed pattern for each filter", False, True, start_from_patterns),
    "momentum": Mechanism("momentum", False, False, with_optimizer(lambda rate, _: SGD(rate, momentum=0.9))),
    "read": Mechanism("one filter is read half as strongly", False, True, halve_readout),
    "adam": Mechanism("Adam", False, False, with_optimizer(lambda rate, _: Adam(rate / 50))),
    "rate": Mechanism(
        "one filter learns at half the rate", False, True, with_optimizer(lambda _, plain: OneSlower(plain))
    ),
    "decay": Mechanism(
        "weight decay", False, False, with_optimizer(lambda rate, _: SGD(rate, weight_decay=0.001))
    ),
    "tanh": Mechanism("tanh instead of ReLU", False, False, with_layers(Tanh())),
    "order": Mechanism("one filter adds its images in reverse", False, True, reverse_sum_order),
    "pooling": Mechanism("max pooling", False, False, with_layers(ReLU(), MaxPool2d(2))),
    "norm": Mechanism("batch norm", False, False, with_layers(BatchNorm2d(), ReLU())),
    "bits": Mechanism("one filter is off by its last bits", False, True, move_last_bits),
}
ONE_BIT = Mechanism("one weight is off by its last bit", False, True, move_one_bit)
CHOSEN = {
    "all": tuple(MECHANISMS),
    "chance": tuple(key for key, m in MECHANISMS.items() if m.chance),
    "fixed": tuple(key for key, m in MECHANISMS.items() if not m.chance),
}


# %%
class Result(NamedTuple):
    """Where the run of one mechanism stands: the two numbers are of the last step whose weights were numbers."""

    key: str
    step: int
    difference: float
    moved: float
    diverged: bool = False
    finished: bool = False


def run(key: str, *, filters: int, steps: int, task: str, rate: float, seed: int) -> Iterator[Result]:
    """Train with one mechanism and yield the filters' largest difference at the start and after each step."""
    x, answers = TASKS[task](np.random.default_rng(seed), count=IMAGES, dtype=np.float64)
    yield from trained(key, Experiment(x, answers, filters, rate, seed), steps)


def trained(key: str, experiment: Experiment, steps: int) -> Iterator[Result]:
    """Add the mechanism to the experiment, train, and yield the largest difference at the start and after each step."""
    model, params = (ONE_BIT if key == "bit" else MECHANISMS[key]).set_up(experiment)
    first, last = params["conv1"]["weight"], None
    for step in train(model, params, experiment.stream, experiment.optimizer, experiment.rng):
        weight = step.params["conv1"]["weight"]
        if not np.isfinite(weight).all():
            yield Result(key, last.step, last.difference, last.moved, diverged=True, finished=True)
            return
        last = Result(
            key,
            step.number,
            float(np.ptp(weight, axis=0).max()),  # exactly 0 if, and only if, all filters are equal
            largest_difference(weight, first),
            finished=step.number == steps,
        )
        yield last
        if last.finished:
            return


class Trial(NamedTuple):
    """All results so far, of which the last may be under way; room: how many rows each column will need."""

    results: tuple[Result, ...]
    room: tuple[int, int]
    total: int
    steps: int


# %% [markdown]
# ## The picture
#
# Two columns. On the left, what left all filters equal to the last bit: a hollow 0. On the right, what did not, with
# the largest difference between two filters as a number and as a place on a logarithmic line. A die marks what
# draws random numbers of its own.

# %%
WIDTH, ROW = 360, 40  # of a column, and how high a row of it is
SIZES = Log(-16, 1, grid=False, zero=0)


def draw_die() -> Box:
    """A die showing three: this draws random numbers."""
    spots = dots([1, 2, 3], [1, 2, 3], 1.4, QUIET)
    return framed(plot(spots, x=Linear(0, 4), y=Linear(4, 0), width=12, height=12), Pen(QUIET))


def draw_column(title: str, below: str, rows: list[Box], room: int) -> Box:
    """The title of a column, how many rows it holds, and a line under each row, used or not."""
    top = apart(text(title, bold=True), text(str(len(rows)), bold=True, mono=True), WIDTH)
    empty = [space(WIDTH, ROW)] * (room - len(rows))
    return column(top, ruled(sized(note(below), WIDTH, LARGE), Pen()), *map(ruled, [*rows, *empty]), gap=0)


def draw_name(result: Result) -> Box:
    """The name of a mechanism; a die stands before it, if it draws random numbers."""
    mechanism = MECHANISMS[result.key]
    name = mechanism.name + f", diverged after {result.step}" * result.diverged
    die = draw_die() if mechanism.chance else space(12, 12)
    said = text(name, ink=INK if result.finished else QUIET, width=WIDTH - 50)
    return row(die, said, gap=10, align="middle")


def draw_kept(results: list[Result], room: int) -> Box:
    """The left column: one row for each mechanism, with a hollow 0."""
    zero = cells(np.zeros((1, 1)), 22)
    rows = [
        overlay(space(WIDTH, ROW), row(draw_name(result), zero, gap=6, align="middle")) for result in results
    ]
    drawn = draw_column("Filters stay equal", "difference at the end: exactly 0", rows, room)
    return column(drawn, row(draw_die(), note("draws random numbers"), gap=10, align="middle"))


def draw_parted(results: list[Result], room: int) -> Box:
    """The right column: one row for each mechanism, with its number on a logarithmic line."""
    rows, marks = [], []
    for n, result in enumerate(results):
        number = text(format_number(result.difference), bold=True, mono=True, align="end", width=WIDTH)
        rows.append(place(WIDTH, ROW, (0, 3, draw_name(result)), (0, ROW - number.height, number)))
        at = [n + 0.75, n + 0.75]
        marks += [rule(y=at[0], pen=Pen(HAIRLINE)), line([0.0, result.difference], at, Pen(QUIET, 2))]
        marks.append(dots([result.difference], at[:1], 4.5))
    scale = plot(*marks, x=SIZES, y=Linear(room, 0), width=240, height=ROW * room + 20)
    drawn = draw_column("Filters part", "largest difference between two of them", rows, room)
    return place(WIDTH, drawn.height + 20, (0, 0, drawn), (0, drawn.height - ROW * room, scale))


def glance() -> Box:
    """For the start page: two things that are random and part nothing, and two that part the filters."""
    differences = {row[0]: row[3] for row in tie_breakers.still().table.rows}
    rows = []
    for key in ("minibatches", "momentum", "biases", "bits"):
        name = MECHANISMS[key].name
        number = text(format_number(differences[name]), SMALL, bold=True, mono=differences[name] == 0)
        rows.append(ruled(pad(apart(text(name, SMALL), number, 298), top=4, bottom=4)))
    return column(*rows, gap=2)


# %% [markdown]
# ## The words and the table


# %%
def chances(results: list[Result]) -> int:
    """How many of them draw random numbers?"""
    return sum(MECHANISMS[result.key].chance for result in results)


def describe(kept: list[Result], parted: list[Result], total: int, steps: int) -> str:
    """Say in two sentences what the picture shows."""
    done = sum(result.finished for result in kept + parted)
    if done == total:
        ended = f"left the filters exactly equal, difference 0, and {len(parted)} separated them"
        sentence = f"After {steps} steps each: {len(kept)} {ended}"
    else:
        equal, apart = (f"{len(some)} {'has' if len(some) == 1 else 'have'}" for some in (kept, parted))
        sentence = f"{done} of {total} are done. So far {equal} left the filters exactly equal, and {apart} separated them"
    if parted:
        sizes = [result.difference for result in parted]
        sentence += f", by {format_number(min(sizes))} to {format_number(max(sizes))}"
    if kept and parted and 0 < chances(kept + parted) < len(kept + parted):
        sentence += f". Random numbers were drawn by {chances(kept)} of the {len(kept)} that left them equal"
        sentence += f" and by {chances(parted)} of the {len(parted)} that separated them"
    return sentence + "."


def tabulate(results: tuple[Result, ...]) -> Table:
    """One row a mechanism: how far the filters are from each other, and how far they moved."""
    rows = []
    for result in results:
        mechanism = MECHANISMS[result.key]
        name = mechanism.name + (" (diverged)" if result.diverged else "")
        rows.append((name, "yes" if mechanism.chance else "no", result.step, result.difference, result.moved))
    columns = ("mechanism", "draws random numbers", "steps", "largest difference", "largest move of a weight")
    return Table(columns, tuple(rows))


def explain(trial: Trial) -> str:
    """Say what is tried now, or whether the filters learned anything."""
    results, last = trial.results, trial.results[-1]
    said = "Images and first draw are the same in every run. "
    if len(results) < trial.total or not last.finished:
        return f"{said}Now: {MECHANISMS[last.key].name}, step {last.step} of {trial.steps}."
    least = min(results, key=lambda result: result.moved)
    said += (
        f"The filters did learn: in every run at least one of their weights moved by {format_number(least.moved)} or more."
        if least.moved
        else f"But some filters did not move at all: {MECHANISMS[least.key].name}."
    )
    if any(result.diverged for result in results):
        said += " Where training diverged, the row shows the last step whose weights were numbers."
    return said


def draw(trial: Trial) -> Figure:
    """All mechanisms so far, each in the column where it belongs at that moment."""
    kept = [result for result in trial.results if result.difference == 0]
    parted = [result for result in trial.results if result.difference > 0]
    room = [max(len(rows), reserved, 1) for rows, reserved in zip((kept, parted), trial.room, strict=True)]
    high = max(draw_kept([], room[0]).height, draw_parted([], room[1]).height)
    panels = sized(draw_kept(kept, room[0]), height=high), sized(draw_parted(parted, room[1]), height=high)
    words = describe(kept, parted, trial.total, trial.steps), tabulate(trial.results), explain(trial)
    return Figure(
        panels, *words, " ".join(f"{r.key}:{'parted' if r.difference > 0 else 'kept'}" for r in trial.results)
    )


# %% [markdown]
# ## The demo
#
# Every mechanism is run in turn. Its row stands in the column where it belongs at that moment, and stays there when
# its run is over.


# %%
@demo(question="questions/random-or-different.md", budget_seconds=8, picture=draw)
def tie_breakers(
    mechanisms: Annotated[
        Literal["all", "chance", "fixed"], Choice("Things to try", ("all", "random", "fixed"))
    ] = "all",
    filters: Annotated[int, Slider("Filters that start equal", 2, 6, step=1)] = 2,
    steps: Annotated[int, Slider("Steps each", 50, 400, step=50)] = 200,
    task: Annotated[
        Literal["several", "one"], Choice("Task", ("which way is the line?", "is there a line?"))
    ] = "several",
    rate: Annotated[float, Slider("Learning rate", 1e-2, 1e3, scale="log")] = 1.0,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Trial]:
    """Which of these separates filters that start equal?"""
    chosen, finished = CHOSEN[mechanisms], ()
    room = tuple(sum(MECHANISMS[key].parts is parts for key in chosen) for parts in (False, True))
    for key in chosen:
        for result in run(key, filters=filters, steps=steps, task=task, rate=rate, seed=seed):
            if result.finished or result.step % max(steps // 4, 1) == 1:
                yield Trial((*finished, result), room, len(chosen), steps)
        finished = (*finished, result)


tie_breakers

# %% [markdown]
# ## A surprise: in PyTorch eight equal filters stay equal, and six do not
#
# On one processor, in float32, we let equal filters train in PyTorch, 2 to 17 of them, outgoing weights equal too
# ([the runs](../evidence/equal_filters.md)). What differs first is not a filter. It is the gradient of the *next* layer's
# weights: one product, errors times means, summed over the images. It has a row for each class and a column for each filter,
# and its rows follow one another in memory.
#
# The processor takes four numbers at a time, from one 16-byte edge to the next. What stands before a row's first edge is
# taken alone, and added up in another order: of every eight images, the last four are summed on their own first. On paper
# that is the same sum. A computer rounds each addition, and another order rounds differently.


# %%
def in_another_order(filters: int, classes: int = 4) -> np.ndarray:
    """Mark the numbers of the product that are added in another order, (classes, filters)."""
    begin = filters * np.arange(classes)[:, None]  # where each row begins, in numbers
    before = -begin % 4  # how many stand before the row's first edge
    return (np.arange(filters) < before) & (filters - before >= 4)


def product(errors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Return errors.T @ means, (classes, filters), in float32 and in the order found in PyTorch for fewer than 12 filters."""
    terms = np.einsum("nm,nk->nmk", errors, means)
    usual, other = np.zeros_like(terms[0]), np.zeros_like(terms[0])
    for term in terms:  # image after image
        usual = usual + term
    eights = len(terms) - len(terms) % 8
    for n in range(0, eights, 8):  # of eight images the first four, then the sum of the last four
        for term in (*terms[n : n + 4], ((terms[n + 4] + terms[n + 5]) + terms[n + 6]) + terms[n + 7]):
            other = other + term
    for term in terms[eights:]:
        other = other + term
    return np.where(in_another_order(means.shape[1], errors.shape[1]), other, usual)


def memory(filters: int) -> str:
    """Draw the rows: a dot is a number added in the usual order, an x one in the other, a bar an edge."""
    marks = in_another_order(filters)
    lines = []
    for m in range(4):
        at_an_edge = [k > 0 and (filters * m + k) % 4 == 0 for k in range(filters)]
        drawn = [(" | " if at_an_edge[k] else " ") + ("x" if marks[m, k] else ".") for k in range(filters)]
        lines.append(f"class {m + 1} " + "".join(drawn))
    return "\n".join(lines)


if __name__ == "__main__":
    for filters in (6, 8):
        print(f"{filters} filters\n{memory(filters)}\n")

# %% [markdown]
# With 6 filters every second row begins in the middle of four, and two of its numbers are added in the
# other order. With 8, or 4, every row begins at an edge. With 2 or 3 no block of four follows, and all are taken alike.
# So equal columns give equal sums, or not:


# %%
def unequal(filters: int, seed: int = 0) -> int:
    """Of how many classes does the product differ between equal filters?"""
    rng = np.random.default_rng(seed)
    errors, means = (rng.normal(size=(64, columns)).astype(np.float32) for columns in (4, 1))
    return int((np.ptp(product(errors, np.repeat(means, filters, axis=1)), axis=1) > 0).sum())


if __name__ == "__main__":
    print({filters: unequal(filters) for filters in range(2, 12)})

# %% [markdown]
# The outgoing weights differ in the last bit, so the filters get different errors back, and on a task that needs several filters
# the difference grows. From 12 filters on PyTorch's library takes another routine, with one order for all.

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/tie_breakers.md).
