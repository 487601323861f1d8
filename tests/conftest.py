"""What several kinds of tests share: the built site, served on this machine."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEMOS = ROOT / "tests/demos"
sys.path[:0] = [str(ROOT / "demos"), str(ROOT)]  # ROOT: benchmarks/
# As many as real servers let wait: with Python's own 5, one of several connections to a busy machine may be lost for seconds.
ThreadingHTTPServer.request_queue_size = 128


@dataclass(frozen=True)
class Site:
    """A strict build of the site, and where it is served."""

    folder: Path
    url: str

    @property
    def scripts(self) -> Path:
        """The folder of the page's own scripts."""
        (folder,) = self.folder.glob("assets/live-*")
        return folder

    @property
    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")  # as GitHub Pages does
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, at the address that is given."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], AbstractContextManager[str]]:
    return served


SHARED = pytest.StashKey[tuple[str, str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All processes of one run share one build: this, the process they report to, serves it; the first to need it makes it."""
    config = node.config
    if SHARED not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="site-"))
        config.add_cleanup(functools.partial(shutil.rmtree, folder, ignore_errors=True))
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[SHARED] = (str(folder), stack.enter_context(served(folder / "site")))
    node.workerinput["site"] = config.stash[SHARED]


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with ExitStack() as stack:
        if shared := getattr(request.config, "workerinput", {}).get("site"):
            above, url = Path(shared[0]), shared[1]
        else:
            above = tmp_path_factory.mktemp("built")
            url = stack.enter_context(served(above / "site"))
        with (above / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed
            if not (above / "built").exists():
                build(above / "site", url)
                (above / "built").touch()
        yield Site(above / "site", url)


def build(folder: Path, url: str) -> None:
    """Build the site strictly, to be served at this address. (With --quiet, MkDocs would not count its warnings.)"""
    made = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "SITE_URL": url, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs the built site is slow, and so is a demo's claim for seeds after the first two: `make check` leaves it out.

    `make test` tries three seeds, and CI all.
    """
    seed = getattr(getattr(item, "callspec", None), "params", {}).get("seed", 0)
    if "site" in getattr(item, "fixturenames", ()) or (item.path.parent == DEMOS and seed > 1):
        item.add_marker("slow")
    if item.path.parent == DEMOS and seed > 2:
        item.add_marker("exhaustive")


EXHAUSTIVE = "CI" in os.environ


@pytest.fixture(scope="session")
def exhaustive() -> bool:
    """Is all of a matrix wanted, or a sample that stands for it?"""
    return EXHAUSTIVE


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is exhaustive; let each process begin with some of the tests marked `long`, so that none is waited for."""
    if not EXHAUSTIVE:
        left_out = {*left_to_ci(items)}
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    items[:] = deal(long, others, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def left_to_ci(items: Sequence[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that run only in CI: all that are exhaustive, and all cases of a sampled test but every n-th.

    pytest-randomly has put them into a random order, so each run takes another sample.
    """
    seen: Counter[str] = Counter()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if item.get_closest_marker("exhaustive"):
            yield item
        elif mark := item.get_closest_marker("sample"):
            if seen[name] % mark.args[0]:
                yield item
            seen[name] += 1


def deal[T](long: Sequence[T], others: Sequence[T], processes: int) -> list[T]:
    """Return all of both in one row, of which each process gets an equal part: first its share of the long, then others."""
    share = (len(long) + len(others)) / processes
    dealt: list[T] = []
    taken = 0
    for k in range(processes):
        dealt += long[k::processes]
        until = max(taken, round(share * (k + 1)) - len(dealt) + taken) if k < processes - 1 else len(others)
        dealt += others[taken:until]
        taken = min(until, len(others))
    return dealt


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line in which engines the core of the site was tested, and in which not."""
    ran, left = [], []
    for kind in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(kind, ()):
            if kind == "skipped" and "test_the_core[" in report.nodeid:
                left.append(report.nodeid.split("[")[1][:-1] + report.longrepr[2].replace("Skipped", ""))
            ran += [value for name, value in getattr(report, "user_properties", ()) if name == "engine"]
    if ran or left:
        terminalreporter.write_line(f"Engines: {'; '.join([f'ran in {", ".join(ran) or "none"}', *left])}.")
