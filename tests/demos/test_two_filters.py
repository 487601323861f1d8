"""What the start page shows and says, asserted over several seeds."""

from __future__ import annotations

import re
from itertools import islice, product

import numpy as np
import pytest
import twins as twins_file
import two_filters as demo_file

from convlens_live.controls import ParameterError

two_filters, split_sides = demo_file.two_filters, demo_file.split_sides
SEEDS = range(5)
WAYS = list(product(("same", "different"), ("same", "different")))
STEPS = demo_file.STEPS


@pytest.fixture(scope="module")
def runs():
    return {
        (*way, seed): list(two_filters.states(incoming=way[0], outgoing=way[1], seed=seed))
        for way in WAYS
        for seed in SEEDS
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_two_that_start_the_same_and_are_read_alike_stay_equal_to_the_last_bit(runs, seed: int) -> None:
    assert set(runs["same", "same", seed][-1].differences) == {0.0}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", [way for way in WAYS if way != ("same", "same")])
def test_any_other_start_leads_clearly_apart(runs, way: tuple[str, str], seed: int) -> None:
    differences = runs[*way, seed][-1].differences
    assert (differences[0] == 0) == (way[0] == "same")
    assert min(differences[1:]) > 0
    assert differences[-1] > 0.5


def test_the_network_is_that_of_the_twins(runs) -> None:
    *_, other = twins_file.simulate("same", "different", 0.0, "several", STEPS, 0)
    assert runs["same", "different", 0][-1].differences == other.differences


@pytest.mark.parametrize("way", WAYS)
def test_the_signs_say_what_is_equal_to_the_last_bit(runs, way: tuple[str, str]) -> None:
    for state in runs[*way, 0][::75]:
        pairs = split_sides(state.step.params)
        signs = ["=" if (pair[0] == pair[1]).all() else "≠" for pair in pairs]
        for panel in two_filters.picture(state).panels[:2]:
            drawn = panel.svg()
            assert (drawn.count(">=<"), drawn.count(">≠<")) == (signs.count("="), signs.count("≠"))


def test_one_image_goes_through_the_network_from_left_to_right(runs) -> None:
    state = runs["different", "different", 0][-1]
    flow = demo_file.follow(state)
    n = [*state.labels].index(demo_file.FALLING)
    assert np.array_equal(flow.image, state.x[n, 0])
    assert flow.means == pytest.approx([each.mean() for each in flow.maps])
    outgoing = state.step.params["linear1"]
    scores = np.exp(flow.means @ outgoing["weight"].T + outgoing["bias"])
    assert flow.answer == pytest.approx(scores / scores.sum())


def test_the_words_fit_each_way_to_start(runs) -> None:
    said = {way: [demo_file.explain(state) for state in runs[*way, 0][::60]] for way in WAYS}
    assert not any("made larger" in words for each in said.values() for words in each)
    assert all("Two copies" in words[0] for way, words in said.items() if way[0] == "same")
    assert all("differ before the first step" in words[0] for way, words in said.items() if way[0] != "same")
    assert all("changes both equally" in words for words in said["same", "same"][1:])
    assert all("different arrows" in words for words in said["same", "different"][1:])
    assert all("began different" in words for words in said["different", "same"][1:])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("speck", [1, 13, 25])
def test_a_speck_is_on_one_weight_of_filter_2_and_two_copies_are_equal_no_more(seed: int, speck: int) -> None:
    states = list(islice(two_filters.states(outgoing="same", speck=speck, seed=seed), 100))
    first, second = states[0].step.params["conv1"]["weight"][:, 0]
    assert np.flatnonzero(first != second).tolist() == [speck - 1]
    assert states[0].differences[0] == pytest.approx(demo_file.SPECK)
    assert min(states[-1].differences) > 0
    assert all("One weight of filter 2 was made larger" in demo_file.explain(state) for state in states)


def test_every_weight_of_filter_2_can_be_changed_and_on_a_phone_one() -> None:
    wide_drawing, narrow_drawing, *_ = two_filters.opening().panels
    for speck in range(1, 26):
        assert f'data-set="speck={speck}"' in wide_drawing.svg()
        assert (f'data-set="speck={speck}"' in narrow_drawing.svg()) == (speck == 13)
    with pytest.raises(ParameterError, match="from 0 to 25"):
        two_filters.parse({"speck": 26})


def test_both_drawings_name_the_map_the_mean_and_the_arrows() -> None:
    for panel in two_filters.opening().panels[:2]:
        drawn = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", panel.svg()))
        assert all(
            said in drawn for said in ("its map", "its mean", "how the next layer listens", "dashed: minus")
        )


def test_the_outlined_weight_is_the_one_that_makes_the_number(runs) -> None:
    first, second = (
        runs["same", "different", 0][step].step.params["conv1"]["weight"][:, 0] for step in (0, 300)
    )
    assert demo_file.draw_weights(0, first, demo_file.WIDE).svg().count("<rect") == 1, "the frame alone"
    row, column = np.unravel_index(np.abs(second[0] - second[1]).argmax(), (5, 5))
    side = demo_file.WIDE.sides[1]
    drawn = demo_file.draw_weights(0, second, demo_file.WIDE).svg()
    assert f"M{2 + column * side} {2 + row * side}H{2 + (column + 1) * side}" in drawn
