"""What the page on zeros and ones says, asserted over several seeds."""

from __future__ import annotations

import inspect

import nine_starts as demo_file
import numpy as np
import pytest
import softmax_alone
import what_comes_back

from convlens import ops
from convlens_live.controls import ParameterError
from convlens_site.paths import ROOT

STARTS, STEPS, ROUNDING = demo_file.STARTS, demo_file.STEPS, demo_file.ROUNDING
SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))
EARLY = 4  # of the shown steps: enough for what holds at every step
PAGE = (ROOT / "docs/questions/what-if-zeros.md").read_text("utf-8")


def moments(activation: str, seed: int, count: int = EARLY) -> list[dict]:
    training = demo_file.trained(activation, seed)
    return [training.at(n) for n in range(count)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("outgoing", demo_file.WAYS)
def test_with_relu_filters_at_zero_get_exactly_nothing_and_never_move(outgoing: str, seed: int) -> None:
    found = [moment["zero", outgoing] for moment in moments("relu", seed)]
    for network in found:
        assert not network.gradients.any()
        assert not network.filters.any()
        assert np.array_equal(network.outgoing, found[0].outgoing)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("activation", demo_file.ACTIVATIONS)
def test_a_zero_next_layer_lets_nothing_back_at_step_0_and_something_at_step_1(
    activation: str, seed: int
) -> None:
    first, second, *_ = [moment["random", "zero"] for moment in moments(activation, seed)]
    assert not first.gradients[0].any()
    assert first.gradients[1].min() > ROUNDING
    assert second.gradients.min() > ROUNDING


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("activation", demo_file.ACTIVATIONS)
@pytest.mark.parametrize("outgoing", ["zero", "constant"])
def test_constants_on_both_sides_leave_one_filter(outgoing: str, activation: str, seed: int) -> None:
    found = [moment["constant", outgoing] for moment in moments(activation, seed)]
    assert [network.different for network in found] == [1] * EARLY
    assert found[-1].filters.std() > 0, "equal because nothing moves would prove nothing"
    assert not np.array_equal(found[0].filters, found[-1].filters)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("activation", demo_file.ACTIVATIONS)
def test_ones_are_a_constant_like_any_other(
    activation: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_file, "CONSTANT", 1.0)
    training = demo_file.Training(activation, seed)
    found = [training.at(n) for n in range(EARLY)]
    for outgoing, different in ("zero", 1), ("constant", 1), ("random", 4):
        networks = [moment["constant", outgoing] for moment in found]
        assert np.array_equal(networks[0].filters, np.ones((4, 5, 5)))
        assert [network.different for network in networks] == [1, *[different] * (EARLY - 1)]
        assert not np.array_equal(networks[0].filters, networks[-1].filters)
    for filters in "constant", "random":
        assert (found[0][filters, "constant"].outgoing == 1).all()
        assert found[0][filters, "constant"].gradients[0].max() < ROUNDING
    dead = found[-1]["zero", "constant"].gradients
    assert not dead.any() if activation == "relu" else dead.max() < ROUNDING


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_one_filter_of_ones_learns_something_and_far_less_than_a_random_start(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_file, "CONSTANT", 1.0)
    last = demo_file.Training("relu", seed).at(len(STEPS) - 1)
    for outgoing in "zero", "constant":
        accuracy = last["constant", outgoing].accuracy
        assert 0.35 < accuracy < last["random", "random"].accuracy - 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_next_layer_separates_constant_filters_in_one_step(seed: int) -> None:
    first, second, *_ = [moment["constant", "random"] for moment in moments("relu", seed)]
    assert (first.different, second.different) == (1, 4)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("filters", ["constant", "random"])
def test_a_constant_next_layer_lets_nothing_but_rounding_back(filters: str, seed: int) -> None:
    first = moments("relu", seed, 1)[0][filters, "constant"]
    assert first.gradients[0].max() < ROUNDING < first.gradients[1].min()


@pytest.mark.parametrize("seed", SEEDS)
def test_with_tanh_filters_at_zero_move_if_the_next_layer_is_random(seed: int) -> None:
    first, second, *_ = moments("tanh", seed)
    assert first["zero", "random"].gradients[0].min() > ROUNDING
    assert not first["zero", "random"].gradients[1].any()
    assert second["zero", "random"].different == 4
    assert not second["zero", "zero"].gradients.any()
    assert 0 < second["zero", "constant"].gradients.max() < ROUNDING


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_zero_next_layer_learns_with_relu_about_as_well_as_a_random_one_and_one_filter_does_not(
    seed: int,
) -> None:
    last = demo_file.trained("relu", seed).at(len(STEPS) - 1)
    accuracy = {ways: network.accuracy for ways, network in last.items()}
    assert accuracy["random", "zero"] > accuracy["random", "random"] - 0.1
    assert accuracy["constant", "zero"] < accuracy["random", "zero"] - 0.1
    assert {accuracy["zero", outgoing] for outgoing in demo_file.WAYS} == {0.25}


def test_the_picture_says_zero_only_where_a_run_has_exact_zeros() -> None:
    def product_of(**ways: str) -> str:
        return what_comes_back.draw(next(what_comes_back.what_comes_back.states(**ways))).panels[3].svg()

    assert ">outgoing weights 0<" in product_of(filters="random", outgoing="zero")
    assert ">open patches 0<" in product_of(filters="zero", outgoing="random")
    assert ">responses 0<" in product_of(filters="zero", outgoing="random")
    rounding = product_of(filters="random", outgoing="constant")
    assert ">≈ 0<" in rounding
    assert " 0<" not in rounding.replace("step 0<", "").replace("≈ 0<", "")


def test_a_cell_of_the_map_chooses_its_start() -> None:
    figure = what_comes_back.draw(next(what_comes_back.what_comes_back.states()))
    for drawing in figure.panels[:2]:
        for filters, outgoing in STARTS:
            assert f'data-set="filters={filters},outgoing={outgoing}"' in drawing.svg()
    with pytest.raises(ParameterError, match="must be one of zero, constant, random"):
        what_comes_back.what_comes_back.parse({"filters": "ones"})


def test_before_the_first_step_the_map_does_not_say_which_will_learn() -> None:
    figure = demo_file.nine_starts.opening()
    drawn = "".join(panel.svg() for panel in figure.panels)
    assert "? of 9" in drawn
    assert not any(sign in drawn for sign in ("% =", "% ≠", "%\u00a0=", "3 of 9"))
    assert len(figure.table.columns) == 4


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("start", ["zero", "constant"])
def test_the_outputs_of_one_softmax_layer_differ_after_one_step(start: str, seed: int) -> None:
    run = softmax_alone.simulate(start, "digits", seed)
    first, second = next(run), next(run)
    assert (first.different, second.different) == (1, 10)


def test_the_two_lines_that_the_page_shows_are_in_the_library() -> None:
    source = inspect.getsource(ops.relu)
    for line in ("is_off = x <= 0", "return zero_where(is_off, dy)"):
        assert line in source
        assert line in PAGE
