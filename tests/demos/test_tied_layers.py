"""What the page on the second layer says of copies: they stay identical if, and only if, what reads their maps is tied."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import tied_layers as demo

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, data
from convlens.symmetry import largest_difference
from convlens.ties import tie
from convlens.train import batches, train, until
from convlens_site.paths import EVIDENCE

WAYS = ("equal", "different")
SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("slices", "listening"), list(product(WAYS, WAYS)))
def test_copies_stay_identical_if_and_only_if_they_are_read_equally(
    slices: str, listening: str, seed: int
) -> None:
    first, *_, last = demo.simulate(slices, listening, seed)
    assert first.apart == [(0.0, 0.0)]
    assert [gap == 0 for gap in last.apart[-1]] == [slices == "equal", listening == "equal"]
    for layer in demo.READS:
        moved = np.abs(last.step.params[layer]["weight"] - first.step.params[layer]["weight"]).max()
        assert moved > 0.1, "equal because nothing moves would prove nothing"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slices_that_read_copies_stay_equal_with_them(seed: int) -> None:
    *_, last = demo.simulate("equal", "different", seed)
    slices = last.step.params["conv2"]["weight"].swapaxes(0, 1)
    assert largest_difference(*slices[:2]) == 0
    assert largest_difference(*slices[1:3]) > 0


@pytest.mark.parametrize("equal", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_deeper_network_copies_of_layer_2_need_the_slices_of_layer_3(seed: int, equal: bool) -> None:
    rng = np.random.default_rng(seed)
    x, labels = data.several_filters_task(rng, 32, dtype=np.float64)
    convolutions = [layer for _ in range(3) for layer in (Conv2d(4, kernel=3), ReLU())]
    model = Sequential(*convolutions, GlobalAveragePool2d(), Linear(4))
    params, _ = model.init(rng, x.shape[1:], dtype=np.float64)
    params = tie(params, layer="conv2", next_layer="conv3", outgoing=equal)
    *_, last = until(train(model, params, batches(x, labels), SGD(0.2)), 40)
    assert (largest_difference(*last.params["conv2"]["weight"][:2]) == 0) == equal


def test_a_difference_of_exactly_0_is_written_as_0_and_no_other() -> None:
    figure = demo.tied_layers.still()
    first, second = (row[-2:] for row in (figure.table.rows[0], figure.table.rows[-1]))
    assert first == (0.0, 0.0)
    assert second[0] > 0
    assert second[1] == 0
    assert figure.outcome == "different equal"
    assert "filters A and B are identical" in figure.alt


def test_the_evidence_says_what_the_page_says() -> None:
    cases = json.loads((EVIDENCE / "tied_layers.json").read_text())["cases"]
    for task, slices, listening in product(("lines", "digits"), WAYS, WAYS):
        case = cases[f"{task}-{slices}-{listening}"]
        for name, way in (("first", slices), ("second", listening)):
            if way == "equal":
                assert case[name]["max"] == 0
            elif task == "lines":
                assert case[name]["min"] > 0
            else:  # there, two copies were dead in one of the runs
                assert case[name]["median"] > 0.1
