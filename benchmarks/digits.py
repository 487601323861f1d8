"""Handwritten digits, trained live: how many new ones are right, and how long it takes until nearly all are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from typing import Any

from .contenders import LABELS, Contender
from .report import pair, spread, table

AIM = 3.0
"""Seconds of training in the browser until 0.97 of the new digits are right, for the median start."""


def measure(contenders: Mapping[str, Contender], rounds: int) -> dict[str, dict[str, Any]]:
    """Return each contender's accuracy, seconds and steps, with one start in each round; reached: how many came that far."""
    result: dict[str, dict[str, Any]] = {}
    runs = {name: [ask("digits", seed) for seed in range(rounds)] for name, ask in contenders.items()}
    for name, answers in runs.items():
        reached = [answer for answer in answers if answer["steps"]]
        result[name] = {
            "accuracy": spread([answer["accuracy"] for answer in answers]),
            "reached": len(reached),
            "rounds": rounds,
        }
        if reached:
            result[name] |= {key: spread([answer[key] for answer in reached]) for key in ("seconds", "steps")}
        if name == "convlens":
            median = statistics.median(answer["seconds"] or math.inf for answer in answers)
            result[name] |= {"aim": AIM, "met": median <= AIM}
    return result


def text(measured: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a table with a row for each contender."""
    if not measured:
        return ""
    head = ["handwritten digits", "right of 397 new ones", "(range)", "s until 0.97", "(range)", "steps"]
    rows = [[*head, "(range)", "reached", "aim", ""]]
    for name, result in measured.items():
        aim = [f"{result['aim']:g}", "met" if result["met"] else "NOT met"] if "aim" in result else ["", ""]
        numbers = [cell for key in ("accuracy", "seconds", "steps") for cell in pair(result.get(key))]
        reached = f"{result['reached']} of {result['rounds']}"
        rows.append([f"  {LABELS[name]}", *numbers, reached, *aim])
    return table(rows) + "\naccuracy after 300 steps; s: wall time of the training steps alone."
