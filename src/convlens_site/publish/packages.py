"""The library for other sites: its wheel, and a lock file with which any Pyodide page loads it, published in packages/.

The lock equals the output of `pyodide lockfile add-wheels` for NumPy's entry and our wheel; a test checks that. It refers to
the wheel by a relative path, so that the two can be copied together, and to NumPy by its address in Pyodide's own release. A
lock fits only one binary interface of Pyodide, so its name contains that version, whatever the version of the library.
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
_PLACEHOLDER = re.compile(r"\{\{ *packages\.(\w+) *\}\}")


def files() -> dict[str, bytes]:
    """Return the content of the published files, by their path on the site."""
    library = wheel.build()
    text = json.dumps(lock(library), indent=1) + "\n"
    return {f"{FOLDER}/{library.name}": library.read_bytes(), f"{FOLDER}/{LOCK}": text.encode()}


def lock(library: Path) -> dict[str, Any]:
    """Return a lock with two packages: the library, from the wheel beside it, and NumPy, from Pyodide's own release."""
    return {"info": PINS["info"], "packages": {"convlens": library_entry(library), "numpy": numpy_entry()}}


def library_entry(library: Path) -> dict[str, Any]:
    """Return the library's entry, from the metadata of its wheel."""
    fields = metadata(library)
    needs = [Requirement(line).name for line in fields.get_all("Requires-Dist", [])]
    return entry(
        fields["Name"],
        fields["Version"],
        library.name,
        hashlib.sha256(library.read_bytes()).hexdigest(),
        needs,
        [p.name for p in SHIPPED],
    )


def numpy_entry() -> dict[str, Any]:
    """Return NumPy's entry as in the lock of Pyodide's release, but with its full address."""
    (pinned,) = (file for file in pinned_files() if file.name.startswith("numpy-"))
    return entry("numpy", PINS["numpy"], release_url(pinned.name), pinned.sha256, [], ["numpy"])


def entry(
    name: str, version: str, file_name: str, sha256: str, depends: list[str], imports: list[str]
) -> dict[str, Any]:
    """Return the entry of a package in a lock; `imports` are the modules that it installs."""
    source = {"file_name": file_name, "install_dir": "site", "sha256": sha256, "package_type": "package"}
    return {
        "name": name,
        "version": version,
        **source,
        "imports": imports,
        "depends": depends,
        "unvendored_tests": False,
    }


def metadata(library: Path) -> Message:
    """Return the fields of a wheel's METADATA."""
    with zipfile.ZipFile(library) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))


def release_url(name: str) -> str:
    """Return the address of a file in the release of the pinned Pyodide."""
    return str(PINS["cdn"]).format(version=PYODIDE, name=name)


def fill_in(markdown: str, site_url: str) -> str:
    """Replace each `{{ packages.name }}` by its address or version; KeyError if there is no such name."""
    if not _PLACEHOLDER.search(markdown):
        return markdown
    library = wheel.build()
    fields = metadata(library)
    values = {
        "wheel": f"{site_url}{FOLDER}/{library.name}",
        "lock": f"{site_url}{FOLDER}/{LOCK}",
        "script": release_url("pyodide.mjs"),
        "pyodide": PYODIDE,
        "version": fields["Version"],
        "python": fields["Requires-Python"].removeprefix(">="),
        "numpy": PINS["numpy"].rpartition(".")[0],
        "megabytes": f"{sum(file.bytes for file in pinned_files()) / 1e6:.0f}",
    }
    return _PLACEHOLDER.sub(lambda match: values[match[1]], markdown)
