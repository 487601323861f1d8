"""What the page on a filter's parameters says, and that every setting ends in a figure."""

from __future__ import annotations

from itertools import product

import conv_arithmetic as demo
import conv_costs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import Conv2d, Flatten, Linear, Sequential
from convlens.ops import conv2d

layers = st.builds(
    demo.Layer,
    size=st.integers(1, 9),
    kernel=st.integers(1, 6),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    channels=st.integers(1, 3),
    filters=st.integers(1, 3),
)


def count(params: dict) -> int:
    """All numbers in a network's parameters."""
    return sum(array.size for layer in params.values() for array in layer.values())


def test_the_layer_as_asked_has_3073_parameters_a_3x3_map_and_a_neuron_that_reads_2_to_33() -> None:
    asked = demo.PRESETS["asked"]
    assert (asked.places, asked.padded, conv_costs.costs_of(asked)["convolution"].parameters) == (3, 34, 3073)
    assert [asked.span(place) for place in range(3)] == ["1 to 32", "2 to 33", "3 to 34"]
    still = demo.conv_arithmetic.still()
    assert "columns 2 to 33 of the image with its border" in still.caption
    assert "border of zeros" in still.panels[0].svg()
    plain = demo.conv_arithmetic.still(padding=0)
    assert "border" not in plain.caption + plain.panels[0].svg()
    meant = demo.PRESETS["meant"]
    assert (meant.places, conv_costs.costs_of(meant)["convolution"].parameters) == (32, 28)


def test_without_shared_weights_the_same_map_needs_many_more_parameters() -> None:
    counts = {name: cost.parameters for name, cost in conv_costs.costs_of(demo.PRESETS["meant"]).items()}
    assert counts == {"fully connected": 3_146_752, "locally connected": 28_672, "convolution": 28}
    assert "1.28 million times" in conv_costs.conv_costs.still(layer="alexnet").alt


@given(layers)
def test_a_number_of_the_map_is_the_mean_of_the_pixels_under_the_filter(layer: demo.Layer) -> None:
    if not layer.fits:
        return
    x = np.pad(demo.write_digit(layer.size), layer.padding)[None, None]
    weight = np.full((1, 1, layer.kernel, layer.kernel), 1 / layer.kernel**2)
    y, _ = conv2d(x, weight, np.zeros(1), stride=layer.stride)
    assert demo.average(layer) == pytest.approx(y[0, 0], abs=1e-3)


def test_dragging_the_corner_changes_the_filter_and_dragging_the_filter_its_position() -> None:
    drawn = demo.conv_arithmetic.still(kernel=3).panels[0].svg()
    assert drawn.count('data-drag="corner"') == 34
    assert drawn.count('data-drag="filter"') == demo.MOST**2
    assert 'data-set="kernel=34,row=0,column=0"' in drawn
    assert 'data-set="row=31,column=31"' in drawn


def test_3073_is_also_what_one_neuron_of_a_fully_connected_layer_has() -> None:
    params, _ = Sequential(Flatten(), Linear(1)).init(np.random.default_rng(0), in_shape=(3, 32, 32))
    assert count(params) == 3073


def test_the_self_check_is_right() -> None:
    rng = np.random.default_rng(0)
    first, shape = Sequential(Conv2d(50, kernel=3)).init(rng, in_shape=(3, 8, 8))
    second, _ = Sequential(Conv2d(50, kernel=3)).init(rng, in_shape=shape)
    assert (count(first), count(second)) == (1400, 22_550)


@given(layers)
def test_map_window_and_parameters_are_those_of_the_convolution_itself(layer: demo.Layer) -> None:
    if not layer.fits:
        return
    x = np.zeros((1, layer.channels, layer.size, layer.size))
    weight = np.ones((layer.filters, layer.channels, layer.kernel, layer.kernel))
    y, vjp = conv2d(x, weight, np.zeros(layer.filters), stride=layer.stride, padding=layer.padding)
    assert y.shape[1:] == (layer.filters, layer.places, layer.places)
    assert conv_costs.costs_of(layer)["convolution"].parameters == weight.size + layer.filters
    last = layer.places - 1
    dy = np.zeros_like(y)
    dy[0, 0, last, 0] = 1
    read = np.argwhere(vjp(dy)[0][0, 0])
    inside = [
        row
        for row in range(layer.begin(last), layer.begin(last) + layer.kernel)
        if layer.padding < row <= layer.padding + layer.size
    ]
    assert sorted({int(row) + layer.padding + 1 for row, _ in read}) == (inside if len(read) else [])


@given(st.data())
def test_every_setting_ends_in_a_figure(data: st.DataObject) -> None:
    controls = demo.conv_arithmetic.controls
    settings = {
        name: data.draw(st.integers(int(each.low), int(each.high)), label=name)
        for name, each in controls.items()
    }
    figure = demo.conv_arithmetic.still(**settings)
    assert figure.alt
    assert len(figure.svg) < 60_000


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding"), list(product((1, 256), (1, 64), (1, 16), (0, 32)))
)
def test_the_corners_say_why_when_there_is_no_map(size: int, kernel: int, stride: int, padding: int) -> None:
    figure = demo.conv_arithmetic.still(size=size, kernel=kernel, stride=stride, padding=padding)
    assert (figure.outcome == "none") == (kernel > size + 2 * padding)
    assert ("must fit" in figure.caption) == (figure.outcome == "none")
