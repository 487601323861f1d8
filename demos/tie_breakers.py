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
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np

from convlens import (
    SGD,
    Adam,
    BatchNorm2d,
    Conv2d,
    Dropout,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Tanh,
    data,
    initializers,
)
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import Figure, Panel, Table, format_number, power_of_ten
from convlens_live.figures.svg import MONO, SANS, colour, element, line, text

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
        model = Sequential(conv, *self.layers, GlobalAveragePool2d(), Linear(self.classes))
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
def copied(e: Experiment):
    return e.tied()


def minibatches(e: Experiment):
    e.stream = batches(e.x, e.labels, 16, e.rng)
    return e.tied()


def noise(e: Experiment):
    def noisy():
        while True:
            yield e.x + e.rng.normal(0.0, 0.3, e.x.shape), e.labels

    e.stream = noisy()
    return e.tied()


def labels(e: Experiment):
    wrong = e.rng.random(len(e.labels)) < 0.25
    e.stream = batches(e.x, np.where(wrong, e.rng.permutation(e.labels), e.labels))
    return e.tied()


def draws(e: Experiment):
    return e.tied(incoming=False)


def biases(e: Experiment):
    model, params = e.tied()
    params["conv1"]["bias"] = e.rng.normal(0.0, 0.1, e.filters)
    return model, params


def dropout(e: Experiment):
    e.layers = (ReLU(), Dropout(0.5))
    return e.tied()


# %% [markdown]
# ## The mechanisms without chance
#
# Seven of these treat all filters alike. The other five treat one filter, or each, in a way of its own. Not one of
# them draws a random number.


# %%
def constant(e: Experiment):
    e.initializer = initializers.constant(0.1)
    return e.tied()


def momentum(e: Experiment):
    e.optimizer = SGD(e.rate, momentum=0.9)
    return e.tied()


def adam(e: Experiment):
    e.optimizer = Adam(e.rate / 50)
    return e.tied()


def decay(e: Experiment):
    e.optimizer = SGD(e.rate, weight_decay=0.001)
    return e.tied()


def tanh(e: Experiment):
    e.layers = (Tanh(),)
    return e.tied()


def pooling(e: Experiment):
    e.layers = (ReLU(), MaxPool2d(2))
    return e.tied()


def norm(e: Experiment):
    e.layers = (BatchNorm2d(), ReLU())
    return e.tied()


def hadamard(e: Experiment):
    e.initializer = initializers.hadamard()
    return e.tied(incoming=False)


def read(e: Experiment):
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


def rate(e: Experiment):
    e.optimizer = OneSlower(e.optimizer)
    return e.tied()


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


def order(e: Experiment):
    e.conv = OneInReverse
    return e.tied()


def bits(e: Experiment):
    model, params = e.tied()
    weight = params["conv1"]["weight"]
    weight[-1] = np.nextafter(
        weight[-1], np.inf
    )  # 25 weights, each moved on to the next number that float64 holds
    return model, params


def bit(e: Experiment):
    """The same for one weight only; not in the list, because rounding now and then forgets it."""
    return e.tied(ulp=True)


# %% [markdown]
# ## The list, and the claim
#
# `parts` is what the page claims of the default run; the tests hold it against many seeds. The picture uses it
# only to reserve the room that the two columns will need.


# %%
@dataclass(frozen=True)
class Mechanism:
    """One thing to try: its name on the page, whether it draws random numbers, and what is claimed of it."""

    name: str
    chance: bool
    parts: bool
    set_up: Any


MECHANISMS = {
    m.set_up.__name__: m
    for m in (
        Mechanism("one random draw, copied to all", True, False, copied),
        Mechanism("a random draw for each filter", True, True, draws),
        Mechanism("minibatches in random order", True, False, minibatches),
        Mechanism("random biases", True, True, biases),
        Mechanism("new noise on the images at each step", True, False, noise),
        Mechanism("dropout", True, True, dropout),
        Mechanism("a quarter of the labels shuffled", True, False, labels),
        Mechanism("every weight starts at 0.1", False, False, constant),
        Mechanism("a fixed pattern for each filter", False, True, hadamard),
        Mechanism("momentum", False, False, momentum),
        Mechanism("one filter is read half as strongly", False, True, read),
        Mechanism("Adam", False, False, adam),
        Mechanism("one filter learns at half the rate", False, True, rate),
        Mechanism("weight decay", False, False, decay),
        Mechanism("tanh instead of ReLU", False, False, tanh),
        Mechanism("one filter adds its images in reverse", False, True, order),
        Mechanism("max pooling", False, False, pooling),
        Mechanism("batch norm", False, False, norm),
        Mechanism("one filter is off by its last bits", False, True, bits),
    )
}
ONE_BIT = Mechanism("one weight is off by its last bit", False, True, bit)
CHOSEN = {
    "all": tuple(MECHANISMS),
    "chance": tuple(key for key, m in MECHANISMS.items() if m.chance),
    "fixed": tuple(key for key, m in MECHANISMS.items() if not m.chance),
}


# %%
@dataclass(frozen=True)
class Result:
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


# %% [markdown]
# ## The picture
#
# Two columns. On the left, what left all filters equal to the last bit: a hollow 0. On the right, what did not, with
# the largest difference between two filters as a number and as a place on a logarithmic line. A die marks what
# draws random numbers of its own.

# %%
WIDTH, HEAD, FOOT = 340, 46, 30  # pixels: a panel, its heading, what stands below its rows
KEPT, PARTED = 33, 46  # pixels: a row on the left, a row on the right
LOW, HIGH = -17, 1  # powers of ten at the ends of the line


def die(x: float, y: float) -> str:
    """A die showing three."""
    box = f"M{x:g} {y:g}h12v12h-12z"
    dots = "".join(
        f"M{x + d:g} {y + d:g}h0" for d in (3, 6, 9)
    )  # of no length: the round ends of a line are a dot
    return element("path", d=box) + element("path", d=dots, stroke_width=2.8, stroke_linecap="round")


def draw_names(results: list[Result], first: float, height: float) -> str:
    """The names of the mechanisms, one a row; a die stands before what draws random numbers."""
    names, dice = [], []
    for row, result in enumerate(results):
        mechanism, y = MECHANISMS[result.key], first + height * row
        name = mechanism.name + (f", diverged after {result.step}" if result.diverged else "")
        unfinished = {} if result.finished else {"fill": colour("quiet")}
        smaller = {"font_size": 12} if result.diverged else {}
        names.append(element("text", name, x=22, y=y, **unfinished, **smaller))
        dice.append(die(1, y - 11) if mechanism.chance else "")
    # What all rows share is said once: the figure is part of the page, and has to be light.
    words = element("g", *names, fill=colour("ink"), font_family=SANS, font_size=14)
    return words + element("g", *dice, fill="none", stroke=colour("quiet")) if names else ""


def draw_heading(title: str, below: str, number: int, rows: int, height: float) -> str:
    """The title of a column, how many it holds, and a line under each row, used or not."""
    lines = "".join(f"M0 {HEAD + height * (row + 1):g}h{WIDTH}" for row in range(rows))
    return (
        text(0, 17, title, size=16, weight=600)
        + text(WIDTH, 17, str(number), size=16, mono=True, weight=600, anchor="end")
        + text(0, 36, below, size=12, role="quiet")
        + line(0, HEAD, WIDTH, HEAD, role="ink")
        + element("path", d=lines, stroke=colour("hairline"))
    )


def draw_kept(results: list[Result], room: int) -> Panel:
    """The left column: one row a mechanism, each with a hollow 0."""
    rows = max(room, len(results), 1)
    bottom = HEAD + KEPT * rows
    tops = [HEAD + KEPT * row for row in range(len(results))]
    boxes = "".join(f"M{WIDTH - 23} {top + 6}h22v22h-22z" for top in tops)
    zeros = [element("text", "0", x=WIDTH - 12, y=top + 22) for top in tops]
    mono = {"font_family": MONO, "font_size": 14, "font_weight": 600, "text_anchor": "middle"}
    parts = [
        draw_heading("Filters stay equal", "difference at the end: exactly 0", len(results), rows, KEPT),
        draw_names(results, HEAD + 21, KEPT),
        element("path", d=boxes, fill="none", stroke=colour("quiet")) if boxes else "",
        element("g", *zeros, fill=colour("ink"), **mono) if zeros else "",
        element("g", die(1, bottom + 12), fill="none", stroke=colour("quiet")),
        text(22, bottom + 23, "draws random numbers", size=12, role="quiet"),
    ]
    return Panel(WIDTH, bottom + FOOT, "".join(parts))


def draw_parted(results: list[Result], room: int) -> Panel:
    """The right column: one row a mechanism, each with its number on a logarithmic line."""
    left, right = 22.0, 232.0

    def place(value: float) -> float:
        return left + (right - left) * (min(max(np.log10(value), LOW), HIGH) - LOW) / (HIGH - LOW)

    rows, powers = max(room, len(results), 1), (-16, -12, -8, -4, 0)
    bottom = HEAD + PARTED * rows
    axes, bars, dots, numbers = [], [], [], []
    for row, result in enumerate(results):
        x, y = place(result.difference), HEAD + PARTED * row + 33
        axes += [f"M{left:g} {y}H{right:g}", *(f"M{place(10.0**power):.1f} {y - 2.5}v5" for power in powers)]
        bars.append(f"M{left:g} {y}H{x:.1f}")
        dots.append(element("circle", cx=x, cy=y, r=4.5))
        numbers.append(element("text", format_number(result.difference), x=WIDTH, y=y + 5))
    parts = [
        draw_heading("Filters part", "largest difference between two of them", len(results), rows, PARTED),
        draw_names(results, HEAD + 19, PARTED),
    ]
    if results:
        end = {"font_family": SANS, "font_size": 14, "font_weight": 600, "text_anchor": "end"}
        parts += [
            element("path", d="".join(axes), stroke=colour("quiet"), stroke_width=0.6),
            element("path", d="".join(bars), stroke=colour("quiet"), stroke_width=2),
            element("g", *dots, *numbers, fill=colour("ink"), **end),
        ]
    for power in powers:
        name = power_of_ten(power) if power else "1"
        parts.append(text(place(10.0**power), bottom + 17, name, size=11, role="quiet", anchor="middle"))
    return Panel(WIDTH, bottom + FOOT, "".join(parts))


def same_height(left: Panel, right: Panel) -> tuple[Panel, Panel]:
    height = max(left.height, right.height)
    return replace(left, height=height), replace(right, height=height)


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


def tabulate(results: list[Result]) -> Table:
    """One row a mechanism: how far the filters are from each other, and how far they moved."""
    rows = []
    for result in results:
        mechanism = MECHANISMS[result.key]
        name = mechanism.name + (" (diverged)" if result.diverged else "")
        rows.append((name, "yes" if mechanism.chance else "no", result.step, result.difference, result.moved))
    columns = ("mechanism", "draws random numbers", "steps", "largest difference", "largest move of a weight")
    return Table(columns, tuple(rows))


# %% [markdown]
# ## The demo
#
# Every mechanism is run in turn. Its row stands in the column where it belongs at that moment, and stays there when
# its run is over.


# %%
@demo(question="questions/random-or-different.md", budget_seconds=8)
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
) -> Iterator[Figure]:
    """Which of these separates filters that start equal?"""
    chosen = CHOSEN[mechanisms]
    room = [sum(MECHANISMS[key].parts is parts for key in chosen) for parts in (False, True)]
    finished: list[Result] = []
    for key in chosen:
        for result in run(key, filters=filters, steps=steps, task=task, rate=rate, seed=seed):
            if result.finished or result.step % max(steps // 4, 1) == 1:
                yield show([*finished, result], room, len(chosen), steps)
        finished.append(result)


def show(results: list[Result], room: list[int], total: int, steps: int) -> Figure:
    """Draw all results so far; the last may be under way."""
    kept = [result for result in results if result.difference == 0]
    parted = [result for result in results if result.difference > 0]
    last, caption = results[-1], "Images and first draw are the same in every run. "
    if len(results) < total or not last.finished:
        caption += f"Now: {MECHANISMS[last.key].name}, step {last.step} of {steps}."
    else:
        least = min(results, key=lambda result: result.moved)
        caption += (
            f"The filters did learn: in every run at least one of their weights moved by {format_number(least.moved)} or more."
            if least.moved
            else f"But some filters did not move at all: {MECHANISMS[least.key].name}."
        )
        if any(result.diverged for result in results):
            caption += " Where training diverged, the row shows the last step whose weights were numbers."
    return Figure(
        same_height(draw_kept(kept, room[0]), draw_parted(parted, room[1])),
        describe(kept, parted, total, steps),
        tabulate(results),
        caption,
        outcome=" ".join(f"{r.key}:{'parted' if r.difference > 0 else 'kept'}" for r in results),
    )


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
