"""What the browser loads: the pinned runtime and the library, packed for a fast start, and a list of it all with hashes."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convlens_site import bytecode, packing, runtime, scripts, wheel
from convlens_site.paths import CACHE, DEMOS, ROOT, SHIPPED, digest, library_files

PACKED = CACHE / "packed"
IN_THE_WORKER = ("protocol.js", "python.js", "worker.js")  # they are verified as the runtime's files are
ALWAYS = {"json", "numpy", "numpy.fft", "numpy.linalg", "numpy.random"}


@dataclass(frozen=True)
class Bundle:
    """The packed files by name, in the order in which the browser needs them; and why they are not compiled, or nothing."""

    files: Mapping[str, Path]
    uncompiled: str

    @functools.cached_property
    def entries(self) -> list[dict[str, Any]]:
        """Name, size and hash of each."""
        return [entry(path) for path in self.files.values()]

    @property
    def folder(self) -> str:
        """A name for the folder that holds just these files, to the last bit, for ever."""
        return f"{runtime.PINS['version']}-{sha256(json.dumps(self.entries).encode())[:16]}"


def build(root: Path = ROOT, cache: Path = PACKED) -> Bundle:
    """Pack what is not yet packed as it is now."""
    inputs = runtime.ensure()
    *loader, stdlib, numpy = (file.name for file in runtime.pinned_files())
    python, why = packed(
        cache, "pack_runtime", inputs, stdlib=stdlib, numpy=numpy, others=loader, start=start_modules()
    )
    made = wheel.build(root)
    library, why_library = packed(cache, "pack_library", made.parent, wheel=made.name)
    names = [*loader, packing.STDLIB_FILE, packing.NUMPY_FILE]
    places = dict.fromkeys(names, python) | {packing.LIBRARY_FILE: library, packing.REST_FILE: python}
    files = {name + packing.ENDING: folder / (name + packing.ENDING) for name, folder in places.items()}
    return Bundle(files, why or why_library)


def packed(cache: Path, function: str, inputs: Path, **arguments: Any) -> tuple[Path, str]:
    """The folder that a function of packing.py fills from another; and why nothing in it is compiled, or nothing."""
    key = key_of(function, arguments, [*inputs.iterdir(), *bytecode.TOOLS])

    def in_the_runtime(made: Path) -> None:
        folders = {"/inputs": inputs, "/out": made}
        bytecode.call(
            function, runtime.ensure(), folders, inputs="/inputs", out="/out", compiled=True, **arguments
        )

    def here(made: Path) -> None:
        getattr(packing, function)(inputs=str(inputs), out=str(made), compiled=False, **arguments)

    try:
        return wheel.kept(cache, key, in_the_runtime), ""
    except bytecode.CannotCompile as error:
        return wheel.kept(cache, f"{key}-source", here), str(error)


def key_of(function: str, arguments: Mapping[str, Any], files: Iterable[Path]) -> str:
    """A hash of everything that the result depends on."""
    contents = sorted((path.name, sha256(path.read_bytes())) for path in files)
    return sha256(json.dumps([function, arguments, contents, runtime.PINS["version"]]).encode())[:16]


def start_modules() -> list[str]:
    """What a demo's first run imports of the standard library and of NumPy."""
    paths = (path for folder in (*SHIPPED, DEMOS) for path in folder.rglob("*.py"))
    found = {name for path in paths for name in imports(path) if is_foreign(name)}
    return sorted(found | ALWAYS)


def imports(path: Path) -> Iterator[str]:
    """The modules that a source file names in its imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def is_foreign(name: str) -> bool:
    """Whether a module comes with Python or with NumPy."""
    top = name.partition(".")[0]
    return top == "numpy" or top in sys.stdlib_module_names


def entry(path: Path) -> dict[str, Any]:
    """What the page checks of a file before it is used."""
    content = path.read_bytes()
    return {"name": path.name, "bytes": len(content), "sha256": sha256(content)}


def sha256(content: bytes) -> str:
    """The hash, as the manifest has it."""
    return hashlib.sha256(content).hexdigest()


def manifest(bundle: Bundle, *, offline: bool = False) -> dict[str, Any]:
    """All that the browser loads, with sizes and hashes, for the page to verify what it has fetched.

    offline: whether the browser shall keep it for a time without a network.
    """
    live = scripts.published()
    pages = sorted(path for path in (ROOT / "docs").rglob("*") if path.is_file())
    return {
        "release": digest([*pages, ROOT / "mkdocs.yml", *library_files()]),
        "offline": offline,
        "version": runtime.PINS["version"],
        "numpy": runtime.PINS["numpy"],
        "info": runtime.PINS["info"],
        "folder": bundle.folder,
        "scripts": live.folder,
        "files": bundle.entries,
        "live": [{"name": name, **live.entry(name)} for name in IN_THE_WORKER],
        "demos": [entry(path) for path in sorted(DEMOS.glob("*.py"))],
    }


def sealed(listed: dict[str, Any]) -> str:
    """The manifest as a file, with a hash of itself: a page must notice when it comes damaged."""
    text = json.dumps(listed, separators=(",", ":"), ensure_ascii=False)  # as JSON.stringify writes it
    return f'{{"sha256":"{sha256(text.encode())}","list":{text}}}'


def words(bundle: Bundle) -> str:
    """What was packed, in one line."""
    size = sum(each["bytes"] for each in bundle.entries) / 1e6
    how = "with bytecode"
    if bundle.uncompiled:
        how = f"without bytecode, so that a first Run takes about 1.5 s longer ({bundle.uncompiled})"
    return f"Python for the browser: {len(bundle.files)} files, {size:.1f} MB, {how}"


def main() -> int:
    """Build what is out of date, and say what there is."""
    try:
        print(words(build()))
    except wheel.BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
