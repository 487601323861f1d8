"""Optimizers: from parameters and gradients to the next parameters. Nothing is changed in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convlens._checks import check_number
from convlens.types import Params, tree_map


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
        """Return the state before the first step: every velocity is 0."""
        return tree_map(np.zeros_like, params)  # type: ignore[no-any-return]

    def step(self, params: Params, grads: Params, state: Params) -> tuple[Params, Params]:
        """Return the next parameters and the next state, as new arrays.

        Raises ValueError when params, grads and state do not nest alike.
        """
        # Python floats, because a NumPy float64 here would turn float32 parameters into float64.
        rate, momentum, decay = float(self.learning_rate), float(self.momentum), float(self.weight_decay)
        velocity = tree_map(lambda v, g, p: momentum * v + g + decay * p, state, grads, params)
        return tree_map(lambda p, v: p - rate * v, params, velocity), velocity
