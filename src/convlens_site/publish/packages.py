"""The library to take away: its wheel, and a lock by which anybody's Pyodide page loads it, published with the site.

The lock is what `pyodide lockfile add-wheels` makes of NumPy's entry and our wheel; a test holds it to that. It names the wheel
relative to itself, so that the two may be copied together, and NumPy where Pyodide's own release has it. A lock fits only the
Pyodide whose binary interface it names, so its own name bears that version. A new release of the library does not change it.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from convlens_site.paths import SHIPPED
from convlens_site.runtime import wheel
from convlens_site.runtime.pins import PINS, pinned_files

FOLDER = "packages"
PYODIDE = str(PINS["version"])
LOCK = f"pyodide-{PYODIDE}-lock.json"
_NAMED = re.compile(r"\{\{ *packages\.(\w+) *\}\}")


def files() -> dict[str, bytes]:
    """Return what is published, by its place on the site."""
    made = wheel.build()
    text = json.dumps(lock(made), indent=1) + "\n"
    return {f"{FOLDER}/{made.name}": made.read_bytes(), f"{FOLDER}/{LOCK}": text.encode()}


def lock(made: Path) -> dict[str, Any]:
    """Return a lock of two packages: the library, from the wheel beside it, and NumPy, from Pyodide's own release."""
    return {"info": PINS["info"], "packages": {"convlens": library(made), "numpy": numpy()}}


def library(made: Path) -> dict[str, Any]:
    """Return the library's entry: what its wheel says of itself."""
    said = metadata(made)
    needs = [Requirement(line).name for line in said.get_all("Requires-Dist", [])]
    return entry(
        said["Name"],
        said["Version"],
        made.name,
        hashlib.sha256(made.read_bytes()).hexdigest(),
        needs,
        [p.name for p in SHIPPED],
    )


def numpy() -> dict[str, Any]:
    """Return NumPy's entry, as the lock of Pyodide's release has it, but for its address."""
    (pinned,) = (file for file in pinned_files() if file.name.startswith("numpy-"))
    return entry("numpy", PINS["numpy"], released(pinned.name), pinned.sha256, [], ["numpy"])


def entry(
    name: str, version: str, file_name: str, sha256: str, depends: list[str], imports: list[str]
) -> dict[str, Any]:
    """Return what a lock says of a package; `imports` are the modules that it installs."""
    where = {"file_name": file_name, "install_dir": "site", "sha256": sha256, "package_type": "package"}
    return {
        "name": name,
        "version": version,
        **where,
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
    }


def metadata(made: Path) -> Message:
    """Return the head of a wheel's METADATA."""
    with zipfile.ZipFile(made) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def released(name: str) -> str:
    """Return the address of a file of the pinned Pyodide's release."""
    return str(PINS["cdn"]).format(version=PYODIDE, name=name)


def filled(markdown: str, site_url: str) -> str:
    """Put addresses and versions in the place of `{{ packages.name }}`; KeyError if there is no such name."""
    if not _NAMED.search(markdown):
        return markdown
    made = wheel.build()
    said = metadata(made)
    words = {
        "wheel": f"{site_url}{FOLDER}/{made.name}",
        "lock": f"{site_url}{FOLDER}/{LOCK}",
        "script": released("pyodide.mjs"),
        "pyodide": PYODIDE,
        "version": said["Version"],
        "python": said["Requires-Python"].removeprefix(">="),
        "numpy": PINS["numpy"].rpartition(".")[0],
        "megabytes": f"{sum(file.bytes for file in pinned_files()) / 1e6:.0f}",
    }
    return _NAMED.sub(lambda found: words[found[1]], markdown)
