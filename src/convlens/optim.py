"""Optimizers: from parameters and gradients to the next parameters, without changing any in place."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from convlens._checks import check_alike, check_leaves
from convlens._settings import check_number, is_whole, items
from convlens._statistics import STATISTICS, Move
from convlens._words import show, type_name
from convlens.types import Params, tree_map


class Optimizer(Protocol):
    """What train() needs of an optimizer; the state is the caller's, like the parameters.

    step must return new arrays: those that train() passes in are read-only. train() itself moves the running statistics
    of BatchNorm2d; in a loop of your own, call with_statistics.
    """

    def start(self, params: Params) -> Params: ...

    def step(self, params: Params, grads: Params, state: Params) -> tuple[Params, Params]: ...


@dataclass(frozen=True)
class SGD:
    """(Stochastic) gradient descent:  v <- momentum * v + g + weight_decay * p;  p <- p - learning_rate * v.

    Raises ValueError when a setting is not finite, negative, or (momentum) not below 1.
    Source: torch.optim.SGD; Sutskever et al. (2013), On the importance of initialization and momentum.

    >>> sgd, params = SGD(learning_rate=0.5), {"w": np.array([1.0])}
    >>> sgd.step(params, {"w": np.array([2.0])}, sgd.start(params))[0]
    {'w': array([0.])}
    """

    learning_rate: float
    momentum: float = 0.0
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_number("learning_rate", self.learning_rate, low=0)
        check_number("momentum", self.momentum, low=0, below=1)
        check_number("weight_decay", self.weight_decay, low=0)

    def start(self, params: Params) -> Params:
        """Return the state before the first step: all velocities are 0."""
        check_leaves(params)
        return tree_map(np.zeros_like, params)  # type: ignore[no-any-return]

    def step(self, params: Params, grads: Params, state: Params) -> tuple[Params, Params]:
        """Return the next parameters and the next state, as new arrays.

        Running statistics (BatchNorm2d) are not learned: they move as grads says, whatever the rate.
        Raises ValueError when grads or state do not nest like params, or an array differs in shape or dtype.
        """
        check_leaves(params)
        check_alike("grads", grads, params)
        check_alike("state", state, params)
        # Python floats, because a NumPy float64 would turn float32 parameters into float64.
        rate, momentum, decay = float(self.learning_rate), float(self.momentum), float(self.weight_decay)
        slope = tree_map(lambda g, p: g + decay * p, grads, params) if decay else grads
        velocity = tree_map(lambda v, g: momentum * v + g, state, slope) if momentum else slope
        next_params = tree_map(lambda p, v: p - rate * v, params, velocity)
        return with_statistics(next_params, params, grads), velocity


@dataclass(frozen=True)
class Adam:
    """Gradient descent in which the step of each weight adapts to its gradients so far.

        g <- g + weight_decay * p
        m <- b1 * m + (1 - b1) * g;   v <- b2 * v + (1 - b2) * g^2;   (b1, b2) = betas, t = 1, 2, ...
        p <- p - learning_rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)

    Raises ValueError when a setting is not finite, negative, or (a beta) not below 1.
    Source: Kingma, Ba (2015), algorithm 1; torch.optim.Adam.

    >>> adam, params = Adam(learning_rate=0.5, eps=0.0), {"w": np.array([1.0, 1.0])}
    >>> adam.step(params, {"w": np.array([3.0, -0.001])}, adam.start(params))[0]
    {'w': array([0.5, 1.5])}
    """

    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        check_number("learning_rate", self.learning_rate, low=0)
        if len(items(self.betas) or []) != 2:
            raise ValueError(f"betas is {show(self.betas)}; it must be two numbers, such as (0.9, 0.999)")
        check_number("betas[0]", self.betas[0], low=0, below=1)
        check_number("betas[1]", self.betas[1], low=0, below=1)
        check_number("eps", self.eps, low=0)
        check_number("weight_decay", self.weight_decay, low=0)

    def start(self, params: Params) -> Params:
        """Return the state before the first step: t, m and v are 0."""
        check_leaves(params)
        return {"t": 0, "m": tree_map(np.zeros_like, params), "v": tree_map(np.zeros_like, params)}

    def step(self, params: Params, grads: Params, state: Params) -> tuple[Params, Params]:
        """Return the next parameters and the next state, as new arrays.

        Running statistics (BatchNorm2d) are not learned: they move as grads says, whatever the rate.
        Raises ValueError when grads or state do not nest like params, or an array differs in shape or dtype.
        """
        check_leaves(params)
        check_alike("grads", grads, params)
        if not isinstance(state, dict) or set(state) != {"t", "m", "v"} or not is_whole(state["t"]):
            raise ValueError(
                f"state is {show(state)}; it must be what start(params) or the last step returned"
            )
        check_alike('state["m"]', state["m"], params)
        check_alike('state["v"]', state["v"], params)
        rate, decay, eps = float(self.learning_rate), float(self.weight_decay), float(self.eps)
        b1, b2 = map(float, self.betas)
        t = state["t"] + 1
        slope = tree_map(lambda g, p: g + decay * p, grads, params)
        m = tree_map(lambda m, g: b1 * m + (1 - b1) * g, state["m"], slope)
        v = tree_map(lambda v, g: b2 * v + (1 - b2) * g * g, state["v"], slope)
        m_part, v_part = 1 - b1**t, 1 - b2**t  # the weights in these means add up to less than 1
        steps = tree_map(lambda m, v: rate * (m / m_part) / (np.sqrt(v / v_part) + eps), m, v)
        next_params = tree_map(lambda p, step: p - step, params, steps)
        return with_statistics(next_params, params, grads), {"t": t, "m": m, "v": v}


def with_statistics(next_params: Params, params: Params, grads: Params) -> Params:
    """Return the next parameters of an optimizer, with the running statistics where BatchNorm2d moves them.

    Raises ValueError when the three do not nest in the same way.

    >>> params, grads = {"norm1": {"running_mean": np.array([9.0])}}, {"norm1": {"running_mean": np.array([2.0])}}
    >>> with_statistics({"norm1": {"running_mean": np.array([8.8])}}, params, grads)
    {'norm1': {'running_mean': array([7.])}}
    """
    if not isinstance(next_params, dict):
        return next_params
    for name, tree in (("params", params), ("grads", grads)):
        if not isinstance(tree, dict) or tree.keys() != next_params.keys():
            actual = show([*tree]) if isinstance(tree, dict) else type_name(tree)
            raise ValueError(
                f"{name} is {actual}; it must nest like next_params, which has {show([*next_params])}"
            )
    result: Params = {}
    for name, value in next_params.items():
        now, move = params[name], grads[name]
        if name not in STATISTICS:
            result[name] = with_statistics(value, now, move)
        else:
            result[name] = move.apply(now) if isinstance(move, Move) else now - move
    return result
