"""A small program that packs the files of the browser's Python so that it starts fast: `python pack.py runtime|library JSON`.

JSON holds the arguments of `pack_runtime` or `pack_library`. node.py runs it inside the pinned runtime, where it compiles
too: only the same version of Python can read its bytecode. Where the runtime cannot run, the Python of the build packs the same
files uncompiled. So this runs in two Pythons, and imports the standard library only.

* Left out: tests, and modules that cannot work in a page, for sockets, processes and terminals.
* Modules that the start of a demo imports become bytecode without their source; docstrings, asserts and line numbers stay.
* All other modules remain source: their bytecode would add 1.1 MB to save a few readers some milliseconds.
* Packages of the standard library that no demo needs go into an archive of their own, fetched later, because only
  a reader's own code may import them.
* The library comes as source and bytecode, so that a reader can print the source of a function.
* Archives are stored uncompressed and gzipped as a whole: the browser unpacks that faster than Python could, and no server
  has to compress anything.
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
DATA_FILE = "digits.tar"  # the data of the library's task with real pictures, fetched when a run asks for it
REST_FILE = "rest.tar"  # the rest of the standard library, for the folder /lib/python3.14
ENDING = ".bin"  # a gzip, with a suffix that no server mistakes for a content encoding
NUMPY_FILES = re.compile(r"\.(py|so)$|\.dist-info/(METADATA$|licenses/)")
NUMPY_UNUSED = re.compile(r"(^|/)tests/|^numpy/(f2py|_pyinstaller)/|^numpy/_configtool\.py$")

# Modules of the standard library that need a socket, another process, a terminal or a screen; code pages of other systems.
UNUSABLE = re.compile(
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
    """Write the pinned files into the folder `out`, smaller or faster to load.

    start: the modules that the start of a demo imports. compiled: whether to write bytecode.
    """
    standard = {
        name: data for name, data in read_zip(Path(inputs, stdlib)).items() if not UNUSABLE.search(name)
    }
    packages = {name: data for name, data in read_zip(Path(inputs, numpy)).items() if is_needed(name)}
    rest: Files = {}
    if compiled:
        install(packages)
        start_files = import_all(start)
        standard = with_bytecode(standard, STDLIB, start_files)
        packages = with_bytecode(packages, PACKAGES, start_files)
        # A package in a zip cannot be split: it stays or goes as a whole. NumPy stays, because it imports many parts lazily.
        needed = {top_module(name) for name in standard if name.endswith(".pyc")}
        rest = {name: standard.pop(name) for name in [*standard] if top_module(name) not in needed}
    write(out, STDLIB_FILE, as_zip(standard))
    write(out, NUMPY_FILE, as_tar(packages))
    write(out, REST_FILE, as_tar(rest))
    for name in others:
        write(out, name, Path(inputs, name).read_bytes())


def pack_library(inputs: str, out: str, *, wheel: str, compiled: bool) -> None:
    """Write the files of the library's wheel as an archive, with their bytecode beside them."""
    files = {
        name: data for name, data in read_zip(Path(inputs, wheel)).items() if not name.endswith("/RECORD")
    }
    if compiled:
        files |= {pyc_name(name): bytecode(data, f"{PACKAGES}/{name}") for name, data in sources(files)}
    data = {name: files.pop(name) for name in [*files] if name.endswith(".csv.gz")}
    write(out, LIBRARY_FILE, as_tar(files))
    write(out, DATA_FILE, as_tar(data))


def is_needed(name: str) -> bool:
    """Return whether the browser needs a file of NumPy's wheel: no tests, no C headers, no type stubs."""
    return bool(NUMPY_FILES.search(name)) and not NUMPY_UNUSED.search(name)


def install(files: Files) -> None:
    """Write a package where this Python finds it."""
    for name, data in files.items():
        path = Path(PACKAGES, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    importlib.invalidate_caches()


def import_all(modules: Sequence[str]) -> set[str]:
    """Import these modules; return the files of all modules that are then loaded."""
    for name in modules:
        importlib.import_module(name)
    return {file for module in tuple(sys.modules.values()) if (file := getattr(module, "__file__", None))}


def top_module(name: str) -> str:
    """Return the top-level module or package of the standard library that a file belongs to."""
    return name.partition("/")[0].partition(".")[0]


def sources(files: Files) -> list[tuple[str, bytes]]:
    """Return those of the files that are Python sources."""
    return [(name, data) for name, data in files.items() if name.endswith(".py")]


def with_bytecode(files: Files, folder: str, start_files: Collection[str]) -> Files:
    """Return the same files, with bytecode in place of each source that is one of `start_files`."""
    result = dict(files)
    for name, data in sources(files):
        if {f"{folder}/{name}", f"{folder}/{name}c"} & {
            *start_files
        }:  # this Python may itself run from bytecode
            del result[name]
            result[f"{name}c"] = bytecode(data, f"{folder}/{name}")
    return result


def pyc_name(name: str) -> str:
    """Return the name under which Python looks for the bytecode of a source file."""
    path = PurePosixPath(name)
    return str(path.with_name("__pycache__") / f"{path.stem}.cpython-314.pyc")


def bytecode(source: bytes, path: str) -> bytes:
    """Return the content of a .pyc file with an unchecked hash: Python uses it without checking the source."""
    import importlib._bootstrap_external as machinery

    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    return bytes(machinery._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def read_zip(path: Path) -> Files:
    """Return the files of a zip or a wheel."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def as_zip(files: Files) -> bytes:
    """Return an uncompressed zip, from which Python imports directly."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()


def as_tar(files: Files) -> bytes:
    """Return a tar that a dozen lines of JavaScript can read: plain files, short names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            if len(name.encode()) > 100:
                raise ValueError(f"{name}: its name is longer than the 100 bytes that python.js reads")
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            archive.addfile(entry, io.BytesIO(files[name]))
    return buffer.getvalue()


def write(folder: str, name: str, content: bytes) -> None:
    """Write a gzipped file; the same content gives the same bytes."""
    Path(folder, name + ENDING).write_bytes(gzip.compress(content, 9, mtime=0))


def main(arguments: Sequence[str]) -> None:
    """Pack the runtime or the library."""
    command, options = arguments
    if command == "runtime":
        pack_runtime(**json.loads(options))
    elif command == "library":
        pack_library(**json.loads(options))
    else:
        raise SystemExit(f"pack.py packs the runtime or the library, not {command!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
