"""Who gets what, over many pairs of networks; `make evidence EVIDENCE_ARGS=who_gets_what` writes the JSON beside this file."""

from itertools import combinations

import numpy as np
from two_seeds import cosines_of, pair_up
from who_gets_what import FILTERS, difference_of, train_one

CASES = {"six": {}}
OTHER = 5000  # how far apart the two starts of a pair are


def measure(seed: int) -> dict[str, float]:
    """Train two networks on the same images from two starts; compare their filters, and swap each two of the first."""
    (first, last), (other_first, other_last) = (train_one(seed, start) for start in (seed, seed + OTHER))
    prefers, other = (network.shares > 0.5 for network in (last, other_last))
    swaps = {pair: difference_of(last, *pair) for pair in combinations(range(FILTERS), 2)}
    scores = last.model(last.step.params, last.unseen[0])[0]
    return {
        "same_shape_by_number": int((prefers == other).sum()),
        "same_count": int(prefers.sum() == other.sum()),
        "by_number": float(np.diag(cosines_of(last.filters, other_last.filters)).mean()),
        "matched": float(pair_up(last.filters, other_last.filters)[1].mean()),
        "matched_start": float(pair_up(first.filters, other_first.filters)[1].mean()),
        "swap_first_two": swaps[0, 1],
        "swap_largest": max(swaps.values()) / float(np.abs(scores).max()),
    }
