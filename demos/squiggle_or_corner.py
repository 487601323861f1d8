# %% [markdown]
# ---
# title: "Squiggle or right angle: what the filters become"
# description: A small network learns to tell a squiggle from a right angle; every filter is watched while it does.
# hide: [toc]
# ---
#
# # Squiggle or right angle: what the filters become
#
# A network with a handful of filters learns to tell a squiggle from a right angle, or *corner*. This notebook asks what each
# filter responds to. It is the first demo of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md), in full.
# [The second](filter_votes.py) asks how the next layer uses the responses, and whether a filter is needed;
# [another](two_seeds.py), whether a second network from another start finds the same filters.
#
# You need to know what a filter and a feature map are. You will see that there is rarely a "squiggle filter", and what
# there is instead.

# %%
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import Annotated

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, ReLU, Sequential, Step, data, evaluate
from convlens import Linear as Dense
from convlens.shapes import corner, squiggle
from convlens.symmetry import cosine
from convlens.train import Batch, batches, train, until
from convlens_live.demo import Seed, Slider, demo
from convlens_live.figures import *

# %% [markdown]
# ## The experiment
#
# There are 64 noisy images of 12×12 pixels. Half of them show a squiggle, and half a corner, at random places. Both
# shapes have nine pixels, so brightness does not tell them apart. The network has 5×5 filters, a ReLU, the mean of each map, and
# a linear layer that reads the means. The seed decides the images and where the network starts.

# %%
NAMES, SHAPES = ("squiggle", "corner"), (squiggle(), corner())
CLEAN = np.pad(SHAPES, ((0, 0), (3, 4), (3, 4)))[:, None]  # an image of each, without noise


def make_images(seed: int, noise: float, *, count: int = 64, unseen: bool = False) -> Batch:
    """Return the images to train on, or as many that the network never sees, with their labels."""
    rng = np.random.default_rng([seed, 2 if unseen else 0])
    return data.squiggle_or_corner_task(rng, count=count, noise=noise, dtype=np.float64)


@cache
def make_model(filters: int) -> Sequential:
    """Return the network, for any number of filters."""
    return Sequential(Conv2d(filters, kernel=5), ReLU(), GlobalAveragePool2d(), Dense(2))


# %% [markdown]
# ## What does a filter respond to?
#
# Show it a clean squiggle and a clean corner, and take the mean of each map, as the next layer does. These are its
# responses. Its *share* is the fraction of both responses that goes to the corner.

# %%
ONE_ONLY = 0.9  # from this share on we say that a filter responds to one shape only


@dataclass(frozen=True)
class Network:
    """A network of K filters at one step of its training. Each value is computed when it is first used."""

    step: Step
    steps: int  # of the whole run
    unseen: Batch  # images that are not trained on

    @property
    def filters(self) -> np.ndarray:
        """The weights of the filters, (K, 5, 5)."""
        return self.step.params["conv1"]["weight"][:, 0]

    @cached_property
    def maps(self) -> np.ndarray:
        """Each filter's map on both clean images, (2, K, 8, 8)."""
        with np.errstate(all="ignore"):
            return self.model.trace(self.step.params, CLEAN)["relu1"]

    @cached_property
    def shares(self) -> np.ndarray:
        """How much of each filter's response goes to the corner, from 0 to 1; nan if it responds to neither. (K,)"""
        to_squiggle, to_corner = self.maps.mean(axis=(2, 3))
        both = to_squiggle + to_corner
        return np.divide(to_corner, both, out=np.full(len(both), np.nan), where=both > 1e-9)

    @property
    def one_only(self) -> int:
        """How many filters respond to one shape only."""
        return int((np.abs(self.shares - 0.5) >= ONE_ONLY - 0.5).sum())

    @property
    def model(self) -> Sequential:
        return make_model(len(self.filters))

    @property
    def diverged(self) -> bool:
        return not np.isfinite(self.step.loss)


def learn(filters: int, noise: float, steps: int, seed: int, start: int) -> Iterator[Network]:
    """Train on the images of `seed` from the weights of `start`; yield the network at every fourth step and the last."""
    (x, labels), unseen = make_images(seed, noise), make_images(seed, noise, unseen=True)
    model, rng = make_model(filters), np.random.default_rng([start, 1])
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    for step in until(train(model, params, batches(x, labels), SGD(learning_rate=2.0)), steps):
        network = Network(step, steps, unseen)
        if step.number % 4 == 0 or step.number == steps or network.diverged:
            yield network


# %% [markdown]
# ## The picture
#
# One row is one filter, in one colour and with one number: its weights, its map on each of the two shapes, and which of
# them it responds to more.

# %%
WIDTH, HEAD, ROW, TILE, AXIS, GAP = 324, 80, 58, 48, 120, 13  # pixels
SHARE = Linear(-0.05, 1.05)  # an axis with room for a dot at either end
ICONS = [cells(shape, 4, grey=True) for shape in SHAPES]


def draw_filter(network: Network, k: int, right: Box) -> Box:
    """Return the row of filter k: its number, its weights, its map on both shapes, and a box on the right."""
    full = float(network.maps[:, k].max())
    maps = [image_cells(each, TILE / 8, full=full) for each in network.maps[:, k]]
    tile = row(filter_name(k, width=16), filter_cells(k, network.filters[k], TILE / 5), align="middle")
    return draw_row(tile, maps, right)


@cache
def draw_head() -> Box:
    """Return the head of the columns: the two images, and the ends of the axis."""
    ends = apart(*ICONS, AXIS)
    axis = column(note("share of response"), note(f"thick: {percent(ONE_ONLY)} or more"), ends, gap=5)
    images = titled("its map on", row(*(image_cells(image, 4) for image in CLEAN[:, 0]), gap=10))
    return once(sized(row(sized(note("filter"), 72), images, axis, gap=GAP), WIDTH, HEAD))


def draw_row(left: Box, maps: Sequence[Box], right: Box) -> Box:
    """Return a row of three columns."""
    left, right = sized(left, 72), overlay(space(AXIS, ROW), right)
    return row(left, row(*maps, gap=10), right, gap=GAP, align="middle")


def draw_filters(network: Network, ks: Sequence[int]) -> Box:
    """Return some filters, each with its weights, its maps, and which of the two shapes it responds to more."""
    rows = [draw_filter(network, k, draw_share(float(network.shares[k]), k)) for k in ks]
    return column(draw_head(), *rows, gap=0)


def draw_share(share: float, k: int) -> Box:
    """Return the axis from squiggle to corner with the dot of filter k, and the share in words."""
    if np.isnan(share):
        return column(text("no response", SMALL, QUIET, width=AXIS, align="middle"), draw_axis([], k, AXIS))
    which = int(share > 0.5)
    said = f"{NAMES[which]} {percent(max(share, 1 - share))}"
    words = text(said, SMALL, width=AXIS, align=("start", "end")[which])
    return column(words, draw_axis([share], k, AXIS))


def draw_axis(shares: Sequence[float], k: int, width: float) -> Box:
    """Return the axis with the dot of filter k, if it has a share."""
    dot = dots(shares, [0] * len(shares), 6, hue(k))
    return overlay(draw_greys(width), plot(dot, x=SHARE, y=Linear(-1, 1), width=width, height=14))


@cache
def draw_greys(width: float) -> Box:
    """Return the axis alone; its thick ends are where a filter responds to one shape only."""
    greys = (0, 1, 1), (0, 1 - ONE_ONLY, 5), (ONE_ONLY, 1, 5)
    marks = [line([low, high], [0, 0], Pen(HAIRLINE, thick)) for low, high, thick in greys]
    marks.append(rule(x=0.5, pen=Pen(HAIRLINE)))
    return once(plot(*marks, x=SHARE, y=Linear(-1, 1), width=width, height=14))


def draw(network: Network) -> Figure:
    """Return the figure: half of the filters left, the other half right."""
    halves = np.array_split(range(len(network.filters)), 2)
    panels = tuple(draw_filters(network, half.tolist()) for half in halves)
    return Figure(panels, describe(network), tabulate(network), explain(network), outcome_of(network))


def glance() -> Box:
    """Return the two shapes, and the filters before training."""
    filters = next(squiggle_or_corner.states()).filters
    tiles = grid([filter_cells(k, each, 8) for k, each in enumerate(filters)], 3, gap=(8, 8))
    return row(*(image_cells(image, 5) for image in CLEAN[:, 0]), tiles, gap=20, align="middle")


# %% [markdown]
# The same in words and as a table; both are computed from the same numbers as the picture.


# %%
def outcome_of(network: Network) -> str:
    """One word: "own" if most filters respond to one shape only, "same" if all are nearly the same, else "both"."""
    if network.diverged:
        return "diverged"
    if all(cosine(a, b) > 0.9 for a, b in combinations(network.filters, 2)):
        return "same"
    return "own" if network.one_only > len(network.filters) / 2 else "both"


def describe(network: Network) -> str:
    """Say in one sentence what the filters respond to."""
    if network.diverged:
        return f"{when(network.step.number)} the loss is no longer a number: training diverged."
    count, one, neither = len(network.filters), network.one_only, int(np.isnan(network.shares).sum())
    said = f"{when(network.step.number)} {count - one - neither} of {count} filters respond to both shapes"
    return f"{said} and {one} to one only" + (f"; {neither} to neither." if neither else ".")


def explain(network: Network) -> str:
    """Say which step of the run this is, and how good the network is."""
    if network.diverged:
        return "Training diverged: the loss is no longer a number. That is a result too."
    _, right = evaluate(network.model, network.step.params, *network.unseen)
    loss = f"Step {network.step.number} of {network.steps}. Loss {format_number(network.step.loss)}"
    return f"{loss}; of 64 images never seen, {percent(right)} are told apart."


def tabulate(network: Network) -> Table:
    """Return the share of each filter, one per row."""
    rows = tuple((k + 1, share) for k, share in enumerate(network.shares.tolist()))
    return Table(("filter", "share to the corner"), rows)


# %% [markdown]
# ## The demo


# %%
@demo(
    question="questions/squiggle-or-corner.md",
    budget_seconds=8,
    picture=draw,
    opens="start",
    sentence="{run} the network to tell squiggles from corners.",
)
def squiggle_or_corner(
    filters: Annotated[int, Slider("Filters", 2, 8, step=1)] = 6,
    noise: Annotated[float, Slider("Noise in the images", 0.0, 0.6, step=0.1)] = 0.2,
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 400,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Network]:
    """Squiggle or corner: what does each filter respond to?"""
    yield from learn(filters, noise, steps, seed, start=seed)


squiggle_or_corner

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/squiggle_or_corner.md).
