"""What the page on the number of filters says, asserted over several seeds."""

from __future__ import annotations

import filter_count as demo_file
import numpy as np
import pytest
import spare_filters
from spare_filters import POINT, Left

from convlens import evaluate
from convlens.attribution import ablate, outgoing_weights
from convlens_site.evidence import load

COUNTS, NEW = demo_file.COUNTS, demo_file.NEW
SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))
MUCH, LITTLE = 0.3 * NEW, 0.02 * NEW


def right(images: str, reads: str, filters: int, seed: int) -> int:
    return Left(spare_filters.trained(images, reads, filters, seed)).right


@pytest.mark.parametrize("seed", SEEDS)
def test_one_filter_gets_few_digits_from_its_mean_and_most_from_its_whole_map(seed: int) -> None:
    mean, whole = (right("digits", reads, 1, seed) for reads in ("mean", "map"))
    assert mean < 0.4 * NEW
    assert whole > mean + MUCH


@pytest.mark.parametrize("seed", SEEDS)
def test_from_the_means_more_filters_get_more_digits(seed: int) -> None:
    one, four, all_of_them = (right("digits", "mean", filters, seed) for filters in (1, 4, 32))
    assert one + MUCH < four < all_of_them


@pytest.mark.parametrize("seed", SEEDS)
def test_two_means_tell_four_lines_apart_and_one_does_not(seed: int) -> None:
    one, two = (right("lines", "mean", filters, seed) for filters in (1, 2))
    assert one < 0.95 * NEW < two


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("images", ["digits", "lines"])
def test_what_can_go_alone_cannot_go_together(images: str, seed: int) -> None:
    whole = Left(spare_filters.trained(images, "map", 32, seed))
    together = Left(whole.network, tuple(whole.spare))
    assert len(whole.spare) > 16
    assert whole.right - together.right > MUCH
    assert 4 < load("filter_count").chosen(whole) < len(whole.spare)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("reads", ["mean", "map"])
def test_no_two_of_the_spare_filters_are_copies(reads: str, seed: int) -> None:
    left = Left(spare_filters.trained("digits", reads, 32, seed))
    assert len(left.spare) > 1
    assert left.cosines.max() < 0.95
    assert len(left.cosines) == 32 * 31 // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_with_dropout_more_of_the_filters_can_go_alone(seed: int) -> None:
    plain, dropped = (
        Left(demo_file.learn("digits", "mean", 32, seed, dropout=dropout)) for dropout in (False, True)
    )
    assert len(dropped.spare) > len(plain.spare) + 8
    assert abs(dropped.right - plain.right) < 2 * LITTLE


def test_a_black_map_costs_exactly_nothing() -> None:
    network = spare_filters.trained("digits", "mean", 32, 0)
    black = np.flatnonzero(network.black)
    assert len(black) == 1, "seed 0 has one"
    left = Left(network)
    assert [left.costs[k] for k in black.tolist()] == [0]
    assert Left(network, tuple(black.tolist())).right == left.right


# --- the experiment -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reads", ["mean", "map"])
def test_a_filter_that_is_taken_away_has_outgoing_weights_of_0(reads: str) -> None:
    network = demo_file.learn("digits", reads, 4, 0, steps=100)
    for away in ((), (2,), (0, 1, 3)):
        params = ablate(network.params, away)
        assert not outgoing_weights(params)[:, away].any()
        _, accuracy = evaluate(network.model, params, network.x, network.labels)
        assert Left(network, away).right == round(accuracy * NEW)


def test_what_is_learned_and_what_is_new_are_different_images_and_all_networks_of_a_seed_share_them() -> None:
    networks = [demo_file.start("digits", reads, 2, 3) for reads in ("mean", "map")]
    assert np.array_equal(networks[0].x, networks[1].x)
    x, _ = demo_file.images_of("digits", 3)
    assert len(x) == demo_file.LEARN + NEW
    assert len(networks[0].x) == NEW
    assert not np.array_equal(demo_file.start("digits", "mean", 2, 4).x, networks[0].x)


def test_a_cost_is_what_is_lost_now_and_a_loss_together_is_no_sum_of_losses() -> None:
    left = Left(spare_filters.trained("digits", "mean", 8, 0))
    first, second = sorted(left.costs, key=lambda k: -left.costs[k])[:2]
    after = Left(left.network, (first,))
    assert first not in after.costs
    assert after.costs[second] == after.right - Left(left.network, (first, second)).right
    assert after.costs[second] != left.costs[second]
    assert Left(left.network, tuple(range(8))).costs == {}


# --- the pictures ---------------------------------------------------------------------------------------


def test_before_the_run_there_is_no_dot_and_after_it_one_number_for_each_count() -> None:
    states = [
        demo_file.Dots("digits", "mean", tuple((0.1 * n + 0.1,) * made for n in range(6)), 0)
        for made in (0, 8)
    ]
    opening, end = map(demo_file.draw, states)
    assert opening.outcome == "none"
    assert end.outcome == "10 20 30 40 50 60"
    assert [row[1:] for row in opening.table.rows] == [(0, "", "", "")] * 6
    assert opening.panels[0].svg().count("data-guess") == 1
    assert "data-guess" in end.panels[0].svg()


def test_a_run_yields_the_start_and_then_one_network_after_another() -> None:
    states = demo_file.simulate("lines", "mean", 0)
    found = [next(states) for _ in range(3)]
    assert [sum(map(len, each.shares)) for each in found] == [0, 1, 2]
    assert [len(each) for each in found[2].shares] == [1, 1, 0, 0, 0, 0]


def test_each_filter_and_each_button_sets_what_is_away() -> None:
    figure = spare_filters.spare_filters.still(filters="8", away=0b101)
    filters, numbers = (panel.svg() for panel in figure.panels)
    assert filters.count('data-drag="back"') == 2
    assert filters.count('data-drag="away"') == 6
    assert 'data-set="away=4"' in filters, "puts filter 1 back"
    assert 'data-set="away=7"' in filters, "takes filter 2 away"
    assert 'data-set="away=0"' in numbers
    assert "Put back" not in spare_filters.spare_filters.still(filters="8").panels[1].svg()


def test_one_press_takes_all_that_can_go_and_says_what_they_cost_together() -> None:
    left = Left(spare_filters.trained("digits", "mean", 32, 0))
    away = sum(1 << k for k in left.spare)
    assert f'data-set="away={away}"' in spare_filters.draw(left).panels[1].svg()
    after = Left(left.network, tuple(left.spare))
    assert f"Each of these {len(left.spare)} could go alone" in spare_filters.remark(after)
    lost = 100 * (left.right - after.right) / NEW
    assert f"{lost:.1f} points fewer" in spare_filters.describe(after)
    assert left.right - after.right > POINT


@pytest.mark.parametrize(("filters", "away"), [("1", 0), ("1", 1), ("4", 15), ("2", 2**32 - 1)])
def test_the_last_filter_can_go_too(filters: str, away: int) -> None:
    figure = spare_filters.spare_filters.still(filters=filters, images="lines", away=away)
    svg = "".join(panel.svg() for panel in figure.panels)
    assert ("No filter is left" in svg) == (away > 0)
    assert svg.count("data-set") == int(filters) + (1 if away else 2 if "can go<" in svg else 1)
