"""The two layers that learn weighted sums."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from convlens import initializers, ops
from convlens._checks import check_count, check_init, check_params, pair
from convlens.layers.base import LayerVjp
from convlens.types import Array, Initializer, Params, Shape

HE = initializers.he()


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

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
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

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
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
