"""The layers that have nothing to learn."""

from dataclasses import dataclass
from typing import ClassVar

from convlens import ops
from convlens.layers.base import Applied, PlainLayer
from convlens.types import Array


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
class MaxPool2d(PlainLayer):
    """The largest of each window; see ops.max_pool2d."""

    size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    kind: ClassVar[str] = "pool"

    def apply(self, x: Array) -> Applied:
        return ops.max_pool2d(x, self.size, self.stride)


@dataclass(frozen=True)
class AveragePool2d(PlainLayer):
    """The mean of each window; see ops.average_pool2d."""

    size: int | tuple[int, int]
    stride: int | tuple[int, int] | None = None
    kind: ClassVar[str] = "average"

    def apply(self, x: Array) -> Applied:
        return ops.average_pool2d(x, self.size, self.stride)


class GlobalAveragePool2d(PlainLayer):
    """The mean of each map; see ops.global_average_pool2d."""

    kind: ClassVar[str] = "global_average"

    def apply(self, x: Array) -> Applied:
        return ops.global_average_pool2d(x)


class Flatten(PlainLayer):
    """Each example in one row; see ops.flatten."""

    kind: ClassVar[str] = "flatten"

    def apply(self, x: Array) -> Applied:
        return ops.flatten(x)
