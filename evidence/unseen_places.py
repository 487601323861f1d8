"""Trained here, tested there, over many seeds; `make evidence EVIDENCE_ARGS=unseen_places` writes the JSON beside this file."""

import numpy as np
from unseen_places import (
    BORDERS,
    CARRIES,
    COUNT,
    KINDS,
    PLACES,
    RATE,
    SHAPES,
    SIZE,
    STEPS,
    TRAINED,
    make_images,
    make_model,
)

from convlens import Adam, Sequential, batches, evaluate, train, until
from convlens.types import Params

SHORT = dict(zip(KINDS, ("dense", "local", "shared"), strict=True))
UNSEEN = 256  # new images for each half
PAGE = {"border": "two", "reads": "mean", "margin": 0}
CASES = {
    "page": PAGE,
    "one-row": {**PAGE, "border": "one"},
    "no-zeros": {**PAGE, "border": "none"},
    "every-number": {**PAGE, "reads": "each"},
    "away-from-the-edge": {
        **PAGE,
        "border": "none",
        "margin": 2,
    },  # a larger image: no shape is near its edge
}


def measure(seed: int, border: str, reads: str, margin: int) -> dict[str, float]:
    """Train the three networks on the left half, and test them on both halves."""
    size, numbers = SIZE + 2 * margin, {}
    rows, right = (margin, margin + PLACES - 1), (margin + PLACES - 2, margin + PLACES - 1)
    left = (margin + TRAINED[0], margin + TRAINED[1])
    options = {"size": size, "rows": rows}
    x, labels = make_images(np.random.default_rng([seed, 0]), COUNT, left, **options)
    rng = np.random.default_rng([seed, 3])
    tests = {
        "seen": make_images(rng, UNSEEN, left, **options),
        "unseen": make_images(rng, UNSEEN, right, **options),
    }
    for kind, short in SHORT.items():
        model = make_model(kind, BORDERS[border], reads)
        params, _ = model.init(np.random.default_rng([seed, 1]), x.shape[1:])
        *_, last = until(train(model, params, batches(x, labels), Adam(RATE)), STEPS)
        shares = {name: evaluate(model, last.params, *test)[1] for name, test in tests.items()}
        numbers |= {f"{short}_{name}_percent": 100 * share for name, share in shares.items()}
        numbers |= {
            f"{short}_parameters": sum(value.size for value in next(iter(params.values())).values()),
            f"{short}_trained_percent": 100 * last.accuracy,
            f"{short}_carries": int(shares["unseen"] >= CARRIES),
            f"{short}_apart": apart(model, last.params, size),
        }
    return numbers


def apart(model: Sequential, params: Params, size: int) -> float:
    """Return by how much the two scores of a clean shape differ between all places, at most, as a share of the largest score."""
    params = {
        name: {key: value.astype(np.float64) for key, value in own.items()} for name, own in params.items()
    }
    places, most, largest = range(size - 4), 0.0, 0.0
    for shape in SHAPES:
        x = np.zeros((len(places) ** 2, 1, size, size))
        for image, (i, j) in zip(x, ((i, j) for i in places for j in places), strict=True):
            image[0, i : i + 5, j : j + 5] = shape
        scores = model(params, x)[0]
        most, largest = (
            max(most, float(np.ptp(scores, axis=0).max())),
            max(largest, float(np.abs(scores).max())),
        )
    return most / largest
