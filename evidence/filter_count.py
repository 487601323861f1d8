"""1 to 32 filters, over many seeds; `make evidence EVIDENCE_ARGS=filter_count` writes the JSON beside this file."""

from collections.abc import Sequence

from filter_count import COUNTS, NEW, Network, learn
from spare_filters import POINT, Left

CASES = {
    "digits-mean": {"images": "digits", "reads": "mean"},
    "digits-map": {"images": "digits", "reads": "map"},
    "lines-mean": {"images": "lines", "reads": "mean"},
    "dropout": {"images": "digits", "reads": "mean", "counts": [32], "dropout": True},
    "longer": {"images": "digits", "reads": "mean", "counts": [1], "steps": 6000},
}
COSINE = 0.9  # from which two filters count as copies


def measure(seed: int, images: str, reads: str, counts: Sequence[int] = COUNTS, **more) -> dict[str, float]:
    """Train networks with 1 to 32 filters with one seed, and return the numbers of each, and more of the one with 32.

    right: the share of new images that it gets right. black: filters whose map is 0 on each of them.
    """
    networks = {filters: learn(images, reads, filters, seed, **more) for filters in counts}
    numbers = {f"right-{filters}": Left(network).right / NEW for filters, network in networks.items()}
    numbers |= {f"black-{filters}": int(network.black.sum()) for filters, network in networks.items()}
    return numbers | (numbers_of(networks[32]) if 32 in networks else {})


def numbers_of(network: Network) -> dict[str, float]:
    """Return what is left of a network without some of its filters.

    alone: how many filters can each, alone, be taken away for at most a point. together: the share right without all of these.
    chosen: how many can be taken away together for at most a point, the cheapest first. copies: pairs of filters whose cosine is
    above 0.9. most_like: the largest cosine.
    """
    whole = Left(network)
    together = Left(network, tuple(whole.spare))
    return {
        "alone": len(whole.spare),
        "together": together.right / NEW,
        "together_costs_more": int(whole.right - together.right > POINT),
        "chosen": chosen(whole),
        "copies": int((whole.cosines > COSINE).sum()),
        "most_like": float(whole.cosines.max()),
    }


def chosen(whole: Left) -> int:
    """Return how many filters can be taken away together for at most a point, the cheapest of those left at each time."""
    left = whole
    while left.costs:
        after = Left(whole.network, (*left.away, left.cheapest))
        if whole.right - after.right > POINT:
            break
        left = after
    return len(left.away)
