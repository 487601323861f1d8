"""Rounds: each contender trains a slice of time in turn, so that all meet the same mood of the machine."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .contenders import LABELS, Contender
from .networks import Network

SAME_LOSS = 1e-3
"""How far apart, relatively, two contenders' first losses may lie: they start from the same numbers."""
PEAK_SECONDS = 0.2


class NotTheSame(Exception):
    """A contender does not train the network that it should; the message says how that was seen."""


def speeds(
    network: Network, contenders: Mapping[str, Contender], rounds: int, seconds: float
) -> dict[str, list[float]]:
    """Return what each contender trains in each round, in images/s, and the browser's "peak" in GFLOP/s."""
    training = {name: ask for name, ask in contenders.items() if name != "peak"}
    first = begin(network, training)
    for ask in training.values():
        ask("run", seconds / 3)  # compilers warm up; not counted
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            answer = contenders[name]("run", PEAK_SECONDS if name == "peak" else seconds)
            each = answer["gflop"] if name == "peak" else network["batch"]
            found[name].append(each * answer["steps"] / answer["seconds"])
            if name != "peak" and number == rounds - 1 and not answer["loss"] < first:
                raise NotTheSame(
                    f"{LABELS[name]} does not learn {network['name']}: {first} -> {answer['loss']}"
                )
    return found


def begin(network: Network, training: Mapping[str, Contender]) -> float:
    """Let all begin, check that it is the same network with the same start, and return the first loss."""
    first: list[float] = []
    for name, ask in training.items():
        made = ask("make", network)
        if made["parameters"] != network["parameters"]:
            raise NotTheSame(f"{LABELS[name]} has {made['parameters']} parameters for {network['name']}")
        first = first or made["losses"]
        for mine, loss in zip(first, made["losses"], strict=True):
            if not math.isclose(mine, loss, rel_tol=SAME_LOSS):
                raise NotTheSame(
                    f"{LABELS[name]} begins {network['name']} with {made['losses']}, not {first}"
                )
    return first[0]
