"""The layers that have nothing to learn."""

from dataclasses import dataclass
from typing import ClassVar

from convlens import ops
from convlens._settings import pair
from convlens.layers.base import Applied, PlainLayer
from convlens.types import Array, Pair


class ReLU(PlainLayer):
    """y = max(x, 0); see ops.relu."""

    kind: ClassVar[str] = "relu"

    def apply(self, x: Array) -> Applied:
        return ops.relu(x)


class Tanh(PlainLayer):
    """y = tanh(x); see ops.tanh."""

    kind: ClassVar[str] = "tanh"

    def apply(self, x: Array) -> Applied:
        return ops.tanh(x)


class Sigmoid(PlainLayer):
    """y = 1 / (1 + exp(-x)); see ops.sigmoid."""

    kind: ClassVar[str] = "sigmoid"

    def apply(self, x: Array) -> Applied:
        return ops.sigmoid(x)


@dataclass(frozen=True)
class Pool2d(PlainLayer):
    """The settings of both poolings: the size of a window, and the stride (the size, if None)."""

    size: Pair
    stride: Pair | None = None
    axes: ClassVar[str] = "C, H, W"

    def __post_init__(self) -> None:
        pair("size", self.size, 1)
        if self.stride is not None:
            pair("stride", self.stride, 1)


@dataclass(frozen=True)
class MaxPool2d(Pool2d):
    """The largest of each window; see ops.max_pool2d."""

    kind: ClassVar[str] = "pool"
    example: ClassVar[str] = "MaxPool2d(2)"

    def apply(self, x: Array) -> Applied:
        return ops.max_pool2d(x, self.size, self.stride)


@dataclass(frozen=True)
class AveragePool2d(Pool2d):
    """The mean of each window; see ops.average_pool2d."""

    kind: ClassVar[str] = "average"
    example: ClassVar[str] = "AveragePool2d(2)"

    def apply(self, x: Array) -> Applied:
        return ops.average_pool2d(x, self.size, self.stride)


class GlobalAveragePool2d(PlainLayer):
    """The mean of each map; see ops.global_average_pool2d."""

    kind: ClassVar[str] = "global_average"
    axes: ClassVar[str] = "C, H, W"

    def apply(self, x: Array) -> Applied:
        return ops.global_average_pool2d(x)


class Flatten(PlainLayer):
    """Each example in one row; see ops.flatten."""

    kind: ClassVar[str] = "flatten"

    def apply(self, x: Array) -> Applied:
        return ops.flatten(x)
