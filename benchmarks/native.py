"""The contenders that run on CPython: each in its own process, on one thread, asked line by line."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convlens_site.paths import ROOT

# NumPy's BLAS reads these once, when it loads.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM", "BLIS")}


@dataclass(frozen=True)
class Native:
    """A contender in another process."""

    process: subprocess.Popen[str]

    def __call__(self, action: str, *values: Any) -> Any:
        """Ask it to make a network, to train for a while, or for its versions."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([action, *values]), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("a native contender ended early; its output is above")
        return json.loads(answer)


@contextmanager
def open_process(module: str, root: Path = ROOT) -> Iterator[Native]:
    """Start a contender with convlens as it is in the checkout at `root`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.native", module],
        cwd=ROOT,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(root / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Native(process)
        assert process.stdin
        process.stdin.close()  # the end of its input ends it


def main(module: str) -> None:
    """Answer each question on stdin with a line on stdout."""
    contender = importlib.import_module(f"benchmarks.{module}")
    for line in sys.stdin:
        action, *values = json.loads(line)
        print(json.dumps(getattr(contender, action)(*values)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
