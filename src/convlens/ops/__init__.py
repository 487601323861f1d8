"""Pure functions: each returns its output and a function that turns dL/d(output) into dL/d(inputs)."""

from convlens.ops.conv2d import conv2d
from convlens.ops.cross_entropy import cross_entropy, softmax
from convlens.ops.linear import flatten, linear
from convlens.ops.pooling import global_average_pool2d, max_pool2d
from convlens.ops.relu import relu

__all__ = [
    "conv2d",
    "cross_entropy",
    "flatten",
    "global_average_pool2d",
    "linear",
    "max_pool2d",
    "relu",
    "softmax",
]
