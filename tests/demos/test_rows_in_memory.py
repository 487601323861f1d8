"""What the page says of equal filters in PyTorch: the recorded numbers, and the order of the sums behind them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rows_in_memory as demo_file

from convlens_live.figures import format_number
from convlens_site.paths import EVIDENCE

CASES = json.loads((EVIDENCE / "equal_filters.json").read_text())["cases"]


@pytest.mark.parametrize("filters", demo_file.COUNTS)
def test_the_numbers_of_the_figure_are_those_of_the_evidence(filters):
    measured = CASES[f"float32-{filters}"]["apart"]
    shown = demo_file.APART.get(filters, (0.0, 0.0, 0.0))
    assert [*map(format_number, shown)] == [format_number(measured[n]) for n in ("median", "min", "max")]
    assert len(measured["values"]) == demo_file.SEEDS


@pytest.mark.parametrize("filters", demo_file.COUNTS)
def test_filters_separate_where_a_number_in_memory_is_added_in_another_order(filters):
    assert demo_file.in_another_order(filters).any() == (filters in demo_file.APART)


def test_the_page_shows_no_result_before_the_guess_and_the_figure_has_one():
    begins, ends = demo_file.rows_in_memory.opening(), demo_file.rows_in_memory.still()
    assert begins.outcome == ""
    assert ends.outcome == "some"
    assert {row[1] for row in begins.table.rows} == {"?"}
    assert "data-set" not in begins.panels[0].svg()
    for filters in demo_file.COUNTS:
        assert f'data-set="filters={filters}"' in ends.panels[0].svg()


def test_pytorchs_order_is_the_same_sum_on_paper_and_another_in_float32():
    rng = np.random.default_rng(0)
    errors, means = rng.normal(size=(64, 4)), rng.normal(size=(64, 6))
    np.testing.assert_allclose(
        demo_file.product(errors, means), np.einsum("nm,nk->mk", errors, means), rtol=1e-12
    )
    small = demo_file.product(errors.astype(np.float32), means.astype(np.float32))
    assert small.dtype == np.float32
    assert (small != np.einsum("nm,nk->mk", errors.astype(np.float32), means.astype(np.float32))).any()


@pytest.mark.parametrize("images", [4, 7])
def test_with_fewer_than_eight_images_no_sum_is_taken_in_another_order(images):
    errors = np.random.default_rng(1).normal(size=(images, 4)).astype(np.float32)
    means = np.repeat(np.random.default_rng(2).normal(size=(images, 1)).astype(np.float32), 6, axis=1)
    assert np.ptp(demo_file.product(errors, means), axis=1).max() == 0
