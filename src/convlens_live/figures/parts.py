"""Parts of a figure that set parameters when a reader points at them, taps them or focuses them."""

from html import escape

from convlens_live.figures.box import Box
from convlens_live.figures.svg import element


def part(box: Box, title: str, *, on: bool = False, **settings: int) -> Box:
    """Return the box as a part that sets parameters.

    title: its name, for a reader who cannot see it. on: whether it is the selected part.
    settings: the parameters that it sets, each declared as `Pointed` in the demo's signature.
    """
    pairs = ",".join(f"{name}={value}" for name, value in settings.items())
    name = f"<title>{escape(title)}</title>"

    def draw(x: float, y: float) -> str:
        area = element("rect", x=x, y=y, width=float(box.width), height=float(box.height), fill_opacity=0)
        return element("g", name, area, box.draw(x, y), data_set=pairs, data_on="true" if on else None)

    return Box(box.width, box.height, draw, box.align)
