"""What the page on squiggle and right angle says, asserted over several seeds."""

from __future__ import annotations

import json
import warnings
from functools import cache
from itertools import product

import numpy as np
import pytest
import squiggle_or_corner as demo_file

from convlens.permutation import permute_channels
from convlens.train import Step
from convlens_live.controls import ParameterError
from convlens_site.evidence import load, measure
from convlens_site.paths import EVIDENCE

EVIDENCE_OF = load("squiggle_or_corner")

demo = demo_file.squiggle_or_corner
SEEDS = range(8)
SHOWN = ("votes", "removal", "seeds")


@cache
def run(seed: int, filters: int = 6):
    """The last reading of a network, and the numbers that are kept of it and its partner."""
    *_, step = demo_file.learn(filters, 0.2, 400, seed, seed)
    unseen = demo_file.images(seed, 0.2, unseen=True)
    return demo_file.read(step, unseen), EVIDENCE_OF.measure(seed, filters=filters, noise=0.2, steps=400)


def over_seeds(name: str, filters: int = 6) -> np.ndarray:
    return np.array([run(seed, filters)[1][name] for seed in SEEDS])


def test_the_networks_learn_to_tell_the_shapes_apart():
    assert over_seeds("accuracy").min() > 0.9


def test_most_filters_answer_to_both_shapes():
    assert np.median(over_seeds("both")) > 3


def test_every_filter_begins_by_answering_to_both_alike_and_training_tilts_it():
    assert (over_seeds("both_start") == 6).all()
    assert (over_seeds("lean_start_percent") < 65).all()
    assert (over_seeds("lean_percent") > over_seeds("lean_start_percent") + 5).all()
    assert np.median(over_seeds("lean_percent")) < 90, "seldom all the way"


def test_training_tilts_most_filters_to_the_side_that_they_voted_for_at_the_start():
    assert over_seeds("kept_side_and_tilted_to_it").sum() > 0.9 * over_seeds("kept_side").sum() > 0
    assert over_seeds("changed_side_and_tilted_to_the_first").sum() <= 0.2 * over_seeds("changed_side").sum()


def test_of_two_networks_some_filters_are_close_and_others_strangers():
    cosines = np.concatenate([pairs(seed) for seed in SEEDS])
    assert cosines.max() > 0.8
    assert cosines.min() < 0.2


def pairs(seed: int) -> np.ndarray:
    """The cosines of the best pairs of two networks that differ in their start."""
    ends = [list(demo_file.learn(6, 0.2, 400, seed, start))[-1] for start in (seed, seed + 5000)]
    return demo_file.pair_up(*map(demo_file.weights, ends))[1]


def test_of_two_filters_fewer_answer_to_both():
    assert over_seeds("both", 2).mean() / 2 < over_seeds("both").mean() / 6


def test_no_filter_becomes_a_whole_shape_though_they_come_a_little_closer():
    assert over_seeds("most_like").max() < 0.9
    assert np.median(over_seeds("most_like")) > np.median(over_seeds("most_like_start"))


def test_most_filters_can_each_be_taken_away_but_not_the_most_needed_one():
    assert np.median(over_seeds("small_rises")) >= 3
    assert np.median(over_seeds("largest_rise")) > 4 * np.median(over_seeds("median_rise"))
    assert np.median(over_seeds("largest_rise")) > 0.5


def test_a_filter_mostly_votes_for_the_shape_it_answers_more_to():
    assert np.median(over_seeds("votes_as_it_answers_percent")) > 50


@pytest.mark.parametrize("seed", SEEDS)
def test_a_filter_votes_for_the_same_side_whatever_the_image(seed):
    reading, _ = run(seed)
    on_squiggle, on_corner = reading.votes
    assert (on_squiggle * on_corner >= 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_votes_and_the_bias_are_the_verdict_and_the_verdict_is_right(seed):
    reading, _ = run(seed)
    bias = reading.step.params["linear1"]["bias"]
    assert reading.votes.sum(axis=1) + bias[1] - bias[0] == pytest.approx(reading.verdict)
    assert reading.verdict[0] < 0 < reading.verdict[1]


def test_two_starts_agree_on_the_joint_reading_more_than_on_the_filters_and_on_these_more_than_chance():
    assert np.median(over_seeds("joint")) > np.median(over_seeds("matched")) + 0.2
    assert np.median(over_seeds("matched")) > np.median(over_seeds("matched_start"))
    assert np.median(over_seeds("matched_shifted")) > np.median(over_seeds("matched_shifted_start"))
    assert np.median(over_seeds("matched")) < 0.8, "so it is not the same set of filters in another order"
    assert over_seeds("same_number").mean() < 3, "a filter's number is no guide to its partner"


def test_the_order_that_fits_best_is_found_again_after_a_shuffle():
    reading, _ = run(0)
    order = np.random.default_rng(0).permutation(6)
    shuffled = permute_channels(reading.step.params, order)
    other = demo_file.weights(Step(0, 0.0, 0.0, shuffled, {}))
    found, cosines = demo_file.pair_up(reading.filters, other)
    assert np.array_equal(order[found], np.arange(6))
    assert cosines == pytest.approx(np.ones(6))
    assert demo_file.pair_up_shifted(reading.filters, other) == pytest.approx(1.0)


def test_the_joint_reading_is_the_slope_of_the_verdict():
    reading, _ = run(0)
    params, tiny = reading.step.params, 1e-6
    brighter = demo_file.CLEAN.copy()
    brighter[:, 0, 5, 5] += tiny
    logits, _ = demo_file.model_of(6)(params, brighter)
    assert (logits[:, 1] - logits[:, 0] - reading.verdict) / tiny == pytest.approx(
        reading.joint[:, 5, 5], rel=1e-4
    )


def test_a_shape_is_most_like_itself_also_one_pixel_further_left():
    whole = np.array([shape.ravel() for shape in demo_file.SHAPES])
    moved = np.pad(demo_file.SHAPES[0], 1)[1:6, 2:7].reshape(1, -1)
    assert demo_file.likeness(np.concatenate([whole, moved])) == pytest.approx(np.ones(3))


@pytest.mark.parametrize(
    ("show", "filters", "noise", "second"), list(product(SHOWN, (2, 8), (0.0, 0.6), (0, 9999)))
)
def test_every_corner_of_the_settings_ends_in_a_figure(show, filters, noise, second):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = demo.still(show=show, filters=filters, noise=noise, steps=100, seed=9999, second=second)
    assert figure.alt.startswith("After 100 steps")
    assert len(figure.table.rows) == filters
    assert ("one network twice" in figure.caption) == (show == "seeds" and second == 9999)
    assert sum(len(panel.svg()) for panel in figure.panels) < 60_000


def test_a_run_that_diverges_says_so_and_ends(monkeypatch):
    monkeypatch.setattr(demo_file, "SGD", lambda learning_rate: _Wild())
    for show in SHOWN:
        *_, figure = demo(show=show, steps=100)
        assert figure.outcome == "diverged"
        assert "diverged" in figure.alt
        assert "diverged" in figure.caption


class _Wild:
    def start(self, params):
        return params

    def step(self, params, grads, state):
        return {
            name: {key: value * np.inf for key, value in own.items()} for name, own in params.items()
        }, state


def test_two_networks_from_one_seed_are_one_network():
    figure = demo.still(show="seeds", seed=3, second=3, steps=100)
    assert [row[-2] for row in figure.table.rows] == [1, 2, 3, 4, 5, 6]
    assert [row[-1] for row in figure.table.rows] == pytest.approx([1.0] * 6)


def test_what_is_shown_beside_the_filters_does_not_change_the_run():
    votes, removal, seeds = (demo.still(show=show, steps=100).table.rows for show in SHOWN)
    assert votes == removal
    assert [row[:5] for row in seeds] == [row[:5] for row in votes]
    assert {len(row) for row in votes} == {5}
    assert {len(row) for row in seeds} == {7}


def test_the_outcome_of_the_prediction_is_the_claim():
    assert demo.still().outcome == "both"
    assert sum(demo_file.outcome_of(run(seed)[0]) == "both" for seed in SEEDS) >= 6


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"filters": 9}, "filters"),
        ({"noise": -0.1}, "noise"),
        ({"steps": 99}, "steps"),
        ({"second": -1}, "second"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control):
        demo.parse(raw)


@pytest.mark.parametrize("case", EVIDENCE_OF.CASES)
def test_the_evidence_still_holds(case):
    kept = json.loads((EVIDENCE / "squiggle_or_corner.json").read_text())["cases"][case]
    assert kept["settings"] == EVIDENCE_OF.CASES[case]
    for seed in (0, 17):
        for name, value in measure("squiggle_or_corner", case, seed).items():
            assert value == pytest.approx(kept[name]["values"][seed], rel=1e-3, abs=1e-6), (name, seed)
