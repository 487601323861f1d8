"""Another generator of images: soft strokes instead of pixels, turned, scaled and dimmed a little, in even noise.

It shares nothing with convlens.data: a claim that holds on both kinds of images does not depend on one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SIZE = 12
T = np.linspace(-2.0, 2.0, 33)
FLAT = np.zeros_like(T)
# Each is a curve of points (row, column) around the middle, about five pixels wide.
STROKES = {
    "horizontal": np.stack([FLAT, T], axis=1),
    "vertical": np.stack([T, FLAT], axis=1),
    "falling": np.stack([T, T], axis=1),
    "rising": np.stack([-T, T], axis=1),
    "squiggle": np.stack([1.6 * np.sin(np.pi * T / 1.6), T], axis=1),
    "corner": np.concatenate([np.stack([T, FLAT - 2], axis=1), np.stack([FLAT + 2, T], axis=1)]),
    "square": np.concatenate(
        [np.stack([s * T, FLAT + 2 * s], axis=1) for s in (-1, 1)]
        + [np.stack([FLAT + 2 * s, T], axis=1) for s in (-1, 1)]
    ),
}


def stroke(rng: np.random.Generator, name: str) -> np.ndarray:
    """Return an image of one stroke at a random place: 1 on the curve, falling to 0 one pixel away from it."""
    turn, scale = rng.uniform(-0.15, 0.15), rng.uniform(0.85, 1.15)
    rotation = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = STROKES[name] @ rotation.T + rng.uniform(3.0, SIZE - 4.0, size=2)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    away = np.sqrt((rows[..., None] - points[:, 0]) ** 2 + (columns[..., None] - points[:, 1]) ** 2).min(
        axis=2
    )
    return np.clip(1.2 - away, 0, 1)


def images(
    rng: np.random.Generator, names: Sequence[str | None], strengths: Sequence[float], noise: float = 0.1
) -> np.ndarray:
    """Return (N, 1, 12, 12): each image shows the stroke of that name, or none, at about that strength."""
    x = (
        rng.uniform(-1, 1, size=(len(names), 1, SIZE, SIZE)) * noise * np.sqrt(3)
    )  # of standard deviation `noise`
    for image, name, strength in zip(x, names, strengths, strict=True):
        if name is not None:
            image[0] += strength * rng.uniform(0.8, 1.2) * stroke(rng, name)
    return x


def classes(
    rng: np.random.Generator, names: Sequence[str | None], count: int, noise: float = 0.1
) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` images and their labels: one class per name, as even as possible."""
    labels = rng.permutation(np.arange(count) % len(names))
    return images(rng, [names[label] for label in labels], [1.0] * count, noise), labels
