"""What the page on twins says, asserted over several seeds."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from itertools import islice, product

import numpy as np
import pytest
import twins as demo_file
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, Tanh, data
from convlens.attribution import image_pulls, residual
from convlens.train import batches, train
from convlens_live.controls import ParameterError
from convlens_site.evidence import load, measure
from convlens_site.paths import EVIDENCE

EVIDENCE_OF = load("twins")

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


def test_nearly_equal_filters_end_apart_where_several_are_of_use_and_hardly_part_where_one_is_enough():
    def runs(task):
        return [
            last(incoming="same", outgoing="same", task=task, gap=1e-9, steps=2000, seed=seed).differences
            for seed in SEEDS
        ]

    several, one = runs("several"), runs("one")
    at = {n: np.median([differences[n] for differences in several]) for n in (600, 1000, 2000)}
    assert at[600] < 1e-4 < at[2000]
    assert at[600] < at[1000] < at[2000]
    assert at[2000] > 0.1
    assert np.median([differences[-1] for differences in one]) < 1e-6


def test_one_filter_learns_which_way_a_line_runs_late_and_badly():
    one, two = ([EVIDENCE_OF.learners(seed, filters, 3000) for seed in SEEDS] for filters in (1, 2))
    for run in one:
        assert run["accuracy_300"] < 0.9 < run["accuracy_3000"], "late"
        assert run["unseen"] < run["accuracy_3000"] - 0.05, "and badly"
    for name in ("accuracy_300", "unseen"):
        assert np.median([run[name] for run in one]) < np.median([run[name] for run in two]) - 0.1


@pytest.mark.parametrize("exponent", [-9, -5, -1])
def test_the_gap_is_what_the_slider_says(exponent):
    state = last(incoming="same", outgoing="same", task="several", gap=10.0**exponent, steps=1, seed=0)
    assert state.differences[0] == pytest.approx(10.0**exponent, rel=0.1)


WAYS = list(product(("same", "different"), ("same", "different")))


def some_states(incoming, outgoing, task, seed, at=(0, 1, 40)):
    """A run at some of its steps."""
    run = demo_file.simulate(incoming, outgoing, 0.0, task, max(at), seed)
    return [state for state in run if state.step.number in at]


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", range(3))
def test_the_factors_multiplied_are_the_pull_that_the_library_computes(incoming, outgoing, task, seed):
    for state in some_states(incoming, outgoing, task, seed, at=(0, 40)):
        kept = state.model, state.step.params, state.x, state.labels
        library = 64 * image_pulls(*kept)[:, :, 0]
        errors = residual(state.model(state.step.params, state.x)[0], state.labels)
        total = np.zeros((2, 5, 5))
        for n in range(64):
            pull = demo_file.pull_of(state, n)
            factors = (pull.outgoing @ pull.residual)[:, None, None] * pull.patches
            assert np.abs(factors - library[n]).max() < 1e-12
            assert np.abs(pull.product - library[n]).max() < 1e-12
            assert np.abs(pull.residual - errors[n]).max() < 1e-12
            total += pull.product
        assert np.abs(total / 64 - state.gradients).max() < 1e-12
        assert np.abs(library).max() > 1e-6, "agreement about nothing would prove nothing"


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


def test_the_notebook_checks_the_same():
    (state,) = some_states("same", "different", "several", 0, at=(40,))
    assert 0 < max(demo_file.deviations(state)) < 1e-12


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_private_factors_make_equal_pulls_to_the_last_bit(task, seed):
    for state in some_states("same", "same", task, seed):
        for n in range(64):
            pull = demo_file.pull_of(state, n)
            for private in (pull.outgoing, pull.passes, pull.patches, pull.errors, pull.product):
                assert np.array_equal(*private)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_different_outgoing_weights_leave_the_patches_equal_and_the_pulls_not(task, seed):
    (start,) = some_states("same", "different", task, seed, at=(0,))
    pulls = [demo_file.pull_of(start, n) for n in range(64)]
    assert all(np.array_equal(*pull.passes) and np.array_equal(*pull.patches) for pull in pulls)
    assert not all(np.array_equal(*pull.product) for pull in pulls)


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_first_step_does_to_each_side(incoming, outgoing, task, seed):
    start, after = islice(demo_file.simulate(incoming, outgoing, 0.0, task, 1, seed), 2)
    (_, *before), (_, filters, of_outgoing), (_, *drawn) = demo_file.first_steps(start)
    assert np.array_equal(drawn[0], after.filters)
    assert np.array_equal(drawn[1], after.outgoing)
    assert np.array_equal(*before[0]) == (incoming == "same")
    assert np.array_equal(*before[1]) == (outgoing == "same")
    assert np.array_equal(*of_outgoing) == (incoming == "same"), (
        "equal maps, equal steps of the outgoing weights"
    )
    assert np.array_equal(*filters) == (incoming == outgoing == "same"), "the filters need both ties"
    assert np.any(filters)
    assert np.any(of_outgoing)


@pytest.mark.parametrize("task", TASKS)
def test_the_images_to_choose_from_show_every_class_and_bear_its_name(task):
    rng = np.random.default_rng(0)
    clean, labels = {"several": data.several_filters_task, "one": data.one_filter_task}[task](
        rng, 64, noise=0.0
    )
    chosen = demo_file.examples(labels)
    assert len(set(chosen)) == demo_file.IMAGES
    assert set(labels[chosen]) == set(labels)
    for n, label in enumerate(labels):
        name, shape = list(demo_file.CLASSES[task].items())[label]
        windows = np.lib.stride_tricks.sliding_window_view(clean[n, 0], (5, 5)).reshape(-1, 5, 5)
        assert clean[n].sum() == shape.sum()
        assert (windows == shape).all(axis=(1, 2)).any(), name


def test_the_chosen_image_is_marked_named_and_what_the_table_is_about():
    seen = set()
    for image in range(demo_file.IMAGES):
        figure = twins.still(outgoing="different", steps=100, image=image)
        drawn = figure.panels[0].content
        assert re.findall(r'data-set="image=(\d)"', drawn) == ["0", "1", "2", "3"]
        assert re.findall(r'data-set="image=(\d)" data-on="true"', drawn) == [str(image)]
        assert f"Image {image + 1} pulls" in figure.alt
        rows = {row[0]: row[1:] for row in figure.table.rows}
        (state,) = some_states("same", "different", "several", 0, at=(100,))
        pull = demo_file.pull_of(state, demo_file.examples(state.labels)[image])
        assert rows["v · δ"][:2] == pytest.approx(pull.errors, rel=1e-3)
        assert rows["patches that pass"][:2] == tuple(pull.passes.sum(axis=(1, 2)))
        assert rows["δ: a vertical line"][2] == 0, "common: no difference between the filters"
        seen.add(figure.table.rows)
    assert len(seen) == demo_file.IMAGES


@pytest.mark.parametrize("image", [0, demo_file.IMAGES - 1])
@pytest.mark.parametrize(
    ("incoming", "outgoing", "gap", "task"),
    list(product(("same", "different"), ("same", "different"), (0, 1e-9, 0.1), TASKS)),
)
def test_every_corner_of_the_settings_ends_in_a_figure(incoming, outgoing, gap, task, image):
    figure = twins.still(
        incoming=incoming, outgoing=outgoing, gap=gap, task=task, steps=100, seed=9999, image=image
    )
    assert figure.alt.startswith("After 100 steps")
    assert "weights, step 100" in {row[0] for row in figure.table.rows}
    assert ("not used" in figure.caption) == (gap > 0 and incoming == "different")
    assert not re.search(r"\bnan\b", figure.svg)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0"),
        (1e-300, "≈ 0"),
        (-0.00499, "≈ 0"),
        (0.005, "0.01"),
        (-9.994, "−9.99"),
        (-9.996, "−10.0"),
        (123.4, "123.4"),
    ],
)
def test_a_number_fits_its_cell_and_zero_means_zero(value, said):
    assert demo_file.short(value) == said
    assert len(said) <= 5


@hypothesis_settings(deadline=None, max_examples=25)
@given(
    st.fixed_dictionaries(
        {
            "incoming": st.sampled_from(("same", "different")),
            "outgoing": st.sampled_from(("same", "different")),
            "gap": st.one_of(st.just(0.0), st.floats(1e-9, 1e-1)),
            "task": st.sampled_from(TASKS),
            "seed": st.integers(0, 9999),
            "image": st.integers(0, demo_file.IMAGES - 1),
        }
    )
)
def test_every_setting_begins_with_a_figure_whose_words_are_true(chosen):
    figures = list(islice(twins(**chosen), 3))
    for number, figure in enumerate(figures):
        rows = {row[0]: row[1:] for row in figure.table.rows}
        assert (rows[f"weights, step {number}"][-1] == 0) == ("identical to the last bit" in figure.alt)
        assert ("pulls on both alike" in figure.alt) == (rows["= its pull"][2] == 0)
        assert not re.search(r"\bnan\b", figure.svg)
        assert sum(len(panel) for panel in figure.to_json()["panels"]) < 25_000


def test_a_filter_that_nothing_passes_gets_no_pull_and_that_is_drawn_hollow():
    start = next(demo_file.simulate("different", "same", 0.0, "several", 1, seed=0))
    params = copy.deepcopy(start.step.params)
    params["conv1"]["bias"][0] = -100.0
    start = replace(start, step=replace(start.step, params=params))
    pull = demo_file.pull_of(start, 0)
    assert not pull.passes[0].any()
    assert not pull.product[0].any()
    assert pull.product[1].any()
    drawn = demo_file.draw_pull(start, pull, "").content
    assert "× patches ●: 0 of 64" in drawn
    assert drawn.count(">00000</text>") == 10, "the sum of the patches, and the pull"


def test_an_exact_zero_is_hollow_wherever_it_stands():
    tied, untied = twins.still(steps=100).panels[1], twins.still(steps=100, outgoing="different").panels[1]
    assert tied.content.count(f">{'0' * 25}</text>") == 1, "the strip"
    assert tied.content.count(">000</text>") == 2, (
        "before, step and after, of the weights and of the outgoing weights"
    )
    assert tied.content.count(">0</text>") == 1 + 2, "the large one; two at the axes"
    assert untied.content.count(">0</text>") == 2 + 2, "before: the weights; the step: the outgoing weights"


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
        assert (rows["weights, step 100"][-1] == 0) == (outcome == "same")
        assert (rows["step 1: weights"][-1] == 0) == (outcome == "same")
        assert rows["step 1: v"][-1] == 0
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
        ({"image": 4}, "image"),
        ({"image": 0.5}, "image"),
        ({"incoming": "equal"}, "incoming"),
        ({"code": "1"}, "code"),
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


@pytest.mark.parametrize("case", EVIDENCE_OF.CASES)
def test_the_evidence_still_holds(case):
    kept = json.loads((EVIDENCE / "twins.json").read_text())["cases"][case]
    assert kept["settings"] == EVIDENCE_OF.CASES[case]
    for seed in (0, 17):
        for name, value in measure("twins", case, seed).items():
            assert value == pytest.approx(kept[name]["values"][seed], rel=1e-3, abs=0), (name, seed)
