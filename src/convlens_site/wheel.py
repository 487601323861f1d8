"""What the browser loads: the pinned runtime, the library as a wheel, and a lock file that names just those.

The wheel is reproducible: the same sources give the same bytes, so a hash of them is the key of the cache.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convlens_site.runtime import PINS, ROOT, ensure, pinned_files

CACHE = ROOT / ".cache" / "bundle"
LOCK = "pyodide-lock.json"
EPOCH = "1577836800"  # the date that every file in the wheel bears: 1 January 2020


class BuildFailed(Exception):
    """A build tool failed; the message is what it said."""


@dataclass(frozen=True)
class Bundle:
    """A folder with two files: the library's wheel, and the lock that names it and NumPy."""

    folder: Path
    wheel: Path
    lock: Path


def build(root: Path = ROOT, cache: Path = CACHE) -> Bundle:
    """Return the wheel and the lock of the library as it is now; build only if a source has changed."""
    key = sources_hash(root)
    folder = cache / key
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=cache) as scratch:
            made = Path(scratch, "bundle")
            write_bundle(root, made)
            if sources_hash(root) != key:  # a file was saved meanwhile
                return build(root, cache)
            try:
                made.rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process has just put the same bytes there
                    raise
    return Bundle(folder, next(folder.glob("*.whl")), folder / LOCK)


def sources_hash(root: Path) -> str:
    """A hash of everything that can change the wheel or the lock, the pinned tools among it."""
    digest = hashlib.sha256(json.dumps(PINS["lock"]).encode())
    for path in sources(root):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def sources(root: Path) -> Iterator[Path]:
    """The files that the wheel is made of and by."""
    for name in ("pyproject.toml", "requirements.txt", "LICENSE"):
        if (root / name).is_file():
            yield root / name
    for path in sorted((root / "src" / "convlens").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def write_bundle(root: Path, folder: Path) -> None:
    """Build the wheel, then the lock: the runtime's own entries for NumPy, and one for the wheel."""
    folder.mkdir()
    call("hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=root)
    (wheel,) = folder.glob("*.whl")
    trimmed = folder / "trimmed.json"
    trimmed.write_text(json.dumps(PINS["lock"]), encoding="utf-8")
    options = ["--input", str(trimmed), "--output", str(folder / LOCK), "--base-path", str(folder)]
    call("pyodide_cli", "lockfile", "add-wheels", *options, str(wheel), cwd=folder)
    trimmed.unlink()


def call(module: str, *arguments: str, cwd: Path) -> None:
    """Run a module of this Python's environment; be quiet unless it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{module} {' '.join(arguments)}\n{done.stdout}{done.stderr}")


def files(root: Path = ROOT) -> dict[str, Path]:
    """Name and place of every file that the browser loads; they belong into one folder."""
    runtime, bundle = ensure(), build(root)
    paths = {pinned.name: runtime / pinned.name for pinned in pinned_files()}
    return paths | {bundle.wheel.name: bundle.wheel, bundle.lock.name: bundle.lock}


def manifest(root: Path = ROOT) -> dict[str, Any]:
    """The same files with sizes and hashes, for the page to verify what it has fetched."""
    entries = [
        {"name": name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for name, path in files(root).items()
    ]
    return {"version": PINS["version"], "files": entries}


def main() -> int:
    """Build what is out of date, and say what there is."""
    try:
        bundle = build()
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    size, place = bundle.wheel.stat().st_size, bundle.folder.relative_to(ROOT)
    print(f"Library wheel: {bundle.wheel.name}, {size / 1e3:.1f} kB, in {place}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
