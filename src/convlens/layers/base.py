"""What every layer is: what an operation needs to be told, apart from the parameters, which the caller owns.

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
from convlens._words import a_kind, shown
from convlens.types import Array, Params, Shape

type LayerVjp = Callable[..., tuple[Array, Params]]
type Applied = tuple[Array, Callable[[Array], Array]]


class Layer(Protocol):
    """What Sequential needs of a layer; `kind` names it, as in conv1, conv2, linear1."""

    kind: ClassVar[str]

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: Any = ...) -> tuple[Params, Shape]: ...

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]: ...


class Named:
    """A layer whose settings are given by name: PyTorch's order of arguments would mean other things here."""

    unnamed: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = ""

    def __new__(cls, *settings: Any, **named: Any) -> Self:
        if len(settings) > len(cls.unnamed):
            which = f"only {', '.join(cls.unnamed)} may come" if cls.unnamed else "none may come"
            raise TypeError(
                f"{cls.__name__} got {', '.join(map(shown, settings)):.80} without names; {which} without one, "
                f"as in {cls.example}: the size of the input is found by init"
            )
        return super().__new__(cls)


class ModalLayer:
    """A layer that acts differently in training: it is called as layer(params, x, training=False, rng=None).

    Dropout and BatchNorm2d are such layers, and so is Sequential, which hands both arguments on to them.
    The other layers know nothing of it.
    """


def check_layer(name: str, value: Any) -> None:
    """Refuse what is not a layer, and one that wants to be told of training and never would be."""
    if isinstance(value, type):
        example = getattr(value, "example", "") or f"{value.__name__}()"
        raise ValueError(f"{name} is the class {value.__name__}; it must be a layer: write {example}")
    if (
        not callable(value)
        or not callable(getattr(value, "init", None))
        or not isinstance(getattr(value, "kind", None), str)
    ):
        hint = ""
        if isinstance(value, dict):
            hint = ": params come after it"
        elif isinstance(value, Iterable) and not isinstance(value, str):
            hint = ": give them one by one, as in Sequential(*layers)"
        raise ValueError(f"{name} is {shown(value)}; it must be a layer, such as ReLU(){hint}")
    if not isinstance(value, ModalLayer) and "training" in inspect.signature(value).parameters:
        raise ValueError(
            f"{name} is {a_kind(value)}, which takes training; it must be a ModalLayer to be told: "
            f"write class {type(value).__name__}(ModalLayer)"
        )


def forward(
    layer: Layer, params: Params, x: Array, training: bool, rng: np.random.Generator | None
) -> tuple[Array, LayerVjp]:
    """Call a layer, and tell it whether this is training if that makes a difference to it."""
    if isinstance(layer, ModalLayer):
        modal: Any = layer
        made = modal(params, x, training=training, rng=rng)
    else:
        made = layer(params, x)
    if (
        not isinstance(made, tuple)
        or len(made) != 2
        or not isinstance(made[0], np.ndarray)
        or not callable(made[1])
    ):
        raise ValueError(f"layer returns {shown(made)} when it is called; it must return (y, vjp)")
    return made


@dataclass(frozen=True)
class PlainLayer:
    """A layer that only computes; its output shape is found by running it on one example of zeros."""

    kind: ClassVar[str] = "plain"
    axes: ClassVar[str] = ""  # of one example, as in "C, H, W"; "" if any will do

    def apply(self, x: Array) -> Applied:
        raise NotImplementedError

    def init(
        self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32
    ) -> tuple[Params, Shape]:
        shape = check_init(rng, in_shape, self.axes, dtype)
        return {}, self.apply(np.zeros((1, *shape), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, set())
        y, vjp = self.apply(x)
        return y, lambda dy, input_gradient=True: (vjp(dy), {})
