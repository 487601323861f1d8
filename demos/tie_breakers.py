# %% [markdown]
# ---
# title: "Tie-breakers: what separates equal filters, and what does not"
# description: Nineteen things that are said to make filters differ, each run on filters that start equal.
# hide: [toc]
# ---
#
# # Tie-breakers: what separates equal filters, and what does not
#
# All filters of a small network start as copies of one, and the next layer listens to all of them equally. Then one thing
# is added: [each of nineteen](one_tie_breaker.py) in turn. You will see by how much the filters differ in the end, and that
# chance is neither needed nor enough. It is a demo of
# [Do I need randomness, or only difference?](../questions/random-or-different.md).

# %%
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Literal, NamedTuple

import numpy as np
from one_tie_breaker import MECHANISMS, TASK, Mechanism, Result, run

from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## All of them in turn
#
# `room` is how many mechanisms are claimed to fall into each column, so that space for them can be reserved.


# %%
class Trials(NamedTuple):
    """All results so far; the last may be in progress. room: how many are expected to stay equal, and to separate."""

    results: tuple[Result, ...]
    total: int
    steps: int
    room: tuple[int, ...]

    def sides(self) -> tuple[list[Result], list[Result]]:
        """Return those with equal filters, and those with different ones."""
        equal, different = (
            [r for r in self.results if (r.difference > 0) == apart] for apart in (False, True)
        )
        return equal, different


def try_all(mechanisms: str, steps: int, **settings) -> Iterator[Trials]:
    """Run every mechanism of a kind, and yield where all stand, ten times in each run and at its end."""
    selection = [
        m for m in MECHANISMS.values() if mechanisms == "all" or m.chance == (mechanisms == "chance")
    ]
    room = tuple(sum(m.parts is parts for m in selection) for parts in (False, True))
    finished: tuple[Result, ...] = ()
    for mechanism in selection:
        for result in run(mechanism, steps=steps, **settings):
            if result.finished or result.step % max(steps // 10, 1) == 1:
                yield Trials((*finished, result), len(selection), steps, room)
        finished = (*finished, result)


# %% [markdown]
# ## The picture
#
# Left what leaves all filters equal to the last bit: a hollow 0. Right what does not, with the largest difference between
# two filters as a number and as a place on a logarithmic line. A die marks what draws random numbers.

# %%
WIDTH, EQUAL, DIFFERENT = 344, 36, 50  # pixels: a panel, and a row of each
ACROSS = Log(-18, 2, 6, grid=False, zero=0)
PIPS = plot(dots((1, 2, 3), (1, 2, 3), 1.4, QUIET), x=Linear(0, 4), y=Linear(0, 4), width=12, height=12)
DIE, ZERO = once(framed(PIPS, Pen(QUIET))), once(cells(np.zeros((1, 1)), 24))


def draw(trials: Trials) -> Figure:
    """Draw all results so far in two columns."""
    panels = draw_equal(trials), draw_different(trials)
    height = max(panel.height for panel in panels)
    panels = tuple(sized(panel, height=height) for panel in panels)
    outcome = " ".join(f"{r.mechanism.key}:{'parted' if r.difference else 'kept'}" for r in trials.results)
    return Figure(panels, describe(trials), tabulate(trials), explain(trials), outcome)


def draw_heading(title: str, below: str, number: int) -> Box:
    """Draw the title of a column, and how many it holds."""
    count = text(str(number), bold=True)
    return ruled(
        pad(column(apart(text(title, bold=True), count, WIDTH), note(below), gap=2), bottom=8), Pen(width=1.5)
    )


@cache
def draw_name(mechanism: Mechanism, finished: bool, diverged: int) -> Box:
    """Draw the name of a mechanism, in grey while it runs; a die stands before what draws random numbers."""
    name = text(mechanism.name, ink=INK if finished else QUIET, width=290)
    said = [note(f"diverged after {diverged}")] if diverged else []
    return once(row(pad(DIE if mechanism.chance else space(12), top=3), column(name, *said, gap=0), gap=10))


def draw_names(results: list[Result]) -> list[Box]:
    """Draw the name of each mechanism."""
    return [draw_name(r.mechanism, r.finished, r.step if r.diverged else 0) for r in results]


def draw_equal(trials: Trials) -> Box:
    """Draw the left column: one row for each, with a hollow 0."""
    results, room = trials.sides()[0], EQUAL * trials.room[0]
    rows = [
        ruled(pad(row(name, ZERO, gap=8, align="middle"), top=6, bottom=6)) for name in draw_names(results)
    ]
    heading = draw_heading("Filters stay equal", "difference at the end: exactly 0", len(results))
    key = row(DIE, note("draws random numbers"), gap=10, align="middle")
    return column(heading, sized(column(*rows, gap=0), WIDTH, room), pad(key, top=6), gap=0)


def draw_different(trials: Trials) -> Box:
    """Draw the right column: one row for each, with its number on a logarithmic line."""
    results, marks = trials.sides()[1], []
    count = max(trials.room[1], len(results), 1)
    for n, result in enumerate(results):
        number = text(format_number(result.difference), bold=True, width=104, align="end")
        marks += [line([1e-18, result.difference], [n + 0.8, n + 0.8], dot=True, label=number)]
    lines = plot(*marks, x=ACROSS, y=Linear(count, 0), width=WIDTH, height=DIFFERENT * count + 20)
    names = [ruled(sized(pad(name, top=6), WIDTH, DIFFERENT)) for name in draw_names(results)]
    heading = draw_heading("Filters part", "largest difference between two of them", len(results))
    return column(heading, overlay(lines, sized(column(*names, gap=0), WIDTH, lines.height)), gap=0)


def glance() -> Box:
    """Draw four things to try, each with its die if it draws random numbers, and a question mark."""
    rows = []
    for key in ("minibatches", "momentum", "biases", "bits"):
        mark = text("?", TEXT, QUIET, bold=True)
        rows.append(ruled(pad(apart(draw_name(MECHANISMS[key], True, 0), mark, WIDTH), bottom=6)))
    return column(*rows, gap=6)


# %%
def describe(trials: Trials) -> str:
    """Say in two sentences what the picture shows."""
    (equal, different), total = trials.sides(), trials.total
    done = sum(result.finished for result in trials.results)
    if done == total:
        said = (
            f"After {trials.steps} steps each: {len(equal)} left the filters exactly equal, difference 0, and"
        )
        said += f" {len(different)} separated them"
    else:
        these, those = (f"{len(some)} {'has' if len(some) == 1 else 'have'}" for some in (equal, different))
        said = f"{done} of {total} are done. So far {these} left the filters exactly equal, and {those} separated them"
    if different:
        sizes = [result.difference for result in different]
        said += f", by {format_number(min(sizes))} to {format_number(max(sizes))}"
    random, other = (sum(result.mechanism.chance for result in some) for some in (equal, different))
    if equal and different and 0 < random + other < len(trials.results):
        said += f". Random numbers were drawn by {random} of the {len(equal)} that left them equal"
        said += f" and by {other} of the {len(different)} that separated them"
    return f"{said}."


def explain(trials: Trials) -> str:
    """Say how far the runs are, or that the filters did learn."""
    said, last = "Images and first draw are the same in every run. ", trials.results[-1]
    if len(trials.results) < trials.total or not last.finished:
        return f"{said}Now: {last.mechanism.name}, step {last.step} of {trials.steps}."
    least = min(trials.results, key=lambda result: result.moved)
    if least.moved:
        moved = format_number(least.moved)
        said += f"The filters did learn: in every run at least one of their weights moved by {moved} or more."
    else:
        said += f"But some filters did not move at all: {least.mechanism.name}."
    if any(result.diverged for result in trials.results):
        said += " Where training diverged, the row shows the last step whose weights were numbers."
    return said


def tabulate(trials: Trials) -> Table:
    """List how far the filters are from each other with each mechanism, and how far they moved."""
    columns = ("mechanism", "draws random numbers", "steps", "largest difference", "largest move of a weight")
    rows = []
    for result in trials.results:
        name = result.mechanism.name + " (diverged)" * result.diverged
        chance = "yes" if result.mechanism.chance else "no"
        rows.append((name, chance, result.step, result.difference, result.moved))
    return Table(columns, tuple(rows))


# %%
@demo(
    question="questions/random-or-different.md",
    budget_seconds=8,
    picture=draw,
    recorded=("mechanisms", "task"),
    sentence="Start all filters equal, and {run} once with {mechanisms}.",
)
def tie_breakers(
    mechanisms: Annotated[
        Literal["all", "chance", "fixed"],
        Choice("Things to try", ("each of these", "each random one", "each fixed one")),
    ] = "all",
    filters: Annotated[int, Slider("Filters that start equal", 2, 6, step=1)] = 2,
    steps: Annotated[int, Slider("Steps each", 50, 400, step=50)] = 200,
    task: Annotated[Literal["several", "one", "digits"], TASK] = "several",
    rate: Annotated[float, Slider("Learning rate", 1e-2, 1e3, scale="log")] = 1.0,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Trials]:
    """Which of these separates filters that start equal?"""
    yield from try_all(mechanisms, steps, filters=filters, task=task, rate=rate, seed=seed)


tie_breakers

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/tie_breakers.md).
