"""The pages of evidence: for each demo its data, the code and the command that produced it, and every number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from convlens_live.figures import format_number
from convlens_site.elsewhere.run import EQUAL, MODULES
from convlens_site.elsewhere.setups import FRAMEWORKS
from convlens_site.fences.elsewhere import results, whole_table
from convlens_site.paths import DEMOS, EVIDENCE

FOLDER = "evidence"


def files() -> Iterator[tuple[str, Path]]:
    """Yield the address and the path of each data file, and of the code that produced it."""
    for file in [*EVIDENCE.rglob("*.json"), *EVIDENCE.rglob("*.py")]:
        if file.name != "faults.json":
            yield f"{FOLDER}/{file.relative_to(EVIDENCE).as_posix()}", file


def pages() -> Iterator[tuple[str, str]]:
    """Yield the address and the Markdown of each page."""
    for slug in sorted(
        file.stem
        for file in EVIDENCE.glob("*.json")
        if (EVIDENCE / f"{file.stem}.py").exists() or file.stem == EQUAL
    ):
        yield f"{FOLDER}/{slug}.md", page(slug)


def page(slug: str) -> str:
    """Return the page of evidence on one demo."""
    result = json.loads((EVIDENCE / f"{slug}.json").read_text("utf-8"))
    code = f"[a script]({slug}.py)"
    if slug == EQUAL:
        code = "[a script](torch/equal_filters.py) that needs only PyTorch"
    elif (DEMOS / f"{slug}.py").exists():
        code += f" for [the demo](../demos/{slug}.py)"
    command = f"{result['command']} EVIDENCE_ARGS={slug}"
    parts = [
        f"---\ntitle: 'Evidence: {slug}'\nsearch: {{exclude: true}}\nhide: [toc]\n---\n\n# Evidence: {slug}\n",
        f"Every number that a page quotes from these runs. [The data]({slug}.json) comes from {code}, run with\n\n"
        f"    {command}\n",
        f"Each case was run with {result['seeds']} seed{'s' if result['seeds'] > 1 else ''}; {versions(result)}.\n",
    ]
    for case, numbers in result["cases"].items():
        settings = ", ".join(
            f"{name} {value}" for name, value in numbers["settings"].items() if not isinstance(value, list)
        )
        parts.append(f"## {case} {{#{case}}}\n\n{settings or 'No settings.'}\n\n{case_table(numbers)}")
    if slug in MODULES:
        parts.append(elsewhere(slug))
    return "\n".join(parts)


def case_table(numbers: dict[str, Any]) -> str:
    """Return the numbers of a case as a Markdown table; the last rows cover only the runs that learned the task."""
    rows = [(name, number) for name, number in numbers.items() if name not in ("settings", "learned")]
    learned = numbers.get("learned", {})
    rows += [
        (f"{name}, {learned['count']} runs that learned the task", number)
        for name, number in learned.items()
        if name != "count"
    ]
    lines = ["| number | median | smallest | largest |", "|---|---|---|---|"]
    for name, number in rows:
        lines.append(
            f"| {name.replace('_', ' ')} | "
            + " | ".join(format_number(number[each]) for each in ("median", "min", "max"))
            + " |"
        )
    return "\n".join(lines) + "\n"


def elsewhere(slug: str) -> str:
    """Return the section on the other set-ups, with a table per framework."""
    parts = ["## Does it hold elsewhere? {#elsewhere}\n"]
    for framework, result in results(slug).items():
        parts.append(
            f"### {FRAMEWORKS[framework]} {{#elsewhere-{framework}}}\n\n"
            f"[The data](elsewhere/{slug}.{framework}.json) comes from [this module](elsewhere/{slug}.py), run with\n\n"
            f"    {result['command']} EVIDENCE_ARGS={slug}\n\n"
            f"{result['seeds']} seeds per set-up; {versions(result)}. Each cell says in how many runs the claim holds, and "
            f"gives the median of its number.\n\n{whole_table(slug, framework)}\n"
        )
    return "\n".join(parts)


def versions(result: dict[str, Any]) -> str:
    """Return the versions that a result may depend on, as text."""
    names = {
        "python": "Python",
        "numpy": "NumPy",
        "torch": "PyTorch",
        "vectors": "vectors",
        "threads": "threads",
        "mkl": "MKL",
    }
    return ", ".join(f"{names.get(name, name)} {value}" for name, value in result["versions"].items())
