"""Cells, marks and plots: nothing but an exact zero is white, and a number has room."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

from convlens_live.figures import Linear, Log, bars, cells, line, plot
from convlens_live.figures.metrics import text_width
from convlens_live.figures.svg import TEXT

pytestmark = pytest.mark.anywhere


def rows(values: list[float], write=None) -> tuple[list[tuple[float, float]], list[float]]:
    """Where the bars of a plot 200 pixels wide begin and end, and where their numbers stand."""
    across, up = Linear(-10, 10), Linear(0, len(values))
    drawn = plot(bars(values, range(len(values)), write=write), x=across, y=up, width=200, height=90).svg()
    found = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    texts = [float(x) for x in re.findall(r'<text x="([\d.]+)"', drawn)]
    return [(float(x), float(x) + float(width)) for x, width in found], texts


def test_a_bar_goes_from_zero_to_its_value() -> None:
    (left, right), texts = rows([-5, 5], "{:g}".format)
    middle = right[0]
    assert left[1] == middle
    assert middle - left[0] == pytest.approx(right[1] - middle) == pytest.approx(50)
    assert texts == pytest.approx([left[0] - 6, right[1] + 6])


def test_the_number_of_a_bar_that_is_too_long_still_stands_in_the_plot() -> None:
    width = text_width("1234567", TEXT)
    ((begin, end),), (text,) = rows([1234567], str)
    assert begin < end
    assert end < text
    ((edge, _),), _ = rows([-10])
    assert text + width <= edge + 200 + 0.01


def test_what_is_not_finite_has_no_bar() -> None:
    drawn, texts = rows([float("nan"), 1.0, float("inf")], str)
    assert len(drawn) == len(texts) == 1


def test_a_number_above_zero_is_never_as_white_as_paper() -> None:
    for grey in (False, True):
        assert "M0 0h1" in cells(np.array([[1e-9, 0.0]]), 8, grey=grey).svg()
        assert "M1 0h1" not in cells(np.array([[1e-9, 0.0]]), 8, grey=grey).svg()


def test_of_a_run_that_diverged_there_is_nothing_in_the_cells_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = cells(np.array([[np.nan, np.nan]]), 8, full=float("nan")).svg()
    assert "path" not in drawn


def test_a_plot_that_takes_a_guess_names_its_area_and_the_ends_of_its_axes() -> None:
    axes = {"x": Linear(0, 300, label="steps"), "width": 200, "height": 100}
    drawn = plot(line([0], [0]), y=Linear(0, 8, (0, 8)), guess=True, **axes).svg()
    (area,) = re.findall("<rect[^>]*data-guess[^>]*>", drawn)
    assert 'data-guess="0 300 0 8"' in area
    assert 'fill-opacity="0"' in area
    across, up = (float(re.search(f' {side}="([^"]*)"', area)[1]) for side in ("width", "height"))
    assert 150 < across < 200
    assert 60 < up < 100
    assert "data-guess" not in plot(line([0], [0]), y=Linear(0, 8, (0, 8)), **axes).svg()
    with pytest.raises(ValueError, match="guess is True; then x and y must be Linear"):
        plot(line([0], [1]), y=Log(-3, 0), guess=True, **axes).svg()


def test_a_tick_has_the_name_that_it_is_given_or_else_its_value() -> None:
    assert Linear(0, 1, (0, 1), texts=("1", "32")).names() == [(0, "1"), (1, "32")]
    assert Linear(-1, 1, (-1, 1)).names() == [(-1, "−1"), (1, "1")]
    with pytest.raises(ValueError, match="shorter"):
        Linear(0, 1, (0, 1), texts=("1",)).names()
