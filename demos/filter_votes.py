# %% [markdown]
# ---
# title: "What each filter contributes, and who is needed"
# description: Paint a shape for a trained network, see what each filter contributes, and take filters away.
# hide: [toc]
# ---
#
# # What each filter contributes, and who is needed
#
# A network has learned to tell a squiggle from a corner. [The first notebook](squiggle_or_corner.py) asks what each filter
# responds to; this one, how the next layer uses the responses. Paint a shape, and take filters away. It is the second demo of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md), in full.
#
# You need to know what the outgoing weights of a filter are. You will see that each filter contributes to one side, whatever
# the image, and that most filters can be taken away.

# %%
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Literal

import numpy as np
from squiggle_or_corner import NAMES, SHAPES, TILE, Network, learn

from convlens.attribution import ablation
from convlens_live.demo import Choice, Pointed, Seed, demo
from convlens_live.figures import *

# %% [markdown]
# ## What a filter contributes
#
# The network compares two sums, one for each shape. A filter's *contribution* to the difference is the mean of its map times its
# outgoing weights: those of "corner" minus those of "squiggle". It is also called the filter's vote. After a ReLU no mean is
# negative, so a filter always contributes to the same side, whatever the image. The image decides how much.


# %%
# --8<-- [start:votes]
def votes_of(params, maps: np.ndarray) -> np.ndarray:
    """Each filter's contribution on each image, (N, K); with the bias they add up to the verdict."""
    means = maps.mean(axis=(2, 3))
    to_squiggle, to_corner = params["linear1"]["weight"]
    return (to_corner - to_squiggle) * means


# --8<-- [end:votes]


@cache
def trained(seed: int) -> Network:
    """Return the network of the first notebook after its training."""
    *_, network = learn(6, 0.2, 400, seed, start=seed)
    return network


@cache
def needed(seed: int) -> list[float]:
    """Return by how much the loss on unseen images rises without each filter, each removed alone."""
    network = trained(seed)
    return ablation(network.model, network.step.params, *network.unseen)


@dataclass(frozen=True, eq=False)
class Look:
    """A trained network that looks at a shape, (5, 5), without some of its filters."""

    network: Network
    shape: np.ndarray
    away: tuple[int, ...]
    painted: int = 0  # which pixels differ from the shape of the training, in binary
    seed: int = 0

    @cached_property
    def maps(self) -> np.ndarray:
        """Each filter's map, (K, 8, 8)."""
        image = np.pad(self.shape, (3, 4))[None, None]
        return self.network.model.trace(self.network.step.params, image)["relu1"][0]

    @cached_property
    def votes(self) -> np.ndarray:
        """Each filter's contribution, towards the corner above 0, (K,); 0 for a filter that is taken away."""
        votes = votes_of(self.network.step.params, self.maps[None])[0]
        return np.where(np.isin(np.arange(len(votes)), self.away), 0, votes)

    @property
    def bias(self) -> float:
        squiggle, corner = self.network.step.params["linear1"]["bias"].tolist()
        return float(corner - squiggle)

    @property
    def verdict(self) -> float:
        """The contributions and the bias, together: above 0, the network says corner."""
        return float(self.votes.sum()) + self.bias

    @property
    def order(self) -> list[int]:
        """The filters by their largest contribution to one of the two shapes of the training."""
        most = np.abs(votes_of(self.network.step.params, self.network.maps.copy())).max(axis=0)
        return np.argsort(-most, kind="stable").tolist()


# %% [markdown]
# ## The picture
#
# At the left what you paint, and what the network says. At the right the filters, those that contribute most on top. The less a
# filter contributes, the paler it is.

# %%
SIDE, WIDTH, BARS = 56, 372, 224  # pixels
VOTE = Linear(-22, 22)


def draw_canvas(look: Look) -> Box:
    """Return the shape, to be painted pixel by pixel, and what the network says."""
    pixels, away = [], sum(1 << k for k in look.away)
    for n, value in enumerate(look.shape.ravel().tolist()):
        title, stroke = f"pixel in row {n // 5 + 1}, column {n % 5 + 1}", "clear" if value else "fill"
        pixels.append(part(space(SIDE, SIDE), title, drag=stroke, painted=look.painted ^ (1 << n), away=away))
    lines = windows([(i, j) for i in range(5) for j in range(5)], Pen(HAIRLINE))
    shape = cells(look.shape, SIDE, grey=True, frame=Pen(QUIET, 1.5), marks=[lines])
    share = float(1 / (1 + np.exp(-abs(look.verdict))))
    sure = percent(share) if share < 0.995 else "more than 99 %"
    said = titled(
        "the network says",
        row(text(NAMES[int(look.verdict > 0)], LARGE, bold=True), text(sure), gap=10, align="end"),
    )
    return column(note("paint here"), overlay(shape, grid(pixels, 5, gap=(0, 0))), sized(said, WIDTH), gap=8)


def draw_filters(look: Look) -> Box:
    """Return each filter, its map and its contribution, and below what they come to together."""
    ends = apart(note("← squiggle"), note("corner →"), BARS)
    head = row(sized(note("filter"), 74), sized(note("map"), TILE), ends, gap=12)
    most, rows = float(np.abs(look.votes).max()) or 1.0, []
    for k in look.order:
        weights = filter_cells(k, look.network.filters[k], TILE / 5)
        tile = row(filter_name(k, width=16), weights, gap=10, align="middle")
        picture = image_cells(look.maps[k], TILE / 8, full=float(look.network.maps[:, k].max()))
        shown = row(sized(tile, 74), picture, gap=12, align="middle")
        shown = faded(shown, 0.15 if k in look.away else max(0.3, abs(look.votes[k]) / most))
        end = note("taken away") if k in look.away else draw_bar(look.votes[k], hue(k))
        title, sign = (
            (f"put filter {k + 1} back", "back") if k in look.away else (f"take filter {k + 1} away", "away")
        )
        away = sum(1 << each for each in {*look.away} ^ {k})
        whole = sized(row(shown, end, gap=12, align="middle"), WIDTH, TILE)
        rows.append(part(whole, title, drag=sign, away=away, painted=look.painted))
    bias = note(f"with the bias, {fixed(abs(look.bias))} for {NAMES[int(look.bias > 0)]}")
    last = row(sized(text("sum", bold=True), 134), draw_bar(look.verdict, INK), gap=12, align="middle")
    return column(head, *rows, ruled(space(WIDTH), Pen(QUIET)), last, bias, gap=8)


def draw_bar(value: float, ink: str) -> Box:
    """Return a bar from the middle, to the side that it speaks for."""
    marks = rule(x=0, pen=Pen(QUIET)), bars([value], [0], ink, 16, write=lambda vote: fixed(abs(vote), 1))
    return plot(*marks, x=VOTE, y=Linear(-1, 1), width=BARS, height=36)


def faded(box: Box, opacity: float) -> Box:
    """Return the box, paler."""
    return Box(
        box.width, box.height, lambda x, y: f'<g opacity="{opacity:.2f}">{box.draw(x, y)}</g>', box.align
    )


def draw(look: Look) -> Figure:
    """Return the figure: the shape, and the filters."""
    if look.network.diverged:
        said = "Training diverged: the loss is no longer a number."
        return Figure((space(WIDTH, 100),), said, Table(("filter",), ()))
    return Figure((draw_canvas(look), draw_filters(look)), describe(look), tabulate(look), explain(look))


# %% [markdown]
# The same in words and as a table; both are computed from the same numbers as the picture.


# %%
def describe(look: Look) -> str:
    """Say in one sentence what the network says, and by how much."""
    names = " and ".join(str(k + 1) for k in look.away)
    without = f"Without {plural(len(look.away), 'filter')} {names} the" if look.away else "The"
    return f"{without} network says {NAMES[int(look.verdict > 0)]}: the sum is {fixed(abs(look.verdict), 1)} on that side."


def explain(look: Look) -> str:
    """Say which filter contributes most, and to which side."""
    k = int(np.abs(look.votes).argmax())
    if not look.votes.any():
        return "No filter contributes anything; only the bias is left."
    return f"Filter {k + 1} contributes most: {fixed(abs(float(look.votes[k])), 1)} for {NAMES[int(look.votes[k] > 0)]}."


def tabulate(look: Look) -> Table:
    """Return the contribution of each filter, and the loss without it, one filter per row."""
    rows = zip(range(1, 7), look.votes.tolist(), needed(look.seed), strict=True)
    return Table(("filter", "contribution to the corner", "loss rises without it by"), tuple(rows))


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/squiggle-or-corner.md",
    budget_seconds=8,
    picture=draw,
    recorded=("shape", "away"),
    sentence="Show the trained network {shape}, and paint on it. Click a filter to take it away.",
)
def filter_votes(
    shape: Annotated[Literal["squiggle", "corner"], Choice("Shape", ("a squiggle", "a corner"))] = "squiggle",
    painted: Annotated[int, Pointed("Painted pixels, in binary", 0, 2**25 - 1)] = 0,
    away: Annotated[int, Pointed("Filters that are taken away, in binary", 0, 63)] = 0,
    seed: Annotated[int, Seed()] = 0,
) -> Look:
    """Paint a shape, and take filters away"""
    base = SHAPES[NAMES.index(shape)]
    pixels = np.reshape([painted >> n & 1 for n in range(25)], (5, 5))
    filters = tuple(k for k in range(6) if away >> k & 1)
    return Look(trained(seed), np.abs(base - pixels), filters, painted, seed)


filter_votes

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/squiggle_or_corner.md).
