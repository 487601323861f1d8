"""Write SVG as text, and numbers as the site prints them: escaped, rounded, coloured only through CSS variables.

Every colour is a role, such as "filter 1" or "ink". On the site the role's CSS variable
decides; elsewhere (a notebook, an image viewer) the fallback of the light palette does.
"""

import math
from html import escape

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
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SANS = "var(--figure-sans, system-ui, sans-serif)"
MONO = "var(--figure-mono, ui-monospace, monospace)"


def colour(role: str) -> str:
    """Return the CSS value of a colour role.

    >>> colour("ink")
    'var(--figure-ink, #1B1F24)'
    """
    return f"var(--figure-{role}, {ROLES[role]})"


def filter_colour(index: int) -> str:
    """Return the hue that filter number `index` (from 0) has everywhere on the site."""
    return colour(f"filter-{index % 6 + 1}")


def element(name: str, *children: str, **attributes: object) -> str:
    """Return one SVG element; `_` in an attribute's name stands for `-`.

    Children are SVG already; attribute values are escaped, numbers rounded to 2 decimals, None is left out.

    >>> element("line", x1=0, y1=0.333333, stroke_width=2)
    '<line x1="0" y1="0.33" stroke-width="2"/>'
    """
    words = [name]
    for key, value in attributes.items():
        if value is None:
            continue
        if isinstance(value, float):
            value = f"{value:.2f}".rstrip("0").rstrip(".")
        words.append(f'{key.rstrip("_").replace("_", "-")}="{escape(str(value))}"')
    opening = " ".join(words)
    return f"<{opening}>{''.join(children)}</{name}>" if children else f"<{opening}/>"


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = 13,
    role: str = "ink",
    fill: str = "",
    mono: bool = False,
    anchor: str = "start",
    weight: int = 400,
) -> str:
    """Return a line of text whose baseline starts (or ends, or is centred) at (x, y)."""
    return element(
        "text",
        escape(content),
        x=float(x),
        y=float(y),
        fill=fill or colour(role),
        font_size=size,
        font_family=MONO if mono else SANS,
        text_anchor=None if anchor == "start" else anchor,
        font_weight=None if weight == 400 else weight,
    )


def line(x1: float, y1: float, x2: float, y2: float, *, role: str = "hairline", width: float = 1) -> str:
    """Return a straight line in a colour role."""
    return element(
        "line",
        x1=float(x1),
        y1=float(y1),
        x2=float(x2),
        y2=float(y2),
        stroke=colour(role),
        stroke_width=None if width == 1 else width,
    )


def group(content: str, x: float, y: float) -> str:
    """Return the content moved by (x, y)."""
    return element("g", content, transform=f"translate({x:g} {y:g})")


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with a raised exponent.

    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def format_number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits; an exact zero is `0`, and only that. No line breaks inside.

    >>> format_number(0.0), format_number(-1.6437), format_number(3.14e-9).split()
    ('0', '−1.64', ['3.14', '×', '10⁻⁹'])
    """
    if isinstance(value, int) or value == 0:
        grouped = f"{int(value):,}" if abs(value) > 9999 else str(int(value))    # as in print: from five digits on
        return grouped.replace(",", "\u202f").replace("-", "−")
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < digits + 2:
        return (f"{value:.{max(digits - 1 - power, 0)}f}").replace("-", "−")
    return f"{mantissa}\u202f×\u202f{power_of_ten(power)}".replace("-", "−")
