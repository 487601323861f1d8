"""The factors of a filter's gradient, drawn for two filters: what is shared in the middle, filter 1 left, filter 2 right.

Each function draws one scene, for a wide page or for a narrow one: the same parts in other sizes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from convlens.types import Array
from convlens_live.figures.box import Box, aligned, apart, column, overlay, pad, row, sized, space, table
from convlens_live.figures.cells import framed, ruled
from convlens_live.figures.colours import INK, QUIET, Pen, filter_pen, hue
from convlens_live.figures.filters import filter_name, image_cells
from convlens_live.figures.numbers import fixed
from convlens_live.figures.parts import idea
from convlens_live.figures.scales import Linear
from convlens_live.figures.svg import LARGE
from convlens_live.figures.tallies import tally
from convlens_live.figures.text import fraction, note, text, titled

REACH = 1.2  # what a bar of the next layer's weights can show
INDEX = "₁₂"


class Sizes(NamedTuple):
    """Sizes in pixels; of squares, the side. down: the two filters are two columns, read downwards."""

    width: float
    image: float
    share: float
    bars: float
    row: float
    positions: float
    patch: float
    filter: float
    down: bool

    def tally(self, values: Array, scale: Linear, ink: str, **more: Sequence[float]) -> Box:
        """Return values as numbers and bars."""
        wide = self.bars if scale.low else self.share
        return tally(values.tolist(), scale, ink, high=self.row, wide=wide, below=self.down, **more)


WIDE = Sizes(880, image=12.8, share=66, bars=80, row=38, positions=19.5, patch=18, filter=27, down=False)
NARROW = Sizes(364, image=10, share=66, bars=62, row=42, positions=14, patch=16, filter=32, down=True)


def middles(*boxes: Box, gap: float) -> Box:
    """Return boxes below each other, each in the middle."""
    return aligned(column(*(aligned(box, "middle") for box in boxes), gap=gap), "middle")


def draw_error(
    image: Array, classes: Sequence[tuple[Box, str]], answer: Array, truth: Array, error: Array, at: Sizes
) -> Box:
    """Draw the network's answer minus the truth, which is the error; classes: a picture and a name of each."""
    names = [
        picture if at.down else row(picture, text(name, width=78), align="middle")
        for picture, name in classes
    ]
    share, bars = Linear(0, 1), Linear(-1, 1)
    columns = (
        (space(), _listed(names, at)),
        (text("guess p", bold=True), at.tally(answer, share, INK)),
        (text("−", LARGE), space()),
        (text("truth y", bold=True), at.tally(truth, share, INK)),
        (text("=", LARGE), space()),
        (text("error δ", ink=QUIET, bold=True), _shared(at.tally(error, bars, QUIET))),
    )
    sums = table([*zip(*columns, strict=True)], gap=(4 if at.down else 10, 6))
    seen = idea(image_cells(image, at.image, Pen(QUIET, 2)), "image")
    to = [framed(pad(filter_name(k, "→ filter "), 8, 8, 8, 8), filter_pen(k)) for k in (0, 1)]
    if at.down:
        return middles(seen, sums, row(*to, gap=16), gap=14)
    return row(seen, text("→", LARGE), sums, column(*to, gap=14), gap=10, align="middle")


def draw_listening(classes: Sequence[tuple[Box, str]], outgoing: Array, error: Array, at: Sizes) -> Box:
    """Draw the error times the next layer's weights for each filter, (2, M); the products are laid end to end."""
    scale, sides, totals = Linear(-REACH, REACH), [], []
    for k, v in enumerate(outgoing):
        terms, name = v * error, f"v{INDEX[k]}"
        own = framed(pad(at.tally(v, scale, hue(k)), 4, 4, 4, 4), filter_pen(k))
        own = titled(text(name, ink=hue(k), bold=True), idea(own, f"weights-{k + 1}"), gap=6)
        laid = at.tally(terms, scale, hue(k), starts=(np.cumsum(terms) - terms).tolist())
        laid = titled(
            text(f"{name} × δ", ink=hue(k), bold=True), ruled(pad(laid, 0, 4, 0, 4), Pen(INK, 2)), gap=6
        )
        signs = [space(), space()] if at.down else [text("=", LARGE), text("×", LARGE)]
        sides.append([laid, signs[0], own, signs[1]][:: 1 - 2 * k])
        total = text(fixed(float(np.einsum("m,m->", v, error))), LARGE, hue(k), bold=True)
        totals.append(column(total, note(f"{name} · δ, the sum"), gap=2))
    shared = titled(text("error δ", ink=QUIET, bold=True), _shared(at.tally(error, scale, QUIET)), gap=6)
    pictures = pad(_listed([picture for picture, _ in classes], at), 0, 28)
    factors = row(
        *sides[0], shared if at.down else row(pictures, shared, gap=6), *sides[1], gap=1.5 if at.down else 7
    )
    sign = text("=" if np.array_equal(*outgoing @ error[:, None]) else "≠", LARGE, QUIET, bold=True)
    return column(
        factors, overlay(apart(totals[0], sized(totals[1], laid.width), factors.width), sign), gap=8
    )


def draw_formulas(marked: Sequence[str], at: Sizes) -> Box:
    """Draw the formula of the gradient once for each filter; marked: the ideas of the scene, without the filter's number."""
    lines = []
    for k in (0, 1):
        name, ink = INDEX[k], hue(k)
        places = column(space(0, 14), text("Σ", LARGE, ink), note("fires"), gap=0)
        places = row(fraction("1", "64", ink), places, text("x", ink=ink), gap=1, align="middle")
        factors = {
            "gradient": fraction("∂L", f"∂W{name}", ink),
            "weights": text(f"v{name}", ink=ink),
            "error": text("δ", ink=QUIET),
            "patches": places,
        }
        drawn = []
        for sign, (each, factor) in zip(("", "= (", "·", ")"), factors.items(), strict=True):
            shared = each == "error"
            box = idea(pad(factor, 3, 0, 3, 3), each if shared else f"{each}-{k + 1}")
            drawn += [text(sign), ruled(box, Pen(QUIET if shared else ink, 3)) if each in marked else box]
        lines.append(row(*drawn, gap=4, align="middle"))
    return column(*lines, gap=8) if at.down else row(*lines, gap=170)


def _listed(pictures: Sequence[Box], at: Sizes) -> Box:
    return column(*(overlay(space(each.width, at.row), each) for each in pictures), gap=0)


def _shared(box: Box) -> Box:
    return idea(framed(pad(box, 4, 4, 4, 4), Pen(QUIET, 2)), "error")
