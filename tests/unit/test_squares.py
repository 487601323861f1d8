"""Numbers in squares, what is lit among them, and windows on them."""

from __future__ import annotations

import re

import numpy as np
import pytest

from convlens_live.figures import Linear, cells, fixed, plot, ruled, space, windows
from convlens_live.figures.colours import HAIRLINE, INK, Pen

pytestmark = pytest.mark.anywhere


def opacities(drawn: str) -> list[float]:
    return sorted(float(found) for found in re.findall(r'opacity="([.\d]+)"', drawn))


def test_a_written_zero_is_hollow_too_and_a_small_grey_value_is_not_white() -> None:
    drawn = cells(np.array([[0.0, 0.01]]), 26, numbers=fixed, grey=True).draw(0, 0)
    assert drawn.count(HAIRLINE) == 1
    assert re.findall(r">([^<>]+)</text>", drawn) == ["0", "0.01"]
    assert opacities(drawn) == [0.0625]


def test_what_is_not_lit_is_paler_and_never_white() -> None:
    values, lit = np.array([[1.0, 1.0, 0.001]]), np.array([[True, False, False]])
    assert opacities(cells(values, 10).draw(0, 0)) == [0.125, 1.0]
    assert opacities(cells(values, 10, lit=lit).draw(0, 0)) == [0.125, 0.375, 1.0]


def test_a_window_stands_on_the_squares_from_its_row_and_column_on() -> None:
    box = cells(np.ones((4, 5)), 10, wide=2, marks=[windows([(1, 2)], Pen(), 2), windows([], Pen())])
    assert re.findall(r'd="(M\d+ \d+H[^"]+)"', box.draw(100, 50)) == ["M140 60H180V80H140z"]


def test_a_window_fills_its_part_of_a_plot() -> None:
    axes = {"x": Linear(0, 10), "y": Linear(10, 0), "width": 100, "height": 100}
    drawn = plot(windows([(0, 8)], None, 10, 2, ink=INK, opacity=0.3), **axes).draw(0, 0)
    assert 'd="M80 0H100V100H80z"' in drawn
    assert "stroke=" not in drawn


def test_a_ruled_box_has_a_line_below_and_its_own_size() -> None:
    box = ruled(space(40, 20))
    assert (box.width, box.height) == (40, 20)
    assert 'd="M3 24h40"' in box.draw(3, 4)
