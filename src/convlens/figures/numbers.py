"""Write a number the way the site prints it."""

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with a raised exponent.

    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def format_number(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits; an exact zero is `0`, and only that.

    >>> format_number(0.0), format_number(-1.6437), format_number(3.14e-9), format_number(300)
    ('0', '−1.64', '3.14 × 10⁻⁹', '300')
    """
    if isinstance(value, int) or value == 0:
        return f"{int(value):,}".replace(",", "\u2009").replace("-", "−")
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 < power < digits + 2:
        return (f"{value:.{max(digits - 1 - power, 0)}f}").replace("-", "−")
    plain = f"{mantissa} × {power_of_ten(power)}"
    return plain.replace("-", "−")
