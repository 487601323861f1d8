"""How is one number of a feature map computed? By each framework, and in whole numbers."""

from __future__ import annotations

import numpy as np

from convlens_site import demos
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/one-output-number.md"
SETUPS = {f"stride {stride}, padding {padding}": (stride, padding) for stride in (1, 2) for padding in (0, 1)}
DEMO = demos.module("conv_walk")

CLAIMS = {
    "sum": Claim("Every number of both maps is the sum of 27 products and a bias", lambda n: n["off"] < 1e-12, "off"),
    "not_average": Claim("An average over the channels would be another number", lambda n: n["off_average"] > 0.1, "off_average"),
    "shared": Claim(
        "Without padding, an image moved by one stride moves the map by one",
        lambda n: n["off_moved"] < 1e-12, "off_moved",
    ),
}  # fmt: skip


def measure(trainer: Trainer, setup: tuple[int, int], seed: int) -> dict[str, float]:
    stride, padding = setup
    layer = DEMO.make_layer(seed, stride, padding)
    maps = trainer.conv2d(layer.image[None], layer.weight, layer.bias, stride=stride, padding=padding)[0]
    # Pixels, weights and biases have one decimal, so tenths are whole numbers and nothing is rounded.
    x, weight, bias = (
        np.rint(10 * values).astype(np.int64) for values in (layer.padded, layer.weight, layer.bias)
    )
    exact, average = np.zeros(maps.shape), np.zeros(maps.shape)
    for k, i, j in np.ndindex(maps.shape):
        window = x[:, i * stride : i * stride + 3, j * stride : j * stride + 3]
        exact[k, i, j] = ((window * weight[k]).sum() + 10 * bias[k]) / 100
        average[k, i, j] = ((window * weight[k]).sum() / 3 + 10 * bias[k]) / 100
    moved = np.zeros_like(layer.image)
    moved[:, stride:, stride:] = layer.image[:, :-stride, :-stride]
    shifted = trainer.conv2d(moved[None], layer.weight, layer.bias, stride=stride, padding=0)[0]
    plain = trainer.conv2d(layer.image[None], layer.weight, layer.bias, stride=stride, padding=0)[0]
    return {
        "off": float(np.abs(maps - exact).max()),
        "off_average": float(np.abs(maps - average).max()),
        "off_moved": float(np.abs(shifted[:, 1:, 1:] - plain[:, :-1, :-1]).max()),
    }
