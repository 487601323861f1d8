"""The runtime, the library's wheel, its tests and their tools in one folder, served to workers in Chromium."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Browser, Page

from convlens_site.paths import ROOT
from convlens_site.publish import scripts
from convlens_site.publish.manifest import build_manifest, seal
from convlens_site.runtime import bundle
from convlens_site.runtime.pins import PINS

HERE = Path(__file__).parent
SILENCE = 120  # seconds; the slowest test takes 4, the start 5
NATIVE = "hypothesis/_native"
MARKERS = {
    "sys_platform": "emscripten",
    "platform_system": "Emscripten",
    "python_version": PINS["info"]["python"].rpartition(".")[0],
    "extra": "",
}


@dataclass(frozen=True)
class InBrowser:
    """Runs scripts in Python in Chromium, each in a worker of its own."""

    page: Page

    def run(self, script: str = "", *archives: str) -> Iterator[dict[str, Any]]:
        """Yield what the script tells, as it comes; fail if it fails, or says nothing for long."""
        self.page.evaluate("([script, archives]) => start(script, archives)", [script, archives])
        item: Any = "its start"
        while True:
            news = self.page.evaluate("seconds => listen(seconds)", SILENCE)
            assert news, f"{script} hangs: nothing was heard for {SILENCE} s after {item}"
            for item in news:
                if item["kind"] == "end":
                    assert "failure" not in item, item["failure"]
                    return
                yield item


@pytest.fixture
def in_browser(
    optimizing: Browser, folder: Path, serve: Callable[[Path], AbstractContextManager[str]]
) -> Iterator[InBrowser]:
    with serve(folder) as url, optimizing.new_page() as page:
        page.goto(f"{url}page.html")
        yield InBrowser(page)


@pytest.fixture(scope="session")
def every(exhaustive: bool) -> int:
    """Of the library's tests, which run in the browser: every n-th, and all of them in CI."""
    return 1 if exhaustive else 8


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, every: int) -> Path:
    """All that the workers load; the runtime and the library are the very files that the site ships."""
    folder = tmp_path_factory.mktemp("served")
    for name in ("page.html", "worker.mjs", "run_tests.py", "imports.py"):
        (folder / name).symlink_to(HERE / name)
    packed = bundle.build()
    runtime = folder / "assets" / "runtime"
    (runtime / packed.folder).mkdir(parents=True)
    (folder / "assets" / "live").symlink_to(scripts.LIVE)
    (runtime / "manifest.json").write_text(seal(build_manifest(packed)), "utf-8")
    for name, path in packed.files.items():
        (runtime / packed.folder / name).symlink_to(path)
    with zipfile.ZipFile(folder / "tests.zip", "w") as archive:
        tests = (path for kind in ("unit", "contract") for path in ROOT.glob(f"tests/{kind}/**/*.py"))
        for path in (ROOT / "pyproject.toml", *tests):
            archive.write(path, Path("project", path.relative_to(ROOT)))
        archive.writestr("project/every", str(every))
    with zipfile.ZipFile(folder / "tools.zip", "w") as archive:
        for tool in with_requirements("pytest", "hypothesis"):
            pack(tool, archive)
        version = distribution("hypothesis").version
        archive.writestr(f"tools/{NATIVE}/__init__.py", f"__version__ = {version!r}")
        archive.write(HERE / "floats.py", f"tools/{NATIVE}/internal/floats.py")
        archive.writestr(f"tools/{NATIVE}/internal/cathetus.py", "cathetus = None  # for complex numbers")
    return folder


def with_requirements(*names: str) -> list[Distribution]:
    """Installed distributions and all that they require in the browser."""
    found: dict[str, Distribution] = {}
    wanted = [*names]
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name not in found:
            found[name] = distribution(name)
            requirements = map(Requirement, found[name].requires or ())
            wanted += [r.name for r in requirements if not r.marker or r.marker.evaluate(MARKERS)]
    return list(found.values())


def pack(tool: Distribution, archive: zipfile.ZipFile) -> None:
    """Add what a distribution has installed, except its commands and what only this machine can run."""
    for file in tool.files or ():
        if file.suffix in {".so", ".pyd"}:
            assert file.as_posix().startswith(f"{NATIVE}."), f"{file} is compiled and has no stand-in"
        elif ".." not in file.parts and file.suffix != ".pyc":
            archive.write(file.locate(), Path("tools", file))
