"""What does a filter of the second layer read? By each framework, pixel by pixel, and in whole numbers."""

from __future__ import annotations

import numpy as np
from pushed_pixel import cut, make_layers

from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.trainers import Trainer
from convlens_site.evidence import load

PAGE = "questions/what-does-the-second-layer-read.md"
SETUPS = {"filters of 3x3": 3, "filters of 1x1": 1}
PUSH = 5

CLAIMS = {
    "sum": Claim("Every number of layer 2 is one sum over all four maps, and a bias", lambda n: n["off"] < 1e-12, "off"),
    "every_map": Claim(
        "Each filter reads every map for which one of its weights is not 0", lambda n: n["read"] == n["slices"], "read"
    ),
    "square": Claim(
        "A pixel outside the square of a number does not change the number", lambda n: n["outside"] == 0, "outside"
    ),
}  # fmt: skip


def measure(trainer: Trainer, kernel: int, seed: int) -> dict[str, float]:
    layers = make_layers(seed)
    image, weight, bias = layers.image, cut(layers.second[0], kernel), layers.second[1]

    def forward(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        maps = np.maximum(trainer.conv2d(images, *layers.first, stride=1, padding=0), 0)
        return maps, trainer.conv2d(maps, weight, bias, stride=1, padding=0)

    maps, outputs = forward(image[None])
    exact = load("second_layer").whole_numbers(layers, kernel) / 100
    changed_maps = np.repeat(maps, len(maps[0]), axis=0)
    noise = np.random.default_rng(seed).integers(1, 20, maps[0].shape) / 10
    changed_maps[np.arange(len(changed_maps)), np.arange(len(changed_maps))] += noise
    read = np.abs(trainer.conv2d(changed_maps, weight, bias, stride=1, padding=0) - outputs) > 1e-9

    rows, columns = np.indices(image.shape[1:]).reshape(2, -1)
    pushed = np.repeat(image[None], len(rows), axis=0)
    pushed[np.arange(len(rows)), :, rows, columns] += PUSH
    changed = np.abs(forward(pushed)[1] - outputs) > 1e-9
    i, j = np.indices(outputs.shape[2:])[:, None]
    above, left = rows[:, None, None] - i, columns[:, None, None] - j
    within = (above >= 0) & (above < kernel + 2) & (left >= 0) & (left < kernel + 2)
    return {
        "off": float(np.abs(outputs[0] - exact).max()),
        "read": int(read.any((2, 3)).sum()),
        "slices": int((weight != 0).any((2, 3)).sum()),
        "outside": int((changed.any(1) & ~within).sum()),
    }
