"""The folders of this repository, and a hash of files in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
DEMOS = ROOT / "demos"
EVIDENCE = ROOT / "evidence"
LIBRARY = ROOT / "src" / "convlens"
LIVE = ROOT / "src" / "convlens_live"
SHIPPED = (LIBRARY, LIVE)  # the packages of the wheel


def digest(files: Iterable[Path], *more: str) -> str:
    """Return one hash of the names and contents of the files, and of `more`."""
    total = hashlib.sha256("\0".join(more).encode())
    for file in sorted(files):
        total.update(f"\0{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()[:24]


def library_files() -> list[Path]:
    """Return every file of the packages that the browser gets."""
    files = (file for package in SHIPPED for file in package.rglob("*"))
    return [file for file in files if file.is_file() and "__pycache__" not in file.parts]
