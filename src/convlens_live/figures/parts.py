"""Parts of a figure that set parameters when a reader points at them, taps them or focuses them."""

from convlens_live.figures.box import Box, nothing
from convlens_live.figures.svg import escape
from convlens_live.figures.words import typeset


def part(box: Box, title: str, *, on: bool = False, **settings: int) -> Box:
    """Return the box as a part that sets parameters.

    title: its name, for a reader who cannot see it. on: whether it is the selected part.
    settings: the parameters that it sets, each declared as `Pointed` in the demo's signature.
    """
    # As text, and not by `element`: a figure may have 150 parts, which are most of its elements.
    pairs = ",".join([f"{name}={value}" for name, value in settings.items()])
    sets = f'data-set="{escape(pairs)}"' + (' data-on="true"' if on else "")
    name = f"<title>{escape(typeset(title))}</title>"
    area = f'width="{box.width:g}" height="{box.height:g}" fill-opacity="0"'

    def draw(x: float, y: float) -> str:
        place = f'x="{x:.5g}" y="{y:.5g}"'
        if box.draw is nothing:  # its area is all there is
            return f"<rect {place} {area} {sets}>{name}</rect>"
        return f"<g {sets}>{name}<rect {place} {area}/>{box.draw(x, y)}</g>"

    return Box(box.width, box.height, draw, box.align)
