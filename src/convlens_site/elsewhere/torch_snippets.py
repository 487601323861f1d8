"""The snippets "Check it in PyTorch": run them, and compare what they print with what the pages say.

`make torch` runs them and compares; with RECORD=1 it writes down anew what they print, in evidence/torch/snippets.json.
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
# Two machines may round the same run differently, and training makes that larger. A count and an exact 0 stay what they are.
FACTOR, FACTOR_OF_PERCENT = 2.0, 1.1
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?: %)?")


def snippets() -> list[Path]:
    """Return the snippets, one per question page and named as it is."""
    return sorted(SNIPPETS.glob("*.py"))


def run(snippet: Path) -> list[str]:
    """Return the lines that a snippet prints in the Python that has PyTorch."""
    # Several threads add in another order, and wait for each other on a busy machine.
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    made = subprocess.run(
        [str(torch_python()), str(snippet)], env=one_thread, check=False, capture_output=True, text=True
    )
    if made.returncode:
        raise RuntimeError(f"{snippet.name} failed: {made.stderr.strip().splitlines()[-1]}")
    return made.stdout.splitlines()


def digest(snippet: Path) -> str:
    return hashlib.sha256(snippet.read_bytes()).hexdigest()


def recorded() -> dict[str, Any]:
    """Return what was recorded: {"versions": ..., "printed": {name: {"sha256": ..., "lines": [...]}}}."""
    return json.loads(PRINTED.read_text("utf-8")) if PRINTED.exists() else {"versions": {}, "printed": {}}  # type: ignore[no-any-return]


def differences(said: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return what is different: words, how many lines, a count, a number that was exactly 0 or is, or one that is far off."""
    if len(said) != len(now):
        return [f"{len(said)} lines were recorded, and now there are {len(now)}"]
    found = []
    for before, after in zip(said, now, strict=True):
        words = [_NUMBER.sub("#", line) for line in (before, after)]
        numbers = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=False)
        if words[0] != words[1] or not all(_close(a, b) for a, b in numbers):
            found.append(f"the page says {before!r}, and now it prints {after!r}")
    return found


def _close(said: str, now: str) -> bool:
    a, b = (float(number.removesuffix(" %")) for number in (said, now))
    if a == b:
        return True
    factor = FACTOR_OF_PERCENT if said.endswith("%") else FACTOR if {".", "e"} & set(said + now) else 1.0
    return a * b > 0 and max(a / b, b / a) <= factor


def record() -> None:
    """Run all snippets and write down what they print."""
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
    """Run all snippets; say what is different from what the pages say."""
    parser = argparse.ArgumentParser(prog="make torch", description=__doc__)
    parser.add_argument("--record", action="store_true", help="write down what the snippets print")
    try:
        torch_python()
        if parser.parse_args(arguments).record:
            record()
        failed = False
        for snippet in snippets():
            said = recorded()["printed"].get(snippet.stem, {"lines": []})["lines"]
            found = differences(said, run(snippet))
            failed |= bool(found)
            print(f"{snippet.stem}: {'; '.join(found) or 'as the page says'}")
    except (NoTorch, RuntimeError) as error:
        raise SystemExit(str(error)) from None
    if failed:
        raise SystemExit(
            f"On this machine (Python {platform.python_version()}) something is different; see above."
        )


if __name__ == "__main__":
    main()
