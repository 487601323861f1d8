"""What the page says of ten networks and of a swap: the start decides who gets what, and the order of filters means nothing."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import who_gets_what as demo

from convlens.permutation import permute_channels
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE

EVIDENCE_OF = load("who_gets_what")


@pytest.fixture(scope="module")
def ten() -> demo.Ten:
    return demo.train_ten(0)


def test_neither_the_number_of_a_filter_nor_their_count_says_what_they_prefer(ten: demo.Ten) -> None:
    assert demo.outcome_of(ten) == "neither"
    assert all(set(column) == {0, 1} for column in ten.prefers.T.tolist())
    assert np.ptp(ten.prefers.sum(axis=1)) > 1


def test_the_outcome_would_tell_the_other_answers() -> None:
    class Fake:
        def __init__(self, prefers: Any) -> None:
            self.prefers = np.array(prefers)

    assert demo.outcome_of(Fake([[0, 1], [0, 1]])) == "number"  # type: ignore[arg-type]
    assert demo.outcome_of(Fake([[0, 1], [1, 0]])) == "count"  # type: ignore[arg-type]
    assert demo.outcome_of(Fake([[0, 1], [1, 1]])) == "neither"  # type: ignore[arg-type]


def test_matched_filters_are_more_similar_and_more_than_before_training(ten: demo.Ten) -> None:
    assert abs(ten.similar(1, matched=False)) < 0.2
    assert ten.similar(1, matched=True) > ten.similar(0, matched=True) > ten.similar(1, matched=False)
    assert ten.similar(1, matched=True) < 0.6, "not the same filters in another order"


def test_a_swap_leaves_the_scores_as_they_are(ten: demo.Ten) -> None:
    for _, network in ten.pairs[:3]:
        assert demo.difference_of(network, 0, 1) == 0
        assert demo.difference_of(network, 0, 0) == 0
        for pair in combinations(range(demo.FILTERS), 2):
            assert demo.difference_of(network, *pair) < 1e-13


def test_filters_alone_without_the_weights_that_read_them_do_change_the_scores(ten: demo.Ten) -> None:
    network = ten.pairs[0][1]
    params = network.step.params
    half = {**params, "conv1": permute_channels(params, [1, 0, 2, 3, 4, 5])["conv1"]}
    x = network.unseen[0]
    assert np.abs(network.model(half, x)[0] - network.model(params, x)[0]).max() > 0.01


def test_a_figure_says_what_it_shows(ten: demo.Ten) -> None:
    assert "to the last bit" in demo.who_gets_what.still(swap=1).caption
    assert "nothing in common" in demo.who_gets_what.still().caption
    matched = demo.who_gets_what.still(order="matched")
    assert "matched" in matched.alt
    assert matched.outcome == "neither"
    assert len(matched.table.rows) == 10


def test_before_the_guess_no_filter_shows_what_it_prefers() -> None:
    figure = demo.who_gets_what.opening()
    assert "before training" in figure.alt
    assert figure.outcome == ""
    assert not {"squiggle", "corner"} & {str(cell) for row in figure.table.rows for cell in row}


def test_the_evidence_says_what_the_page_says() -> None:
    six = json.loads((EVIDENCE / "who_gets_what.json").read_text())["cases"]["six"]
    assert 120 < six["same_shape_by_number"]["total"] < 180, "as often as two coins agree"
    assert six["swap_first_two"]["max"] == 0
    assert six["swap_largest"]["max"] < 1e-14
    assert (
        abs(six["by_number"]["median"])
        < 0.1
        < six["matched_start"]["median"]
        < six["matched"]["median"]
        < 0.6
    )


def test_a_run_of_the_evidence() -> None:
    numbers = EVIDENCE_OF.measure(1)
    assert numbers["swap_first_two"] == 0
    assert numbers["swap_largest"] < 1e-14


@pytest.mark.parametrize(
    ("raw", "control"), [({"order": "x"}, "order"), ({"swap": 6}, "swap"), ({"seed": -1}, "seed")]
)
def test_settings_out_of_the_box_are_refused_by_name(raw: dict[str, Any], control: str) -> None:
    with pytest.raises(ParameterError, match=control):
        demo.who_gets_what.parse(raw)
