"""The page's own scripts, as they are published: small, in a folder named by its content, with their hashes in the first of them.

A page, and what a browser has kept of an older release, can thus never mix two releases; and a script that came damaged, or as
something else, is noticed before it is used. The first one's own hash stands in the page.
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
LOST, NOWHERE = "lost.js", "nowhere.js"  # these stand in pages themselves
HASHES = "const HASHES = {};"
PYTHON = [ROOT / "src" / "convlens_site" / "runtime" / name for name in ("pins.json", "pack.py")]


@dataclass(frozen=True)
class Scripts:
    """What is published: content by name."""

    files: dict[str, bytes]
    runs: str = ""  # a hash of what they run

    @property
    def folder(self) -> str:
        """The folder's name below assets/: another one whenever a script has changed, or a demo, the library or the runtime."""
        return f"live-{hashlib.sha256(self.files[FIRST] + self.runs.encode()).hexdigest()[:16]}"

    @property
    def tag(self) -> dict[str, str]:
        """What a page's script element says."""
        digest = b64encode(hashlib.sha256(self.files[FIRST]).digest()).decode()
        return {"src": f"assets/{self.folder}/{FIRST}", "integrity": f"sha256-{digest}", "guard": guard()}

    def entry(self, name: str) -> dict[str, str | int]:
        """What is checked of one before it is used."""
        return {"bytes": len(self.files[name]), "sha256": hashlib.sha256(self.files[name]).hexdigest()}


@cache
def inline(name: str) -> str:
    """Return one of the two scripts that stand in a page itself."""
    return str(jsmin((THEME / name).read_text("utf-8")))


def guard() -> str:
    """Return the one that says why the first script has not come."""
    return inline(LOST)


def published() -> Scripts:
    """The scripts of docs/assets/live without remarks and needless space, and the first with the hashes of the others."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(LIVE.glob("*.js"))}
    first = texts.pop(FIRST)
    others = Scripts(
        {**{name: jsmin(text).encode() for name, text in texts.items()}, editor.NAME: editor.published()}
    )
    if HASHES not in first:
        raise ValueError(f"{FIRST} lacks the line {HASHES!r}, where the hashes of the other scripts belong.")
    hashes = json.dumps({name: others.entry(name) for name in others.files}, separators=(",", ":"))
    files = {FIRST: jsmin(first.replace(HASHES, f"const HASHES = {hashes};")).encode(), **others.files}
    return Scripts(files, digest([*library_files(), *DEMOS.glob("*.py"), *PYTHON]))
