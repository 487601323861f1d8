"""Nine starts, over many seeds; `make evidence EVIDENCE_ARGS=nine_starts` writes the JSON beside this file."""

from nine_starts import ROUNDING, STARTS, STEPS, Training

CASES = {activation: {"activation": activation} for activation in ("relu", "tanh")}


def measure(seed: int, activation: str) -> dict[str, float]:
    """Train the nine networks with one seed. Return of each its gradients at steps 0 and 1, and what it has learned.

    filters, next: the largest gradient of a filter's weight, and of a weight of the next layer; at step 1 with a 1.
    largest: the largest of both at all steps that the demo shows. dead: for how many networks that is exactly 0.
    rounding: for how many networks the filters' first gradient is not 0, but rounding.
    """
    training = Training(activation, seed)
    moments = [training.at(n) for n in range(len(STEPS))]
    numbers: dict[str, float] = {}
    for ways in STARTS:
        first, second, *_, last = (moment[ways] for moment in moments)
        found = {
            "accuracy": last.accuracy,
            "different": last.different,
            "filters": float(first.gradients[0].max()),
            "next": float(first.gradients[1].max()),
            "filters1": float(second.gradients[0].max()),
            "largest": max(float(moment[ways].gradients.max()) for moment in moments),
        }
        numbers |= {f"{'-'.join(ways)}-{name}": value for name, value in found.items()}
    dead = [ways for ways in STARTS if numbers[f"{'-'.join(ways)}-largest"] == 0]
    numbers["dead"] = len(dead)
    numbers["rounding"] = sum(0 < numbers[f"{'-'.join(ways)}-filters"] < ROUNDING for ways in STARTS)
    return numbers
