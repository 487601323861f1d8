"""What the page on squiggle and right angle says, asserted over several seeds; it has three demos."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cache

import filter_votes as votes_file
import numpy as np
import pytest
import squiggle_or_corner as demo_file
import two_seeds as pairs_file

from convlens.attribution import ablate
from convlens.permutation import permute_channels
from convlens.train import Step
from convlens_live.controls import ParameterError
from convlens_site.evidence import load

from .corners import corners

EVIDENCE_OF = load("squiggle_or_corner")

demo, votes_demo = demo_file.squiggle_or_corner, votes_file.filter_votes
pairs_demo = pairs_file.two_seeds
ALL = (demo, pairs_demo)
SEEDS = range(8)


@cache
def network_of(seed: int):
    """A network after training."""
    *_, network = demo.states(seed=seed)
    return network


@cache
def numbers_of(seed: int, filters: int) -> dict[str, float]:
    """The numbers that the evidence has of a network and its partner."""
    return EVIDENCE_OF.measure(seed, filters=filters, noise=0.2, steps=400)


@pytest.fixture(params=[3, pytest.param(8, marks=[pytest.mark.slow, pytest.mark.exhaustive])])
def over_seeds(request):
    """Return what gives one of these numbers over the first few seeds."""

    def over_seeds(name: str, filters: int = 6) -> np.ndarray:
        return np.array([numbers_of(seed, filters)[name] for seed in range(request.param)])

    return over_seeds


def test_the_networks_learn_to_tell_the_shapes_apart(over_seeds):
    assert over_seeds("accuracy").min() > 0.9


def test_most_filters_answer_to_both_shapes(over_seeds):
    assert np.median(over_seeds("both")) > 3


def test_every_filter_begins_by_answering_to_both_alike_and_training_tilts_it(over_seeds):
    assert (over_seeds("lean_start_percent") < 65).all()
    assert (over_seeds("lean_percent") > over_seeds("lean_start_percent") + 5).all()
    assert np.median(over_seeds("lean_percent")) < 90, "seldom all the way"


def test_training_tilts_most_filters_to_the_side_that_they_voted_for_at_the_start(over_seeds):
    assert over_seeds("kept_side_and_tilted_to_it").sum() > 0.9 * over_seeds("kept_side").sum() > 0
    assert over_seeds("changed_side_and_tilted_to_the_first").sum() <= 0.2 * over_seeds("changed_side").sum()


@pytest.mark.parametrize("seeds", [2, pytest.param(8, marks=[pytest.mark.slow, pytest.mark.exhaustive])])
def test_of_two_networks_some_filters_are_close_and_others_strangers(seeds):
    cosines = np.concatenate([pairs(seed) for seed in range(seeds)])
    assert cosines.max() > 0.8
    assert cosines.min() < 0.2


def pairs(seed: int) -> np.ndarray:
    """The cosines of the best pairs of two networks that differ in their start."""
    *_, pair = pairs_file.learn_twice(6, 0.2, 400, seed, seed + 5000)
    return pair.matched[1]


def test_of_two_filters_fewer_answer_to_both(over_seeds):
    assert over_seeds("both", 2).mean() / 2 < over_seeds("both").mean() / 6


def test_no_filter_becomes_a_whole_shape_though_they_come_a_little_closer(over_seeds):
    assert over_seeds("most_like").max() < 0.9
    assert np.median(over_seeds("most_like")) > np.median(over_seeds("most_like_start"))


def test_most_filters_can_each_be_taken_away_but_not_the_most_needed_one(over_seeds):
    assert np.median(over_seeds("small_rises")) >= 3
    assert np.median(over_seeds("largest_rise")) > 4 * np.median(over_seeds("median_rise"))
    assert np.median(over_seeds("largest_rise")) > 0.5


def test_a_filter_mostly_votes_for_the_shape_it_answers_more_to(over_seeds):
    assert np.median(over_seeds("votes_as_it_answers_percent")) > 50


def look_at(seed: int, shape: str = "squiggle", **more):
    """What the network of a seed makes of a shape."""
    return next(votes_demo.states(seed=seed, shape=shape, **more))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_filter_votes_for_the_same_side_whatever_is_painted(seed):
    painted = np.random.default_rng(seed).integers(2**25, size=5).tolist()
    votes = np.array([look_at(seed, painted=each).votes for each in (0, *painted)])
    assert ((votes >= 0).all(axis=0) | (votes <= 0).all(axis=0)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_votes_and_the_bias_are_the_verdict_and_the_verdict_is_right(seed):
    network = votes_file.trained(seed)
    logits, _ = network.model(network.step.params, demo_file.CLEAN)
    for shape, (to_squiggle, to_corner) in zip(demo_file.NAMES, logits, strict=True):
        look = look_at(seed, shape)
        assert look.verdict == pytest.approx(to_corner - to_squiggle)
        assert (look.verdict > 0) == (shape == "corner")


def test_a_filter_that_is_taken_away_contributes_nothing_as_in_ablation():
    look, whole = look_at(0, away=0b1001), look_at(0)
    assert look.votes[[0, 3]].tolist() == [0, 0]
    kept = [1, 2, 4, 5]
    assert look.votes[kept].tolist() == whole.votes[kept].tolist()
    params = ablate(look.network.step.params, (0, 3))
    logits, _ = look.network.model(params, demo_file.CLEAN[:1])
    assert look.verdict == pytest.approx(logits[0, 1] - logits[0, 0])
    assert "Without filters 1 and 4" in votes_demo.still(away=0b1001).alt


def test_a_pixel_that_is_painted_twice_is_as_before():
    drawn = votes_demo.still(painted=0b11).panels[0].svg()
    assert 'data-drag="clear" data-set' not in drawn
    assert 'data-set="painted=2,away=0" data-drag="clear"' in drawn, (
        "pixel 1 was white, is black, and can be cleared"
    )
    assert look_at(0, painted=0b1).shape[0, 0] == 1
    assert look_at(0).shape[0, 0] == 0


def test_two_starts_agree_on_the_joint_reading_more_than_on_the_filters_and_on_these_more_than_chance(
    over_seeds,
):
    assert np.median(over_seeds("joint")) > np.median(over_seeds("matched")) + 0.2
    assert np.median(over_seeds("matched")) > np.median(over_seeds("matched_start"))
    assert np.median(over_seeds("matched_shifted")) > np.median(over_seeds("matched_shifted_start"))
    assert np.median(over_seeds("matched")) < 0.8, "so it is not the same set of filters in another order"
    assert over_seeds("same_number").mean() < 3, "a filter's number is no guide to its partner"


def test_the_order_that_fits_best_is_found_again_after_a_shuffle():
    network = network_of(0)
    order = np.random.default_rng(0).permutation(6)
    shuffled = permute_channels(network.step.params, order)
    other = replace(network, step=Step(0, 0.0, 0.0, shuffled, {}))
    found, cosines = pairs_file.pair_up(network.filters, other.filters)
    assert np.array_equal(order[found], np.arange(6))
    assert cosines == pytest.approx(np.ones(6))
    assert EVIDENCE_OF.pair_up_shifted(network.filters, other.filters) == pytest.approx(1.0)


def test_the_joint_reading_is_the_slope_of_the_verdict():
    network = network_of(0)
    tiny, brighter = 1e-6, demo_file.CLEAN.copy()
    brighter[:, 0, 5, 5] += tiny
    logits, _ = network.model(network.step.params, brighter)
    before, _ = network.model(network.step.params, demo_file.CLEAN)
    rise = logits[:, 1] - logits[:, 0] - (before[:, 1] - before[:, 0])
    assert rise / tiny == pytest.approx(pairs_file.read_jointly(network)[:, 5, 5], rel=1e-4)


def test_a_shape_is_most_like_itself_also_one_pixel_further_left():
    moved = np.pad(demo_file.SHAPES[0], 1)[1:6, 2:7]
    assert EVIDENCE_OF.likeness(np.array([*demo_file.SHAPES, moved])) == pytest.approx(np.ones(3))


@pytest.mark.parametrize(
    ("filters", "noise", "which"),
    corners(
        (2, 8),
        (0.0, 0.6),
        (
            (demo, {}),
            (pairs_demo, {"second": 0}),
            (pairs_demo, {"second": 9999}),
        ),
    ),
)
def test_every_corner_of_the_settings_ends_in_a_figure(filters, noise, which):
    shown, more = which
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = shown.still(filters=filters, noise=noise, steps=100, seed=9999, **more)
    assert figure.alt.startswith("After 100 steps")
    assert len(figure.table.rows) == filters
    assert ("one network twice" in figure.caption) == (more.get("second") == 9999)
    assert sum(len(panel.svg()) for panel in figure.panels) < 60_000


def test_a_run_that_diverges_says_so_and_ends(monkeypatch):
    monkeypatch.setattr(demo_file, "SGD", lambda learning_rate: _Wild())
    for *before, figure in (shown(steps=100) for shown in ALL):
        assert len(before) < 3
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
    figure = pairs_demo.still(seed=3, second=3, steps=100)
    assert [row[-2] for row in figure.table.rows] == [1, 2, 3, 4, 5, 6]
    assert [row[-1] for row in figure.table.rows] == pytest.approx([1.0] * 6)


def test_what_is_shown_beside_the_filters_does_not_change_the_run():
    one, seeds = (shown.still(steps=100).table for shown in ALL)
    assert [row[:2] for row in seeds.rows] == list(one.rows)
    assert seeds.columns[2:] == ("partner", "cosine")


@pytest.mark.parametrize("seeds", [3, pytest.param(8, marks=[pytest.mark.slow, pytest.mark.exhaustive])])
def test_the_outcome_of_the_prediction_is_the_claim(seeds):
    assert demo.still().outcome == "both"
    assert sum(demo_file.outcome_of(network_of(seed)) == "both" for seed in range(seeds)) >= 0.75 * seeds


@pytest.mark.parametrize(
    ("shown", "raw", "control"),
    [
        (demo, {"filters": 9}, "filters"),
        (demo, {"noise": -0.1}, "noise"),
        (demo, {"steps": 99}, "steps"),
        (votes_demo, {"shape": "cross"}, "shape"),
        (votes_demo, {"painted": 2**25}, "painted"),
        (votes_demo, {"away": 64}, "away"),
        (pairs_demo, {"second": -1}, "second"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(shown, raw, control):
    with pytest.raises(ParameterError, match=control):
        shown.parse(raw)
