"""Sizes and costs against published numbers, and against what the operations really do."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import Conv2d, Linear
from convlens.geometry import (
    Cost,
    conv_cost,
    dense_cost,
    explain,
    local_cost,
    output_size,
    receptive_field,
    same_padding,
)
from convlens.ops import conv2d

pytestmark = pytest.mark.anywhere

small = st.integers(1, 9)


@given(small, small, st.integers(1, 4), st.integers(0, 3))
def test_the_size_is_how_many_times_the_kernel_can_be_put_down(
    size: int, kernel: int, stride: int, padding: int
) -> None:
    places = [at for at in range(0, size + 2 * padding, stride) if at + kernel <= size + 2 * padding]
    sentence = explain(size, kernel, stride, padding)
    if not places:
        assert "must fit into the padded image" in str(sentence)
        with pytest.raises(ValueError, match="must fit into the padded image"):
            output_size(size, kernel, stride, padding)
        return
    assert output_size(size, kernel, stride, padding) == len(places)
    assert (sentence is None) == (places[-1] + kernel == size + 2 * padding)


@given(small, small, st.integers(2, 6), st.integers(0, 3))
def test_the_remedy_that_a_sentence_names_does_fit(size: int, kernel: int, stride: int, padding: int) -> None:
    sentence = explain(size, kernel, stride, padding)
    if sentence is None or "must fit" in sentence:
        return
    number = int(sentence.split("; padding ")[1].split()[0])
    if "one side only" in sentence:
        assert (size + 2 * padding + number - kernel) % stride == 0
    else:
        assert explain(size, kernel, stride, number) is None


@pytest.mark.parametrize("kernel", [1, 3, 5, 7, 11])
def test_same_padding_keeps_the_size(kernel: int) -> None:
    assert output_size(12, kernel, padding=same_padding(kernel)) == 12


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_receptive_field_is_the_image_that_is_just_large_enough_for_one_number(stack: Any) -> None:
    size = receptive_field(stack)
    for kernel, stride in stack:
        size = output_size(size, kernel, stride)
    assert size == 1
    smaller = receptive_field(stack) - 1
    for kernel, stride in stack:
        if smaller < kernel:
            return
        smaller = output_size(smaller, kernel, stride)
    raise AssertionError("a smaller image was large enough")


@given(st.integers(1, 3), small, small, st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_the_costs_are_those_of_the_layers(C: int, H: int, W: int, F: int, K: int, bias: bool) -> None:
    if min(H, W) < F:
        return
    layer = Conv2d(K, kernel=F, bias=bias)
    params, (_, OH, OW) = layer.init(np.random.default_rng(0), (C, H, W))
    shared, local = conv_cost((C, H, W), K, F, bias=bias), local_cost((C, H, W), K, F, bias=bias)
    dense = dense_cost(C * H * W, K * OH * OW, bias=bias)
    assert shared.parameters == sum(leaf.size for leaf in params.values())
    assert shared.multiply_adds == local.multiply_adds == K * OH * OW * C * F * F <= dense.multiply_adds
    assert shared.parameters * OH * OW == local.parameters <= dense.parameters
    line, _ = Linear(K, bias=bias).init(np.random.default_rng(0), (C * H * W,))
    assert dense_cost(C * H * W, K, bias=bias).parameters == sum(leaf.size for leaf in line.values())


def test_a_filter_as_large_as_the_image_is_no_dense_layer_once_there_is_padding() -> None:
    assert conv_cost((3, 32, 32), 1, 32) == dense_cost(3072, 1) == Cost(3073, 3072)
    assert output_size(32, 32, padding=1) == 3
    assert conv_cost((3, 32, 32), 1, 32, padding=1) == Cost(3073, 9 * 3072)
    weight = np.zeros((1, 3, 32, 32))
    assert conv2d(np.zeros((1, 3, 32, 32)), weight, padding=1)[0].shape == (1, 1, 3, 3)


def test_alexnets_first_layer_in_the_cs231n_notes() -> None:
    assert output_size(227, 11, stride=4) == 55
    assert prod((55, 55, 96)) == 290_400
    assert conv_cost((3, 227, 227), 96, 11, stride=4).parameters == 34_944
    assert local_cost((3, 227, 227), 96, 11, stride=4).parameters == 105_705_600
    assert "stops 1 short" in str(explain(224, 11, stride=4)), "the 224 of the paper does not fit"


def test_lenet5s_layers_in_the_paper() -> None:
    assert [output_size(32, 5), output_size(28, 2, 2), output_size(14, 5), output_size(10, 2, 2)] == [
        *(28, 14, 10, 5),
    ]
    assert conv_cost((1, 32, 32), 6, 5) == Cost(156, 117_600)
    assert conv_cost((16, 5, 5), 120, 5).parameters == 48_120
    assert dense_cost(120, 84).parameters == 10_164
    groups = [3] * 6 + [4] * 9 + [6]  # how many of S2's maps each of C3's 16 reads
    assert sum(conv_cost((maps, 14, 14), 1, 5).parameters for maps in groups) == 1_516


def test_vgg16_has_138_million_parameters_and_sees_212_pixels() -> None:
    total, channels, size, stack = 0, 3, 224, []
    for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(depth):
            total += conv_cost((channels, size, size), filters, 3, padding=1).parameters
            channels, size = filters, output_size(size, 3, padding=1)
            stack.append((3, 1))
        size = output_size(size, 2, 2)
        stack.append((2, 2))
    assert (channels, size, receptive_field(stack)) == (512, 7, 212)
    for inputs, outputs in ((512 * 7 * 7, 4096), (4096, 4096), (4096, 1000)):
        total += dense_cost(inputs, outputs).parameters
    assert total == 138_357_544
