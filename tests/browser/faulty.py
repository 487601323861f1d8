"""A server of the built site on which one file, or several, can be made to fail in the ways in which networks fail."""

from __future__ import annotations

import functools
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page

from .visit import SILENCE

PATIENCE = (4, 20, 120)  # seconds that a page waits while nothing comes, try by try
HELD_SECONDS = 6
RECORDING = bool(os.environ.get("RECORD_FAULTS"))  # then only silence is cut short: all else takes its time
SETTLED = 0.5 if RECORDING else 0.15  # seconds of silence after which nothing is on its way any more


class Faulty(SimpleHTTPRequestHandler):
    """Serves a folder; `faults` says by a file's name what is to happen, and to which of its requests."""

    def __init__(self, *args: object, server_of: Faults, **named: object) -> None:
        self.faults = server_of
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.good, fault = False, self.faults.next_for(self.path)
        with suppress(ConnectionError):
            if fault:
                getattr(self, f"do_{fault}")(Path(self.translate_path(self.path)).read_bytes())
                self.faults.failed[self.faults.name(self.path)] += 1
            else:
                self.good = True
                super().do_GET()

    def end_headers(self) -> None:
        if self.good:
            self.send_header("Cache-Control", "max-age=600")  # as GitHub Pages says
        super().end_headers()

    def answer(self, body: bytes, length: int | None = None, kind: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind or self.guess_type(self.path.partition("?")[0]))
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def do_404(self, _: bytes) -> None:
        self.send_error(404)

    def do_503(self, _: bytes) -> None:
        self.send_error(503)

    def do_abort(self, _: bytes) -> None:
        self.close_connection = True

    def do_truncated(self, body: bytes) -> None:
        self.answer(body[: len(body) // 2], len(body))

    def do_corrupt(self, body: bytes) -> None:
        """In a script, a tab in place of a blank: it still is one, and does the same."""
        if self.path.endswith(".js"):
            self.answer(body.replace(b"const ", b"const\t", 1))
            return
        middle = len(body) // 2
        damaged = bytes(byte ^ 0x81 for byte in body[middle : middle + 64])
        self.answer(body[:middle] + damaged + body[middle + len(damaged) :])

    def do_html(self, _: bytes) -> None:
        self.answer(b"<!doctype html><title>Sign in</title><p>Welcome to our Wi-Fi.", kind="text/html")

    def do_hangs(self, _: bytes) -> None:
        self.faults.be_silent(self.path)

    def do_stalls(self, body: bytes) -> None:
        self.answer(body[: len(body) // 2], len(body))
        self.faults.be_silent(self.path)

    def do_held(self, body: bytes) -> None:
        """As through a proxy that passes a file on when it has all of it, and holds the end back while it checks."""
        self.faults.hold(HELD_SECONDS)
        self.answer(body[:-1000], len(body))
        self.faults.hold(HELD_SECONDS)
        self.wfile.write(body[-1000:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# Those that end in a sentence if they last.
FAULTS = tuple(
    name[3:] for name in vars(Faulty) if name.startswith("do_") and name not in ("do_GET", "do_held")
)


class Faults:
    """What fails on a server, how often yet, and what was asked of it; and the time of the page that asks.

    A page's clock runs as others do, and is put forward when it waits: nothing is hurried that is at work.
    """

    def __init__(self, of: Mapping[str, str], times: int, spared: Mapping[str, int]) -> None:
        self.of, self.times, self.spared = dict(of), times, spared
        self.asked: Counter[str] = Counter()
        self.before: Counter[str] = Counter()  # what was asked when the faults were others
        self.failed: Counter[str] = Counter()  # answers that were bad ones
        self.silent: dict[str, list[float]] = {}  # since when requests get no answer
        self.held = 0
        self.put_forward = 0.0  # seconds
        self.jumped = 0.0  # when that was done by more than a second
        self.over = threading.Event()
        self.moved = threading.Condition()

    @staticmethod
    def name(path: str) -> str:
        return path.partition("?")[0].rpartition("/")[2]

    def next_for(self, path: str) -> str | None:
        name = self.name(path)
        self.asked[name] += 1
        hit = 0 < self.asked[name] - self.spared.get(name, 0) <= self.times
        return self.of.get(name) if hit else None

    def change(self, of: Mapping[str, str]) -> None:
        """Let other files fail from now on, or in another way."""
        self.of, self.before = dict(of), self.asked.copy()
        self.failed.clear()
        self.silent.clear()

    def tries(self, name: str) -> int:
        return self.asked[name] - max(self.before[name], self.spared.get(name, 0))

    @property
    def time(self) -> float:
        return time.monotonic() + self.put_forward

    def be_silent(self, path: str) -> None:
        self.silent.setdefault(self.name(path), []).append(self.time)
        self.over.wait()

    def hold(self, seconds: float) -> None:
        """Wait for so long, as the page has it."""
        due = self.time + seconds
        with self.moved:
            self.held += 1
            self.moved.wait_for(lambda: self.time >= due or self.over.is_set(), seconds)
            self.held -= 1

    def until(self, page: Page, condition: Callable[[], object]) -> None:
        """Wait for it, until there was no news of the page for long; its clock, if it was installed, is put forward meanwhile."""
        known, end = "", time.monotonic() + SILENCE
        while not condition():
            if time.monotonic() > end:
                news = f"{self.asked} {page.content()}"
                assert news != known, (f"nothing new for {SILENCE} s", self.of, page.inner_text("main"))
                known, end = news, time.monotonic() + SILENCE
            if seconds := self.nothing_for():
                page.clock.fast_forward(round(1000 * seconds))
                if seconds > 1:
                    self.jumped = time.monotonic()
                with self.moved:
                    self.put_forward += seconds
                    self.moved.notify_all()
            page.wait_for_timeout(30)

    def nothing_for(self) -> float:
        """How many seconds the page has nothing to do but to wait; 0 if it may be at work."""
        until_next_try = 0 if RECORDING else 0.4
        for name, since in [*self.silent.items()]:
            lasts = self.time - since[-1]
            if self.tries(name) == len(since) and min(lasts, time.monotonic() - self.jumped) > SETTLED:
                for patience in PATIENCE:
                    if lasts < patience + 0.3:
                        return patience + 0.31 - lasts
                    if lasts < patience + 4:  # it is given up, and the next try comes
                        return until_next_try
        if self.held:
            return 0.25
        retry = any(self.tries(name) == self.failed[name] > 0 for name in self.of)
        return until_next_try if retry else 0


@contextmanager
def faulty(
    folder: Path, of: Mapping[str, str], times: int, spared: Mapping[str, int] | None = None
) -> Iterator[tuple[str, Faults]]:
    """Serve a folder; the files of `of` fail in their way, so many times, after so many good answers."""
    faults = Faults(of, times, spared or {})
    handler: Callable[..., Faulty] = functools.partial(Faulty, server_of=faults, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", faults
    finally:
        faults.over.set()
        server.shutdown()
        server.socket.close()
