"""A training step written by hand for speed on CPython: patches and `@`, which is a BLAS call.

Arrays have the axes (channels, height, width, batch): each convolution is then one large matrix product, and
the patches are copied in long runs. Equal filters may differ in the last bit here, so this is a benchmark,
not an option for convlens.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import convlens_step

type Array = Any
type Backward = Callable[[Array], tuple[Array, list[Array]]]
"""From dL/d(output) to dL/d(input) and the gradients of weight and bias, if there are any."""


def conv(x: Array, weight: Array, bias: Array, padding: int, input_gradient: bool) -> tuple[Array, Backward]:
    """Cross-correlate (C, H, W, N) with weight (K, C, F, F)."""
    (C, H, W, N), (K, _, F, _), P = x.shape, weight.shape, padding
    OH, OW = H + 2 * P - F + 1, W + 2 * P - F + 1
    padded = np.zeros((C, H + 2 * P, W + 2 * P, N), x.dtype)
    padded[:, P : P + H, P : P + W] = x
    patches = np.empty((C, F, F, OH, OW, N), x.dtype)
    for a in range(F):
        for b in range(F):
            patches[:, a, b] = padded[:, a : a + OH, b : b + OW]
    columns, rows = patches.reshape(C * F * F, -1), weight.reshape(K, -1)
    y = rows @ columns
    y += bias[:, None]

    def backward(dy: Array) -> tuple[Array, list[Array]]:
        dy = dy.reshape(K, -1)
        grads = [(dy @ columns.T).reshape(weight.shape), dy.sum(axis=1)]
        if not input_gradient:
            return None, grads
        dpatches = (rows.T @ dy).reshape(patches.shape)
        dpadded = np.zeros_like(padded)
        for a in range(F):
            for b in range(F):
                dpadded[:, a : a + OH, b : b + OW] += dpatches[:, a, b]
        return dpadded[:, P : P + H, P : P + W], grads

    return y.reshape(K, OH, OW, N), backward


def relu(x: Array) -> tuple[Array, Backward]:
    """Set negative numbers to 0."""
    y = np.maximum(x, 0)
    return y, lambda dy: (dy * (y > 0), [])


def pool(x: Array, size: int) -> tuple[Array, Backward]:
    """Keep the largest of each window. Ties are zeros here, whose gradient the ReLU stops."""
    H, W = (length // size * size for length in x.shape[1:3])
    places = [np.s_[:, a:H:size, b:W:size] for a in range(size) for b in range(size)]
    y = x[places[0]].copy()
    for place in places[1:]:
        np.maximum(y, x[place], out=y)

    def backward(dy: Array) -> tuple[Array, list[Array]]:
        dx = np.zeros_like(x)
        for place in places:
            np.multiply(dy, x[place] == y, out=dx[place])
        return dx, []

    return y, backward


def dense(x: Array, weight: Array, bias: Array) -> tuple[Array, Backward]:
    """Return weighted sums (M, N) of all inputs."""
    columns = x.reshape(-1, x.shape[-1])
    y = weight @ columns + bias[:, None]
    return y, lambda dy: ((weight.T @ dy).reshape(x.shape), [dy @ columns.T, dy.sum(axis=1)])


def cross_entropy(logits: Array, labels: Array) -> tuple[float, Array]:
    """Return the mean loss over the batch, and its gradient."""
    shifted = logits - logits.max(axis=0)
    powers = np.exp(shifted)
    sums = powers.sum(axis=0)
    columns = np.arange(len(labels))
    loss = float((np.log(sums) - shifted[labels, columns]).mean())
    residual = powers / sums
    residual[labels, columns] -= 1
    return loss, residual / residual.dtype.type(len(labels))


def gradients(
    network: dict[str, Any], params: list[Array], x: Array, labels: Array, layers: Any = None
) -> tuple[float, list[Array]]:
    """Return the loss at params (weight, bias, weight, bias, ...), and its gradients in the same order.

    layers: another module with conv, relu, pool, dense and cross_entropy, for another layout of x.
    """
    layers = layers or sys.modules[__name__]
    backwards, arrays = [], iter(params)
    for position, layer in enumerate(network["layers"]):
        if layer["kind"] == "conv":
            x, backward = layers.conv(x, next(arrays), next(arrays), layer["padding"], position > 0)
        elif layer["kind"] == "relu":
            x, backward = layers.relu(x)
        elif layer["kind"] == "pool":
            x, backward = layers.pool(x, layer["size"])
        else:
            x, backward = layers.dense(x, next(arrays), next(arrays))
        backwards.append(backward)
    loss, dy = layers.cross_entropy(x, labels)
    grads: list[Array] = []
    for backward in reversed(backwards):
        dy, own = backward(dy)
        grads = own + grads
    return loss, grads


def training(
    network: dict[str, Any], params: list[Array], x: Array, labels: Array, layers: Any = None
) -> Iterator[float]:
    """Yield the loss of each step; params are changed in place."""
    while True:
        loss, grads = gradients(network, params, x, labels, layers)
        for array, gradient in zip(params, grads, strict=True):
            array -= network["learning_rate"] * gradient
        yield loss


def prepare(
    network: dict[str, Any], axes: tuple[int, ...] = (1, 2, 3, 0)
) -> tuple[list[Array], Array, Array]:
    """Return convlens' initial state in this file's layout: parameters, images, labels."""
    x, labels = convlens_step.examples(network)
    _, params = convlens_step.start(network)
    flat = [array for layer in params.values() for array in (layer["weight"], layer["bias"])]
    return flat, np.ascontiguousarray(x.transpose(axes)), labels


def make(network: dict[str, Any]) -> dict[str, Any]:
    """Start to train a network; return its number of parameters and its first losses."""
    return begin(network, *prepare(network))


def begin(
    network: dict[str, Any], params: list[Array], x: Array, labels: Array, layers: Any = None
) -> dict[str, Any]:
    """Start to train from these parameters."""
    global losses
    losses = training(network, params, x, labels, layers)
    first = [next(losses) for _ in range(convlens_step.CHECKED_STEPS)]
    return {"parameters": sum(array.size for array in params), "losses": first}


def run(seconds: float) -> dict[str, Any]:
    """Continue to train for some seconds."""
    return convlens_step.time_steps(losses, seconds)


def versions() -> dict[str, str]:
    """Return the name and version of the BLAS."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {"blas": f"{blas['name']} {blas['version']}"}


losses: Iterator[float]
