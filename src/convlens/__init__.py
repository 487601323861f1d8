"""convlens: a small convolutional network, to be read.

The one rule: every operation returns its output and a function that turns dL/d(output) into dL/d(inputs).
"""

from convlens.layers import Conv2d, Flatten, GlobalAveragePool2d, Linear, MaxPool2d, ReLU, Sequential
from convlens.optim import SGD
from convlens.train import Step, batches, evaluate, train

__version__ = "0.1.0"
__all__ = ["SGD", "Conv2d", "Flatten", "GlobalAveragePool2d", "Linear", "MaxPool2d", "ReLU", "Sequential",
           "Step", "batches", "evaluate", "train"]
