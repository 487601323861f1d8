# %% [markdown]
# ---
# title: "The black line, ten times"
# description: The same run from ten seeds. How many filters come to look like the line, and how much of that is chance?
# hide: [toc]
# ---
#
# # The black line, ten times
#
# One run says little. This notebook repeats the experiment of [the black line](black_line.py) with ten seeds in a row and
# counts the filters that come to look like the line. Only the seed differs: it draws the images and the start.

# %%
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import numpy as np
from black_line import FILTERS, LINE_LIKE, OTHER_SHAPE, STEPS, Moment, Run, outcome, simulate, tabulate

from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment


# %%
class Ten(NamedTuple):
    """Ten runs from one seed on: the last moments of those that are over, and the run that goes on now."""

    seed: int
    over: tuple[Moment, ...]
    running: Run | None
    diverged: int

    @property
    def counts(self) -> list[int]:
        return [moment.count for moment in self.over]

    @property
    def median(self) -> str:
        return f"{np.median(self.counts):g}" if self.over else "–"


def repeat(start: str, optimizer: str, share: float, other: str, seed: int) -> Iterator[Ten]:
    """Run ten seeds, one after the other, and yield where they stand at every fifth step."""
    over, diverged = (), 0
    for number in range(seed, seed + 10):
        for run in simulate(start, optimizer, share, other, number, every=5):
            if run.steps[-1] < STEPS and not run.diverged:
                yield Ten(seed, over, run, diverged)
        over, diverged = (*over, run.moments[-1]), diverged + bool(run.diverged)
        yield Ten(seed, over, None, diverged)


# %% [markdown]
# ## The picture
#
# One row for each seed, one dot for each filter, at its likeness to the line. Right, one disc for each seed, at its count.

# %%
WIDTH = 344
LIKENESS = Linear(-1, 1, (-1, 0, 1))


def draw_rows(ten: Ten) -> Box:
    """One row of dots for each seed; beyond the dashed line a filter is line-like."""
    names, marks = Names([f"seed {ten.seed + n}" for n in range(10)]), [rule(x=LINE_LIKE, name="0.6")]
    runs = [*ten.over, *([ten.running.moments[-1]] if ten.running else [])]
    for n, moment in enumerate(runs):
        like = moment.likeness[moment.likeness >= LINE_LIKE]
        unlike = moment.likeness[moment.likeness < LINE_LIKE]
        count = (
            text(str(moment.count), bold=True, mono=True, width=24, align="end")
            if n < len(ten.over)
            else None
        )
        marks += [
            dots(unlike, np.full(len(unlike), n), 3.5, hollow=True),
            dots(like, np.full(len(like), n), 4.5, label=count, at=n),
        ]
    chart = plot(*marks, x=LIKENESS, y=names, width=WIDTH, height=380)
    title = note("All filters of ten runs, by their likeness to the line")
    return column(title, chart, note("filled: line-like; at the right, how many"))


def draw_counts(ten: Ten) -> Box:
    """The median count as a number; below, one disc for each seed, stacked over its count."""
    size, counts = 30.0, ten.counts
    stacked = [counts[:n].count(count) + 0.5 for n, count in enumerate(counts)]
    names = [str(ten.seed + n) if ten.seed + n < 100 else "" for n in range(len(counts))]
    discs = dots(counts, stacked, size / 2 - 1, hollow=True, names=names)
    number = headline("line-like filters: the median of ten seeds", f"{ten.median} of {FILTERS}", WIDTH)
    across = Linear(-0.5, FILTERS + 0.5, range(FILTERS + 1), "line-like filters, of 8", grid=False)
    chart = plot(rule(y=0, pen=Pen()), discs, x=across, y=Linear(0, 10), width=WIDTH, height=10 * size + 36)
    return column(number, titled("How many became line-like, one disc for each seed", chart))


# %% [markdown]
# ## The words and the table


# %%
def describe(ten: Ten) -> str:
    """Say in one or two sentences what the runs that are over show."""
    if not ten.over:
        return f"The first of ten seeds is at step {ten.running.steps[-1] if ten.running else 0}."
    least, most, every = min(ten.counts), max(ten.counts), ten.counts.count(FILTERS)
    between = f"{least}" if least == most else f"{least} to {most}"
    return (
        f"In {len(ten.over)} {plural(len(ten.over), 'seed')}, {between} of {FILTERS} filters became "
        f"line-like (median {ten.median}). All of them did in {every or 'none'}."
    )


def explain(ten: Ten) -> str:
    """Say how many runs are over, and what they have in common."""
    running = f", step {ten.running.steps[-1]} of {STEPS}" if ten.running else ""
    said = f"{len(ten.over)} of 10 runs are over{running}."
    if ten.over:
        shares = [moment.shares[0] for moment in ten.over]
        said += f" Pull of the line images at the end: {percent(min(shares))} to {percent(max(shares))}."
    if ten.diverged:
        said += f" {ten.diverged} diverged: the loss was no longer a number. That is a result too."
    return said


def draw(ten: Ten) -> Figure:
    """Ten runs: every filter of each, and how many of them look like the line."""
    runs = ten.over or [ten.running.moments[-1]]
    table = tabulate({f"seed {ten.seed + n}": moment for n, moment in enumerate(runs)})
    ended = outcome(float(np.median(ten.counts))) if ten.over else ""
    return Figure((draw_rows(ten), draw_counts(ten)), describe(ten), table, explain(ten), ended)


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/the-black-line.md", budget_seconds=60, picture=draw, recorded=("start", "optimizer")
)
def ten_seeds(
    start: Annotated[
        Literal["he", "pytorch", "tiny"], Choice("Start", ("usual (He)", "PyTorch's", "tiny"))
    ] = "he",
    optimizer: Annotated[Literal["sgd", "adam"], Choice("Optimizer", ("gradient descent", "Adam"))] = "sgd",
    share: Annotated[float, Slider("Share of line images in class 1", 0, 1.0, step=0.1)] = 0.8,
    other: Annotated[Literal["squiggle", "square"], OTHER_SHAPE] = "squiggle",
    seed: Annotated[int, Seed("First seed")] = 0,
) -> Iterator[Ten]:
    """Ten seeds: is it the same every time?"""
    yield from repeat(start, optimizer, share, other, seed)


ten_seeds

# %% [markdown]
# The same over 50 seeds, with every number that the page quotes: [the evidence](../evidence/black_line.md).
