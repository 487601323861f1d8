"""Layers one after the other."""

from collections import Counter
from typing import Any, ClassVar

import numpy as np

from convlens._checks import check_gradient, check_tree, placed
from convlens._settings import check_drawing
from convlens._words import a_kind, listed
from convlens.layers.base import Layer, LayerVjp, ModalLayer, check_layer, forward
from convlens.types import Array, Params, Shape


class Sequential(ModalLayer):
    """Layers one after the other; itself a layer. Parameters are filed under conv1, conv2, linear1, ...

    An error message begins with the layer in which it arose.

    >>> from convlens.layers import Conv2d, GlobalAveragePool2d, Linear, ReLU
    >>> model = Sequential(Conv2d(8, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
    >>> params, out_shape = model.init(np.random.default_rng(0), in_shape=(1, 12, 12))
    >>> out_shape, list(params), params["conv1"]["weight"].shape
    ((4,), ['conv1', 'linear1'], (8, 1, 5, 5))
    """

    kind: ClassVar[str] = "sequential"

    def __init__(self, *layers: Layer) -> None:
        if not layers:
            raise ValueError("layers is empty; a Sequential needs at least one layer")
        for index, layer in enumerate(layers):
            check_layer(f"layers[{index}]", layer)
        self.layers = layers
        counts: Counter[str] = Counter()
        self.names: list[str] = []
        for layer in layers:
            counts[layer.kind] += 1
            self.names.append(f"{layer.kind}{counts[layer.kind]}")

    def __repr__(self) -> str:
        """Show the layers, one per line, each with the name under which its parameters are filed."""
        lines = [
            f"{name}: {layer!r}".replace("\n", "\n    ")
            for name, layer in zip(self.names, self.layers, strict=True)
        ]
        return "\n    ".join(["Sequential(", *lines]) + "\n)"

    def init(
        self, rng: np.random.Generator, in_shape: Shape, dtype: Any = np.float32
    ) -> tuple[Params, Shape]:
        """Return the parameters of all layers and the shape that comes out."""
        params: Params = {}
        shape = in_shape
        for name, layer in zip(self.names, self.layers, strict=True):
            try:
                made = layer.init(rng, shape, dtype)
            except (TypeError, ValueError) as error:
                raise placed(self._place(name), error) from None
            if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[0], dict):
                raise ValueError(
                    f"{self._place(name)}: init returns {a_kind(made)}; it must return (params, out_shape)"
                )
            own, shape = made
            if own:
                params[name] = own
        return params, shape

    def __call__(
        self, params: Params, x: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, LayerVjp]:
        """Return the output and vjp(dy, input_gradient=True) -> (dx, grads).

        training: as it is while training, where it makes a difference (Dropout, BatchNorm2d); rng: for Dropout.
        """
        self._check(params, training, rng)
        vjps = []
        for name, layer in zip(self.names, self.layers, strict=True):
            x, vjp = self._forward(name, layer, params, x, training, rng)
            vjps.append((name, vjp))

        def backward(dy: Array, input_gradient: bool = True) -> tuple[Array, Params]:
            check_gradient("dy", dy, x)
            grads: Params = {}
            for index, (name, vjp) in reversed(list(enumerate(vjps))):
                # Nobody trains the images, so the first layer may skip their gradient.
                dy, grads[name] = self._backward(name, vjp, dy, input_gradient or index > 0)
            return dy, {name: grads[name] for name in params}

        return x, backward

    def trace(
        self, params: Params, x: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> dict[str, Array]:
        """Return every activation by the name of its layer, in order; the last is the output.

        A Sequential inside gives its own activations too, as in "sequential1.conv1".

        >>> from convlens.layers import Linear, ReLU
        >>> model = Sequential(Linear(1), ReLU())
        >>> params = {"linear1": {"weight": np.array([[1.0]]), "bias": np.array([-3.0])}}
        >>> model.trace(params, np.array([[1.0]]))
        {'linear1': array([[-2.]]), 'relu1': array([[0.]])}
        """
        self._check(params, training, rng)
        seen: dict[str, Array] = {}
        for name, layer in zip(self.names, self.layers, strict=True):
            if isinstance(layer, Sequential):
                try:
                    inside = layer.trace(params.get(name, {}), x, training, rng)
                except (TypeError, ValueError) as error:
                    raise placed(self._place(name), error) from None
                seen |= {f"{name}.{inner}": value for inner, value in inside.items()}
                x = seen[name] = list(inside.values())[-1]
            else:
                x = seen[name] = self._forward(name, layer, params, x, training, rng)[0]
        return seen

    def _forward(
        self,
        name: str,
        layer: Layer,
        params: Params,
        x: Array,
        training: bool,
        rng: np.random.Generator | None,
    ) -> tuple[Array, LayerVjp]:
        try:
            return forward(layer, params.get(name, {}), x, training, rng)
        except (TypeError, ValueError) as error:
            raise placed(self._place(name), error) from None

    def _backward(self, name: str, vjp: LayerVjp, dy: Array, input_gradient: bool) -> tuple[Array, Params]:
        try:
            made = vjp(dy, input_gradient)
        except (TypeError, ValueError) as error:
            raise placed(self._place(name), error) from None
        if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[1], dict):
            raise ValueError(f"{self._place(name)}: vjp returns {a_kind(made)}; it must return (dx, grads)")
        return made

    def _place(self, name: str) -> str:
        """Where a layer stands, as in "conv2, layer 4 of 7"."""
        return f"{name}, layer {self.names.index(name) + 1} of {len(self.names)}"

    def _check(self, params: Params, training: bool, rng: np.random.Generator | None) -> None:
        check_tree(params)
        if not set(params) <= set(self.names):
            raise ValueError(
                f"params have {listed(params)}; each must be one of the layers {listed(self.names)}"
            )
        check_drawing(training, rng)
