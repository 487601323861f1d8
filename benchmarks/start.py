"""Measure the time from a click on Run to the first live figure, compared with Pyodide as its manual shows it; and how
fast each demo is once Python is there.

In Chromium, from a server on this machine that compresses as GitHub Pages does. Cold: in a new browser. Warm: after a
reload in the same browser. Second page: another question, reached by a click, in the same document.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from convlens_site.paths import CACHE, DEMOS, ROOT
from convlens_site.runtime import fetch, wheel
from convlens_site.runtime.pins import PINS

from . import chromium

HERE = Path(__file__).parent
LATEST = CACHE / "bench" / "start.json"
RECORD = HERE / "start.json"
OURS, NEXT, NAIVE = "/questions/why-not-the-same/", "/questions/the-black-line/", "/page/naive.html"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
AIMS = {
    "recorded": 0.1,
    "cold": 1.5,
    "warm": 1.0,
    "second page": 0.2,
    "20 Mbit/s": 4.5,
    "import convlens, ms": 60,
}  # for ours

# From a click on a button to the first change of the figure, in seconds.
CLICK = """(demo, button) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("no figure came within a minute")), 60_000);
  const startedAt = performance.now();
  new MutationObserver(() => requestAnimationFrame(() => resolve((performance.now() - startedAt) / 1000)))
    .observe(demo.querySelector(".demo-panels"), { childList: true });
  demo.querySelector(button).click();
})"""
RECORDED, LIVE = "button.run", "button.here"
# The controls whose values are recorded; a pointed one has no button.
VARIED = "demo => JSON.parse(demo.dataset.declared).spec.recorded.filter((name) => demo.querySelector(`[data-control=${name}]`))"

# Once Python is there, from a click on Run to the end: seconds, figures per second, and the longest wait between two.
RUN = """(section) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error("the run did not end within two minutes")), 120_000);
  let drawn = false, startedAt = 0;
  const painted = [];
  new MutationObserver(() => { drawn = true; }) // in tie_breakers, some figures differ only in their caption
    .observe(section.querySelector(".demo-figure"), { childList: true, subtree: true });
  const frame = (now) => {
    if (drawn) painted.push(now);
    drawn = false;
    if (section.dataset.state !== "done") return requestAnimationFrame(frame);
    const gaps = painted.slice(1).map((time, n) => time - painted[n]);
    const between = (painted.at(-1) - painted[0]) / 1000;
    const seconds = (now - startedAt) / 1000;
    resolve({ seconds, "figures a second": gaps.length / between, "longest wait, ms": Math.max(...gaps) });
  };
  startedAt = performance.now();
  section.querySelector("button.here").click();
  requestAnimationFrame(frame);
})"""

# A figure that follows each touch: milliseconds from a click on another part to the new figure, one by one.
TOUCH = """async (section) => {
  const waits = [], panels = section.querySelector(".demo-panels");
  if (!panels.querySelector("[data-set]:not([data-on])")) return {}; // it has settings, but no part to click
  for (let n = 0; n < 20; n++) {
    const others = [...panels.querySelectorAll("[data-set]:not([data-on])")], part = others[(7 * n) % others.length];
    const startedAt = performance.now();
    await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("a touch was not answered")), 10_000);
      const drawn = (_, observer) => { observer.disconnect(); requestAnimationFrame(resolve); };
      new MutationObserver(drawn).observe(panels, { childList: true });
      part.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
    waits.push(performance.now() - startedAt);
  }
  waits.sort((a, b) => a - b);
  return { "touch, ms": waits[10], "slowest of 20, ms": waits[19] };
}"""

# The worker's own measurements of its start: names and milliseconds. The theme's search has a worker too.
IMPORTS = "() => performance.getEntriesByType('measure').map(({ name, duration }) => [name, duration])"


class Line:
    """A network line: it counts bytes and, if it has a speed, limits all responses together."""

    def __init__(self) -> None:
        self.bytes, self.per_second, self.latency = 0, 0.0, 0.0
        self.free_at, self.lock = 0.0, threading.Lock()

    def send(self, write: Callable[[bytes], Any], body: bytes) -> None:
        for begin in range(0, len(body), 16384):
            piece = body[begin : begin + 16384]
            with self.lock:
                self.bytes += len(piece)
                self.free_at = max(self.free_at, time.monotonic())
                if self.per_second:
                    self.free_at += len(piece) / self.per_second
                due = self.free_at
            time.sleep(max(0.0, due - time.monotonic()))
            write(piece)


@functools.cache
def compressed(path: Path) -> tuple[bytes, bool]:
    """Return a file as it is sent, and whether it is compressed."""
    content = path.read_bytes()
    return (gzip.compress(content, 6, mtime=0), True) if path.suffix in TYPES else (content, False)


@contextmanager
def serve(folders: dict[str, Path], line: Line) -> Iterator[str]:
    """Serve these folders, each under its path, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # like web servers: otherwise a small body waits for 40 ms

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            begin = max((each for each in folders if path.startswith(each)), key=len)
            file = folders[begin] / path.removeprefix(begin)
            file = file / "index.html" if path.endswith("/") else file
            time.sleep(line.latency)
            if not file.is_file():
                self.send_error(404)
                return
            body, is_compressed = compressed(file)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            known = self.headers.get("If-None-Match") == tag
            self.send_response(304 if known else 200)
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Cache-Control", "max-age=600")  # as on GitHub Pages
            self.send_header("ETag", tag)
            if is_compressed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", "0" if known else str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # the browser was closed meanwhile
                if not known:
                    line.send(self.wfile.write, body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def naive_files(folder: Path) -> None:
    """Provide what Pyodide itself fetches: its own files, NumPy's wheel and ours, and a lock of the two."""
    for path in (*fetch.ensure().iterdir(), wheel.build(), DEMOS / "twins.py"):
        (folder / path.name).symlink_to(path)
    packages = {}
    for name in ("numpy", "convlens"):
        (file,) = folder.glob(f"{name}-*.whl")
        packages[name] = {
            "name": name,
            "version": file.name.split("-")[1],
            "file_name": file.name,
            "install_dir": "site",
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "package_type": "package",
            "imports": [name],
            "depends": ["numpy"] if name == "convlens" else [],
            "unvendored_tests": False,
        }
    lock = {"info": PINS["info"], "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock))


def press(page: Page, button: str = LIVE) -> float:
    """Press a button of the first demo, and return the seconds to the first figure; plain Pyodide has one button."""
    demo = page.locator("section.demo").first
    if demo.locator(".demo-stage").count():
        demo.scroll_into_view_if_needed()
        demo.locator(LIVE).wait_for()  # its recording is there
    return float(demo.evaluate(CLICK, button if demo.locator(LIVE).count() else RECORDED))


def click(page: Page, url: str) -> float:
    """Open a page, wait until it is idle, and press Run it here."""
    page.goto(url, wait_until="networkidle")
    return press(page)


def one_round(launch: Callable[[], Browser], url: str, path: str, line: Line) -> dict[str, float]:
    """Return the times for cold, warm and second page in a new browser, and for cold again on a slow line."""
    result: dict[str, float] = {}
    browser = launch()
    page = browser.new_page()
    page.on("console", lambda entry: entry.type == "error" and print("browser:", entry.text, file=sys.stderr))
    page.goto(url + path, wait_until="networkidle")
    if path == OURS:
        line.bytes = 0
        result["recorded"] = press(page, RECORDED)
        page.locator("section.demo[data-state=done]").first.wait_for()
        result["MB for it"] = line.bytes / 1e6
    line.bytes = 0
    result["cold"] = press(page)
    result["MB after the click"] = line.bytes / 1e6
    for worker in page.workers:
        for name, milliseconds in worker.evaluate(IMPORTS):
            result[f"{name}, ms"] = milliseconds
    line.bytes = 0
    result["warm"] = click(page, url + path)
    result["MB, page and all, warm"] = line.bytes / 1e6
    if path == OURS:
        page.locator(f".md-nav__link[href$='{NEXT.split('/')[2]}/']").first.click()
        page.wait_for_selector("[data-demo=black_line] button.run")
        page.wait_for_timeout(500)
        result["second page"] = press(page)
    browser.close()
    browser = launch()
    page = browser.new_page()
    page.goto(url + path, wait_until="networkidle")
    line.per_second, line.latency = 20e6 / 8, 0.04
    result["20 Mbit/s"] = press(page)
    line.per_second, line.latency = 0.0, 0.0
    browser.close()
    return result


def each_demo(launch: Callable[[], Browser], url: str) -> dict[str, dict[str, float]]:
    """Return the speed of each demo with the settings of its page: recorded, and then live, when Python is there."""
    result = {}
    browser = launch()
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    for path in sorted((ROOT / "docs" / "questions").glob("*.md")):
        page.goto(f"{url}/questions/{path.stem}/", wait_until="networkidle")
        page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        for slug in page.locator("section.demo").evaluate_all("all => all.map(each => each.dataset.demo)"):
            section, done = page.locator(f"#demo-{slug}"), page.locator(f"#demo-{slug}[data-state=done]")
            section.scroll_into_view_if_needed()
            section.dispatch_event("pointerenter")  # which fetches all of its recordings
            page.locator(f"#demo-{slug}[data-state]").wait_for()
            page.wait_for_load_state("networkidle")
            if section.locator(RECORDED).is_visible():
                recorded = {"recorded, ms": 1000 * section.evaluate(CLICK, RECORDED)}
                done.wait_for(timeout=120_000)
                for name in section.evaluate(VARIED):
                    other = f"[data-control={name}] input:not(:checked)"
                    recorded[f"another {name}, ms"] = 1000 * section.evaluate(CLICK, other)
                    done.wait_for(timeout=120_000)
                section.evaluate(CLICK, LIVE)
                done.wait_for(timeout=120_000)
                result[slug] = recorded | section.evaluate(RUN)
            else:  # it follows each touch
                recorded = {f"recorded {name}": value for name, value in section.evaluate(TOUCH).items()}
                number = section.locator("input[type=number]").last
                if not number.count():  # all that it shows is recorded, or reached by touch alone
                    result[slug] = recorded
                    continue
                number.fill(str(int(number.input_value()) + 1))  # which is not recorded
                runs = section.locator(RECORDED).is_visible()
                if runs:  # a run of its own begins with a touch, and with other settings at a click
                    section.locator(RECORDED).click()
                page.wait_for_selector(f"#demo-{slug}:not([data-stale])[data-state=done]", timeout=120_000)
                result[slug] = recorded | section.evaluate(RUN if runs else TOUCH)
    browser.close()
    return result


def demos_report(demos: dict[str, dict[str, float]]) -> str:
    """Return the table of the demos."""
    rows = [f"{'with Python there':24}"]
    for slug, result in demos.items():
        rows.append(f"{slug:24}" + ", ".join(f"{name} {value:.3g}" for name, value in result.items()))
    return "\n".join(rows)


def report(measured: dict[str, list[dict[str, float]]]) -> str:
    """Return the table: medians with their ranges, and the aims."""
    rows = ["", f"{'':24}{'ours':>22}{'Pyodide, plain':>22}{'aim':>8}"]
    for name in measured["ours"][0]:
        cells = []
        for site_name in ("ours", "naive"):
            values = [each[name] for each in measured[site_name] if name in each]
            text = f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})" if values else "-"
            cells.append(f"{text:>22}")
        rows.append(f"{name:24}{''.join(cells)}{AIMS.get(name, ''):>8}")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in turn, print the tables, save the numbers."""
    parser = argparse.ArgumentParser(prog="make bench-start", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=5, help="of starts; with 0, only the demos are measured"
    )
    parser.add_argument(
        "--record", action="store_true", help=f"save the numbers in benchmarks/{RECORD.name}, to commit them"
    )
    chosen = parser.parse_args(arguments)
    measured: dict[str, list[dict[str, float]]] = {"ours": [], "naive": []}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        site, naive = Path(scratch, "site"), Path(scratch, "naive")
        naive.mkdir()
        naive_files(naive)
        line = Line()
        launch = functools.partial(chromium.launch, playwright)
        with serve({"/": site, "/naive/": naive, "/page/": HERE / "page"}, line) as url:
            build = [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(site)]
            subprocess.run(build, cwd=ROOT, check=True, env=os.environ | {"SITE_URL": f"{url}/"})
            for number in range(chosen.rounds):
                for site_name, path in (("ours", OURS), ("naive", NAIVE)):
                    measured[site_name].append(one_round(launch, url, path, line))
                print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr, flush=True)
            demos = each_demo(launch, url)
        with chromium.launch(playwright) as browser:
            version = browser.version
    print(report(measured) if chosen.rounds else "", demos_report(demos), sep="\n\n")
    for file in (LATEST, *([RECORD] if chosen.record else [])):
        file.parent.mkdir(parents=True, exist_ok=True)
        record = {"chromium": version, "pyodide": PINS["version"], **measured, "demos": demos}
        file.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
