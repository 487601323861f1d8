"""A training step as one writes it by hand for speed on CPython: patches and `@`, which is a BLAS call.

Arrays are laid out (channels, height, width, batch): each convolution is then one large matrix product, and
what is cut out for the patches lies in long runs. Arrays are made once and filled anew in each step, which alone
makes the smallest network three times as fast. Equal filters may part in the last bit here, so this is a mark to
measure against, and not a way for convlens to go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import convlens_step

type Array = Any


class Conv:
    """Cross-correlate (C, H, W, N) with weight (K, C, F, F)."""

    def __init__(self, shape: tuple[int, ...], weight: Array, bias: Array, padding: int, first: bool) -> None:
        (C, H, W, N), (K, _, F, _), P = shape, weight.shape, padding
        OH, OW = H + 2 * P - F + 1, W + 2 * P - F + 1
        self.weight, self.bias, self.first = weight, bias[:, None], first
        self.rows = weight.reshape(K, -1)
        self.padded, self.dpadded = (np.zeros((C, H + 2 * P, W + 2 * P, N), weight.dtype) for _ in range(2))
        self.inner = np.s_[:, P : P + H, P : P + W]
        self.patches = np.empty((C, F, F, OH, OW, N), weight.dtype)
        self.columns = self.patches.reshape(C * F * F, -1)
        places = [(a, b) for a in range(F) for b in range(F)]
        self.windows = [(np.s_[:, a, b], np.s_[:, a : a + OH, b : b + OW]) for a, b in places]
        self.y = np.empty((K, OH, OW, N), weight.dtype)

    def forward(self, x: Array) -> Array:
        self.padded[self.inner] = x
        for patch, window in self.windows:
            self.patches[patch] = self.padded[window]
        y = np.matmul(self.rows, self.columns, out=self.y.reshape(len(self.rows), -1))
        y += self.bias
        return self.y

    def backward(self, dy: Array) -> tuple[Array, list[Array]]:
        dy = dy.reshape(len(self.rows), -1)
        grads = [(dy @ self.columns.T).reshape(self.weight.shape), dy.sum(axis=1)]
        if self.first:
            return None, grads
        np.matmul(self.rows.T, dy, out=self.columns)  # the patches have served: the room is used again
        self.dpadded[...] = 0
        for patch, window in self.windows:
            self.dpadded[window] += self.patches[patch]
        return self.dpadded[self.inner], grads


class Relu:
    """Set what is negative to 0."""

    def __init__(self, shape: tuple[int, ...], dtype: Any) -> None:
        self.y, self.on = np.empty(shape, dtype), np.empty(shape, bool)

    def forward(self, x: Array) -> Array:
        np.greater(x, 0, out=self.on)
        return np.maximum(x, 0, out=self.y)

    def backward(self, dy: Array) -> tuple[Array, list[Array]]:
        return np.multiply(dy, self.on, out=self.y), []


class Pool:
    """Keep the largest of each window. Equal largest ones are zeros here, and ReLU stops their gradient."""

    def __init__(self, shape: tuple[int, ...], dtype: Any, size: int) -> None:
        C, H, W, N = shape
        H, W = H // size * size, W // size * size
        self.places = [np.s_[:, a:H:size, b:W:size] for a in range(size) for b in range(size)]
        self.y, self.won = (np.empty((C, H // size, W // size, N), each) for each in (dtype, bool))
        self.dx = np.zeros(shape, dtype)

    def forward(self, x: Array) -> Array:
        self.x = x
        self.y[...] = x[self.places[0]]
        for place in self.places[1:]:
            np.maximum(self.y, x[place], out=self.y)
        return self.y

    def backward(self, dy: Array) -> tuple[Array, list[Array]]:
        for place in self.places:
            np.equal(self.x[place], self.y, out=self.won)
            np.multiply(dy, self.won, out=self.dx[place])
        return self.dx, []


class Dense:
    """Weighted sums (M, N) of all inputs."""

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight, self.bias = weight, bias[:, None]

    def forward(self, x: Array) -> Array:
        self.shape, self.columns = x.shape, x.reshape(-1, x.shape[-1])
        return self.weight @ self.columns + self.bias

    def backward(self, dy: Array) -> tuple[Array, list[Array]]:
        return (self.weight.T @ dy).reshape(self.shape), [dy @ self.columns.T, dy.sum(axis=1)]


def built(network: dict[str, Any], params: list[Array], x: Array) -> list[Any]:
    """Return the layers of a network that hold these parameters: weight, bias, weight, bias, ..."""
    layers: list[Any] = []
    left = iter(params)
    for layer in network["layers"]:
        if layer["kind"] == "conv":
            layers.append(Conv(x.shape, next(left), next(left), layer["padding"], not layers))
        elif layer["kind"] == "relu":
            layers.append(Relu(x.shape, x.dtype))
        elif layer["kind"] == "pool":
            layers.append(Pool(x.shape, x.dtype, layer["size"]))
        else:
            layers.append(Dense(next(left), next(left)))
        x = layers[-1].forward(x)
    return layers


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


def gradients(layers: list[Any], x: Array, labels: Array) -> tuple[float, list[Array]]:
    """Return the loss, and its gradients in the order of the parameters."""
    for layer in layers:
        x = layer.forward(x)
    loss, dy = cross_entropy(x, labels)
    grads: list[Array] = []
    for layer in reversed(layers):
        dy, own = layer.backward(dy)
        grads = own + grads
    return loss, grads


def training(network: dict[str, Any], params: list[Array], x: Array, labels: Array) -> Iterator[float]:
    """Yield the loss of each step; params are changed in place."""
    layers = built(network, params, x)
    while True:
        loss, grads = gradients(layers, x, labels)
        for array, gradient in zip(params, grads, strict=True):
            array -= network["learning_rate"] * gradient
        yield loss


def prepared(network: dict[str, Any]) -> tuple[list[Array], Array, Array]:
    """Return convlens' own start in this file's layout: parameters, images, labels."""
    x, labels = convlens_step.examples(network)
    _, params = convlens_step.start(network)
    flat = [array for layer in params.values() for array in (layer["weight"], layer["bias"])]
    return flat, np.ascontiguousarray(x.transpose(1, 2, 3, 0)), labels


def make(network: dict[str, Any]) -> dict[str, Any]:
    """Begin to train a network; return how many parameters it has, and its first losses."""
    global losses
    params, x, labels = prepared(network)
    losses = training(network, params, x, labels)
    first = [next(losses) for _ in range(convlens_step.CHECKED_STEPS)]
    return {"parameters": sum(array.size for array in params), "losses": first}


def run(seconds: float) -> dict[str, Any]:
    """Train on for so long."""
    return convlens_step.timed(losses, seconds)


def versions() -> dict[str, str]:
    """Return the name and version of the BLAS."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {"blas": f"{blas['name']} {blas['version']}"}


losses: Iterator[float]
