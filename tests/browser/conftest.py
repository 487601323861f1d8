"""A real Chromium, and a page that tells on whatever it should not do."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from benchmarks.chromium import launch
from playwright.sync_api import Browser, Page, Request, sync_playwright

from convlens_site.publish.manifest import seal


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
        browser = launch(playwright, "--disable-ipc-flooding-protection", "--js-flags=--liftoff-only")
        yield browser
        browser.close()


@pytest.fixture
def optimizing(chromium: Browser) -> Iterator[Browser]:
    """Chromium as readers have it."""
    browser = launch(SimpleNamespace(chromium=chromium.browser_type))
    yield browser
    browser.close()


@dataclass
class Visit:
    """A page of the site, with everything it asked for and complained about."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    scripts: bool = True

    def go(self, path: str = "", demo: str = "") -> Visit:
        """Open a page, and wait until its demos have come to life; see `alone`."""
        self.page.goto(self.url + path)
        return self.alone(demo)

    def reload(self) -> Visit:
        """Load the page anew, and wait likewise."""
        self.page.reload()
        return self.alone()

    def alone(self, demo: str = "") -> Visit:
        """Wait until the demos of the page have come to life, and look at one of them, or at the first.

        Others are taken away, on this page and on those that the theme loads into it: every selector means one demo.
        """
        dead = "section.demo:not([data-mounted]), .notebook:not(:has(.cell-bar))"
        if self.scripts:
            self.until(lambda: self.page.locator(dead).count() == 0)
            self.page.evaluate(
                """own => {
                    const alone = () => {
                        const all = [...document.querySelectorAll("section.demo")];
                        const stays = all.find(({ id }) => id === own) ?? all[0];
                        all.filter((demo) => demo !== stays).forEach((demo) => demo.remove());
                    };
                    alone();
                    new MutationObserver(alone).observe(document, { childList: true, subtree: true });
                }""",
                f"demo-{demo}",
            )
        return self

    def runtime_requests(self) -> list[str]:
        return [url for url in self.requests if "/assets/runtime/" in url]

    def pythons(self) -> list[str]:
        """The workers that are ours; the theme's search has one of its own."""
        return [worker.url for worker in self.page.workers if worker.url.startswith("blob:")]

    def until(self, condition: Callable[[], Any], seconds: float = 30) -> Any:
        """Wait for a condition that this side checks: the site's policy may forbid strings of code in the page."""
        end = time.monotonic() + seconds
        while not (value := condition()):
            assert time.monotonic() < end, (
                f"waited {seconds} s; the demo is {self.look('section => section.dataset.state')}: "
                f"{self.look('section => section.querySelector(`.demo-error`).textContent')}"
            )
            self.page.wait_for_timeout(30)
        return value

    def look(self, expression: str) -> list[str]:
        """What there is to tell of each demo, without waiting for one."""
        return self.page.locator("section.demo").evaluate_all(f"all => all.map({expression})")

    def state(self) -> str:
        return str(self.page.locator("section.demo").get_attribute("data-state"))

    def shown(self) -> dict[str, Any]:
        """The settings that the figure belongs to."""
        return json.loads(self.page.locator("section.demo").get_attribute("data-shown") or "{}")

    def under_way(self) -> bool:
        """Has the live run gone beyond its first figure? (The built figure stands at 300 of 300.)"""
        step, last = re.search(r"Step (\d+) of (\d+)", self.text(".demo-caption")).groups()  # type: ignore[union-attr]
        return 0 < int(step) < int(last)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def click(self, button: str) -> None:
        self.page.locator(f".demo-bar button.{button}").click()

    def fill(self, control: str, value: str) -> None:
        """Type a number; on a phone, below "More settings"."""
        if not self.page.locator(f"#twins-{control}").is_visible():
            self.page.locator(".more-settings summary").click()
        self.page.locator(f"#twins-{control}").fill(value)

    def replace(self, kind: str, name: str, content: bytes) -> None:
        """Serve one of the verified files with other content, and a manifest that agrees; undo with unroute_all."""
        manifest = self.page.request.get(self.url + "assets/runtime/manifest.json").json()["list"]
        (entry,) = (each for each in manifest[kind] if each["name"] == name)
        entry.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        self.page.route(
            f"**/assets/{kind.replace('live', 'live-*')}/{name}*", lambda route: route.fulfill(body=content)
        )
        self.page.route("**/assets/runtime/manifest.json*", lambda route: route.fulfill(body=seal(manifest)))

    def replace_demo(self, old: str, new: str, demo: str = "twins") -> None:
        """Serve the demo with other code."""
        source = self.page.request.get(self.url + f"assets/demos/{demo}.py").text()
        assert old in source
        self.replace("demos", f"{demo}.py", source.replace(old, new).encode())

    def choose(self, control: str, value: str) -> None:
        self.page.locator(f'[data-control="{control}"] label:has(input[value="{value}"])').click()

    def run_to_end(self, seconds: float = 60, *, quick: bool = True) -> None:
        """Wait for the end. Quickly: on the way there, fewer figures are painted, as for readers who want little motion."""
        if quick:
            self.page.emulate_media(reduced_motion="reduce")
        self.until(lambda: self.state() in {"done", "failed"}, seconds)
        if quick:
            self.page.emulate_media(reduced_motion="no-preference")
        assert self.state() == "done", self.text(".demo-error")

    def style(self, rules: str) -> None:
        """Add a style as the policy allows it: not as an element, which add_style_tag would make."""
        self.page.evaluate(
            """rules => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(rules);
                document.adoptedStyleSheets.push(sheet);
            }""",
            rules,
        )

    def rows(self) -> dict[str, list[float]]:
        """The figure's table: under the name of each row its numbers, in full precision."""
        rows = self.page.locator(".demo-table tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value))"
        )
        return {name: [float(cell) for cell in row if cell] for name, *row in rows}

    def numbers(self) -> list[tuple[int, float]]:
        """The twins' largest differences: step and difference."""
        first = "weights, step "
        rows = self.rows().items()
        return [(int(name.removeprefix(first)), row[-1]) for name, row in rows if name.startswith(first)]


def forget(opened: Visit) -> None:
    """What the browser complained of was meant; a request that was stopped is noted all the same."""
    opened.complaints.clear()
    opened.requests.clear()


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
    made: list[Visit] = []

    def new(url: str = site.url, **options: Any) -> Visit:
        context = chromium.new_context(**{"service_workers": "block", **options})
        opened = Visit(context.new_page(), url, scripts=options.get("java_script_enabled", True))
        opened.page.on("request", lambda request: note(opened, request))
        opened.page.on(
            "console",
            lambda line: (
                line.type in {"error", "warning"}
                and line.text != "Service Worker registration blocked by Playwright"
                and opened.complaints.append(line.text)
            ),
        )
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        made.append(opened)
        return opened

    def note(opened: Visit, request: Request) -> None:
        opened.requests.append(request.url)

    yield new
    for opened in made:
        foreign = [url for url in opened.requests if not url.startswith((opened.url, "blob:", "data:"))]
        opened.page.context.close()
        assert foreign == []
        assert opened.complaints == []
