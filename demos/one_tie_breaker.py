# %% [markdown]
# ---
# title: "One tie-breaker, step by step"
# description: Filters that start equal, one thing that is added, and how the difference between them grows, or stays 0.
# hide: [toc]
# ---
#
# # One tie-breaker, step by step
#
# All filters of a small network start as copies of one, and the next layer reads all alike: they are [tied](twins.py).
# Then one thing is added. You will see whether the filters part, and how their difference grows, even from the last bit
# of a number. All nineteen things, side by side, are in [the tie-breakers](tie_breakers.py).

# %%
from collections.abc import Callable, Iterator
from itertools import count
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np

from convlens import data, initializers, layers, optim
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train, until
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## One setting that changes one thing
#
# An `Experiment` is all that a run needs. The plain one is the start of every other: a random draw for one filter, copied
# to all. It runs in float64, so that the last bit of a weight is still a bit.

# %%
TASKS, IMAGES = {"several": data.several_filters_task, "one": data.one_filter_task}, 48


class Experiment:
    """What one run is made of; a mechanism changes some of it."""

    ties: dict[str, Any] | None = None  # how the filters are tied
    edit: Callable | None = None  # changes the tied parameters
    # Computes the last filter's gradient from the usual one and from the one added in reverse.
    own: Callable | None = None

    def __init__(self, x, labels, filters: int, rate: float, seed: int, initializer: Any = None) -> None:
        self.x, self.labels, self.filters, self.rate, self.seed = x, labels, filters, rate, seed
        self.initializer, self.layers = initializer or initializers.he(), (layers.ReLU(),)
        self.optimizer, self.stream = optim.SGD(rate), batches(x, labels)
        # Chance that a mechanism brings along is drawn from here; images and first weights are the same for all.
        self.rng = np.random.default_rng([seed, 1])

    def start(self) -> tuple[layers.Sequential, Any]:
        """Return the network, and parameters in which every filter is a copy of the first."""
        conv = layers.Conv2d(self.filters, kernel=5, initializer=self.initializer)
        first = OwnGradient(conv, self.own) if self.own else conv
        last = layers.GlobalAveragePool2d(), layers.Linear(int(self.labels.max()) + 1)
        model = layers.Sequential(first, *self.layers, *last)
        params, _ = model.init(np.random.default_rng(self.seed), self.x.shape[1:], np.float64)
        params = tie(params, tuple(range(self.filters)), **(self.ties or {}))
        if self.edit:
            self.edit(params)
        return model, params


class OwnGradient:
    """A convolution whose last filter gets a gradient of its own."""

    kind = "conv"

    def __init__(self, inner: layers.Conv2d, own: Callable) -> None:
        self.inner, self.own, self.init = inner, own, inner.init

    def __call__(self, params, x):
        (y, vjp), (_, reverse_vjp) = self.inner(params, x), self.inner(params, x[::-1])

        def own_vjp(dy, input_gradient=True):
            dx, grads = vjp(dy, input_gradient)
            _, reverse = reverse_vjp(dy[::-1], input_gradient=False)
            for name in grads:
                grads[name][-1] = self.own(grads[name][-1], reverse[name][-1])
            return dx, grads

        return y, own_vjp


# %% [markdown]
# ## The mechanisms with chance in them
#
# Each mechanism has a key, a name on the page, and a claim: does it separate the filters? The tests hold the claim against
# many seeds. These seven draw random numbers of their own, at the start or at every step.


# %%
class Mechanism(NamedTuple):
    """One thing to try: whether it draws random numbers, what is claimed of it, and what it changes."""

    key: str
    name: str
    chance: bool
    parts: bool
    change: Callable[[Experiment], None]


MECHANISMS: dict[str, Mechanism] = {}


def mechanism(key: str, name: str, *, chance: bool = False, parts: bool = False) -> Callable:
    """Put the function below into the list."""
    return lambda change: MECHANISMS.setdefault(key, Mechanism(key, name, chance, parts, change))


@mechanism("copied", "one random draw, copied to all", chance=True)
def change_nothing(e):
    pass


@mechanism("draws", "a random draw for each filter", chance=True, parts=True)
def draw_each_filter(e):
    e.ties = {"incoming": False}


@mechanism("minibatches", "minibatches in random order", chance=True)
def draw_minibatches(e):
    e.stream = batches(e.x, e.labels, 16, e.rng)


@mechanism("biases", "random biases", chance=True, parts=True)
def draw_biases(e):
    e.edit = lambda params: params["conv1"].update(bias=e.rng.normal(0.0, 0.1, e.filters))


@mechanism("noise", "new noise on the images at each step", chance=True)
def add_image_noise(e):
    e.stream = ((e.x + e.rng.normal(0.0, 0.3, e.x.shape), e.labels) for _ in count())


@mechanism("dropout", "dropout", chance=True, parts=True)
def add_dropout(e):
    e.layers = (layers.ReLU(), layers.Dropout(0.5))


@mechanism("labels", "a quarter of the labels shuffled", chance=True)
def add_label_noise(e):
    wrong = e.rng.random(len(e.labels)) < 0.25
    e.stream = batches(e.x, np.where(wrong, e.rng.permutation(e.labels), e.labels))


# %% [markdown]
# ## The mechanisms without chance
#
# Seven of these treat all filters alike. The other five treat one filter, or each, in a way of its own. Not one of
# them draws a random number.


# %%
@mechanism("constant", "every weight starts at 0.1")
def start_at_one_number(e):
    e.initializer = initializers.constant(0.1)


@mechanism("hadamard", "a fixed pattern for each filter", parts=True)
def start_at_patterns(e):
    e.initializer, e.ties = initializers.hadamard(), {"incoming": False}


@mechanism("momentum", "momentum")
def add_momentum(e):
    e.optimizer = optim.SGD(e.rate, momentum=0.9)


@mechanism("read", "one filter is read half as strongly", parts=True)
def halve_readout(e):
    def halve(params):
        params["linear1"]["weight"][:, -1] *= 0.5

    e.edit = halve


@mechanism("adam", "Adam")
def use_adam(e):
    e.optimizer = optim.Adam(e.rate / 50)


@mechanism("rate", "one filter learns at half the rate", parts=True)
def halve_learning_rate(e):
    e.own = lambda gradient, reverse: 0.5 * gradient


@mechanism("decay", "weight decay")
def add_weight_decay(e):
    e.optimizer = optim.SGD(e.rate, weight_decay=0.001)


@mechanism("tanh", "tanh instead of ReLU")
def use_tanh(e):
    e.layers = (layers.Tanh(),)


@mechanism("order", "one filter adds its images in reverse", parts=True)
def reverse_sum_order(e):
    e.own = lambda gradient, reverse: reverse


@mechanism("pooling", "max pooling")
def add_max_pooling(e):
    e.layers = (layers.ReLU(), layers.MaxPool2d(2))


@mechanism("norm", "batch norm")
def add_batch_norm(e):
    e.layers = (layers.BatchNorm2d(), layers.ReLU())


@mechanism("bits", "one filter is off by its last bits", parts=True)
def move_last_bits(e):
    def move(params):  # 25 weights, each to the next number that float64 holds
        weight = params["conv1"]["weight"][-1]
        weight[:] = np.nextafter(weight, np.inf)

    e.edit = move


# %% [markdown]
# ## The run


# %%
class Result(NamedTuple):
    """Where the run of one mechanism stands: the numbers are of the last step whose weights were numbers."""

    mechanism: Mechanism
    step: int
    difference: float
    moved: float
    filters: np.ndarray
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
        result = Result(
            mechanism, step.number, difference, moved, weight[:, 0], finished=step.number == steps
        )
        yield result
    if not result.finished:
        yield result._replace(diverged=True, finished=True)


# %% [markdown]
# ## The picture, the words, and the demo


# %%
class Growth(NamedTuple):
    """How far one run is, and the (step, difference) of every tenth step so far."""

    now: Result
    differences: tuple[tuple[int, float], ...]
    steps: int


def draw_filters(growth: Growth) -> Box:
    """Draw all filters, on one scale."""
    filters, full = growth.now.filters, float(np.abs(growth.now.filters).max())
    columns, side = (2, 32) if len(filters) < 5 else (3, 20)
    tiles = (titled(filter_name(k, "Filter "), filter_cells(k, W, side, full)) for k, W in enumerate(filters))
    scale = note(f"orange above 0, blue below; full colour: ±{format_number(full, 2)}")
    return column(grid(list(tiles), columns, gap=(22, 14)), scale, gap=14)


def draw_difference(growth: Growth) -> Box:
    """Draw the largest difference as a number, and its curve."""
    tiny = growth.now.mechanism.key in ("order", "bits")  # what comes from rounding alone needs powers of ten
    axes = {"y": Log(-18, 2)} if tiny else {"y": Linear(0, 15, (0, 5, 10, 15))}
    axes |= {"x": Linear(0, growth.steps, label="training steps"), "width": 344, "height": 240}
    curve = plot(line(*zip(*growth.differences, strict=True), dot=True), **axes)
    number = format_number(growth.now.difference)
    return column(headline("largest difference between two filters", number, 344), curve)


def draw(growth: Growth) -> Figure:
    """Draw the filters, and how far they are apart; and say it in words."""
    now, panels = growth.now, (draw_filters(growth), draw_difference(growth))
    apart = (
        f"filters differ by up to {format_number(now.difference)}" if now.difference else "filters are equal"
    )
    name = now.mechanism.name.capitalize() if now.mechanism.key != "copied" else "Nothing is added"
    words = f"{name}: {when(now.step).lower()} the {apart}."
    said = (
        f"Step {now.step} of {growth.steps}. The weight that moved most moved by {format_number(now.moved)}."
    )
    said += " Training diverged: the next weights are no numbers." * now.diverged
    table = Table(("step", "largest difference"), (*growth.differences[:-1:10], growth.differences[-1]))
    return Figure(panels, words, table, said, f"{now.mechanism.key}:{'parted' if now.difference else 'kept'}")


# %%
TASK = Choice("Task", ("which way is the line?", "is there a line?"))
KEYS = tuple(MECHANISMS)
CHANGE = Choice("What is added", ("nothing", *(each.name for each in list(MECHANISMS.values())[1:])))


PAGE = "questions/random-or-different.md"


@demo(question=PAGE, budget_seconds=8, picture=draw, recorded=("mechanism",), opens="start")
def one_tie_breaker(
    filters: Annotated[int, Slider("Filters that start equal", 2, 6, step=1)] = 2,
    steps: Annotated[int, Slider("Steps", 500, 4000, step=500)] = 2000,
    mechanism: Annotated[Literal[KEYS], CHANGE] = "copied",
    task: Annotated[Literal["several", "one"], TASK] = "several",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Growth]:
    """One thing is added: do equal filters stay equal?"""
    differences: tuple[tuple[int, float], ...] = ()
    for now in run(MECHANISMS[mechanism], filters=filters, steps=steps, task=task, rate=1.0, seed=seed):
        if now.step % 10 == 0 or now.finished:
            differences = (*differences, (now.step, now.difference))
            yield Growth(now, differences, steps)


one_tie_breaker

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/tie_breakers.md).
