"""Run the snippets "Check it in PyTorch" and compare their output with the output that the pages show.

That is `make torch`; with RECORD=1 it writes a new record, evidence/torch/snippets.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convlens_site.elsewhere.torch_python import NoTorch, torch_python
from convlens_site.evidence import processor
from convlens_site.paths import EVIDENCE

SNIPPETS = EVIDENCE / "torch" / "snippets"
PRINTED = EVIDENCE / "torch" / "snippets.json"
# Two machines may round the same run differently, and training amplifies that. Counts and exact zeros must agree.
FACTOR, FACTOR_OF_PERCENT = 2.0, 1.1
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?: %)?")


def snippets() -> list[Path]:
    """Return the snippets: one per question page, with the page's name."""
    return sorted(SNIPPETS.glob("*.py"))


def run(snippet: Path) -> list[str]:
    """Return the lines that a snippet prints in the Python that has PyTorch."""
    # Several threads add in a different order, and wait for each other on a busy machine.
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(torch_python()), str(snippet)], env=one_thread, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{snippet.name} failed: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.splitlines()


def digest(snippet: Path) -> str:
    return hashlib.sha256(snippet.read_bytes()).hexdigest()


def recorded() -> dict[str, Any]:
    """Return the record: {"versions": ..., "printed": {name: {"sha256": ..., "lines": [...]}}}."""
    return json.loads(PRINTED.read_text("utf-8")) if PRINTED.exists() else {"versions": {}, "printed": {}}  # type: ignore[no-any-return]


def differences(recorded_lines: Sequence[str], lines: Sequence[str]) -> list[str]:
    """Return a sentence for each difference: in words, the number of lines, a count, a zero, or the size of a number."""
    if len(recorded_lines) != len(lines):
        return [f"{len(recorded_lines)} lines were recorded, and now there are {len(lines)}"]
    changes = []
    for before, after in zip(recorded_lines, lines, strict=True):
        words = [_NUMBER.sub("#", line) for line in (before, after)]
        numbers = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=False)
        if words[0] != words[1] or not all(_is_close(a, b) for a, b in numbers):
            changes.append(f"the page says {before!r}, and now it prints {after!r}")
    return changes


def _is_close(before: str, after: str) -> bool:
    a, b = (float(number.removesuffix(" %")) for number in (before, after))
    if a == b:
        return True
    factor = (
        FACTOR_OF_PERCENT if before.endswith("%") else FACTOR if {".", "e"} & set(before + after) else 1.0
    )
    return a * b > 0 and max(a / b, b / a) <= factor


def record() -> None:
    """Run all snippets and record their output."""
    version = subprocess.run(
        [str(torch_python()), "-c", "import torch, platform; print(torch.__version__, platform.python_version())"],
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    printed = {snippet.stem: {"sha256": digest(snippet), "lines": run(snippet)} for snippet in snippets()}
    versions = {"torch": version[0], "python": version[1], "processor": processor()}
    PRINTED.write_text(
        json.dumps({"command": "make torch RECORD=1", "versions": versions, "printed": printed}, indent=1)
        + "\n"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all snippets and report where their output differs from the record."""
    parser = argparse.ArgumentParser(prog="make torch", description=__doc__)
    parser.add_argument("--record", action="store_true", help="record the output of the snippets")
    try:
        torch_python()
        if parser.parse_args(arguments).record:
            record()
        failed = False
        for snippet in snippets():
            entry = recorded()["printed"].get(snippet.stem, {"lines": []})
            changes = differences(entry["lines"], run(snippet))
            failed |= bool(changes)
            print(f"{snippet.stem}: {'; '.join(changes) or 'as the page says'}")
    except (NoTorch, RuntimeError) as error:
        raise SystemExit(str(error)) from None
    if failed:
        raise SystemExit(
            f"On this machine (Python {platform.python_version()}) some output is different; see above."
        )


if __name__ == "__main__":
    main()
