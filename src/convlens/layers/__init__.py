"""Layers: operations with their settings; the parameters are the caller's."""

from convlens.layers.base import Layer, ModalLayer
from convlens.layers.modal import BatchNorm2d, Dropout
from convlens.layers.plain import AveragePool2d, Flatten, GlobalAveragePool2d, MaxPool2d, ReLU, Sigmoid, Tanh
from convlens.layers.sequential import Sequential
from convlens.layers.weighted import Conv2d, Linear

__all__ = [
    "AveragePool2d",
    "BatchNorm2d",
    "Conv2d",
    "Dropout",
    "Flatten",
    "GlobalAveragePool2d",
    "Layer",
    "Linear",
    "MaxPool2d",
    "ModalLayer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
]
