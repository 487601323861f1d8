"""The layers that learn: weighted sums of windows (Conv2d) and of all inputs (Linear)."""

import math
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

import numpy as np

from convlens import initializers, ops
from convlens._checks import check_params
from convlens._settings import check_count, check_flag, check_function, check_init, check_size, pair
from convlens._words import show
from convlens.layers.base import LayerVjp, NamedSettings
from convlens.types import Array, Initializer, Pair, Params, Rng, Shape

HE = initializers.he()


@dataclass(frozen=True)
class Conv2d(NamedSettings):
    """`filters` kernels of one size that slide over all channels; see ops.conv2d.

    All settings but `filters` are passed by name. The number of input channels is not among them: init reads it from in_shape.
    """

    filters: int
    _: KW_ONLY
    kernel: Pair
    stride: Pair = 1
    padding: Pair = 0
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

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: (C, H, W). Returns weight (K, C, FH, FW) and bias (K,), and (K, OH, OW)."""
        C, H, W = check_init(rng, in_shape, "C, H, W", dtype)
        K = self.filters
        FH, FW = pair("kernel", self.kernel, 1)
        PH, PW = pair("padding", self.padding, 0)
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
        return y, _with_names(vjp)


@dataclass(frozen=True)
class Linear(NamedSettings):
    """`outputs` weighted sums of all inputs; see ops.linear.

    All settings but `outputs` are passed by name. The number of inputs is not among them: init reads it from in_shape.
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

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: (D,). Returns weight (M, D) and bias (M,), and (M,)."""
        hint = ": put Flatten or GlobalAveragePool2d before Linear"
        (D,) = check_init(rng, in_shape, "D", dtype, hint)
        return _start(self, rng, (self.outputs, D), D, self.outputs, dtype), (self.outputs,)

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias"} if self.bias else {"weight"})
        _check_input(x, params["weight"], 2, "numbers per example")
        y, vjp = ops.linear(x, params["weight"], params.get("bias"))
        return y, _with_names(lambda dy, input_gradient=True: vjp(dy))


def _check_start(initializer: Any, bias: Any) -> None:
    check_flag("bias", bias)
    # A caller who passes "he" or initializers.he, without the call, means initializers.he().
    is_ours = getattr(initializer, "__module__", "") == "convlens.initializers"
    hint = ", such as initializers.he()" if is_ours or not callable(initializer) else ""
    check_function("initializer", initializer, "rng, shape, fan_in, fan_out", hint)


def _start(layer: Conv2d | Linear, rng: Rng, shape: Shape, fan_in: int, fan_out: int, dtype: Any) -> Params:
    """Return the first weight and bias, as floats of this dtype, whatever the initializer returns."""
    check_size(layer.unnamed[0], shape[0], math.prod(shape))
    weight = layer.initializer(rng, shape, fan_in, fan_out)
    if not isinstance(weight, np.ndarray) or weight.shape != shape or weight.dtype.kind not in "fiu":
        raise ValueError(
            f"initializer returned {show(weight)}; it must return an array of numbers of shape {shape}"
        )
    if not np.isfinite(weight).all():
        raise ValueError(
            "initializer returned a number that is not finite; every weight must be finite at the start"
        )
    bias = {"bias": np.zeros(shape[0], dtype)} if layer.bias else {}
    return {"weight": weight.astype(dtype)} | bias


def _check_input(x: Any, weight: Any, axes: int, unit: str) -> None:
    """Refuse an x that does not fit these parameters; the operation alone would blame the weight."""
    if not (isinstance(x, np.ndarray) and isinstance(weight, np.ndarray) and x.ndim == weight.ndim == axes):
        return  # the operation refuses these
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} {unit}; it must have {weight.shape[1]}, as the in_shape that init got"
        )
    if x.dtype != weight.dtype and x.dtype.kind == "f":
        raise ValueError(
            f"x has dtype {x.dtype}, and params {weight.dtype}; they must agree: x.astype(np.{weight.dtype})"
        )


def _with_names(vjp: Callable[..., tuple[Any, Array, Array | None]]) -> LayerVjp:
    """Return a vjp whose gradients of weight and bias are a dict, like the parameters."""

    def layer_vjp(dy: Array, input_gradient: bool = True) -> tuple[Any, Params]:
        dx, dweight, dbias = vjp(dy, input_gradient)
        return dx, {"weight": dweight} | ({} if dbias is None else {"bias": dbias})

    return layer_vjp
