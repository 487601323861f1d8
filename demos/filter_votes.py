# %% [markdown]
# ---
# title: "The votes of the filters, and who is needed"
# description: Each filter votes for one of two shapes, always for the same. Take it away, and see whether it was needed.
# hide: [toc]
# ---
#
# # The votes of the filters, and who is needed
#
# A network learns to tell a squiggle from a right angle. [The first notebook](squiggle_or_corner.py) asks what each filter
# answers to; this one, how the next layer uses the answers, and whether a filter is needed. It is the second demo of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md), in full.
#
# You need to know what the outgoing weights of a filter are. You will see that each filter votes for one side, whatever
# the image, and that many filters can be taken away.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from squiggle_or_corner import (
    CLEAN,
    HEAD,
    NAMES,
    ROW,
    SHAPES,
    WIDTH,
    Network,
    describe,
    draw_filters,
    explain,
    learn,
    outcome_of,
    tabulate,
)

from convlens import evaluate
from convlens.attribution import ablation
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## Two questions to each filter
#
# **How is it used?** Its *vote* is the mean of its map times its outgoing weights (those of "corner" minus those of
# "squiggle"). After a ReLU no mean is negative, so a filter always votes for the same side, whatever the
# image. Only how loud differs.


# %%
# --8<-- [start:votes]
def votes_of(params, maps: np.ndarray) -> np.ndarray:
    """Each filter's vote on each image, (N, K); with the bias they add up to the verdict."""
    means = maps.mean(axis=(2, 3))
    to_squiggle, to_corner = params["linear1"]["weight"]
    return (to_corner - to_squiggle) * means


# --8<-- [end:votes]


# %% [markdown]
# **Is it needed?** Take it away, and see by how much the loss on unseen images rises.


# %%
@dataclass(frozen=True)
class Use:
    """How the next layer of a network uses its K filters; the two images are the clean ones."""

    network: Network
    show: str = "votes"

    @cached_property
    def votes(self) -> np.ndarray:
        """Towards the corner above 0, towards the squiggle below, (2, K)."""
        with np.errstate(all="ignore"):
            return votes_of(self.network.step.params, self.network.maps)

    @cached_property
    def verdict(self) -> np.ndarray:
        """The votes and the bias, together, (2,)."""
        with np.errstate(all="ignore"):
            logits, _ = self.network.model(self.network.step.params, CLEAN)
            return logits[:, 1] - logits[:, 0]

    @cached_property
    def rises(self) -> np.ndarray:
        """By how much the loss on unseen images rises without each filter, (K,)."""
        return np.array(ablation(self.network.model, self.network.step.params, *self.network.unseen))


# %% [markdown]
# ## The picture
#
# At the left the filters and what they answer to, at the right what you asked to see; each filter keeps its row.

# %%
LABEL, BARS = 24, 289  # pixels
IMAGES = once(column(*(cells(shape, 3, grey=True) for shape in SHAPES)))
VOTE, RISE = Linear(-22, 22), Linear(0, 4.2, ticks=(0, 1, 2, 3))


def draw_votes(use: Use) -> Box:
    """Return for each filter its vote on either image, and below what they come to together."""
    sides = row(
        text("for a squiggle", width=WIDTH - BARS / 2 - 14, align="end"), text("for a corner"), gap=28
    )
    title = text("its vote: outgoing weight × mean of its map", ink=QUIET)
    head = column(title, sides, note("when the image shows this"))
    rows = [draw_vote(filter_name(k), use.votes[:, k], hue(k)) for k in range(len(use.votes[0]))]
    last = draw_vote(text("all", bold=True), use.verdict, INK)
    bias = float((use.verdict - use.votes.sum(axis=1)).mean())  # the same for both images
    said = f"all: the votes and a bias, {write_vote(bias)} for a {NAMES[int(bias > 0)]}"
    foot = [note(said)] if np.isfinite(bias) else []
    return column(sized(head, WIDTH, HEAD), ruled(column(*rows, gap=0)), last, *foot, gap=0)


def draw_vote(name: Box, votes: np.ndarray, ink: str) -> Box:
    """Return two bars from the middle, one for each image."""
    marks = rule(x=0, pen=Pen(QUIET)), bars(votes, [1, 0], ink, write=write_vote)
    axis = plot(*marks, x=VOTE, y=Linear(-0.75, 1.75), width=BARS, height=ROW)
    return row(sized(name, LABEL), IMAGES, axis, align="middle")


def draw_removal(use: Use) -> Box:
    """Return by how much the loss on unseen images rises when a filter is taken away, each alone."""
    head = column(note("take this one filter away:"), note("the loss on 64 unseen images rises by"))
    count = len(use.rises)
    names = column(*(overlay(space(16, ROW), filter_name(k)) for k in range(count)), gap=0)
    each = [bars([rise], [k], hue(k), 24, write=write_rise) for k, rise in enumerate(use.rises.tolist())]
    axis = plot(*each, x=RISE, y=Linear(count - 0.5, -0.5), width=WIDTH - LABEL, height=ROW * count + 20)
    loss, right = evaluate(use.network.model, use.network.step.params, *use.network.unseen)
    last = row(text("all", bold=True), text(f"loss {format_number(loss)}, {percent(right)} right"))
    return column(sized(head, WIDTH, HEAD), row(names, axis), space(0, 8), last, gap=0)


def draw(use: Use) -> Figure:
    """Return the figure: the filters, and how they are used."""
    network = use.network
    right = draw_removal(use) if use.show == "removal" else draw_votes(use)
    panels = draw_filters(network, range(len(network.filters))), right
    return Figure(panels, describe_use(use), tabulate_use(use), explain(network), outcome_of(network))


# %% [markdown]
# The same in words and as a table; both are computed from the same numbers as the picture.


# %%
def write_vote(value: float) -> str:
    """Return how strong a vote is, whichever its side."""
    return "0" if value == 0 else "< 0.1" if abs(value) < 0.05 else f"{abs(value):.1f}"


def write_rise(value: float) -> str:
    """Return a change with its sign."""
    return "+" * (value >= 0.005) + fixed(value)


def describe_use(use: Use) -> str:
    """Say in one sentence or two what the picture shows."""
    said = describe(use.network)
    if use.network.diverged:
        return said
    if use.show == "removal":
        small, most = int((use.rises < 0.1).sum()), int(np.argmax(use.rises))
        return (
            f"{said} Without filter {most + 1} the loss rises most, by {format_number(float(use.rises[most]))}; "
            f"{small} of {len(use.rises)} can each be taken away for less than 0.1."
        )
    left, right = (int((side * use.votes.sum(axis=0) > 0).sum()) for side in (-1, 1))
    return f"{said} The vote of {left} is always for the squiggle, of {right} for the corner, whatever the image."


def tabulate_use(use: Use) -> Table:
    """One row a filter: its share, its votes, and the loss without it."""
    first, numbers = tabulate(use.network), np.column_stack([*use.votes, use.rises]).tolist()
    columns = *first.columns, "vote on the squiggle", "vote on the corner", "loss rises by"
    return Table(columns, tuple((*row, *more) for row, more in zip(first.rows, numbers, strict=True)))


# %% [markdown]
# ## The demo


# %%
@demo(question="questions/squiggle-or-corner.md", budget_seconds=8, picture=draw, recorded=("show",))
def filter_votes(
    show: Annotated[
        Literal["votes", "removal"], Choice("Beside the filters, show", ("votes", "removal"))
    ] = "votes",
    filters: Annotated[int, Slider("Filters", 2, 8, step=1)] = 6,
    noise: Annotated[float, Slider("Noise in the images", 0.0, 0.6, step=0.1)] = 0.2,
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 400,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Use]:
    """How does each filter vote, and is it needed?"""
    for network in learn(filters, noise, steps, seed, start=seed):
        yield Use(network, show)


filter_votes

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/squiggle_or_corner.md).
