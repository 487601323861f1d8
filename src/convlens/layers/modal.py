"""The layers that act differently in training: they take `training`, and `rng` if they draw random numbers."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from convlens import ops
from convlens._checks import check_params
from convlens._settings import check_drawing, check_init, check_number
from convlens._statistics import STATISTICS, Move
from convlens.layers.base import LayerVjp, ModalLayer, NamedSettings
from convlens.types import Array, Params, Rng, Shape


@dataclass(frozen=True)
class Dropout(ModalLayer):
    """In training, each number is 0 with probability p; see ops.dropout."""

    p: float = 0.5
    kind: ClassVar[str] = "dropout"

    def __post_init__(self) -> None:
        check_number("p", self.p, low=0, below=1)

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: any. Returns no parameters, and in_shape."""
        return {}, check_init(rng, in_shape, "", dtype)

    def __call__(
        self, params: Params, x: Array, training: bool = False, rng: Rng | None = None
    ) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, set())
        check_drawing(training, rng)
        y, vjp = ops.dropout(x, self.p, training=training, rng=rng)
        return y, lambda dy, input_gradient=True: (vjp(dy), {})


@dataclass(frozen=True)
class BatchNorm2d(NamedSettings, ModalLayer):
    """Normalise each channel, in training by the batch and otherwise by running statistics; see ops.batch_norm.

        running <- (1 - momentum) * running + momentum * statistic of the batch

    The running statistics are among the parameters, because the caller owns all that a layer remembers. They have no
    gradient; in its place, grads holds what to subtract from them (now - next), whatever the learning rate. train,
    SGD and Adam do so; in a step of your own, call optim.with_statistics.
    """

    _: KW_ONLY
    momentum: float = 0.1
    eps: float = 1e-5
    kind: ClassVar[str] = "norm"
    example: ClassVar[str] = "BatchNorm2d(momentum=0.1)"

    def __post_init__(self) -> None:
        check_number("momentum", self.momentum, low=0, most=1)
        check_number("eps", self.eps, low=0)

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """in_shape: (C, H, W). Returns weight, bias, running_mean, running_var, (C,) each, and in_shape."""
        shape = check_init(rng, in_shape, "C, H, W", dtype)
        one = np.ones(shape[0], dtype)
        zero = np.zeros(shape[0], dtype)
        return {"weight": one, "bias": zero, "running_mean": zero.copy(), "running_var": one.copy()}, shape

    def __call__(
        self, params: Params, x: Array, training: bool = False, rng: Rng | None = None
    ) -> tuple[Array, LayerVjp]:
        check_params(self.kind, params, {"weight", "bias", "running_mean", "running_var"})
        check_drawing(training, rng)
        running = {name: params[name] for name in STATISTICS}
        y, vjp = ops.batch_norm(
            x, params["weight"], params["bias"], eps=self.eps, **({} if training else running)
        )

        def layer_vjp(dy: Array, input_gradient: bool = True) -> tuple[Array, Params]:
            dx, dweight, dbias = vjp(dy)
            return dx, {"weight": dweight, "bias": dbias} | self._moves(running, x, training)

        return y, layer_vjp

    def _moves(self, running: Params, x: Array, training: bool) -> Params:
        """Return how far the running statistics move with this batch; in evaluation they do not."""
        if not training:
            return {name: np.zeros_like(value) for name, value in running.items()}
        mean, var = ops.channel_statistics(x)
        n = x.size // x.shape[1]
        # The batch is a sample: dividing by n - 1 makes its variance right on average, as in PyTorch.
        batch = {"running_mean": mean, "running_var": var * x.dtype.type(n / (n - 1))}
        new = x.dtype.type(self.momentum)
        old = x.dtype.type(1 - self.momentum)
        return {name: Move.between(now, old * now + new * batch[name]) for name, now in running.items()}
