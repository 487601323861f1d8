"""What the page on twins says, asserted over several seeds."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import twins as demo_file

from convlens.controls import ParameterError
from convlens_site.evidence import measure
from convlens_site.paths import EVIDENCE

twins = demo_file.twins
SEEDS = range(5)
TASKS = ("several", "one")


def last(**settings):
    *_, state = demo_file.simulate(**{"gap": 0.0, "steps": 300, **settings})
    return state


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_both_ties_equal_keeps_the_filters_bit_equal(task, seed):
    state = last(incoming="same", outgoing="same", task=task, seed=seed)
    assert state.differences == [0.0] * 301
    assert np.array_equal(state.filters[0], state.filters[1])
    assert np.array_equal(state.gradients[0], state.gradients[1])
    assert np.any(state.gradients[0]), "equal because nothing moves would prove nothing"


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_different_outgoing_weights_part_equal_filters_at_the_first_step(task, seed):
    state = last(incoming="same", outgoing="different", task=task, seed=seed)
    assert state.differences[0] == 0.0
    assert state.differences[1] > 1e-5
    assert state.differences[-1] > 1e-3


@pytest.mark.parametrize(
    ("task", "outgoing"), [(task, outgoing) for task in TASKS for outgoing in ("same", "different")]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_filters_that_start_different_stay_different(task, outgoing, seed):
    assert last(incoming="different", outgoing=outgoing, task=task, seed=seed).differences[-1] > 1e-3


def test_near_twins_part_where_several_filters_are_needed_and_hardly_where_one_is_enough():
    def growth(task):
        return [
            last(incoming="same", outgoing="same", task=task, gap=1e-9, steps=600, seed=seed).differences[-1]
            / 1e-9
            for seed in SEEDS
        ]

    several, one = growth("several"), growth("one")
    assert np.median(several) > 100
    assert np.median(one) < 10
    assert np.median(several) > 20 * np.median(one)


@pytest.mark.parametrize("exponent", [-15, -9, -1])
def test_the_gap_is_what_the_slider_says(exponent):
    state = last(incoming="same", outgoing="same", task="several", gap=10.0**exponent, steps=1, seed=0)
    assert state.differences[0] == pytest.approx(10.0**exponent, rel=0.1)


@pytest.mark.parametrize(
    ("incoming", "outgoing", "gap", "task"),
    list(product(("same", "different"), ("same", "different"), (0, 1e-15, 0.1), TASKS)),
)
def test_every_corner_of_the_settings_ends_in_a_figure(incoming, outgoing, gap, task):
    figure = twins.still(incoming=incoming, outgoing=outgoing, gap=gap, task=task, steps=100, seed=9999)
    assert figure.alt.startswith("After 100 steps")
    assert float(figure.table.rows[-1][0]) == 100
    assert ("not used" in figure.caption) == (gap > 0 and incoming == "different")


def test_the_sentence_the_table_and_the_outcome_say_the_same():
    for outgoing, outcome in (("same", "same"), ("different", "apart")):
        figure = twins.still(outgoing=outgoing, steps=100)
        assert figure.outcome == outcome
        assert (figure.table.rows[-1][1] == 0) == (outcome == "same")
        assert ("identical to the last bit" in figure.alt) == (outcome == "same")


def test_the_same_settings_give_the_same_pictures():
    first, second = (
        [figure.to_json() for figure in twins(steps=100, outgoing="different", seed=3)] for _ in range(2)
    )
    assert first == second
    assert len(first) == 101


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"gap": -1}, "gap"),
        ({"gap": 1}, "gap"),
        ({"gap": float("nan")}, "gap"),
        ({"steps": 150.5}, "steps"),
        ({"steps": 10**9}, "steps"),
        ({"seed": "3"}, "seed"),
        ({"incoming": "equal"}, "incoming"),
        ({"code": "1"}, "code"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        twins.parse(raw)
    assert refusal.value.control == control


@pytest.mark.parametrize("case", demo_file.CASES)
def test_the_evidence_still_holds(case):
    kept = json.loads((EVIDENCE / "twins.json").read_text())["cases"][case]
    assert kept["settings"] == demo_file.CASES[case]
    for seed in (0, 17):
        for name, value in measure("twins", case, seed).items():
            assert value == pytest.approx(kept[name]["values"][seed], rel=1e-3, abs=0), (name, seed)
