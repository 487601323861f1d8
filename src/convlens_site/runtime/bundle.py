"""The pinned runtime and the library, packed for a fast start in the browser."""

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

from convlens_site.paths import CACHE, DEMOS, ROOT, SHIPPED
from convlens_site.runtime import fetch, node, pack, wheel
from convlens_site.runtime.cache import cached_folder
from convlens_site.runtime.pins import PINS, pinned_files

PACKED = CACHE / "packed"
ALWAYS = {
    "json",
    "numpy",
    "numpy.fft",
    "numpy.linalg",
    "numpy.random",
}


@dataclass(frozen=True)
class Bundle:
    """The packed files by name, in the order in which the browser needs them; `uncompiled`: the reason if none is bytecode."""

    files: Mapping[str, Path]
    uncompiled: str

    @functools.cached_property
    def entries(self) -> list[dict[str, Any]]:
        """Name, size and hash of each file."""
        return [entry(path) for path in self.files.values()]

    @property
    def folder(self) -> str:
        """A folder name that stands for exactly these bytes."""
        return f"{PINS['version']}-{sha256(json.dumps(self.entries).encode())[:16]}"


def build(root: Path = ROOT, cache: Path = PACKED) -> Bundle:
    """Return the packed files, after packing those whose sources have changed."""
    *loader, stdlib, numpy = (file.name for file in pinned_files())
    runtime, reason = pack_folder(
        "runtime", fetch.ensure(), cache, stdlib=stdlib, numpy=numpy, others=loader, start=start_modules()
    )
    library_wheel = wheel.build(root)
    library, library_reason = pack_folder("library", library_wheel.parent, cache, wheel=library_wheel.name)
    of_library = {name + pack.ENDING for name in (pack.LIBRARY_FILE, pack.DATA_FILE)}
    files = {name: (library if name in of_library else runtime) / name for name in names()}
    return Bundle(files, reason or library_reason)


def names() -> list[str]:
    """Return the names of the packed files, in the order in which the browser needs them, without packing anything."""
    *loader, _, _ = (file.name for file in pinned_files())
    ours = [pack.STDLIB_FILE, pack.NUMPY_FILE, pack.LIBRARY_FILE, pack.DATA_FILE, pack.REST_FILE]
    return [name + pack.ENDING for name in (*loader, *ours)]


def pack_folder(command: str, inputs: Path, cache: Path, **options: Any) -> tuple[Path, str]:
    """Return the folder that `pack.py` makes from the folder `inputs`, and the reason if nothing in it is compiled.

    command, options: passed to pack.py.
    """
    code = [Path(pack.__file__), *node.CODE]
    key = cache_key(command, options, [*inputs.iterdir(), *code])

    def pack_in_the_runtime(out: Path) -> None:
        arguments = [command, json.dumps({**options, "inputs": "/inputs", "out": "/out", "compiled": True})]
        node.run_script(Path(pack.__file__), arguments, {"/inputs": inputs, "/out": out})

    def pack_here(out: Path) -> None:
        pack.main(
            [command, json.dumps({**options, "inputs": str(inputs), "out": str(out), "compiled": False})]
        )

    try:
        return cached_folder(cache, key, pack_in_the_runtime), ""
    except node.CannotRun as error:
        return cached_folder(cache, f"{key}-source", pack_here), str(error)


def cache_key(command: str, options: Mapping[str, Any], files: Iterable[Path]) -> str:
    """Return a hash of everything that the result depends on."""
    contents = sorted((path.name, sha256(path.read_bytes())) for path in files)
    return sha256(json.dumps([command, options, contents, PINS["version"]]).encode())[:16]


def start_modules() -> list[str]:
    """Return the modules of the standard library and of NumPy that the first run of a demo imports."""
    paths = (path for folder in (*SHIPPED, DEMOS) for path in folder.rglob("*.py"))
    modules = {name for path in paths for name in imports(path) if is_of_python_or_numpy(name)}
    return sorted(modules | ALWAYS)


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a source file names in its imports."""
    for statement in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module


def is_of_python_or_numpy(name: str) -> bool:
    """Return whether a module comes with Python or with NumPy."""
    top = name.partition(".")[0]
    return top == "numpy" or top in sys.stdlib_module_names


def entry(path: Path) -> dict[str, Any]:
    """Return what the page checks before it uses a file: name, size and hash."""
    content = path.read_bytes()
    return {"name": path.name, "bytes": len(content), "sha256": sha256(content)}


def sha256(content: bytes) -> str:
    """Return the hash as the manifest states it."""
    return hashlib.sha256(content).hexdigest()


def summary(bundle: Bundle) -> str:
    """Return one line about the packed files."""
    size = sum(each["bytes"] for each in bundle.entries) / 1e6
    mode = "with bytecode"
    if bundle.uncompiled:
        mode = f"without bytecode, so that a first Run takes about 1.5 s longer ({bundle.uncompiled})"
    return f"Python for the browser: {len(bundle.files)} files, {size:.1f} MB, {mode}"


def main() -> int:
    """Pack the files that are out of date and report the result."""
    try:
        print(summary(build()))
    except wheel.BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
