"""Stands in, in the browser, for the compiled part of Hypothesis: IEEE floats as bits.

Only a wheel for another platform has that part; here it is in plain Python, and test_tools.py holds it to the
compiled one. It serves Hypothesis, which makes up examples, and never the library under test.
"""

import math
import struct

FORMATS = {16: ("!e", "!H"), 32: ("!f", "!I"), 64: ("!d", "!Q")}
SMALLEST_NORMALS = {16: 2.0**-14, 32: 2.0**-126, 64: 2.0**-1022}


def float_of(x, width):
    """Round to a float of that many bits."""
    form, _ = FORMATS[width]
    return struct.unpack(form, struct.pack(form, float(x)))[0]


def float_to_int(value, width=64):
    """The bits of a float, as a whole number."""
    form, whole = FORMATS[width]
    return struct.unpack(whole, struct.pack(form, value))[0]


def int_to_float(value, width=64):
    """The float with these bits."""
    form, whole = FORMATS[width]
    return struct.unpack(form, struct.pack(whole, value))[0]


def is_negative(x):
    """Is the sign set? Of -0.0 it is."""
    return math.copysign(1.0, x) < 0


def width_smallest_normals(width):
    """The smallest positive float that is not subnormal."""
    return SMALLEST_NORMALS[width]


def count_between_floats(x, y, width=64):
    """How many floats there are from x to y, both among them; -0.0 and 0.0 are two."""
    if is_negative(x) != is_negative(y):
        return float_to_int(-x, width) + float_to_int(y, width) + 2
    return abs(float_to_int(y, width) - float_to_int(x, width)) + 1


def next_up(value, width=64):
    """The next larger float; 0.0 comes after -0.0."""
    if math.isnan(value) or value == math.inf:
        return value
    if value == 0 and is_negative(value):
        return 0.0
    return int_to_float(float_to_int(value, width) + (-1 if is_negative(value) else 1), width)


def next_down(value, width=64):
    """The next smaller float."""
    return -next_up(-value, width)


def next_up_normal(value, width, *, allow_subnormal):
    """The next larger float, beyond the subnormals if they are not allowed."""
    value, smallest = next_up(value, width), SMALLEST_NORMALS[width]
    if allow_subnormal or not 0 < abs(value) < smallest:
        return value
    return -0.0 if value < 0 else smallest


def next_down_normal(value, width, *, allow_subnormal):
    """The next smaller float, beyond the subnormals if they are not allowed."""
    return -next_up_normal(-value, width, allow_subnormal=allow_subnormal)
