# %% [markdown]
# ---
# title: "Twins: two filters, tied and untied"
# description: Two filters of a small convolutional network, trained in NumPy, with their two ties set separately.
# hide: [toc]
# ---
#
# # Twins: two filters, tied and untied
#
# Two filters see the same images and follow the same loss. This notebook starts them equal, or not,
# takes their pulls apart, and measures by how much they differ after each step of gradient descent. It is the demo of
# [Why don't all filters learn the same thing?](../questions/why-not-the-same.md), in full.
#
# You need to know what a convolution is. You will see which two things must be equal for two filters
# to stay equal, what one step does to each of them, and that "equal" here means every bit.

# %%
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlens import (
    SGD,
    Conv2d,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    Step,
    data,
    shapes,
)
from convlens.attribution import image_pulls, residual
from convlens.ops import conv2d
from convlens.symmetry import cosine, largest_difference
from convlens.ties import tie
from convlens.train import batches, train
from convlens_live.demo import Choice, Pointed, Seed, Slider, demo
from convlens_live.figures import Figure, Panel, Table, format_number, log_curve
from convlens_live.figures.svg import MONO, SANS, colour, element, filter_colour, group

# %% [markdown]
# ## The experiment
#
# The network is as small as it can be and still show the effect: two 5x5 filters, a ReLU, the mean
# of each map, and a linear layer that reads the two means. Filter *k* has an **incoming** side, its own
# 25 weights and bias, and an **outgoing** side, the weights by which the next layer reads its map.
# The two sides are tied separately.
#
# It runs in float64, so that a gap of 10⁻⁹ leaves room for six digits more.

# %%
COUNT, IMAGES, RATE = 64, 4, 1.0
TASKS = {"several": data.several_filters_task, "one": data.one_filter_task}
CLASSES = {
    "several": {
        "a horizontal line": shapes.horizontal(),
        "a vertical line": shapes.vertical(),
        "a falling line": shapes.falling(),
        "a rising line": shapes.rising(),
    },
    "one": {"no line": np.zeros((5, 5)), "a horizontal line": shapes.horizontal()},
}


@dataclass(frozen=True)
class Twins:
    """Where the two filters stand: the training step, and the largest difference at each step so far."""

    model: Sequential
    x: np.ndarray
    labels: np.ndarray
    step: Step
    differences: list[float]
    diverged: bool = False

    @property
    def filters(self) -> np.ndarray:
        """Both kernels, (2, 5, 5)."""
        return self.step.params["conv1"]["weight"][:, 0]

    @property
    def outgoing(self) -> np.ndarray:
        """The weights by which the next layer reads each map, one a class, (2, M)."""
        return self.step.params["linear1"]["weight"].T

    @property
    def gradients(self) -> np.ndarray:
        """The gradient of the loss with respect to both kernels, (2, 5, 5)."""
        return self.step.grads["conv1"]["weight"][:, 0]

    @property
    def outgoing_gradients(self) -> np.ndarray:
        """The gradient of the loss with respect to the outgoing weights, (2, M)."""
        return self.step.grads["linear1"]["weight"].T


def simulate(incoming: str, outgoing: str, gap: float, task: str, steps: int, seed: int) -> Iterator[Twins]:
    """Train, and yield the two filters before the first and after each of `steps` updates; stop if the loss is lost."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS[task](rng, count=COUNT, dtype=np.float64)
    model = Sequential(Conv2d(2, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(int(labels.max()) + 1))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    params = tie(
        params,
        incoming=incoming == "same",
        outgoing=outgoing == "same",
        gap=gap if incoming == "same" else 0.0,
    )
    differences: list[float] = []
    state = None
    for step in train(model, params, batches(x, labels), SGD(RATE)):
        if not np.isfinite(step.loss):
            if state is not None:
                yield replace(state, diverged=True)
            return
        first, second = step.params["conv1"]["weight"]
        differences.append(largest_difference(first, second))
        state = Twins(model, x, labels, step, differences)
        yield state
        if step.number == steps:
            return


def examples(labels: np.ndarray) -> list[int]:
    """Choose IMAGES images, as many of each class."""
    classes = int(labels.max()) + 1
    return [int(n) for c in range(classes) for n in np.flatnonzero(labels == c)[: IMAGES // classes]]


# %% [markdown]
# ## The pull of one image, in factors
#
# By the chain rule, an image pulls on filter *k* with
#
# * its **residual** δ, the predicted probabilities minus the truth: one number a class, *common* to both filters;
# * times the filter's own **outgoing weights** *v*: *private*;
# * times the **patches that pass** its own ReLU, added up and divided by the number of places: *private*.
#
# The gradient of a filter is the mean of these pulls over all images. ("Passes or not" is the slope of the ReLU at each
# place. If you put another activation into the network, its slope stands there.)


# %%
@dataclass(frozen=True)
class Pull:
    """The factors of one image's pull on both filters; residual (M,), outgoing (2, M), passes (2, 8, 8), patches (2, 5, 5)."""

    residual: np.ndarray
    outgoing: np.ndarray
    passes: np.ndarray
    patches: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """v · δ: what each filter is told, after its own outgoing weights, (2,)."""
        return np.einsum("km,m->k", self.outgoing, self.residual)

    @property
    def product(self) -> np.ndarray:
        """All factors multiplied: the gradient of this image's loss for both kernels, (2, 5, 5)."""
        return np.einsum("k,kab->kab", self.errors, self.patches)


def pull_of(twins: Twins, n: int) -> Pull:
    """Take the pull of image n apart."""
    image, conv1 = twins.x[n : n + 1], twins.step.params["conv1"]
    logits, _ = twins.model(twins.step.params, image)
    z, _ = conv2d(image, conv1["weight"], conv1["bias"])
    passes = z[0] > 0
    windows = sliding_window_view(image[0, 0], (5, 5))
    patches = np.einsum("kij,ijab->kab", passes.astype(image.dtype), windows) / passes[0].size
    return Pull(residual(logits, twins.labels[n : n + 1])[0], twins.outgoing, passes, patches)


# %% [markdown]
# Multiplied out, they are what the library computes for each image, and their mean is the gradient, up to rounding:


# %%
def deviations(twins: Twins) -> tuple[float, float]:
    """How far the pulls are from the library's own, and their mean from the gradient."""
    pulls = np.array([pull_of(twins, n).product for n in range(COUNT)])
    library = COUNT * image_pulls(twins.model, twins.step.params, twins.x, twins.labels)[:, :, 0]
    return float(np.abs(pulls - library).max()), float(np.abs(pulls.mean(axis=0) - twins.gradients).max())


if __name__ == "__main__":  # in the notebook; a page that only wants the demo need not wait for it
    print(*deviations(next(simulate("same", "different", 0.0, "several", 300, seed=0))))

# %% [markdown]
# ## One step
#
# Gradient descent subtracts the gradient, times the learning rate, from the weights of a filter and from its outgoing
# weights. Nothing else happens in a step.


# %%
def first_steps(start: Twins) -> tuple[tuple[str, np.ndarray, np.ndarray], ...]:
    """What one step does: before, step and after, each for the weights (2, 5, 5) and the outgoing weights (2, M)."""
    step, outgoing = -RATE * start.gradients, -RATE * start.outgoing_gradients
    return (
        ("before step 1", start.filters, start.outgoing),
        ("step 1", step, outgoing),
        ("after step 1", start.filters + step, start.outgoing + outgoing),
    )


# %% [markdown]
# ## The picture
#
# Weights, pulls and steps are orange above zero and blue below; what is *exactly* zero is hollow and carries a 0. What
# belongs to a filter has its colour; what is common to both has none.


# %%
WIDTH, HEIGHT, LOW, ROW = 344, 534, 392, 21.25  # LOW: the height of the picture without the pulls
LEFT, FILTER, OUTGOING = (2, 184), (2, 257), (93, 213)  # where a filter's parts begin, below and above
SHADES = (".06", ".2", ".4", ".6", ".8", "1")
HUES = tuple(filter_colour(k) for k in (0, 1))
QUIET = {"font_size": 12, "fill": colour("quiet")}
NUMBER = {"font_family": MONO, "font_weight": 600}


def words(*lines: tuple[float, float, str], **style: object) -> str:
    """Return short texts, each (x, y, text), that share one style; what it leaves open is the panel's."""
    return element("g", *(f'<text x="{x:g}" y="{y:g}">{said}</text>' for x, y, said in lines), **style)


def panel(*parts: str, height: float = HEIGHT) -> Panel:
    """A panel with a style for its texts."""
    return Panel(WIDTH, height, element("g", *parts, font_family=SANS, font_size=12, fill=colour("ink")))


def frames(*boxes: tuple[float, float, float, float], stroke: str, width: float = 2) -> str:
    """Frames, each (x, y, width, height), in one colour."""
    d = "".join(f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z" for x, y, w, h in boxes)
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>'


def beside(*tiles: tuple[int, int, np.ndarray]) -> np.ndarray:
    """One array of several, each (row, column, array), with nan in between."""
    rows = max(i + values.shape[0] for i, _, values in tiles)
    columns = max(j + values.shape[1] for _, j, values in tiles)
    whole = np.full((rows, columns), np.nan)
    for i, j, values in tiles:
        whole[i : i + values.shape[0], j : j + values.shape[1]] = values
    return whole


def squares(values: np.ndarray, x: float, y: float, side: float, scale: float, *, grey: bool = False) -> str:
    """Squares in full colour at `scale`: orange above 0, blue below, hollow at exactly 0; nothing for nan.

    grey: for images, from paper, at 0 and below, to ink.
    """
    with np.errstate(invalid="ignore"):
        levels = (
            np.nan_to_num(np.round(5 * np.minimum(np.abs(values) / scale, 1)), nan=5).astype(int).tolist()
        )
    signs = {"ink": values > 0.15 * scale} if grey else {"positive": values > 0, "negative": values < 0}
    drawn = ""
    for role, chosen in signs.items():
        paths: dict[int, str] = {}  # one for all squares of one strength: that keeps the drawing small
        for i, j in np.argwhere(chosen).tolist():
            paths[levels[i][j]] = paths.get(levels[i][j], "") + f"M{j} {i}h1"
        strokes = "".join(f'<path d="{d}" opacity="{SHADES[level]}"/>' for level, d in paths.items())
        drawn += f'<g stroke="{colour(role)}">{strokes}</g>' if strokes else ""
    moved = f"translate({x:g} {y + side / 2:g}) scale({side:g})"
    zeros = "" if grey else hollow(np.argwhere(values == 0), x, y, side)
    return (f'<g fill="none" transform="{moved}">{drawn}</g>' if drawn else "") + zeros


def hollow(cells: np.ndarray, x: float, y: float, side: float) -> str:
    """Squares for numbers that are exactly 0; cells: their rows and columns, (Q, 2)."""
    if not len(cells):
        return ""
    edge, size, zeros = side - 2, min(11.0, 0.8 * side), ""
    inner = ((x + j * side + 1, y + i * side + 1, edge, edge) for i, j in cells.tolist())
    for i in np.unique(cells[:, 0]).tolist():  # one text a row, with a place for each of its zeros
        middles = [f"{x + (j + 0.5) * side:g}" for j in cells[cells[:, 0] == i, 1].tolist()]
        low = f"{y + (i + 0.5) * side + size / 3:.1f}"
        zeros += f'<text x="{" ".join(middles)}" y="{low}">{"0" * len(middles)}</text>'
    style = {"fill": colour("quiet"), "font_size": size, "font_family": MONO, "text_anchor": "middle"}
    return frames(*inner, stroke=colour("hairline"), width=1) + element("g", zeros, **style)


def columns(*each: tuple[float, np.ndarray, float]) -> str:
    """Columns of numbers, one a class: (x, values, scale); with a scale they are coloured by sign and size."""
    drawn, numbers = [], []
    for x, values, scale in each:
        for m, value in enumerate(values.tolist()):
            y = 112 + ROW * m
            if value and scale:  # never so dark that the number is hard to read
                fill = colour("positive" if value > 0 else "negative")
                strength = f"{0.45 * min(abs(value) / scale, 1):.2f}"
                drawn.append(f'<path d="M{x} {y:g}h38v{ROW}h-38z" fill="{fill}" opacity="{strength}"/>')
            numbers.append((x + 19, y + 15, short(value)))
    return "".join(drawn) + words(*numbers, font_family=MONO, font_size=11.5, text_anchor="middle")


def short(value: float) -> str:
    """A number of five characters at most; 0 is said of an exact zero alone."""
    if abs(value) < 0.005:
        return "0" if value == 0 else "≈ 0"
    return f"{value:.{2 if abs(value) < 9.995 else 1}f}".replace("-", "−")


def draw_images(start: Twins, images: list[int], image: int, task: str) -> str:
    """Four of the images, to choose from; and the chosen one as each filter gets it."""
    names, chosen = list(CLASSES[task]), images[image]
    small = beside(*((0, 15 * i, start.x[n, 0]) for i, n in enumerate(images)))
    large = beside(*((0, 20 * k, start.x[chosen, 0]) for k in (0, 1)))
    parts = [
        words((0, 14, "Choose an image: how does it pull on each filter?"), font_size=13, fill=QUIET["fill"]),
        squares(small, 2, 24, 3.6, 1, grey=True),
        words((222, 42, f"image {image + 1}:"), (222, 60, names[start.labels[chosen]]), font_size=13),
        element("g", squares(large, 2, 268, 9.1, 1, grey=True), opacity=0.5),
    ]
    for i, n in enumerate(images):
        x, on = 2 + 54 * i, {"data_on": "true"} if i == image else {}
        title = element("title", f"image {i + 1} of {IMAGES}: {names[start.labels[n]]}")
        place = {"x": x, "y": 24, "width": 43.2, "height": 43.2, "fill_opacity": 0}
        edge = {"stroke": colour("ink" if on else "quiet"), "stroke_width": 3 if on else 1}
        parts.append(element("rect", title, **place, **edge, data_set=f"image={i}", **on))
    return "".join(parts)


def draw_names(task: str) -> str:
    """What stands where: common in the middle, at the sides and below what is a filter's own."""
    marks = [(114.5 + ROW * m, shape) for m, shape in enumerate(CLASSES[task].values())]
    high = ROW * len(marks)
    parts = [
        words((172, 90, "residual δ"), font_size=13, font_weight=600, text_anchor="middle"),
        words(
            *((x, 105, "outgoing") for x in OUTGOING), (2, 105, "weights now"), (292, 105, "weights"), **QUIET
        ),
        words((168, 105, "p − y"), **QUIET),
        words((66, 214, "its own"), (172, 214, "common"), (277, 214, "its own"), text_anchor="middle"),
        *(squares(shape, 142, y, 3.2, 1, grey=True) for y, shape in marks),
        frames(*((142, y, 16, 16) for y, _ in marks), stroke=colour("quiet"), width=1),
        frames((163, 112, 38, high), stroke=colour("ink"), width=1.5),
    ]
    for k, (x, own, v) in enumerate(zip(LEFT, FILTER, OUTGOING, strict=True)):
        title = {"font_size": 15, "font_weight": 600, "fill": HUES[k]}
        boxes = ((own, 112, 85, 85), (v, 112, 38, high), (x, 268, 109.2, 109.2), (x + 114, 300, 45, 45))
        parts += [
            frames(*boxes, (x, 404, 70, 70), (x + 84, 404, 70, 70), stroke=HUES[k]),
            words(((2, 282)[k], 90, f"Filter {k + 1}"), (v + 11, 90, f"v{'₁₂'[k]}"), **title),
            words((x + 114, 281, "sum"), (x + 114, 294, "÷ 64"), **QUIET),
            words((x, 397, "= its pull"), (x + 84, 397, "mean of all")),
        ]
    return "".join(parts)


def dots(passes: np.ndarray, x: float, hue: str) -> str:
    """A large dot in the middle of each patch that passes, a small one where the ReLU says no."""
    drawn = ""
    for chosen, styles in (
        (~passes, ((QUIET["fill"], 0.22),)),
        (passes, ((colour("paper"), 0.8), (hue, 0.6))),
    ):
        d = "".join(f"M{j}.5 {i}.5h0" for i, j in np.argwhere(chosen).tolist())
        drawn += "".join(
            f'<path d="{d}" stroke="{ink}" stroke-width="{width}"/>' for ink, width in styles if d
        )
    return f'<g stroke-linecap="round" transform="translate({x + 18.2} 286.2) scale(9.1)">{drawn}</g>'


def draw_pull(twins: Twins, pull: Pull, still: str) -> Panel:
    """The pull of one image on both filters, read downwards; `still` is what stays as it is."""
    products, means = pull.product, twins.gradients
    scale = float(max(np.abs(products).max(), np.abs(means).max())) or 1.0
    brightest, some = float(pull.patches.max()), pull.passes.sum(axis=(1, 2)).tolist()
    errors = [f"v{'₁₂'[k]} · δ = {format_number(error)}" for k, error in enumerate(pull.errors.tolist())]
    tiles = ((0, 13 * k + at, values[k]) for k in (0, 1) for at, values in ((0, products), (6, means)))
    parts = [
        columns((163, pull.residual, 0), *((OUTGOING[k], pull.outgoing[k], 5) for k in (0, 1))),
        words(*((LEFT[k], 239, errors[k]) for k in (0, 1)), **NUMBER, font_size=14),
        words(*((LEFT[k], 259, f"× patches ●: {some[k]} of 64") for k in (0, 1))),
        squares(beside(*tiles), 2, 404, 14, scale),
        words((2, 494, f"full colour: weights ±2.5, v ±5, pulls ±{format_number(scale)}"), **QUIET),
    ]
    for k, x in enumerate(LEFT):
        parts += [
            squares(twins.filters[k], FILTER[k], 112, 17, 2.5),
            dots(pull.passes[k], x, HUES[k]),
            squares(pull.patches[k], x + 114, 300, 9, brightest or 1.0, grey=some[k] > 0),
        ]
    return panel(still, *parts)


def draw_first_step(start: Twins) -> str:
    """What one step does to each filter and to its outgoing weights: before, step, after; and how far they are apart."""
    states, places = first_steps(start), (84, 174, 264)
    sizes = [[float(np.abs(values).max()) for values in state[1:]] for state in states]
    before = [size or 1.0 for size in sizes[0]]
    times = min((size / step for size, step in zip(before, sizes[1], strict=True) if step), default=1.0)
    names = [(x, 158, name) for x, name in zip(places, ("before", "step", "after"), strict=True)]
    parts = [
        words((0, 136, "The first step"), font_weight=600, font_size=13),
        words((104, 136, f"= − rate × gradient, drawn × {format_number(times, 2)}"), **QUIET),
        words(*names, (0, 286, "largest difference"), **QUIET),
        words((0, 306, "weights"), (0, 324, "outgoing")),
    ]
    tiles, gaps = [], np.full((2, 11), np.nan)
    for at, ((_, *both), stronger) in enumerate(zip(states, (1, times, 1), strict=True)):
        W, v = (stronger * values / size for values, size in zip(both, before, strict=True))
        for k in (0, 1):
            tiles += [(6 * k, 10 * at, W[k]), (6 * k, 10 * at + 6, v[k][:, None])]
        gaps[:, 5 * at] = [largest_difference(*values) for values in both]
    high = 9 * start.outgoing.shape[1]
    for k, y in enumerate((166, 220)):
        boxes = [box for x in places for box in ((x, y, 45, 45), (x + 54, y, 9, high))]
        parts.append(frames(*boxes, stroke=HUES[k]))
        parts.append(words((0, y + 27, f"Filter {k + 1}"), fill=HUES[k], font_size=13, font_weight=600))
    return "".join([*parts, squares(beside(*tiles), 84, 166, 9, 1), draw_gaps(gaps)])


def draw_gaps(gaps: np.ndarray) -> str:
    """The differences as numbers; an exact 0 is hollow, and nothing stands for nan."""
    numbers = [
        (84 + 18 * at, 306 + 18 * row, format_number(float(gaps[row, at]), 2))
        for row, at in np.argwhere(np.abs(gaps) > 0).tolist()
    ]
    zeros = hollow(np.argwhere(gaps == 0), 83, 292, 18)
    return words(*numbers, **NUMBER, font_size=12) + zeros


def draw_filters(twins: Twins) -> Panel:
    """Both filters, the outgoing weights that read them, and their gradients: without the factors of a pull."""
    scale = float(np.abs(twins.gradients).max()) or 1.0
    weights = beside(*((0, 6 * k, twins.filters[k]) for k in (0, 1)))
    outgoing = beside(*((0, 6 * k, twins.outgoing[k][None]) for k in (0, 1)))
    gradients = beside(*((0, 12 * k, twins.gradients[k]) for k in (0, 1)))
    count = twins.outgoing.shape[1]
    parts = [
        squares(weights, 2, 24, 30, 2.5),
        squares(outgoing, 2, 208, 30, 5),
        squares(gradients, 2, 272, 15, scale),
        words((2, 371, "orange above 0, blue below, a hollow 0 is exactly 0"), **QUIET),
        words((2, 387, f"full colour: ±2.5, outgoing ±5, gradient ±{format_number(scale, 2)}"), **QUIET),
    ]
    for k, x in enumerate((2, 182)):
        parts += [
            frames(*((x + 30 * m, 208, 30, 30) for m in range(count)), stroke=colour("paper"), width=1),
            frames((x, 24, 150, 150), (x, 208, 30 * count, 30), (x, 272, 75, 75), stroke=HUES[k]),
            words((x, 16, f"Filter {k + 1}"), fill=HUES[k], font_size=15, font_weight=600),
            words((x, 200, "its outgoing weights"), (x, 264, "its gradient"), **QUIET),
        ]
    return panel(*parts, height=LOW)


AXES = {"low": -16, "high": 4, "label": "training steps"}


def draw_more(detail: int) -> str:
    """What leads from one picture to the other."""
    said = ("Show how each image pulls on them", "Show only the filters")[detail]
    title = element("title", said)
    box = element("rect", x=0.5, y=0, width=300, height=28, fill_opacity=0, stroke=colour("quiet"))
    return element("g", title, box, words((12, 19, said), font_size=13), data_set=f"detail={1 - detail}")


def draw_result(twins: Twins, steps: int) -> Panel:
    """The largest difference as a number, all 25 differences as a strip, and the history."""
    curve = log_curve(twins.differences, steps=steps, width=WIDTH, height=226, **AXES)
    return panel(*draw_number(twins), group(curve, 0, 116), group(draw_more(0), 0, 352), height=LOW)


def draw_number(twins: Twins) -> tuple[str, ...]:
    """The largest difference as a number, and all 25 differences as a strip."""
    strip = (twins.filters[0] - twins.filters[1]).reshape(1, -1)
    number = format_number(twins.differences[-1])
    return (
        words(
            (0, 14, f"largest difference after {twins.step.number} steps"), font_size=13, fill=QUIET["fill"]
        ),
        words((0, 66, number), **NUMBER, font_size=56 if len(number) < 8 else 36),
        words((0, 88, "filter 1 − filter 2, all 25 weights"), **QUIET),
        squares(strip, 1, 95, 13, float(np.abs(strip).max()) or 1.0),
        frames((1, 95, 325, 13), stroke=colour("hairline"), width=1),
    )


def draw_difference(twins: Twins, first_step: str, steps: int) -> Panel:
    """The number and the strip, the first step, and the history."""
    curve = log_curve(twins.differences, steps=steps, width=WIDTH, height=158, **AXES)
    return panel(*draw_number(twins), first_step, group(curve, 0, 342), group(draw_more(1), 0, 504))


def describe(twins: Twins) -> str:
    """Say in one sentence what the picture shows of the two filters."""
    number, difference = twins.step.number, twins.differences[-1]
    when = "Before training" if number == 0 else "After 1 step" if number == 1 else f"After {number} steps"
    if difference == 0:
        return (
            f"{when} the 25 weights of filter 1 and of filter 2 are identical to the last bit: "
            "their largest difference is exactly 0."
        )
    sentence = f"{when} the largest difference between filters 1 and 2 is {format_number(difference)}."
    if number == 0:
        return sentence
    began = f"{format_number(twins.differences[0])} apart" if twins.differences[0] else "exactly equal"
    return f"{sentence} They began {began}."


def describe_pull(pull: Pull, image: int) -> str:
    """Say in one sentence how the chosen image pulls on the two filters."""
    (first, second), (some, others) = pull.errors.tolist(), pull.passes.sum(axis=(1, 2)).tolist()
    if np.array_equal(*pull.product):
        return f"Image {image + 1} pulls on both alike: v · δ is {format_number(first)}, and {some} of 64 places pass."
    if format_number(first) == format_number(second) and some == others:
        apart = format_number(largest_difference(*pull.product), 2)
        return (
            f"Image {image + 1} pulls on both almost alike: v · δ is {format_number(first)} for each, and the pulls "
            f"differ by at most {apart}."
        )
    return (
        f"Image {image + 1} pulls on them in different ways: v · δ is {format_number(first)} for filter 1 and "
        f"{format_number(second)} for filter 2; {some} and {others} of 64 places pass."
    )


def explain(twins: Twins, settings: dict[str, object]) -> str:
    """Say where the run stands, and what to know about it."""
    step = twins.step
    if twins.diverged:
        return f"Training diverged at step {step.number + 1}: the loss is no longer a number. That is a result too."
    alike = "exactly 1" if twins.differences[-1] == 0 else format_number(cosine(*twins.filters))
    said = (
        f"Step {step.number} of {settings['steps']}. Loss {format_number(step.loss)}, accuracy "
        f"{format_number(100 * step.accuracy)} %, cosine of the two filters {alike}."
    )
    if settings["gap"] and settings["incoming"] == "different":
        said += " The gap is not used: it moves a copy off, and here the filters are no copies."
    return said


type Row = tuple[str | int | float, ...]


def tabulate(twins: Twins, pull: Pull, task: str, first_step: list[Row]) -> Table:
    """The differences so far, the factors of the chosen image's pull, and what the first step did."""
    last = twins.step.number
    shown = sorted({n for n in (0, 1, 10, *range(100, last + 1, 100)) if n <= last} | {last})
    rows: list[Row] = [(f"weights, step {n}", "", "", twins.differences[n]) for n in shown]
    for name, d, (first, second) in zip(CLASSES[task], pull.residual, pull.outgoing.T, strict=True):
        rows += [_row(f"δ: {name}", d, d), _row(f"v: {name}", first, second)]
    rows += [
        _row("v · δ", *pull.errors),
        _row("patches that pass", *pull.passes),
        _row("their sum ÷ 64", *pull.patches),
        _row("= its pull", *pull.product),
        _row("mean of 64 pulls", *twins.gradients),
    ]
    return Table(("where largest", "filter 1", "filter 2", "largest difference"), (*rows, *first_step))


def tabulate_first_step(start: Twins) -> list[Row]:
    """The first step, and the outgoing weights before it; how far apart the filters are then is said above."""
    (before, _, v), (step, of_weights, of_v), _ = first_steps(start)
    return [
        _row(f"{before}: v", *v),
        _row(f"{step}: weights", *of_weights),
        _row(f"{step}: v", *of_v),
    ]


def _row(name: str, first: np.ndarray, second: np.ndarray) -> Row:
    """Of each filter's numbers those where one is largest in size, and the largest difference; a count for places."""
    if first.dtype == bool:
        return name, int(first.sum()), int(second.sum()), int((first != second).sum())
    at = np.maximum(np.abs(first), np.abs(second)).argmax()
    largest = [float(values.flat[at]) for values in (first, second)]
    return name, *(float(f"{value:.6g}") for value in (*largest, np.abs(first - second).max()))


# %% [markdown]
# ## The demo
#
# The signature is the user interface: the controls on the page, their order, limits and defaults come
# from here.


# %%
@demo(question="questions/why-not-the-same.md", budget_seconds=8)
def twins(
    incoming: Annotated[Literal["same", "different"], Choice("The two filters start")] = "same",
    outgoing: Annotated[Literal["same", "different"], Choice("Their outgoing weights start")] = "same",
    gap: Annotated[float, Slider("Gap between equal filters", 1e-9, 1e-1, scale="log", zero=True)] = 0.0,
    task: Annotated[
        Literal["several", "one"], Choice("Task", ("which way is the line?", "is there a line?"))
    ] = "several",
    steps: Annotated[int, Slider("Steps", 100, 2000, step=100)] = 300,
    seed: Annotated[int, Seed()] = 0,
    image: Annotated[int, Pointed("Image", 0, IMAGES - 1)] = 0,
    detail: Annotated[int, Pointed("Pulls shown", 0, 1)] = 1,
) -> Iterator[Figure]:
    """Two filters, one loss: when do the filters part?"""
    settings = {"incoming": incoming, "gap": gap, "steps": steps}
    for state in simulate(incoming, outgoing, gap, task, steps, seed):
        if state.step.number == 0:  # what stays as it is during the run is made once
            images = examples(state.labels)
            still = draw_images(state, images, image, task) + draw_names(task)
            first_step, first_rows = draw_first_step(state), tabulate_first_step(state)
        difference, pull = state.differences[-1], pull_of(state, images[image])
        if detail:
            panels = draw_pull(state, pull, still), draw_difference(state, first_step, steps)
        else:
            panels = draw_filters(state), draw_result(state, steps)
        yield Figure(
            panels,
            f"{describe(state)} {describe_pull(pull, image)}" if detail else describe(state),
            tabulate(state, pull, task, first_rows),
            explain(state, settings),
            outcome="same" if difference == 0 else "near" if difference < 1e-3 else "apart",
        )


twins

# %% [markdown]
# The same over many seeds, with every number that the page quotes: [the evidence](../evidence/twins.md).
