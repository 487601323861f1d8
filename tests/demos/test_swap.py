"""What the page says of swapping two filters: before training or after it, over several seeds."""

from __future__ import annotations

import numpy as np
import one_tie_breaker
import pytest
import swap as demo_file

from convlens.symmetry import largest_difference

SEEDS = range(5)
NOT_IN_THE_START = ["momentum", "adam", "decay", "noise", "labels", "tanh", "pooling"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mechanism", demo_file.CHANGES)
def test_both_ways_end_in_the_same_network_if_training_shares_what_it_adds(mechanism, seed):
    *_, ways = demo_file.swap.states(mechanism=mechanism, seed=seed)
    assert ways.step == demo_file.STEPS
    assert (ways.difference == 0) == (mechanism == "minibatches")
    assert ways.difference == 0 or ways.difference > 1e-2
    assert largest_difference(ways.start[0], ways.start[1]) > 0.1, "the swap can be seen"


@pytest.mark.parametrize("key", NOT_IN_THE_START)
def test_so_it_is_for_what_else_keeps_filters_equal(key, monkeypatch):
    monkeypatch.setitem(demo_file.CHANGES, key, one_tie_breaker.MECHANISMS[key].change)
    monkeypatch.setattr(demo_file, "STEPS", 50)
    for seed in range(3):
        first, then = ([*demo_file.follow(key, seed, way)][-1] for way in (True, False))
        assert demo_file.compare(first, demo_file.exchange(then)) == 0


def test_a_swap_takes_filter_bias_and_outgoing_weights_along():
    params = next(demo_file.follow("rate", 0, False))
    swapped = demo_file.exchange(params)
    for name, key in (("conv1", "weight"), ("conv1", "bias")):
        assert np.array_equal(swapped[name][key], params[name][key][::-1])
    assert np.array_equal(swapped["linear1"]["weight"], params["linear1"]["weight"][:, ::-1])
    assert demo_file.compare(demo_file.exchange(swapped), params) == 0


def test_the_words_follow_the_numbers():
    for mechanism, says in (("minibatches", "does not know"), ("dropout", "knows"), ("rate", "knows")):
        first, *_, last = demo_file.swap(mechanism=mechanism)
        assert first.caption == "", "nothing is known at the start"
        assert f"training {says} which filter is which" in last.caption
