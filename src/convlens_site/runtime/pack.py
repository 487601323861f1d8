"""A small program that packs the files of the browser's Python so that it starts fast: `python pack.py runtime|library JSON`.

JSON holds the arguments of `pack_runtime` or `pack_library`. node.py runs it inside the pinned runtime, where it compiles
too: only the same version of Python can read its bytecode. Where the runtime cannot run, the Python of the build packs the same
files uncompiled. So it runs in two Pythons, and imports the standard library only.

What cannot work in a page is left out: tests, and modules for sockets, processes and terminals.
What a start imports becomes bytecode without its source text; docstrings, asserts and line numbers stay. Everything else
stays source: its bytecode would add 1.1 MB, to save few readers some milliseconds. What no demo needs of the standard library is
an archive of its own, fetched later: only a reader's own code may import anything. The library has both, source and bytecode,
so that such code can print the source of a function. Archives are stored, then gzipped as a whole: the browser unpacks
that faster than Python could, and no host has to compress anything.
"""

import gzip
import importlib
import importlib.util
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath

STDLIB = "/lib/python314.zip"
PACKAGES = "/lib/python3.14/site-packages"
STDLIB_FILE = "python_stdlib.zip"
NUMPY_FILE = "numpy.tar"
LIBRARY_FILE = "convlens.tar"
REST_FILE = "rest.tar"  # of the standard library, for the folder /lib/python3.14
ENDING = ".bin"  # a gzip, under an ending that no server takes for an encoding of its own
WITHIN_NUMPY = re.compile(r"\.(py|so)$|\.dist-info/(METADATA$|licenses/)")
WITHOUT = re.compile(r"(^|/)tests/|^numpy/(f2py|_pyinstaller)/|^numpy/_configtool\.py$")

# Of the standard library: what needs a socket, another process, a terminal or a screen, and the code pages of other systems.
NOT_HERE = re.compile(
    r"^(multiprocessing|xmlrpc|wsgiref|dbm|ensurepip|venv|idlelib|tkinter|turtledemo|curses|pydoc_data)/"
    r"|^(imaplib|poplib|smtplib|ftplib|mailbox|webbrowser|turtle|pty|antigravity)\.py$"
    r"|^encodings/(cp(?!1252\b|437\b)|mac_|iso2022|iso8859_(?!1\.|15\.)|koi8|ptcp|kz1048|hp_|tis_|euc_|gb|big5|shift|johab|hz)"
)

type Files = dict[str, bytes]


def pack_runtime(
    inputs: str,
    out: str,
    *,
    stdlib: str,
    numpy: str,
    others: Sequence[str],
    start: Sequence[str],
    compiled: bool,
) -> None:
    """Write the pinned files into the folder `out`, each smaller or quicker; `start` are the modules that a start imports."""
    standard = {
        name: data for name, data in read_zip(Path(inputs, stdlib)).items() if not NOT_HERE.search(name)
    }
    packages = {name: data for name, data in read_zip(Path(inputs, numpy)).items() if is_needed(name)}
    rest: Files = {}
    if compiled:
        install(packages)
        started = imported(start)
        standard = with_bytecode(standard, STDLIB, started)
        packages = with_bytecode(packages, PACKAGES, started)
        # A package of a zip cannot have a part elsewhere: it stays, or goes, as a whole. NumPy stays, since it imports much late.
        needed = {top(name) for name in standard if name.endswith(".pyc")}
        rest = {name: standard.pop(name) for name in [*standard] if top(name) not in needed}
    write(out, STDLIB_FILE, as_zip(standard))
    write(out, NUMPY_FILE, as_tar(packages))
    write(out, REST_FILE, as_tar(rest))
    for name in others:
        write(out, name, Path(inputs, name).read_bytes())


def pack_library(inputs: str, out: str, *, wheel: str, compiled: bool) -> None:
    """Write the library's wheel as an archive of sources, with their bytecode beside them."""
    files = {
        name: data for name, data in read_zip(Path(inputs, wheel)).items() if not name.endswith("/RECORD")
    }
    if compiled:
        files |= {cached(name): bytecode(data, f"{PACKAGES}/{name}") for name, data in sources(files)}
    write(out, LIBRARY_FILE, as_tar(files))


def is_needed(name: str) -> bool:
    """Whether a file of NumPy's wheel belongs into a browser: no tests, no compiler's headers, no types for an editor."""
    return bool(WITHIN_NUMPY.search(name)) and not WITHOUT.search(name)


def install(files: Files) -> None:
    """Put a package where this Python finds it."""
    for name, data in files.items():
        path = Path(PACKAGES, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    importlib.invalidate_caches()


def imported(modules: Sequence[str]) -> set[str]:
    """The source files of all modules that are there once these are imported."""
    for name in modules:
        importlib.import_module(name)
    return {file for module in tuple(sys.modules.values()) if (file := getattr(module, "__file__", None))}


def top(name: str) -> str:
    """The module or package of the standard library that a file belongs to."""
    return name.partition("/")[0].partition(".")[0]


def sources(files: Files) -> list[tuple[str, bytes]]:
    """The Python files among them."""
    return [(name, data) for name, data in files.items() if name.endswith(".py")]


def with_bytecode(files: Files, folder: str, started: Collection[str]) -> Files:
    """The same files, those of `started` as bytecode in their source's place."""
    packed = dict(files)
    for name, data in sources(files):
        if {f"{folder}/{name}", f"{folder}/{name}c"} & {*started}:  # this Python may itself run from bytecode
            del packed[name]
            packed[f"{name}c"] = bytecode(data, f"{folder}/{name}")
    return packed


def cached(name: str) -> str:
    """Where Python looks for the bytecode of a source file."""
    path = PurePosixPath(name)
    return str(path.with_name("__pycache__") / f"{path.stem}.cpython-314.pyc")


def bytecode(source: bytes, path: str) -> bytes:
    """The content of a .pyc file that is used without a look at the source: its hash is there, and is not checked."""
    import importlib._bootstrap_external as machinery

    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    return bytes(machinery._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def read_zip(path: Path) -> Files:
    """The files of a zip or a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def as_zip(files: Files) -> bytes:
    """A zip that Python can import from without unpacking anything."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return packed.getvalue()


def as_tar(files: Files) -> bytes:
    """A tar that a dozen lines of JavaScript can read: plain files, short names."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            if len(name.encode()) > 100:
                raise ValueError(f"{name}: longer than the 100 bytes that python.js reads")
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return packed.getvalue()


def write(folder: str, name: str, content: bytes) -> None:
    """Write a file gzipped, the same bytes each time."""
    Path(folder, name + ENDING).write_bytes(gzip.compress(content, 9, mtime=0))


def main(arguments: Sequence[str]) -> None:
    """Pack the runtime or the library."""
    what, options = arguments
    if what == "runtime":
        pack_runtime(**json.loads(options))
    elif what == "library":
        pack_library(**json.loads(options))
    else:
        raise SystemExit(f"pack.py packs the runtime or the library, not {what!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
