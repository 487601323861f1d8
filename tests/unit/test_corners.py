"""Corners in which the library once gave a wrong number, or took a mistake without a word."""

from __future__ import annotations

import json
import warnings
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from convlens import (
    SGD,
    Adam,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    attribution,
    batches,
    evaluate,
    initializers,
    ops,
    permutation,
    train,
)
from convlens.gradcheck import directional_error
from convlens.optim import with_statistics
from convlens.types import tree_map
from convlens_live.controls import Slider
from convlens_live.figures import format_number

NORMALISED = Sequential(Conv2d(3, kernel=3), BatchNorm2d(), ReLU(), GlobalAveragePool2d(), Linear(2))
OPTIMIZERS = {
    "SGD": SGD(0.05),
    "momentum": SGD(0.05, momentum=0.9, weight_decay=0.1),
    "Adam": Adam(0.05, weight_decay=0.1),
}
each_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS.keys())


def images(count: int = 6, dtype: Any = np.float64) -> tuple[np.ndarray, np.ndarray]:
    return np.random.default_rng(1).normal(size=(count, 1, 6, 6)).astype(dtype), np.arange(count) % 2


def parameters(model: Sequential = NORMALISED, dtype: Any = np.float64) -> Any:
    return model.init(np.random.default_rng(0), (1, 6, 6), dtype)[0]


# measures


def test_costs_as_large_as_floats_can_be_are_paired() -> None:
    cost = np.array([[1e308, -1e308, 0.0], [-1e308, 1e308, 1e308], [1e308, 1e308, -1e308]])
    assert permutation.cheapest_pairs(cost).tolist() == [1, 0, 2]
    assert permutation.cheapest_pairs(np.zeros((3, 3))).tolist() == [0, 1, 2]


def test_labels_for_other_images_are_refused() -> None:
    x, labels = images()
    model = Sequential(Conv2d(3, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))
    for other in (labels[:2], np.arange(8) % 2):
        with pytest.raises(ValueError, match=r"labels has shape \(\d,\); it must be \(4,\)"):
            attribution.image_pulls(model, parameters(model), x[:4], other)


# the gradient check


@pytest.mark.parametrize(
    "wrong",
    [lambda x, dy: (2 * dy).sum(), lambda x, dy: (2 * dy)[0], lambda x, dy: (2 * dy)[None]],
    ids=["sum", "row", "axis"],
)
def test_a_gradient_that_only_broadcasts_does_not_pass_the_check(wrong: Any) -> None:
    with pytest.raises(
        ValueError,
        match=r"function's vjp returns a gradient of shape .* for inputs\[0\]; it must be \(2, 3\)",
    ):
        directional_error(
            lambda x: (2 * x, lambda dy: wrong(x, dy)), [np.ones((2, 3))], np.random.default_rng(0)
        )


@pytest.mark.parametrize("operation", [ops.conv2d, ops.linear])
def test_an_operation_without_its_bias_can_be_checked(operation: Any) -> None:
    rng = np.random.default_rng(0)
    axes = (1, 4, 4) if operation is ops.conv2d else (4,)
    inputs = [rng.normal(size=(2, *axes)), rng.normal(size=(3, *axes))]
    assert directional_error(operation, inputs, rng) < 1e-7


# optimizers


@each_optimizer
def test_a_step_refuses_a_gradient_that_would_be_broadcast_or_change_the_dtype(optimizer: Any) -> None:
    params = {"conv1": {"weight": np.ones((3, 2), np.float32)}}
    state = optimizer.start(params)
    for gradient, said in (
        (np.ones(2, np.float32), r"grads\['conv1'\]\['weight'\] has shape \(2,\); it must be \(3, 2\)"),
        (np.float32(1), r"grads\['conv1'\]\['weight'\] is a float32; it must be a NumPy array"),
        (np.ones((3, 2)), r"grads\['conv1'\]\['weight'\] has dtype float64; it must be float32"),
    ):
        with pytest.raises(ValueError, match=said):
            optimizer.step(params, {"conv1": {"weight": gradient}}, state)
    with pytest.raises(
        ValueError, match=r"^state (is \{\}; it must be what start|has \[\]; it must have \['conv1'\])"
    ):
        optimizer.step(params, params, {})


@each_optimizer
def test_an_own_loop_with_the_optimizers_step_trains_as_train_does(optimizer: Any) -> None:
    x, labels = images()
    params, state = parameters(), optimizer.start(parameters())
    for step in islice(train(NORMALISED, parameters(), batches(x, labels), optimizer), 20):
        assert evaluate(NORMALISED, step.params, x, labels) == evaluate(NORMALISED, params, x, labels)
        logits, vjp = NORMALISED(params, x, training=True)
        loss, back = ops.cross_entropy(logits, labels)
        assert loss == step.loss
        params, state = optimizer.step(params, vjp(back(1.0))[1], state)


def test_a_step_of_ones_own_takes_the_statistics_over_with_one_call() -> None:
    x, labels = images()
    params = parameters()
    logits, vjp = NORMALISED(params, x, training=True)
    grads = vjp(ops.cross_entropy(logits, labels)[1](1.0))[1]
    following = with_statistics(params, params, grads)
    assert_statistics(following, SGD(0.0).step(params, grads, SGD(0.0).start(params))[0])
    np.testing.assert_array_equal(following["norm1"]["weight"], params["norm1"]["weight"])


def assert_statistics(found: Any, wanted: Any, rtol: float = 0) -> None:
    for name in ("running_mean", "running_var"):
        np.testing.assert_allclose(found["norm1"][name], wanted["norm1"][name], rtol=rtol)


class Plain:
    """An optimizer that knows nothing of running statistics."""

    def start(self, params: Any) -> Any:
        return {}

    def step(self, params: Any, grads: Any, state: Any) -> tuple[Any, Any]:
        return tree_map(lambda p, g: p - 0.05 * g, params, grads), state


def test_train_moves_the_statistics_under_an_optimizer_that_knows_nothing_of_them() -> None:
    x, labels = images()
    *_, own = islice(train(NORMALISED, parameters(), batches(x, labels), Plain()), 40)
    *_, sgd = islice(train(NORMALISED, parameters(), batches(x, labels), SGD(0.05)), 40)
    assert_statistics(own.params, sgd.params, rtol=1e-12)


def gradients(x: Any, labels: Any, params: Any) -> Any:
    logits, vjp = NORMALISED(params, x, training=True)
    return vjp(ops.cross_entropy(logits, labels)[1](1.0))[1]


def test_whatever_is_done_to_gradients_keeps_its_meaning_for_running_statistics() -> None:
    x, labels = images()
    params, optimizer = parameters(), SGD(0.05)
    one, other = (gradients(factor * x, labels, params) for factor in (1.0, 3.0))

    def after(grads: Any) -> Any:
        return optimizer.step(params, grads, optimizer.start(params))[0]

    def moved(following: Any) -> Any:
        return {"norm1": tree_map(lambda p, f: p - f, params["norm1"], following["norm1"])}

    assert_statistics(after(tree_map(np.zeros_like, one)), params)
    by_one, by_other = moved(after(one))["norm1"], moved(after(other))["norm1"]
    both = moved(after(tree_map(lambda a, b: a + b, one, other)))
    assert_statistics(both, {"norm1": tree_map(lambda a, b: a + b, by_one, by_other)}, 1e-9)
    half = moved(after(tree_map(lambda g: 0.5 * g, one)))
    assert_statistics(half, {"norm1": tree_map(lambda m: 0.5 * m, by_one)}, 1e-9)
    one["norm1"]["running_var"] *= 0.5  # in place, too
    half = moved(after(one))["norm1"]["running_var"]
    np.testing.assert_allclose(
        half, 0.5 * moved(after(gradients(x, labels, params)))["norm1"]["running_var"], rtol=1e-9
    )


def test_nothing_that_is_done_with_a_step_changes_the_run() -> None:
    x, labels = images()
    steps = train(NORMALISED, parameters(), batches(x, labels), SGD(0.05))
    step = next(steps)
    for tree in (step.params, step.grads):
        for array in (*tree["norm1"].values(), *tree["linear1"].values()):
            with pytest.raises(ValueError, match="read-only"):
                array *= 0.0

    class InPlace(Plain):
        def step(self, params: Any, grads: Any, state: Any) -> tuple[Any, Any]:
            params["linear1"]["weight"] -= 0.5 * grads["linear1"]["weight"]
            return params, state

    with pytest.raises(ValueError, match="read-only"):
        list(islice(train(NORMALISED, parameters(), batches(x, labels), InPlace()), 2))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (None, r"optimizer returns None from its step; it must return \(params, state\)"),
        (
            {"norm1": {}, "linear1": {}},
            r"optimizer returns a dict from its step; it must return \(params, state\)",
        ),
        (({}, {}), r"params from the optimizer has \[\]; it must have \['conv1', 'norm1', 'linear1'\]"),
    ],
)
def test_an_optimizer_that_returns_something_else_is_named(made: Any, said: str) -> None:
    class Wrong(Plain):
        def step(self, params: Any, grads: Any, state: Any) -> tuple[Any, Any]:
            return made

    with pytest.raises(ValueError, match=said):
        list(islice(train(NORMALISED, parameters(), batches(*images()), Wrong()), 2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_with_momentum_1_the_running_statistics_are_those_of_the_last_batch(dtype: Any) -> None:
    model = Sequential(BatchNorm2d(momentum=1.0), Flatten(), Linear(2))
    x, labels = images(dtype=dtype)
    stream = [(x * dtype(1e4), labels), (x, labels), (x, labels)]
    *_, last = train(model, parameters(model, dtype), stream, SGD(0.0))
    n = x.size
    np.testing.assert_allclose(last.params["norm1"]["running_mean"], x.mean(), rtol=1e-6)
    np.testing.assert_allclose(last.params["norm1"]["running_var"], x.var() * n / (n - 1), rtol=1e-6)


def test_one_number_per_channel_has_no_spread_to_train_on() -> None:
    x = np.full((1, 2, 1, 1), 4.0)
    params, _ = BatchNorm2d().init(np.random.default_rng(0), (2, 1, 1), np.float64)
    with pytest.raises(ValueError, match=r"x has shape \(1, 2, 1, 1\), one number per channel; in training"):
        BatchNorm2d()(params, x, training=True)
    assert BatchNorm2d()(params, x)[0].shape == x.shape


# a run is its own


def test_what_a_step_shows_cannot_be_written_and_the_callers_arrays_are_not_the_runs() -> None:
    x, labels = images()
    model = Sequential(Conv2d(3, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(2))
    expected = [
        step.loss for step in islice(train(model, parameters(model), batches(x, labels), SGD(1.0)), 4)
    ]
    own = parameters(model)
    seen = []
    for step in islice(train(model, own, batches(x, labels), SGD(1.0)), 4):
        seen.append(step.loss)
        own["conv1"]["weight"][:] = 0
        with pytest.raises(ValueError, match="read-only"):
            step.params["conv1"]["weight"][:] = 0
    assert seen == expected


def test_many_examples_are_evaluated_in_parts() -> None:
    x, labels = images(10)
    whole = evaluate(NORMALISED, parameters(), x, labels)
    for size in (1, 3, 10, 99):
        assert evaluate(NORMALISED, parameters(), x, labels, size=size) == pytest.approx(whole, rel=1e-12)


# habits from PyTorch


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Conv2d(1, 8, 3), r"Conv2d got 1, 8, 3 without names; only filters may .* as in Conv2d\(8, kernel=5\)"),
        (lambda: Linear(800, 2), r"Linear got 800, 2 without names; only outputs may come without one"),
        (lambda: BatchNorm2d(8), r"BatchNorm2d got 8 without names; none may come without one"),
    ],
)  # fmt: skip
def test_pytorchs_order_of_arguments_is_not_taken_for_something_else(make: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        make()


def test_a_momentum_above_1_is_refused() -> None:
    with pytest.raises(ValueError, match=r"momentum is 8; it must be a finite number from 0 to 1"):
        BatchNorm2d(momentum=8)


@pytest.mark.parametrize("in_shape", [(28, 28, 3), (32, 32, 1)])
def test_channels_that_seem_to_be_last_are_told(in_shape: Any) -> None:
    with pytest.warns(UserWarning, match=rf"if the channels are last, write \({in_shape[2]}, "):
        Conv2d(2, kernel=1).init(np.random.default_rng(0), in_shape)


@pytest.mark.parametrize("in_shape", [(3, 28, 28), (4, 4, 4), (8, 28, 3), (5, 5, 5)])
def test_other_shapes_are_taken_without_a_word(in_shape: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Conv2d(2, kernel=1).init(np.random.default_rng(0), in_shape)


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, ">f4"])
def test_other_floats_are_refused_and_half_precision_with_a_reason(dtype: Any) -> None:
    why = ": in half precision a sum overflows" if dtype == np.float16 else ""
    if np.dtype(dtype) == np.float64:
        pytest.skip("here long double is float64")
    with pytest.raises(ValueError, match=rf"x has dtype .*; it must be float32 or float64{why}"):
        ops.global_average_pool2d(np.ones((1, 1, 300, 300), dtype))
    with pytest.raises(ValueError, match=r"it must be np\.float32 or np\.float64"):
        Linear(2).init(np.random.default_rng(0), (4,), dtype)


# messages from inside a network

DEEP = Sequential(Conv2d(2, kernel=3), ReLU(), Conv2d(2, kernel=3), Sequential(Flatten(), Linear(2)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda p, x: DEEP((p, (2,)), x), r"params is a tuple; .* write params, out_shape = model.init"),
        (lambda p, x: DEEP(x, p), r"params is an array; .* as in model\(params, x\)"),
        (lambda p, x: DEEP(p | {"conv2": {}}, x), r"conv2, layer 3 of 4: params of conv are \[\]; they must be"),
        (lambda p, x: DEEP(p, x.astype(np.float32)), r"conv1, layer 1 of 4: x has dtype float32, and params float64"),
        (lambda p, x: DEEP(p, np.ones((2, 3, 6, 6))), r"conv1, layer 1 of 4: x has 3 channels; it must have 1, as the"),
        (lambda p, x: DEEP(p, np.ones((2, 1, 7, 7))), r"sequential1, layer 4 of 4: linear1, layer 2 of 2: x has 18 numbers"),
        (lambda p, x: DEEP.init(np.random.default_rng(0), (1, 4, 4)), r"conv2, layer 3 of 4: kernel is 3x3; it must fit .* 2x2"),
        (lambda p, x: DEEP.init(np.random.default_rng(0), 12), r"conv1, layer 1 of 4: in_shape is 12; it must be \(C, H, W\)"),
        (lambda p, x: train(DEEP, p, (x, np.zeros(2, int)), SGD(0.1)), r"stream is a tuple; .* write batches\(x, labels\)"),
        (lambda p, x: train(DEEP, p, batches(x, np.zeros(2, int)), 0.1), r"optimizer is 0.1; it must be an optimizer"),
        (lambda p, x: train(DEEP, p, batches(x, np.zeros(2, int)), SGD), r"optimizer is the class SGD; it must be an instance"),
        (lambda p, x: next(train(DEEP, p, [x], SGD(0.1))), r"stream yields an array; it must yield pairs"),
        (lambda p, x: Sequential([ReLU()]), r"layers\[0\] is \[ReLU\(\)\]; .* Sequential\(\*layers\)"),
        (lambda p, x: Sequential(ReLU), r"layers\[0\] is the class ReLU; it must be a layer: write ReLU\(\)"),
        (lambda p, x: Linear(2, initializer="he"), r"initializer is 'he'; .* such as initializers.he\(\)"),
        (lambda p, x: Linear(2, initializer=initializers.he), r"initializer is the function he; .* such as initializers.he\(\)"),
        (lambda p, x: Linear(2, initializer=lambda *a: 0.0).init(np.random.default_rng(0), (3,)), r"initializer returned 0.0"),
        (lambda p, x: Conv2d(8, kernel=3, stride=0), r"stride is 0; it must be a whole number from 1, or two of them"),
        (lambda p, x: evaluate(Conv2d(1, kernel=3), p["conv1"], x, np.zeros(2, int)), r"model returns an array of shape"),
    ],
)  # fmt: skip
def test_a_message_names_the_layer_and_what_the_caller_gave(call: Any, said: str) -> None:
    params, _ = DEEP.init(np.random.default_rng(0), (1, 6, 6), np.float64)
    with pytest.raises(ValueError, match=f"^{said}"):
        call(params, np.ones((2, 1, 6, 6)))


def test_a_printed_network_shows_its_layers_by_name() -> None:
    lines = repr(DEEP).splitlines()
    assert lines[1].strip() == "conv1: Conv2d(filters=2, kernel=3, stride=1, padding=0, bias=True)"
    assert [line.strip().split(":")[0] for line in lines] == [
        "Sequential(", "conv1", "relu1", "conv2", "sequential1", "flatten1", "linear1", ")", ")",
    ]  # fmt: skip


# figures and controls


@pytest.mark.parametrize(("low", "high"), [(0.002, 5.0), (1e-3, 10), (0.2, 0.7), (1, 1e9)])
@pytest.mark.parametrize("zero", [False, True])
def test_a_log_slider_takes_every_stop_that_it_offers(low: float, high: float, zero: bool) -> None:
    slider = Slider("A", low, high, scale="log", zero=zero)
    stops, spec = slider.stops(), slider.spec()
    assert [slider.parse("a", stop) for stop in stops] == stops
    assert stops[zero] == low
    assert stops[-1] == high
    assert len(spec["texts"]) == len(stops) == len(set(spec["texts"]))


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (12346, "12\u202f346"), (12345.6, "12\u202f346"), (np.int64(12346), "12\u202f346"), (np.int64(5), "5"), (5, "5"),
        (1234.5, "1234"), (-12345.6, "−12\u202f346"), (np.float32(0.5), "0.500"), (0.0, "0"), (1e6, "1.00\u202f×\u202f10⁶"),
    ],
)  # fmt: skip
def test_a_number_is_printed_alike_whatever_its_type(value: Any, printed: str) -> None:
    assert format_number(value) == printed


def test_hadamard_has_as_many_patterns_as_its_docstring_counts() -> None:
    for numbers, patterns in ((2, 1), (4, 3), (8, 7), (9, 15)):
        rows = initializers.hadamard()(np.random.default_rng(0), (20, numbers), numbers, 20)
        directions = {tuple(np.sign(row)) for row in rows}
        assert len(directions) == patterns


@given(st.data())
def test_a_slider_takes_every_stop_that_it_offers(data: st.DataObject) -> None:
    ends = (
        st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-1000, 1000) | st.integers(-50, 50).map(np.int64)
    )
    low, high = data.draw(ends), data.draw(ends)
    assume(low < high)
    step = data.draw(st.floats(1e-12, 1e6) | st.integers(1, 100) | st.integers(1, 9).map(np.float32))
    scale = data.draw(st.sampled_from(["linear", "log"]))
    try:
        slider = Slider("Number", low, high, step=step if scale == "linear" else None, scale=scale)
    except ValueError:
        return
    stops = slider.stops()
    assert 1 <= len(stops) <= 256
    assert stops == sorted(set(stops)) or (float(high) - float(low)) < 1e-9 * max(abs(low), abs(high))
    for stop in stops:
        assert slider.parse("number", stop) == stop
    json.dumps(slider.spec())


def test_a_slider_of_numpy_numbers_stays_whole_and_goes_into_json() -> None:
    slider = Slider("Number", np.int64(1), np.int64(9), step=np.int64(2))  # type: ignore[arg-type]
    assert slider.parse("number", 3) == 3
    assert isinstance(slider.parse("number", 3), int)
    assert json.loads(json.dumps(slider.spec()))["stops"] == [1, 3, 5, 7, 9]
    with pytest.raises(ValueError, match=r"at most 256 stops"):
        Slider("Number", 1e-200, 1e200, scale="log")


def test_a_layer_that_wants_to_be_told_of_training_must_be_modal() -> None:
    class Own:
        kind = "own"

        def init(self, rng: Any, in_shape: Any, dtype: Any = np.float32) -> Any:
            return {}, in_shape

        def __call__(self, params: Any, x: Any, training: bool = False) -> Any:
            return x, lambda dy, input_gradient=True: (dy, {})

    with pytest.raises(
        ValueError, match=r"layers\[0\] is an Own, which takes training; it must be a ModalLayer"
    ):
        Sequential(Own())


@pytest.mark.parametrize(
    ("init", "call", "back", "said"),
    [
        ({}, None, None, r"own1, layer 1 of 1: init returns a dict; it must return \(params, out_shape\)"),
        (None, 3, None, r"own1, layer 1 of 1: layer returns 3 when it is called; it must return \(y, vjp\)"),
        (None, None, 3, r"own1, layer 1 of 1: vjp returns an int; it must return \(dx, grads\)"),
    ],
)
def test_a_layer_of_ones_own_that_returns_something_else_is_named(
    init: Any, call: Any, back: Any, said: str
) -> None:
    class Own:
        kind = "own"

        def init(self, rng: Any, in_shape: Any, dtype: Any = np.float32) -> Any:
            return ({}, in_shape) if init is None else init

        def __call__(self, params: Any, x: Any) -> Any:
            return (
                (x, lambda dy, input_gradient=True: (dy, {}) if back is None else back)
                if call is None
                else call
            )

    def use() -> None:
        model = Sequential(Own())
        model.init(np.random.default_rng(0), (2,))
        y, vjp = model({}, np.ones((1, 2)))
        vjp(y)

    with pytest.raises(ValueError, match=said):
        use()


def test_a_layer_without_weights_may_stand_among_the_parameters() -> None:
    model = Sequential(ReLU())
    y, vjp = model({"relu1": {}}, np.ones((1, 2)))
    assert vjp(y)[1] == {"relu1": {}}


def test_pooling_of_single_pixels_gives_memory_of_its_own() -> None:
    x = np.ones((1, 1, 2, 2))
    y, _ = ops.max_pool2d(x, 1)
    y[:] = 5
    assert (x == 1).all()


def test_the_loss_of_a_sure_answer_is_zero_without_a_sign() -> None:
    loss, _ = ops.cross_entropy(np.array([[1000.0, 0.0]]), np.array([0]))
    assert str(loss) == "0.0"


def test_a_network_of_nan_is_right_about_nothing() -> None:
    model = Sequential(Linear(2))
    params = {"linear1": {"weight": np.full((2, 1), np.nan), "bias": np.zeros(2)}}
    assert evaluate(model, params, np.ones((3, 1)), np.zeros(3, np.int64))[1] == 0.0
