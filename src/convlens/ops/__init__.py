"""Operations as pure functions: each returns its output and a function that turns dL/d(output) into dL/d(inputs)."""

from convlens.ops.activations import relu
from convlens.ops.convolution import conv2d
from convlens.ops.dense import flatten, linear
from convlens.ops.losses import cross_entropy, softmax
from convlens.ops.pooling import global_average_pool2d, max_pool2d

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
