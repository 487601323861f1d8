# %% [markdown]
# ---
# title: "One filter for nine places, or nine copies"
# description: A filter that nine places share, and nine copies of it that learn alone, trained side by side.
# hide: [toc]
# ---
#
# # One filter for nine places, or nine copies
#
# A convolution uses one filter at every place. What if each place had a copy of its own? You will see both
# learn. It is the second demo of
# [How can one weight be shared by all places, and still be learned?](../questions/how-is-a-shared-weight-learned.md);
# the [first](shared_weight.py) uses the same layer.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlens_live.demo import demo
from convlens_live.figures import *

# %% [markdown]
# ## A layer in exact numbers
#
# Pixels, weights and first errors have one decimal. They are kept as fractions, so nothing is ever rounded, and what cancels is
# exactly 0. The loss is half the squared error of each place, added up or averaged.

# %%
PLACES, BIAS, NUDGE = 9, 9, Fraction(1, 100)
NAMES = ("top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right")
STOPS = range(-10, 11)  # to which a weight can be moved, in tenths


def tenths(*numbers: object) -> np.ndarray:
    """Return whole numbers of tenths as fractions."""
    exact: np.ndarray = np.array(numbers, object) * Fraction(1, 10)
    return exact


IMAGE = tenths([9, 1, 0, 1, 0], [3, 10, 0, 0, 0], [2, 1, 8, 2, 0], [2, 0, 1, 10, 3], [0, 2, 3, 3, 9])
START = tenths(-3, -3, 5, 6, 6, 6, 1, -3, -1, 4)  # nine weights, row by row, and the bias
FIRST_ERRORS = tenths([-3, 7, 0], [5, 5, -4], [-3, 4, 7])
WINDOWS = sliding_window_view(IMAGE, (3, 3))  # row and column of the place, then of the weight


def respond(weights: np.ndarray) -> np.ndarray:
    """Return the map, (3, 3): the same ten numbers at every place."""
    outputs: np.ndarray = (WINDOWS * weights[:BIAS].reshape(3, 3)).sum((2, 3)) + weights[BIAS]
    return outputs


FIRST = respond(START)
WANTED = FIRST - FIRST_ERRORS


def loss_of(weights: np.ndarray) -> Fraction:
    """Return half the squared error of all places, added up."""
    return Fraction(((respond(weights) - WANTED) ** 2).sum() / 2)


# %% [markdown]
# ## One weight, nine uses
#
# A weight meets one pixel at each place. What the place adds to the gradient is this pixel times the place's error. The
# slope of the loss is measured apart from that: the weight is nudged up and down, and the loss is computed again.


# %%
@dataclass(frozen=True, eq=False)
class Uses:
    """All uses of one weight, or of the bias; arrays with a number for each place are (3, 3)."""

    at: int
    to: int  # where it was moved to, as in STOPS, counted from 1; 0 if not at all
    mean: bool  # does the loss average?
    weights: np.ndarray
    pixels: np.ndarray
    outputs: np.ndarray
    losses: list[Fraction]  # with the weight a nudge lower, as it is, a nudge higher
    veiled: bool = False  # is the answer left out?

    @property
    def has_pixels(self) -> bool:
        """Does it meet pixels? The bias meets none."""
        return self.at < BIAS

    @property
    def places(self) -> int:
        """What the loss is divided by."""
        return PLACES if self.mean else 1

    @cached_property
    def errors(self) -> np.ndarray:
        """The slope of the added loss in each output."""
        return np.asarray(self.outputs - WANTED)

    @cached_property
    def products(self) -> np.ndarray:
        """What each place adds."""
        return np.asarray(self.pixels * self.errors)

    @property
    def gradient(self) -> Fraction:
        """The sum of the products, or their mean."""
        return Fraction(self.products.sum()) / self.places

    @property
    def measured(self) -> Fraction:
        """The slope of the loss by finite difference."""
        return (self.losses[2] - self.losses[0]) / (2 * NUDGE)


def use(at: int, to: int = 0, mean: bool = False) -> Uses:
    """Look at all uses of one weight, after moving it."""
    weights, nudge = START.copy(), np.zeros(BIAS + 1, object)
    weights[at] = Fraction(STOPS[to - 1]) / 10 if to else START[at]
    nudge[at] = NUDGE
    losses = [loss_of(weights + n * nudge) / (PLACES if mean else 1) for n in (-1, 0, 1)]
    pixels = np.full((3, 3), Fraction(1)) if at == BIAS else WINDOWS[:, :, at // 3, at % 3]
    return Uses(at, to, mean, weights, pixels, respond(weights), losses)


def name_of(at: int) -> str:
    """Name a weight, or the bias."""
    return "bias" if at == BIAS else f"{NAMES[at]} weight"


def find_outcome(uses: Uses) -> str:
    """Name the rule that gives the measured slope: a sum, the mean of nine copies, or the largest error's place alone."""
    products, largest = uses.products, np.abs(uses.errors).argmax()
    rules = {"sum": products.sum(), "copies": products.sum() / PLACES, "largest": products.flat[largest]}
    return next((rule for rule, slope in rules.items() if slope / uses.places == uses.measured), "neither")


# %% [markdown]
# ## Nine copies
#
# Now every place gets its own copy of the ten numbers. The copies start equal, and each copy meets one window and one error
# only. The shared filter learns too: in each step, its change is the sum of what all nine places ask for.

# %%
STEPS, RATE = 120, 0.02


@dataclass(frozen=True, eq=False)
class Copies:
    """Nine copies of ten numbers, (9, 10), the one that is shared, (10,), and both losses of every step so far."""

    step: int
    own: np.ndarray
    shared: np.ndarray
    losses: list[tuple[float, float]]

    @property
    def apart(self) -> float:
        """The largest difference between two copies in one of the ten numbers."""
        return float(np.ptp(self.own, axis=0).max())


def train(windows: np.ndarray, wanted: np.ndarray, start: np.ndarray, steps: int = STEPS) -> Iterator[Copies]:
    """Train both by gradient descent on the same loss. windows: (9, 10), what each place reads, and a 1 for the bias."""
    shared, own, losses = start, np.tile(start, (len(windows), 1)), []
    for step in range(steps + 1):
        alone = np.einsum("pd,pd->p", own, windows) - wanted
        together = np.einsum("pd,d->p", windows, shared) - wanted
        losses.append((float((alone**2).sum() / 2), float((together**2).sum() / 2)))
        yield Copies(step, own, shared, losses.copy())
        own = own - RATE * alone[:, None] * windows
        shared = shared - RATE * np.einsum("p,pd->d", together, windows)


# %% [markdown]
# ## The picture


# %%
def draw(copies: Copies) -> Figure:
    """Draw the nine copies beside the shared filter, how far the copies are apart, and both losses."""
    table = Table(
        ("step", "loss of nine copies", "loss of one shared filter"),
        tuple((n, *each) for n, each in enumerate(copies.losses) if n % 10 == 0),
    )
    panels = draw_filters(copies), draw_number(copies), draw_losses(copies)
    outcome = "equal" if copies.apart == 0 else "different"
    return Figure(panels, describe(copies), table, explain(copies), outcome)


def draw_filter(weights: np.ndarray, side: float) -> Box:
    """Nine weights; the bias is not drawn."""
    return filter_cells(0, weights[:BIAS].reshape(3, 3), side, 1.2)


def draw_filters(copies: Copies) -> Box:
    """A filter for each place, and one for all."""
    own = grid([draw_filter(each, 20) for each in copies.own], 3, (12, 12))
    one = draw_filter(copies.shared, 36)
    both = row(titled("nine copies: 90 numbers", own), titled("one for all: 10", one), gap=28)
    return pad(both, bottom=14)


def draw_number(copies: Copies) -> Box:
    """How far two copies are apart."""
    return headline("two copies differ by up to", fixed(copies.apart), 220)


def draw_losses(copies: Copies) -> Box:
    """Both losses at every step."""
    steps, (own, shared) = range(len(copies.losses)), zip(*copies.losses, strict=True)
    marks = [line(steps, shared, Pen(hue(0), 2), dot=True, label=text("one for all", SMALL, hue(0)))]
    marks += [line(steps, own, Pen(QUIET, 2), dot=True, label=note("copies"))]
    x = Linear(0, STEPS, label="training steps")
    return titled("loss", plot(*marks, x=x, y=Linear(0, 1, (0, 0.5, 1)), width=360, height=170))


def glance() -> Box:
    """Draw a filter and its place among copies: for the start page."""
    return draw_filter(START.astype(float), 30)


# %%
def describe(copies: Copies) -> str:
    """Say how far the copies are apart, and what is left of both losses."""
    if copies.step == 0:
        return "Before training the nine copies and the shared filter are equal."
    own, shared = copies.losses[-1]
    said = f"{when(copies.step)} two copies differ by up to {fixed(copies.apart)}."
    return f"{said} The loss of the nine copies is {format_number(own)}, that of the shared filter {format_number(shared)}."


def explain(copies: Copies) -> str:
    """Say why."""
    return "Each copy meets one window, and follows one error. The shared filter follows the sum of all nine."


# %%
@demo(
    question="questions/how-is-a-shared-weight-learned.md",
    budget_seconds=8,
    picture=draw,
    sentence="Nine copies and one shared filter start equal. Let all of them learn: {run}.",
)
def nine_copies() -> Iterator[Copies]:
    """What if each place had a copy of its own?"""
    windows = np.concatenate([WINDOWS.reshape(PLACES, 9), np.ones((PLACES, 1))], axis=1).astype(float)
    yield from train(windows, WANTED.ravel().astype(float), START.astype(float))


nine_copies
