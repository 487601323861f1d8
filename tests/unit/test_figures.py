"""Figures: an exact zero is never anything else, text is escaped, colours are roles."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens_live.figures import Figure, Panel, Table, format_number, log_curve, signed_tile
from convlens_live.figures.svg import ROLES, colour, text

pytestmark = pytest.mark.anywhere

SPACE = {"svg": "http://www.w3.org/2000/svg"}


def curve(values, **options):
    drawn = log_curve(
        values,
        **{"steps": 10, "width": 320.0, "height": 236.0, "low": -16, "high": 4, "label": "step", **options},
    )
    return ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>')


def points(values, **options):
    line = curve(values, **options).find("svg:polyline", SPACE)
    return [tuple(map(float, point.split(","))) for point in line.get("points").split()]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_zero_only_if_it_is_zero(value):
    assert (format_number(value) == "0") == (value == 0)


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_a_printed_number_is_right_to_three_digits(value):
    words = format_number(value)
    mantissa, _, power = words.partition("\u202f×\u202f10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert float(mantissa) * 10.0 ** int(digits or 0) == pytest.approx(value, rel=5.1e-3)


def test_a_curve_of_zeros_is_a_line_and_not_a_gap():
    drawn = points([0.0] * 11)
    assert len(drawn) == 11
    assert len({y for _, y in drawn}) == 1


def test_an_exact_zero_lies_below_every_positive_number():
    (_, zero), (_, tiny), (_, large) = points([0.0, 1e-300, 1e300])
    assert zero > tiny > large
    assert points([0.0, 1e-16])[1][1] < zero


def test_the_end_of_a_curve_is_hollow_at_zero_and_filled_above():
    assert curve([0.0]).find("svg:circle", SPACE).get("fill") == colour("paper")
    assert curve([1e-12]).find("svg:circle", SPACE).get("fill") == colour("ink")


def test_a_curve_that_diverged_still_has_its_place():
    for value in (float("inf"), float("nan")):
        assert all(np.isfinite(number) for point in points([1.0, value]) for number in point)


def test_the_axes_do_not_move_while_the_curve_grows():
    def axes(values):
        return [ET.tostring(item) for item in curve(values) if item.tag.endswith(("}line", "}text"))]

    assert axes([0.0]) == axes([0.0, 1e-9, 3.0])


def test_a_zero_weight_is_hollow_and_marked_and_others_are_not():
    tile = signed_tile(np.array([[0.0, 1e-300], [-2.0, 2.0]]), 10, scale=2.0)
    assert tile.count(">0</text>") == 1
    assert tile.count('fill="none"') == 2  # the hollow cell, and the frame
    assert tile.count(colour("positive")) == 1
    assert tile.count(colour("negative")) == 1


def test_text_is_escaped():
    assert "<script" not in text(0, 0, "<script>")
    assert ET.fromstring(text(0, 0, "a & b < c")) is not None


def test_a_figure_needs_a_panel_and_a_sentence():
    table = Table(("n",), ((1,),))
    with pytest.raises(ValueError, match="panels is empty"):
        Figure((), "Words.", table)
    with pytest.raises(ValueError, match="alt is empty"):
        Figure((Panel(1, 1, ""),), " ", table)


def test_a_table_keeps_full_precision_beside_what_is_read():
    cell = Table(("x",), ((1 / 3,),)).to_json()["rows"][0][0]
    assert cell == {"text": "0.333", "value": repr(1 / 3)}


@pytest.mark.host("reads the site's style sheet")
def test_every_colour_of_a_figure_is_a_role_of_the_site():
    from pathlib import Path

    tokens = (Path(__file__).resolve().parents[2] / "docs/assets/stylesheets/tokens.css").read_text()
    for role, fallback in ROLES.items():
        assert tokens.count(f"--figure-{role}:") in (1, 2), role
        light = re.search(r"\[data-md-color-scheme\] \{(.*?)\}", tokens, re.DOTALL)[1]
        if f"--figure-{role}:" in light:
            assert f"--figure-{role}: {fallback.lower()}" in light
