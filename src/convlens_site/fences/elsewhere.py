"""The tables "Does it hold elsewhere?": a summary for the fence `elsewhere`, and all set-ups for the evidence."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_live.figures import format_number
from convlens_site.elsewhere.run import ELSEWHERE, MODULES, load, setups_of
from convlens_site.elsewhere.setups import FRAMEWORKS, IMAGES, OPTIMIZERS, SETUPS, STARTS, Setup
from convlens_site.fences.tables import table

type Count = tuple[int, int]
DIMENSIONS = {"start": STARTS, "optimizer": OPTIMIZERS, "images": IMAGES}
WORST = 2 / 3  # the table names a setting with at least this share of all failures


def elsewhere_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the demo whose claims are shown."""
    slug = source.strip()
    try:
        return small_table(slug)
    except (KeyError, ValueError, OSError) as error:
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def results(slug: str) -> dict[str, Any]:
    """Return the results of each framework, by name; ValueError if a file is missing or belongs to other claims."""
    if slug not in MODULES:
        raise ValueError(
            f"{slug!r} has no claims in evidence/elsewhere; there are claims for {', '.join(MODULES)}"
        )
    by_framework = {}
    for framework in FRAMEWORKS:
        file = ELSEWHERE / f"{slug}.{framework}.json"
        if not file.exists():
            command = "make evidence" if framework == "convlens" else "make evidence-torch"
            raise ValueError(f"there is no {file.name}; '{command} EVIDENCE_ARGS={slug}' writes it")
        by_framework[framework] = json.loads(file.read_text("utf-8"))
        claims = list(next(iter(by_framework[framework]["setups"].values()))["claims"])
        if claims != list(load(slug).CLAIMS):
            raise ValueError(
                f"{file.name} has the claims {', '.join(claims)}, but its module has others: run it again"
            )
    return by_framework


def small_table(slug: str) -> str:
    """Return a table with a row per claim: the number of runs in which it holds in each framework, and where it fails most."""
    module, by_framework = load(slug), results(slug)
    rows = []
    for name, claim in module.CLAIMS.items():
        counts = [
            total(result["setups"][setup]["claims"][name] for setup in result["setups"])
            for result in by_framework.values()
        ]
        rows.append((claim.text, *map(count_text, counts), where_it_fails(name, by_framework, module)))
    return table(("Claim", *FRAMEWORKS.values(), "fails"), rows, wide="elsewhere")


def total(counts: Iterable[list[int]]) -> Count:
    confirmed, runs = (sum(numbers) for numbers in zip(*counts, strict=True))
    return confirmed, runs


def count_text(count: Count) -> str:
    confirmed, runs = count
    return (
        f"all {format_number(runs)} runs"
        if confirmed == runs
        else f"{format_number(confirmed)} of {format_number(runs)}"
    )


def where_it_fails(name: str, by_framework: dict[str, Any], module: Any) -> str:
    """Return the start, optimizer or images that most of the failures have in common, if any."""
    failures = {
        setup: sum(
            runs - confirmed
            for result in by_framework.values()
            for confirmed, runs in [result["setups"][setup]["claims"][name]]
        )
        for setup in setups_of(module)
    }
    failure_count = sum(failures.values())
    if not failure_count:
        return "nowhere"
    if setups_of(module) is not SETUPS:
        return ", ".join(setup for setup, count in failures.items() if count)
    settings = []
    for dimension, titles in DIMENSIONS.items():
        failures_by_key = {
            key: sum(count for setup, count in failures.items() if getattr(SETUPS[setup], dimension) == key)
            for key in titles
        }
        worst = max(failures_by_key, key=lambda key: failures_by_key[key])
        if failures_by_key[worst] >= WORST * failure_count and len(titles) > 1:
            confirmed, runs = total(
                result["setups"][setup]["claims"][name]
                for result in by_framework.values() for setup in SETUPS if getattr(SETUPS[setup], dimension) == worst
            )  # fmt: skip
            settings.append(f"{titles[worst]}: holds in {format_number(confirmed)} of {format_number(runs)}")
    return "; ".join(settings) or "no pattern"


def whole_table(slug: str, framework: str) -> str:
    """Return a table with a row per set-up and a column per claim: in how many runs it holds, and its number's median."""
    module, result = load(slug), results(slug)[framework]
    rows = []
    for setup, numbers in result["setups"].items():
        cells = []
        for name, claim in module.CLAIMS.items():
            confirmed, runs = numbers["claims"][name]
            values = [value for value in numbers["numbers"][claim.number] if value is not None]
            median = format_number(statistics.median(values)) if values else "diverged"
            cells.append(f"{confirmed} of {runs}; {median}")
        rows.append((title(setup), *cells))
    return table(
        ("Start, optimizer, images", *(claim.text for claim in module.CLAIMS.values())),
        rows,
        wide="elsewhere",
    )


def title(setup: str) -> str:
    known: Setup | None = SETUPS.get(setup)
    return known.title if known else setup
