"""Marks on two axes.

After the grammar of graphics (Wilkinson, 2005; Vega-Lite; Observable Plot): a mark is drawn, and a scale places it.
"""

from convlens_live.figures.box import Box
from convlens_live.figures.colours import HAIRLINE, INK, QUIET
from convlens_live.figures.lines import spread
from convlens_live.figures.marks import Mark
from convlens_live.figures.metrics import text_width
from convlens_live.figures.scales import Axes, Linear, Log, Scale
from convlens_live.figures.svg import SMALL, element, escape

LINE = 16  # pixels, of a line of names below the axis
TO_BASELINE = SMALL / 3  # from the middle of a line of text down to its baseline


def plot(*marks: Mark, x: Scale, y: Scale, width: float, height: float, guess: bool = False) -> Box:
    """Return marks, later ones on top, with the scales' names left and below, and the marks' labels at the right.

    The axes depend on the scales alone, so nothing moves during a run, except labels that would overlap.
    guess: whether a reader may draw a curve of their own between these axes; both must be Linear.
    """
    labels = [(mark.label, mark.at) for mark in marks if mark.label]
    named_x, named_y = bool(x.label or x.names()), bool(y.names())
    left = max(text_width(name, SMALL) for _, name in y.names()) + 8 if named_y else 0
    right = max(label.width for label, _ in labels) + 5 if labels else 0
    ends = [name for value, name in x.names() if x.share(value) == 1]
    right = max(right, *(text_width(name, SMALL) / 2 for name in ends), 5 if named_x else 0)
    left = max(left, *(text_width(name, SMALL) / 2 for value, name in x.names() if x.share(value) == 0), 0)
    top = 8 if named_y else 0
    bottom = (LINE + 4 if named_x else 8 if named_y else 0) + (LINE if x.label and x.names() else 0)

    def draw(at_x: float, at_y: float) -> str:
        axes = Axes(at_x + left, at_x + width - right, at_y + top, at_y + height - bottom, x, y)
        heights = [float(axes.y(at)) for _, at in labels]
        places = spread(heights, [label.height for label, _ in labels], at_y, axes.bottom + 5)
        svg = [_names(axes), *(mark.draw(axes) for mark in marks)]
        for (label, _), middle in zip(labels, places, strict=True):
            svg.append(label.draw(axes.right + 5, middle - label.height / 2))
        if guess:
            svg.append(_guess(axes))
        return "".join(svg)

    return Box(width, height, draw)


def _guess(axes: Axes) -> str:
    """Return the area between the axes, with their ends, for the page's script."""
    x, y = axes.across, axes.up
    if not isinstance(x, Linear) or not isinstance(y, Linear):
        raise ValueError("guess is True; then x and y must be Linear: a curve drawn by hand has no logarithm")
    across, up = axes.right - axes.left, axes.bottom - axes.top
    place = {"x": axes.left, "y": axes.top, "width": across, "height": up}
    return element("rect", **place, fill_opacity=0, data_guess=f"{x.low:g} {x.high:g} {y.low:g} {y.high:g}")


def _names(axes: Axes) -> str:
    """Return a hairline for each tick, its name beside it, and below the label of x, with its ends where it has no ticks."""
    x, y, hairlines, names, zero, below = axes.across, axes.up, "", "", "", axes.bottom + LINE
    for value, name in y.names():
        at = float(axes.y(value))
        hairlines += f"M{axes.left:g} {at:.2f}H{axes.right:g}" if y.grid else ""
        names += element("text", escape(name), x=axes.left - 8, y=at + TO_BASELINE, text_anchor="end")
    for value, name in x.names():
        at = float(axes.x(value))
        hairlines += f"M{at:.2f} {axes.top:g}V{axes.bottom:g}" if x.grid else ""
        names += element("text", escape(name), x=at, y=below, text_anchor="middle")
    if isinstance(y, Log):  # an exact zero has a line of its own
        zero = element(
            "path", d=f"M{axes.left:g} {axes.bottom:g}H{axes.right:g}", stroke=INK, stroke_dasharray="2 3"
        )
        bold = {"font_weight": 600, "text_anchor": "end"}
        zero += element("text", "0", x=axes.left - 8, y=axes.bottom + TO_BASELINE, font_size=SMALL, **bold)
    if x.label and isinstance(x, Linear) and not x.ticks:
        names += element("text", f"{x.low:g}", x=axes.left, y=below)
        names += element("text", f"{x.high:g}", x=axes.right, y=below, text_anchor="end")
    if x.label:
        middle, low = (axes.left + axes.right) / 2, below + (LINE if x.names() else 0)
        names += element("text", escape(x.label), x=middle, y=low, text_anchor="middle")
    svg = element("path", d=hairlines, fill="none", stroke=HAIRLINE) if hairlines else ""
    return svg + zero + (element("g", names, fill=QUIET, font_size=SMALL) if names else "")
