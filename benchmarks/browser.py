"""The contenders that run in the browser: a local server, one Chromium, one page, and a worker for each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from convlens_site.publish.manifest import build_manifest, seal
from convlens_site.publish.scripts import LIVE
from convlens_site.runtime import bundle

from . import chromium
from .networks import Network, packed_start

HERE = Path(__file__).parent
PACKAGES = {
    "/convnetjs.js": "convnetjs/build/convnet.js",
    "/tf-core.js": "@tensorflow/tfjs-core/dist/tf-core.es2017.min.js",
    "/tf-layers.js": "@tensorflow/tfjs-layers/dist/tf-layers.es2017.min.js",
    "/tf-backend-cpu.js": "@tensorflow/tfjs-backend-cpu/dist/tf-backend-cpu.es2017.min.js",
}
TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

type Content = Callable[[], bytes]


@dataclass(frozen=True)
class InBrowser:
    """A contender in a worker of the page."""

    page: Page
    module: str
    base: str = "/"

    def __call__(self, action: str, *values: Any) -> Any:
        """Ask it to make a network, to train for a while, or for its versions."""
        contender = {"module": self.module, "base": self.base}
        return self.page.evaluate("question => ask(...question)", [contender, action, values])


@contextmanager
def open_page(
    networks: Mapping[str, Network], trees: Mapping[str, Path]
) -> Iterator[tuple[Page, list[int], str]]:
    """Serve everything from this machine and open the page; yield it, its processes, and Chromium's version.

    trees: the checkouts of convlens, by the path under which each is served.
    """
    contents = dict(contents_of(networks))
    for base, root in trees.items():
        contents |= runtime_contents(base, root)
    with serve(contents) as url, sync_playwright() as playwright:
        browser = chromium.launch(playwright, NO_OTHER_HOST)
        page = browser.new_page()
        page.on("console", lambda line: line.type in {"error", "warning"} and print("browser:", line.text))
        page.goto(url + "/page/index.html")
        processes_info = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        processes = [process["id"] for process in processes_info if process["type"] == "renderer"]
        yield page, processes, browser.version
        browser.close()


def contents_of(networks: Mapping[str, Network]) -> Iterator[tuple[str, Content]]:
    """Yield the page, the contenders' files, and the initial state of each network."""
    for path in (HERE / "page").iterdir():
        yield f"/page/{path.name}", path.read_bytes
    for address, name in PACKAGES.items():
        yield address, (HERE / "node_modules" / name).read_bytes
    yield "/convlens_step.py", (HERE / "convlens_step.py").read_bytes
    for name, network in networks.items():
        yield f"/start/{name}.f32", lambda network=network: packed_start(network)


def runtime_contents(base: str, root: Path) -> dict[str, Content]:
    """Return the browser runtime with the library of the checkout at `root`, in the same folders as on the site."""
    packed = bundle.build(root)
    contents: dict[str, Content] = {f"{base}runtime/manifest.json": seal(build_manifest(packed)).encode}
    contents |= {f"{base}live/{path.name}": path.read_bytes for path in LIVE.glob("*.js")}
    folder = f"{base}runtime/{packed.folder}/"
    return contents | {folder + name: path.read_bytes for name, path in packed.files.items()}


@contextmanager
def serve(contents: Mapping[str, Content]) -> Iterator[str]:
    """Serve these contents, and nothing else, on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = contents.get(self.path.partition("?")[0])
            body = content() if content else b""
            self.send_response(200 if content else 404)
            suffix = Path(self.path.partition("?")[0]).suffix
            self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
