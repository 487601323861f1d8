"""What separates equal filters, over many seeds; `make evidence EVIDENCE_ARGS=tie_breakers` writes the JSON beside this file."""

from one_tie_breaker import MECHANISMS, Mechanism, run


def move_one_bit(experiment) -> None:
    """Move one weight to the next float64; not in the list, because rounding sometimes removes the difference."""
    experiment.ties = {"ulp": True}


ONE_BIT = Mechanism("bit", "one weight is off by its last bit", False, True, move_one_bit)
ALL_MECHANISMS = {**MECHANISMS, "bit": ONE_BIT}
PLAIN = {"filters": 2, "steps": 200, "task": "several", "rate": 1.0}
LONG = {**PLAIN, "steps": 2000, "keys": ["order", "bits"]}
CASES = {
    "several": {**PLAIN, "keys": list(MECHANISMS)},
    "one": {**PLAIN, "task": "one", "keys": list(MECHANISMS)},
    "long": LONG,
    "long-one": {**LONG, "task": "one"},
    "bit": {**PLAIN, "keys": ["bit"]},
    "digits": {**PLAIN, "task": "digits", "keys": list(MECHANISMS)},
    "long-digits": {**LONG, "task": "digits"},
}


def measure(seed: int, keys: list[str], **settings) -> dict[str, float]:
    """Run one case with one seed and return its numbers."""
    numbers = {}
    for key in keys:
        *_, result = run(ALL_MECHANISMS[key], **settings, seed=seed)
        numbers[key] = result.difference
    if keys == list(MECHANISMS):
        numbers["kept"] = max(numbers[key] for key in MECHANISMS if not MECHANISMS[key].parts)
        numbers["parted"] = min(numbers[key] for key in MECHANISMS if MECHANISMS[key].parts)
    return numbers
