"""What the page says of the pull of one image on two filters, asserted over several seeds."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from itertools import islice, product

import numpy as np
import pull as demo_file
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pull import Look, choose_examples, take_apart
from twins import CLASSES, simulate, split_sides, twins

from convlens import data
from convlens.attribution import image_pulls, residual
from convlens_live.controls import ParameterError

from .corners import corners

pull = demo_file.pull
SEEDS = range(5)
TASKS = ("several", "one")
WAYS = list(product(("same", "different"), ("same", "different")))


def some_states(incoming, outgoing, task, seed, at=(0, 1, 40)):
    """A run at some of its steps."""
    run = simulate(incoming, outgoing, 0.0, task, max(at), seed)
    return [state for state in run if state.step.number in at]


def pulls_of(state):
    """The pull of each image at one step."""
    return [take_apart(state, state, n) for n in range(64)]


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", range(3))
def test_the_factors_multiplied_are_the_pull_that_the_library_computes(incoming, outgoing, task, seed):
    for state in some_states(incoming, outgoing, task, seed, at=(0, 40)):
        library = 64 * image_pulls(state.model, state.step.params, state.x, state.labels)[:, :, 0]
        errors = residual(state.model(state.step.params, state.x)[0], state.labels)
        total = np.zeros((2, 5, 5))
        for n, taken in enumerate(pulls_of(state)):
            factors = (taken.outgoing @ taken.residual)[:, None, None] * taken.patches
            assert np.abs(factors - library[n]).max() < 1e-12
            assert np.abs(taken.product - library[n]).max() < 1e-12
            assert np.abs(taken.residual - errors[n]).max() < 1e-12
            total += taken.product
        assert np.abs(total / 64 - split_sides(state.step.grads)[0]).max() < 1e-12
        assert np.abs(library).max() > 1e-6, "agreement about nothing would prove nothing"


def test_the_notebook_checks_the_same():
    (state,) = some_states("same", "different", "several", 0, at=(40,))
    assert 0 < max(demo_file.measure_deviations(state)) < 1e-12


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_private_factors_make_equal_pulls_to_the_last_bit(task, seed):
    for state in some_states("same", "same", task, seed):
        for taken in pulls_of(state):
            for private in (taken.outgoing, taken.passes, taken.patches, taken.errors, taken.product):
                assert np.array_equal(*private)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_different_outgoing_weights_leave_the_patches_equal_and_the_pulls_not(task, seed):
    (start,) = some_states("same", "different", task, seed, at=(0,))
    pulls = pulls_of(start)
    assert all(np.array_equal(*taken.passes) and np.array_equal(*taken.patches) for taken in pulls)
    assert not all(np.array_equal(*taken.product) for taken in pulls)


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_first_step_does_to_each_side(incoming, outgoing, task, seed):
    start, after = islice(simulate(incoming, outgoing, 0.0, task, 1, seed), 2)
    before, (filters, of_outgoing), drawn = demo_file.first_steps(start)
    for side, one in zip(drawn, split_sides(after.step.params), strict=True):
        assert np.array_equal(side, one)
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
    chosen = choose_examples(labels)
    assert len(set(chosen)) == demo_file.IMAGES
    assert set(labels[chosen]) == set(labels)
    for n, label in enumerate(labels):
        name, shape = list(CLASSES[task].items())[label]
        windows = np.lib.stride_tricks.sliding_window_view(clean[n, 0], (5, 5)).reshape(-1, 5, 5)
        assert clean[n].sum() == shape.sum()
        assert (windows == shape).all(axis=(1, 2)).any(), name


def test_the_chosen_image_is_marked_named_and_what_the_table_is_about():
    seen = set()
    (state,) = some_states("same", "different", "several", 0, at=(100,))
    for image in range(demo_file.IMAGES):
        figure = pull.still(outgoing="different", steps=100, image=image)
        drawn = figure.panels[0].svg()
        assert re.findall(r'data-set="image=(\d)"', drawn) == ["0", "1", "2", "3"]
        assert re.findall(r'data-set="image=(\d)" data-on="true"', drawn) == [str(image)]
        assert f"Image {image + 1} pulls" in figure.alt
        rows = {row[0]: row[1:] for row in figure.table.rows}
        taken = take_apart(state, state, choose_examples(state.labels)[image])
        assert rows["v · δ"][:2] == pytest.approx(taken.errors, rel=1e-3)
        assert rows["patches that pass"][:2] == tuple(taken.passes.sum(axis=(1, 2)))
        assert rows["δ: a vertical line"][2] == 0, "common: no difference between the filters"
        seen.add(figure.table.rows)
    assert len(seen) == demo_file.IMAGES


@pytest.mark.parametrize(
    ("incoming", "outgoing", "gap", "task", "image"),
    corners(("same", "different"), ("same", "different"), (0, 1e-9, 0.1), TASKS, (0, demo_file.IMAGES - 1)),
)
def test_every_corner_of_the_settings_ends_in_a_figure(incoming, outgoing, gap, task, image):
    figure = pull.still(
        incoming=incoming, outgoing=outgoing, gap=gap, task=task, steps=100, seed=9999, image=image
    )
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
            "image": st.integers(0, demo_file.IMAGES - 1),
        }
    )
)
def test_every_setting_begins_with_a_figure_whose_words_are_true(chosen):
    for number, figure in enumerate(islice(pull(**chosen), 3)):
        rows = {row[0]: row[1:] for row in figure.table.rows}
        assert (rows[f"weights, step {number}"][-1] == 0) == ("identical to the last bit" in figure.alt)
        assert ("pulls on both alike" in figure.alt) == (rows["= its pull"][2] == 0)
        assert not re.search(r"\bnan\b", figure.svg)
        assert sum(len(panel) for panel in figure.to_json()["panels"]) < 32_000


def zeros(panel):
    """How many exact zeros a panel shows as hollow squares."""
    return sum(d.count("M") for d in re.findall(r'class="zero" d="([^"]*)"', panel.svg()))


def test_a_filter_that_nothing_passes_gets_no_pull_and_that_is_drawn_hollow():
    start = next(simulate("different", "same", 0.0, "several", 1, seed=0))
    params = copy.deepcopy(start.step.params)
    params["conv1"]["bias"][0] = -100.0
    start = replace(start, step=replace(start.step, params=params))
    taken = take_apart(start, start, 0)
    assert not taken.passes[0].any()
    assert not taken.product[0].any()
    assert taken.product[1].any()
    drawn = pull.picture(Look(start, start, choose_examples(start.labels)[0])).panels[0]
    assert "× patches ●: 0 of 64" in drawn.svg()
    assert zeros(drawn) == 2 * 25, "the sum of the patches, and the pull"


def test_an_exact_zero_is_hollow_wherever_it_stands():
    tied, untied = (pull.still(steps=100, outgoing=outgoing).panels for outgoing in ("same", "different"))
    assert [zeros(panel) for panel in tied] == [0, 25 + 2 * 3], (
        "the strip; before, step and after, of the weights and of the outgoing weights"
    )
    assert [zeros(panel) for panel in untied] == [0, 2], "before: the weights; the step: the outgoing weights"


def test_divergence_is_a_result(monkeypatch):
    monkeypatch.setitem(simulate.__globals__, "RATE", 1e200)
    figures = list(pull(outgoing="different"))
    assert 1 < len(figures) < 10
    assert "Training diverged at step" in figures[-1].caption
    assert not re.search(r"\bnan\b", figures[-1].svg)


def test_the_sentence_the_table_and_the_outcome_say_the_same():
    for outgoing, outcome in (("same", "same"), ("different", "apart")):
        figure = pull.still(outgoing=outgoing, steps=100)
        rows = {row[0]: row[1:] for row in figure.table.rows}
        assert figure.outcome == outcome
        assert (rows["weights, step 100"][-1] == 0) == (outcome == "same")
        assert (rows["step 1: weights"][-1] == 0) == (outcome == "same")
        assert rows["step 1: v"][-1] == 0
        assert ("identical to the last bit" in figure.alt) == (outcome == "same")


def test_both_demos_of_the_page_show_one_run_and_have_its_settings():
    assert list(pull.controls) == [*twins.controls, "image"]
    assert {name: pull.controls[name] for name in twins.controls} == twins.controls
    assert {name: pull.defaults[name] for name in twins.controls} == twins.defaults
    settings = {"outgoing": "different", "steps": 100, "seed": 3}
    for one, other in zip(twins(**settings), pull(**settings), strict=True):
        assert other.alt.startswith(one.alt)
        assert (one.caption, one.outcome) == (other.caption, other.outcome)


def test_the_same_settings_give_the_same_pictures():
    first, second = (
        [figure.to_json() for figure in pull(steps=100, outgoing="different", seed=3)] for _ in range(2)
    )
    assert first == second
    assert len(first) == 101


def test_what_is_drawn_once_is_that_of_the_run_that_is_shown():
    def drawn(seed):
        return [panel.svg() for panel in pull.still(steps=100, seed=seed).panels]

    before = drawn(0), drawn(1)
    assert before[0] != before[1]
    assert (drawn(0), drawn(1)) == before


@pytest.mark.parametrize(
    ("raw", "control"), [({"image": 4}, "image"), ({"image": 0.5}, "image"), ({"gap": 1}, "gap")]
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        pull.parse(raw)
    assert refusal.value.control == control
