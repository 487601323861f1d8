"""The built site on a server that can lack a file and that hears every complaint of a page, whatever the engine."""

from __future__ import annotations

import functools
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from drivers import Chromium, Firefox, WebDriver, WebKitGTK

# The first script of each page. Not every engine tells its driver what it writes on the console (WebKit never does under
# automation), so the page tells the server. A worker's own errors reach the page, and its demo is then "failed".
LISTENER = """{
  const tell = (...words) => {
    const request = new XMLHttpRequest();
    request.open("POST", "%scomplaints", false);
    request.send(words.join(" "));
  };
  for (const level of ["error", "warn"]) console[level] = (...words) => tell(`console.${level}:`, ...words);
  addEventListener("error", ({ message, target }) => {
    if (target === window || target.matches("script, img, link[rel=stylesheet]")) tell("error:", message ?? target.outerHTML);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => tell("unhandled rejection:", reason));
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    // Firefox alone would fetch the next page ahead. That it may not is no fault.
    if (blockedURI !== document.querySelector("link[rel=next]")?.href) tell("policy:", violatedDirective, blockedURI);
  });
}"""


class Server(ThreadingHTTPServer):
    """Its own port, so its own origin: nothing of an earlier test is in a cache."""

    def __init__(self, site: Any) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(site.folder)))
        self.built_for = site.url.encode()
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.missing: str | None = None
        self.complaints: list[str] = []


class Handler(SimpleHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if self.path == "/listener.js":
            body = (LISTENER % self.server.url).encode()
        elif not file.is_file() or (self.server.missing and self.server.missing in file.name):
            return self.send_error(404)
        else:
            body = file.read_bytes()
            if file.suffix in {".html", ".xml"}:
                body = body.replace(self.server.built_for, self.server.url.encode())
                body = body.replace(
                    b'"budget":8', b'"budget":80'
                )  # seconds: other tests may need the processors
                body = body.replace(b"<head>", b'<head><script src="/listener.js"></script>', 1)
        return self.answer(body, self.guess_type(file if file.is_file() else self.path))

    def do_POST(self) -> None:
        self.server.complaints.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer(b"", "text/plain")

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Reader:
    """Someone who reads the site in one engine."""

    def __init__(self, engine: Any, server: Server) -> None:
        self.engine, self.server = engine, server
        self.click = engine.click

    def open(self, path: str) -> None:
        self.engine.open(self.server.url + path)
        self.until(lambda: self.look(".demo button.run") is not None)
        # A form for a guess adds its buttons and a plot to draw in, which moves what is below it.
        self.until(lambda: self.look("form[data-predict]:not(:has(button))") is None)
        self.until(lambda: self.look(".demo-bar button") is not None)

    def look(self, selector: str, what: str = "textContent") -> Any:
        """A property of the first element that is found, or None."""
        return self.engine.evaluate(f"document.querySelector({json.dumps(selector)})?.{what} ?? null")

    def state(self) -> str:
        return str(self.look("section.demo", "dataset.state"))

    def shown(self) -> dict[str, Any]:
        """The settings that the figure belongs to."""
        return dict(json.loads(self.look("section.demo", "dataset.shown") or "{}"))

    def step(self) -> int:
        return int(re.search(r"Step (\d+) of", self.look(".demo-caption"))[1])  # type: ignore[index]

    def numbers(self) -> dict[int, float]:
        """The rows of the figure's table that tell of the weights: the largest difference at a step, in full precision."""
        script = """[...document.querySelectorAll('#demo-twins .demo-table tbody tr')].map((row) =>
          [...row.cells].map((cell) => cell.dataset.value))"""
        rows, first = self.engine.evaluate(script), "weights, step "
        return {
            int(name.removeprefix(first)): float(cells[-1]) for name, *cells in rows if name.startswith(first)
        }

    def type(self, selector: str, value: str) -> None:
        field = f"document.querySelector({json.dumps(selector)})"
        event = "new Event('input', {bubbles: true})"
        self.engine.evaluate(f"void ({field}.value = {json.dumps(value)}, {field}.dispatchEvent({event}))")

    def until(self, condition: Callable[[], Any], seconds: float = 30) -> float:
        """Wait for it as long as the page changes, and return how many seconds it took."""
        began, known = time.monotonic(), ""
        end = began + seconds
        while not condition():
            if time.monotonic() > end:
                news = str(self.look("article", "innerHTML"))
                demo = f"the demo is {self.state()}: {self.look('.demo-error')}"
                assert news != known, f"nothing new for {seconds} s; {demo}; {self.server.complaints}"
                known, end = news, time.monotonic() + seconds
            time.sleep(0.02)
        return time.monotonic() - began


# All other tests are in Chromium.
@pytest.fixture(params=[pytest.param("Chromium", marks=pytest.mark.exhaustive), "Firefox", "WebKitGTK"])
def reader(request: pytest.FixtureRequest, record_property: Any) -> Iterator[Reader]:
    driver: Any = {"Chromium": Chromium, "Firefox": Firefox, "WebKitGTK": WebKitGTK}[request.param]
    if issubclass(driver, WebDriver) and not driver.installed():
        pytest.skip("not installed; `make browsers` installs it")
    site = request.getfixturevalue("site")
    engine = driver(request.getfixturevalue("optimizing")) if driver is Chromium else driver()
    record_property("engine", engine.version)
    with Server(site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Reader(engine, server)
        finally:
            engine.close()
            server.shutdown()
