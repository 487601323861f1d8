"""A dial: which drawings are there for which of its values."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from convlens_live.figures import Box, Dial, Linear, Mark, plot, text

DIAL = Dial("limit", "The limit", 0, 1, 0.02, 0.6)


def ranges(svg: str) -> list[tuple[int, int, bool]]:
    """First and last stop of each drawing that depends on the dial, and whether it is shown."""
    found = re.findall(r'<g data-while="limit (\d+) (\d+)"( display="none")?', svg)
    return [(int(first), int(last), not hidden) for first, last, hidden in found]


def test_a_value_at_a_stop_belongs_to_it_whatever_rounding_does() -> None:
    assert len(DIAL.stops) == 51
    for n, value in enumerate(DIAL.stops):
        assert DIAL.stop(value) == n
        assert DIAL.stop(value - 1e-6) == n - 1


def test_it_counts_the_values_that_are_not_below_each_stop() -> None:
    values = [0.6, 0.599, 0.0, -0.3]
    counts = DIAL.count(values)
    assert counts == [sum(value >= stop - 1e-9 for value in values) for stop in DIAL.stops]
    assert counts[:2] == [3, 2]
    assert counts[29:32] == [2, 1, 0]


def test_equal_values_of_neighbouring_stops_are_drawn_once_and_one_is_shown() -> None:
    box = DIAL.varying(["many" if n < 20 else "few" for n in range(51)], text, said=True)
    svg = box.svg()
    assert ranges(svg) == [(0, 19, False), (20, 50, True)]
    assert svg.count('data-said="true"') == 2
    ElementTree.fromstring(svg)


def test_a_mark_is_there_until_the_dial_is_above_its_value() -> None:
    def drawn(value: float) -> list[tuple[int, int, bool]]:
        mark = DIAL.until(Mark(lambda axes: "<path/>"), value)
        return ranges(plot(mark, x=Linear(0, 1), y=Linear(0, 1), width=100, height=50).svg())

    assert drawn(0.65) == [(0, 32, True)]
    assert drawn(0.3) == [(0, 15, False)]
    assert drawn(-0.1) == [], "never"


def test_the_handle_says_where_it_is_and_its_text_has_room_on_one_side_at_every_stop() -> None:
    handle = DIAL.handle(0, top=1, text="from 0.60 on")
    box = plot(handle, x=Linear(-0.6, 1), y=Linear(0, 1), width=300, height=60)
    svg = box.svg()
    assert 'data-dial="limit 0 1 0.02 0.6 2"' in svg
    assert "<title>The limit</title>" in svg
    (right, left) = ranges(svg)
    assert right[0] == 0
    assert left == (right[1] + 1, 51, not right[2])
    assert isinstance(box, Box)


@pytest.mark.parametrize("wrong", [{"step": 0}, {"at": 2}, {"at": -1}])
def test_numbers_that_do_not_fit_are_refused(wrong: dict[str, float]) -> None:
    numbers = {"low": 0, "high": 1, "step": 0.1, "at": 0.5, **wrong}
    with pytest.raises(
        ValueError, match=r"dial 'limit' has .*; step must be above 0, and at from low to high"
    ):
        Dial("limit", "The limit", **numbers)
