"""Numbers with bars, the small map of a network, and what a square was before."""

from __future__ import annotations

import re

import numpy as np
import pytest

from convlens_live.figures import INK, Linear, cells, inner, network_map, tally

pytestmark = pytest.mark.anywhere
SCALE = Linear(-1, 1)


def bars(drawn: str) -> list[tuple[float, float]]:
    """The left and the right end of each bar."""
    found = re.findall(r'd="M([\d.]+) [\d.]+H([\d.]+)V[\d.]+H', drawn)
    return [(float(left), float(right)) for left, right in found]


@pytest.mark.parametrize("below", [False, True])
def test_a_bar_begins_at_zero_goes_left_below_it_and_an_exact_zero_is_hollow_and_has_none(
    below: bool,
) -> None:
    drawn = tally([0.5, -0.25, 0.0], SCALE, INK, high=40, wide=100, below=below).draw(0, 0)
    (left, right), (other_left, other_right) = bars(drawn)
    assert left == other_right
    assert right - left == pytest.approx(2 * (other_right - other_left))
    assert drawn.count('class="zero"') == 1
    assert re.findall(r">([^<>]+)</text>", drawn) == ["0.50", "−0.25"]


def test_bars_laid_end_to_end_end_at_the_sum() -> None:
    terms = np.array([0.5, -0.75, 0.5])
    starts = (np.cumsum(terms) - terms).tolist()
    laid = bars(tally(terms.tolist(), SCALE, INK, high=20, wide=200, starts=starts).draw(0, 0))
    total = bars(tally([float(terms.sum())], SCALE, INK, high=20, wide=200).draw(0, 0))
    assert laid[-1][1] == total[0][1]


def test_the_map_lights_what_is_spoken_of_and_the_error_has_come_back_so_far() -> None:
    outgoing = np.array([[1.0, -1, 1, 1], [1, 1, 1, 1]])
    pale, lit = network_map(outgoing, ()).draw(0, 0), network_map(outgoing, ("maps",), "maps").draw(0, 0)
    assert pale.count('opacity="0.28"') == lit.count('opacity="0.28"') + 2, "the map of each filter"
    assert pale.count("stroke-dasharray") == 1, "one weight is below 0"
    assert len(re.findall("<path", lit)) == len(re.findall("<path", pale)) + 2, "an arrow and its head"


def test_the_smaller_squares_are_what_the_values_were_before() -> None:
    now, before = np.array([[1.0, -1.0]]), np.array([[1.0, 1.0]])
    same, changed = (cells(now, 20, marks=[inner(each, 1)]).draw(0, 0) for each in (now, before))
    assert same != changed
    assert 'stroke-dasharray="0 0.32 0.36 1"' in changed
