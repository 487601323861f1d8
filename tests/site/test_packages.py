"""The library as it is published to be taken away: the wheel, the lock that names it, and the page that says how."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from pyodide_lock import InfoSpec, PackageSpec, PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec

from convlens_site.paths import ROOT
from convlens_site.publish import packages
from convlens_site.runtime import wheel
from convlens_site.runtime.pins import PINS, pinned_files

PROGRAM = ROOT / "docs" / "packages" / "twins.py"


@pytest.fixture
def lock(site) -> dict:
    return json.loads((site.folder / "packages" / packages.LOCK).read_text("utf-8"))


def test_the_lock_names_the_published_wheel_by_its_hash_and_relative_to_itself(site, lock):
    library = lock["packages"]["convlens"]
    published = site.folder / "packages" / library["file_name"]
    assert library["file_name"] == f"convlens-{library['version']}-py3-none-any.whl"
    assert library["sha256"] == hashlib.sha256(published.read_bytes()).hexdigest()
    assert published.read_bytes() == wheel.build().read_bytes()


def test_the_lock_is_what_pyodides_own_tool_makes(lock):
    before = PyodideLockSpec(
        info=InfoSpec(**PINS["info"]), packages={"numpy": PackageSpec(**lock["packages"]["numpy"])}
    )
    made = add_wheels_to_spec(before, [wheel.build()])
    ours = PyodideLockSpec(
        InfoSpec(**lock["info"]), {name: PackageSpec(**each) for name, each in lock["packages"].items()}
    )
    assert ours == made


def test_the_numpy_of_the_lock_is_the_pinned_one_and_satisfies_the_library(lock):
    numpy = lock["packages"]["numpy"]
    (pinned,) = (file for file in pinned_files() if file.name.startswith("numpy-"))
    assert (numpy["sha256"], numpy["file_name"].rpartition("/")[2]) == (pinned.sha256, pinned.name)
    assert numpy["file_name"].startswith("https://")
    (needed,) = packages.metadata(wheel.build()).get_all("Requires-Dist")
    assert numpy["version"] in Requirement(needed).specifier


def test_the_locks_name_bears_the_version_of_the_pyodide_that_it_fits(lock):
    """So that the next Pyodide's lock does not take the place of one that somebody's page names."""
    assert PINS["version"] in packages.LOCK
    assert "convlens" not in packages.LOCK
    assert lock["info"] == PINS["info"]


def test_the_page_names_the_addresses_of_this_build(site):
    text = unescape(
        re.sub(r"<[^>]+>", "", (site.folder / "use-it-elsewhere" / "index.html").read_text("utf-8"))
    )
    assert "{{" not in text
    named = set(re.findall(r"https?://[^\s\"]+/packages/[^\s\"]+(?:whl|json)", text))
    assert named == {f"{site.url}packages/{name}" for name in (wheel.build().name, packages.LOCK)}
    assert PROGRAM.read_text("utf-8") in text


def test_an_unknown_name_in_a_page_is_refused():
    with pytest.raises(KeyError, match="weel"):
        packages.fill_in("{{ packages.weel }}", "/")
    assert packages.fill_in("{{ packages.pyodide }}", "/") == PINS["version"]


def test_the_service_worker_leaves_what_is_for_others_alone(site):
    assert "packages/" not in (site.folder / "sw.js").read_text("utf-8")


def test_the_program_runs_in_a_plain_python_after_pip_has_installed_the_published_wheel(site, tmp_path):
    address = f"{site.url}packages/{wheel.build().name}"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--isolated",
        "--disable-pip-version-check",
        "--no-input",
        "--no-cache-dir",
    ]
    install = [*pip, "install", "--quiet", "--no-index", "--no-deps", "--target", str(tmp_path), address]
    subprocess.run(install, check=True, capture_output=True)
    # Where the library comes from is asked for too: this Python also has the checkout's.
    program = f"import convlens; print(convlens.__file__)\n{PROGRAM.read_text('utf-8')}"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=environment,
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    place, equal, different = ran.stdout.splitlines()
    assert Path(place).is_relative_to(tmp_path)
    assert equal == "outgoing weights equal: True, difference after 300 steps: 0.0"
    assert float(different.removeprefix("outgoing weights equal: False, difference after 300 steps: ")) > 0.1
