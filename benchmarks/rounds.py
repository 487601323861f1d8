"""Rounds: the contenders train in turn, a slice of time each, so that all run under the same conditions."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .contenders import LABELS, Contender
from .networks import Network

SAME_LOSS = 1e-3
"""The largest relative difference between two contenders' first losses: they start from the same numbers."""
PEAK_SECONDS = 0.2


class Mismatch(Exception):
    """A contender does not train the right network; the message gives the evidence."""


def speeds(
    network: Network, contenders: Mapping[str, Contender], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Return the speed of each contender in each round, in images/s, and the browser's "peak" in GFLOP/s."""
    training = {name: ask for name, ask in contenders.items() if name != "peak"}
    first = begin(network, training)
    for ask in training.values():
        ask("run", seconds / 3)  # compilers warm up; not counted
    result: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        offset = number % len(names)
        for name in names[offset:] + names[:offset]:
            answer = contenders[name]("run", PEAK_SECONDS if name == "peak" else seconds)
            work = answer["gflop"] if name == "peak" else network["batch"]
            result[name].append(work * answer["steps"] / answer["seconds"])
            if name != "peak" and number == rounds - 1 and not answer["loss"] < first:
                raise Mismatch(
                    f"{LABELS[name]} does not learn {network['name']}: {first} -> {answer['loss']}"
                )
    return result


def begin(network: Network, training: Mapping[str, Contender]) -> float:
    """Start all, check that they train the same network from the same start, and return the first loss."""
    first: list[float] = []
    for name, ask in training.items():
        answer = ask("make", network)
        if answer["parameters"] != network["parameters"]:
            raise Mismatch(f"{LABELS[name]} has {answer['parameters']} parameters for {network['name']}")
        first = first or answer["losses"]
        for expected, loss in zip(first, answer["losses"], strict=True):
            if not math.isclose(expected, loss, rel_tol=SAME_LOSS):
                raise Mismatch(
                    f"{LABELS[name]} begins {network['name']} with {answer['losses']}, not {first}"
                )
    return first[0]
