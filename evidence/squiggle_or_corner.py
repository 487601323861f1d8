"""Squiggle or corner, over many seeds; `make evidence EVIDENCE_ARGS=squiggle_or_corner` writes the JSON beside this file."""

from dataclasses import replace

import numpy as np
from filter_votes import votes_of
from squiggle_or_corner import SHAPES, learn, make_images
from twins import draw_digits
from two_seeds import cosines_of, pair_up, read_jointly

from convlens import SGD, Conv2d, GlobalAveragePool2d, Linear, ReLU, Sequential, evaluate
from convlens.attribution import ablation
from convlens.permutation import cheapest_pairs
from convlens.symmetry import cosine
from convlens.train import batches, train, until

CASES = {
    "two": {"filters": 2, "noise": 0.2, "steps": 400},
    "six": {"filters": 6, "noise": 0.2, "steps": 400},
    "eight": {"filters": 8, "noise": 0.2, "steps": 400},
    "noisy": {"filters": 6, "noise": 0.4, "steps": 400},
    "digits": {"filters": 6, "steps": 400, "digits": 300},
}


def shifted(stack: np.ndarray, reach: int) -> list[np.ndarray]:
    """Return (K, 5, 5) moved by up to `reach` pixels in every direction, cut off at the edges."""
    padded = np.pad(stack, ((0, 0), (reach, reach), (reach, reach)))
    return [padded[:, i : i + 5, j : j + 5] for i in range(2 * reach + 1) for j in range(2 * reach + 1)]


def likeness(filters: np.ndarray) -> np.ndarray:
    """Return for each filter, (K, 5, 5), its best correlation with one of the two shapes, (K,)."""
    shapes = np.concatenate(shifted(np.array(SHAPES), 1)).reshape(-1, 25)
    shapes = shapes[shapes.sum(axis=1) >= 6]  # of nine pixels: with fewer, it is another shape
    rows = np.concatenate([filters.reshape(-1, 25), shapes])
    return np.corrcoef(rows)[: len(filters), len(filters) :].max(axis=1)


def pair_up_shifted(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean cosine of the best pairs when a filter may be moved by up to two pixels before it is compared."""
    moved = [stack.reshape(len(b), -1) for stack in shifted(b, 2)]
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    norms = np.linalg.norm(b, axis=1)  # of the whole filter: pixels that a shift cuts off count as missing
    overlaps = np.max([np.einsum("jd,kd->jk", a, stack) for stack in moved], axis=0)
    cosines = overlaps / (np.linalg.norm(a, axis=1)[:, None] * norms)
    return float(cosines[np.arange(len(a)), cheapest_pairs(1 - cosines)].mean())


def side_of(params) -> np.ndarray:
    """Return each filter's outgoing weight for the corner minus that for the squiggle, (K,): its sign is the filter's side."""
    to_squiggle, to_corner = params["linear1"]["weight"]
    return to_corner - to_squiggle


def on_digits(seed: int, filters: int, steps: int, digits: int) -> dict[str, float]:
    """Train two networks from two starts on so many handwritten digits; return what their filters respond to on 500 others.

    favourite: the share of its response that the median filter gives to the digit to which it responds most.
    to_all: filters that give at least a hundredth of their response to each of the ten digits.
    """
    x, labels = draw_digits(np.random.default_rng(seed), digits + 500, np.float64)
    model = Sequential(Conv2d(filters, kernel=5), ReLU(), GlobalAveragePool2d(), Linear(10))
    new, new_labels, starts, ends = x[digits:], labels[digits:], [], []
    for start in (seed, seed + 5000):
        params, _ = model.init(np.random.default_rng([start, 1]), in_shape=x.shape[1:], dtype=np.float64)
        *_, end = until(train(model, params, batches(x[:digits], labels[:digits]), SGD(1.0)), steps)
        starts.append(params)
        ends.append(end.params)

    def shares(params) -> np.ndarray:
        means = model.trace(params, new)["relu1"].mean(axis=(2, 3))
        by_digit = np.array([means[new_labels == digit].mean(axis=0) for digit in range(10)])
        return by_digit / by_digit.sum(axis=0)

    before, after = shares(starts[0]), shares(ends[0])
    cosines = [pair_up(*(params["conv1"]["weight"][:, 0] for params in both))[1] for both in (starts, ends)]
    return {
        "unseen": evaluate(model, ends[0], new, new_labels)[1],
        "to_all": int((after.min(axis=0) >= 0.01).sum()),
        "favourite_percent": 100 * float(np.median(after.max(axis=0))),
        "favourite_start_percent": 100 * float(np.median(before.max(axis=0))),
        "matched_start": float(cosines[0].mean()),
        "matched": float(cosines[1].mean()),
    }


def measure(seed: int, **settings) -> dict[str, float]:
    """Train two networks on the same images from two starts and return their numbers."""
    if "digits" in settings:
        return on_digits(seed, **settings)
    unseen = make_images(seed, settings["noise"], count=256, unseen=True)
    runs = (list(learn(**settings, seed=seed, start=start)) for start in (seed, seed + 5000))
    networks = [replace(network, unseen=unseen) for run in runs for network in (run[0], run[-1])]
    first, last, other_first, other_last = networks
    joint = [read_jointly(network) for network in networks]
    votes = votes_of(last.step.params, last.maps)
    rises = np.array(ablation(last.model, last.step.params, *unseen))
    order, cosines = pair_up(last.filters, other_last.filters)
    like = likeness(last.filters)
    side, last_side = (np.sign(side_of(network.step.params)) for network in (first, last))
    kept, tilted = side == last_side, np.sign(last.shares - first.shares) == side
    return {
        "accuracy": evaluate(last.model, last.step.params, *unseen)[1],
        "one_only": last.one_only,
        "both": len(like) - last.one_only - int(np.isnan(last.shares).sum()),
        "lean_percent": 100 * (0.5 + float(np.nanmedian(np.abs(last.shares - 0.5)))),
        "lean_start_percent": 100 * (0.5 + float(np.nanmedian(np.abs(first.shares - 0.5)))),
        "kept_side": int(kept.sum()),
        "kept_side_and_tilted_to_it": int((kept & tilted).sum()),
        "changed_side": int((~kept).sum()),
        "changed_side_and_tilted_to_the_first": int((~kept & tilted).sum()),
        "more_to_squiggle": int((last.shares < 0.5).sum()),
        "votes_as_it_answers_percent": 100 * float(((last.shares > 0.5) == (votes.sum(axis=0) > 0)).mean()),
        "small_rises": int((rises < 0.1).sum()),
        "median_rise": float(np.median(rises)),
        "largest_rise": float(rises.max()),
        "most_like": float(like.max()),
        "most_like_start": float(likeness(first.filters).max()),
        "whole_shapes": int((like >= 0.8).sum()),
        "same_number": int((order == np.arange(len(order))).sum()),
        "matched": float(cosines.mean()),
        "matched_start": float(pair_up(first.filters, other_first.filters)[1].mean()),
        "unmatched": float(cosines_of(last.filters, other_last.filters).mean()),
        "matched_shifted": pair_up_shifted(last.filters, other_last.filters),
        "matched_shifted_start": pair_up_shifted(first.filters, other_first.filters),
        "joint": cosine(joint[1], joint[3]),
        "joint_start": cosine(joint[0], joint[2]),
    }
