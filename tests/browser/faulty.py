"""A server of the built site on which one file, or several, can be made to fail in the ways in which networks fail."""

from __future__ import annotations

import functools
import hashlib
import os
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HANG_SECONDS = 200  # longer than any page waits
PATIENCE = b"[4_000,20_000,120_000]"  # of a page, in ms, try by try
LESS = b"[2_000, 2_500, 3_000]"  # for tests, who have less of it
HELD_SECONDS = 6 if os.environ.get("RECORD_FAULTS") else 2.5


def integrity(script: bytes) -> bytes:
    return b64encode(hashlib.sha256(script).digest())


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
            elif self.faults.hurried and self.path.endswith(("/", "/start.js")):
                self.answer(
                    self.hurry(Path(self.translate_path(self.path))),
                    kind="" if "." in self.path else "text/html",
                )
            else:
                self.good = True
                super().do_GET()

    def hurry(self, path: Path) -> bytes:
        """Return the first script with less patience, or a page that names its hash."""
        folder = Path(self.directory)
        script = next(folder.glob("assets/*/start.js")).read_bytes()
        assert script.count(PATIENCE) == 1
        hurried = script.replace(PATIENCE, LESS)
        if path.suffix == ".js":
            return hurried
        page = (path / "index.html").read_bytes()
        assert page.count(integrity(script)) >= 1
        return page.replace(integrity(script), integrity(hurried))

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
        self.faults.over.wait(HANG_SECONDS)

    def do_stalls(self, body: bytes) -> None:
        self.answer(body[: len(body) // 2], len(body))
        self.faults.over.wait(HANG_SECONDS)

    def do_held(self, body: bytes) -> None:
        """As through a proxy that passes a file on when it has all of it, and holds the end back while it checks."""
        self.faults.over.wait(HELD_SECONDS)
        self.answer(body[:-1000], len(body))
        self.faults.over.wait(HELD_SECONDS)
        self.wfile.write(body[-1000:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# Those that end in a sentence if they last.
FAULTS = tuple(
    name[3:] for name in vars(Faulty) if name.startswith("do_") and name not in ("do_GET", "do_held")
)


class Faults:
    """What fails on a server, how often yet, and what was asked of it."""

    def __init__(self, of: Mapping[str, str], times: int, spared: Mapping[str, int]) -> None:
        self.of, self.times, self.spared = dict(of), times, spared
        self.asked: Counter[str] = Counter()
        self.over = threading.Event()
        self.hurried = not os.environ.get("RECORD_FAULTS")

    def next_for(self, path: str) -> str | None:
        name = path.partition("?")[0].rpartition("/")[2]
        self.asked[name] += 1
        hit = 0 < self.asked[name] - self.spared.get(name, 0) <= self.times
        return self.of.get(name) if hit else None


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
