"""The drawings of ranges in tables: which cells get one, on which axis, and that the numbers stay as text."""

from __future__ import annotations

import re

import pytest

from convlens_site.publish.ranges import Range, axis_of, draw_ranges, number, plain, range_in


def table(*rows: tuple[str, ...]) -> str:
    head, *body = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return f"<table><tr>{head.replace('td>', 'th>')}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"


TWO_COLUMNS = table(("start", "after", "range"), ("a", "4.65", "2.42 to 6.68"), ("b", "0", "0 to 0"))
ONE_COLUMN = table(("start", "median"), ("a", "<a>5</a>&nbsp;(<a>3</a> to <a>8</a>)"), ("b", "2 (0 to 5)"))


@pytest.mark.parametrize("before", [TWO_COLUMNS, ONE_COLUMN])
def test_a_column_of_ranges_is_drawn_and_its_numbers_stay(before):
    after = draw_ranges(before)
    assert after.count("<circle") == 2
    assert after.count("spread-axis") == 1
    axis = re.search(r'<span class="spread-axis.*?</span></span>', after)[0]
    assert plain(after.replace(axis, "")) == plain(before)


def test_a_range_that_is_exactly_zero_is_hollow():
    assert draw_ranges(TWO_COLUMNS).count('<circle class="zero"') == 1
    assert 'class="zero"' not in draw_ranges(ONE_COLUMN)


@pytest.mark.parametrize(
    "left",
    [
        table(("a", "b"), ("1 to 2", "from 3 to 4"), ("5", "6")),
        table(("minutes", "task"), ("5", "2 to 3"), ("10", "talk")),
        table(("", "same"), ("same", ""), ("different", "")),
        TWO_COLUMNS.replace("<table>", '<table class="elsewhere">'),
    ],
)
def test_other_tables_stay_as_they_are(left):
    assert draw_ranges(left) == left


def test_columns_share_an_axis_only_if_they_can_be_compared():
    rows = [("start", "x", "y"), ("a", "5 (3 to 8)", "1 (0 to {})"), ("b", "2 (0 to 5)", "1 (0 to 2)")]

    def ends(most: int) -> list[str]:
        drawn = draw_ranges(table(*[tuple(cell.format(most) for cell in row) for row in rows]))
        return re.findall(r"<span>([^<]*)</span></span></th>", drawn)

    assert ends(4) == ["8", "8"]
    assert ends(1000) == ["8", "1000"]


def test_an_axis_begins_at_zero_or_is_logarithmic():
    assert axis_of([Range(4.65, 2.42, 6.68), Range(0, 0, 0)]).low == 0
    tiny = axis_of([Range(1e-15, 1e-16, 2e-15), Range(4, 2, 6)])
    assert (tiny.log, tiny.low, tiny.high) == (True, 1e-16, 10)
    assert tiny.place(1e-16) == 0
    assert not axis_of([Range(0, 0, 0)]).log


def test_numbers_are_read_as_they_are_printed():
    assert number("3.14 × 10⁻⁹") == 3.14e-9
    assert number("−2 000") == -2000
    assert range_in(["1.2 × 10⁻¹⁵ (0 to 4 × 10⁻¹⁵)"], 0) == Range(1.2e-15, 0, 4e-15)
    assert range_in(["words", "2 to 3"], 1) is None
