"""A real Chromium, and three readers: one who is new to the site, one who only reads, and one whose Python is warm."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from benchmarks.chromium import launch
from playwright.sync_api import Browser, sync_playwright

from . import stage as stage_files
from .cells import NOTEBOOK, TIDY, Cells
from .staying import Staying
from .visit import Visit, open_page


class _Stranger(BaseHTTPRequestHandler):
    """Another origin that lets everybody in and notes who came: only a policy on the page's side keeps it unvisited."""

    hits: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hits.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.send_header("Content-Type", "text/javascript")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(b"globalThis.hit?.('a script of another origin')")

    do_POST = do_PUT = do_OPTIONS = do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Stranger:
    """Where the other origin is, and what was asked of it."""

    url: str
    hits: list[str]


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _Stranger.hits.clear()
        yield Stranger(f"http://127.0.0.1:{server.server_port}/", _Stranger.hits)
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Without the first flag, Chromium follows only some 200 changes of an address's fragment in ten seconds. With the
        # second, WebAssembly is compiled quickly and not well: a start of Python costs half. What computes much has `optimizing`.
        browser = launch(
            playwright, "--disable-ipc-flooding-protection", "--js-flags=--liftoff-only", shell=True
        )
        yield browser
        browser.close()


@pytest.fixture
def optimizing(chromium: Browser) -> Iterator[Browser]:
    """Chromium as readers have it."""
    browser = launch(SimpleNamespace(chromium=chromium.browser_type))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def warm_chromium(chromium: Browser) -> Iterator[Browser]:
    """For many runs after one start of Python: there it pays to compile WebAssembly well."""
    kind = SimpleNamespace(chromium=chromium.browser_type)
    browser = launch(kind, "--disable-ipc-flooding-protection", shell=True)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def unprotected(site: Any, serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same site without its policy: what else holds must hold there."""
    folder = tmp_path_factory.mktemp("unprotected") / "site"
    shutil.copytree(site.folder, folder, copy_function=os.link)
    for path in folder.rglob("*.html"):
        bare, count = re.subn(r"<meta http-equiv=.Content-Security-Policy[^>]*>", "", path.read_text())
        assert count == 1
        path.unlink()  # the link, not the page it leads to
        path.write_text(bare)
    with serve(folder) as url:
        yield url


@pytest.fixture
def visit(chromium: Browser, site: Any) -> Iterator[Callable[..., Visit]]:
    """Opens a page in a browser that has seen nothing of the site yet."""
    made: list[Visit] = []

    def new(url: str = site.url, **options: Any) -> Visit:
        made.append(open_page(chromium, url, **options))
        return made[-1]

    yield new
    for opened in made:
        opened.close()
        opened.check()


@pytest.fixture(scope="session")
def stage(site: Any, serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The site with the counting demo, see stage.py; a page of it costs less to open."""
    folder = tmp_path_factory.mktemp("stage") / "site"
    with serve(folder) as url:
        stage_files.set_up(site.folder, folder, url)
        yield replace(site, folder=folder, url=url)


@pytest.fixture(scope="session")
def the_one_who_reads(chromium: Browser, stage: Any) -> Iterator[Staying]:
    with Staying(chromium, stage.url, warm=False) as staying:
        yield staying


@pytest.fixture(scope="session")
def the_one_who_runs(warm_chromium: Browser, stage: Any) -> Iterator[Staying]:
    with Staying(warm_chromium, stage.url, warm=True) as staying:
        yield staying


@pytest.fixture
def read(the_one_who_reads: Staying) -> Iterator[Callable[..., Visit]]:
    """Comes to a page by a link. Whatever a test does there, Python must not be asked for."""
    with the_one_who_reads.test() as come:
        yield come


@pytest.fixture
def warm(the_one_who_runs: Staying) -> Iterator[Callable[..., Visit]]:
    """Comes to a page by a link, with a Python that is already there."""
    with the_one_who_runs.test() as come:
        yield come


@pytest.fixture(scope="session")
def shared_notebook(warm_chromium: Browser, stage: Any) -> Iterator[Cells]:
    cells = Cells(open_page(warm_chromium, stage.url).go(NOTEBOOK))
    cells.run(0, "1", "done")
    yield cells
    cells.visit.close()


@pytest.fixture
def notebook(shared_notebook: Cells) -> Iterator[Cells]:
    """The cells of a page on which other tests have run theirs, in the same Python: what these have defined is still there."""
    opened = shared_notebook.visit
    opened.page.evaluate(TIDY)
    opened.requests.clear()
    opened.complaints.clear()
    yield shared_notebook
    opened.check()
