"""convlens: a small convolutional network, to be read.

The one rule: every operation returns its output and a function that turns dL/d(output) into dL/d(inputs).
"""

from convlens.layers import (
    AveragePool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from convlens.optim import SGD, Adam
from convlens.train import Step, batches, evaluate, train, until

__version__ = "0.1.0"
__all__ = [
    "SGD",
    "Adam",
    "AveragePool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "GlobalAveragePool2d",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Step",
    "Tanh",
    "batches",
    "evaluate",
    "train",
    "until",
]
