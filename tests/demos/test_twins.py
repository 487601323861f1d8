"""What the page on twins says, asserted over several seeds."""

from __future__ import annotations

import json
import re
from dataclasses import FrozenInstanceError
from itertools import islice, product

import numpy as np
import pytest
import twins as demo_file
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, Tanh, data
from convlens.train import batches, train
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE

from .corners import corners

EVIDENCE_OF = load("twins")

twins, split_sides = demo_file.twins, demo_file.split_sides
SEEDS = range(5)
WAYS = list(product(("same", "different"), ("same", "different")))
TASKS = ("several", "one", "digits")


def last(**settings):
    *_, state = demo_file.simulate(**{"gap": 0.0, "steps": 300, **settings})
    return state


@pytest.mark.parametrize("seed", SEEDS)
def test_two_that_differ_and_are_read_alike_end_farther_apart_than_they_began(seed):
    differences = last(incoming="different", outgoing="same", task="several", seed=seed).differences
    assert 0 < differences[0] < differences[-1]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_both_ties_equal_keeps_the_filters_bit_equal(task, seed):
    state = last(incoming="same", outgoing="same", task=task, seed=seed)
    assert state.differences == (0.0,) * 301
    filters, (first, second) = (split_sides(tree)[0] for tree in (state.step.params, state.step.grads))
    assert np.array_equal(*filters)
    assert np.array_equal(first, second)
    assert np.any(first), "equal because nothing moves would prove nothing"


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


@pytest.mark.exhaustive
@pytest.mark.slow
def test_nearly_equal_filters_end_apart_where_several_are_of_use_and_hardly_part_where_one_is_enough():
    def runs(task):
        return [
            last(incoming="same", outgoing="same", task=task, gap=1e-9, steps=2000, seed=seed).differences
            for seed in SEEDS[:3]
        ]

    several, one = runs("several"), runs("one")
    at = {n: np.median([differences[n] for differences in several]) for n in (600, 1000, 2000)}
    assert at[600] < 1e-4 < at[2000]
    assert at[600] < at[1000] < at[2000]
    assert at[2000] > 0.1
    assert np.median([differences[-1] for differences in one]) < 1e-6


def test_one_filter_has_not_learned_which_way_a_line_runs_when_two_have():
    one, two = ([EVIDENCE_OF.accuracies_of(seed, filters, 300) for seed in range(3)] for filters in (1, 2))
    assert max(run["accuracy_300"] for run in one) < 0.9
    for name in ("accuracy_300", "unseen"):
        assert np.median([run[name] for run in one]) < np.median([run[name] for run in two]) - 0.1


@pytest.mark.exhaustive
@pytest.mark.slow
def test_one_filter_learns_which_way_a_line_runs_late_and_badly():
    one, two = ([EVIDENCE_OF.accuracies_of(seed, filters, 3000) for seed in SEEDS[:3]] for filters in (1, 2))
    for run in one:
        assert run["accuracy_300"] < 0.9 < run["accuracy_3000"], "late"
        assert run["unseen"] < run["accuracy_3000"] - 0.05, "and badly"
    for name in ("accuracy_300", "unseen"):
        assert np.median([run[name] for run in one]) < np.median([run[name] for run in two]) - 0.1


@pytest.mark.parametrize("exponent", [-9, -5, -1])
def test_the_gap_is_what_the_slider_says(exponent):
    state = last(incoming="same", outgoing="same", task="several", gap=10.0**exponent, steps=1, seed=0)
    assert state.differences[0] == pytest.approx(10.0**exponent, rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_filters_that_start_at_zero_stay_there_with_relu_and_part_with_tanh(seed):
    """The page's self-check."""
    rng = np.random.default_rng(seed)
    x, labels = data.several_filters_task(rng, count=64, dtype=np.float64)
    for activation in (ReLU(), Tanh()):
        model = Sequential(Conv2d(2, kernel=5), activation, GlobalAveragePool2d(), Linear(4))
        params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
        params["conv1"] = {name: np.zeros_like(array) for name, array in params["conv1"].items()}
        begun, *_, step = islice(train(model, params, batches(x, labels), SGD(1.0)), 51)
        first, second = step.params["conv1"]["weight"]
        if isinstance(activation, ReLU):
            assert not step.params["conv1"]["weight"].any()
            assert np.array_equal(step.params["linear1"]["weight"], begun.params["linear1"]["weight"])
        else:
            assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize(("task", "apart"), [("several", True), ("one", False)])
def test_the_smallest_gap_that_counts_is_another_one_on_the_two_tasks(task, apart):
    """The lesson's first task, with the settings that it names."""
    ends = last(incoming="same", outgoing="same", gap=1e-4, task=task, steps=1000, seed=0).differences[-1]
    assert (ends > 0.1) == apart


def test_a_state_stays_as_it_was_yielded():
    states = list(demo_file.simulate("same", "different", 0.0, "several", 30, seed=0))
    assert [len(state.differences) for state in states] == list(range(1, 32))
    assert [state.step.number for state in states] == list(range(31))
    with pytest.raises(FrozenInstanceError):
        states[0].differences = ()


@pytest.mark.parametrize(
    ("incoming", "outgoing", "gap", "task"),
    corners(("same", "different"), ("same", "different"), (0, 1e-9, 0.1), TASKS),
)
def test_every_corner_of_the_settings_ends_in_a_figure(incoming, outgoing, gap, task):
    figure = twins.still(incoming=incoming, outgoing=outgoing, gap=gap, task=task, steps=100, seed=9999)
    assert figure.alt.startswith("After 100 steps")
    assert "weights, step 100" in {row[0] for row in figure.table.rows}
    assert ("not used" in figure.caption) == (gap > 0 and incoming == "different")
    assert not re.search(r"\bnan\b", figure.svg)


@hypothesis_settings(deadline=None, max_examples=25)
@given(
    st.fixed_dictionaries(
        {
            "incoming": st.sampled_from(("same", "different")),
            "outgoing": st.sampled_from(("same", "different")),
            "gap": st.one_of(st.just(0.0), st.floats(1e-9, 1e-1)),
            "task": st.sampled_from(TASKS),
            "seed": st.integers(0, 9999),
        }
    )
)
def test_every_setting_begins_with_a_figure_whose_words_are_true(chosen):
    for number, figure in enumerate(islice(twins(**chosen), 3)):
        rows = {row[0]: row[1:] for row in figure.table.rows}
        assert (rows[f"weights, step {number}"][-1] == 0) == ("identical to the last bit" in figure.alt)
        assert not re.search(r"\bnan\b", figure.svg)
        assert sum(len(panel) for panel in figure.to_json()["panels"]) < 12_000


def zeros(panel):
    """How many exact zeros a panel shows as hollow squares."""
    return sum(d.count("M") for d in re.findall(r'class="zero" d="([^"]*)"', panel.svg()))


def test_an_exact_zero_is_hollow_wherever_it_stands():
    tied, untied = (twins.still(steps=100, outgoing=outgoing).panels for outgoing in ("same", "different"))
    assert [zeros(panel) for panel in tied] == [0, 25], "the strip"
    assert [zeros(panel) for panel in untied] == [0, 0]
    for panels, large in ((tied, True), (untied, False)):
        assert bool(re.search(r'font-size="44"[^>]*>0</text>', panels[1].svg())) == large


def test_divergence_is_a_result(monkeypatch):
    monkeypatch.setattr(demo_file, "RATE", 1e200)
    figures = list(twins(outgoing="different"))
    assert 1 < len(figures) < 10
    assert "Training diverged at step" in figures[-1].caption
    assert not re.search(r"\bnan\b", figures[-1].svg)


def test_the_sentence_the_table_and_the_outcome_say_the_same():
    for outgoing, outcome in (("same", "same"), ("different", "apart")):
        figure = twins.still(outgoing=outgoing, steps=100)
        rows = {row[0]: row[1:] for row in figure.table.rows}
        assert figure.outcome == outcome
        for name in ("weights, step 100", "gradient", "v: a rising line"):
            assert (rows[name][-1] == 0) == (outcome == "same"), name
        assert ("identical to the last bit" in figure.alt) == (outcome == "same")


def test_only_a_tiny_gap_is_drawn_on_powers_of_ten_and_only_other_plots_take_a_guess():
    for settings, high in (
        ({}, 8),
        ({"incoming": "different"}, 8),
        ({"steps": 600}, 16),
        ({"gap": 1e-9}, None),
    ):
        drawn = "".join(panel.svg() for panel in twins.opening(**settings).panels)
        assert ("10⁻" in drawn) == (high is None)
        steps = settings.get("steps", 300)
        assert re.findall(r'data-guess="([^"]*)"', drawn) == ([f"0 {steps} 0 {high}"] if high else [])


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
        ({"detail": 1}, "detail"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        twins.parse(raw)
    assert refusal.value.control == control


def test_the_evidence_says_what_the_table_of_the_page_says():
    cases = json.loads((EVIDENCE / "twins.json").read_text())["cases"]
    for task, (incoming, outgoing) in product(TASKS, WAYS):
        case = cases[f"{task}-{incoming}-{outgoing}"]
        for name, tied in (
            ("outgoing_step", incoming == "same"),
            ("filters_step", incoming == outgoing == "same"),
            ("difference", incoming == outgoing == "same"),
        ):
            assert {value == 0 for value in case[name]["values"]} == {tied}, (task, incoming, outgoing, name)
