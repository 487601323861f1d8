"""Layers: what an operation needs to be told, apart from the parameters, which the caller owns.

Every layer has two parts:
    params, out_shape = layer.init(rng, in_shape)          shapes without the batch axis
    y, vjp = layer(params, x);  dx, grads = vjp(dy)        grads nests exactly like params
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.random import Generator

from convlens import initializers, ops
from convlens._checks import check_count, check_init, check_params, pair
from convlens.types import Array, Initializer, Params, Shape

type LayerVjp = Callable[..., tuple[Array, Params]]

HE = initializers.he()


class Layer(Protocol):
    """What Sequential needs of a layer; `kind` names it, as in conv1, conv2, linear1."""

    kind: ClassVar[str]

    def init(self, rng: Generator, in_shape: Shape, dtype: Any = ...) -> tuple[Params, Shape]: ...

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]: ...


class _NoParameters:
    """A layer that only computes; its output shape is found by running it on one example of zeros."""

    def apply(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        raise NotImplementedError

    def init(self, rng: Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        return {}, self.apply(np.zeros((1, *in_shape), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        y, vjp = self.apply(x)
        return y, lambda dy, input_gradient=True: (vjp(dy), {})


@dataclass(frozen=True)
class Conv2d:
    """`filters` kernels of one size that slide over all channels; see ops.conv2d."""

    filters: int
    kernel: int | tuple[int, int]
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] = 0
    initializer: Initializer = field(default=HE, repr=False)
    bias: bool = True
    kind: ClassVar[str] = "conv"

    def init(self, rng: Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: (C, H, W). Returns weight (K, C, FH, FW) and bias (K,), and (K, OH, OW)."""
        check_init(rng, in_shape, "C, H, W", dtype)
        K, C = check_count("filters", self.filters), in_shape[0]
        FH, FW = pair("kernel", self.kernel, 1)
        weight = self.initializer(rng, (K, C, FH, FW), C * FH * FW, K * FH * FW).astype(dtype)
        params: Params = {"weight": weight} | ({"bias": np.zeros(K, dtype)} if self.bias else {})
        return params, self(params, np.zeros((1, *in_shape), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias"} if self.bias else {"weight"})
        y, vjp = ops.conv2d(x, params["weight"], params.get("bias"), stride=self.stride, padding=self.padding)
        return y, _named(vjp)


@dataclass(frozen=True)
class Linear:
    """`outputs` weighted sums of all inputs; see ops.linear."""

    outputs: int
    initializer: Initializer = field(default=HE, repr=False)
    bias: bool = True
    kind: ClassVar[str] = "linear"

    def init(self, rng: Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: (D,). Returns weight (M, D) and bias (M,), and (M,)."""
        check_init(rng, in_shape, "D", dtype, hint=": put Flatten or GlobalAveragePool2d before Linear")
        M, D = check_count("outputs", self.outputs), in_shape[0]
        weight = self.initializer(rng, (M, D), D, M).astype(dtype)
        return {"weight": weight} | ({"bias": np.zeros(M, dtype)} if self.bias else {}), (M,)

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias"} if self.bias else {"weight"})
        y, vjp = ops.linear(x, params["weight"], params.get("bias"))
        return y, _named(lambda dy, input_gradient=True: vjp(dy))


def _named(vjp: Callable[..., tuple[Any, Array, Array | None]]) -> LayerVjp:
    def layer_vjp(dy: Array, input_gradient: bool = True) -> tuple[Any, Params]:
        dx, dweight, dbias = vjp(dy, input_gradient)
        return dx, {"weight": dweight} | ({} if dbias is None else {"bias": dbias})

    return layer_vjp


@dataclass(frozen=True)
class ReLU(_NoParameters):
    """max(x, 0); see ops.relu."""

    kind: ClassVar[str] = "relu"

    def apply(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return ops.relu(x)


@dataclass(frozen=True)
class MaxPool2d(_NoParameters):
    """The largest of each window; see ops.max_pool2d."""

    size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    kind: ClassVar[str] = "pool"

    def apply(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return ops.max_pool2d(x, self.size, self.stride)


@dataclass(frozen=True)
class GlobalAveragePool2d(_NoParameters):
    """The mean of each map; see ops.global_average_pool2d."""

    kind: ClassVar[str] = "average"

    def apply(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return ops.global_average_pool2d(x)


@dataclass(frozen=True)
class Flatten(_NoParameters):
    """Each example in one row; see ops.flatten."""

    kind: ClassVar[str] = "flatten"

    def apply(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return ops.flatten(x)


class Sequential:
    """Layers one after the other; itself a layer. Parameters are filed under conv1, conv2, linear1, ...

    >>> model = Sequential(Conv2d(8, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
    >>> params, out_shape = model.init(np.random.default_rng(0), in_shape=(1, 12, 12))
    >>> out_shape, list(params), params["conv1"]["weight"].shape
    ((4,), ['conv1', 'linear1'], (8, 1, 5, 5))
    """

    kind: ClassVar[str] = "sequential"

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ValueError("layers is empty; a Sequential needs at least one layer")
        self.layers = layers
        counts: Counter[str] = Counter()
        self.names: list[str] = []
        for layer in layers:
            counts[layer.kind] += 1
            self.names.append(f"{layer.kind}{counts[layer.kind]}")

    def init(self, rng: Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """Return the parameters of all layers and the shape that comes out."""
        params: Params = {}
        shape = tuple(in_shape)
        for name, layer in zip(self.names, self.layers, strict=True):
            own, shape = layer.init(rng, shape, dtype)
            if own:
                params[name] = own
        return params, shape

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        """Return the output and vjp(dy, input_gradient=True) -> (dx, grads)."""
        if not set(params) <= set(self.names):
            raise ValueError(f"params have {sorted(params)}; each must be one of the layers {self.names}")
        vjps = []
        for name, layer in zip(self.names, self.layers, strict=True):
            x, vjp = layer(params.get(name, {}), x)
            vjps.append((name, vjp))

        def backward(dy: Array, input_gradient: bool = True) -> tuple[Array, Params]:
            grads: Params = {}
            for index, (name, vjp) in reversed(list(enumerate(vjps))):
                # Nobody trains the images, so the first layer may skip their gradient.
                dy, own = vjp(dy, input_gradient or index > 0)
                if own:
                    grads[name] = own
            return dy, {name: grads[name] for name in params}

        return x, backward
