"""What separates equal filters, over many seeds; `make evidence EVIDENCE_ARGS=tie_breakers` writes the JSON beside this file."""

from one_tie_breaker import MECHANISMS, Mechanism, run


def move_one_bit(e) -> None:
    """Move one weight on to the next number that float64 holds; not in the list, as rounding now and then forgets it."""
    e.ties = {"ulp": True}


ONE_BIT = Mechanism("bit", "one weight is off by its last bit", False, True, move_one_bit)
TRIED = {**MECHANISMS, "bit": ONE_BIT}
PLAIN = {"filters": 2, "steps": 200, "task": "several", "rate": 1.0}
LONG = {**PLAIN, "steps": 2000, "keys": ["order", "bits"]}
CASES = {
    "several": {**PLAIN, "keys": list(MECHANISMS)},
    "one": {**PLAIN, "task": "one", "keys": list(MECHANISMS)},
    "long": LONG,
    "long-one": {**LONG, "task": "one"},
    "bit": {**PLAIN, "keys": ["bit"]},
}


def measure(seed: int, keys: list[str], **settings) -> dict[str, float]:
    """Run one case with one seed and return the numbers worth keeping."""
    numbers = {}
    for key in keys:
        *_, result = run(TRIED[key], **settings, seed=seed)
        numbers[key] = result.difference
    if keys == list(MECHANISMS):
        numbers["kept"] = max(numbers[key] for key in MECHANISMS if not MECHANISMS[key].parts)
        numbers["parted"] = min(numbers[key] for key in MECHANISMS if MECHANISMS[key].parts)
    return numbers
