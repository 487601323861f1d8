"""Where training starts (initializers, ties) and what it sees (tasks)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens import Conv2d, Flatten, Linear, ReLU, Sequential, data, shapes
from convlens.initializers import constant, he, zeros
from convlens.symmetry import largest_difference
from convlens.ties import tie

COUNTS = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)  # of the digits 0 to 9, as UCI states them
TASKS = [(data.one_filter_task, 2), (data.several_filters_task, 4)]
each_task = pytest.mark.parametrize(("task", "classes"), TASKS, ids=["one filter", "several filters"])


def rng(seed: int = 0) -> np.random.Generator:
    """A fresh generator."""
    return np.random.default_rng(seed)


def test_the_initializers_have_the_spread_that_they_promise() -> None:
    shape = (200, 100)
    assert not zeros()(rng(), shape, 100, 200).any()
    assert set(constant(-0.5)(rng(), shape, 100, 200).ravel()) == {-0.5}
    weight, std = he()(rng(), shape, 100, 200), np.sqrt(2 / 100)
    assert weight.dtype == np.float64
    assert weight.std() == pytest.approx(std, rel=0.03)
    assert abs(weight.mean()) < 0.03 * std
    np.testing.assert_array_equal(weight, he()(rng(), shape, 100, 200))


def test_layers_tell_the_initializer_their_fans() -> None:
    seen = []

    def spy(rng: Any, shape: Any, fan_in: int, fan_out: int) -> np.ndarray:
        seen.append((shape, fan_in, fan_out))
        return np.zeros(shape)

    Conv2d(8, kernel=(3, 5), initializer=spy).init(rng(), (2, 9, 9))
    Linear(4, initializer=spy).init(rng(), (6,))
    assert seen == [((8, 2, 3, 5), 2 * 3 * 5, 8 * 3 * 5), ((4, 6), 6, 4)]


def test_float32_parameters_are_the_float64_ones_rounded() -> None:
    layer = Conv2d(2, kernel=3)
    wide, narrow = (layer.init(rng(), (1, 5, 5), dtype)[0]["weight"] for dtype in (np.float64, np.float32))
    np.testing.assert_array_equal(wide.astype(np.float32), narrow)


def filters(K: int = 6, dtype: Any = np.float64, reader: str = "linear1") -> dict[str, Any]:
    """conv1 with K filters, and the layer that reads them: conv2, or linear1, which reads their flattened 2x2 maps."""
    r = rng(K)
    params = {
        "conv1": {
            "weight": r.normal(size=(K, 1, 5, 5)).astype(dtype),
            "bias": r.normal(size=K).astype(dtype),
        },
        "conv2": {"weight": r.normal(size=(3, K, 2, 2)).astype(dtype)},
        "linear1": {
            "weight": r.normal(size=(3, K * 4)).astype(dtype),
            "bias": r.normal(size=3).astype(dtype),
        },
    }
    return {name: params[name] for name in ("conv1", reader)}


@given(
    st.permutations(range(6)),
    st.integers(2, 6),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["conv2", "linear1"]),
)
def test_tie_copies_what_was_chosen_and_nothing_else(
    order: list[int], count: int, incoming: bool, outgoing: bool, next_layer: str
) -> None:
    params, chosen = filters(reader=next_layer), tuple(order[:count])
    tied = tie(params, next_layer=next_layer, filters=chosen, incoming=incoming, outgoing=outgoing)
    expected = filters(reader=next_layer)
    for k in chosen[1:]:
        if incoming:
            expected["conv1"]["weight"][k] = params["conv1"]["weight"][chosen[0]]
            expected["conv1"]["bias"][k] = params["conv1"]["bias"][chosen[0]]
        if outgoing and next_layer == "conv2":
            expected["conv2"]["weight"][:, k] = params["conv2"]["weight"][:, chosen[0]]
        if outgoing and next_layer == "linear1":
            first = params["linear1"]["weight"][:, 4 * chosen[0] : 4 * chosen[0] + 4]
            expected["linear1"]["weight"][:, 4 * k : 4 * k + 4] = first
    for layer, arrays in expected.items():
        for name, array in arrays.items():
            np.testing.assert_array_equal(tied[layer][name], array, err_msg=f"{layer} {name}")
            np.testing.assert_array_equal(
                params[layer][name], filters(reader=next_layer)[layer][name], err_msg="the input was written"
            )


def test_tie_does_not_mind_how_the_arrays_lie_in_memory() -> None:
    for reader, size in (("linear1", 4), ("conv2", 1)):
        params = filters(reader=reader)
        params[reader]["weight"] = np.asfortranarray(params[reader]["weight"])
        for arrays in params.values():
            for array in arrays.values():
                array.setflags(write=False)
        tied = tie(params, next_layer=reader)[reader]["weight"]
        np.testing.assert_array_equal(tied[:, size : 2 * size], params[reader]["weight"][:, :size])


def test_tied_columns_are_the_ones_that_read_the_tied_maps() -> None:
    model = Sequential(Conv2d(3, kernel=2), ReLU(), Flatten(), Linear(2))
    params = tie(model.init(rng(), (1, 4, 4), np.float64)[0], filters=(0, 2))
    x = rng().normal(size=(2, 1, 4, 4))
    swapped = {"conv1": params["conv1"], "linear1": dict(params["linear1"])}
    blocks = params["linear1"]["weight"].reshape(2, 3, 9)
    swapped["linear1"]["weight"] = blocks[:, [2, 1, 0]].reshape(2, 27)
    np.testing.assert_allclose(model(params, x)[0], model(swapped, x)[0], rtol=1e-12)


@given(st.floats(-15, -1), st.integers(0, 50), st.sampled_from([(0, 1), (1, 0, 3)]))
def test_the_gap_is_the_largest_entry_of_the_difference(
    exponent: float, seed: int, chosen: tuple[int, ...]
) -> None:
    gap = 10.0**exponent
    params = {
        "conv1": {"weight": he()(rng(seed), (4, 1, 5, 5), 25, 100), "bias": np.zeros(4)},
        "linear1": {"weight": np.ones((3, 4))},
    }
    tied = tie(params, filters=chosen, gap=gap)
    first = tied["conv1"]["weight"][chosen[0]]
    np.testing.assert_array_equal(first, params["conv1"]["weight"][chosen[0]])
    rounding = np.spacing(np.abs(first).max() + gap)
    for j, k in enumerate(chosen[1:], start=1):
        difference = largest_difference(first, tied["conv1"]["weight"][k])
        assert difference > 0
        assert abs(difference - j * gap) <= rounding
        assert tied["conv1"]["bias"][k] == tied["conv1"]["bias"][chosen[0]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tie_keeps_the_dtype(dtype: Any) -> None:
    tied = tie(filters(dtype=dtype), gap=np.float64(0.01))
    assert {array.dtype for arrays in tied.values() for array in arrays.values()} == {np.dtype(dtype)}


@each_task
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_task_gives_balanced_seeded_images_of_the_asked_size(task: Any, classes: int, dtype: Any) -> None:
    x, labels = task(rng(3), 42, size=9, dtype=dtype)
    again, other = task(rng(3), 42, size=9, dtype=dtype), task(rng(4), 42, size=9, dtype=dtype)
    assert (x.shape, x.dtype, labels.dtype) == ((42, 1, 9, 9), dtype, np.int64)
    counts = np.bincount(labels, minlength=classes)
    assert len(counts) == classes
    assert counts.max() - counts.min() <= 1
    np.testing.assert_array_equal(x, again[0])
    np.testing.assert_array_equal(labels, again[1])
    assert not np.array_equal(x, other[0])


def test_without_noise_an_image_is_its_shape_at_one_place_and_all_places_occur() -> None:
    lines = [shapes.horizontal(), shapes.vertical(), shapes.falling(), shapes.rising()]
    x, labels = data.several_filters_task(rng(), 400, size=6, noise=0.0, dtype=np.float64)
    seen = set()
    for image, label in zip(x[:, 0], labels, strict=True):
        places = [
            (i, j)
            for i in (0, 1)
            for j in (0, 1)
            if np.array_equal(image, np.pad(lines[label], ((i, 1 - i), (j, 1 - j))))
        ]
        assert len(places) == 1
        seen.update((int(label), *place) for place in places)
    assert len(seen) == 4 * 2 * 2


def test_the_four_shapes_differ_and_weigh_the_same() -> None:
    lines = [shapes.horizontal(), shapes.vertical(), shapes.falling(), shapes.rising()]
    assert {line.sum() for line in lines} == {5.0}
    assert all(largest_difference(a, b) == 1.0 for i, a in enumerate(lines) for b in lines[:i])


def test_noise_is_what_is_left_of_an_image_without_a_shape() -> None:
    x, labels = data.one_filter_task(rng(), 400, noise=0.2, dtype=np.float64)
    empty = x[labels == 0]
    assert empty.std() == pytest.approx(0.2, rel=0.02)
    assert x[labels == 1].sum(axis=(1, 2, 3)).mean() == pytest.approx(5.0, abs=0.5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_digits_are_real_pictures_none_of_them_twice(dtype: Any) -> None:
    x, labels = data.handwritten_digits_task(rng(), 1797, dtype=dtype)
    assert x.dtype == dtype
    assert labels.dtype == np.int64
    assert set(np.unique(x * 16)) == set(range(17))
    assert tuple(np.bincount(labels)) == COUNTS
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x)
    few, of_few = data.handwritten_digits_task(rng(), 40, dtype=dtype)
    np.testing.assert_array_equal(few, x[:40])
    np.testing.assert_array_equal(of_few, labels[:40])
    assert not np.array_equal(data.handwritten_digits_task(rng(1), 40)[1], of_few)


def test_a_zero_is_empty_in_its_middle_and_a_one_is_not() -> None:
    x, labels = data.handwritten_digits_task(rng(), 1797)
    middle = x[:, 0, 3:5, 3:5].mean((1, 2))
    assert middle[labels == 0].mean() < 0.2 < 0.7 < middle[labels == 1].mean()
