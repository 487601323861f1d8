"""The weights before training: an initializer is called as (rng, shape, fan_in, fan_out) and returns float64.

fan_in: how many numbers each output sums. fan_out: how many outputs each input reaches.
"""

import math

import numpy as np

from convlens._settings import check_count, check_generator, check_number, check_size, is_whole, items
from convlens._words import show
from convlens.types import Array, Initializer, Rng, Shape


def constant(value: float) -> Initializer:
    """Every weight is `value`.

    >>> constant(0.5)(np.random.default_rng(0), (2,), 1, 1)
    array([0.5, 0.5])
    """
    number = check_number("value", value)
    return _with_checks(lambda rng, shape, fan_in, fan_out: np.full(shape, number))


def zeros() -> Initializer:
    """Every weight is 0.

    >>> zeros()(np.random.default_rng(0), (2,), 1, 1)
    array([0., 0.])
    """
    return constant(0.0)


def he() -> Initializer:
    """Normal with standard deviation sqrt(2 / fan_in), which preserves the size of the signal through ReLUs.

    Source: He, Zhang, Ren, Sun (2015), equation 10; torch.nn.init.kaiming_normal_.

    >>> he()(np.random.default_rng(0), (3, 2), 2, 3).shape
    (3, 2)
    """
    return _with_checks(lambda rng, shape, fan_in, fan_out: rng.normal(0.0, math.sqrt(2.0 / fan_in), shape))


def glorot() -> Initializer:
    """Uniform with limit sqrt(6 / (fan_in + fan_out)), a compromise between the forward and the backward pass.

    Source: Glorot, Bengio (2010), equation 16; torch.nn.init.xavier_uniform_.

    >>> bool(abs(glorot()(np.random.default_rng(0), (3, 2), 2, 4)).max() <= 1)
    True
    """

    def draw(rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        limit = math.sqrt(6.0 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, shape)

    return _with_checks(draw)


def torch_default() -> Initializer:
    """Uniform with limit sqrt(1 / fan_in): PyTorch's default for the weights of its layers.

    PyTorch draws the biases in the same way; here, biases always start at 0.
    Source: torch.nn.Conv2d and torch.nn.Linear, "Variables".

    >>> bool(abs(torch_default()(np.random.default_rng(0), (3, 4), 4, 3)).max() <= 0.5)
    True
    """
    return _with_checks(lambda rng, shape, fan_in, fan_out: rng.uniform(-1, 1, shape) / math.sqrt(fan_in))


def orthogonal(gain: float = 1.0) -> Initializer:
    """Filters, taken as rows of numbers, at right angles to each other, each of length `gain`.

    With more filters than numbers in a filter, the columns are at right angles instead.
    Source: Saxe, McClelland, Ganguli (2014); torch.nn.init.orthogonal_.

    >>> rows = orthogonal()(np.random.default_rng(0), (2, 5), 5, 2)
    >>> bool(abs((rows[0] * rows[1]).sum()) < 1e-15)
    True
    """
    check_number("gain", gain, low=0, most=1e6)

    def draw(rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        K = shape[0]
        D = math.prod(shape[1:])
        q, r = np.linalg.qr(rng.normal(size=(max(K, D), min(K, D))))
        q = q * np.sign(np.diag(r))  # without this, qr would prefer some directions
        return gain * (q if K >= D else q.T).reshape(shape)

    return _with_checks(draw)


def hadamard() -> Initializer:
    """Filters that differ without chance: rows of a Hadamard matrix, scaled like those of he().

        weight[k, d] = (-1)^(number of binary ones that k + 1 and d share) * sqrt(2 / fan_in)

    k counts the filters, d the numbers in a filter. There are P - 1 patterns, where P is the smallest power
    of 2 that is at least D; further filters repeat them at half the size, at a third, ... rng is not used.
    Source: Sylvester (1867); Zhao, Schaefer, Anandkumar (2022), ZerO Initialization.

    >>> hadamard()(np.random.default_rng(0), (3, 2), 2, 3)
    array([[ 1.        , -1.        ],
           [ 0.5       , -0.5       ],
           [ 0.33333333, -0.33333333]])
    """

    def fill(rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        K = shape[0]
        D = math.prod(shape[1:])
        k = np.arange(K, dtype=np.int64)[:, None]
        d = np.arange(D, dtype=np.int64)
        patterns = max(2 ** math.ceil(math.log2(D)) - 1, 1)
        signs = 1.0 - 2.0 * (np.bitwise_count((k % patterns + 1) & d) % 2)
        weight: Array = (signs / (1 + k // patterns)).reshape(shape) * math.sqrt(2.0 / fan_in)
        return weight

    return _with_checks(fill)


def _with_checks(draw: Initializer) -> Initializer:
    """Return the initializer with checks of its arguments."""

    def start(rng: Rng, shape: Shape, fan_in: int, fan_out: int) -> Array:
        check_generator("rng", rng)
        sizes = items(shape)
        if not sizes or not all(is_whole(size) and size >= 1 for size in sizes):
            raise ValueError(f"shape is {show(shape)}; it must be whole numbers from 1, such as (8, 1, 5, 5)")
        check_size("shape", shape, math.prod(sizes))
        return draw(rng, tuple(sizes), check_count("fan_in", fan_in), check_count("fan_out", fan_out))

    return start
