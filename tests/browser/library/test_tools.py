"""What stands in for the compiled part of Hypothesis in the browser does the same as that part."""

from __future__ import annotations

import math
import random
import runpy
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis._native.internal import floats as compiled

STAND_IN = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("floats.py"))))
NAMES = [name for name in vars(compiled) if not name.startswith("_")]


def values(width: int) -> list[float]:
    """Every kind of float of that many bits: special, subnormal, at the edges, and of random bits."""
    largest = {16: 65504.0, 32: (2 - 2**-23) * 2.0**127, 64: (2 - 2**-52) * 2.0**1023}[width]
    smallest = compiled.width_smallest_normals(width)
    positive = [0.0, 1.0, 0.1, smallest, compiled.next_down(smallest, width), largest, math.inf, math.nan]
    chance = random.Random(0)
    drawn = [compiled.int_to_float(chance.getrandbits(width), width) for _ in range(200)]
    return [compiled.float_of(value, width) for value in (*positive, *(-x for x in positive), *drawn)]


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize("name", NAMES)
def test_the_stand_in_does_what_the_compiled_part_does(name: str, width: int) -> None:
    real, stand_in = getattr(compiled, name), getattr(STAND_IN, name)
    if name == "width_smallest_normals":
        assert stand_in(width) == real(width)
    elif name == "is_negative":
        assert all(stand_in(x) == real(x) for x in values(width))
    elif name == "int_to_float":
        for x in values(width):
            bits = compiled.float_to_int(x, width)
            assert compiled.float_to_int(stand_in(bits, width), width) == bits
    elif name == "count_between_floats":
        ordered = sorted(x for x in values(width) if not math.isnan(x))
        for x, y in zip(ordered, ordered[7:], strict=False):
            assert stand_in(x, y, width) == real(x, y, width), (x, y)
    else:
        takes_subnormals = name.endswith("_normal")
        for x, allowed in product(values(width), [True, False] if takes_subnormals else [None]):
            options = {"allow_subnormal": allowed} if takes_subnormals else {}
            one, other = (function(x, width, **options) for function in (stand_in, real))
            assert repr(one) == repr(other), (x, options)
