"""The black line, over many seeds; `make evidence EVIDENCE_ARGS=black_line` writes the JSON beside this file."""

import numpy as np
from black_line import (
    COUNT,
    LINE_LIKE,
    STEPS,
    STRENGTH,
    likeness,
    make_images,
    signs,
    simulate,
)
from kept_minus import line_share, responses

from convlens.symmetry import cosine
from convlens.types import Params

USUAL = {"start": "he", "optimizer": "sgd", "share": 0.8, "other": "squiggle"}
CASES = {
    "usual": USUAL,
    "adam": {**USUAL, "optimizer": "adam"},
    "pytorch-start": {**USUAL, "start": "pytorch"},
    "pytorch-start-adam": {**USUAL, "start": "pytorch", "optimizer": "adam"},
    "tiny-start": {**USUAL, "start": "tiny"},
    "tiny-start-adam": {**USUAL, "start": "tiny", "optimizer": "adam"},
    "only-line": {**USUAL, "share": 1.0},
    "only-line-tiny-start": {**USUAL, "share": 1.0, "start": "tiny"},
    "square": {**USUAL, "other": "square"},
    "equal-ink": {**USUAL, "rival": STRENGTH},
}


def sorted_by_ink(x: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images that the best threshold on the sum of all pixels classifies correctly."""
    ink = x.sum(axis=(1, 2, 3))
    return float(((ink > ink[:, None]) == labels).mean(axis=1).max())


def law(first: Params, last: Params, minus: np.ndarray, x: np.ndarray, kinds: np.ndarray) -> dict[str, float]:
    """Count the filters that start with a plus, change a minus or keep it, and what each group becomes.

    first, last: parameters before and after training. minus: which filters had a minus at each step.
    """
    starts_minus = signs(first) < 0
    turned = starts_minus & ~minus
    like, response = likeness(last["conv1"]["weight"][:, 0]), line_share(responses(last, x, kinds))
    groups = {"plus": ~starts_minus, "turned": turned, "minus": minus}
    counts = {f"begin_{name}": int(chosen.sum()) for name, chosen in groups.items()}
    for name, chosen in groups.items():
        counts[f"line_like_{name}"] = int((like[chosen] >= LINE_LIKE).sum())
        counts[f"half_response_{name}"] = int((response[chosen] >= 0.5).sum())
        counts[f"detector_{name}"] = int(((like >= LINE_LIKE) & (response >= 0.5))[chosen].sum())
    counts["most_response_minus"] = float(response[minus].max(initial=0.0))
    return counts


def measure(seed: int, **settings) -> dict[str, float]:
    """Run one case with one seed and return its numbers."""
    *_, run = simulate(**settings, seed=seed, every=STEPS // 2)
    first, *_, last = run.moments
    rng = np.random.default_rng(seed)
    x, labels, kinds = make_images(rng, settings["share"], settings["other"], settings.get("rival", 1.0))
    groups = responses(last.step.params, x, kinds)
    similar = [cosine(before, after) for before, after in zip(first.filters, last.filters, strict=True)]
    (line_start, other_start, _), (line_end, other_end, _) = 100 * first.shares, 100 * last.shares
    return {
        "line_like": int((last.likeness >= LINE_LIKE).sum()),
        "line_like_at_start": int((first.likeness >= LINE_LIKE).sum()),
        **law(first.step.params, last.step.params, run.minus, x, kinds),
        "responds_most_to_lines": int((groups.argmax(axis=0) == 0).sum()),
        "line_pull_at_start": float(line_start),
        "line_pull": float(line_end),
        "other_pull_at_start": float(other_start),
        "other_pull": float(other_end),
        "residual_at_start": float(first.pulls.sum()) / COUNT,
        "residual": float(last.pulls.sum()) / COUNT,
        "accuracy": last.step.accuracy,
        "kept_shape": float(np.median(similar)),
        "ink_percent": 100 * sorted_by_ink(x, labels),
    }
