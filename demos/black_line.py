# %% [markdown]
# ---
# title: "The black line: who learns it, and who pulls"
# description: Eight filters, one strong line. Which filters come to look like it, and which images still pull.
# hide: [toc]
# ---
#
# # The black line: who learns it, and who pulls
#
# One strong feature decides most of a task. This notebook trains a small network on it, measures how much each
# filter looks like that feature, and adds up whose errors are left. It is the demo of
# [If a big black line decides, won't every filter learn it?](../questions/the-black-line.md), in full.
#
# You need to know what a [residual](../glossary.md#residual) is. You will see that some filters learn the line and
# others do not, and where the pull goes when the line is learned.

# %%
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Annotated, Literal

import numpy as np

from convlens import (
    SGD,
    Adam,
    Conv2d,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    data,
    initializers,
    shapes,
)
from convlens.attribution import residual
from convlens.train import batches, train
from convlens.types import Params, tree_map
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import Figure, Panel, Table, format_number
from convlens_live.figures.svg import MONO, SANS, colour, element, filter_colour, group, line, text

# %% [markdown]
# ## The task
#
# 64 images of 12x12 pixels, in noise. Half belong to class 1. Most of these show a horizontal line, twice as strong
# as anything else; the rest show another shape. The images of class 0 show a vertical line. As that is weaker, the sum of
# all pixels alone would tell most images apart. Is the line learned for its ink? To find out, `rival` makes the vertical
# line as strong.

# %%
COUNT, FILTERS, STEPS, STRENGTH, LINE_LIKE, FULL = 64, 8, 300, 2.0, 0.6, 1.5
OTHERS = {"squiggle": shapes.squiggle(), "square": shapes.square()}


def make_images(
    rng: np.random.Generator, share: float, other: str, rival: float = 1.0
) -> tuple[np.ndarray, ...]:
    """Return images, labels and kinds: 0 a vertical line of strength `rival` (class 0), 1 the strong line, 2 the other shape."""
    x, labels = data.place_shapes(rng, [None, None], COUNT, dtype=np.float64)
    first = np.cumsum(labels) <= round(share * int(labels.sum()))
    kinds = labels * np.where(first, 1, 2)
    drawn = (rival * shapes.vertical(), STRENGTH * shapes.horizontal(), OTHERS[other])
    data.stamp(rng, x, [drawn[kind] for kind in kinds])
    return x, labels, kinds


def sorted_by_ink(x: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images that the best threshold on the sum of all pixels gets right."""
    ink = x.sum(axis=(1, 2, 3))
    return float(((ink > ink[:, None]) == labels).mean(axis=1).max())


# %% [markdown]
# ## Four measurements
#
# **Likeness**: the cosine of a filter with a horizontal line of five pixels, at the one of five heights where it is
# largest, with its sign. From 0.6 on the filter counts as line-like. A random filter almost never gets there.
#
# **Pull**: the residual of an image is what it is still wrong by, and the only thing that all filters share. Added up over
# a group of images and divided by the sum over all, it says what share of the pull comes from that group.
#
# **Sign**: the next layer reads a filter with one weight for each class. The weight for class 1 minus the weight for class 0
# says for which class the filter speaks: above 0, a plus, for class 1; below 0, a minus, for class 0.
#
# **Response**: the mean of a filter's map. The share of it that goes to line images says what the filter answers to, in
# place of what it looks like.


# %%
def likeness(filters: np.ndarray) -> np.ndarray:
    """Return, for filters (K, 5, 5), the largest cosine with a horizontal line at one of five heights, with its sign."""
    length = np.sqrt(np.einsum("kij,kij->k", filters, filters))
    cosines = np.einsum("kij->ki", filters) / (np.sqrt(5) * np.where(length == 0, 1, length))[:, None]
    return np.take_along_axis(cosines, np.abs(cosines).argmax(axis=1)[:, None], axis=1)[:, 0]


def pull(errors: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return the sum of |residual| over the line images, over those of the other shape, and over class 0."""
    # --8<-- [start:pull]
    # With two classes both numbers of a residual are of one size: the first says all.
    return np.array([np.abs(errors[kinds == kind, 0]).sum() for kind in (1, 2, 0)])
    # --8<-- [end:pull]


def signs(params) -> np.ndarray:
    """Return each filter's weight for class 1 minus its weight for class 0, (K,)."""
    against, in_favour = params["linear1"]["weight"]
    return in_favour - against


def responses(params, x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Return each filter's mean response to an image of each group that has images, line images first, (groups, K)."""
    means = model_of(len(params["conv1"]["weight"])).trace(params, x)["relu1"].mean(axis=(2, 3))
    return np.array([means[kinds == kind].mean(axis=0) for kind in (1, 2, 0) if (kinds == kind).any()])


def line_share(groups: np.ndarray) -> np.ndarray:
    """Return which share of each filter's response goes to line images, (K,); 0 for a filter that never responds."""
    total = groups.sum(axis=0)
    return np.divide(groups[0], total, out=np.zeros_like(total), where=total > 0)


# %% [markdown]
# ## The experiment
#
# A convolution with 5x5 filters, a ReLU, the mean of each map, and a linear layer for two classes, trained with all images
# at each step. Three ways to start: "usual" is a normal distribution of He's size, "PyTorch's" is what its layers begin
# with, biases too, and "tiny" is the usual start divided by 100. Two optimizers: gradient descent, and Adam.

# %%
STARTS = {"he": initializers.he(), "pytorch": initializers.torch_default(), "tiny": initializers.he()}
OPTIMIZERS = {"sgd": SGD(learning_rate=1.0), "adam": Adam(learning_rate=0.01)}


def model_of(filters: int, start: str = "he") -> Sequential:
    """The network, for any number of filters."""
    draw = STARTS[start]
    conv, linear = Conv2d(filters, kernel=5, initializer=draw), Linear(2, initializer=draw)
    return Sequential(conv, ReLU(), GlobalAveragePool2d(), linear)


def first_weights(rng: np.random.Generator, filters: int, start: str):
    """Return the parameters before training."""
    params, _ = model_of(filters, start).init(rng, in_shape=(1, 12, 12), dtype=np.float64)
    if start == "tiny":
        params = tree_map(lambda weights: weights / 100, params)
    if start == "pytorch":  # whose biases are drawn as well
        for layer, fan_in in (("conv1", 25), ("linear1", filters)):
            shape = params[layer]["bias"].shape
            params[layer]["bias"] = STARTS[start](rng, shape, fan_in, shape[0])
    return params


@dataclass(frozen=True)
class State:
    """Where a run stands: the parameters and signs (K,) now and before training, samples: an image of each kind, if any.

    minus: which filters have had a minus at each step so far, (K,).
    """

    accuracy: float
    params: Params
    sign: np.ndarray
    first_sign: np.ndarray
    minus: np.ndarray
    samples: list[np.ndarray | None]
    steps: list[int]
    losses: list[float]
    pulls: list[np.ndarray]
    likenesses: list[np.ndarray]
    diverged: int | None = None

    @property
    def filters(self) -> np.ndarray:
        """The filters, (K, 5, 5)."""
        return self.params["conv1"]["weight"][:, 0]

    def count(self, i: int = -1) -> int:
        """How many filters looked like the line at the i-th of the steps."""
        return int((self.likenesses[i] >= LINE_LIKE).sum())

    def shares(self, i: int = -1) -> np.ndarray:
        """Which share of the whole residual each group had: line images, other shape, class 0."""
        return self.pulls[i] / (self.pulls[i].sum() or 1.0)


def simulate(
    start: str,
    optimizer: str,
    share: float,
    other: str,
    seed: int,
    *,
    filters: int = FILTERS,
    every: int = 2,
    rival: float = 1.0,
) -> Iterator[State]:
    """Train, and yield the state before the first and after every `every`-th update; stop if the loss is lost."""
    rng = np.random.default_rng(seed)
    x, labels, kinds = make_images(rng, share, other, rival)
    model, params = model_of(filters), first_weights(rng, filters, start)
    samples = [next(iter(x[kinds == kind, 0]), None) for kind in (1, 2, 0)]
    state, minus = None, np.ones(filters, bool)
    for step in train(model, params, batches(x, labels), OPTIMIZERS[optimizer]):
        if not np.isfinite(step.loss):
            if state is not None:
                yield replace(state, diverged=step.number)
            return
        minus = minus & (signs(step.params) < 0)
        if step.number % every == 0:
            state = _next_state(
                state, step, minus, residual(model(step.params, x)[0], labels), kinds, samples
            )
            yield state
        if step.number == STEPS:
            return


def _next_state(
    before: State | None, step, minus: np.ndarray, errors: np.ndarray, kinds: np.ndarray, samples
) -> State:
    sign = signs(step.params)
    return State(
        step.accuracy,
        step.params,
        sign,
        before.first_sign if before else sign,
        minus,
        samples,
        [*(before.steps if before else []), step.number],
        [*(before.losses if before else []), step.loss],
        [*(before.pulls if before else []), pull(errors, kinds)],
        [*(before.likenesses if before else []), likeness(step.params["conv1"]["weight"][:, 0])],
    )


# %% [markdown]
# ## The picture of one run


# %%
def percent(share: float) -> str:
    """Return a share in whole per cent; only a share of exactly 0 is written 0."""
    return ("0" if share == 0 else "<1" if share < 0.005 else f"{100 * share:.0f}") + "\u202f%"


def spread(wanted: list[float], apart: float, low: float, high: float) -> list[float]:
    """Move labels as little as needed so that they stand `apart` pixels from each other, between low and high."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    apart = min(apart, (high - low) / max(len(wanted) - 1, 1))
    places = dict.fromkeys(order, 0.0)
    above = low - apart
    for index in order:
        places[index] = above = max(wanted[index], above + apart)
    below = high + apart
    for index in reversed(order):
        places[index] = below = min(places[index], below - apart)
    return [places[index] for index in range(len(wanted))]


def corners(steps: list[int]) -> list[int]:
    """Return which of the steps a curve needs: many at first, where most happens, and always the last."""
    return [i for i, step in enumerate(steps) if step % (6 if step < 60 else 30) == 0 or i == len(steps) - 1]


def words(*lines: tuple[float, float, str, str], mono: bool = False, **style: object) -> str:
    """Return several short texts, each (x, y, text, fill), that share one style."""
    texts = [
        element("text", escape(content), x=float(x), y=float(y), **({"fill": fill} if fill else {}))
        for x, y, content, fill in lines
    ]
    return element("g", *texts, **{"font_family": MONO if mono else SANS, "fill": colour("ink"), **style})


def broken(k: int, unit: float = 1) -> str | None:
    """The dash of filter k's lines: from the seventh on, hues come again, and the line is broken."""
    return None if k < 6 else f"{5 * unit:.2g} {2 * unit:.2g}"


def weight_tile(kernel: np.ndarray, x: float, y: float, side: float, k: int) -> str:
    """The kernel of filter k as signed_tile shows it, in a third of the text: cells of one strength share a path."""
    drawn = ""
    for sign, role in ((1, "positive"), (-1, "negative")):
        cells: dict[float, str] = {}
        for i, j in np.argwhere(sign * kernel > 0):
            strength = max(round(5 * min(abs(float(kernel[i, j])) / FULL, 1.0)) / 5, 0.06)
            cells[strength] = cells.get(strength, "") + f"M{j} {i}.5h1"
        paths = [element("path", d=d, opacity=strength) for strength, d in cells.items()]
        drawn += element("g", *paths, stroke=colour(role)) if paths else ""
    edge = 3 / side
    frame = {"stroke": filter_colour(k), "stroke_width": edge, "stroke_dasharray": broken(k, 1 / side)}
    box = element("rect", x=-edge / 2, y=-edge / 2, width=5 + edge, height=5 + edge, **frame)
    return element("g", drawn, box, fill="none", transform=f"translate({x:g} {y:g}) scale({side:g})")


def sample(image: np.ndarray, x: float, y: float, side: float) -> str:
    """One of the images, noise and all, in five greys; what is as strong as the line is ink."""
    greys: dict[int, str] = {}
    for (i, j), level in np.ndenumerate(np.round(5 * np.clip(image / STRENGTH, 0, 1)).astype(int)):
        if level:
            greys[int(level)] = greys.get(int(level), "") + f"M{j} {i}.5h1"
    box = element("rect", width=12, height=12, fill="none", stroke=colour("quiet"), stroke_width=1 / side)
    paths = [element("path", d=d, stroke=colour("ink"), opacity=level / 5) for level, d in greys.items()]
    return element("g", box, *paths, transform=f"translate({x:g} {y:g}) scale({side:g})")


def dashed(x1: float, y1: float, x2: float, y2: float) -> str:
    """The limit from which a filter is line-like."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour("ink"), stroke_dasharray="2 3")


def draw_filters(state: State) -> Panel:
    """Every filter with its likeness to the line and its sign; below, the likeness over the steps."""
    count = len(state.filters)
    columns, pitch, side = 4, 81.0, 12.5
    now, tiles, numbers, values, votes = state.likenesses[-1], [], [], [], []
    deep = 5 * side + 54
    for k, kernel in enumerate(state.filters):
        x, y = 2 + pitch * (k % columns), 30 + deep * (k // columns)
        tiles.append(weight_tile(kernel, x, y + 16, side, k))
        dot = "●" if now[k] >= LINE_LIKE else ""
        numbers.append((x, y + 10, str(k + 1), filter_colour(k)))
        # Just below the limit two digits would read 0.60, as if the filter counted.
        digits = 3 if not dot and now[k] >= LINE_LIKE - 0.005 else 2
        values.append((x, y + 5 * side + 32, f"{now[k]:.{digits}f}{dot}".replace("-", "−"), ""))
        votes.append((x + 5 * side, y + 10, sign_words(state, k), ""))
    rows = -(-count // columns)
    top = 30 + rows * deep
    parts = [
        text(0, 14, "Each filter, and its likeness to the line", size=13, role="quiet"),
        *tiles,
        words(*numbers, font_size=13, font_weight=700),
        words(*values, mono=True, font_size=13),
        words(*votes, font_size=13, text_anchor="end"),
        group(draw_likeness(state, 392 - top), 0, top),
        words(
            (0, 405, "orange: weights above 0, blue: below. ● line-like: 0.6", ""),
            (0, 420, "+ or −: the sign with which class 1 reads it, before → now", ""),
            font_size=11,
            fill=colour("quiet"),
        ),
    ]
    return Panel(324, 426, "".join(parts))


def sign_words(state: State, k: int) -> str:
    """The sign of filter k, and both if it has changed."""
    first, now = ("+" if value > 0 else "−" for value in (state.first_sign[k], state.sign[k]))
    return now if first == now else f"{first} → {now}"


def draw_likeness(state: State, height: float) -> str:
    """The likeness of every filter over the steps, each curve in the hue and with the number of its filter."""
    left, right, low = 30.0, 296.0, height - 18

    def x(step: int) -> float:
        return left + (right - left) * step / STEPS

    def y(value: float) -> float:
        return 6 + (low - 6) * (1 - value) / 2

    parts = [line(left, y(value), right, y(value)) for value in (1, 0, -1)]
    parts.append(dashed(left, y(LINE_LIKE), right, y(LINE_LIKE)))
    ticks = [
        (left - 6, y(value) + 4, name, "") for value, name in ((1, "1"), (0.6, "0.6"), (0, "0"), (-1, "−1"))
    ]
    parts.append(words(*ticks, font_size=11, fill=colour("quiet"), text_anchor="end"))
    parts.append(
        words(
            (left, height - 4, "0", ""),
            (right, height - 4, str(STEPS), ""),
            font_size=11,
            fill=colour("quiet"),
            text_anchor="end",
        )
    )
    parts.append(
        text((left + right) / 2, height - 4, "training steps", size=11, role="quiet", anchor="middle")
    )
    kept = corners(state.steps)
    ends = spread([y(value) for value in state.likenesses[-1]], 10.5, 8, low)
    for k in range(len(ends)):
        points = " ".join(f"{x(state.steps[i]):.0f},{y(state.likenesses[i][k]):.1f}" for i in kept)
        style = {"stroke": filter_colour(k), "stroke_width": 1.5, "stroke_dasharray": broken(k)}
        parts.append(element("polyline", points=points, fill="none", **style))
    here = x(state.steps[-1]) + 5
    parts.append(
        words(
            *((here, end + 4, str(k + 1), filter_colour(k)) for k, end in enumerate(ends)),
            font_size=11,
            font_weight=700,
        )
    )
    return "".join(parts)


FILLS = (
    {"fill": colour("ink")},
    {"fill": colour("quiet"), "fill_opacity": 0.6},
    {"fill": colour("hairline")},
)


def draw_pulls(state: State, other: str) -> Panel:
    """How many filters are line-like, as a number; below, whose residual is left, as bands over the steps."""
    count, last = len(state.filters), state.steps[-1]
    parts = [
        text(0, 14, f"filters that look like the line after {last} steps", size=13, role="quiet"),
        text(0, 70, f"{state.count()} of {count}", size=56, mono=True, weight=600),
        text(0, 106, "Who pulls now: shares of the whole residual", size=13, role="quiet"),
        group(draw_bands(state, other), 0, 118),
        text(0, 336, "All pull together: the mean residual of an image", size=13, role="quiet"),
        group(draw_total(state), 0, 346),
    ]
    return Panel(324, 426, "".join(parts))


def draw_total(state: State) -> str:
    """The mean residual over the steps: from one half, or one, down to 0."""
    means = [float(pulls.sum()) / COUNT for pulls in state.pulls]
    high = 0.5 if means[0] < 0.525 else 1.0
    kept = corners(state.steps)
    points = " ".join(
        f"{LEFT + (RIGHT - LEFT) * state.steps[i] / STEPS:.1f},{2 + 50 * (1 - min(means[i] / high, 1)):.1f}"
        for i in kept
    )
    quiet = {"font_size": 11, "fill": colour("quiet")}
    return "".join(
        [
            line(LEFT, 2, RIGHT, 2),
            line(LEFT, 52, RIGHT, 52),
            element("polyline", points=points, fill="none", stroke=colour("ink"), stroke_width=2),
            words((LEFT - 6, 9, f"{high:g}", ""), (LEFT - 6, 55, "0", ""), **quiet, text_anchor="end"),
            words(
                (RIGHT + 10, 56, format_number(means[-1], 2), ""), mono=True, font_size=15, font_weight=600
            ),
            words(
                (LEFT, 70, "0", ""),
                ((LEFT + RIGHT) / 2, 70, "training steps", ""),
                (RIGHT - 8, 70, str(STEPS), ""),
                **quiet,
                text_anchor="middle",
            ),
        ]
    )


LEFT, RIGHT = 34.0, 196.0  # of both charts


def draw_bands(state: State, other: str) -> str:
    """Three bands, from below: line images, the other shape, class 0; at the right an image of each, and its share."""
    left, right, low = LEFT, RIGHT, 190.0
    edges = np.cumsum(
        [np.zeros(len(state.steps)), *np.array([state.shares(i) for i in range(len(state.steps))]).T], axis=0
    )
    kept = corners(state.steps)
    at = {i: left + (right - left) * state.steps[i] / STEPS for i in kept}
    parts = [
        element("rect", x=left, y=0, width=right - left, height=low, fill="none", stroke=colour("hairline"))
    ]
    for band, fill in enumerate(FILLS):
        below = [f"{at[i]:.1f},{low * (1 - edges[band][i]):.1f}" for i in kept]
        above = [f"{at[i]:.1f},{low * (1 - edges[band + 1][i]):.1f}" for i in reversed(kept)]
        parts.append(
            element(
                "polygon", points=" ".join(below + above), stroke=colour("paper"), stroke_width=1.5, **fill
            )
        )
    names = ("line images", f"{other}s", "class 0")
    middles = [low * (1 - (edges[band][-1] + edges[band + 1][-1]) / 2) for band in range(3)]
    for name, image, share, y in zip(
        names, state.samples, state.shares(), spread(middles, 48, 22, low - 22), strict=True
    ):
        parts.append("" if image is None else sample(image, right + 10, y - 21, 3.5))
        parts.append(words((right + 58, y - 3, percent(share), ""), mono=True, font_size=15, font_weight=600))
        parts.append(words((right + 58, y + 13, name, ""), font_size=11, fill=colour("quiet")))
    ticks = [(left - 6, max(low * (1 - share) + 4, 9), f"{100 * share:.0f}", "") for share in (0, 0.5, 1)]
    parts.append(words(*ticks, font_size=11, fill=colour("quiet"), text_anchor="end"))
    return "".join(parts)


# %% [markdown]
# ## The picture of ten seeds
#
# One row a seed, one dot a filter, at its likeness to the line. Only the seed differs: it draws the images and the
# start.


# %%
@dataclass(frozen=True)
class Ten:
    """Ten runs from one seed on: those that are over, and the one under way."""

    seed: int
    filters: int
    over: list[State]
    running: State | None

    @property
    def counts(self) -> list[int]:
        return [run.count() for run in self.over]

    @property
    def median(self) -> str:
        return f"{np.median(self.counts):g}" if self.over else "–"


def draw_rows(ten: Ten) -> Panel:
    """One row of dots for each seed; beyond the dashed line a filter is line-like."""
    left, right, top, pitch = 54.0, 284.0, 48.0, 34.0
    low = top + 10 * pitch - 14

    def x(value: float) -> float:
        return left + (right - left) * (value + 1) / 2

    names = [(0.0, top + row * pitch + 4, f"seed {ten.seed + row}", "") for row in range(10)]
    counts = [(320.0, top + row * pitch + 5, str(count), "") for row, count in enumerate(ten.counts)]
    dots = [
        element("circle", cx=x(value), cy=top + row * pitch, r=4.5 if value >= LINE_LIKE else 3.5,
                **({} if value >= LINE_LIKE else {"fill": "none"}))
        for row, run in enumerate([*ten.over, *([ten.running] if ten.running else [])])
        for value in run.likenesses[-1]
    ]  # fmt: skip
    ticks = [(x(value), low + 16, name, "") for value, name in ((-1, "−1"), (0, "0"), (0.6, "0.6"), (1, "1"))]
    quiet = {"font_size": 11, "fill": colour("quiet")}
    parts = [
        text(0, 14, "All filters of ten runs, by their likeness to the line", size=13, role="quiet"),
        *(line(x(value), top - 16, x(value), low) for value in (-1, 0, 1)),
        dashed(x(LINE_LIKE), top - 16, x(LINE_LIKE), low),
        element("g", *dots, fill=colour("ink"), stroke=colour("ink")),
        words(*names, **quiet),
        words(*ticks, **quiet, text_anchor="middle"),
        words(*counts, mono=True, font_size=15, font_weight=600, text_anchor="end") if counts else "",
        text(0, 420, "filled: line-like; at the right, how many", size=11, role="quiet"),
    ]
    return Panel(324, 426, "".join(parts))


def draw_counts(ten: Ten) -> Panel:
    """The median count as a number; below, one disc a seed, stacked over its count."""
    left, right, low = 14.0, 308.0, 366.0
    pitch = (right - left) / ten.filters
    size = min(24.0, pitch * 0.95)
    discs, names = [], []
    for row, count in enumerate(ten.counts):
        x, y = left + pitch * count, low - 3 - size * (0.5 + ten.counts[:row].count(count))
        discs.append(element("circle", cx=x, cy=y, r=size / 2 - 1))
        if size > 18 and ten.seed + row < 100:
            names.append((x, y + 4, str(ten.seed + row), ""))
    ticks = [(left + pitch * n, low + 18, str(n), "") for n in range(ten.filters + 1)]
    parts = [
        text(0, 14, "line-like filters: the median of ten seeds", size=13, role="quiet"),
        text(0, 70, f"{ten.median} of {ten.filters}", size=56, mono=True, weight=600),
        text(0, 106, "How many became line-like, one disc a seed", size=13, role="quiet"),
        line(0, low, 324, low, role="ink"),
        words(*ticks, font_size=13, text_anchor="middle"),
        element("g", *discs, fill="none", stroke=colour("ink")) if discs else "",
        words(*names, font_size=11, text_anchor="middle") if names else "",
        text(162, low + 40, f"line-like filters, of {ten.filters}", size=11, role="quiet", anchor="middle"),
    ]
    return Panel(324, 426, "".join(parts))


# %% [markdown]
# ## The sentences and the table


# %%
def outcome(count: float, filters: int) -> str:
    """One word for how many filters became line-like; a prediction is compared with it."""
    return "none" if count == 0 else "all" if count == filters else "some" if 2 * count <= filters else "most"


def describe(state: State, other: str) -> str:
    """Say in one sentence or two what a single run shows."""
    number, count = state.steps[-1], len(state.filters)
    when = "Before training" if number == 0 else f"After {number} steps"
    noun, verb = "filter" if count == 1 else "filters", "looks" if state.count() == 1 else "look"
    sentence = f"{when} {state.count()} of {count} {noun} {verb} like the line."
    (line0, other0, _), (line1, other1, _) = state.shares(0), state.shares()
    return (
        f"{sentence} Line images pull with {percent(line1)} of the whole residual, {other}s with {percent(other1)}"
        + (f"; at the start it was {percent(line0)} and {percent(other0)}." if number else ".")
    )


def describe_ten(ten: Ten) -> str:
    """Say in one or two sentences what the runs that are over show."""
    if not ten.over:
        return f"The first of ten seeds is at step {ten.running.steps[-1] if ten.running else 0}."
    least, most, every = min(ten.counts), max(ten.counts), ten.counts.count(ten.filters)
    between = f"{least}" if least == most else f"{least} to {most}"
    filters = len(ten.over[0].filters)
    return (
        f"In {len(ten.over)} seed{'s' if len(ten.over) > 1 else ''}, {between} of {filters} filters became "
        f"line-like (median {ten.median}). All of them did in {every or 'none'}."
    )


def explain(state: State, share: float) -> str:
    """Say where the run stands, and what to know about it."""
    if state.diverged:
        return f"Training diverged at step {state.diverged}: the loss is no longer a number. That is a result too."
    wrong = [format_number(float(pulls.sum()) / COUNT, 2) for pulls in (state.pulls[0], state.pulls[-1])]
    said = (
        f"Step {state.steps[-1]} of {STEPS}. Accuracy {format_number(100 * state.accuracy)} %. Mean residual of an "
        f"image {wrong[1]}, at the start {wrong[0]}."
    )
    if state.steps[-1] == STEPS and state.accuracy < 0.9:
        said += " The task is not learned yet: read the counts with that in mind."
    if share in (0, 1):
        said += " One of the groups has no images."
    return said


def show_ten(ten: Ten) -> Figure:
    """The figure of ten runs."""
    lost = sum(1 for run in ten.over if run.diverged)
    running = f", step {ten.running.steps[-1]} of {STEPS}" if ten.running else ""
    shares = [run.shares()[0] for run in ten.over]
    caption = f"{len(ten.over)} of 10 runs are over{running}."
    if shares:
        caption += f" Pull of the line images at the end: {percent(min(shares))} to {percent(max(shares))}."
    if lost:
        caption += f" {lost} diverged: the loss was no longer a number. That is a result too."
    ended = outcome(float(np.median(ten.counts)), ten.filters) if ten.over else ""
    return Figure((draw_rows(ten), draw_counts(ten)), describe_ten(ten), tabulate_ten(ten), caption, ended)


COLUMNS = (
    "state",
    "line-like filters",
    "pull of line images",
    "pull of the other shape",
    "pull of class 0",
    "loss",
)


def tabulate(state: State) -> Table:
    """Counts and shares at some of the steps so far, the last of them always."""
    last = len(state.steps) - 1
    shown = sorted({i for i in range(last) if state.steps[i] in {0, 10, 20, 50, 100, 150, 200, 250}} | {last})
    return Table(COLUMNS, tuple(_row(f"step {state.steps[i]}", state, i) for i in shown))


def tabulate_ten(ten: Ten) -> Table:
    """Counts and shares at the end of every run so far."""
    runs = ten.over or [run for run in [ten.running] if run]
    return Table(COLUMNS, tuple(_row(f"seed {ten.seed + row}", run, -1) for row, run in enumerate(runs)))


def _row(name: str, state: State, i: int) -> tuple[str | int | float, ...]:
    return name, state.count(i), *map(float, state.shares(i)), state.losses[i]


# %% [markdown]
# ## The demo


# %%
@demo(question="questions/the-black-line.md", budget_seconds=8)
def black_line(
    runs: Annotated[Literal["one", "ten"], Choice("Look at", ("one seed", "ten seeds"))] = "one",
    start: Annotated[
        Literal["he", "pytorch", "tiny"], Choice("Start", ("usual (He)", "PyTorch's", "tiny"))
    ] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], Choice("Optimizer", ("gradient descent", "Adam"))] = "sgd",
    share: Annotated[float, Slider("Share of line images in class 1", 0, 1.0, step=0.1)] = 0.8,
    other: Annotated[
        Literal["squiggle", "square"], Choice("The rest of class 1 shows", ("a squiggle", "a square"))
    ] = "squiggle",
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Figure]:
    """One strong line: which filters learn it, and which images still pull?"""
    if runs == "one":
        for state in simulate(start, optimizer, share, other, seed):
            yield Figure(
                (draw_filters(state), draw_pulls(state, other)),
                describe(state, other),
                tabulate(state),
                explain(state, share),
                outcome(state.count(), FILTERS),
            )
        return
    over: list[State] = []
    for number in range(seed, seed + 10):
        for state in simulate(start, optimizer, share, other, number, every=10):
            if state.steps[-1] < STEPS and not state.diverged:
                yield show_ten(Ten(seed, FILTERS, over, state))
        over = [*over, state]
        yield show_ten(Ten(seed, FILTERS, over, None))


black_line

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/black_line.md).
