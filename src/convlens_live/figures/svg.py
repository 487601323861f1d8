"""Write SVG as text, and numbers as the site prints them: escaped, rounded, coloured only through CSS variables.

Every colour is a role, such as "filter 1" or "ink". On the site the role's CSS variable
decides; elsewhere (a notebook, an image viewer) the fallback of the light palette does.
"""

import math
import numbers
from html import escape

from convlens._settings import check_count, check_number, check_one_of, check_text, is_whole
from convlens._words import shown

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
    check_one_of("role", role, ROLES)
    return f"var(--figure-{role}, {ROLES[role]})"


def filter_colour(index: int) -> str:
    """Return the hue that filter number `index` (from 0) has everywhere on the site."""
    return colour(f"filter-{check_count('index', index, least=0) % 6 + 1}")


def element(name: str, *children: str, **attributes: object) -> str:
    """Return one SVG element; `_` in an attribute's name stands for `-`.

    Children are SVG already; attribute values are escaped, numbers rounded to 2 decimals, None is left out.

    >>> element("line", x1=0, y1=0.333333, stroke_width=2)
    '<line x1="0" y1="0.33" stroke-width="2"/>'
    """
    words = [check_text("name", name)]
    for key, value in attributes.items():
        if value is None:
            continue
        if isinstance(value, float):
            value = f"{value:.2f}".rstrip("0").rstrip(".")
        words.append(f'{key.rstrip("_").replace("_", "-")}="{escape(str(value))}"')
    opening = " ".join(words)
    try:
        return f"<{opening}>{''.join(children)}</{name}>" if children else f"<{opening}/>"
    except TypeError:
        raise ValueError(f"children is {shown(children)}; each must be a text, SVG already") from None


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
        escape(check_text("content", content)),
        x=_number("x", x),
        y=_number("y", y),
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
        x1=_number("x1", x1),
        y1=_number("y1", y1),
        x2=_number("x2", x2),
        y2=_number("y2", y2),
        stroke=colour(role),
        stroke_width=None if width == 1 else width,
    )


def group(content: str, x: float, y: float) -> str:
    """Return the content moved by (x, y)."""
    check_text("content", content)
    check_number("x", x)
    check_number("y", y)
    return element("g", content, transform=f"translate({x:g} {y:g})")


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with a raised exponent.

    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    if not is_whole(exponent) or abs(exponent) > 10**6:
        raise ValueError(f"exponent is {shown(exponent)}; it must be a whole number")
    return "10" + str(int(exponent)).translate(SUPERSCRIPTS)


def format_number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits; an exact zero is `0`, and only that. No line breaks inside.

    >>> format_number(0.0), format_number(-1.6437), format_number(3.14e-9).split()
    ('0', '−1.64', ['3.14', '×', '10⁻⁹'])
    """
    if not isinstance(value, numbers.Real) or (is_whole(value) and abs(value) >= 10**300):
        raise ValueError(f"value is {shown(value)}; it must be a number")
    if is_whole(value) or isinstance(value, bool) or value == 0:
        return _grouped(f"{int(value):,}")
    value = float(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if check_count("digits", digits) > 17:
        raise ValueError(f"digits is {digits}; it must be from 1 to 17, and a float has no more")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < digits + 2:
        return _grouped(f"{value:,.{max(digits - 1 - power, 0)}f}")
    return f"{mantissa}\u202f×\u202f{power_of_ten(power)}".replace("-", "−")


def _number(name: str, value: float) -> float:
    """Return a number as a float: check_number, in a tenth of its time, for what a figure does a hundred times."""
    return value if type(value) is float and math.isfinite(value) else check_number(name, value)


def _grouped(digits: str) -> str:
    """Return digits with a true minus, and in groups of three as in print: from five digits on."""
    whole = digits.split(".")[0].lstrip("-").replace(",", "")
    return digits.replace(",", "\u202f" if len(whole) > 4 else "").replace("-", "−")
