"""The gradient of a shared weight, over many seeds; `make evidence EVIDENCE_ARGS=shared_weight` writes the JSON beside it."""

from fractions import Fraction
from typing import Any

import numpy as np
from nine_copies import train
from numpy.lib.stride_tricks import sliding_window_view

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, batches, data
from convlens import train as train_network
from convlens.attribution import map_gradients, position_terms
from convlens.ops import conv2d, cross_entropy

CASES = {name: {"kind": name} for name in ("exact", "float64", "copies", "mean", "lines", "digits")}
TASKS = {"lines": data.several_filters_task, "digits": data.handwritten_digits_task}
NUDGE, PLACES, STEPS, RATE = Fraction(1, 100), 9, 100, 0.02
type Layer = tuple[np.ndarray, np.ndarray, np.ndarray]


def draw_layer(seed: int) -> Layer:
    """Return what nine places read, (9, 10) with a 1 for the bias, wanted values, (9,), and ten weights; all in whole tenths."""
    rng = np.random.default_rng(seed)
    windows = sliding_window_view(rng.integers(0, 11, (5, 5)), (3, 3)).reshape(PLACES, 9)
    inputs = np.concatenate([windows, np.full((PLACES, 1), 10)], axis=1)
    return inputs, rng.integers(-10, 11, PLACES), rng.integers(-10, 11, 10)


def exact(layer: Layer) -> dict[str, float]:
    """Compare sum and finite difference in fractions, for nine weights and the bias; and the sum with the library's float64."""
    inputs, wanted, weights = (each.astype(object) * Fraction(1, 10) for each in layer)
    errors = (inputs * weights).sum(1) - wanted
    sums = (inputs * errors[:, None]).sum(0)

    def loss(k: int, nudge: Fraction) -> Fraction:
        return Fraction(((errors + nudge * inputs[:, k]) ** 2).sum() / 2)

    measured = [(loss(k, NUDGE) - loss(k, -NUDGE)) / (2 * NUDGE) for k in range(10)]
    apart = max(abs(a - b) for a, b in zip(sums, measured, strict=True))
    means = sum(a == 0 or a / PLACES == b for a, b in zip(sums, measured, strict=True))
    worst = errors[np.abs(errors).argmax()] * inputs[np.abs(errors).argmax()]
    return {"checked": 10, "apart": float(apart), "as_mean": means, "as_largest": int((worst == measured).sum()),
            "bias_is_sum_of_errors": int(sums[-1] == errors.sum())}  # fmt: skip


def float64(seed: int) -> dict[str, float]:
    """Nudge each weight of a filter on a larger image of three channels; half the squared error as the loss."""
    rng = np.random.default_rng(seed)
    x, weight, bias = rng.normal(size=(1, 3, 12, 12)), rng.normal(size=(1, 3, 5, 5)), rng.normal(size=1)
    wanted, step = rng.normal(size=(1, 1, 8, 8)), 1e-3
    y, vjp = conv2d(x, weight, bias)
    _, gradient, bias_gradient = vjp(y - wanted)
    terms = position_terms(x, (y - wanted)[:, 0])
    slopes = np.zeros(weight.size)
    for k in range(weight.size):
        nudge = np.zeros(weight.size)
        nudge[k] = step
        up, down = (
            ((conv2d(x, weight + sign * nudge.reshape(weight.shape), bias)[0] - wanted) ** 2).sum() / 2
            for sign in (1, -1)
        )
        slopes[k] = (up - down) / (2 * step)
    largest = np.abs(gradient).max()
    return {
        "places": y.size, "off_sum": float(np.abs(terms.sum((0, 1, 2)) - gradient[0]).max() / largest),
        "off_measured": float(np.abs(slopes - gradient.ravel()).max() / largest),
        "off_bias": float(abs(bias_gradient[0] - (y - wanted).sum()) / abs(bias_gradient[0])),
    }  # fmt: skip


def copies(layer: Layer) -> dict[str, float]:
    """Train nine copies, and a filter that all share."""
    inputs, wanted, start = (each / 10 for each in layer)
    first, *_, last = list(train(inputs, wanted, start))[1:]
    (own, shared), changes = last.losses[-1], first.own - start
    gap = np.abs(first.shared - start - changes.sum(0)).max()
    return {
        "apart_first": first.apart,
        "apart": last.apart,
        "own_loss": own,
        "shared_loss": shared,
        "off_sum": float(gap),
    }


def mean(layer: Layer) -> dict[str, float]:
    """Train by the sum, and by the mean at nine times the rate; and by the mean at the same rate."""
    inputs, wanted, start = (each / 10 for each in layer)

    def descend(rate: float, share: int, steps: int) -> np.ndarray:
        weights = start
        for _ in range(steps):
            errors = np.einsum("pd,d->p", inputs, weights) - wanted
            weights = weights - rate * (np.einsum("p,pd->d", errors, inputs) / share)
        return np.asarray(weights)

    added, averaged = (descend(RATE, share, 1) - start for share in (1, PLACES))
    lengths = np.linalg.norm(added), np.linalg.norm(averaged)
    gap = np.abs(descend(RATE, 1, STEPS) - descend(PLACES * RATE, PLACES, STEPS)).max()
    cosine = (added * averaged).sum() / lengths[0] / lengths[1]
    return {"cosine": float(cosine), "ratio": float(lengths[0] / lengths[1]), "apart": float(gap)}


def network(seed: int, task: str) -> dict[str, float]:
    """Train a network, and take the gradient of a filter of its first layer apart: over all images and places."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS[task](rng, 64, dtype=np.float64)
    model = Sequential(Conv2d(4, kernel=3), ReLU(), GlobalAveragePool2d(), Linear(int(labels.max()) + 1))
    params, _ = model.init(rng, x.shape[1:], dtype=np.float64)
    for step in train_network(model, params, batches(x, labels), SGD(0.5)):
        if step.number == STEPS:
            break
    dy = map_gradients(model, step.params, x, labels)
    gradient, largest = step.grads["conv1"], np.abs(step.grads["conv1"]["weight"]).max()
    sums = np.stack([position_terms(x, dy[:, k]).sum((0, 1, 2)) for k in range(4)])
    slope = nudged(model, step.params, x, labels)
    return {
        "accuracy": step.accuracy, "uses": dy[:, 0].size, "off_sum": float(np.abs(sums - gradient["weight"]).max() / largest),
        "off_bias": float(np.abs(dy.sum((0, 2, 3)) - gradient["bias"]).max() / np.abs(gradient["bias"]).max()),
        "off_measured": float(abs(slope - gradient["weight"][0, 0, 1, 1]) / largest),
    }  # fmt: skip


def nudged(model: Sequential, params: Any, x: np.ndarray, labels: np.ndarray, step: float = 1e-6) -> float:
    """Return the slope of the loss in the middle weight of filter 1, by finite difference."""
    losses = []
    for sign in (1, -1):
        weight = params["conv1"]["weight"].copy()
        weight[0, 0, 1, 1] += sign * step
        changed = {**params, "conv1": {**params["conv1"], "weight": weight}}
        losses.append(float(cross_entropy(model(changed, x)[0], labels)[0]))
    return (losses[0] - losses[1]) / (2 * step)


def measure(seed: int, kind: str) -> dict[str, float]:
    """Measure one of the cases."""
    if kind in TASKS:
        return network(seed, kind)
    if kind == "float64":
        return float64(seed)
    return {"exact": exact, "copies": copies, "mean": mean}[kind](draw_layer(seed))
