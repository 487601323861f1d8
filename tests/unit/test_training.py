"""The optimizer, the batches, and training as a generator."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

import numpy as np
import pytest

from convlens import (
    SGD,
    Conv2d,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    batches,
    data,
    evaluate,
    ops,
    train,
)
from convlens.types import tree_map

MODEL = Sequential(Conv2d(3, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))


def start(dtype: Any = np.float64, seed: int = 0) -> Any:
    """Images, labels and first parameters."""
    rng = np.random.default_rng(seed)
    x, labels = data.one_filter_task(rng, 12, dtype=dtype)
    return x, labels, MODEL.init(rng, in_shape=x.shape[1:], dtype=dtype)[0]


def frozen(tree: Any) -> Any:
    """A copy that cannot be written."""

    def freeze(leaf: np.ndarray) -> np.ndarray:
        copy = leaf.copy()
        copy.setflags(write=False)
        return copy

    return tree_map(freeze, tree)


def equal(one: Any, other: Any) -> bool:
    """Do two trees hold the same bits?"""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return bool(np.array_equal(one, other)) and one.dtype == other.dtype


def test_plain_gradient_descent_goes_down_the_gradient() -> None:
    sgd = SGD(0.5)
    params, grads = {"a": {"w": np.array([1.0, 2.0])}}, {"a": {"w": np.array([2.0, -2.0])}}
    assert sgd.step(params, grads, sgd.start(params))[0]["a"]["w"].tolist() == [0.0, 3.0]


def test_momentum_and_weight_decay_follow_pytorchs_formula() -> None:
    sgd = SGD(0.1, momentum=0.5, weight_decay=0.01)
    params = {"w": np.array([1.0])}
    state = sgd.start(params)
    p = v = None
    for g in (1.0, -3.0, 0.5):
        p = 1.0 if p is None else p
        v = 0.5 * (0.0 if v is None else v) + g + 0.01 * p
        p -= 0.1 * v
        params, state = sgd.step(params, {"w": np.array([g])}, state)
        assert params["w"].item() == pytest.approx(p, rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_makes_new_arrays_of_the_same_dtype_and_writes_none(dtype: Any) -> None:
    _, _, params = start(dtype)
    sgd = SGD(np.float64(0.1), momentum=np.float64(0.9), weight_decay=np.float64(0.1))
    params, grads = frozen(params), frozen(params)
    new, state = sgd.step(params, grads, frozen(sgd.start(params)))
    for tree in (new, state):
        assert tree["conv1"]["weight"].dtype == dtype
        assert not np.shares_memory(tree["conv1"]["weight"], params["conv1"]["weight"])


def test_the_first_step_is_the_start_and_each_step_tells_of_its_own_parameters() -> None:
    x, labels, params = start()
    steps = list(islice(train(MODEL, params, batches(x, labels), SGD(0.1)), 4))
    assert [step.number for step in steps] == [0, 1, 2, 3]
    assert equal(steps[0].params, params)
    for step, following in pairwise(steps):
        assert evaluate(MODEL, step.params, x, labels) == (step.loss, step.accuracy)
        logits, vjp = MODEL(step.params, x)
        _, grads = vjp(ops.cross_entropy(logits, labels)[1](1.0))
        assert equal(step.grads, grads)
        assert equal(following.params, tree_map(lambda p, g: p - 0.1 * g, step.params, step.grads))


def test_the_update_is_made_only_when_the_next_step_is_asked_for() -> None:
    asked = []

    class Watched(SGD):
        def step(self, *arguments: Any) -> Any:
            asked.append(1)
            return super().step(*arguments)

    x, labels, params = start()
    run = train(MODEL, params, batches(x, labels), Watched(0.1))
    next(run)
    assert not asked
    next(run)
    assert len(asked) == 1


def test_training_writes_neither_the_images_nor_the_parameters_it_was_given() -> None:
    x, labels, params = start()
    for array in (x, labels):
        array.setflags(write=False)
    for _ in islice(train(MODEL, frozen(params), batches(x, labels), SGD(0.1, momentum=0.9)), 3):
        pass


def test_training_does_not_ask_for_the_images_gradient() -> None:
    x, labels, params = start()
    asked = []

    class Watched(Sequential):
        def __call__(self, *arguments: Any, **named: Any) -> Any:
            y, vjp = super().__call__(*arguments, **named)

            def watched(dy: np.ndarray, input_gradient: bool = True) -> Any:
                asked.append(input_gradient)
                return vjp(dy, input_gradient)

            return y, watched

    next(train(Watched(*MODEL.layers), params, batches(x, labels), SGD(0.1)))
    assert asked == [False]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_training_keeps_the_dtype(dtype: Any) -> None:
    x, labels, params = start(dtype)
    *_, last = islice(train(MODEL, params, batches(x, labels), SGD(0.1, momentum=0.9, weight_decay=0.1)), 4)
    for tree in (last.params, last.grads):
        tree_map(lambda leaf: pytest.fail(str(leaf.dtype)) if leaf.dtype != dtype else None, tree)


def test_equal_seeds_give_bit_equal_training() -> None:
    def end(seed: int) -> Any:
        x, labels, params = start(seed=seed)
        *_, last = islice(
            train(MODEL, params, batches(x, labels, 5, np.random.default_rng(seed)), SGD(0.1)), 20
        )
        return last.params

    assert equal(end(3), end(3))
    assert not equal(end(3), end(4))


@pytest.mark.parametrize(("dtype", "scale", "rate"), [(np.float32, 1e15, 1e35), (np.float64, 1e100, 1e250)])
def test_divergence_is_shown_in_the_step_and_is_neither_an_error_nor_a_warning(
    dtype: Any, scale: float, rate: float
) -> None:
    x, labels, params = start(dtype)
    *_, last = islice(train(MODEL, params, batches(x * dtype(scale), labels), SGD(rate)), 30)
    assert last.number == 29
    assert not np.isfinite(last.loss)
    assert 0.0 <= last.accuracy <= 1.0
    assert not np.isfinite(evaluate(MODEL, last.params, x, labels)[0])


def test_the_callers_own_numpy_warnings_are_left_as_they_were() -> None:
    x, labels, params = start()
    run = train(MODEL, params, batches(x, labels), SGD(0.1))
    with np.errstate(over="raise"):
        next(run)
        assert np.geterr()["over"] == "raise"
        next(run)
        assert np.geterr()["over"] == "raise"


def test_without_a_size_every_batch_is_all_of_the_examples() -> None:
    x, labels, _ = start()
    for images, wanted in islice(batches(x, labels), 3):
        assert images is x
        assert wanted is labels


def test_mini_batches_show_every_example_once_an_epoch_in_a_new_order() -> None:
    x, labels = np.arange(12.0).reshape(12, 1), np.arange(12, dtype=np.int64)
    stream = list(islice(batches(x, labels, 4, np.random.default_rng(0)), 6))
    first, second = (np.concatenate([y for _, y in stream[k : k + 3]]) for k in (0, 3))
    assert sorted(first.tolist()) == sorted(second.tolist()) == list(range(12))
    assert first.tolist() != second.tolist()
    assert all((images[:, 0] == y).all() for images, y in stream)


def test_examples_left_over_wait_for_the_next_order_and_all_are_seen_in_time() -> None:
    x, labels = np.arange(5.0).reshape(5, 1), np.arange(5, dtype=np.int64)
    stream = list(islice(batches(x, labels, 2, np.random.default_rng(0)), 20))
    assert {len(y) for _, y in stream} == {2}
    assert set(np.concatenate([y for _, y in stream]).tolist()) == set(range(5))


def test_evaluate_counts_right_answers() -> None:
    model = Sequential(Linear(2))
    params = {"linear1": {"weight": np.eye(2), "bias": np.zeros(2)}}
    x = np.array([[9.0, 0.0], [0.0, 9.0], [9.0, 0.0], [9.0, 0.0]])
    loss, accuracy = evaluate(model, params, x, np.array([0, 1, 1, 0], dtype=np.int64))
    assert accuracy == 0.75
    assert loss == pytest.approx(9 / 4, rel=1e-3)


def test_trees_are_mapped_leaf_by_leaf() -> None:
    assert tree_map(lambda a, b: a * b, {"x": {"y": 2}, "z": 3}, {"x": {"y": 5}, "z": 7}) == {
        "x": {"y": 10},
        "z": 21,
    }
    with pytest.raises(ValueError, match="must nest in the same way"):
        tree_map(lambda a, b: a, {"x": {"y": 2}}, {"x": 2})
