"""Twins, tied and untied, over many seeds; `make evidence EVIDENCE_ARGS=twins` writes the JSON beside this file."""

import numpy as np
from twins import COUNT, RATE, TASKS, simulate, split_sides

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, evaluate
from convlens.symmetry import largest_difference
from convlens.train import batches, train

CASES = {
    f"{task}-{incoming}-{outgoing}": {
        "task": task,
        "incoming": incoming,
        "outgoing": outgoing,
        "gap": 0.0,
        "steps": 300,
    }
    for task in TASKS
    for incoming in ("same", "different")
    for outgoing in ("same", "different")
}
CASES |= {
    f"{task}-near": {"task": task, "incoming": "same", "outgoing": "same", "gap": 1e-9, "steps": 2000}
    for task in TASKS
}
CASES |= {"one-filter": {"filters": 1, "steps": 6000}, "two-filters": {"filters": 2, "steps": 6000}}


def measure(seed: int, filters: int = 0, **settings) -> dict[str, float]:
    """Run one case with one seed and return its numbers."""
    if filters:
        return accuracies_of(seed, filters, **settings)
    states = list(simulate(**settings, seed=seed))
    last, (filters, outgoing) = states[-1], split_sides(states[0].step.grads)
    earlier = {f"difference_{n}": last.differences[n] for n in (600, 1000) if n < settings["steps"]}
    return {
        "filters_step": RATE * largest_difference(*filters),
        "outgoing_step": RATE * largest_difference(*outgoing),
        **earlier,
        "difference": last.differences[-1],
        "accuracy": last.step.accuracy,
    }


def accuracies_of(seed: int, filters: int, steps: int) -> dict[str, float]:
    """Train this many filters on the four lines; return their accuracy on the way and, at the end, on 512 new images."""
    rng = np.random.default_rng(seed)
    x, labels = TASKS["several"](rng, count=COUNT, dtype=np.float64)
    model = Sequential(Conv2d(filters, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(4))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    accuracies = {}
    for step in train(model, params, batches(x, labels), SGD(RATE)):
        if step.number in (300, 3000, steps):
            accuracies[f"accuracy_{step.number}"] = step.accuracy
        if step.number == steps:
            break
    unseen = TASKS["several"](np.random.default_rng([seed, 1]), count=512, dtype=np.float64)
    return {**accuracies, "unseen": evaluate(model, step.params, *unseen)[1]}
