"""How the time of a training step grows with the number of filters, the image, the batch and the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .contenders import Contender
from .networks import TABLE, conv_flops, vary

ROUNDS = 5
SECONDS = 0.08


def measure(contenders: Mapping[str, Contender], log: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return for each case and quantity: the values, each contender's ms per step, and the slopes.

    The time is that of the best round, because other work on the machine can only add to it.
    """
    result = []
    for case, network in TABLE["growth"]["cases"].items():
        for quantity, values in TABLE["growth"]["vary"].items():
            log(f"growth, {case}: {quantity} ...")
            points = [vary(network, quantity, value) for value in values]
            rounds = [[time_steps(contenders, point) for point in points] for _ in range(ROUNDS)]
            row: dict[str, Any] = {"case": case, "quantity": quantity, "values": values}
            row["operations"] = slope(values, [conv_flops(point) for point in points])
            for name in contenders:
                ms = [min(each[at][name] for each in rounds) for at in range(len(points))]
                row[name] = {"ms": [round(time, 3) for time in ms], "slope": slope(values, ms)}
                row[name]["at the end"] = slope(values[-3:], ms[-3:])
            result.append(row)
    return result


def time_steps(contenders: Mapping[str, Contender], network: dict[str, Any]) -> dict[str, float]:
    """Return each contender's milliseconds for a training step."""
    result = {}
    for name, ask in contenders.items():
        ask("make", network)
        answer = ask("run", SECONDS)
        result[name] = 1000 * answer["seconds"] / answer["steps"]
    return result


def slope(values: Sequence[float], times: Sequence[float]) -> float:
    """Return the slope of log(time) against log(value): 1 when twice the value takes twice the time."""
    return float(np.polyfit(np.log(values), np.log(times), 1)[0])
