"""Arrows: they go through their points, and end with a head of their own colour."""

from __future__ import annotations

import re

import pytest

from convlens_live.figures import Linear, Pen, arrow, plot

pytestmark = pytest.mark.anywhere
PLACE = r"([\d.]+) ([\d.]+)"


def paths(*points: tuple[float, float], **style: bool) -> list[str]:
    pen = Pen("red", 3, "6 3")
    drawn = plot(arrow(points, pen, **style), x=Linear(0, 200), y=Linear(100, 0), width=200, height=100)
    return re.findall(r"<path[^>]*>", drawn.svg())


def ends(path: str) -> list[tuple[float, float]]:
    """Where a path begins, and where each of its straight lines ends, from the plot's upper left corner."""
    return [(float(x) - 2, float(y) - 2) for x, y in re.findall(f"[ML]{PLACE}", path)]


def test_an_arrow_begins_at_its_first_point_and_its_head_ends_at_the_last() -> None:
    line, head = paths((10, 20), (150, 20))
    assert ends(line)[0] == (10, 20)
    assert ends(head)[0] == (150, 20)
    assert ends(line)[-1] == (142, 20), (
        "the line ends where the head begins, which is 5 px and the line's width"
    )
    assert 'stroke="red"' in line
    assert 'stroke-dasharray="6 3"' in line
    assert 'fill="red"' in head


def test_without_a_head_the_line_itself_ends_at_the_last_point() -> None:
    (line,) = paths((10, 20), (150, 20), head=False)
    assert ends(line) == [(10, 20), (150, 20)]


def test_a_corner_is_round_and_as_far_from_both_lines_as_they_have_room() -> None:
    (line,) = paths((10, 20), (150, 20), (150, 40), head=False)
    assert f"Q{152:.1f} {22:.1f} {152:.1f} {32:.1f}" in line, "half of the 20 px that are there, not 12"
    assert ends(line) == [(10, 20), (138, 20), (150, 40)]


def test_the_head_is_as_long_whatever_its_direction() -> None:
    for tip in ((150, 50), (50, 10), (50, 90), (10, 50)):
        _, head = paths((100, 50) if tip[1] == 50 else (50, 50), tip)
        (x, y), *sides = ends(head)
        assert (x, y) == tip
        middle = [sum(values) / 2 for values in zip(*sides, strict=True)]
        assert abs(middle[0] - x) + abs(middle[1] - y) == pytest.approx(8, abs=0.11)


def test_points_that_are_one_place_draw_something_and_raise_nothing() -> None:
    assert len(paths((10, 20), (10, 20))) == 2
