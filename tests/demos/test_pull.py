"""What the page says of the gradient of one image for two filters, asserted over several seeds."""

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
from pull import NAMES, Look, take_apart, take_step
from twins import LINES, simulate, split_sides

from convlens import data
from convlens.attribution import image_pulls, residual
from convlens.symmetry import largest_difference
from convlens_live.controls import ParameterError

pull = demo_file.pull
SEEDS = range(5)
TASKS = ("several", "one")
WAYS = list(product(("same", "different"), ("same", "different")))
SCENES = ("1", "2", "3", "4")


def some_states(incoming, outgoing, task, seed, at=(0, 1, 40)):
    """A run at some of its steps."""
    run = simulate(incoming, outgoing, 0.0, task, max(at), seed)
    return [state for state in run if state.step.number in at]


def pulls_of(state):
    """The gradient of each image at one step."""
    return [take_apart(state, n) for n in range(64)]


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", range(3))
def test_the_factors_multiplied_are_the_gradient_that_the_library_computes(incoming, outgoing, task, seed):
    for state in some_states(incoming, outgoing, task, seed, at=(0, 40)):
        library = 64 * image_pulls(state.model, state.step.params, state.x, state.labels)[:, :, 0]
        errors = residual(state.model(state.step.params, state.x)[0], state.labels)
        total = np.zeros((2, 5, 5))
        for n, taken in enumerate(pulls_of(state)):
            factors = (taken.outgoing @ taken.error)[:, None, None] * taken.patches
            assert np.abs(factors - library[n]).max() < 1e-12
            assert np.abs(taken.gradient - library[n]).max() < 1e-12
            assert np.abs(taken.error - errors[n]).max() < 1e-12
            assert taken.answer.sum() == pytest.approx(1)
            total += taken.gradient
        assert np.abs(total / 64 - split_sides(state.step.grads)[0]).max() < 1e-12
        assert np.abs(library).max() > 1e-6, "agreement about nothing would prove nothing"


def test_the_notebook_checks_the_same():
    (state,) = some_states("same", "different", "several", 0, at=(40,))
    assert 0 < max(demo_file.measure_deviations(state)) < 1e-12


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_equal_factors_make_equal_gradients_and_steps_to_the_last_bit(task, seed):
    for state in some_states("same", "same", task, seed):
        for taken in pulls_of(state):
            for own in (
                taken.outgoing,
                taken.fires,
                taken.patches,
                taken.told,
                taken.gradient,
                take_step(taken),
            ):
                assert np.array_equal(*own)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_different_outgoing_weights_leave_the_patches_equal_and_the_gradients_not(task, seed):
    (start,) = some_states("same", "different", task, seed, at=(0,))
    pulls = pulls_of(start)
    assert all(np.array_equal(*taken.fires) and np.array_equal(*taken.patches) for taken in pulls)
    assert not all(np.array_equal(*taken.gradient) for taken in pulls)


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_first_step_does_to_each_side(incoming, outgoing, task, seed):
    start, after = islice(simulate(incoming, outgoing, 0.0, task, 1, seed), 2)
    (filters, v), (new_filters, new_v) = (split_sides(each.step.params) for each in (start, after))
    assert np.array_equal(*filters) == (incoming == "same")
    assert np.array_equal(*v) == (outgoing == "same")
    steps = split_sides(start.step.grads)
    assert np.array_equal(*steps[1]) == (incoming == "same"), (
        "equal maps, equal steps of the outgoing weights"
    )
    assert np.array_equal(*steps[0]) == (incoming == outgoing == "same"), "the filters need both ties"
    assert np.array_equal(*new_filters) == (incoming == outgoing == "same")
    assert np.array_equal(*new_v) == (incoming == outgoing == "same")


@pytest.mark.parametrize("seed", SEEDS)
def test_after_one_step_copies_that_the_next_layer_tells_apart_fire_at_different_positions_before_long(seed):
    (later,) = some_states("same", "different", "several", seed, at=(40,))
    assert not all(np.array_equal(*taken.fires) for taken in pulls_of(later))


@pytest.mark.parametrize("seed", SEEDS)
def test_before_training_most_weights_are_between_minus_and_plus_a_half(seed):
    filters, _ = split_sides(next(simulate("different", "different", 0.0, "several", 1, seed)).step.params)
    assert (np.abs(filters) < 0.5).mean() > 0.75


def test_the_names_of_the_images_are_those_of_their_lines():
    clean, labels = data.several_filters_task(np.random.default_rng(0), 64, noise=0.0)
    shapes = list(LINES.values())
    for n, label in enumerate(labels):
        windows = np.lib.stride_tricks.sliding_window_view(clean[n, 0], (5, 5)).reshape(-1, 5, 5)
        assert (windows == shapes[label]).all(axis=(1, 2)).any(), NAMES[label]
    for image in NAMES:
        assert NAMES[pull.function(image=image).pull.label] == image


# --- the scenes -----------------------------------------------------------------------------------------


def zeros(panel):
    """How many exact zeros a panel shows as hollow squares."""
    return sum(d.count("M") for d in re.findall(r'class="zero" d="([^"]*)"', panel.svg()))


@pytest.mark.parametrize(("incoming", "outgoing"), WAYS)
def test_the_large_number_is_a_hollow_zero_only_where_both_ties_hold(incoming, outgoing):
    for steps in ("0", "40"):
        figure = pull.still(incoming=incoming, outgoing=outgoing, scene="4", steps=steps)
        tied = incoming == outgoing == "same"
        assert [zeros(panel) for panel in figure.panels] == [0, tied, tied]
        assert ("exactly 0 apart" in figure.alt) == tied == (figure.outcome == "same")


def test_the_truth_is_drawn_with_exact_zeros_and_the_error_is_negative_for_the_right_class_alone():
    for image in NAMES:
        figure = pull.still(image=image)
        assert [zeros(panel) for panel in figure.panels] == [0, 3, 3]
        error = pull.function(image=image).pull.error
        assert [name for name, d in zip(NAMES, error, strict=True) if d < 0] == [image]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_second_scene_says_of_the_two_filters_is_true(seed):
    for image, outgoing in product(NAMES, ("same", "different")):
        figure = pull.still(outgoing=outgoing, scene="2", image=image, seed=seed)
        first, second = pull.function(outgoing=outgoing, image=image, seed=seed).pull.told
        if outgoing == "same":
            assert "comes back to both filters" in figure.alt
            assert first == second
        elif first * second < 0:
            assert f"filter 1 should respond {'less' if first > 0 else 'more'}" in figure.alt
        else:
            assert f"both filters should respond {'less' if first > 0 else 'more'}" in figure.alt


@pytest.mark.parametrize("incoming", ["same", "different"])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_third_scene_says_of_the_positions_is_true(incoming, seed):
    for image in NAMES:
        figure = pull.still(incoming=incoming, scene="3", image=image, seed=seed)
        fires = pull.function(incoming=incoming, image=image, seed=seed).pull.fires
        assert figure.alt.startswith("Equal filters") == (incoming == "same")
        assert figure.alt.startswith("Different filters") == (not np.array_equal(*fires))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_on_one_image_moves_the_filters_as_its_message_says(seed):
    """A filter that should respond less does so after a small step, unless it does not fire at all."""
    for image in NAMES:
        taken = pull.function(image=image, seed=seed).pull
        for k in (0, 1):
            change = -(taken.gradient[k] * taken.patches[k]).sum()  # of its mean response, to first order
            assert np.sign(change) == -np.sign(taken.told[k])


def test_the_default_image_is_told_in_opposite_directions_so_that_the_scenes_are_about_something():
    first, second = pull.function().pull.told
    assert first > 0 > second


def test_the_position_that_is_pointed_at_is_framed_and_its_patch_shown():
    drawn = [pull.still(scene="3", place=place).panels for place in (0, 27)]
    assert drawn[0][1].svg() != drawn[1][1].svg()
    every = re.findall(r'data-set="place=(\d+)"', drawn[0][1].svg())
    assert [int(each) for each in every] == [*range(64)] * 2
    assert "data-set" not in drawn[0][2].svg(), "on a phone, a finger is larger than a position"


def test_a_scene_marks_its_factors_and_each_idea_bears_its_name():
    names = {
        "error",
        "image",
        *(f"{each}-{k}" for each in ("weights", "patches", "gradient") for k in (1, 2)),
    }
    for scene in SCENES:
        figure = pull.still(scene=scene)
        drawn = {name for panel in figure.panels for name in re.findall(r'data-idea="([^"]*)"', panel.svg())}
        said = set(" ".join(re.findall(r"\]\(([^)]*)\)", figure.caption)).split())
        assert said <= drawn == names
        assert figure.heading


def test_no_scene_moves_what_is_below_it_on_a_wide_page():
    sizes = {
        (panel.width, panel.height)
        for scene in SCENES
        for panel in pull.still(scene=scene).panels
        if panel.only == "wide"
    }
    assert len(sizes) == 1


def test_a_filter_that_fires_nowhere_gets_no_gradient_and_that_is_drawn_hollow():
    start = next(simulate("different", "same", 0.0, "several", 1, seed=0))
    params = copy.deepcopy(start.step.params)
    params["conv1"]["bias"][0] = -100.0
    taken = take_apart(replace(start, step=replace(start.step, params=params)), 0)
    assert not taken.fires[0].any()
    assert not taken.gradient[0].any()
    assert taken.gradient[1].any()
    assert "fires at 0 of 64" in pull.picture(Look(taken, 2, 27)).panels[1].svg()
    assert zeros(pull.picture(Look(taken, 3, 27)).panels[1]) >= 25, "the gradient"


@hypothesis_settings(deadline=None, max_examples=25)
@given(
    st.fixed_dictionaries(
        {
            "incoming": st.sampled_from(("same", "different")),
            "outgoing": st.sampled_from(("same", "different")),
            "scene": st.sampled_from(SCENES),
            "image": st.sampled_from(NAMES),
            "steps": st.sampled_from(("0", "40")),
            "seed": st.integers(0, 9999),
        }
    )
)
def test_every_setting_gives_a_figure_whose_words_are_true(chosen):
    figure, taken = pull.still(**chosen), pull.function(**chosen).pull
    rows = {row[0]: row[1:] for row in figure.table.rows}
    assert rows["v · δ"][:2] == pytest.approx(taken.told, rel=1e-3)
    assert rows["positions that fire"][:2] == tuple(taken.fires.sum(axis=(1, 2)))
    assert rows[f"δ: {chosen['image']}"][2] == 0, "shared: no difference between the filters"
    assert (rows["filter after"][2] == 0) == (largest_difference(*take_step(taken)) == 0)
    if chosen["incoming"] == chosen["outgoing"] == "same":
        assert figure.outcome == "same"
    assert not re.search(r"\bnan\b", figure.svg)


@pytest.mark.parametrize(
    ("raw", "control"), [({"image": "4"}, "image"), ({"scene": 1}, "scene"), ({"place": 64}, "place")]
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        pull.parse(raw)
    assert refusal.value.control == control
