"""The loss of a classifier."""

from collections.abc import Callable

import numpy as np

from convlens._checks import check_array, check_labels
from convlens._settings import check_number
from convlens.types import Array, Labels


def softmax(logits: Array) -> Array:
    """Turn each row of logits into probabilities:  p[m] = exp(logits[m]) / sum of exp(logits).

    It has no vjp: training uses cross_entropy.
    logits: (N, M). Returns (N, M); each row sums to 1. Raises ValueError when logits is not such an array.
    Source: torch.nn.functional.softmax.

    >>> softmax(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """
    check_array("logits", logits, "N, M")
    # Subtracting the largest changes nothing in exact arithmetic and keeps exp from overflowing.
    powers: Array = np.exp(logits - logits.max(axis=1, keepdims=True))
    p: Array = powers / powers.sum(axis=1, keepdims=True)
    return p


def cross_entropy(logits: Array, labels: Labels) -> tuple[float, Callable[[float], Array]]:
    """Return the mean over the batch of -log p[label], with p = softmax(logits).

    logits: (N, M). labels: (N,) integers from 0 to M - 1.
    Returns the loss in nats, and vjp(dloss) -> dlogits = dloss * (p - y) / N with y = 1 at the label, else 0.
    That p - y is the residual that all filters share.
    Raises ValueError when the labels do not fit. Source: torch.nn.functional.cross_entropy.

    >>> loss, vjp = cross_entropy(np.array([[0.0, 0.0]]), np.array([1]))
    >>> round(loss, 4), vjp(1.0)
    (0.6931, array([[ 0.5, -0.5]]))
    """
    check_array("logits", logits, "N, M")
    N, M = logits.shape
    check_labels(labels, N, M)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(N, dtype=np.int64)
    loss = 0.0 - float(log_p[rows, labels].sum()) / N  # not -0.0 where all is certain

    def vjp(dloss: float = 1.0) -> Array:
        residual: Array = np.exp(log_p)
        residual[rows, labels] -= 1
        return residual * residual.dtype.type(check_number("dloss", dloss) / N)

    return loss, vjp
