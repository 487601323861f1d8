"""From class scores to one number that says how wrong they are, and back to the residual that all filters share."""

from collections.abc import Callable

import numpy as np

from convlens import _checks as checks
from convlens.types import Array, Labels


def softmax(logits: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Turn each row of scores into probabilities: positive, with the sum 1.

        p[n, m]       = exp(logits[n, m]) / sum over j of  exp(logits[n, j])
        dlogits[n, m] = p[n, m] (dp[n, m] - sum over j of  p[n, j] dp[n, j])

    logits (N, M), p (N, M). `ValueError` if logits are no such array.
    Source: Goodfellow et al. 2016, section 6.2.2.3; PyTorch, `torch.softmax(logits, 1)`.

    >>> p, vjp = softmax(np.array([[2.0, 2.0, 2.0, 2.0]]))
    >>> p, vjp(np.array([[1.0, 0.0, 0.0, 0.0]]))
    (array([[0.25, 0.25, 0.25, 0.25]]), array([[ 0.1875, -0.0625, -0.0625, -0.0625]]))
    """
    checks.array("logits", logits, "N, M")
    p = np.exp(_log_softmax(logits))

    def vjp(dp: Array) -> Array:
        checks.like("dp", dp, "p", p)
        return p * (dp - (p * dp).sum(axis=1, keepdims=True))

    return p, vjp


def cross_entropy(logits: Array, labels: Labels) -> tuple[float, Callable[[float], Array]]:
    """Return the mean surprise at the right class, and the way back to the residual p - onehot.

        loss          = - mean over n of  log p[n, labels[n]],     p = softmax(logits)
        dlogits[n, m] = dloss (p[n, m] - [m = labels[n]]) / N

    logits (N, M), labels (N,) integers from 0 to M - 1, loss a Python float in nats, dlogits (N, M); `vjp(1.0)` gives
    the gradient of the loss itself. Scores that are not finite give a loss that is not finite, and no error.

    `ValueError` if logits are no such array or a label is out of range.
    Source: PyTorch, `torch.nn.functional.cross_entropy`; cs231n notes, "Softmax classifier".

    >>> loss, vjp = cross_entropy(np.zeros((1, 4)), np.array([2], dtype=np.int64))
    >>> round(loss, 4), vjp(1.0)
    (1.3863, array([[ 0.25,  0.25, -0.75,  0.25]]))
    """
    checks.array("logits", logits, "N, M")
    checks.labels(labels, *logits.shape)
    log_p = _log_softmax(logits)
    right = np.arange(len(logits), dtype=np.int64), labels
    loss = -float(log_p[right].mean())

    def vjp(dloss: float) -> Array:
        residual = np.exp(log_p)
        residual[right] -= 1
        return residual * (checks.number("dloss", dloss) / len(logits))

    return loss, vjp


def _log_softmax(logits: Array) -> Array:
    # Shifted by the largest score, which changes nothing in the quotient, so that exp cannot overflow.
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p
