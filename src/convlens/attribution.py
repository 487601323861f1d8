"""Take the gradient of a filter apart: what each image and each place adds to it."""

import copy
from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlens import ops
from convlens._checks import check_array, check_dtype, check_examples, check_network, layer_weight
from convlens._settings import check_numbers, check_one_of
from convlens._words import show
from convlens.layers import Sequential
from convlens.layers.base import forward
from convlens.layers.filters import outgoing_weights
from convlens.train import evaluate
from convlens.types import Array, Labels, Params


def residual(logits: Array, labels: Labels) -> Array:
    """Return p - y for every image: the error that all filters share.

    logits: (N, M). labels: (N,). Returns (N, M) with p = softmax(logits), y = 1 at the label, else 0.
    Raises ValueError when the labels do not fit. Source: the gradient of torch.nn.functional.cross_entropy.

    >>> residual(np.array([[0.0, 0.0]]), np.array([1]))
    array([[ 0.5, -0.5]])
    """
    return ops.cross_entropy(logits, labels)[1](len(logits))


def map_gradients(model: Sequential, params: Params, x: Array, labels: Labels, layer: str = "conv1") -> Array:
    """Return dL/dy at the output y of the named layer, one slope for each number of each map.

    L is the mean over the images, as in training, without Dropout. Returns an array of y's shape.
    Raises ValueError when there is no such layer or the labels do not fit.

    >>> from convlens.layers import GlobalAveragePool2d
    >>> map_gradients(Sequential(GlobalAveragePool2d()), {}, np.zeros((1, 2, 3, 3)), np.array([0]), "global_average1")
    array([[-0.5,  0.5]])
    """
    _check_model(model, params, x, labels)
    check_one_of("layer", layer, model.names)
    vjps = []
    for name, each in zip(model.names, model.layers, strict=True):
        x, vjp = forward(each, params.get(name, {}), x, training=False, rng=None)
        vjps.append(vjp)
    dy = ops.cross_entropy(x, labels)[1](1.0)
    for vjp in reversed(vjps[model.names.index(layer) + 1 :]):
        dy, _ = vjp(dy)
    return dy


def image_pulls(model: Sequential, params: Params, x: Array, labels: Labels, layer: str = "conv1") -> Array:
    """Return each image's part of the gradient of a layer's weight; the parts add up to that gradient.

    Returns (N, K, ...): pulls[n] = dL[n]/dweight / N, where L[n] is the loss of image n alone.
    Raises ValueError when the layer has no weight or the labels do not fit.

    >>> from convlens.layers import Linear
    >>> params = {"linear1": {"weight": np.zeros((2, 1)), "bias": np.zeros(2)}}
    >>> image_pulls(Sequential(Linear(2)), params, np.array([[1.0], [4.0]]), np.array([0, 1]), "linear1")[:, :, 0]
    array([[-0.25,  0.25],
           [ 1.  , -1.  ]])
    """
    _check_model(model, params, x, labels)
    layer_weight("layer", layer, params)
    pulls = []
    for n in range(len(x)):
        logits, vjp = model(params, x[n : n + 1])
        _, grads = vjp(ops.cross_entropy(logits, labels[n : n + 1])[1](1.0 / len(x)), input_gradient=False)
        pulls.append(grads[layer]["weight"])
    return np.stack(pulls)


def position_terms(x: Array, dy: Array) -> Array:
    """Return what each place adds to the gradient of one filter, whose weight all places share.

        terms[n, i, j, c, a, b] = dy[n, i, j] * x[n, c, i + a, j + b],   dweight = sum over n, i, j

    x: (N, C, H, W), the input of the convolution, padding included. dy: (N, OH, OW), the gradient at this filter's
    map. The stride is 1, so the filter has FH = H - OH + 1 rows and FW = W - OW + 1 columns.
    Returns (N, OH, OW, C, FH, FW). Raises ValueError when a shape or dtype does not fit.
    Source: Goodfellow, Bengio, Courville (2016), equation 9.11.

    >>> position_terms(np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[10.0, -1.0]]]))[0, 0, :, 0, 0]
    array([[10., 20.],
           [-2., -3.]])
    """
    check_array("x", x, "N, C, H, W")
    check_array("dy", dy, "N, OH, OW")
    check_dtype("dy", dy, x.dtype)
    N, _, H, W = x.shape
    _, OH, OW = dy.shape
    if len(dy) != N or OH > H or OW > W:
        raise ValueError(f"dy has shape {dy.shape}; it must be ({N}, OH, OW), a map that fits into {H}x{W}")
    # windows[n, c, a, b] is the part of the image that weight [c, a, b] meets as the filter slides.
    windows = sliding_window_view(x, (OH, OW), axis=(2, 3))  # type: ignore[call-overload]
    terms: Array = np.einsum("nij,ncabij->nijcab", dy, windows)
    return terms


def ablate(
    params: Params, filters: Sequence[int], *, layer: str = "conv1", next_layer: str = "linear1"
) -> Params:
    """Return new parameters in which the outgoing weights of the chosen filters are 0, so that nothing reads their maps.

    Raises ValueError when a layer or a filter does not exist.

    >>> params = {"conv1": {"weight": np.ones((2, 1, 3, 3))}, "linear1": {"weight": np.array([[3.0, 4.0]])}}
    >>> ablate(params, (0,))["linear1"]["weight"]
    array([[0., 4.]])
    """
    columns = outgoing_weights(params, layer, next_layer).copy()
    columns[:, check_numbers("filters", filters, columns.shape[1])] = 0
    ablated = copy.deepcopy(params)
    ablated[next_layer]["weight"] = columns.reshape(params[next_layer]["weight"].shape)
    return ablated


def ablation(
    model: Sequential,
    params: Params,
    x: Array,
    labels: Labels,
    *,
    layer: str = "conv1",
    next_layer: str = "linear1",
) -> list[float]:
    """Return the rise of the loss (in nats) when each filter alone is removed; about 0 for one that is not needed.

    Raises ValueError when a layer does not exist or the labels do not fit.

    >>> from convlens.layers import Conv2d, Flatten, Linear
    >>> model = Sequential(Conv2d(2, kernel=1, bias=False), Flatten(), Linear(2, bias=False))
    >>> params = {"conv1": {"weight": np.ones((2, 1, 1, 1))}, "linear1": {"weight": np.array([[0.0, 9], [0, 0]])}}
    >>> [round(rise, 2) for rise in ablation(model, params, np.ones((1, 1, 1, 1)), np.array([0]))]
    [0.0, 0.69]
    """
    _check_model(model, params, x, labels)
    rises = []
    loss, _ = evaluate(model, params, x, labels)
    for k in range(outgoing_weights(params, layer, next_layer).shape[1]):
        without_k = ablate(params, (k,), layer=layer, next_layer=next_layer)
        rises.append(evaluate(model, without_k, x, labels)[0] - loss)
    return rises


def _check_model(model: Sequential, params: Params, x: Array, labels: Labels) -> None:
    if not isinstance(model, Sequential):
        raise ValueError(f"model is {show(model)}; it must be a Sequential")
    check_network(params)
    check_examples(x, labels)
