"""Run the cases of each evidence/<demo>.py over many seeds and write evidence/<demo>.json; the pages quote from there.

Such a file has CASES (name -> settings) and measure(seed, **settings) -> numbers; and SEEDS, if that is not 50.
Each run is cached as soon as it is done, so that an interrupted command can resume. A cached run is valid until its
file, a demo or the library changes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import re
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import convlens
from convlens_live.figures import format_number
from convlens_site import demos
from convlens_site.paths import CACHE, DEMOS, EVIDENCE, digest, library_files

SEEDS = 50
LEARNED = 0.9  # the accuracy from which a run counts as having learned its task

type Run = tuple[str, int]
"""A case and a seed."""
type Measure = Callable[[str, int], dict[str, float]]


def load(slug: str) -> Any:
    """Import evidence/<slug>.py from any working directory, under another name, because its demo has the same."""
    name = f"evidence_{slug}"
    if name not in sys.modules:
        if slug in demos.SLUGS:
            demos.module(slug)  # so that the file can import its demo
        spec = importlib.util.spec_from_file_location(name, EVIDENCE / f"{slug}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]


def measure(slug: str, case: str, seed: int) -> dict[str, float]:
    """Run one case of a demo's evidence with one seed."""
    module = load(slug)
    numbers: dict[str, float] = module.measure(seed=seed, **module.CASES[case])
    return numbers


def run_all(
    slug: str, runs: Sequence[Run], executor: Executor, cache: Path, function: Measure | None = None
) -> dict[Run, dict[str, float]]:
    """Return the numbers of all runs, each from function(case, seed), or from the cache if it is there."""
    function = function or partial(measure, slug)
    cache.mkdir(parents=True, exist_ok=True)
    files = {run: cache / f"{run[0]}-{run[1]}.json" for run in runs}
    missing = [run for run in runs if not files[run].exists()]
    waiting: dict[Future[dict[str, float]], Run] = {executor.submit(function, *run): run for run in missing}
    for future, run in waiting.items():
        future.add_done_callback(partial(save, file=files[run]))
    cached = len(runs) - len(missing)
    progress(slug, cached, len(runs))
    for done, future in enumerate(as_completed(waiting), start=cached + 1):
        future.result()
        progress(slug, done, len(runs))
    print(file=sys.stderr)
    results = {run: future.result() for future, run in waiting.items()}
    return {run: results[run] if run in results else json.loads(files[run].read_text()) for run in runs}


def save(future: Future[dict[str, float]], file: Path) -> None:
    """Write the numbers of a run as soon as it is done, so that an interruption loses nothing."""
    if not future.cancelled() and not future.exception():
        part = file.with_suffix(".part")
        part.write_text(json.dumps(future.result()))
        part.rename(file)


def progress(slug: str, done: int, total: int) -> None:
    """Show the progress as a bar."""
    bar = "#" * (30 * done // total)
    print(f"\r{slug:20} [{bar:30}] {done} of {total} runs", end="", file=sys.stderr, flush=True)


def collect(
    slug: str, executor: Executor, seeds: int = 0, cache: Path = CACHE / "evidence"
) -> dict[str, Any]:
    """Run all cases of a demo over its seeds and return the content of its file."""
    module = load(slug)
    cases: dict[str, dict[str, Any]] = module.CASES
    seeds = seeds or getattr(module, "SEEDS", SEEDS)
    run_cache = cache / f"{slug}-{digest([*library_files(), *DEMOS.glob('*.py'), EVIDENCE / f'{slug}.py'])}"
    numbers = run_all(slug, [(case, seed) for case in cases for seed in range(seeds)], executor, run_cache)
    results: dict[str, Any] = {}
    for case, settings in cases.items():
        runs = [numbers[case, seed] for seed in range(seeds)]
        results[case] = {"settings": settings}
        for name in runs[0]:
            values = [run[name] for run in runs]
            results[case][name] = {**summary(values), "values": values}
        if "accuracy" in results[case]:
            results[case]["learned"] = summary_of_learned(results[case])
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "convlens": convlens.__version__,
    }
    versions["processor"] = processor()
    return {"command": "make evidence", "seeds": seeds, "cases": results, "versions": versions}


def summary(values: list[float]) -> dict[str, Any]:
    """Return the median, the range and the sum."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "total": sum(values)}


def summary_of_learned(result: dict[str, Any]) -> dict[str, Any]:
    """Return the summary of the runs that learned the task: dead filters stay equal, which proves nothing."""
    seeds = [seed for seed, accuracy in enumerate(result["accuracy"]["values"]) if accuracy >= LEARNED]
    chosen = {
        name: [number["values"][seed] for seed in seeds]
        for name, number in result.items()
        if name != "settings"
    }
    return {"count": len(seeds), **{name: summary(values) for name, values in chosen.items() if values}}


def processor() -> str:
    """Return the processor's name and its widest vectors, as far as the system reports them."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
        lines = dict(line.split(":", 1) for line in first.splitlines() if ":" in line)
    except OSError:
        return platform.processor() or platform.machine()
    cpu = {name.strip(): value.strip() for name, value in lines.items()}
    vectors = next(
        (name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in cpu.get("flags", "")),
        "",
    )
    return ", ".join(filter(None, [cpu.get("model name", platform.machine()), vectors]))


def to_json(result: dict[str, Any]) -> str:
    """Return a result as JSON, with each list of numbers on one line."""
    text = json.dumps(result, indent=1, ensure_ascii=False)
    return (
        re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda match: "[" + re.sub(r"\s+", " ", match[1]) + "]", text)
        + "\n"
    )


def quote(path: str) -> str:
    """Return a number from the evidence as the site prints it; path: demo.case.number.statistic, demo.seeds, or
    demo.versions.name.

    Raises KeyError with the path when there is no such number.
    """
    slug, *keys = path.split(".")
    file = EVIDENCE / f"{slug}.json"
    if not file.exists():
        raise KeyError(f"{path}: there is no evidence/{slug}.json; 'make evidence' writes it")
    value = json.loads(file.read_text())
    if keys != ["seeds"] and keys[:1] != ["versions"]:
        value = value["cases"]
    for key in keys:
        if key not in value:
            raise KeyError(f"{path}: {key!r} is not in evidence/{slug}.json; there is {', '.join(value)}")
        parent, value = value, value[key]
    if isinstance(value, str):
        return value
    # A median of counts is printed as a count if it is whole: 2, not 2.00.
    is_count = all(float(number).is_integer() for number in parent.get("values", [0.5]))
    return format_number(int(value) if is_count and value == int(value) else value)


def link(path: str, up: str) -> str:
    """Return a quoted number as a Markdown link to its case on the page of evidence; up: the path to docs/."""
    slug, *keys = path.split(".")
    if keys[0] == "versions":
        return quote(path)
    place = f"#{keys[0]}" if len(keys) > 1 else ""
    return f"[{quote(path)}]({up}evidence/{slug}.md{place}){{.measured}}"


@contextmanager
def workers(scheduler: str | None) -> Iterator[Executor]:
    """Yield an Executor: all cores of this machine, or a Dask cluster."""
    if scheduler is None:
        with ProcessPoolExecutor() as executor:
            yield executor
        return
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise SystemExit("--scheduler needs Dask: install it with 'pip install distributed'") from error
    with Client(scheduler) as client, client.get_executor() as executor:
        yield executor


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the evidence of the demos that have cases, and of the lesson."""
    parser = argparse.ArgumentParser(prog="make evidence", description=__doc__)
    parser.add_argument("demos", nargs="*", help="the names of the demos (default: all)")
    parser.add_argument("--scheduler", help="the address of a Dask cluster whose workers have this checkout")
    chosen = parser.parse_args(arguments)
    available = sorted(file.stem for file in EVIDENCE.glob("*.py"))
    unknown = set(chosen.demos) - set(available)
    if unknown:
        parser.error(
            f"there is no demo {', '.join(sorted(unknown))} with cases; there is {', '.join(available)}"
        )
    EVIDENCE.mkdir(exist_ok=True)
    with workers(chosen.scheduler) as executor:
        for slug in chosen.demos or available:
            result = collect(slug, executor)
            (EVIDENCE / f"{slug}.json").write_text(to_json(result))


if __name__ == "__main__":
    main()
