# %% [markdown]
# ---
# title: "Which filters become the line?"
# description: All filters of many networks, sorted by the sign that the next layer gives them. Which of them become the line?
# hide: [toc]
# ---
#
# # Which filters become the line?
#
# The next layer listens to each filter with a plus or with a minus. This notebook trains networks on
# [the black line](black_line.py), sorts their filters by that sign, and asks which of them become the line.

# %%
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal, NamedTuple

import numpy as np
from black_line import (
    BAR,
    LINE_LIKE,
    OPTIMIZER,
    START,
    STEPS,
    likeness,
    make_images,
    model_of,
    simulate,
)

from convlens import shapes
from convlens.types import Params
from convlens_live.demo import Choice, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The measurements
#
# The likeness says what *shape* a filter has. The other measure says what it *responds* to: the mean of its map over the line
# images, divided by the sum of that for line images, squiggles and class 0. A filter without a preference gives each a third.

# %%
HALF = 0.5
KINDS = "begin with a plus", "turn from minus to plus", "keep their minus"


def responses(params: Params, x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return each filter's response, the mean of its map, to each group that has images, line images first, (groups, K)."""
    means = model_of(len(params["conv1"]["weight"])).trace(params, x)["relu1"].mean(axis=(2, 3))
    return np.array([means[kinds == kind].mean(axis=0) for kind in (1, 2, 0) if (kinds == kind).any()])


def line_share(groups: np.ndarray) -> np.ndarray:
    """Return the share of each filter's response that goes to line images, (K,); 0 for a filter that never responds."""
    total = groups.sum(axis=0)
    return np.divide(groups[0], total, out=np.zeros_like(total), where=total > 0)


def kinds_of(first: np.ndarray, minus: np.ndarray) -> np.ndarray:
    """Return 0 for a filter that begins with a plus, 1 for one that loses its minus, 2 for one with a minus at every step."""
    return np.where(first >= 0, 0, np.where(minus, 2, 1))


def measure(start: str, optimizer: str, seed: int) -> np.ndarray:
    """Train one network; return of each filter what its sign did, its likeness, and its response to line images, (3, K)."""
    *_, run = simulate(start, optimizer, seed, every=STEPS)
    x, _, kinds = make_images(np.random.default_rng(seed), 0.8, "squiggle")
    params = run.moments[-1].step.params
    kind = kinds_of(run.moments[0].sign, run.minus)
    return np.array(
        [kind, likeness(params["conv1"]["weight"][:, 0]), line_share(responses(params, x, kinds))]
    )


# %% [markdown]
# ## The networks
#
# One network after the other is trained, each with a seed of its own. After every fifth one there is a figure.


# %%
NETWORKS, EACH = 25, 5
measured = lru_cache(4 * NETWORKS)(measure)  # to sort by the other measure trains nothing again


class Sorted(NamedTuple):
    """The filters so far, N: what their sign did, likeness, response (3, N), and which measure is shown."""

    filters: np.ndarray
    measure: str

    @property
    def groups(self) -> list[np.ndarray]:
        """The measure of the filters of each kind."""
        values = self.filters[1 if self.measure == "shape" else 2]
        return [values[self.filters[0] == kind] for kind in range(3)]


def train_all(start: str, optimizer: str, measure: str, seed: int) -> Iterator[Sorted]:
    """Train the networks, one after the other."""
    filters = np.empty((3, 0))
    for n in range(NETWORKS):
        filters = np.hstack([filters, measured(start, optimizer, seed + n)])
        if n % EACH == EACH - 1:
            yield Sorted(filters, measure)


# %% [markdown]
# ## The picture
#
# Three strips on one axis, a dot for each filter. Filled dots count: they are to the right of the handle.

# %%
DIALS = {
    "shape": BAR,
    "response": Dial("response", "Count a filter from this share of its response on", 0, 1, 0.02, HALF),
}
AXES = {
    "shape": ((-0.6, 1.0), "likeness to the line"),
    "response": ((0, 1), "share of its response to line images"),
}
SIGNS = "+", "− → +", "−"


def draw_strips(state: Sorted, width: float, high: float, above: float) -> Box:
    """The dots: one strip for each kind of filter, and the handle below them; above: the room that a strip leaves free."""
    dial, ((low, high_end), label) = DIALS[state.measure], AXES[state.measure]
    x, y = Linear(low, high_end), Linear(-0.16, 3 + 12 / high)
    r = min(0.5 * (width - 24) * dial.step / (high_end - low) - 0.2, 3.3)
    marks = []
    for kind, values in enumerate(state.groups):
        values = np.maximum(values, low)
        marks += [
            rule(y=2 - kind, pen=Pen(HAIRLINE)),
            *draw_dots(values, 2 - kind, dial, low, r, high, 1 - above / high),
        ]
    handle = dial.handle(-0.16, top=y.high, text=f"from {dial.at:.2f} on")
    strips = plot(*marks, handle, x=x, y=y, width=width - 24, height=(y.high - y.low) * high)
    ticks = [tick for tick in (-0.5, 0, 0.5, 1) if tick >= low]
    names = [
        centred(12 + (width - 24) * float(x.share(tick)), 8, note(f"{tick:g}".replace("-", "−")))
        for tick in ticks
    ]
    axis = place(width, 36, *names, centred(width / 2, 28, note(label)))
    return column(pad(strips, 12, 0, 12, 11), axis, gap=6)


def draw_dots(
    values: np.ndarray, floor: float, dial: Dial, low: float, size: float, high: float, most: float
) -> list[Mark]:
    """A pile of dots for each stop of the dial: hollow, and filled while they count. size: of a dot, in pixels.

    high: of a strip, in pixels; most: the share of it that dots may fill.
    """
    stops, counts = np.unique(np.floor((values - dial.low) / dial.step + 1e-9), return_counts=True)
    gap = min(2.2 * size / high, most / max(counts, default=1))
    x = np.repeat(dial.low + (stops + 0.5) * dial.step, counts)
    y = floor + (np.concatenate([[], *map(np.arange, counts)]) + 0.6) * gap
    piles = np.split(np.array([x, y]), np.cumsum(counts)[:-1], axis=1)
    filled = [
        dial.until(dots(*pile, size), dial.low + stop * dial.step)
        for stop, pile in zip(stops.tolist(), piles, strict=bool(len(stops)))
    ]
    return [dots(x, y, size, QUIET, hollow=True), *filled]


def draw_name(kind: int, state: Sorted) -> Box:
    """The sign, what it does, and what a line image does to such a filter."""
    line = np.where(shapes.horizontal() == 0, np.nan, 1.0)
    kernels = [-line, line] if kind == 1 else [line if kind == 0 else -line]
    tiles = row(*[cells(kernel, 7, frame=Pen(QUIET)) for kernel in kernels], gap=5)
    said = text(f"{SIGNS[kind]}  {KINDS[kind]}", bold=True)
    return column(said, tiles, gap=7)


def draw_count(values: np.ndarray, dial: Dial) -> Box:
    """How many of the filters of a kind count."""
    number = dial.varying(
        dial.count(values), lambda n: text(str(n), LARGE, bold=True, width=62, align="end"), said=True
    )
    return column(number, note(f"of {len(values)}", align="end"), gap=1)


def draw(state: Sorted) -> Figure:
    """The three strips; beside or above them their names and counts."""
    dial, groups = DIALS[state.measure], state.groups
    names = [draw_name(kind, state) for kind in range(3)]
    counts = [draw_count(values, dial) for values in groups]
    strips = draw_strips(state, 700, 104, 14)
    down = [12 + 104 * kind for kind in range(3)]
    left = place(250, strips.height, *[(0, y + 26, box) for y, box in zip(down, names, strict=True)])
    right = place(
        66, strips.height, *[(66 - box.width, y + 50, box) for y, box in zip(down, counts, strict=True)]
    )
    across = row(left, strips, right, gap=12)
    small = draw_strips(state, 352, 132, 46)
    over = [(12, 12 + 132 * k + 18, text(f"{SIGNS[k]}  {KINDS[k]}", bold=True)) for k in range(3)]
    ends = [(340 - box.width, 12 + 132 * k + 6, box) for k, box in enumerate(counts)]
    small = place(352, small.height, (0, 0, small), *over, *ends)
    return Figure((wide(across), narrow(small)), describe(state), tabulate(state), explain(state))


# %% [markdown]
# ## The words and the table


# %%
def describe(state: Sorted) -> str:
    """Say how many filters of each kind count."""
    dial = DIALS[state.measure]
    limit = f"{dial.at:.2f} or more"
    what = f"a likeness of {limit}" if state.measure == "shape" else f"{limit} of its response to line images"
    plus, turned, kept = ((int((values >= dial.at).sum()), len(values)) for values in state.groups)
    said = f"Of the {kept[1]} filters that keep their minus, {kept[0] or 'none'} has {what}."
    return f"{said} Of the {turned[1]} that turn to plus, {turned[0]} do; of the {plus[1]} that begin with a plus, {plus[0]}."


def explain(state: Sorted) -> str:
    """Say what to do next; the exception, where there is one."""
    like, share = (values[state.filters[0] == 2] for values in state.filters[1:])
    shaped = share[like >= LINE_LIKE]
    if state.measure == "response" or not len(shaped):
        return "Drag the handle: how far to the left must it go before a filter in the last strip counts?"
    return "It has the shape, but line images get less than half of its response. Sort by response."


def tabulate(state: Sorted) -> Table:
    """Return how many filters of each kind there are, and how many of them count by each measure."""
    kinds, like, share = state.filters
    rows = []
    for kind, name in enumerate(KINDS):
        these = kinds == kind
        shape, response = these & (like >= LINE_LIKE), these & (share >= HALF)
        rows.append((name, *(int(each.sum()) for each in (these, shape, response, shape & response))))
    columns = "sign", "filters", f"likeness {LINE_LIKE:.2f} or more", "half of the response or more", "both"
    return Table(columns, tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/the-black-line.md",
    budget_seconds=60,
    picture=draw,
    recorded=("start", "optimizer", "measure"),
    sentence="{run} 25 networks, with weights of {start} and {optimizer}. Sort their filters by {measure}.",
)
def kept_minus(
    start: Annotated[Literal["he", "tiny"], START] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], OPTIMIZER] = "sgd",
    measure: Annotated[Literal["shape", "response"], Choice("Measure", ("shape", "response"))] = "shape",
    seed: Annotated[int, Seed("First seed")] = 0,
) -> Iterator[Sorted]:
    """What do the filters that become the line have in common?"""
    yield from train_all(start, optimizer, measure, seed)


kept_minus
