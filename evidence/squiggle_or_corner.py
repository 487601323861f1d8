"""Squiggle or corner, over many seeds; `make evidence EVIDENCE_ARGS=squiggle_or_corner` writes the JSON beside this file."""

import numpy as np
from squiggle_or_corner import ONE_ONLY, SHAPES, cosines_of, images, learn, pair_up, read

from convlens.permutation import cheapest_pairs
from convlens.symmetry import cosine

CASES = {
    "two": {"filters": 2, "noise": 0.2, "steps": 400},
    "six": {"filters": 6, "noise": 0.2, "steps": 400},
    "eight": {"filters": 8, "noise": 0.2, "steps": 400},
    "noisy": {"filters": 6, "noise": 0.4, "steps": 400},
}


def shifted(stack: np.ndarray, reach: int) -> list[np.ndarray]:
    """Return (K, 5, 5) moved by up to `reach` pixels in every direction; what leaves the window is cut off."""
    padded = np.pad(stack, ((0, 0), (reach, reach), (reach, reach)))
    return [padded[:, i : i + 5, j : j + 5] for i in range(2 * reach + 1) for j in range(2 * reach + 1)]


def likeness(filters: np.ndarray) -> np.ndarray:
    """Return for each filter its best correlation with one of the two shapes, (K,)."""
    shapes = np.concatenate(shifted(np.array(SHAPES), 1)).reshape(-1, 25)
    shapes = shapes[shapes.sum(axis=1) >= 6]  # of nine pixels: less is another shape
    return np.corrcoef(np.concatenate([filters, shapes]))[: len(filters), len(filters) :].max(axis=1)


def pair_up_shifted(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean cosine of the best pairs when a filter may be moved by up to two pixels before it is compared."""
    norms = np.linalg.norm(b, axis=1)  # of the whole filter: what a shift cuts off counts as missed
    moved = [stack.reshape(len(b), -1) for stack in shifted(b.reshape(-1, 5, 5), 2)]
    overlaps = np.max([np.einsum("jd,kd->jk", a, stack) for stack in moved], axis=0)
    cosines = overlaps / (np.linalg.norm(a, axis=1)[:, None] * norms)
    return float(cosines[np.arange(len(a)), cheapest_pairs(1 - cosines)].mean())


def side_of(params) -> np.ndarray:
    """Return each filter's outgoing weight for the corner minus that for the squiggle, (K,): its sign is the filter's side."""
    to_squiggle, to_corner = params["linear1"]["weight"]
    return to_corner - to_squiggle


def measure(seed: int, **settings) -> dict[str, float]:
    """Train two networks on the same images from two starts and return the numbers worth keeping."""
    first, second = (list(learn(**settings, seed=seed, start=start)) for start in (seed, seed + 5000))
    unseen = images(seed, settings["noise"], count=256, unseen=True)
    (begun, done), (other_begun, other) = (
        (read(run[0], unseen), read(run[-1], unseen)) for run in (first, second)
    )
    one_only, one_only_start = (
        int((np.abs(reading.shares - 0.5) >= ONE_ONLY - 0.5).sum()) for reading in (done, begun)
    )
    order, cosines = pair_up(done.filters, other.filters)
    like = likeness(done.filters)
    side, last_side = (np.sign(side_of(run.params)) for run in (first[0], first[-1]))
    kept, tilted = side == last_side, np.sign(done.shares - begun.shares) == side
    return {
        "accuracy": done.accuracy,
        "one_only": one_only,
        "both": len(like) - one_only - int(np.isnan(done.shares).sum()),
        "both_start": len(like) - one_only_start - int(np.isnan(begun.shares).sum()),
        "lean_percent": 100 * (0.5 + float(np.nanmedian(np.abs(done.shares - 0.5)))),
        "lean_start_percent": 100 * (0.5 + float(np.nanmedian(np.abs(begun.shares - 0.5)))),
        "kept_side": int(kept.sum()),
        "kept_side_and_tilted_to_it": int((kept & tilted).sum()),
        "changed_side": int((~kept).sum()),
        "changed_side_and_tilted_to_the_first": int((~kept & tilted).sum()),
        "more_to_squiggle": int((done.shares < 0.5).sum()),
        "votes_as_it_answers_percent": 100
        * float(((done.shares > 0.5) == (done.votes.sum(axis=0) > 0)).mean()),
        "small_rises": int((done.rises < 0.1).sum()),
        "median_rise": float(np.median(done.rises)),
        "largest_rise": float(done.rises.max()),
        "most_like": float(like.max()),
        "most_like_start": float(likeness(begun.filters).max()),
        "whole_shapes": int((like >= 0.8).sum()),
        "same_number": int((order == np.arange(len(order))).sum()),
        "matched": float(cosines.mean()),
        "matched_start": float(pair_up(begun.filters, other_begun.filters)[1].mean()),
        "unmatched": float(cosines_of(done.filters, other.filters).mean()),
        "matched_shifted": pair_up_shifted(done.filters, other.filters),
        "matched_shifted_start": pair_up_shifted(begun.filters, other_begun.filters),
        "joint": cosine(done.joint, other.joint),
        "joint_start": cosine(begun.joint, other_begun.joint),
    }
