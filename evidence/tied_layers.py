"""Copies in two layers, over many seeds; `make evidence EVIDENCE_ARGS=tied_layers` writes the JSON beside this file."""

import numpy as np
from tied_layers import READS, train_tied

from convlens import data
from convlens.symmetry import largest_difference

TASKS = {"lines": data.several_filters_task, "digits": data.handwritten_digits_task}
WAYS = ("equal", "different")
CASES = {
    f"{task}-{slices}-{listening}": {"task": task, "slices": slices, "listening": listening}
    for task in TASKS
    for slices in WAYS
    for listening in WAYS
}


def measure(seed: int, task: str, slices: str, listening: str) -> dict[str, float]:
    """Train one network. Return how far the copies of each layer are apart at the end."""
    begin, *_, end = train_tied(TASKS[task], slices, listening, seed)
    weights = [end.params[layer]["weight"] for layer in READS]
    first, second = (largest_difference(*each[:2]) for each in weights)
    moved = min(
        float(np.abs(weights[n][0] - begin.params[layer]["weight"][0]).max()) for n, layer in enumerate(READS)
    )
    slices_apart = largest_difference(*weights[1].swapaxes(0, 1)[:2])
    return {
        "first": first,
        "second": second,
        "moved": moved,
        "slices": slices_apart,
        "accuracy": end.accuracy,
    }
