"""The service worker answers for the site's own files: another application at the same origin sees no difference."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from .stage import COUNTING
from .visit import Visit, open_page

pytestmark = pytest.mark.browser
KEPT = """async () => {
  const all = [];
  for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) all.push(url);
  return all;
}"""
ASKED = """async ([url, options]) => {
  const response = await fetch(url, options);
  return { status: response.status, text: (await response.text()).slice(0, 200) };
}"""
FILM = 60_000_000


class Origin:
    """The site below a path, and below /other/ an application that knows nothing of it."""

    def __init__(self, folder: Path, below: str) -> None:
        self.seen: list[str] = []
        self.slow = 0.0
        origin = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: object) -> None:
                super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

            def do_GET(self) -> None:
                if not self.path.startswith(below) or self.path.startswith("/other/"):
                    self.other()
                    return
                self.path = "/" + self.path.removeprefix(below)
                super().do_GET()

            def other(self) -> None:
                origin.seen.append(self.path)
                time.sleep(origin.slow)
                parts = urlsplit(self.path)
                film = parts.path.endswith("film")
                who = parse_qs(parts.query).get("who", ["nobody"])[0]
                body = (
                    bytes(FILM)
                    if film
                    else json.dumps({"who": who, "key": self.headers.get("authorization")}).encode()
                )
                self.send_response(200)
                self.send_header("Content-Type", "video/mp4" if film else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "max-age=9" if film else "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self.root + below
        threading.Thread(target=partial(self.server.serve_forever, poll_interval=0.05), daemon=True).start()


@pytest.fixture(scope="module", params=["/", "/course/"], ids=["at the root", "below a path"])
def origin(stage, request) -> Iterator[Origin]:
    origin = Origin(stage.folder, request.param)
    yield origin
    origin.server.shutdown()
    origin.server.server_close()


def one_who_has_run_a_demo(chromium, origin: Origin) -> Visit:
    """The service worker is there."""
    opened = open_page(chromium, origin.url, service_workers="allow").go(COUNTING)
    opened.click("run")
    opened.run_to_end()
    opened.until(lambda: origin.url + COUNTING in opened.page.evaluate(KEPT))
    opened.reload()
    opened.until(lambda: opened.page.evaluate("Boolean(navigator.serviceWorker.controller)"))
    return opened


@pytest.fixture(scope="module")
def reader(chromium, origin) -> Iterator[Visit]:
    opened = one_who_has_run_a_demo(chromium, origin)
    yield opened
    opened.close()


def ask(reader, origin: Origin, path: str, **options: object) -> dict[str, object]:
    return reader.page.evaluate(ASKED, [origin.root + path, options])  # type: ignore[no-any-return]


@pytest.mark.sample(2)
def test_each_gets_the_answer_to_what_was_asked_however_long_it_takes(reader, origin):
    origin.seen.clear()
    for who in ("alice", "bob"):
        origin.slow = 4.0 if who == "bob" else 0.0  # more than the worker's own patience
        assert json.loads(ask(reader, origin, f"/other/api?who={who}")["text"])["who"] == who
    assert origin.seen == ["/other/api?who=alice", "/other/api?who=bob"]
    origin.slow = 0.0
    answer = ask(reader, origin, "/other/api?who=bob", headers={"authorization": "key"})
    assert json.loads(answer["text"])["key"] == "key"
    assert not [url for url in reader.page.evaluate(KEPT) if "/other/" in url]


@pytest.mark.sample(2)
def test_nothing_of_the_other_application_goes_into_the_store_of_this_one(reader, origin):
    kept = set(reader.page.evaluate(KEPT))
    ask(reader, origin, "/other/film")
    ask(reader, origin, "/other/")
    ask(reader, origin, "/course/other/film" if "course" in origin.url else "/film")
    reader.page.wait_for_timeout(500)
    assert set(reader.page.evaluate(KEPT)) == kept


def test_a_query_of_ones_own_is_not_ours(reader, origin):
    """Such an address may be answered in another way by a server that knows what to make of it."""
    kept = set(reader.page.evaluate(KEPT))
    assert ask(reader, origin, urlsplit(origin.url).path + COUNTING + "?who=bob")["status"] == 200
    assert ask(reader, origin, urlsplit(origin.url).path + "sources/", credentials="include")["status"] == 200
    reader.page.wait_for_timeout(500)
    assert set(reader.page.evaluate(KEPT)) == kept
    assert {url.partition("?")[2] for url in kept} == {""}


def test_without_the_server_the_other_application_is_gone_as_it_would_be_without_the_worker(chromium, stage):
    origin = Origin(stage.folder, "/course/")
    opened = one_who_has_run_a_demo(chromium, origin)
    origin.server.shutdown()
    origin.server.server_close()
    with pytest.raises(Exception, match="Failed to fetch"):
        ask(opened, origin, "/other/api?who=alice")
    opened.go(COUNTING)  # and the site is not
    assert opened.page.locator("#demo-counting").is_visible()
    opened.close()
