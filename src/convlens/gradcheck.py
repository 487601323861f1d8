"""Check a vjp against finite differences, in one random direction: the cost does not grow with the size."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convlens._checks import check_floats, with_place
from convlens._settings import check_generator, check_number
from convlens._words import show, type_name
from convlens.types import Array, Rng


def directional_error(
    function: Callable[..., tuple[Any, Callable[..., Any]]],
    inputs: Sequence[Array],
    rng: Rng,
    epsilon: float = 1e-5,
) -> float:
    """Return the relative error of a vjp: how far its analytic slope is from the numeric one.

    function(*inputs) -> (y, vjp), with float64 inputs. Weights u on the outputs and a direction v in the space of
    the inputs are drawn at random; <v, vjp(u)> is compared with the central difference of <u, y> along v.
    v has the signs of vjp(u), so that nothing cancels in the sum and an error in one entry shows. Further
    gradients, such as that of a missing bias, must be None. At a kink, such as that of a ReLU at 0, no slope is
    right and the result is meaningless.
    Raises ValueError when an input is not float64 or a gradient does not have the shape of its input.
    Source: HIPS/autograd, check_grads.

    >>> from convlens.ops import linear
    >>> rng = np.random.default_rng(0)
    >>> inputs = [rng.normal(size=(2, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)]
    >>> directional_error(linear, inputs, rng) < 1e-7
    True
    """
    epsilon = _check_arguments(function, inputs, rng, epsilon)
    try:
        result = function(*inputs)
    except (TypeError, ValueError) as error:
        raise with_place("function does not take these inputs", error) from error
    if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
        raise ValueError(f"function returns {type_name(result)}; it must return a pair (y, vjp)")
    y, vjp = result
    u = rng.normal(size=np.shape(y))
    gradients = _gradients(vjp(float(u) if np.ndim(y) == 0 else u), inputs)
    directions = [np.where(g == 0, 1, np.sign(g)) * abs(rng.normal(size=g.shape)) for g in gradients]
    analytic = sum(float((g * v).sum()) for g, v in zip(gradients, directions, strict=True))

    def along(t: float) -> float:
        return float(np.sum(u * function(*(x + t * v for x, v in zip(inputs, directions, strict=True)))[0]))

    numeric = (along(epsilon) - along(-epsilon)) / (2 * epsilon)
    return abs(analytic - numeric) / max(abs(analytic), abs(numeric), 1e-8)


def _check_arguments(function: Any, inputs: Any, rng: Any, epsilon: Any) -> float:
    if not callable(function):
        raise ValueError(
            f"function is {show(function)}; it must be a function of the inputs that returns (y, vjp)"
        )
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            f"inputs is {show(inputs)}; it must be a list of arrays, one per argument of the function"
        )
    for index, value in enumerate(inputs):
        check_floats(f"inputs[{index}]", value)
        if value.dtype != np.float64:
            raise ValueError(
                f"inputs[{index}] has dtype {value.dtype}; it must be float64, to see beyond rounding"
            )
    check_generator("rng", rng)
    step = check_number("epsilon", epsilon, low=0, most=1)
    if step == 0:
        raise ValueError(f"epsilon is {epsilon!r}; it must be above 0, a small step such as 1e-5")
    return step


def _gradients(returned: Any, inputs: Sequence[Array]) -> list[Array]:
    """Return one gradient per input, or refuse them: a shape that merely broadcasts would hide a mistake."""
    gradients = list(returned) if isinstance(returned, tuple) else [returned]
    if len(gradients) < len(inputs) or any(extra is not None for extra in gradients[len(inputs) :]):
        raise ValueError(
            f"function's vjp returns {len(gradients)} gradients; it must return {len(inputs)}, one per input"
        )
    for index, (gradient, value) in enumerate(zip(gradients, inputs, strict=False)):
        if gradient is None or np.shape(gradient) != value.shape:
            description = "None" if gradient is None else f"a gradient of shape {np.shape(gradient)}"
            raise ValueError(
                f"function's vjp returns {description} for inputs[{index}]; it must be {value.shape}, as the input has"
            )
    return [np.asarray(gradient) for gradient in gradients[: len(inputs)]]
