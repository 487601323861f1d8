"""Check a vjp against finite differences, in one random direction: the cost does not grow with the size."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convlens.types import Array


def directional_error(function: Callable[..., tuple[Any, Callable[..., Any]]], inputs: Sequence[Array],
                      rng: np.random.Generator, epsilon: float = 1e-5) -> float:
    """Return how far a vjp is from the slope that it claims, relative to that slope.

    function(*inputs) -> (y, vjp), with float64 inputs. A direction v in the space of inputs and weights u
    on the outputs are drawn; <v, vjp(u)> is compared with the central difference of <u, y> along v.
    v is random in size and has the signs of vjp(u), so that nothing cancels in the sum and the error of one
    entry shows. Raises ValueError when an input is not float64.
    Source: HIPS/autograd, check_grads.

    >>> from convlens.ops import linear
    >>> rng = np.random.default_rng(0)
    >>> inputs = [rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)]
    >>> directional_error(linear, inputs, rng) < 1e-7
    True
    """
    for value in inputs:
        if value.dtype != np.float64:
            raise ValueError(f"inputs have dtype {value.dtype}; they must be float64, to see beyond rounding")
    y, vjp = function(*inputs)
    u = rng.normal(size=np.shape(y))
    gradients = vjp(float(u) if np.ndim(y) == 0 else u)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    directions = [np.where(g == 0, 1, np.sign(g)) * abs(rng.normal(size=g.shape)) for g in gradients]
    claimed = sum(float((g * v).sum()) for g, v in zip(gradients, directions, strict=True))

    def along(t: float) -> float:
        return float(np.sum(u * function(*(x + t * v for x, v in zip(inputs, directions, strict=True)))[0]))

    measured = (along(epsilon) - along(-epsilon)) / (2 * epsilon)
    return abs(claimed - measured) / max(abs(claimed), abs(measured), 1e-8)
