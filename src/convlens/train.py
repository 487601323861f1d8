"""Training as a generator: the caller takes as many steps as it wants to see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from convlens import ops
from convlens._checks import check_count, check_floats, check_generator, check_label_array
from convlens.layers import Layer
from convlens.layers.base import forward
from convlens.optim import Optimizer
from convlens.types import Array, Labels, Params

type Batch = tuple[Array, Labels]


@dataclass(frozen=True, eq=False)
class Step:
    """Where training stands after `number` updates: loss, accuracy and grads are those at `params`."""

    number: int
    loss: float
    accuracy: float
    params: Params
    grads: Params


def batches(x: Array, labels: Labels, size: int | None = None, rng: np.random.Generator | None = None
            ) -> Iterator[Batch]:
    """Yield batches without end: all examples each time, or `size` of them in a new order every epoch.

    x: (N, ...). labels: (N,). Batches of an epoch are all of one size; the examples left over wait for the
    next order. Raises ValueError when size does not fit or has no rng to order by.

    >>> stream = batches(np.zeros((4, 1, 2, 2)), np.array([0, 1, 0, 1]))
    >>> next(stream)[0].shape
    (4, 1, 2, 2)
    """
    check_floats("x", x)
    check_label_array(labels, len(x))
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


def train(model: Layer, params: Params, stream: Iterable[Batch], optimizer: Optimizer,
          rng: np.random.Generator | None = None) -> Iterator[Step]:
    """Yield a Step for each batch (x, labels) of the stream; the first is the start, before any update.

    The update is made when the next Step is asked for, so a caller who stops pays for nothing more.
    A loss that is no longer finite is not an error: it stands in the Step, for the caller to show.
    rng: what Dropout draws from. The loss of a Step is the one that was trained on; evaluate() tells of the
    same parameters without Dropout, and with BatchNorm2d's running statistics.
    """
    state = optimizer.start(params)
    for number, (x, labels) in enumerate(stream):
        with np.errstate(all="ignore"):
            logits, vjp = forward(model, params, x, training=True, rng=rng)
            loss, loss_vjp = ops.cross_entropy(logits, labels)
            _, grads = vjp(loss_vjp(1.0), input_gradient=False)
        yield Step(number, loss, _accuracy(logits, labels), params, grads)
        with np.errstate(all="ignore"):
            following, state = optimizer.step(params, grads, state)
            params = _with_statistics(following, params, grads)


def _with_statistics(following: Params, params: Params, grads: Params) -> Params:
    """The next parameters, but running statistics move as their layer says, not as the optimizer would."""
    if not isinstance(following, dict):
        return following
    return {name: params[name] - grads[name] if name.startswith("running_") else
            _with_statistics(following[name], params[name], grads[name]) for name in following}


def evaluate(model: Layer, params: Params, x: Array, labels: Labels) -> tuple[float, float]:
    """Return (loss in nats, accuracy from 0 to 1) on the given examples, whatever the loss."""
    with np.errstate(all="ignore"):
        logits, _ = model(params, x)
        return ops.cross_entropy(logits, labels)[0], _accuracy(logits, labels)


def _accuracy(logits: Array, labels: Labels) -> float:
    return int(np.count_nonzero(logits.argmax(axis=1) == labels)) / len(labels)
