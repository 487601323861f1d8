"""Measure how fast convlens trains, print the tables, and save the numbers as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from convlens_site.paths import CACHE, ROOT

from . import digits, growth, networks, report, rounds
from .contenders import DEFAULT, LABELS, start_contenders

LATEST = CACHE / "bench" / "latest.json"
RECORD = Path(__file__).with_name("results.json")


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    add = parser.add_argument
    known = networks.load()
    add("--networks", type=names_of(known), default=list(known), help=f"of {','.join(known)}; or none")
    add("--contenders", type=names_of(LABELS), default=DEFAULT, help=f"of {','.join(LABELS)}")
    add(
        "--against",
        metavar="COMMIT",
        help="also measure the convlens of this commit, or of another checkout's folder",
    )
    add("--rounds", type=int, default=5)
    add("--seconds", type=float, default=0.6, help="per contender in a round")
    add("--skip-growth", action="store_true", help="do not measure how the time grows with the sizes")
    add("--record", action="store_true", help=f"save the numbers in benchmarks/{RECORD.name}, to commit them")
    chosen = parser.parse_args(arguments)
    if chosen.against:
        chosen.contenders = [*chosen.contenders, "before", "native-before"]
    return chosen


def names_of(known: dict[str, Any]) -> Any:
    """Return a parser of names separated by commas."""

    def names(text: str) -> list[str]:
        selection = [name for name in text.split(",") if name != "none"]
        if wrong := set(selection) - set(known):
            raise argparse.ArgumentTypeError(f"{sorted(wrong)} not among {list(known)}")
        return selection

    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for."""
    chosen = options(arguments)
    selected = {name: network for name, network in networks.load().items() if name in chosen.networks}
    measured, rows, learned = {}, [], {}
    with ExitStack() as stack:
        contenders, versions = start_contenders(stack, chosen.contenders, selected, chosen.against)
        for name, network in selected.items():
            log(f"network {name}: {chosen.rounds} rounds of {', '.join(contenders)} ...")
            try:
                speeds = rounds.speeds(network, contenders, chosen.rounds, chosen.seconds)
            except rounds.Mismatch as error:
                log(str(error))
                return 1
            measured[name] = report.summary(network, speeds)
        ours = {name: contenders[name] for name in ("convlens", "native") if name in contenders}
        if ours:
            log(f"handwritten digits: {chosen.rounds} starts of {', '.join(ours)} ...")
            learned = digits.measure(ours, chosen.rounds)
        if ours and not chosen.skip_growth:
            rows = growth.measure(ours, log)
    texts = report.networks_text(measured, selected), digits.text(learned), report.growth_text(rows)
    print("\n\n".join(filter(None, texts)))
    result = {"versions": versions, "networks": measured, "digits": learned, "growth": rows}
    save(RECORD if chosen.record else LATEST, result)
    return 0


def save(path: Path, result: dict[str, Any]) -> None:
    """Write the numbers, and a description of the machine."""
    machine = {"cores": os.cpu_count(), "architecture": platform.machine()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine} | result, indent=1) + "\n", encoding="utf-8")
    log(f"The numbers are in {path.relative_to(ROOT)}.")


def log(text: str) -> None:
    """Report progress, apart from the tables."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
