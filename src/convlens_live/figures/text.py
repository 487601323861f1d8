"""Words in a drawing: boxes that know their largest width. There are four font sizes: SMALL, TEXT, LARGE and HUGE."""

from convlens_live.figures.box import SHARE, Align, Box, column
from convlens_live.figures.colours import INK, QUIET
from convlens_live.figures.metrics import text_width
from convlens_live.figures.svg import SIZES, SMALL, TEXT, element, escape
from convlens_live.figures.words import typeset


def text(
    content: str,
    size: float = TEXT,
    ink: str = INK,
    *,
    bold: bool = False,
    align: Align = "start",
    width: float | None = None,
) -> Box:
    """Return a line of text.

    width: the room that it takes whatever its content, so that nothing beside it moves during a run. A text that is
    too long for its room gets the next smaller size that fits. Without `width` it takes as much as it needs.
    """
    content = typeset(content)
    height = 1.2 * size
    natural = text_width(content, size, bold=bold)
    if width is not None and natural > width:
        smaller = [s for s in SIZES if s < size]
        size = next((s for s in smaller if text_width(content, s, bold=bold) <= width), SMALL)
    style = {
        "fill": None if ink == INK else ink,
        "font_size": None if size == TEXT else size,
        "font_weight": 600 if bold else None,
        "text_anchor": None if align == "start" else align,
    }
    room, escaped, base = natural if width is None else width, escape(content), height / 2 + 0.35 * size

    def draw(x: float, y: float) -> str:
        return element("text", escaped, x=x + SHARE[align] * room, y=y + base, **style)

    return Box(room, height, draw, align)


def paragraph(content: str, width: float, size: float = SMALL, ink: str = QUIET) -> Box:
    """Return a sentence in as many lines as it needs."""
    lines = [""]
    for word in content.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return column(*(text(line, size, ink, width=width) for line in lines), gap=0.1 * size)


def note(content: str, *, align: Align = "start") -> Box:
    """Return a remark on a drawing: small and quiet."""
    return text(content, SMALL, QUIET, align=align)


def titled(title: str | Box, box: Box, gap: float = 4) -> Box:
    """Return a box with its title above it."""
    return column(note(title) if isinstance(title, str) else title, box, gap=gap)


def fraction(above: str, below: str, ink: str = INK) -> Box:
    """Return a fraction, as in a formula."""
    wide = max(text_width(each, TEXT) for each in (above, below)) + 4
    lines = [text(each, ink=ink, align="middle", width=wide) for each in (above, below)]
    bar = Box(wide, 5, lambda x, y: element("path", d=f"M{x:g} {y + 3:g}h{wide:g}", stroke=ink))
    return column(lines[0], bar, lines[1], gap=0)
