"""What every operation and every layer promises: one row in the table, and the whole contract is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from convlens import (
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
    ops,
)
from convlens.gradcheck import directional_error

N = 3
DTYPES = [np.float32, np.float64]
LABELS = np.array([1, 0, 3], dtype=np.int64)


@dataclass(frozen=True)
class Row:
    """A function of arrays that returns (y, vjp); the first has the batch axis, the others are parameters."""

    function: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]
    out_shape: tuple[int, ...]  # without the batch axis
    independent: bool = True  # does an example of a batch get what it would get alone?

    def inputs(self, seed: int, dtype: Any = np.float64) -> list[np.ndarray]:
        """Numbers all different and none near 0, so that no ReLU and no maximum is about to switch."""
        rng = np.random.default_rng(seed)
        return [
            (rng.permutation(np.prod(shape)).reshape(shape) * 0.03 - 0.012 * np.prod(shape) + 0.0071).astype(
                dtype
            )
            for shape in ((N, *self.shapes[0]), *self.shapes[1:])
        ]


OPS = {
    "conv2d": Row(ops.conv2d, ((2, 6, 5), (4, 2, 3, 3), (4,)), (4, 4, 3)),
    "conv2d with stride and padding": Row(
        lambda x, w, b: ops.conv2d(x, w, b, stride=(2, 1), padding=(1, 2)),
        ((2, 6, 5), (3, 2, 3, 2), (3,)),
        (3, 3, 8),
    ),
    "conv2d without bias": Row(
        lambda x, w: (lambda y, vjp: (y, lambda dy: vjp(dy)[:2]))(*ops.conv2d(x, w)),
        ((1, 4, 4), (2, 1, 4, 4)),
        (2, 1, 1),
    ),
    "max_pool2d": Row(lambda x: ops.max_pool2d(x, 2), ((2, 4, 6),), (2, 2, 3)),
    "max_pool2d with overlap": Row(
        lambda x: ops.max_pool2d(x, (3, 2), stride=(2, 1)), ((2, 6, 5),), (2, 2, 4)
    ),
    "average_pool2d": Row(lambda x: ops.average_pool2d(x, 2), ((2, 4, 6),), (2, 2, 3)),
    "average_pool2d with overlap": Row(
        lambda x: ops.average_pool2d(x, (3, 2), stride=(2, 1)), ((2, 6, 5),), (2, 2, 4)
    ),
    "global_average_pool2d": Row(ops.global_average_pool2d, ((3, 4, 5),), (3,)),
    "relu": Row(ops.relu, ((2, 3, 4),), (2, 3, 4)),
    "tanh": Row(ops.tanh, ((2, 3, 4),), (2, 3, 4)),
    "sigmoid": Row(ops.sigmoid, ((2, 3, 4),), (2, 3, 4)),
    "dropout": Row(ops.dropout, ((2, 3, 4),), (2, 3, 4)),
    "dropout in training": Row(
        lambda x: ops.dropout(x, 0.4, training=True, rng=np.random.default_rng(1)),
        ((2, 3, 4),),
        (2, 3, 4),
        independent=False,
    ),
    "batch_norm": Row(ops.batch_norm, ((2, 3, 4), (2,), (2,)), (2, 3, 4), independent=False),
    "batch_norm with running statistics": Row(
        lambda x, w, b: ops.batch_norm(
            x, w, b, running_mean=np.array([0.2, -1], x.dtype), running_var=np.array([0.5, 2], x.dtype)
        ),
        ((2, 3, 4), (2,), (2,)),
        (2, 3, 4),
    ),
    "flatten": Row(ops.flatten, ((2, 3, 4),), (24,)),
    "linear": Row(ops.linear, ((5,), (4, 5), (4,)), (4,)),
    "linear without bias": Row(
        lambda x, w: (lambda y, vjp: (y, lambda dy: vjp(dy)[:2]))(*ops.linear(x, w)), ((5,), (1, 5)), (1,)
    ),
}

LAYERS = {
    "Conv2d": (Conv2d(4, kernel=(3, 2), stride=2, padding=1), (2, 6, 5)),
    "Conv2d without bias": (Conv2d(2, kernel=3, bias=False), (1, 5, 5)),
    "MaxPool2d": (MaxPool2d(2), (2, 4, 4)),
    "AveragePool2d": (AveragePool2d((3, 2), stride=1), (2, 4, 4)),
    "Tanh": (Tanh(), (2, 3, 3)),
    "Sigmoid": (Sigmoid(), (2, 3, 3)),
    "Dropout": (Dropout(0.3), (2, 3, 3)),
    "BatchNorm2d": (BatchNorm2d(), (2, 3, 3)),
    "GlobalAveragePool2d": (GlobalAveragePool2d(), (2, 4, 4)),
    "ReLU": (ReLU(), (2, 3, 3)),
    "Flatten": (Flatten(), (2, 3, 3)),
    "Linear": (Linear(4), (6,)),
    "Linear without bias": (Linear(4, bias=False), (6,)),
    "Sequential": (
        Sequential(Conv2d(3, kernel=3), ReLU(), MaxPool2d(2), Conv2d(2, kernel=1), Flatten(), Linear(4)),
        (1, 6, 6),
    ),
    "Sequential in Sequential": (
        Sequential(Sequential(Conv2d(2, kernel=2), ReLU()), GlobalAveragePool2d(), Linear(2)),
        (1, 4, 4),
    ),
    "Sequential with modes": (
        Sequential(Conv2d(2, kernel=2), BatchNorm2d(), Tanh(), Dropout(), GlobalAveragePool2d(), Linear(2)),
        (1, 4, 4),
    ),
}


def leaves(tree: Any) -> list[np.ndarray]:
    """The arrays of nested dicts, in the order of the keys."""
    return [leaf for branch in tree.values() for leaf in leaves(branch)] if isinstance(tree, dict) else [tree]


def rebuilt(tree: Any, arrays: Any) -> Any:
    """The tree again, with these arrays as its leaves."""
    if isinstance(tree, dict):
        return {key: rebuilt(branch, arrays) for key, branch in tree.items()}
    return next(arrays)


def trained(tree: Any) -> Any:
    """The tree without running statistics, which no gradient moves."""
    if not isinstance(tree, dict):
        return tree
    return {name: trained(branch) for name, branch in tree.items() if not name.startswith("running_")}


def completed(tree: Any, whole: Any, dtype: Any) -> Any:
    """The tree with the running statistics of the whole one."""
    if not isinstance(whole, dict):
        return whole.astype(dtype) if tree is None else tree
    return {name: completed(tree.get(name), branch, dtype) for name, branch in whole.items()}


def layer_row(layer: Any, in_shape: tuple[int, ...]) -> Row:
    """A layer as a function of its input and its parameters' arrays, to pass through the same tests."""
    whole, out_shape = layer.init(np.random.default_rng(0), in_shape=in_shape)
    params = trained(whole)

    def function(x: np.ndarray, *arrays: np.ndarray) -> tuple[np.ndarray, Callable[..., Any]]:
        y, vjp = layer(completed(rebuilt(params, iter(arrays)), whole, x.dtype), x)

        def flat(dy: np.ndarray) -> tuple[np.ndarray, ...]:
            dx, grads = vjp(dy)
            return dx, *leaves(trained(grads))

        return y, flat

    return Row(function, (in_shape, *(leaf.shape for leaf in leaves(params))), out_shape)


ROWS = OPS | {f"layer {name}": layer_row(*case) for name, case in LAYERS.items()}
each_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
each_independent_row = pytest.mark.parametrize(
    "row",
    [row for row in ROWS.values() if row.independent],
    ids=[name for name, row in ROWS.items() if row.independent],
)
each_layer = pytest.mark.parametrize(("layer", "in_shape"), LAYERS.values(), ids=LAYERS.keys())
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=["float32", "float64"])


def run(row: Row, inputs: list[np.ndarray], seed: int = 1) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """The output, the gradients, and the dy that was sent back."""
    y, vjp = row.function(*inputs)
    dy = np.random.default_rng(seed).normal(size=y.shape).astype(y.dtype)
    grads = vjp(dy)
    return y, list(grads) if isinstance(grads, tuple) else [grads], dy


@each_row
def test_the_output_and_the_gradients_have_the_promised_shapes(row: Row) -> None:
    inputs = row.inputs(0)
    y, grads, _ = run(row, inputs)
    assert y.shape == (N, *row.out_shape)
    assert [g.shape for g in grads] == [value.shape for value in inputs]


@each_row
def test_the_dtype_is_kept(row: Row) -> None:
    for dtype in DTYPES:
        y, grads, _ = run(row, row.inputs(0, dtype))
        assert {y.dtype, *(g.dtype for g in grads)} == {np.dtype(dtype)}


@each_row
def test_inputs_are_never_written(row: Row) -> None:
    inputs = row.inputs(0)
    copies = [value.copy() for value in inputs]
    for value in inputs:
        value.setflags(write=False)
    y, vjp = row.function(*inputs)
    dy = np.ones_like(y)
    dy.setflags(write=False)
    vjp(dy)
    for value, copy in zip(inputs, copies, strict=True):
        np.testing.assert_array_equal(value, copy)


@each_row
def test_the_gradient_is_the_slope_that_finite_differences_measure(row: Row) -> None:
    for seed in range(5):
        assert directional_error(row.function, row.inputs(seed), np.random.default_rng(seed)) < 1e-7, seed


@each_independent_row
def test_the_examples_of_a_batch_do_not_see_each_other(row: Row) -> None:
    x, *params = row.inputs(0)
    y, (dx, *_), dy = run(row, [x, *params])
    for n in range(N):
        alone, vjp = row.function(x[n : n + 1], *params)
        grads = vjp(dy[n : n + 1])
        np.testing.assert_allclose(alone[0], y[n], rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(
            (grads[0] if isinstance(grads, tuple) else grads)[0], dx[n], rtol=1e-12, atol=1e-13
        )


@each_row
def test_nothing_is_kept_between_calls(row: Row) -> None:
    first, second = row.inputs(0), row.inputs(1)
    y, vjp = row.function(*first)
    before = [np.copy(g) for g in leaves_of(vjp(np.ones_like(y)))]
    run(row, second)
    after = leaves_of(vjp(np.ones_like(y)))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def leaves_of(grads: Any) -> list[np.ndarray]:
    """What a vjp returned, as a list."""
    return list(grads) if isinstance(grads, tuple) else [grads]


@each_row
def test_a_gradient_that_would_only_fit_by_broadcasting_is_refused(row: Row) -> None:
    y, vjp = row.function(*row.inputs(0))
    with pytest.raises(ValueError, match=r"^dy has shape"):
        vjp(np.ones((1, *y.shape[1:])))


@each_row
def test_a_gradient_of_another_dtype_is_refused(row: Row) -> None:
    y, vjp = row.function(*row.inputs(0, np.float32))
    with pytest.raises(ValueError, match=r"^dy has dtype float64; it must be float32"):
        vjp(np.ones(y.shape, np.float64))


@each_layer
def test_init_knows_the_output_shape_and_keeps_the_dtype(layer: Any, in_shape: tuple[int, ...]) -> None:
    for dtype in DTYPES:
        params, out_shape = layer.init(np.random.default_rng(0), in_shape=in_shape, dtype=dtype)
        y, vjp = layer(params, np.ones((N, *in_shape), dtype))
        _, grads = vjp(np.ones_like(y))
        assert y.shape == (N, *out_shape)
        assert all(leaf.dtype == dtype for leaf in [y, *leaves(params), *leaves(grads)]), dtype


def nesting(tree: Any) -> Any:
    """The keys of a tree and the shapes of its leaves."""
    return {key: nesting(tree[key]) for key in tree} if isinstance(tree, dict) else tree.shape


@each_layer
def test_gradients_nest_exactly_like_the_parameters(layer: Any, in_shape: tuple[int, ...]) -> None:
    params, _ = layer.init(np.random.default_rng(0), in_shape=in_shape)
    y, vjp = layer(params, np.ones((N, *in_shape), np.float32))
    grads = vjp(np.ones_like(y))[1]
    assert nesting(grads) == nesting(params)
    assert list(grads) == list(params)


@each_layer
def test_equal_seeds_give_equal_parameters_and_others_do_not(layer: Any, in_shape: tuple[int, ...]) -> None:
    first, again, other = (
        leaves(layer.init(np.random.default_rng(seed), in_shape=in_shape)[0]) for seed in (7, 7, 8)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    if any(leaf.std() > 0 for leaf in first):
        assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


@each_layer
def test_the_parameters_gradients_do_not_depend_on_whether_the_inputs_is_asked_for(
    layer: Any, in_shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    params, _ = layer.init(rng, in_shape=in_shape)
    y, vjp = layer(params, rng.normal(size=(N, *in_shape)).astype(np.float32))
    dy = rng.normal(size=y.shape).astype(np.float32)
    with_input, without = vjp(dy)[1], vjp(dy, input_gradient=False)[1]
    for one, other in zip(leaves(with_input), leaves(without), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_images_gradient_is_not_computed_when_nobody_asks() -> None:
    for layer in (Conv2d(2, kernel=3), Sequential(Conv2d(2, kernel=3), ReLU())):
        params, _ = layer.init(np.random.default_rng(0), in_shape=(1, 5, 5))
        y, vjp = layer(params, np.ones((1, 1, 5, 5), np.float32))
        assert vjp(np.ones_like(y), input_gradient=False)[0] is None
        assert vjp(np.ones_like(y))[0].shape == (1, 1, 5, 5)


def test_every_operation_and_every_layer_has_a_row() -> None:
    import convlens
    from convlens.layers import Layer

    assert set(ops.__all__) - {"softmax", "cross_entropy", "channel_statistics"} == {
        name.split(" ")[0] for name in OPS
    }
    public = {name for name in convlens.__all__ if hasattr(getattr(convlens, name), "kind")}
    assert public == {name.split(" ")[0] for name in LAYERS}
    assert Layer  # the protocol that they share


def test_cross_entropy_sends_back_the_slope_of_the_loss() -> None:
    for seed in range(5):
        logits = np.random.default_rng(seed).normal(size=(N, 4))
        error = directional_error(
            lambda z: ops.cross_entropy(z, LABELS), [logits], np.random.default_rng(seed)
        )
        assert error < 1e-7


@each_dtype
def test_cross_entropy_keeps_the_dtype_and_writes_nothing(dtype: Any) -> None:
    logits = np.random.default_rng(0).normal(size=(N, 4)).astype(dtype)
    labels, copy = LABELS.copy(), logits.copy()
    logits.setflags(write=False)
    labels.setflags(write=False)
    loss, vjp = ops.cross_entropy(logits, labels)
    assert isinstance(loss, float)
    assert vjp(1.0).dtype == dtype
    assert vjp(np.float64(2.0)).dtype == dtype
    np.testing.assert_array_equal(vjp(2.0), 2 * vjp(1.0))
    np.testing.assert_array_equal(logits, copy)
