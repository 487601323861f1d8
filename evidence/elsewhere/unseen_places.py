"""Trained here, tested there: does sharing carry what is learned to other places, with other starts, optimizers and pictures?"""

from __future__ import annotations

from typing import Any

import numpy as np
from unseen_places import (
    BORDERS,
    CARRIES,
    COUNT,
    FILTERS,
    KERNEL,
    PLACES,
    RATE,
    TRAINED,
    make_images,
    make_model,
)

from convlens import batches, data, train, until
from convlens_site.elsewhere.claims import Claim
from convlens_site.elsewhere.setups import Recipe
from convlens_site.elsewhere.trainers import Convlens, Trainer, Tree

PAGE = "questions/where-does-3073-come-from.md"
UNSEEN, SIDE, DIGIT, NOISE = 256, 16, 8, 0.1
ADAM, PICTURES = Recipe("Adam", {"lr": RATE}, 200), "corners and crosses"
SETUPS = {
    "as on the page": ("he", ADAM, PICTURES),
    "PyTorch’s default start": ("pytorch", ADAM, PICTURES),
    "Glorot’s start": ("glorot", ADAM, PICTURES),
    "SGD with momentum": ("he", Recipe("SGD", {"lr": 0.3, "momentum": 0.9}, 400), PICTURES),
    "handwritten digits, 0 or 1": ("he", ADAM, "digits"),
}
# The kind of the first layer, the border, and what the next layer reads.
NETWORKS = {
    "dense": ("fully connected", "two", "mean"), "local": ("locally connected", "two", "mean"),
    "shared": ("convolution", "two", "mean"), "one_row": ("convolution", "one", "mean"),
    "no_zeros": ("convolution", "none", "mean"), "every_number": ("convolution", "two", "each"),
}  # fmt: skip

CLAIMS = {
    "carries": Claim(
        "With two rows of zeros, the convolution recognizes the shapes in the right half (90 % or more)",
        lambda n: n["shared"] >= CARRIES, "shared",
    ),
    "best": Claim(
        "There it gets more right than both layers that do not share",
        lambda n: n["shared"] > max(n["dense"], n["local"]), "shared",
    ),
    "not": Claim(
        "Without sharing, neither layer recognizes them there", lambda n: max(n["dense"], n["local"]) < CARRIES, "dense",
    ),
    "no_zeros": Claim(
        "Without zeros, the convolution gets less right there", lambda n: n["no_zeros"] < n["shared"], "no_zeros",
    ),
    "every_number": Claim(
        "With a next layer that reads every number of the maps, the convolution gets less right there, too",
        lambda n: n["every_number"] < n["shared"], "every_number",
    ),
}  # fmt: skip


def images(kind: str, seed: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return images with labels: to train on, with all shapes in the left half, and to test with, in the right half."""
    streams = [np.random.default_rng([seed, stream]) for stream in (0, 3)]
    last = PLACES - 1
    if kind == PICTURES:
        left, right = (
            make_images(streams[0], COUNT, TRAINED),
            make_images(streams[1], UNSEEN, (last - 1, last)),
        )
        return left, right
    x, labels = data.handwritten_digits_task(streams[0], 1797)
    x, labels = x[labels < 2], labels[labels < 2]  # 0 or 1: more than 300 images
    found = []
    for rng, chosen, column in zip(
        streams, (slice(COUNT), slice(COUNT, None)), (0, SIDE - DIGIT), strict=True
    ):
        canvas = rng.normal(0.0, NOISE, (len(x[chosen]), 1, SIDE, SIDE))
        for image, digit, row in zip(
            canvas, x[chosen], rng.integers(0, SIDE - DIGIT + 1, len(canvas)), strict=True
        ):
            image[:, row : row + DIGIT, column : column + DIGIT] += digit
        found.append((canvas.astype(np.float32), labels[chosen]))
    return tuple(found)


def begin(start: str, kind: str, border: str, reads: str, size: int, rng: np.random.Generator) -> Tree:
    """Return first parameters, as the network of the demo has them."""
    params, _ = make_model(kind, BORDERS[border], reads).init(rng, (1, size, size))
    draw = Convlens.STARTS[start]
    for tree in params.values():
        shape = tree["weight"].shape
        if len(shape) == 2:  # the next layer
            fan_out, fan_in = shape
        elif kind == "fully connected":
            fan_in, fan_out = shape[-1], FILTERS * shape[0]
        else:  # a window reads so many pixels, and a pixel is in so many windows
            fan_in, fan_out = KERNEL**2, FILTERS * KERNEL**2
        tree["weight"] = draw(rng, shape, fan_in, fan_out).astype(np.float32)
        if start == "pytorch":  # PyTorch draws biases too
            tree["bias"] = draw(rng, tree["bias"].shape, fan_in, fan_out).astype(np.float32)
    return params


def measure(trainer: Trainer, setup: tuple[str, Recipe, str], seed: int) -> dict[str, float]:
    start, recipe, pictures = setup
    (x, labels), (test, answers) = images(pictures, seed)
    numbers = {}
    for name, (kind, border, reads) in NETWORKS.items():
        params = begin(start, kind, border, reads, x.shape[2], np.random.default_rng([seed, 1]))
        if isinstance(trainer, Convlens):
            scores = ours(make_model(kind, BORDERS[border], reads), params, x, labels, recipe, test)
        else:
            tree, options = (
                in_torch(params, kind),
                {"first": kind, "kernel": KERNEL, "filters": FILTERS},
            )
            more = {**options, "border": BORDERS[border], "test": test.astype(np.float64)}
            states = trainer.train(tree, x.astype(np.float64), labels, recipe, keep=[recipe.steps], **more)
            scores = states[-1]["scores"] if states else None
        numbers[name] = float("nan") if scores is None else float((scores.argmax(axis=1) == answers).mean())
    return numbers


def in_torch(params: Tree, kind: str) -> Tree:
    """Return the parameters by the names and in the order of PyTorch, in float64."""
    first, following = (
        {key: value.astype(np.float64) for key, value in tree.items()} for tree in params.values()
    )
    if kind == "fully connected":
        weight = first["weight"].swapaxes(0, 1)
        first = {"weight": weight.reshape(-1, weight.shape[2]), "bias": first["bias"].ravel()}
    return {"conv1": first, "linear1": following}


def ours(
    model: Any, params: Tree, x: Any, labels: Any, recipe: Recipe, test: np.ndarray
) -> np.ndarray | None:
    """Train with this library, and return the scores of the test images; None if training diverged."""
    optimizer = Convlens.OPTIMIZERS[recipe.optimizer](**recipe.settings)
    *_, last = until(train(model, params, batches(x, labels), optimizer), recipe.steps)
    return model(last.params, test)[0] if np.isfinite(last.loss) else None
