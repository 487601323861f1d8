"""Copies in two layers, over many seeds; `make evidence EVIDENCE_ARGS=tied_layers` writes the JSON beside this file."""

import numpy as np
from tied_layers import COUNT, RATE, READS, STEPS, build, tie_layers

from convlens import SGD, data
from convlens.symmetry import largest_difference
from convlens.train import batches, train, until

TASKS = {"lines": data.several_filters_task, "digits": data.handwritten_digits_task}
WAYS = ("equal", "different")
CASES = {
    f"{task}-{slices}-{listening}": {"task": task, "slices": slices, "listening": listening}
    for task in TASKS
    for slices in WAYS
    for listening in WAYS
}


def measure(seed: int, task: str, slices: str, listening: str) -> dict[str, float]:
    """Train one network. Return how far the copies of each layer are apart, after one step and at the end."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS[task](rng, COUNT, dtype=np.float64)
    model = build(int(labels.max()) + 1)
    params, _ = model.init(rng, x.shape[1:], dtype=np.float64)
    params = tie_layers(params, conv1=slices == "equal", conv2=listening == "equal")
    apart = []
    for step in until(train(model, params, batches(x, labels), SGD(RATE)), STEPS):
        weights = [step.params[layer]["weight"] for layer in READS]
        apart.append([largest_difference(*each[:2]) for each in weights])
    moved = min(
        float(np.abs(weights[n][0] - params[layer]["weight"][0]).max()) for n, layer in enumerate(READS)
    )
    (first, second), (first_last, second_last) = apart[1], apart[-1]
    slices_apart = largest_difference(*weights[1].swapaxes(0, 1)[:2])
    return {
        "first": first_last, "second": second_last, "first_step": first, "second_step": second, "moved": moved,
        "slices": slices_apart, "accuracy": step.accuracy,
    }  # fmt: skip
