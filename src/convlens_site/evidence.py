"""Run every demo's cases over many seeds and write evidence/<demo>.json; the pages quote from there.

A demo takes part by having CASES (name -> settings) and measure(seed, **settings) -> numbers.
"""

from __future__ import annotations

import importlib
import json
import platform
import statistics
import sys
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any

import numpy as np

import convlens
from convlens.figures import format_number
from convlens_site.paths import DEMOS, EVIDENCE

SEEDS = 50
LEARNED = 0.9  # the accuracy from which a run counts as having learned its task


def measure(slug: str, case: str, seed: int) -> dict[str, float]:
    """Run one case of a demo with one seed."""
    if str(DEMOS) not in sys.path:
        sys.path.insert(0, str(DEMOS))
    module = importlib.import_module(slug)
    numbers: dict[str, float] = module.measure(seed=seed, **module.CASES[case])
    return numbers


def collect(slug: str, cases: dict[str, dict[str, Any]], seeds: int, executor: Executor) -> dict[str, Any]:
    """Run all cases over all seeds and return what is written to the file."""
    futures = {
        (case, seed): executor.submit(measure, slug, case, seed) for case in cases for seed in range(seeds)
    }
    results: dict[str, Any] = {}
    for done, ((case, _), future) in enumerate(futures.items(), start=1):
        results.setdefault(case, {"settings": cases[case], "numbers": {}})
        for name, value in future.result().items():
            results[case]["numbers"].setdefault(name, []).append(value)
        print(f"\r{slug}: {done} of {len(futures)} runs", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for result in results.values():
        for name, values in result.pop("numbers").items():
            result[name] = {**_summary(values), "values": values}
        if "accuracy" in result:
            result["learned"] = _learned(result)
    return {
        "command": "make evidence",
        "seeds": seeds,
        "cases": results,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "convlens": convlens.__version__,
        },
    }


def _summary(values: list[float]) -> dict[str, Any]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def _learned(result: dict[str, Any]) -> dict[str, Any]:
    """The same over the runs that learned the task: a network whose filters died proves nothing by standing still."""
    seeds = [seed for seed, accuracy in enumerate(result["accuracy"]["values"]) if accuracy >= LEARNED]
    chosen = {
        name: [number["values"][seed] for seed in seeds]
        for name, number in result.items()
        if name != "settings"
    }
    return {"count": len(seeds), **{name: _summary(values) for name, values in chosen.items() if values}}


def quote(path: str) -> str:
    """Return a number from the evidence as the site prints it; path: demo.case.number.statistic, or demo.seeds.

    Raises KeyError with the path when there is no such number.
    """
    slug, *keys = path.split(".")
    file = EVIDENCE / f"{slug}.json"
    if not file.exists():
        raise KeyError(f"{path}: there is no evidence/{slug}.json; 'make evidence' makes it")
    value = json.loads(file.read_text())
    if keys != ["seeds"]:
        value = value["cases"]
    for key in keys:
        if key not in value:
            raise KeyError(f"{path}: {key!r} is not in evidence/{slug}.json; there is {', '.join(value)}")
        value = value[key]
    return format_number(value)


def main() -> None:
    """Write the evidence of all demos that have cases."""
    sys.path.insert(0, str(DEMOS))
    with ProcessPoolExecutor() as executor:
        for file in sorted(DEMOS.glob("*.py")):
            cases = getattr(importlib.import_module(file.stem), "CASES", None)
            if cases:
                result = collect(file.stem, cases, SEEDS, executor)
                EVIDENCE.mkdir(exist_ok=True)
                (EVIDENCE / f"{file.stem}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
