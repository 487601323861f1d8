"""Layers one after the other."""

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from convlens._checks import check_gradient, check_tree, with_place
from convlens._settings import check_drawing
from convlens._words import join_names, type_name
from convlens.layers.base import Layer, LayerVjp, ModalLayer, check_layer, forward
from convlens.types import Array, Params, Rng, Shape


class Sequential(ModalLayer):
    """Layers one after the other; itself a layer. Its parameters are a dict with the keys conv1, conv2, linear1, ...

    An error message begins with the layer that raised it.

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
        """Show the layers, one per line, each with the key of its parameters."""
        lines = [
            f"{name}: {layer!r}".replace("\n", "\n    ")
            for name, layer in zip(self.names, self.layers, strict=True)
        ]
        return "\n    ".join(["Sequential(", *lines]) + "\n)"

    def init(self, rng: Rng, in_shape: Shape, dtype: Any = np.float32) -> tuple[Params, Shape]:
        """Return the parameters of all layers, and the output shape."""
        params: Params = {}
        shape = in_shape
        for name, layer in zip(self.names, self.layers, strict=True):
            result = self._within(name, layer.init, rng, shape, dtype)
            if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[0], dict):
                raise ValueError(
                    f"{self._place(name)}: init returns {type_name(result)}; it must return (params, out_shape)"
                )
            tree, shape = result
            if tree:
                params[name] = tree
        return params, shape

    def __call__(
        self, params: Params, x: Array, training: bool = False, rng: Rng | None = None
    ) -> tuple[Array, LayerVjp]:
        """Return the output and vjp(dy, input_gradient=True) -> (dx, grads).

        training: whether Dropout and BatchNorm2d act as they do in training. rng: for Dropout.
        """
        self._check(params, training, rng)
        vjps = []
        for name, layer in zip(self.names, self.layers, strict=True):
            x, vjp = self._within(name, forward, layer, params.get(name, {}), x, training, rng)
            vjps.append((name, vjp))

        def backward(dy: Array, input_gradient: bool = True) -> tuple[Array, Params]:
            check_gradient("dy", dy, x)
            grads: Params = {}
            for index, (name, vjp) in reversed(list(enumerate(vjps))):
                # Images are not trained, so the first layer may skip their gradient.
                result = self._within(name, vjp, dy, input_gradient or index > 0)
                if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], dict):
                    raise ValueError(
                        f"{self._place(name)}: vjp returns {type_name(result)}; it must return (dx, grads)"
                    )
                dy, grads[name] = result
            return dy, {name: grads[name] for name in params}

        return x, backward

    def trace(
        self, params: Params, x: Array, training: bool = False, rng: Rng | None = None
    ) -> dict[str, Array]:
        """Return the output of every layer by its name, in order.

        A Sequential inside adds the outputs of its own layers, as in "sequential1.conv1".

        >>> from convlens.layers import Linear, ReLU
        >>> model = Sequential(Linear(1), ReLU())
        >>> params = {"linear1": {"weight": np.array([[1.0]]), "bias": np.array([-3.0])}}
        >>> model.trace(params, np.array([[1.0]]))
        {'linear1': array([[-2.]]), 'relu1': array([[0.]])}
        """
        self._check(params, training, rng)
        outputs: dict[str, Array] = {}
        for name, layer in zip(self.names, self.layers, strict=True):
            tree = params.get(name, {})
            if isinstance(layer, Sequential):
                inside = self._within(name, layer.trace, tree, x, training, rng)
                outputs |= {f"{name}.{inner}": value for inner, value in inside.items()}
                x = list(inside.values())[-1]
            else:
                x, _ = self._within(name, forward, layer, tree, x, training, rng)
            outputs[name] = x
        return outputs

    def _within(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of a layer; an error gets the place of the layer in front."""
        try:
            return function(*arguments)
        except (TypeError, ValueError) as error:
            raise with_place(self._place(name), error) from None

    def _place(self, name: str) -> str:
        """Return the place of a layer, as in "conv2, layer 4 of 7"."""
        return f"{name}, layer {self.names.index(name) + 1} of {len(self.names)}"

    def _check(self, params: Params, training: bool, rng: Rng | None) -> None:
        check_tree(params)
        if not set(params) <= set(self.names):
            raise ValueError(
                f"params have {join_names(params)}; each must be one of the layers {join_names(self.names)}"
            )
        check_drawing(training, rng)
