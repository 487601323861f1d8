"""What the site says of small networks on real handwritten digits, asserted over several seeds."""

from __future__ import annotations

import json

import numpy as np
import pytest
import twins

from convlens import data
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE

DIGITS, SQUIGGLE = load("digits"), load("squiggle_or_corner")
KEPT = json.loads((EVIDENCE / "digits.json").read_text())["cases"]
SEEDS = range(3)


def test_the_cases_are_those_that_were_measured():
    assert {case: kept["settings"] for case, kept in KEPT.items()} == DIGITS.CASES


@pytest.mark.sample(4)
@pytest.mark.parametrize("case", [*DIGITS.CASES])
def test_a_run_gives_what_is_recorded(case):
    for name, value in DIGITS.measure(0, **DIGITS.CASES[case]).items():
        assert value == pytest.approx(KEPT[case][name]["values"][0], abs=0.02), name


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_layer_without_filters_beats_the_means_and_is_nearly_as_good_as_the_maps(seed):
    pixels, maps, means = (DIGITS.measure(seed, case)["unseen_2000"] for case in ("pixels", "maps", "means"))
    assert means < pixels - 0.05
    assert abs(maps - pixels) < 0.03


def test_the_evidence_says_what_the_pages_say():
    ends = {case: kept["unseen_2000"] for case, kept in KEPT.items()}
    assert ends["means"]["max"] < ends["pixels"]["min"]
    assert 0 < ends["maps"]["median"] - ends["pixels"]["median"] < 0.01
    near = json.loads((EVIDENCE / "twins.json").read_text())["cases"]["digits-near"]
    assert near["difference"]["min"] > 1
    shapes, digits = (
        json.loads((EVIDENCE / "squiggle_or_corner.json").read_text())["cases"][case]
        for case in ("six", "digits")
    )
    assert digits["to_all"]["min"] == digits["settings"]["filters"]
    assert shapes["lean_percent"]["median"] > shapes["lean_start_percent"]["median"] + 10
    assert digits["favourite_percent"]["median"] < digits["favourite_start_percent"]["median"] + 2
    assert digits["matched"]["max"] < 0.9


def test_with_pixels_that_are_never_below_0_filters_stop(monkeypatch):
    """Why the demos subtract the mean of the digits."""

    def stopped() -> int:
        ends = [list(twins.simulate("same", "same", 0.0, "digits", 300, seed))[-1] for seed in SEEDS]
        return sum(not end.step.grads["conv1"]["weight"].any() for end in ends)

    assert stopped() == 0
    monkeypatch.setitem(twins.TASKS, "digits", data.handwritten_digits_task)
    assert stopped() > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_filter_responds_to_all_ten_digits_and_another_start_gives_others(seed):
    numbers = SQUIGGLE.measure(seed, filters=6, steps=200, digits=300)
    assert numbers["to_all"] == 6
    assert numbers["unseen"] > 0.5, "of filters that learned nothing this would say nothing"
    assert numbers["matched"] < 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_the_digits_of_the_demos_are_real_pictures_minus_their_mean(seed):
    x, labels = twins.TASKS["digits"](np.random.default_rng(seed), count=64, dtype=np.float64)
    original, same = data.handwritten_digits_task(np.random.default_rng(seed), 64, dtype=np.float64)
    assert np.array_equal(labels, same)
    assert x.mean() == pytest.approx(0, abs=1e-12)
    assert np.ptp(x - original) < 1e-12
