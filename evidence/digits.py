"""Small networks on real handwritten digits; `make evidence EVIDENCE_ARGS=digits` writes the JSON beside this file."""

import numpy as np

from convlens import SGD, Conv2d, Flatten, GlobalAveragePool2d, Linear, MaxPool2d, ReLU, Sequential, evaluate
from convlens.data import handwritten_digits_task
from convlens.train import batches, train, until

LEARN, NEW = 1400, 397
FILTERS = Conv2d(8, kernel=3), ReLU()
NETWORKS = {
    "maps": (*FILTERS, MaxPool2d(2), Flatten(), Linear(10)),
    "two-layers": (*FILTERS, *FILTERS, MaxPool2d(2), Flatten(), Linear(10)),
    "means": (*FILTERS, GlobalAveragePool2d(), Linear(10)),
    "pixels": (Flatten(), Linear(10)),
}
CASES = {name: {"network": name} for name in NETWORKS}
SHORT, LONG = 300, 2000


def measure(seed: int, network: str) -> dict[str, float]:
    """Train a network on minibatches of 64; return its accuracy on digits that it never saw, after 300 and 2000 steps."""
    rng = np.random.default_rng(seed)
    x, labels = handwritten_digits_task(rng, count=LEARN + NEW)
    learned, new = (x[:LEARN], labels[:LEARN]), (x[LEARN:], labels[LEARN:])
    model = Sequential(*NETWORKS[network])
    params, _ = model.init(rng, in_shape=x.shape[1:])
    steps = train(model, params, batches(*learned, 64, rng), SGD(0.1, momentum=0.9), rng)
    return {
        f"unseen_{step.number}": evaluate(model, step.params, *new)[1]
        for step in until(steps, LONG)
        if step.number in (SHORT, LONG)
    }
