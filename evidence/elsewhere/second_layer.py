"""What does a filter of the second layer read? By each framework, pixel by pixel, and in whole numbers."""

from __future__ import annotations

import numpy as np

from convlens_site import demos
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.trainers import Trainer

PAGE = "questions/what-does-the-second-layer-read.md"
SETUPS = {"filters of 3x3": 3, "filters of 1x1": 1}
DEMO = demos.module("pushed_pixel")
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
    layers, rim = DEMO.make_layers(seed), (3 - kernel) // 2
    image, (weight, bias) = layers.image, layers.second
    weight = weight[:, :, rim : rim + kernel, rim : rim + kernel]

    def forward(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        maps = np.maximum(trainer.conv2d(images, *layers.first, stride=1, padding=0), 0)
        return maps, trainer.conv2d(maps, weight, bias, stride=1, padding=0)

    # Pixels, weights and biases have one decimal, and the weights of layer 1 are whole: tenths are whole numbers.
    maps, outputs = forward(image[None])
    tenths, slices, biases = (np.rint(10 * each).astype(np.int64) for each in (maps[0], weight, bias))
    exact = np.zeros(outputs.shape[1:])
    for f, i, j in np.ndindex(exact.shape):
        exact[f, i, j] = (
            (tenths[:, i : i + kernel, j : j + kernel] * slices[f]).sum() + 10 * biases[f]
        ) / 100
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
