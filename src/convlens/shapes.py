"""The shapes in the images of the tasks: 5x5 pixels, ones on zeros."""

import numpy as np

from convlens.types import Array

SIDE = 5


def horizontal() -> Array:
    """A horizontal line.

    >>> horizontal().sum(axis=1)
    array([0., 0., 5., 0., 0.])
    """
    shape = np.zeros((SIDE, SIDE))
    shape[2] = 1
    return shape


def vertical() -> Array:
    """A vertical line.

    >>> vertical().sum(axis=0)
    array([0., 0., 5., 0., 0.])
    """
    return horizontal().T


def falling() -> Array:
    """A diagonal line, from the upper left to the lower right.

    >>> falling().trace()
    np.float64(5.0)
    """
    return np.eye(SIDE)


def rising() -> Array:
    """A diagonal line, from the lower left to the upper right.

    >>> rising()[4, 0]
    np.float64(1.0)
    """
    return np.eye(SIDE)[::-1]


def cross() -> Array:
    """A horizontal and a vertical line through the middle.

    >>> cross().sum()
    np.float64(9.0)
    """
    return np.maximum(horizontal(), vertical())


def square() -> Array:
    """The outline of a square.

    >>> square().sum()
    np.float64(16.0)
    """
    return np.pad(np.zeros((SIDE - 2, SIDE - 2)), 1, constant_values=1.0)


def corner() -> Array:
    """A right angle: the left and the lower side of the square.

    >>> corner().sum(axis=1)
    array([1., 1., 1., 1., 5.])
    """
    shape = np.zeros((SIDE, SIDE))
    shape[:, 0] = shape[-1] = 1
    return shape


def squiggle() -> Array:
    """A wave with as many pixels as the corner.

    >>> squiggle().sum()
    np.float64(9.0)
    """
    rows = ("01000", "10100", "10101", "00101", "00010")
    return np.array([[float(pixel) for pixel in row] for row in rows])
