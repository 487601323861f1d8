"""The answers for a teacher, over many seeds; `make evidence EVIDENCE_ARGS=lesson` writes the JSON beside this file."""

import numpy as np

from convlens import (
    SGD,
    Conv2d,
    Dropout,
    GlobalAveragePool2d,
    Linear,
    ReLU,
    Sequential,
    Tanh,
    batches,
    data,
    train,
    until,
)
from convlens.ties import tie

BOTH = {"incoming": True, "outgoing": True}
CASES = {
    "same-same": BOTH,
    "same-different": {"incoming": True, "outgoing": False},
    "different-same": {"incoming": False, "outgoing": True},
    "different-different": {"incoming": False, "outgoing": False},
    "speck": {**BOTH, "speck": 1e-9, "steps": 1500},
    "tanh": {**BOTH, "layers": "tanh"},
    "pairs": {**BOTH, "layers": "pairs"},
    "dropout-after-relu": {**BOTH, "layers": "dropout after ReLU"},
    "dropout-on-image": {**BOTH, "layers": "dropout on image"},
}
LAYERS = {
    "plain": lambda: [Conv2d(2, kernel=5), ReLU()],
    "tanh": lambda: [Conv2d(2, kernel=5), Tanh()],
    "pairs": lambda: [Conv2d(4, kernel=5), ReLU()],
    "dropout after ReLU": lambda: [Conv2d(2, kernel=5), ReLU(), Dropout()],
    "dropout on image": lambda: [Dropout(), Conv2d(2, kernel=5), ReLU()],
}


def measure(
    seed: int, incoming: bool, outgoing: bool, speck: float = 0.0, steps: int = 300, layers: str = "plain"
) -> dict[str, float]:
    """Return how far filters 1 and 2 are apart at the end; of two pairs of copies also how far the pairs are."""
    rng = np.random.default_rng(seed)
    x, labels = data.several_filters_task(rng, dtype=np.float64)
    model = Sequential(*LAYERS[layers](), GlobalAveragePool2d(), Linear(4))
    params, _ = model.init(rng, in_shape=x.shape[1:], dtype=np.float64)
    params = tie(params, incoming=incoming, outgoing=outgoing)
    if layers == "pairs":
        params = tie(params, (2, 3))
    params["conv1"]["weight"][1, 0, 2, 2] += speck
    *_, step = until(train(model, params, batches(x, labels), SGD(1.0), rng), steps)
    weight = step.params["conv1"]["weight"]
    numbers = {"apart": float(np.abs(weight[0] - weight[1]).max())}
    if speck:
        numbers["growth"] = numbers["apart"] / speck
    if layers == "pairs":
        numbers["other_pair"] = float(np.abs(weight[2] - weight[3]).max())
        numbers["between_pairs"] = float(np.abs(weight[0] - weight[2]).max())
    return numbers
