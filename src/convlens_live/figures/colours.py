"""The colours of every figure, by role: CSS variables on the site, the light palette elsewhere."""

from dataclasses import dataclass

from convlens._settings import check_one_of

ROLES = {
    "ink": "#1B1F24",
    "quiet": "#57606A",
    "hairline": "#D0D7DE",
    "paper": "#FFFFFF",
    "negative": "#2166AC",
    "positive": "#B35806",
    "filter-1": "#332288",
    "filter-2": "#117733",
    "filter-3": "#882255",
    "filter-4": "#8A7000",
    "filter-5": "#0077BB",
    "filter-6": "#CC3377",
}


def colour(role: str) -> str:
    """Return the CSS value of a role.

    >>> colour("ink")
    'var(--figure-ink, #1B1F24)'
    """
    check_one_of("role", role, ROLES)
    return f"var(--figure-{role}, {ROLES[role]})"


INK, QUIET, HAIRLINE, PAPER = map(colour, ("ink", "quiet", "hairline", "paper"))
NEGATIVE, POSITIVE = map(colour, ("negative", "positive"))
HUES = tuple(colour(f"filter-{n}") for n in range(1, 7))


@dataclass(frozen=True)
class Pen:
    """How a line is drawn: its colour, its width in pixels, and its dashes and gaps in pixels, if any."""

    ink: str = INK
    width: float = 1
    dash: str | None = None

    def attributes(self) -> dict[str, object]:
        """Return the SVG attributes of such a line."""
        return {"stroke": self.ink, "stroke_width": self.width, "stroke_dasharray": self.dash}


def hue(k: int) -> str:
    """Return the colour of filter k (from 0), the same everywhere on the site."""
    return HUES[k % 6]


def filter_pen(k: int, width: float = 2) -> Pen:
    """Return the line of filter k: its hue; dashed from the seventh filter on, where the hues repeat."""
    return Pen(hue(k), width, None if k < 6 else "5 2")
