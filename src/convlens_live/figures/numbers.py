"""Numbers as the site prints them: a true minus, raised exponents, narrow spaces, and `0` for an exact zero alone."""

import math
import numbers

from convlens._settings import check_count, check_number, check_text, is_whole
from convlens._words import show

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with a raised exponent.

    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    if not is_whole(exponent) or abs(exponent) > 10**6:
        raise ValueError(f"exponent is {show(exponent)}; it must be a whole number")
    return "10" + str(int(exponent)).translate(SUPERSCRIPTS)


def format_number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits; an exact zero is `0`, and only that. No line breaks inside.

    >>> format_number(0.0), format_number(-1.6437), format_number(3.14e-9).split()
    ('0', '−1.64', ['3.14', '×', '10⁻⁹'])
    """
    if not isinstance(value, (int, float, numbers.Real)) or (is_whole(value) and abs(value) >= 10**300):
        raise ValueError(f"value is {show(value)}; it must be a number")
    if is_whole(value) or isinstance(value, bool) or value == 0:
        return _grouped(f"{int(value):,}")
    value = float(value)
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if check_count("digits", digits) > 17:
        raise ValueError(f"digits is {digits}; it must be from 1 to 17: a float has no more")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < digits + 2:
        return _grouped(f"{value:,.{max(digits - 1 - power, 0)}f}")
    return f"{mantissa}\u202f×\u202f{power_of_ten(power)}".replace("-", "−")


def fixed(value: float, digits: int = 2) -> str:
    """Return a number with this many decimals; only an exact zero is written `0`.

    >>> fixed(-0.5), fixed(0.0), fixed(0.001)
    ('−0.50', '0', '≈ 0')
    """
    if check_number("value", value) == 0:
        return "0"
    text = f"{value:.{check_count('digits', digits, least=0)}f}".replace("-", "−")
    return text if text.strip("−0.") else "≈ 0"


def percent(share: float) -> str:
    """Return a share in whole per cent; only a share of exactly 0 is written 0.

    >>> percent(0.666).split("\u202f"), percent(0.001).split("\u202f")
    (['67', '%'], ['<1', '%'])
    """
    check_number("share", share)
    whole = f"{100 * share:.0f}"
    return ("<1" if share > 0 and whole == "0" else whole) + "\u202f%"


def plural(count: int, noun: str) -> str:
    """Return a regular noun in the singular or plural, to follow a count.

    >>> plural(1, "filter"), plural(2, "filter")
    ('filter', 'filters')
    """
    check_text("noun", noun)
    return noun if check_count("count", count, least=0) == 1 else f"{noun}s"


def how_many(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> how_many(1, "filter"), how_many(2, "filter")
    ('1 filter', '2 filters')
    """
    counted = plural(count, noun)  # this checks the count
    return f"{count} {counted}"


def when(steps: int) -> str:
    """Return how far a run is, as the beginning of a sentence.

    >>> when(0), when(1), when(20)
    ('Before training', 'After 1 step', 'After 20 steps')
    """
    return f"After {how_many(steps, 'step')}" if check_count("steps", steps, least=0) else "Before training"


def _grouped(digits: str) -> str:
    """Return digits with a true minus and, from five digits on, in groups of three."""
    whole = digits.split(".")[0].lstrip("-").replace(",", "")
    return digits.replace(",", "\u202f" if len(whole) > 4 else "").replace("-", "−")
