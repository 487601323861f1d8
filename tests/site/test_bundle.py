"""What the browser loads: packed once, with bytecode made by the runtime itself, and listed with its hashes."""

from __future__ import annotations

import gzip
import io
import json
import marshal
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from convlens_site import demos
from convlens_site.paths import ROOT
from convlens_site.publish.manifest import build_manifest
from convlens_site.runtime import bundle, fetch, node, pack, wheel
from convlens_site.runtime.pins import PINS, pinned_files

pytestmark = pytest.mark.slow

FLAGS = slice(4, 8)  # of a .pyc: 1 says "by hash, and do not look at the source"
UNCHECKED = (1).to_bytes(4, "little")


@pytest.fixture(scope="module")
def built() -> bundle.Bundle:
    made = bundle.build()
    assert made.uncompiled == "", "Node did not run the pinned runtime on this machine"
    return made


def content(made: bundle.Bundle, name: str) -> bytes:
    return gzip.decompress(made.files[name + pack.ENDING].read_bytes())


def members(made: bundle.Bundle, name: str) -> dict[str, bytes]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content(made, name))) as archive:
            assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
            return {entry: archive.read(entry) for entry in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(content(made, name))) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]


def pinned(suffix: str) -> dict[str, bytes]:
    (name,) = (file.name for file in pinned_files() if file.name.endswith(suffix))
    return pack.read_zip(fetch.ensure() / name)


@pytest.mark.parametrize("name", ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"])
def test_what_is_not_python_is_the_pinned_file_to_the_last_bit(built: bundle.Bundle, name: str) -> None:
    assert content(built, name) == (fetch.ensure() / name).read_bytes()


def test_of_the_standard_library_only_what_cannot_work_here_is_missing_and_nothing_changed(
    built: bundle.Bundle,
) -> None:
    start, rest = members(built, pack.STDLIB_FILE), members(built, pack.REST_FILE)
    packed, official = start | rest, pinned(".zip")
    assert len(packed) == len(start) + len(rest)
    assert {name.removesuffix("c") for name in packed} == {
        name for name in official if not pack.UNUSABLE.search(name)
    }
    there = {
        "asyncio/__init__.py",
        "unittest/__init__.py",
        "doctest.py",
        "statistics.py",
        "encodings/cp1252.py",
    }
    assert there <= {name.removesuffix("c") for name in packed}
    assert "multiprocessing/__init__.py" in official.keys() - packed.keys()
    for name, data in packed.items():
        if name in official:
            assert data == official[name]
        else:
            assert data[FLAGS] == UNCHECKED


def test_a_package_is_not_in_two_places_and_what_a_start_imports_is_not_in_the_rest(
    built: bundle.Bundle,
) -> None:
    """A zip's package cannot have a part in a folder."""
    tops = [
        {pack.top_module(name) for name in members(built, file)}
        for file in (pack.STDLIB_FILE, pack.REST_FILE)
    ]
    assert tops[0].isdisjoint(tops[1])
    assert {"unittest", "doctest", "statistics"} <= tops[1]
    assert not [name for name in members(built, pack.REST_FILE) if name.endswith(".pyc")]


LATE = """
import importlib, json, sys
from convlens_live import browser
import numpy.fft, numpy.linalg, numpy.random
slug = sys.argv[1]
demo = getattr(importlib.import_module(slug), slug)
before = set(sys.modules)
shortest = {name: control.low for name, control in demo.controls.items() if name == "steps" and hasattr(control, "low")}
settings = demo.defaults | shortest
choices = {name: getattr(control, "values", ()) for name, control in demo.controls.items()}
cases = [settings | {name: value} for name, values in choices.items() for value in values]
for n, case in enumerate([settings, *cases]):
    answer = json.loads(browser.start(slug, json.dumps(case)))
    while n == 0 and not answer.get("done"):
        answer = json.loads(browser.advance(50))
    assert "error" not in answer, answer
assert "error" in json.loads(browser.start(slug, json.dumps(settings | {"seed": "?", "col": "?"})))
print(json.dumps(sorted(name for name in set(sys.modules) - before if name.partition(".")[0] in sys.stdlib_module_names)))
"""


@pytest.mark.sample(4)
@pytest.mark.parametrize("slug", demos.SLUGS)
def test_no_demo_imports_anything_that_comes_with_the_rest(built: bundle.Bundle, slug: str) -> None:
    """Natively: what Python and NumPy import while a demo runs, at its page's settings, with each choice, and with a bad one."""
    command, env = [sys.executable, "-c", LATE, slug], os.environ | {"PYTHONPATH": "demos"}
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    rest = {pack.top_module(name) for name in members(built, pack.REST_FILE)}
    assert rest.isdisjoint(name.partition(".")[0] for name in json.loads(told.stdout))


def test_what_a_start_imports_is_bytecode(built: bundle.Bundle) -> None:
    standard, numpy = members(built, pack.STDLIB_FILE), members(built, pack.NUMPY_FILE)
    assert {"typing.pyc", "json/__init__.pyc", "dataclasses.pyc", "_pyodide/_base.pyc"} <= standard.keys()
    assert {"numpy/__init__.pyc", "numpy/random/__init__.pyc", "numpy/_core/einsumfunc.pyc"} <= numpy.keys()
    assert "email/mime/text.py" in standard, "what no start imports stays source"


def test_docstrings_asserts_and_licences_stay(built: bundle.Bundle) -> None:
    code = marshal.loads(pack.bytecode(b'"""A sentence."""\nassert not __doc__', "some.py")[16:])
    with pytest.raises(AssertionError):
        exec(code, names := {})  # type: ignore[var-annotated]
    assert names["__doc__"] == "A sentence."
    numpy = members(built, pack.NUMPY_FILE)
    assert (
        b"Evaluates the Einstein summation convention on the operands." in numpy["numpy/_core/einsumfunc.pyc"]
    )
    licences = {name for name in pinned(".whl") if ".dist-info/licenses/" in name}
    assert len(licences) > 5
    assert licences <= numpy.keys()


def test_numpy_comes_without_tests_headers_and_compilers(built: bundle.Bundle) -> None:
    packed, official = members(built, pack.NUMPY_FILE), pinned(".whl")
    left = {name for name in official if name not in packed and f"{name}c" not in packed}
    needed = {name for name in left if re.search(r"\.(py|so)$", name)}
    assert all(re.search(r"/tests/|^numpy/(f2py|_pyinstaller)/|_configtool", name) for name in needed)


def test_the_library_is_there_as_source_and_as_bytecode(built: bundle.Bundle) -> None:
    packed = members(built, pack.LIBRARY_FILE)
    library = {name: data for name, data in pack.read_zip(wheel.build()).items() if name.endswith(".py")}
    for name, data in library.items():
        assert packed[name] == data
        assert packed[pack.pyc_name(name)][FLAGS] == UNCHECKED


@pytest.mark.exhaustive
def test_the_same_sources_give_the_same_bytes(built: bundle.Bundle, tmp_path: Path) -> None:
    made = wheel.build()
    again, _ = bundle.pack_folder("library", made.parent, tmp_path, wheel=made.name)
    name = pack.LIBRARY_FILE + pack.ENDING
    assert (again / name).read_bytes() == built.files[name].read_bytes()


def test_nothing_is_packed_twice(built: bundle.Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "run_script", lambda *_args, **_named: pytest.fail("the runtime was started"))
    assert bundle.build() == built


def test_where_no_node_runs_the_sources_are_packed_and_the_build_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "node"
    broken.write_text("#!/bin/sh\necho 'this Node is too old' >&2; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(node, "nodes", lambda: iter([str(broken)]))
    made = wheel.build()
    folder, why = bundle.pack_folder("library", made.parent, tmp_path / "cache", wheel=made.name)
    assert "this Node is too old" in why
    packed = bundle.Bundle({"convlens.tar.bin": folder / "convlens.tar.bin"}, why)
    assert not any(name.endswith(".pyc") for name in members(packed, pack.LIBRARY_FILE))
    assert "without bytecode" in bundle.summary(packed)
    assert "this Node is too old" in bundle.summary(packed)


def test_without_any_node_there_is_a_reason_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "nodes", lambda: iter(()))
    with pytest.raises(node.CannotRun, match="there is no Node"):
        node.run_script(Path(pack.__file__), [], {})


def test_the_manifest_describes_every_file_and_its_folder_is_named_by_them(
    built: bundle.Bundle, tmp_path: Path
) -> None:
    manifest = build_manifest(built)
    assert [entry["name"] for entry in manifest["files"]] == list(built.files)
    for entry in manifest["files"]:
        data = built.files[entry["name"]].read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(data), bundle.sha256(data))
    assert manifest["folder"] == built.folder
    assert manifest["folder"].startswith(f"{PINS['version']}-")
    for name, path in built.files.items():
        changed = tmp_path / name
        changed.write_bytes(path.read_bytes() + b"\0")
        assert bundle.Bundle({**built.files, name: changed}, "").folder != built.folder


def test_the_site_has_the_files_where_its_manifest_says(site) -> None:
    manifest = json.loads((site.folder / "assets/runtime/manifest.json").read_text())["list"]
    places = {"files": f"runtime/{manifest['folder']}", "live": manifest["scripts"], "demos": "demos"}
    for kind, place in places.items():
        assert manifest[kind]
        for entry in manifest[kind]:
            data = (site.folder / "assets" / place / entry["name"]).read_bytes()
            assert (entry["bytes"], entry["sha256"]) == (len(data), bundle.sha256(data)), entry["name"]
    assert {path.name for path in (site.folder / "assets/runtime").iterdir()} == {
        "manifest.json",
        manifest["folder"],
    }
