"""Fractions are written without rounding, and bars laid end to end come to their sum."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from convlens_live.figures import Linear, Pen, ledger, plot, slider, space, text
from convlens_live.figures.exact import decimal, end_to_end, large, numeral, subtraction

pytestmark = pytest.mark.anywhere
TENTH = Fraction(1, 10)


def bars(drawn: str) -> list[tuple[float, float]]:
    """The vertical extent of each bar, the lower end first."""
    ends = re.findall(r'd="M[\d.]+ ([\d.]+)H[\d.]+V([\d.]+)', drawn)
    return [(max(map(float, each)), min(map(float, each))) for each in ends]


@pytest.mark.parametrize(
    "value", [Fraction(0), TENTH, Fraction(-81, 1000), Fraction(868635, 10**6), Fraction(7)]
)
def test_all_decimals_are_written(value: Fraction) -> None:
    assert Fraction(decimal(value, 2).replace("−", "-")) == value


def test_a_fraction_without_an_end_gets_as_many_digits_as_wanted() -> None:
    assert (decimal(Fraction(1, 9)), decimal(Fraction(1, 9), digits=6)) == ("0.111", "0.111111")


def test_only_an_exact_zero_is_hollow() -> None:
    assert "<rect" in numeral(Fraction(0), 40).svg()
    assert "<rect" not in numeral(Fraction(1, 10**6), 40).svg()


def test_a_subtraction_shows_its_difference() -> None:
    drawn = re.findall(
        r">([^<]+)</text>", subtraction(Fraction(79, 100), Fraction(109, 100), 60, Pen()).svg()
    )
    assert drawn == ["0.79", "− 1.09", "−0.3"]


def test_each_bar_begins_where_the_last_one_ended_and_the_last_is_the_sum() -> None:
    values = [3 * TENTH, Fraction(0), -5 * TENTH, 9 * TENTH]
    drawn = bars(end_to_end(values, 100, 180).svg())
    assert len(drawn) == 4  # none for 0
    first, down, up, total = drawn
    assert down[1] == pytest.approx(first[1])
    assert up[0] == pytest.approx(down[0])
    assert (total[0], total[1]) == pytest.approx((first[0], up[1]))


def test_bars_that_would_not_fit_are_halved_and_zero_stays() -> None:
    small, large_ = (bars(end_to_end([value], 100, 180).svg())[0] for value in (Fraction(1), Fraction(2)))
    assert small[0] == large_[0]
    assert small[0] - small[1] == pytest.approx(large_[0] - large_[1])
    assert bars(end_to_end([], 100, 180).svg()) == []


def test_a_number_that_is_not_known_is_a_question_mark() -> None:
    assert ">?<" in large("sum", None, ["nine products"], 150).svg()
    assert ">0.81<" in large("sum", Fraction(81, 100), [], 150).svg()


def test_what_is_no_fraction_is_refused() -> None:
    with pytest.raises(ValueError, match=r"value is 0\.5; it must be a Fraction"):
        decimal(0.5)  # type: ignore[arg-type]


def test_a_ledger_puts_each_box_in_the_middle_of_its_column() -> None:
    drawn = ledger([[text("a", align="middle", width=10), space()]] * 2, (40, 60), 30)
    assert (drawn.width, drawn.height) == (100, 60)
    assert re.findall(r'<text x="([\d.]+)"', drawn.svg()) == ["22", "22"]
    with pytest.raises(ValueError, match="zip"):
        ledger([[space()]], (40, 60), 30).svg()


def test_a_slider_has_a_part_at_each_stop_and_its_handle_on_top() -> None:
    handle = slider([0, 1, 2], 1, 0, lambda value: (f"at {value}", {"to": int(value)}), "value")
    drawn = plot(handle, x=Linear(0, 2), y=Linear(0, 1), width=100, height=50).svg()
    assert re.findall(r'data-set="to=(\d)"( data-on="true")? data-drag="value"', drawn) == [
        ("0", ""),
        ("2", ""),
        ("1", ' data-on="true"'),
    ]
