# %% [markdown]
# ---
# title: "Squiggle or right angle: what the filters become"
# description: A small network learns to tell a squiggle from a right angle; every filter is watched while it does.
# hide: [toc]
# ---
#
# # Squiggle or right angle: what the filters become
#
# A network with a handful of filters learns to tell a squiggle from a right angle. This notebook asks of
# each filter: what does it answer to, how does the next layer use its answer, and is it needed? Then it trains
# a second network from another start and asks whether the two found the same filters. It is the demo of
# [Squiggle or right angle: what do filters become?](../questions/squiggle-or-corner.md), in full.
#
# You need to know what a filter and a feature map are. You will see that "the squiggle filter" is rarely there
# to be found, and what is there in its place.

# %%
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Annotated, Literal

import numpy as np

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, Step, data, evaluate
from convlens.attribution import ablation
from convlens.permutation import cheapest_pairs
from convlens.shapes import corner, squiggle
from convlens.symmetry import cosine
from convlens.train import batches, train
from convlens_live.demo import Choice, Seed, Slider, demo
from convlens_live.figures import Figure, Panel, Table, format_number
from convlens_live.figures.svg import colour, element, filter_colour, group, line, text

# %% [markdown]
# ## The experiment
#
# 64 images of 12x12 pixels, in noise. Half hold a squiggle, half a right angle, at random places; both shapes have nine
# pixels, so brightness gives nothing away. The network: 5x5 filters, a ReLU, the mean of each
# map, and a linear layer that reads the means.
#
# The seed decides the images and where the network starts. A second network may start from a second seed; it
# gets the *same* images, so that only the start differs.

# %%
SHAPES = (squiggle(), corner())
NAMES = ("squiggle", "corner")
CLEAN = np.zeros((2, 1, 12, 12))
CLEAN[:, 0, 3:8, 3:8] = SHAPES
NETWORK = ReLU(), GlobalAveragePool2d(), Linear(2)


def images(seed: int, noise: float, *, count: int = 64, unseen: bool = False):
    """Return the images to train on, or as many that the network never sees, with their labels."""
    rng = np.random.default_rng([seed, 2 if unseen else 0])
    return data.squiggle_or_corner_task(rng, count=count, noise=noise, dtype=np.float64)


def learn(filters: int, noise: float, steps: int, seed: int, start: int) -> Iterator[Step]:
    """Train on the images of `seed` from the weights of `start`; yield each step from 0 to `steps`."""
    x, labels = images(seed, noise)
    params, _ = model_of(filters).init(
        np.random.default_rng([start, 1]), in_shape=x.shape[1:], dtype=np.float64
    )
    for step in train(model_of(filters), params, batches(x, labels), SGD(learning_rate=2.0)):
        yield step
        if step.number == steps:
            return


def model_of(filters: int) -> Sequential:
    """The network, for any number of filters."""
    return Sequential(Conv2d(filters, kernel=5), *NETWORK)


# %% [markdown]
# ## Four questions to each filter
#
# **What does it answer to?** Show it a clean squiggle and a clean right angle, and take the mean of each map, as the
# next layer does. Its *share* is the part of the two answers that goes to the right angle.
#
# **How is it used?** Its *vote* is that mean times its outgoing weights (those of "corner" minus those of
# "squiggle"). After a ReLU no mean is negative, so a filter always votes for the same side, whatever the
# image. Only how loud differs.
#
# **Is it needed?** Take it away, and see by how much the loss on unseen images rises.
#
# **And all together?** The *joint reading*: for every pixel of a clean image, how the verdict would move if
# that pixel became brighter. It needs no filter numbers at all, so two networks can be compared by it.


# %%
@dataclass(frozen=True)
class Reading:
    """What one network's filters do, at one step of training. K filters; the two images are CLEAN."""

    step: Step
    maps: np.ndarray  # (2, K, 8, 8)
    votes: np.ndarray  # (2, K): towards the corner above 0, towards the squiggle below
    verdict: np.ndarray  # (2,): the votes and the bias, together
    joint: np.ndarray  # (2, 12, 12)
    loss: float  # on unseen images, as are the next two
    accuracy: float
    rises: np.ndarray  # (K,)

    @property
    def filters(self) -> np.ndarray:
        """The kernels, (K, 25)."""
        return weights(self.step)

    @property
    def shares(self) -> np.ndarray:
        """How much of each filter's answer goes to the corner, from 0 to 1; nan if it answers to neither."""
        to_squiggle, to_corner = self.maps.mean(axis=(2, 3))
        return np.divide(
            to_corner,
            to_squiggle + to_corner,
            out=np.full(len(to_corner), np.nan),
            where=(to_squiggle + to_corner) > 1e-9,
        )


ONE_ONLY = 0.9  # from this share on we say that a filter answers to one shape only


def weights(step: Step) -> np.ndarray:
    """The kernels, one row a filter, (K, 25)."""
    weight = step.params["conv1"]["weight"]
    return weight.reshape(len(weight), -1)


# --8<-- [start:votes]
def votes_of(params, maps: np.ndarray) -> np.ndarray:
    """Each filter's vote on each image, (N, K); with the bias they add up to the verdict."""
    means = maps.mean(axis=(2, 3))
    to_squiggle, to_corner = params["linear1"]["weight"]
    return (to_corner - to_squiggle) * means


# --8<-- [end:votes]


def read(step: Step, unseen) -> Reading:
    """Ask the four questions of the network at this step."""
    params = step.params
    model = model_of(len(weights(step)))
    with np.errstate(all="ignore"):
        maps = model.trace(params, CLEAN)["relu1"]
        logits, vjp = model(params, CLEAN)
        joint, _ = vjp(np.array([[-1.0, 1.0], [-1.0, 1.0]]))
        loss, accuracy = evaluate(model, params, *unseen)
        return Reading(
            step,
            maps,
            votes=votes_of(params, maps),
            verdict=logits[:, 1] - logits[:, 0],
            joint=joint[:, 0],
            loss=loss,
            accuracy=accuracy,
            rises=np.array(ablation(model, params, *unseen)),
        )


def cosines_of(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cosine of each row of a with each row of b; −1 where there is no direction to compare."""
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
        return np.nan_to_num(np.einsum("jd,kd->jk", a, b) / norms, nan=-1.0)


def pair_up(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of b's rows with the largest total cosine to a's rows, and the cosine of each pair."""
    cosines = cosines_of(a, b)
    order = cheapest_pairs(1 - cosines)
    return order, cosines[np.arange(len(a)), order]


@dataclass(frozen=True)
class Other:
    """A second network beside the first: its filters' order that fits best, and how alike the two are."""

    reading: Reading
    order: np.ndarray  # (K,)
    cosines: np.ndarray  # (K,), one a pair
    joint: float  # the cosine of the two joint readings
    at_start: float  # the mean cosine of the best pairs before training


def beside(first: Reading, second: Reading, at_start: float) -> Other:
    """Put the second network beside the first."""
    return Other(second, *pair_up(first.filters, second.filters), cosine(first.joint, second.joint), at_start)


# %% [markdown]
# ## The picture
#
# One row is one filter, in one colour and with one number. At the left: its weights, and its map on each of
# the two shapes. At the right: what you asked to see. The last row is the network as a whole.

# %%
WIDTH, TOP, ROW, TILE = 400, 86, 58, 48
SHADES = 8
AXIS = (246, 386)  # from where to where the axis at the right of a panel runs


def shaded(values: np.ndarray, side: float, *, scale: float, roles: tuple[str, str], frame: str = "") -> str:
    """Return an array as squares: one path for each shade, so that many small squares stay cheap.

    roles: the colours below and above 0. What is 0 stays paper.
    """
    rows, columns = values.shape
    # After training has diverged there is nothing to draw but the frame.
    share = values / (scale or 1.0) if np.isfinite(values).all() else np.zeros_like(values)
    shade = np.rint(np.clip(share, -1, 1) * SHADES).astype(np.int64)
    found = dashes(shade)
    parts = []
    for sign, role in zip((-1, 1), roles, strict=True):
        paths = [
            element("path", d=d, opacity=None if sign * level == SHADES else sign * level / SHADES)
            for level, d in found.items()
            if sign * level > 0
        ]
        if paths:
            parts.append(element("g", *paths, stroke=colour(role), transform=cells(side)))
    width = 2.5 if frame else 1
    outline = {
        "width": columns * side + width,
        "height": rows * side + width,
        "x": -width / 2,
        "y": -width / 2,
    }
    parts.append(
        element(
            "rect",
            **outline,
            fill="none",
            stroke=frame or colour("hairline"),
            stroke_width=width if frame else None,
        )
    )
    return "".join(parts)


def cells(side: float) -> str:
    """The transform under which such dashes fill squares of this side."""
    return f"translate(0 {side / 2:g}) scale({side:g})"


def dashes(shade: np.ndarray) -> dict[int, str]:
    """Return, for each shade but 0, the path of its unit squares: a thick dash for each run in a row."""
    found: dict[int, str] = {}
    for i, row in enumerate(shade.tolist()):
        begin = 0
        for level, run in groupby(row):
            length = len(list(run))
            if level:
                found[level] = f"{found.get(level, '')}M{begin} {i}h{length}"
            begin += length
    return found


@cache
def icon(which: int, side: float) -> str:
    """Return one of the two shapes, small and without a frame."""
    return element("path", d=dashes(SHAPES[which])[1], stroke=colour("ink"), transform=cells(side))


def weights_tile(values: np.ndarray, hue: str) -> str:
    """Return the 25 weights of a filter, on the scale of its own largest."""
    return shaded(
        values.reshape(5, 5), TILE / 5, scale=float(np.abs(values).max()), roles=("negative", "positive"),
        frame=hue,
    )  # fmt: skip


def map_tiles(reading: Reading, k: int, x: float, gap: float) -> str:
    """Return the maps of filter k on both shapes, on one scale."""
    maps = reading.maps[:, k]
    return "".join(
        group(shaded(maps[i], TILE / 8, scale=float(maps.max()), roles=("ink", "ink")), x + i * gap, 0)
        for i in (0, 1)
    )


def joint_tiles(reading: Reading, x: float, gap: float) -> str:
    """Return the joint reading on both shapes: orange pixels speak for a corner, blue ones for a squiggle."""
    largest = float(np.abs(reading.joint).max())
    return "".join(
        group(
            shaded(reading.joint[i], TILE / 12, scale=largest, roles=("negative", "positive")), x + i * gap, 0
        )
        for i in (0, 1)
    )


def draw_filters(reading: Reading) -> Panel:
    """Each filter with its weights, its maps on both shapes, and which of the two it answers more to."""
    count = len(reading.filters)
    parts = [text(22, 14, "filter", role="quiet"), text(96, 14, "its map on", role="quiet")]
    parts += [group(shaded(CLEAN[i, 0], 4, scale=1, roles=("ink", "ink")), 96 + 68 * i, 24) for i in (0, 1)]
    parts += [
        text(AXIS[0], 14, "answers more to", role="quiet"),
        text(AXIS[0], 32, "grey ends: only to it", size=12, role="quiet"),
        group(icon(0, 4), AXIS[0], 52),
        group(icon(1, 4), AXIS[1] - 20, 52),
    ]
    for k, share in enumerate(reading.shares):
        parts.append(
            group(
                text(0, 29, str(k + 1), size=16, fill=filter_colour(k), weight=700)
                + group(weights_tile(reading.filters[k], filter_colour(k)), 22, 0)
                + map_tiles(reading, k, 96, 68)
                + _share(share, filter_colour(k)),
                0,
                TOP + ROW * k,
            )
        )
    parts.append(
        group(
            line(0, -5, WIDTH, -5)
            + text(0, 21, "all together:", role="quiet")
            + text(0, 38, "each pixel", role="quiet")
            + joint_tiles(reading, 96, 68)
            + text(AXIS[0], 21, "orange: for a corner", size=13, role="quiet")
            + text(AXIS[0], 38, "blue: for a squiggle", size=13, role="quiet"),
            0,
            TOP + ROW * count,
        )
    )
    return Panel(WIDTH, TOP + ROW * (count + 1), "".join(parts))


def _share(share: float, hue: str) -> str:
    """Return the axis from squiggle to corner with the filter's dot; the thick ends mean "one shape only"."""
    left, right = AXIS
    thick, middle = (right - left) * (1 - ONE_ONLY), (left + right) / 2
    parts = [
        element("path", d=f"M{left} 32H{right}M{middle:g} 28v8", stroke=colour("hairline")),
        element(
            "path", d=f"M{left} 32h{thick:g}M{right} 32h{-thick:g}", stroke=colour("hairline"), stroke_width=5
        ),
    ]
    if np.isnan(share):
        return "".join(parts) + text(middle, 18, "no answer", size=13, role="quiet", anchor="middle")
    which = int(share > 0.5)
    percent = f"{NAMES[which]} {100 * max(share, 1 - share):.0f} %"
    parts += [
        element("circle", cx=left + (right - left) * float(share), cy=32.0, r=6, fill=hue),
        text(right if which else left, 18, percent, size=13, anchor="end" if which else "start"),
    ]
    return "".join(parts)


def _row(k: int, content: str) -> str:
    return group(
        text(0, 29, str(k + 1), size=16, fill=filter_colour(k), weight=700) + content, 0, TOP + ROW * k
    )


def _last_row(content: str, count: int) -> str:
    return group(line(0, -5, WIDTH, -5) + content, 0, TOP + ROW * count)


MIDDLE, UNIT, LOUDEST = 206, 9.2, 16.0  # the axis of the votes: its zero, pixels a unit, and where it ends


def draw_votes(reading: Reading) -> Panel:
    """For each filter its vote on either image, and at the bottom what they come to together."""
    count = len(reading.filters)
    parts = [
        text(0, 14, "its vote: outgoing weight × mean of its map", role="quiet"),
        text(MIDDLE - 14, 44, "for a squiggle", anchor="end"),
        text(MIDDLE + 14, 44, "for a corner"),
        text(22, 74, "when the image shows this", size=13, role="quiet"),
    ]
    for k in range(count):
        parts.append(_row(k, _two_bars(reading.votes[:, k], filter_colour(k))))
    parts.append(
        _last_row(text(0, 29, "all", size=16, weight=700) + _two_bars(reading.verdict, colour("ink")), count)
    )
    parts.append(line(MIDDLE, TOP - 4, MIDDLE, TOP + ROW * (count + 1) - 8, role="quiet"))
    low = TOP + ROW * (count + 1)
    bias = float((reading.verdict - reading.votes.sum(axis=1)).mean())  # the same for both images
    if np.isfinite(bias):
        said = f"all: the votes and a bias, {_loudness(bias)} for a {NAMES[int(bias > 0)]}"
        parts.append(text(0, low + 6, said, size=13, role="quiet"))
    return Panel(WIDTH, low + 12, "".join(parts))


def _two_bars(values: np.ndarray, hue: str) -> str:
    parts = []
    for i, value in enumerate(values):
        y = 3 + 23 * i
        parts.append(group(icon(i, 3), 30, y))
        if not np.isfinite(value):
            continue
        length = min(abs(float(value)), LOUDEST) * UNIT
        begin = MIDDLE - length if value < 0 else MIDDLE
        beyond, anchor = (begin - 6, "end") if value < 0 else (begin + length + 6, "start")
        ink = colour("ink")
        if not 90 < beyond < WIDTH - 40:  # no room beside a very long bar
            beyond, anchor = (begin + 6, "start") if value < 0 else (begin + length - 6, "end")
            ink = colour("paper")
        parts += [
            element("rect", x=float(begin), y=y + 1, width=length, height=13, fill=hue),
            text(beyond, y + 12, _loudness(value), size=13, mono=True, anchor=anchor, fill=ink),
        ]
    return "".join(parts)


def _loudness(value: float) -> str:
    return "0" if value == 0 else "< 0.1" if abs(value) < 0.05 else f"{abs(value):.1f}"


def draw_removal(reading: Reading) -> Panel:
    """By how much the loss on unseen images rises when a filter is taken away, each alone."""
    count, left, unit = len(reading.filters), 30, 84.0
    parts = [
        text(0, 14, "take this one filter away:", role="quiet"),
        text(0, 33, "the loss on 64 unseen images rises by", role="quiet"),
    ]
    for tick in (0, 1, 2, 3):
        x = left + unit * tick
        parts.append(text(x, 74, str(tick), size=13, role="quiet", anchor="middle"))
        parts.append(line(x, TOP - 5, x, TOP + ROW * count - 12))
    for k, rise in enumerate(reading.rises):
        if not np.isfinite(rise):
            continue
        length = float(np.clip(rise, 0, 3.3)) * unit
        label = f"+{rise:.2f}" if rise >= 0.005 else "about 0" if rise > -0.005 else f"−{-rise:.2f}"
        bar = element("rect", x=left, y=12, width=max(length, 2.0), height=24, fill=filter_colour(k))
        parts.append(_row(k, bar + text(left + length + 8, 29, label, mono=True)))
    whole = f"loss {format_number(reading.loss)}, {100 * reading.accuracy:.0f} % right"
    parts.append(_last_row(text(0, 29, "all", size=16, weight=700) + text(left, 29, whole), count))
    return Panel(WIDTH, TOP + ROW * (count + 1), "".join(parts))


def draw_other(other: Other) -> Panel:
    """The second network's filters, each in the row of the filter it is most like, and how like it is."""
    count, reading = len(other.order), other.reading
    left, right = AXIS
    middle, half = (left + right) / 2, (right - left) / 2
    parts = [
        text(0, 14, "the second network's filters, in the order that fits best", role="quiet"),
        text(0, 46, f"mean of the pairs {_two(other.cosines.mean())}", weight=600),
        text(0, 64, f"before training {_two(other.at_start)}", role="quiet"),
        text(middle, 52, "cosine of the pair", role="quiet", anchor="middle"),
        text(left, 74, "−1", size=13, role="quiet", anchor="middle"),
        text(middle, 74, "0", size=13, role="quiet", anchor="middle"),
        text(right, 74, "1", size=13, role="quiet", anchor="middle"),
    ]
    for k, (partner, likeness) in enumerate(zip(other.order, other.cosines, strict=True)):
        hue = filter_colour(int(partner))
        parts.append(
            group(
                text(0, 29, str(partner + 1), size=16, fill=hue, weight=700)
                + group(weights_tile(reading.filters[partner], hue), 22, 0)
                + map_tiles(reading, int(partner), 96, 68)
                + _cosine(float(likeness), middle, half),
                0,
                TOP + ROW * k,
            )
        )
    parts.append(
        _last_row(
            text(0, 29, "all together", role="quiet")
            + joint_tiles(reading, 96, 68)
            + ("" if np.isnan(other.joint) else _cosine(other.joint, middle, half)),
            count,
        )
    )
    return Panel(WIDTH, TOP + ROW * (count + 1), "".join(parts))


def _cosine(value: float, middle: float, half: float) -> str:
    at = middle + half * value
    return (
        line(middle - half, 32, middle + half, 32)
        + line(middle, 26, middle, 38, role="quiet")
        + element("rect", x=min(middle, at), y=29.0, width=abs(at - middle), height=6, fill=colour("ink"))
        + text(middle + half, 18, f"{value:.2f}".replace("-", "−"), mono=True, anchor="end")
    )


# %% [markdown]
# The same in words and as a table; both are computed from the same numbers as the picture.


# %%
def outcome_of(reading: Reading) -> str:
    """One word: "own" if most filters respond to one shape only, "alike" if they are copies, else "both"."""
    if not np.isfinite(reading.step.loss):
        return "diverged"
    count = len(reading.filters)
    one_only = int((np.abs(reading.shares - 0.5) >= ONE_ONLY - 0.5).sum())
    if cosines_of(reading.filters, reading.filters).min() > 0.9:
        return "alike"
    return "own" if one_only > count / 2 else "both"


def describe(reading: Reading, show: str, other: Other | None) -> str:
    """Say in one sentence or two what the picture shows."""
    number, shares = reading.step.number, reading.shares
    when = "Before training" if number == 0 else "After 1 step" if number == 1 else f"After {number} steps"
    if outcome_of(reading) == "diverged":
        return f"{when} the loss is no longer a number: training diverged."
    count = len(shares)
    one_only = int((np.abs(shares - 0.5) >= ONE_ONLY - 0.5).sum())
    silent = int(np.isnan(shares).sum())
    both = count - one_only - silent
    sentence = f"{when} {both} of {count} filters respond to both shapes and {one_only} to one only"
    sentence += f"; {silent} to neither." if silent else "."
    if show == "removal":
        small, most = int((reading.rises < 0.1).sum()), int(np.argmax(reading.rises))
        sentence += (
            f" Without filter {most + 1} the loss rises most, by {format_number(float(reading.rises[most]))}; "
            f"{small} of {count} can each be taken away for less than 0.1."
        )
    elif other is not None:
        mean, joint = float(other.cosines.mean()), other.joint
        sentence += f" The best pairs of the two networks' filters have a mean cosine of {_two(mean)}"
        sentence += "." if np.isnan(joint) else f"; what the networks read all together, {_two(joint)}."
    else:
        towards = [int((side * reading.votes.sum(axis=0) > 0).sum()) for side in (-1, 1)]
        sentence += f" The vote of {towards[0]} is always for the squiggle, of {towards[1]} for the corner, whatever the image."
    return sentence


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


COLUMNS = ("filter", "share to the corner", "vote on the squiggle", "vote on the corner", "loss rises by")


def tabulate(reading: Reading, other: Other | None) -> Table:
    """One row a filter: share, votes, the loss without it; with a second network, the partner and the cosine."""
    rows: list[tuple[int | float, ...]] = [
        (k + 1, float(reading.shares[k]), *map(float, reading.votes[:, k]), float(reading.rises[k]))
        for k in range(len(reading.filters))
    ]
    if not other:
        return Table(COLUMNS, tuple(rows))
    partners = [(int(k) + 1, float(cosine)) for k, cosine in zip(other.order, other.cosines, strict=True)]
    return Table(
        (*COLUMNS, "partner", "cosine"), tuple(row + pair for row, pair in zip(rows, partners, strict=True))
    )


# %% [markdown]
# ## The demo

# %%
EVERY = 4  # steps between two figures


@demo(question="questions/squiggle-or-corner.md", budget_seconds=8)
def squiggle_or_corner(
    show: Annotated[
        Literal["votes", "removal", "seeds"],
        Choice("Beside the filters, show", ("votes", "removal", "two seeds")),
    ] = "votes",
    filters: Annotated[int, Slider("Filters", 2, 8, step=1)] = 6,
    noise: Annotated[float, Slider("Noise in the images", 0.0, 0.6, step=0.1)] = 0.2,
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 400,
    seed: Annotated[int, Seed()] = 0,
    second: Annotated[int, Seed("Second network's seed")] = 1,
) -> Iterator[Figure]:
    """Squiggle or right angle: what does each filter answer to?"""
    unseen = images(seed, noise, unseen=True)
    runs = [
        learn(filters, noise, steps, seed, start) for start in ([seed, second] if show == "seeds" else [seed])
    ]
    at_start = float("nan")
    for each in zip(*runs, strict=True):
        step = each[0]
        if step.number == 0 and show == "seeds":
            at_start = float(pair_up(*map(weights, each))[1].mean())
        diverged = not all(np.isfinite(one.loss) for one in each)
        if step.number % EVERY and step.number != steps and not diverged:
            continue
        reading, *second_reading = [read(one, unseen) for one in each]
        other = beside(reading, second_reading[0], at_start) if second_reading and not diverged else None
        caption = (
            "Training diverged: the loss is no longer a number. That is a result too."
            if diverged
            else f"Step {step.number} of {steps}. Loss {format_number(step.loss)}; of 64 images never seen, "
            f"{100 * reading.accuracy:.0f} % are told apart."
        )
        if show == "seeds" and second == seed:
            caption += " Both seeds are the same, so this is one network twice."
        right = draw_other(other) if other else (draw_removal if show == "removal" else draw_votes)(reading)
        yield Figure(
            (draw_filters(reading), right),
            describe(reading, show, other),
            tabulate(reading, other),
            caption,
            outcome=outcome_of(reading),
        )
        if diverged:
            return


squiggle_or_corner

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/squiggle_or_corner.md).
