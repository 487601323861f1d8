"""What the glossary and a few pages say in passing, of layers without parameters, of biases, and of filters that are 0."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, batches, train
from convlens.ops import average_pool2d, conv2d, cross_entropy, max_pool2d, relu, tanh


@pytest.mark.parametrize("seed", range(5))
def test_max_pooling_hands_the_whole_gradient_to_the_largest_number_and_a_mean_hands_out_equal_shares(seed):
    rng = np.random.default_rng(seed)
    x, dy = rng.standard_normal((2, 3, 6, 6)), rng.standard_normal((2, 3, 3, 3))
    y, to_largest = max_pool2d(x, 2)
    spread = np.ones((1, 1, 2, 2))
    np.testing.assert_array_equal(to_largest(dy), np.where(x == np.kron(y, spread), np.kron(dy, spread), 0))
    _, shared = average_pool2d(x, 2)
    np.testing.assert_allclose(shared(dy), np.kron(dy, spread) / 4, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_relu_may_change_places_with_max_pooling_and_not_with_the_mean(seed):
    x = np.random.default_rng(seed).standard_normal((2, 3, 6, 6))
    np.testing.assert_array_equal(relu(max_pool2d(x, 2)[0])[0], max_pool2d(relu(x)[0], 2)[0])
    before, after = average_pool2d(relu(x)[0], 2)[0], relu(average_pool2d(x, 2)[0])[0]
    assert (before >= after - 1e-12).all()
    assert (before > after + 0.01).any()


@pytest.mark.parametrize("seed", range(5))
def test_two_convolutions_in_a_row_are_one_with_a_larger_filter(seed):
    """Each filter of the one is a sum of convolutions of both; a ReLU between them changes that."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, 3, 9, 9))
    first, second = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal((5, 4, 3, 3))
    both = np.zeros((5, 3, 5, 5))
    for i, j in np.ndindex(3, 3):
        both[:, :, i : i + 3, j : j + 3] += np.einsum("kf,fcab->kcab", second[:, :, i, j], first)
    hidden = conv2d(x, first)[0]
    one = conv2d(x, both)[0]
    np.testing.assert_allclose(conv2d(hidden, second)[0], one, rtol=1e-9, atol=1e-9)
    assert not np.allclose(conv2d(relu(hidden)[0], second)[0], one, atol=0.1)


@pytest.mark.parametrize("shape", [(1, 3, 3), (3, 3, 3)])
@pytest.mark.parametrize("seed", range(5))
def test_a_bias_for_each_weight_adds_up_to_one_number(shape, seed):
    rng = np.random.default_rng(seed)
    patch, weight, biases = rng.standard_normal((3, *shape))
    each = (patch * weight + biases).sum()
    one = conv2d(patch[None], weight[None], np.array([biases.sum()]))[0].item()
    assert each == pytest.approx(one, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_a_convolution_of_zeros_without_a_relu_gets_a_gradient(seed):
    rng = np.random.default_rng(seed)
    x, zeros, dy = (
        rng.standard_normal((2, 3, 6, 6)),
        np.zeros((4, 3, 1, 1)),
        rng.standard_normal((2, 4, 6, 6)),
    )
    y, back = conv2d(x, zeros)
    assert not y.any()
    np.testing.assert_allclose(back(dy)[1][:, :, 0, 0], np.einsum("nkij,ncij->kc", dy, x), rtol=1e-9)


def test_a_filter_that_reads_two_maps_can_respond_only_where_both_features_meet():
    lines = np.zeros((1, 2, 5, 5))
    lines[0, 0, 2], lines[0, 1, :, 1] = 1, 1  # where a horizontal line was found, and where a vertical one
    corner = relu(conv2d(lines, np.ones((1, 2, 1, 1)), np.array([-1.5]))[0])[0]
    assert np.argwhere(corner[0, 0] > 0).tolist() == [[2, 1]]


def test_one_filter_for_each_pixel_tells_all_patterns_of_a_patch_apart():
    patches = np.random.default_rng(0).standard_normal((4, 3, 3, 3))
    responses = conv2d(patches, np.eye(27).reshape(27, 3, 3, 3))[0]
    np.testing.assert_array_equal(responses.reshape(patches.shape), patches)


def test_weight_decay_shrinks_a_dead_filter_towards_zero():
    rng = np.random.default_rng(0)
    model = Sequential(Conv2d(2, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))
    params, _ = model.init(rng, in_shape=(1, 6, 6), dtype=np.float64)
    params["conv1"]["bias"][0] = -1e3  # below any response
    x, labels = rng.standard_normal((8, 1, 6, 6)), np.arange(8) % 2
    *_, last = islice(train(model, params, batches(x, labels), SGD(0.1, weight_decay=0.5)), 201)
    shrunk = params["conv1"]["weight"][0] * (1 - 0.1 * 0.5) ** 200
    np.testing.assert_allclose(last.params["conv1"]["weight"][0], shrunk, rtol=1e-6)
    assert np.abs(shrunk).max() < 1e-4


@pytest.mark.parametrize("seed", range(5))
def test_of_a_mean_loss_the_error_already_contains_the_division_and_the_bias_gets_the_sum(seed):
    rng = np.random.default_rng(seed)
    scores, labels = rng.standard_normal((8, 3)), rng.integers(0, 3, 8)
    together = cross_entropy(scores, labels)[1](1.0)
    alone = [cross_entropy(scores[n : n + 1], labels[n : n + 1])[1](1.0) for n in range(8)]
    np.testing.assert_allclose(together, np.concatenate(alone) / 8, rtol=1e-12)
    h = 1e-6
    slopes = [
        (cross_entropy(scores + h * each, labels)[0] - cross_entropy(scores - h * each, labels)[0]) / (2 * h)
        for each in np.eye(3)
    ]
    np.testing.assert_allclose(slopes, together.sum(axis=0), atol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_a_bias_for_each_weight_takes_as_many_steps_as_there_are_weights(seed):
    """Each gets the gradient of their sum."""
    rng = np.random.default_rng(seed)
    x, weight, dy, h = rng.standard_normal((3, 3)), rng.standard_normal((3, 3)), rng.standard_normal(), 1.0
    pair = x[None, None], weight[None, None]
    one = (conv2d(*pair, np.array([h]))[0] - conv2d(*pair)[0]).item() / h * dy
    each = [
        (((x * weight + at).sum() - (x * weight).sum()) / h * dy) for at in h * np.eye(9).reshape(9, 3, 3)
    ]
    assert sum(each) == pytest.approx(9 * one, rel=1e-9, abs=1e-9)


def test_tanh_is_almost_flat_for_large_sums():
    _, slope = tanh(np.array([0.0, 5.0]))
    at_0, at_5 = slope(np.ones(2))
    assert at_0 == 1
    assert 0 < at_5 < 0.001


def network_of_zeros(bias: float) -> tuple[Sequential, dict]:
    """Return a network whose weights are 0, and whose filters have this bias; the next layer is random."""
    model = Sequential(Conv2d(4, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))
    params, _ = model.init(np.random.default_rng(0), (1, 6, 6), np.float64)
    params["conv1"]["weight"][:], params["conv1"]["bias"][:] = 0, bias
    return model, params


@pytest.mark.parametrize("bias", [0.0, 0.1])
def test_of_filters_at_0_a_bias_above_0_decides_whether_weights_move_where_one_class_has_more_images(bias):
    x, labels = np.random.default_rng(1).standard_normal((12, 1, 6, 6)), np.array([0] * 9 + [1] * 3)
    model, params = network_of_zeros(bias)
    *_, last = islice(train(model, params, batches(x, labels), SGD(0.1)), 20)
    assert bool(last.params["conv1"]["weight"].any()) == (bias > 0)
    weights = last.params["linear1"]["weight"], params["linear1"]["weight"]
    assert np.array_equal(*weights) == (bias == 0)
    assert last.params["linear1"]["bias"][0] > last.params["linear1"]["bias"][1]


def test_a_layer_of_1x1_before_one_of_3x3_has_fewer_weights():
    def count(filters: int, kernel: int, maps: int) -> int:
        params, _ = Conv2d(filters, kernel=kernel).init(np.random.default_rng(0), (maps, 8, 8), np.float64)
        return params["weight"].size

    assert (count(64, 3, 64), count(16, 1, 64) + count(64, 3, 16)) == (36_864, 10_240)


@pytest.mark.parametrize("seed", range(5))
def test_the_equal_filters_of_a_zero_convolution_move_apart_behind_other_weights(seed):
    """It has no ReLU behind it, its input is not 0, and what reads its maps is random."""
    rng = np.random.default_rng(seed)
    model = Sequential(Conv2d(3, kernel=3), ReLU(), Conv2d(4, kernel=1), GlobalAveragePool2d(), Linear(2))
    params, _ = model.init(rng, (1, 6, 6), np.float64)
    params["conv2"]["weight"][:] = 0
    x, labels = rng.standard_normal((8, 1, 6, 6)), np.arange(8) % 2
    first, second = (
        step.params["conv2"]["weight"]
        for step in islice(train(model, params, batches(x, labels), SGD(0.1)), 2)
    )
    assert not first.any()
    assert len(np.unique(second.reshape(4, -1), axis=0)) == 4
