"""Training as a generator: the caller takes as many steps as it wants."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from convlens import ops
from convlens._checks import check_alike, check_examples, check_leaves, check_logits, with_place
from convlens._settings import check_count, check_generator
from convlens._words import show, type_name
from convlens.layers import Layer
from convlens.layers.base import check_layer, forward
from convlens.optim import Optimizer, with_statistics
from convlens.types import Array, Labels, Params, Rng, tree_map

type Batch = tuple[Array, Labels]


@dataclass(frozen=True, eq=False)
class Step:
    """The state of training after `number` updates: loss, accuracy and grads are those at `params`."""

    number: int
    loss: float
    accuracy: float
    params: Params
    grads: Params


def batches(x: Array, labels: Labels, size: int | None = None, rng: Rng | None = None) -> Iterator[Batch]:
    """Yield batches forever: all examples each time, or `size` of them in a new order every epoch.

    x: (N, ...). labels: (N,). All batches have the same size: examples left over at the end of an epoch are
    skipped. Raises ValueError when size does not fit or comes without an rng.

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
    return _mini_batches(x, labels, size, check_generator("rng", rng))


def _mini_batches(x: Array, labels: Labels, size: int, rng: Rng) -> Iterator[Batch]:
    while True:
        order = rng.permutation(len(x))
        for begin in range(0, len(x) - size + 1, size):
            batch = order[begin : begin + size]
            yield x[batch], labels[batch]


def train(
    model: Layer, params: Params, stream: Iterable[Batch], optimizer: Optimizer, rng: Rng | None = None
) -> Iterator[Step]:
    """Yield a Step for each batch (x, labels) of the stream; the first is the start, before any update.

    An update is computed when the next Step is requested, so a caller who stops pays for nothing more.
    A loss that is no longer finite is not an error: it is in the Step, for the caller to show.
    rng: for Dropout. The arrays in a Step are read-only, so that nothing can change a run.
    The loss of a Step is that of training; evaluate() returns the one without Dropout, and with the running
    statistics of BatchNorm2d.
    Raises ValueError when an argument does not fit, and TypeError when one is missing.
    """
    check_layer("model", model)
    check_leaves(params)
    if isinstance(stream, (tuple, np.ndarray, str, bytes, dict)) or not isinstance(stream, Iterable):
        raise ValueError(
            f"stream is {type_name(stream)}; it must yield batches (x, labels): write batches(x, labels)"
        )
    _check_optimizer(optimizer)
    if rng is not None:
        check_generator("rng", rng)
    return _steps(model, tree_map(np.copy, params), stream, optimizer, rng)


def _steps(
    model: Layer, params: Params, stream: Iterable[Batch], optimizer: Optimizer, rng: Rng | None
) -> Iterator[Step]:
    state = optimizer.start(params)
    for number, batch in enumerate(stream):
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            raise ValueError(
                f"stream yields {type_name(batch)}; it must yield pairs (x, labels), as batches does"
            )
        x, labels = batch
        try:
            check_examples(x, labels)
        except ValueError as error:
            raise with_place(f"batch {number} of the stream", error) from None
        with np.errstate(all="ignore"):
            logits, vjp = forward(model, params, x, training=True, rng=rng)
            check_logits(logits)
            loss, loss_vjp = ops.cross_entropy(logits, labels)
            _, grads = vjp(loss_vjp(1.0), input_gradient=False)
        # Read-only, so that neither the caller nor the optimizer can change the run.
        params = tree_map(_read_only, params)
        grads = tree_map(_read_only, grads)
        yield Step(number, loss, _count_correct(logits, labels) / len(labels), params, grads)
        with np.errstate(all="ignore"):
            params, state = _next(optimizer, params, grads, state)


def _next(optimizer: Optimizer, params: Params, grads: Params, state: Params) -> tuple[Params, Params]:
    """Return the next parameters and state from any optimizer, or refuse what it returned."""
    result = optimizer.step(params, grads, state)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ValueError(
            f"optimizer returns {type_name(result)} from its step; it must return (params, state)"
        )
    next_params, state = result
    check_alike("params from the optimizer", next_params, params)
    return with_statistics(next_params, params, grads), state


def _read_only(array: Array) -> Array:
    """Return a view of an array that cannot be written."""
    view = array.view()
    view.flags.writeable = False
    return view


def until(run: Iterator[Step], number: int) -> Iterator[Step]:
    """Yield the steps of a run up to this number, or to the first step whose loss is no longer finite.

    Raises ValueError when run does not yield Steps or number is not a whole number from 0.
    """
    if not isinstance(run, Iterator):
        raise ValueError(f"run is {type_name(run)}; it must yield Steps, as train does")
    check_count("number", number, least=0)
    for step in run:
        if not isinstance(step, Step):
            raise ValueError(f"run yields {type_name(step)}; it must yield Steps, as train does")
        yield step
        if step.number == number or not np.isfinite(step.loss):
            return


def evaluate(
    model: Layer, params: Params, x: Array, labels: Labels, *, size: int = 1000
) -> tuple[float, float]:
    """Return (loss in nats, accuracy from 0 to 1) on these examples.

    size: the number of examples computed at a time, which limits the memory.
    Raises ValueError when an argument does not fit.
    """
    check_layer("model", model)
    check_examples(x, labels)
    check_count("size", size)
    loss, correct = 0.0, 0
    with np.errstate(all="ignore"):
        for begin in range(0, len(x), size):
            part = labels[begin : begin + size]
            logits, _ = model(params, x[begin : begin + size])
            check_logits(logits)
            loss += len(part) / len(x) * ops.cross_entropy(logits, part)[0]
            correct += _count_correct(logits, part)
    return loss, correct / len(x)


def _count_correct(logits: Array, labels: Labels) -> int:
    """Count the examples whose largest logit is at the label; one with a nan among its logits does not count."""
    return int(np.count_nonzero((logits.argmax(axis=1) == labels) & ~np.isnan(logits.max(axis=1))))


def _check_optimizer(optimizer: Optimizer) -> None:
    if isinstance(optimizer, type):
        raise ValueError(
            f"optimizer is the class {optimizer.__name__}; it must be an instance: {optimizer.__name__}(learning_rate=0.1)"
        )
    if not callable(getattr(optimizer, "start", None)) or not callable(getattr(optimizer, "step", None)):
        raise ValueError(
            f"optimizer is {show(optimizer)}; it must be an optimizer, such as SGD(learning_rate=0.1)"
        )
