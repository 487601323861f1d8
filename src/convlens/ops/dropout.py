"""Dropout: the one operation whose random numbers break a tie between equal filters."""

from collections.abc import Callable

import numpy as np

from convlens._checks import check_floats, check_gradient
from convlens._settings import check_flag, check_generator, check_number
from convlens.types import Array, Rng


def dropout(
    x: Array, p: float = 0.5, *, training: bool = False, rng: Rng | None = None
) -> tuple[Array, Callable[[Array], Array]]:
    """In training, set each number to 0 with probability p and divide the others by 1 - p; else y = x.

        y = x * scale,   scale = 0 or 1 / (1 - p), so that the mean of y over many draws is x

    x: any shape. rng: where `scale` is drawn from, needed in training only.
    Returns y of x's shape and vjp(dy) -> dx = dy * scale.
    Raises ValueError when p is not from 0 and below 1, or training has no rng.
    Source: Srivastava et al. (2014), Dropout; torch.nn.functional.dropout.

    >>> dropout(np.ones(6), training=True, rng=np.random.default_rng(0))[0]
    array([2., 0., 0., 0., 2., 2.])
    """
    check_floats("x", x)
    check_number("p", p, low=0, below=1)
    check_flag("training", training)
    if not training:
        scale = np.ones_like(x)
    else:
        rng = check_generator("rng", rng)
        keep = rng.random(x.shape) >= p
        scale = keep.astype(x.dtype) / x.dtype.type(1 - p)
    y = x * scale

    def vjp(dy: Array) -> Array:
        check_gradient("dy", dy, y)
        return dy * scale

    return y, vjp
