"""Test the claims of the pages in every set-up and write evidence/elsewhere/<demo>.<framework>.json.

`make evidence` runs them with this library, `make evidence-torch` with PyTorch. A module evidence/elsewhere/<demo>.py has
CLAIMS and measure(trainer, setup, seed) -> numbers. Each run is cached as soon as it is done.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import convlens
from convlens_site import demos, evidence
from convlens_site.elsewhere.setups import FRAMEWORKS, SEEDS, SETUPS
from convlens_site.elsewhere.torch_python import NoTorch, torch_python
from convlens_site.elsewhere.trainers import Torch, trainer
from convlens_site.paths import CACHE, DEMOS, EVIDENCE, digest, library_files

ELSEWHERE = EVIDENCE / "elsewhere"
EQUAL = "equal_filters"  # this evidence comes from a script of its own, in PyTorch
MODULES = sorted(file.stem for file in ELSEWHERE.glob("*.py") if "CLAIMS" in file.read_text())


def load(slug: str) -> Any:
    """Import the claims of a page, whatever the working directory."""
    for folder in (DEMOS, ELSEWHERE):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    # The file imports its demo, which has the same name, so this module needs another.
    spec = importlib.util.spec_from_file_location(f"elsewhere_{slug}", ELSEWHERE / f"{slug}.py")
    assert spec is not None
    assert spec.loader is not None
    if spec.name not in sys.modules:
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    return sys.modules[spec.name]


def setups_of(module: Any) -> dict[str, Any]:
    """Return the set-ups of a page by name: the usual ones, or its own if it trains nothing."""
    return getattr(module, "SETUPS", SETUPS)


def measure(framework: str, slug: str, setup: str, seed: int) -> dict[str, float]:
    """Run one set-up with one seed."""
    module = load(slug)
    numbers = module.measure(trainer(framework), setups_of(module)[setup], seed)
    return {name: value if isinstance(value, int) else float(value) for name, value in numbers.items()}


def collect(
    slug: str, framework: str, executor: Executor, seeds: int = SEEDS, cache: Path = CACHE / "elsewhere"
) -> dict[str, Any]:
    """Run all set-ups of a page in one framework and return the content of its file."""
    module = load(slug)
    claims, setups = module.CLAIMS, setups_of(module)
    ours = [Path(__file__).with_name(f"{name}.py") for name in ("setups", "trainers")]
    code = [
        *(DEMOS / f"{name}.py" for name in (slug, *demos.imports(slug))),
        ELSEWHERE / f"{slug}.py",
        ELSEWHERE / "other_images.py",
        EVIDENCE / "torch" / "trainer.py",
        *ours,
    ]
    run_cache = cache / f"{slug}-{framework}-{digest([*library_files(), *code])}"
    runs = [(setup, seed) for setup in setups for seed in range(seeds)]
    numbers = evidence.run_all(
        f"{slug}, {FRAMEWORKS[framework]}", runs, executor, run_cache, partial(measure, framework, slug)
    )
    summaries: dict[str, Any] = {}
    for setup in setups:
        results = [numbers[setup, seed] for seed in range(seeds)]
        verdicts = {name: [claim.verdict(run) for run in results] for name, claim in claims.items()}
        summaries[setup] = {
            "claims": {
                name: [each.count(True), len(each) - each.count(None)] for name, each in verdicts.items()
            },
            "numbers": {name: [round_to_six(run[name]) for run in results] for name in results[0]},
        }
    command = "make evidence" if framework == "convlens" else "make evidence-torch"
    return {"command": command, "seeds": seeds, "versions": versions(framework), "setups": summaries}


def round_to_six(value: float) -> float | int | None:
    """Return a number with six digits, or None if training diverged."""
    return value if isinstance(value, int) else None if math.isnan(value) else float(f"{value:.6g}")


def versions(framework: str) -> dict[str, Any]:
    """Return the versions that the numbers may depend on."""
    ours = {"python": platform.python_version(), "numpy": np.__version__, "convlens": convlens.__version__}
    with Torch() as torch:  # starts its process only on the first request
        theirs = torch.versions() if framework == "torch" else {}
    return {**ours, **theirs, "processor": evidence.processor()}


def equal_filters() -> dict[str, Any]:
    """Run evidence/torch/equal_filters.py on one thread and return the content of its file."""
    script = EVIDENCE / "torch" / f"{EQUAL}.py"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    run = subprocess.run(
        [str(torch_python()), str(script)], env=environment, check=True, stdout=subprocess.PIPE
    )
    result = json.loads(run.stdout)
    result["versions"]["processor"] = evidence.processor()
    return {"command": "make evidence-torch", **result}


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the results of one framework."""
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("framework", choices=FRAMEWORKS)
    parser.add_argument("demos", nargs="*", help="the pages, by the names of their demos (default: all)")
    parser.add_argument("--scheduler", help="the address of a Dask cluster whose workers have this checkout")
    chosen = parser.parse_args(arguments)
    names = [*MODULES, EQUAL] if chosen.framework == "torch" else MODULES
    unknown = set(chosen.demos) - set(names)
    if unknown:
        parser.error(
            f"there are no claims for {', '.join(sorted(unknown))}; there are claims for {', '.join(names)}"
        )
    if chosen.framework == "torch":
        try:
            torch_python()
        except NoTorch as error:
            raise SystemExit(str(error)) from None
    with evidence.workers(chosen.scheduler) as executor:
        for slug in chosen.demos or names:
            if slug == EQUAL:
                (EVIDENCE / f"{EQUAL}.json").write_text(evidence.to_json(equal_filters()))
                continue
            result = collect(slug, chosen.framework, executor)
            (ELSEWHERE / f"{slug}.{chosen.framework}.json").write_text(evidence.to_json(result))


if __name__ == "__main__":
    main()
