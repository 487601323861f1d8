"""Training as a generator: the caller takes as many steps as it wants to see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from convlens import ops
from convlens._checks import check_alike, check_examples, check_leaves, placed
from convlens._settings import check_count, check_generator
from convlens._words import a_kind, shown
from convlens.layers import Layer
from convlens.layers.base import check_layer, forward
from convlens.optim import Optimizer, with_statistics
from convlens.types import Array, Labels, Params, tree_map

type Batch = tuple[Array, Labels]


@dataclass(frozen=True, eq=False)
class Step:
    """Where training stands after `number` updates: loss, accuracy and grads are those at `params`."""

    number: int
    loss: float
    accuracy: float
    params: Params
    grads: Params


def batches(
    x: Array, labels: Labels, size: int | None = None, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Yield batches without end: all examples each time, or `size` of them in a new order every epoch.

    x: (N, ...). labels: (N,). Batches of an epoch are all of one size; the examples left over wait for the
    next order. Raises ValueError when size does not fit or has no rng to order by.

    >>> stream = batches(np.zeros((4, 1, 2, 2)), np.array([0, 1, 0, 1]))
    >>> next(stream)[0].shape
    (4, 1, 2, 2)
    """
    check_examples(x, labels)
    if rng is not None:
        check_generator("rng", rng)
    if size is None:
        return repeat((x, labels))
    if check_count("size", size) > len(x):
        raise ValueError(f"size is {size}; it must be from 1 to {len(x)}, the number of examples")
    check_generator("rng", rng)
    assert rng is not None
    return _mini_batches(x, labels, size, rng)


def _mini_batches(x: Array, labels: Labels, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    while True:
        order = rng.permutation(len(x))
        for begin in range(0, len(x) - size + 1, size):
            chosen = order[begin : begin + size]
            yield x[chosen], labels[chosen]


def train(
    model: Layer,
    params: Params,
    stream: Iterable[Batch],
    optimizer: Optimizer,
    rng: np.random.Generator | None = None,
) -> Iterator[Step]:
    """Yield a Step for each batch (x, labels) of the stream; the first is the start, before any update.

    The update is made when the next Step is asked for, so a caller who stops pays for nothing more.
    A loss that is no longer finite is not an error: it stands in the Step, for the caller to show.
    rng: what Dropout draws from. The arrays in a Step can be read and not written: a run is its own.
    The loss of a Step is the one that was trained on; evaluate() gives that of the same parameters without
    Dropout, and with BatchNorm2d's running statistics.
    Raises ValueError when an argument does not fit, and TypeError when one was forgotten.
    """
    check_layer("model", model)
    check_leaves(params)
    if isinstance(stream, (tuple, np.ndarray, str, bytes, dict)) or not isinstance(stream, Iterable):
        raise ValueError(
            f"stream is {a_kind(stream)}; it must yield batches (x, labels): write batches(x, labels)"
        )
    _check_optimizer(optimizer)
    if rng is not None:
        check_generator("rng", rng)
    return _steps(model, tree_map(np.copy, params), stream, optimizer, rng)


def _steps(
    model: Layer,
    params: Params,
    stream: Iterable[Batch],
    optimizer: Optimizer,
    rng: np.random.Generator | None,
) -> Iterator[Step]:
    state = optimizer.start(params)
    for number, batch in enumerate(stream):
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise ValueError(
                f"stream yields {a_kind(batch)}; it must yield pairs (x, labels), as batches does"
            )
        x, labels = batch
        try:
            check_examples(x, labels)
        except ValueError as error:
            raise placed(f"batch {number} of the stream", error) from None
        with np.errstate(all="ignore"):
            logits, vjp = forward(model, params, x, training=True, rng=rng)
            _check_logits(logits)
            loss, loss_vjp = ops.cross_entropy(logits, labels)
            _, grads = vjp(loss_vjp(1.0), input_gradient=False)
        # Nobody can write what is handed out: a run is its own, whatever a caller or an optimizer does.
        params, grads = tree_map(_read_only, params), tree_map(_read_only, grads)
        yield Step(number, loss, _right(logits, labels) / len(labels), params, grads)
        with np.errstate(all="ignore"):
            params, state = _next(optimizer, params, grads, state)


def _next(optimizer: Optimizer, params: Params, grads: Params, state: Params) -> tuple[Params, Params]:
    """Ask any optimizer for the next parameters and state, and refuse what is no such pair."""
    made = optimizer.step(params, grads, state)
    if not isinstance(made, tuple) or len(made) != 2:
        raise ValueError(f"optimizer returns {a_kind(made)} from its step; it must return (params, state)")
    following, state = made
    check_alike("params from the optimizer", following, params)
    return with_statistics(following, params, grads), state


def _read_only(array: Array) -> Array:
    """Return a view of an array that nobody can write through."""
    view = array.view()
    view.flags.writeable = False
    return view


def until(run: Iterator[Step], number: int) -> Iterator[Step]:
    """Yield the steps of a run up to the one of this number; a step whose loss is no longer finite ends it, too.

    Raises ValueError when the number is no whole number from 0 on.
    """
    if not isinstance(run, Iterator):
        raise ValueError(f"run is {a_kind(run)}; it must yield Steps, as train does")
    check_count("number", number, least=0)
    for step in run:
        if not isinstance(step, Step):
            raise ValueError(f"run yields {a_kind(step)}; it must yield Steps, as train does")
        yield step
        if step.number == number or not np.isfinite(step.loss):
            return


def evaluate(
    model: Layer, params: Params, x: Array, labels: Labels, *, size: int = 1000
) -> tuple[float, float]:
    """Return (loss in nats, accuracy from 0 to 1) on the given examples, whatever the loss.

    size: how many examples are computed at a time, so that memory does not grow with their number.
    Raises ValueError when an argument does not fit.
    """
    check_layer("model", model)
    check_examples(x, labels)
    check_count("size", size)
    loss, right = 0.0, 0
    with np.errstate(all="ignore"):
        for begin in range(0, len(x), size):
            part, wanted = x[begin : begin + size], labels[begin : begin + size]
            logits, _ = model(params, part)
            _check_logits(logits)
            loss += len(part) / len(x) * ops.cross_entropy(logits, wanted)[0]
            right += _right(logits, wanted)
    return loss, right / len(x)


def _right(logits: Array, labels: Labels) -> int:
    """How many examples have their largest logit at their label? None has, where a logit is nan."""
    return int(np.count_nonzero((logits.argmax(axis=1) == labels) & ~np.isnan(logits.max(axis=1))))


def _check_logits(logits: Array) -> None:
    if logits.ndim != 2:
        raise ValueError(
            f"model returns {shown(logits)}; it must return logits (N, M), so let it end with a Linear"
        )


def _check_optimizer(optimizer: Optimizer) -> None:
    if isinstance(optimizer, type):
        raise ValueError(
            f"optimizer is the class {optimizer.__name__}; it must be made: {optimizer.__name__}(learning_rate=0.1)"
        )
    if not callable(getattr(optimizer, "start", None)) or not callable(getattr(optimizer, "step", None)):
        raise ValueError(
            f"optimizer is {shown(optimizer)}; it must be an optimizer, such as SGD(learning_rate=0.1)"
        )
