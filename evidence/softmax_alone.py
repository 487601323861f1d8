"""One softmax layer alone, over many seeds; `make evidence EVIDENCE_ARGS=softmax_alone` writes the JSON beside this file."""

from itertools import combinations

import numpy as np
from softmax_alone import simulate

CASES = {f"digits-{start}": {"images": "digits", "start": start} for start in ("zero", "constant", "random")}


def measure(seed: int, images: str, start: str) -> dict[str, float]:
    """Run one case with one seed and return its numbers; apart: the least difference of two outputs' first gradients."""
    states = list(simulate(start, images, seed))
    pairs = combinations(states[0].gradients, 2)
    return {
        "apart": min(float(np.abs(a - b).max()) for a, b in pairs),
        "different": states[1].different,
        "one_step": states[1].accuracy,
        "unseen": states[-1].accuracy,
    }
