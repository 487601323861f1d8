"""A training step as usually written by hand around a BLAS: im2col and `@`, images outermost in memory (N, C, H, W).

This is the form of courses and of Caffe. `native_blas.py` beside it puts the batch last, for longer runs in memory.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from . import native_blas
from .native_blas import Array, Backward, relu, run, versions

__all__ = ["conv", "cross_entropy", "dense", "make", "pool", "relu", "run", "versions"]


def conv(x: Array, weight: Array, bias: Array, padding: int, input_gradient: bool) -> tuple[Array, Backward]:
    """Cross-correlate (N, C, H, W) with weight (K, C, F, F): a product of matrices for each image."""
    (N, C, H, W), (K, _, F, _), P = x.shape, weight.shape, padding
    OH, OW = H + 2 * P - F + 1, W + 2 * P - F + 1
    padded = np.zeros((N, C, H + 2 * P, W + 2 * P), x.dtype)
    padded[:, :, P : P + H, P : P + W] = x
    patches = np.empty((N, C, F, F, OH, OW), x.dtype)
    for a in range(F):
        for b in range(F):
            patches[:, :, a, b] = padded[:, :, a : a + OH, b : b + OW]
    columns, rows = patches.reshape(N, C * F * F, OH * OW), weight.reshape(K, -1)
    y = rows @ columns
    y += bias[:, None]

    def backward(dy: Array) -> tuple[Array, list[Array]]:
        dy = dy.reshape(N, K, -1)
        grads = [(dy @ columns.transpose(0, 2, 1)).sum(axis=0).reshape(weight.shape), dy.sum(axis=(0, 2))]
        if not input_gradient:
            return None, grads
        dpatches = (rows.T @ dy).reshape(patches.shape)
        dpadded = np.zeros_like(padded)
        for a in range(F):
            for b in range(F):
                dpadded[:, :, a : a + OH, b : b + OW] += dpatches[:, :, a, b]
        return dpadded[:, :, P : P + H, P : P + W], grads

    return y.reshape(N, K, OH, OW), backward


def pool(x: Array, size: int) -> tuple[Array, Backward]:
    """Keep the largest of each window. Ties are zeros here, whose gradient the ReLU stops."""
    y, backward = native_blas.pool(x.reshape(-1, *x.shape[2:], 1), size)

    def folded(dy: Array) -> tuple[Array, list[Array]]:
        dx, _ = backward(dy.reshape(y.shape))
        return dx.reshape(x.shape), []

    return y.reshape(*x.shape[:2], *y.shape[1:3]), folded


def dense(x: Array, weight: Array, bias: Array) -> tuple[Array, Backward]:
    """Return weighted sums (N, M) of all inputs."""
    rows = x.reshape(len(x), -1)
    y = rows @ weight.T + bias
    return y, lambda dy: ((dy @ weight).reshape(x.shape), [dy.T @ rows, dy.sum(axis=0)])


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean loss over the batch, and its gradient."""
    loss, residual = native_blas.cross_entropy(logits.T, labels)
    return loss, residual.T


def make(network: dict[str, Any]) -> dict[str, Any]:
    """Start to train a network; return its number of parameters and its first losses."""
    return native_blas.begin(network, *native_blas.prepare(network, (0, 1, 2, 3)), sys.modules[__name__])
