"""What every layer is: what an operation needs to be told, apart from the parameters, which the caller owns.

Every layer has two parts:
    params, out_shape = layer.init(rng, in_shape)          shapes without the batch axis
    y, vjp = layer(params, x);  dx, grads = vjp(dy)        grads nests exactly like params
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from convlens._checks import check_params
from convlens._settings import check_init
from convlens._words import shown
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
            raise TypeError(f"{cls.__name__} got {', '.join(map(shown, settings)):.80} without names; {which} without one, "
                            f"as in {cls.example}: the size of the input is found by init")
        return super().__new__(cls)


class ModalLayer:
    """A layer that acts differently in training: it is called as layer(params, x, training=False, rng=None).

    Dropout and BatchNorm2d are such layers, and so is Sequential, which hands both arguments on to them.
    The other layers know nothing of it.
    """


def forward(layer: Layer, params: Params, x: Array, training: bool, rng: np.random.Generator | None
            ) -> tuple[Array, LayerVjp]:
    """Call a layer, and tell it whether this is training if that makes a difference to it."""
    if isinstance(layer, ModalLayer):
        modal: Any = layer
        return modal(params, x, training=training, rng=rng)  # type: ignore[no-any-return]
    return layer(params, x)


@dataclass(frozen=True)
class PlainLayer:
    """A layer that only computes; its output shape is found by running it on one example of zeros."""

    kind: ClassVar[str] = "plain"
    axes: ClassVar[str] = ""    # of one example, as in "C, H, W"; "" if any will do

    def apply(self, x: Array) -> Applied:
        raise NotImplementedError

    def init(self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        shape = check_init(rng, in_shape, self.axes, dtype)
        return {}, self.apply(np.zeros((1, *shape), dtype))[0].shape[1:]

    def __call__(self, params: Params, x: Array) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, set())
        y, vjp = self.apply(x)
        return y, lambda dy, input_gradient=True: (vjp(dy), {})
