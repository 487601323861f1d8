"""Pure functions: each returns its output and a function that turns dL/d(output) into dL/d(inputs)."""

from convlens.ops.activations import relu, sigmoid, tanh
from convlens.ops.batch_norm import batch_norm, channel_statistics
from convlens.ops.conv2d import conv2d
from convlens.ops.cross_entropy import cross_entropy, softmax
from convlens.ops.dropout import dropout
from convlens.ops.linear import flatten, linear
from convlens.ops.pooling import average_pool2d, global_average_pool2d, max_pool2d

__all__ = [
    "average_pool2d",
    "batch_norm",
    "channel_statistics",
    "conv2d",
    "cross_entropy",
    "dropout",
    "flatten",
    "global_average_pool2d",
    "linear",
    "max_pool2d",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]
