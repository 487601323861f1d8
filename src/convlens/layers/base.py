"""What all layers have in common. A layer holds the settings of an operation; its parameters are the caller's.

Every layer has two parts:
    params, out_shape = layer.init(rng, in_shape)          shapes without the batch axis
    y, vjp = layer(params, x);  dx, grads = vjp(dy)        grads nests exactly like params
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from convlens._checks import check_params
from convlens._settings import check_init
from convlens._words import show, type_name
from convlens.types import Array, Params, Rng, Shape

type LayerVjp = Callable[..., tuple[Array, Params]]
type Applied = tuple[Array, Callable[[Array], Array]]


class Layer(Protocol):
    """What Sequential needs of a layer; `kind` is the stem of its name, as in conv1, conv2, linear1."""

    kind: ClassVar[str]

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = ...) -> tuple[Params, Shape]: ...

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]: ...


class NamedSettings:
    """A layer whose settings are passed by name: in PyTorch's order they would mean other things here."""

    unnamed: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = ""

    def __new__(cls, *settings: Any, **named: Any) -> Self:
        if len(settings) > len(cls.unnamed):
            rule = f"only {', '.join(cls.unnamed)} may come" if cls.unnamed else "none may come"
            raise TypeError(
                f"{cls.__name__} got {', '.join(map(show, settings)):.80} without names; {rule} without one, "
                f"as in {cls.example}: the size of the input is found by init"
            )
        return super().__new__(cls)


class ModalLayer:
    """A layer that acts differently in training: it is called as layer(params, x, training=False, rng=None).

    Dropout and BatchNorm2d are such layers, and so is Sequential, which passes both arguments on to them.
    All other layers are called as layer(params, x).
    """


def check_layer(name: str, value: Any) -> None:
    """Refuse anything but a layer, and a layer with an argument `training` that it would never receive."""
    if isinstance(value, type):
        example = getattr(value, "example", "") or f"{value.__name__}()"
        raise ValueError(f"{name} is the class {value.__name__}; it must be a layer: write {example}")
    has_init = callable(getattr(value, "init", None))
    if not (callable(value) and has_init and isinstance(getattr(value, "kind", None), str)):
        hint = ""
        if isinstance(value, dict):
            hint = ": params come after it"
        elif isinstance(value, Iterable) and not isinstance(value, str):
            hint = ": give them one by one, as in Sequential(*layers)"
        raise ValueError(f"{name} is {show(value)}; it must be a layer, such as ReLU(){hint}")
    if not isinstance(value, ModalLayer) and "training" in inspect.signature(value).parameters:
        raise ValueError(
            f"{name} is {type_name(value)}, which takes training; it must be a ModalLayer to receive it: "
            f"write class {type(value).__name__}(ModalLayer)"
        )


def forward(
    layer: Layer, params: Params, x: Array, training: bool, rng: Rng | None
) -> tuple[Array, LayerVjp]:
    """Call a layer, and pass it `training` and `rng` if they make a difference to it."""
    call: Any = layer
    result = call(params, x, training=training, rng=rng) if isinstance(layer, ModalLayer) else call(params, x)
    is_pair = isinstance(result, tuple) and len(result) == 2
    if not (is_pair and isinstance(result[0], np.ndarray) and callable(result[1])):
        raise ValueError(f"layer returns {show(result)} when it is called; it must return (y, vjp)")
    return result  # type: ignore[no-any-return]


@dataclass(frozen=True)
class PlainLayer:
    """A layer without parameters; init finds its output shape by running it on an example of zeros."""

    kind: ClassVar[str] = "plain"
    axes: ClassVar[str] = ""  # of one example, as in "C, H, W"; "" if any will do

    def apply(self, x: Array) -> Applied:
        raise NotImplementedError

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        shape = check_init(rng, in_shape, self.axes, dtype)
        return {}, self.apply(np.zeros((1, *shape), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, set())
        y, vjp = self.apply(x)
        return y, lambda dy, input_gradient=True: (vjp(dy), {})
