"""The zip of the site: the same bytes each time, and its start script, which needs Python and nothing else."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from convlens_site.publish import site_zip

pytestmark = pytest.mark.browser
TWINS = "questions/why-not-the-same/"


@pytest.fixture(scope="module")
def made(site, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("zip") / "site.zip"
    site_zip.pack(site.folder, out)
    return out


@pytest.fixture(scope="module")
def unpacked(made) -> Path:
    with zipfile.ZipFile(made) as archive:
        archive.extractall(made.parent)
    return made.parent / site_zip.NAME


@dataclass
class Started:
    """The start script at work, and what it has said and shown so far."""

    process: subprocess.Popen[str]
    said: list[str]
    shown: Path

    @property
    def url(self) -> str:
        return self.said[0].removeprefix("Why filters differ is at ")


def start(folder: Path, **named: object) -> subprocess.Popen[str]:
    """Start it without any package, and without what the environment says of Python."""
    return subprocess.Popen(
        [sys.executable, "-S", "-I", "start.py"], cwd=folder, stdout=subprocess.PIPE, text=True, **named
    )


@pytest.fixture
def started(unpacked, tmp_path) -> Iterator[Started]:
    browser, shown = tmp_path / "browser", tmp_path / "shown"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" >{shown}\n')
    browser.chmod(0o755)
    with start(unpacked, env={**os.environ, "BROWSER": f"{browser} %s"}) as process:
        try:
            yield Started(process, [process.stdout.readline().rstrip("\n") for _ in range(2)], shown)
        finally:
            process.kill()


def test_the_same_site_gives_the_same_bytes(site, made, tmp_path):
    shutil.copytree(site.folder, tmp_path / "copy")  # elsewhere, made in another order, with other dates
    for path in (tmp_path / "copy").rglob("*"):
        os.utime(path, (0, 0))
        path.chmod(0o700)
    site_zip.pack(tmp_path / "copy", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == made.read_bytes()


def test_the_zip_holds_the_whole_site_a_start_script_and_two_lines_to_read(site, unpacked):
    def contents(folder: Path) -> dict[str, bytes]:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert contents(unpacked / "site") == contents(site.folder)
    assert {path.name for path in unpacked.iterdir()} == {"README.txt", "start.py", "site"}
    assert len((unpacked / "README.txt").read_text("utf-8").splitlines()) == 2


def test_the_start_script_is_for_the_python_that_the_readme_names_and_imports_the_standard_library_alone(
    unpacked,
):
    assert "Python 3.8 or newer" in (unpacked / "README.txt").read_text("utf-8")
    tree = ast.parse((unpacked / "start.py").read_text("utf-8"), feature_version=(3, 8))
    names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_it_opens_the_browser_says_how_to_stop_and_stops(started, visit):
    assert started.said[1] == "To stop, press Ctrl+C here."
    assert visit(started.url).go().text("h1").startswith("Every filter sees the same image.")
    visit(started.url).until(started.shown.exists)
    assert started.shown.read_text() == started.url
    started.process.send_signal(signal.SIGINT)
    assert started.process.stdout.read() == "\nStopped.\n"
    assert started.process.wait(10) == 0


def test_a_demo_trains_and_pages_change_without_being_loaded_anew(started, visit, site):
    """Whatever address the site was built for: this one has another port. Nobody else is asked for anything."""
    assert started.url != site.url
    opened = visit(started.url).go(f"{TWINS}#twins?incoming=same&steps=100", "twins")
    opened.click("run")
    opened.run_to_end()
    assert opened.numbers()[-1] == (100, 0.0)
    opened.page.evaluate("document.documentElement.dataset.first = 'yes'")
    opened.page.locator('.md-nav a[href$="how-it-works/"]').first.click()
    opened.page.wait_for_url("**/how-it-works/")
    opened.until(lambda: opened.text("h1").startswith("How it works"))
    assert opened.page.evaluate("document.documentElement.dataset.first") == "yes"
    assert len(opened.pythons()) == 1


def test_what_a_page_of_it_names_is_where_it_is_served(started, site):
    with urllib.request.urlopen(f"{started.url}use-it-elsewhere/") as answer:
        page = answer.read().decode()
    assert f"{started.url}packages/" in page
    assert site.url not in page


def test_every_kind_of_file_has_a_type_of_its_own(started, site):
    types = runpy.run_path(str(site_zip.EXTRAS / "start.py"))["TYPES"]
    assert {path.suffix for path in site.folder.rglob("*") if path.is_file()} <= types.keys()
    (script,) = site.scripts.glob("start.js")
    for place, kind in {
        script.relative_to(site.folder).as_posix(): "text/javascript",
        "": "text/html; charset=utf-8",
        TWINS: "text/html; charset=utf-8",
        "sitemap.xml": "text/xml; charset=utf-8",
    }.items():
        with urllib.request.urlopen(started.url + place) as answer:
            assert answer.headers["Content-Type"] == kind, place


def test_only_this_machine_is_answered(started):
    assert started.url.startswith("http://127.0.0.1:")


def test_without_its_site_it_says_what_is_missing(tmp_path):
    shutil.copy(site_zip.EXTRAS / "start.py", tmp_path)
    with start(tmp_path, stderr=subprocess.PIPE) as process:
        assert process.wait(10) == 1
        assert "unpack the whole zip" in process.stderr.read()


@pytest.mark.exhaustive
def test_the_folder_works_below_any_path_of_any_server(unpacked, visit, serve, tmp_path):
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "place").symlink_to(unpacked / "site")
    with serve(tmp_path) as url:
        opened = visit(f"{url}some/place/").go()
        opened.page.locator('.questions h3 a[href*="why-not-the-same"]').click()
        opened.page.wait_for_url(f"**/some/place/{TWINS}")
        opened.alone("twins")
        opened.choose("incoming", "same")
        opened.click("run")
        opened.run_to_end()
        assert opened.numbers()[-1] == (300, 0.0)
