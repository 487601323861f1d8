"""Figures: an exact zero is never anything else, text is escaped, colours are roles."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens_live.figures import Box, Figure, Table, format_number, text
from convlens_live.figures.colours import ROLES

pytestmark = pytest.mark.anywhere


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_zero_only_if_it_is_zero(value):
    assert (format_number(value) == "0") == (value == 0)


@given(st.floats(min_value=1e-300, max_value=1e300))
def test_a_printed_number_is_right_to_three_digits(value):
    words = format_number(value)
    mantissa, _, power = words.partition("\u202f×\u202f10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert float(mantissa) * 10.0 ** int(digits or 0) == pytest.approx(value, rel=5.1e-3)


def test_text_is_escaped():
    assert "<script" not in text("<script>").svg()
    assert ET.fromstring(text("a & b < c").svg()) is not None


def test_a_figure_needs_a_panel_and_a_sentence():
    table = Table(("n",), ((1,),))
    with pytest.raises(ValueError, match="panels is empty"):
        Figure((), "Words.", table)
    with pytest.raises(ValueError, match="alt is empty"):
        Figure((Box(1, 1),), " ", table)


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
