"""The two layers that learn weighted sums."""

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

import numpy as np

from convlens import initializers, ops
from convlens._checks import check_params
from convlens._settings import check_count, check_flag, check_init, check_room, check_takes, pair
from convlens._words import shown
from convlens.layers.base import LayerVjp, Named
from convlens.types import Array, Initializer, Params, Shape

HE = initializers.he()


@dataclass(frozen=True)
class Conv2d(Named):
    """`filters` kernels of one size that slide over all channels; see ops.conv2d.

    All but `filters` is given by name. The channels of the input are not told: init finds them in in_shape.
    """

    filters: int
    _: KW_ONLY
    kernel: int | tuple[int, int]
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] = 0
    initializer: Initializer = field(default=HE, repr=False)
    bias: bool = True
    kind: ClassVar[str] = "conv"
    unnamed: ClassVar[tuple[str, ...]] = ("filters",)
    example: ClassVar[str] = "Conv2d(8, kernel=5)"

    def __post_init__(self) -> None:
        check_count("filters", self.filters)
        pair("kernel", self.kernel, 1)
        pair("stride", self.stride, 1)
        pair("padding", self.padding, 0)
        _check_start(self.initializer, self.bias)

    def init(
        self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32
    ) -> tuple[Params, Shape]:
        """in_shape: (C, H, W). Returns weight (K, C, FH, FW) and bias (K,), and (K, OH, OW)."""
        C, H, W = check_init(rng, in_shape, "C, H, W", dtype)
        K, (FH, FW), (PH, PW) = self.filters, pair("kernel", self.kernel, 1), pair("padding", self.padding, 0)
        if FH > H + 2 * PH or FW > W + 2 * PW:
            raise ValueError(
                f"kernel is {FH}x{FW}; it must fit into the padded image of {H + 2 * PH}x{W + 2 * PW}"
            )
        params = _start(self, rng, (K, C, FH, FW), C * FH * FW, K * FH * FW, dtype)
        return params, self(params, np.zeros((1, C, H, W), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias"} if self.bias else {"weight"})
        _check_input(x, params["weight"], 4, "channels")
        y, vjp = ops.conv2d(x, params["weight"], params.get("bias"), stride=self.stride, padding=self.padding)
        return y, _named(vjp)


@dataclass(frozen=True)
class Linear(Named):
    """`outputs` weighted sums of all inputs; see ops.linear.

    All but `outputs` is given by name. The number of inputs is not told: init finds it in in_shape.
    """

    outputs: int
    _: KW_ONLY
    initializer: Initializer = field(default=HE, repr=False)
    bias: bool = True
    kind: ClassVar[str] = "linear"
    unnamed: ClassVar[tuple[str, ...]] = ("outputs",)
    example: ClassVar[str] = "Linear(4)"

    def __post_init__(self) -> None:
        check_count("outputs", self.outputs)
        _check_start(self.initializer, self.bias)

    def init(
        self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32
    ) -> tuple[Params, Shape]:
        """in_shape: (D,). Returns weight (M, D) and bias (M,), and (M,)."""
        (D,) = check_init(
            rng, in_shape, "D", dtype, hint=": put Flatten or GlobalAveragePool2d before Linear"
        )
        return _start(self, rng, (self.outputs, D), D, self.outputs, dtype), (self.outputs,)

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias"} if self.bias else {"weight"})
        _check_input(x, params["weight"], 2, "numbers per example")
        y, vjp = ops.linear(x, params["weight"], params.get("bias"))
        return y, _named(lambda dy, input_gradient=True: vjp(dy))


def _check_start(initializer: Any, bias: Any) -> None:
    check_flag("bias", bias)
    named = isinstance(initializer, str) or getattr(initializer, "__module__", "") == "convlens.initializers"
    hint = ", such as initializers.he()" if named or not callable(initializer) else ""
    check_takes("initializer", initializer, "rng, shape, fan_in, fan_out", hint)


def _start(
    layer: Conv2d | Linear, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int, dtype: Any
) -> Params:
    """Return the first weight and bias; whatever the initializer draws, they are floats of this dtype."""
    check_room(layer.unnamed[0], shape[0], math.prod(shape))
    weight = layer.initializer(rng, shape, fan_in, fan_out)
    if not isinstance(weight, np.ndarray) or weight.shape != shape or weight.dtype.kind not in "fiu":
        raise ValueError(
            f"initializer returned {shown(weight)}; it must return an array of numbers of shape {shape}"
        )
    if not np.isfinite(weight).all():
        raise ValueError(
            "initializer returned a number that is not finite; every weight must be finite at the start"
        )
    return {"weight": weight.astype(dtype)} | ({"bias": np.zeros(shape[0], dtype)} if layer.bias else {})


def _check_input(x: Any, weight: Any, axes: int, what: str) -> None:
    """Refuse images that do not fit these parameters; to the operation alone it would be the weight that does not fit."""
    if not (isinstance(x, np.ndarray) and isinstance(weight, np.ndarray) and x.ndim == weight.ndim == axes):
        return  # the operation says what is wrong
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} {what}; it must have {weight.shape[1]}, as the in_shape that init got"
        )
    if x.dtype != weight.dtype and x.dtype.kind == "f":
        raise ValueError(
            f"x has dtype {x.dtype}, and params {weight.dtype}; they must agree: x.astype(np.{weight.dtype})"
        )


def _named(vjp: Callable[..., tuple[Any, Array, Array | None]]) -> LayerVjp:
    def layer_vjp(dy: Array, input_gradient: bool = True) -> tuple[Any, Params]:
        dx, dweight, dbias = vjp(dy, input_gradient)
        return dx, {"weight": dweight} | ({} if dbias is None else {"bias": dbias})

    return layer_vjp
