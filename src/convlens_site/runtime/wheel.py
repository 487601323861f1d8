"""Build the library's wheel, from which the browser's archive is packed.

The build is reproducible: the same sources give the same bytes, so a hash of the sources is the cache key.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from convlens_site.paths import ROOT, SHIPPED
from convlens_site.runtime.cache import cached_folder

CACHE = ROOT / ".cache" / "wheel"
EPOCH = "1577836800"  # the date of every file in the wheel: 1 January 2020


class BuildFailed(Exception):
    """A build tool failed; the message is its output."""


def build(root: Path = ROOT, cache: Path = CACHE) -> Path:
    """Return the wheel of the library, after building it if a source has changed."""
    key = sources_hash(root)
    folder = cached_folder(
        cache, key, lambda new: run_module("hatchling", "build", "-t", "wheel", "-d", str(new), cwd=root)
    )
    if sources_hash(root) != key:  # a file changed during the build
        return build(root, cache)
    return next(folder.glob("*.whl"))


def sources_hash(root: Path) -> str:
    """Return a hash of everything that can change the wheel, including the pinned tools."""
    digest = hashlib.sha256()
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def sources(root: Path) -> Iterator[Path]:
    """Yield the sources of the wheel, and the files that pin the tools that build it."""
    for name in ("pyproject.toml", "requirements.txt", "LICENSE"):
        if (root / name).is_file():
            yield root / name
    for package in SHIPPED:
        for path in sorted((root / package.relative_to(ROOT)).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def run_module(module: str, *arguments: str, cwd: Path) -> None:
    """Run a module of this Python's environment; print nothing, but raise BuildFailed with its output if it fails."""
    run = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise BuildFailed(f"{module} {' '.join(arguments)}\n{run.stdout}{run.stderr}")
