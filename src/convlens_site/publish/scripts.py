"""Prepare the page's own scripts: minified, in a folder named after their content, with all their hashes in the first one.

So a page never mixes the scripts of two releases, even from a browser's cache, and detects a damaged script before running it.
The page itself contains the hash of the first script.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass
from functools import cache

from rjsmin import jsmin

from convlens_site.npm import editor
from convlens_site.paths import DEMOS, ROOT, digest, library_files

LIVE = ROOT / "docs" / "assets" / "live"
FIRST = "start.js"
THEME = ROOT / "src" / "convlens_site" / "theme"
LOAD_ERROR, NOT_FOUND = "load-error.js", "not-found.js"  # both are inlined into pages
HASHES = "const HASHES = {};"
PYTHON = [ROOT / "src" / "convlens_site" / "runtime" / name for name in ("pins.json", "pack.py")]


@dataclass(frozen=True)
class Scripts:
    """The scripts as they are published: content by name."""

    files: dict[str, bytes]
    python: str = ""  # a hash of the Python files that they run

    @property
    def folder(self) -> str:
        """The folder's name below assets/, which changes whenever a script, a demo, the library or the runtime does."""
        return f"live-{hashlib.sha256(self.files[FIRST] + self.python.encode()).hexdigest()[:16]}"

    @property
    def tag(self) -> dict[str, str]:
        """The attributes of the script element of a page, and the inline script beside it."""
        digest = b64encode(hashlib.sha256(self.files[FIRST]).digest()).decode()
        return {"src": f"assets/{self.folder}/{FIRST}", "integrity": f"sha256-{digest}", "guard": guard()}

    def entry(self, name: str) -> dict[str, str | int]:
        """Return the size and the hash of a script, which a page checks before using it."""
        return {"bytes": len(self.files[name]), "sha256": hashlib.sha256(self.files[name]).hexdigest()}


@cache
def inline(name: str) -> str:
    """Return one of the two scripts that are inlined into pages, minified."""
    return str(jsmin((THEME / name).read_text("utf-8")))


def guard() -> str:
    """Return the inline script that explains why the first script did not load."""
    return inline(LOAD_ERROR)


def prepare() -> Scripts:
    """Return the scripts of docs/assets/live minified, the first one with the hashes of the others."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(LIVE.glob("*.js"))}
    first = texts.pop(FIRST)
    others = Scripts(
        {**{name: jsmin(text).encode() for name, text in texts.items()}, editor.NAME: editor.content()}
    )
    if HASHES not in first:
        raise ValueError(
            f"{FIRST} lacks the line {HASHES!r}, where the build puts the hashes of the other scripts."
        )
    hashes = json.dumps({name: others.entry(name) for name in others.files}, separators=(",", ":"))
    files = {FIRST: jsmin(first.replace(HASHES, f"const HASHES = {hashes};")).encode(), **others.files}
    return Scripts(files, digest([*library_files(), *DEMOS.glob("*.py"), *PYTHON]))
