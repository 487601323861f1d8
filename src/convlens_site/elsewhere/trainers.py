"""Train the same network with this library or with PyTorch, and return the parameters at chosen steps as arrays."""

from __future__ import annotations

import functools
import math
import pickle
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from convlens import (
    SGD,
    Adam,
    Conv2d,
    Flatten,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    batches,
    initializers,
    ops,
    train,
)
from convlens.layers import Layer
from convlens_site.elsewhere.setups import Recipe
from convlens_site.elsewhere.torch_python import torch_python
from convlens_site.paths import EVIDENCE

type Tree = dict[str, Any]


class Trainer(Protocol):
    """Draws initial weights, and trains from them."""

    def start(self, start: str, *, filters: int, classes: int, seed: int, **more: int) -> Tree:
        """Return parameters in the order of convlens, in float64.

        more: `kernel`; `layers`, the number of convolutions; `numbers`, how many the next layer reads of each map (1: its mean).
        """

    def train(
        self,
        params: Tree,
        x: np.ndarray,
        labels: np.ndarray,
        recipe: Recipe,
        *,
        keep: Iterable[int],
        **more: Any,
    ) -> list[Tree]:
        """Return {"step", "loss", "accuracy", "params", "grads"} at each step in `keep`, until the loss is not finite."""

    def sizes(
        self, in_shape: tuple[int, ...], *, filters: int, kernel: int, stride: int, padding: int
    ) -> tuple[int, int]:
        """Return the number of parameters of a convolution, and the side of its maps."""

    def dense(self, inputs: int, outputs: int) -> int:
        """Return the number of parameters of a fully connected layer."""

    def conv2d(
        self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int, padding: int
    ) -> np.ndarray:
        """Return the feature maps of a convolution."""


class Convlens:
    """This library."""

    STARTS: ClassVar[dict[str, Any]] = {
        "he": initializers.he(),
        "glorot": initializers.glorot(),
        "pytorch": initializers.torch_default(),
    }
    OPTIMIZERS: ClassVar[dict[str, Any]] = {
        "SGD": lambda lr, momentum=0.0: SGD(lr, momentum=momentum),
        "Adam": lambda lr: Adam(lr),
    }

    def start(
        self,
        start: str,
        *,
        filters: int,
        classes: int,
        seed: int,
        kernel: int = 5,
        layers: int = 1,
        numbers: int = 1,
    ) -> Tree:
        draw, rng = self.STARTS[start], np.random.default_rng([seed, 7])
        side = 12 if numbers == 1 else math.isqrt(numbers) + kernel - 1
        model = _model([(filters, kernel)] * layers, classes, draw, whole=numbers > 1)
        params, _ = model.init(rng, in_shape=(1, side, side), dtype=np.float64)
        if start == "pytorch":  # PyTorch draws biases too
            for tree in params.values():
                outputs, *inputs = tree["weight"].shape
                tree["bias"] = draw(rng, (outputs,), math.prod(inputs), outputs)
        return params

    def train(
        self,
        params: Tree,
        x: np.ndarray,
        labels: np.ndarray,
        recipe: Recipe,
        *,
        keep: Iterable[int],
        **more: Any,
    ) -> list[Tree]:
        size = more.pop("minibatches", None)
        assert not more, "only the demo itself can vary a plain run"
        convolutions = [tree["weight"] for name, tree in params.items() if name.startswith("conv")]
        classes, read = params["linear1"]["weight"].shape
        model = _model(
            [(len(each), each.shape[2]) for each in convolutions],
            classes,
            whole=read > len(convolutions[-1]),
        )
        optimizer = self.OPTIMIZERS[recipe.optimizer](**recipe.settings)
        stream = batches(x, labels, size, np.random.default_rng(0) if size else None)
        steps_to_keep, states = set(keep), []
        for step in train(model, params, stream, optimizer):
            if not np.isfinite(step.loss):
                break
            if step.number in steps_to_keep:
                states.append(
                    {
                        "step": step.number,
                        "loss": step.loss,
                        "accuracy": step.accuracy,
                        "params": step.params,
                        "grads": step.grads,
                    }
                )
            if step.number == recipe.steps:
                break
        return states

    def sizes(
        self, in_shape: tuple[int, ...], *, filters: int, kernel: int, stride: int, padding: int
    ) -> tuple[int, int]:
        conv = Conv2d(filters, kernel=kernel, stride=stride, padding=padding)
        params, (_, side, _) = conv.init(np.random.default_rng(0), in_shape)
        return sum(value.size for value in params.values()), side

    def dense(self, inputs: int, outputs: int) -> int:
        params, _ = Linear(outputs).init(np.random.default_rng(0), (inputs,))
        return sum(value.size for value in params.values())

    def conv2d(
        self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int, padding: int
    ) -> np.ndarray:
        return ops.conv2d(x, weight, bias, stride=stride, padding=padding)[0]


def _model(
    convolutions: Sequence[tuple[int, int]], classes: int, draw: Any = None, *, whole: bool = False
) -> Sequential:
    """Return the network. convolutions: filters and kernel of each. whole: the next layer reads whole maps, not their means."""
    draw = draw or initializers.he()
    layers: list[Layer] = []
    for filters, kernel in convolutions:
        layers += [Conv2d(filters, kernel=kernel, initializer=draw), ReLU()]
    return Sequential(
        *layers, Flatten() if whole else GlobalAveragePool2d(), Linear(classes, initializer=draw)
    )


class Torch:
    """PyTorch, in a process of its own under a Python that has it."""

    def start(self, start: str, *, filters: int, classes: int, seed: int, **more: int) -> Tree:
        settings = {"start": start, "filters": filters, "classes": classes, "seed": seed}
        return self.ask({"do": "start", **settings, **more})

    def train(
        self,
        params: Tree,
        x: np.ndarray,
        labels: np.ndarray,
        recipe: Recipe,
        *,
        keep: Iterable[int],
        **more: Any,
    ) -> list[Tree]:
        """more: variations of a plain run that evidence/torch/trainer.py supports, such as dropout=True."""
        options = {
            "optimizer": (recipe.optimizer, recipe.settings),
            "steps": recipe.steps,
            "keep": sorted(keep),
        }
        return self.ask({"do": "train", "params": params, "x": x, "labels": labels, **options, **more})

    def sizes(
        self, in_shape: tuple[int, ...], *, filters: int, kernel: int, stride: int, padding: int
    ) -> tuple[int, int]:
        options = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding}
        parameters, side = self.ask({"do": "sizes", "in_shape": list(in_shape), **options})
        return parameters, side

    def dense(self, inputs: int, outputs: int) -> int:
        return self.ask({"do": "dense", "inputs": inputs, "outputs": outputs})

    def conv2d(
        self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int, padding: int
    ) -> np.ndarray:
        return self.ask(
            {"do": "conv2d", "x": x, "weight": weight, "bias": bias, "stride": stride, "padding": padding}
        )

    def versions(self) -> dict[str, Any]:
        return self.ask({"do": "versions"})

    @functools.cached_property
    def process(self) -> subprocess.Popen[bytes]:
        command = [str(torch_python()), str(EVIDENCE / "torch" / "trainer.py")]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self) -> None:
        """End the process, if one has started."""
        process = self.__dict__.pop("process", None)
        if process is not None:
            with process:  # closes its pipes, which ends it, and waits for it
                pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, request: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump(_encode(request), self.process.stdin)
        self.process.stdin.flush()
        return _decode(pickle.load(self.process.stdout))


def _encode(value: Any) -> Any:
    """Replace arrays by plain tuples, because the two Pythons may have different versions of NumPy."""
    if isinstance(value, np.ndarray):
        return ("array", value.dtype.str, value.shape, value.tobytes())
    return {key: _encode(each) for key, each in value.items()} if isinstance(value, dict) else value


def _decode(value: Any) -> Any:
    if isinstance(value, tuple) and value[:1] == ("array",):
        return np.frombuffer(value[3], value[1]).reshape(value[2])
    if isinstance(value, dict):
        return {key: _decode(each) for key, each in value.items()}
    return [_decode(each) for each in value] if isinstance(value, list) else value


@functools.cache
def trainer(framework: str) -> Trainer:
    """Return the trainer of a framework; one per process, since PyTorch takes seconds to start."""
    return {"convlens": Convlens, "torch": Torch}[framework]()
