# %% [markdown]
# ---
# title: "Whose errors are left?"
# description: How wrong a line image and a squiggle are, step by step, and which of them still teach the network.
# hide: [toc]
# ---
#
# # Whose errors are left?
#
# An image that is classified well has almost no error, and only errors teach. This notebook follows the errors of
# [the black line](black_line.py): of images with the line, of images with a squiggle, and of class 0.

# %%
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import numpy as np
from black_line import NETWORKS, OPTIMIZER, START, STEPS, STRENGTH, make_images, simulate

from convlens_live.demo import Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# How wrong an image is: its predicted probability of class 1, minus 1 or 0, without the sign. All filters share that number. For
# each network and each group of images it is averaged; then the median of ten networks is taken, step by step.

# %%
EVERY = 10
GROUPS = "line images", "squiggles", "class 0"


class Errors(NamedTuple):
    """wrong, shares (steps, 3): how wrong an image of each group is, and whose error it is; networks: how many, so far."""

    networks: int
    wrong: np.ndarray
    shares: np.ndarray
    samples: tuple[np.ndarray | None, ...]


def follow(start: str, optimizer: str, seed: int) -> Iterator[Errors]:
    """Train ten networks, one after the other."""
    wrong, shares = [], []
    for n in range(NETWORKS):
        *_, run = simulate(start, optimizer, seed + n, every=EVERY)
        _, _, kinds = make_images(np.random.default_rng(seed + n), 0.8, "squiggle")
        sizes = [int((kinds == kind).sum()) for kind in (1, 2, 0)]
        wrong.append([moment.pulls / sizes for moment in run.moments])
        shares.append([moment.shares for moment in run.moments])
        if n % 2:
            yield Errors(n + 1, np.median(wrong, axis=0), np.median(shares, axis=0), run.samples)


# %% [markdown]
# ## The picture
#
# Two curves, and a handle on the axis of the steps. At the right, whose error is left at that step.

# %%
STEP = Dial("step", "Training step", 0, STEPS, EVERY, 60, digits=0)
DASHED = Pen(width=2.5, dash="7 4")
FILLS = (INK, None), (QUIET, 0.55), (HAIRLINE, None)


def draw_curves(errors: Errors, width: float, height: float) -> Box:
    """How wrong a line image and a squiggle are, and the handle."""
    steps = np.array(STEP.stops)
    curves = [line(steps, errors.wrong[:, 1], DASHED), line(steps, errors.wrong[:, 0], Pen(width=3.5))]
    x, y = Linear(0, STEPS), Linear(0, 0.62, (0, 0.25, 0.5))
    rings = [
        Mark(STEP.between(dots([step, step], errors.wrong[n, :2], 6.5, hollow=True).draw, n, n))
        for n, step in enumerate(steps)
    ]
    marks = (
        *curves,
        rule(y=0, pen=Pen(width=2)),
        *rings,
        STEP.handle(0, top=0.62, text=f"after {STEP.at} steps"),
    )
    drawn = plot(*marks, x=x, y=y, width=width - 12, height=height)
    return column(note("how wrong an image is"), pad(drawn, 0, 0, 12, 11), gap=2)


def draw_names(errors: Errors) -> Box:
    """Which curve is which."""
    keys = []
    for n, (name, pen) in enumerate((("a line image", Pen(width=3.5)), ("a squiggle", DASHED))):
        image = errors.samples[n]
        sample = space(36, 36) if image is None else image_cells(image, 3, Pen(QUIET), STRENGTH)
        stroke = plot(rule(y=0.5, pen=pen), x=Linear(0, 1), y=Linear(0, 1), width=34, height=36)
        keys.append(row(stroke, sample, text(name, bold=True), gap=8, align="middle"))
    return column(*keys, gap=10)


def draw_shares(errors: Errors, width: float) -> Box:
    """Whose error is left at the step of the handle: a stacked bar, and the share of line images as a number."""

    def bar(shares: tuple[float, ...]) -> Box:
        edges = np.concatenate([[0], np.cumsum(shares)])
        parts = [
            windows([(0, edges[n])], Pen(PAPER, 1.5), 1, edges[n + 1] - edges[n], ink=ink, opacity=opacity)
            for n, (ink, opacity) in enumerate(FILLS)
        ]
        drawn = plot(*parts, x=Linear(0, float(edges[-1]) or 1), y=Linear(0, 1), width=width, height=26)
        said = [f"{percent(share)} {name}" for share, name in zip(shares, GROUPS, strict=True)]
        lines = [text(said[0], LARGE, bold=True, width=width), note(said[1]), note(said[2])]
        return column(drawn, *lines, gap=5)

    return column(
        note("whose error is left?"),
        STEP.varying([tuple(map(float, each)) for each in errors.shares], bar, said=True),
    )


def draw(errors: Errors) -> Figure:
    """The curves, and whose error is left."""
    side = column(draw_names(errors), draw_shares(errors, 280), gap=26)
    across = row(draw_curves(errors, 730, 300), pad(side, 0, 20), gap=44)
    down = column(draw_names(errors), draw_curves(errors, 356, 240), draw_shares(errors, 340), gap=12)
    return Figure((wide(across), narrow(down)), describe(errors), tabulate(errors), explain(errors))


# %% [markdown]
# ## The words and the table


# %%
def describe(errors: Errors) -> str:
    """Say how the shares change."""
    first, last = errors.shares[0], errors.shares[-1]
    return (
        f"Of all error, line images have {percent(first[0])} before training and {percent(last[0])} after {STEPS} steps; "
        f"squiggles have {percent(first[1])} and {percent(last[1])}: the median of {how_many(errors.networks, 'network')}."
    )


def explain(errors: Errors) -> str:
    """Say what to see."""
    return (
        "The line images are learned first. From then on they teach almost nothing more: not to the filters that became "
        "the line, and not to those that did not. The squiggles are wrong for longer."
    )


def tabulate(errors: Errors) -> Table:
    """Return how wrong images are and whose error is left, at some of the steps."""
    rows = [
        (f"step {n * EVERY}", *map(float, errors.wrong[n]), *map(float, errors.shares[n]))
        for n in (0, 2, 4, 6, 10, 20, 30)
    ]
    wrong, shares = [f"{name}: how wrong" for name in GROUPS], [f"{name}: share" for name in GROUPS]
    return Table(("state", *wrong, *shares), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/the-black-line.md",
    budget_seconds=60,
    picture=draw,
    recorded=("start", "optimizer"),
    sentence="{run} ten networks, with weights of {start} and {optimizer}.",
)
def errors_left(
    start: Annotated[Literal["he", "tiny"], START] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], OPTIMIZER] = "sgd",
    seed: Annotated[int, Seed("First seed")] = 0,
) -> Iterator[Errors]:
    """Whose errors are left?"""
    yield from follow(start, optimizer, seed)


errors_left
