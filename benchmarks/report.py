"""The printed tables of the measurements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from .contenders import LABELS
from .networks import Network, conv_flops, sentence

HALF = 0.5
RIVAL_OF = {"native": "convlens", "native-before": "native", "im2col": "native", "blas": "native"}
"""The contender whose speed is divided by that of each; by default convlens in the browser."""


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the range of some rounds."""
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def summary(network: Network, speeds: dict[str, list[float]]) -> dict[str, dict[str, Any]]:
    """Return each contender's speed, and convlens' speed divided by it in the same round, with the aim."""
    aims = {"convnetjs": network["aim"], "peak": HALF, "im2col": HALF, "blas": HALF}
    flops = conv_flops(network) / network["batch"]
    result: dict[str, dict[str, Any]] = {}
    for name, values in speeds.items():
        result[name] = {"speed": spread(values)}
        rival = RIVAL_OF.get(name, "convlens")
        if rival == name or rival not in speeds:
            continue
        ours = [speed * flops / 1e9 for speed in speeds[rival]] if name == "peak" else speeds[rival]
        result[name]["ratio"] = spread([our / their for our, their in zip(ours, values, strict=True)])
        result[name]["at best"] = max(ours) / max(values)
        if name in aims:
            met = result[name]["ratio"]["median"] >= aims[name]
            result[name] |= {"aim": aims[name], "met": met}
    return result


def networks_text(measured: dict[str, dict[str, Any]], networks: dict[str, Network]) -> str:
    """Return a table with a row for each network and contender."""
    if not measured:
        return ""
    rows = [["", "images/s", "(range of rounds)", "ratio", "(range)", "at best", "aim", ""]]
    for name, contenders in measured.items():
        rows.append([f"{name}: {sentence(networks[name])}"])
        for contender, result in contenders.items():
            speed = pair(result["speed"])
            if contender == "peak":
                speed[0] = f"{number(result['speed']['median'])} GFLOP/s"
            aim = (
                [f"{result['aim']:g}", "met" if result["met"] else "NOT met"] if "aim" in result else ["", ""]
            )
            best = number(result["at best"]) if "at best" in result else ""
            rows.append([f"  {LABELS[contender]}", *speed, *pair(result.get("ratio")), best, *aim])
    return table(rows) + (
        "\nimages/s: per second of the contender's processor time (on Linux; elsewhere of wall time)"
        "\nratio: convlens in the browser divided by this row, in the same round; BLAS: native convlens divided by it;"
        "\npeak: the convolutions' operations per second as a share of it. Median of the rounds (lowest to highest);"
        "\nat best: the best round of the one divided by the best round of the other (other work can only slow)."
    )


def growth_text(rows: list[dict[str, Any]]) -> str:
    """Return a table with a row for each quantity: the growth of the time of a step with it."""
    if not rows:
        return ""
    names = [name for name in LABELS if name in rows[0]]
    head = ["", "quantity", "from", "to", "operations"]
    lines = [head + [cell for name in names for cell in (LABELS[name], "slope", "at the end")]]
    for row in rows:
        line = [row["case"], row["quantity"], str(row["values"][0]), str(row["values"][-1])]
        line.append(f"{row['operations']:.2f}")
        for name in names:
            ms = row[name]["ms"]
            line.append(f"{number(ms[0])} to {number(ms[-1])} ms")
            line += [f"{row[name]['slope']:.2f}", f"{row[name]['at the end']:.2f}"]
        lines.append(line)
    return table(lines) + (
        "\nslope: of log(time of a step) over log(quantity), all points; at the end: the last three."
        "\noperations: the same slope for the number of multiply-adds in the convolutions."
    )


def pair(result: dict[str, float] | None) -> list[str]:
    """Return a cell for the median and one for the range."""
    if not result:
        return ["", ""]
    return [number(result["median"]), f"({number(result['low'])} to {number(result['high'])})"]


def number(value: float) -> str:
    """Return a number with at least three significant digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as aligned columns, the first to the left, the others to the right; a row of one cell is a heading."""
    full = [row for row in rows if len(row) > 1]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    lines = []
    for row in rows:
        if len(row) == 1:
            lines += ["", row[0]]
            continue
        first, *rest = (cell for cell in row)
        cells = [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
