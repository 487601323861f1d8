"""Real servers as they come, and servers that are set up badly: a demo runs, or the page says why not."""

from __future__ import annotations

import functools
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .visit import open_page

pytestmark = pytest.mark.browser

PAGE = "questions/why-not-the-same/"
NGINX, APACHE = (
    shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin") for name in ("nginx", "apache2")
)
# What the mime.types of nginx 1.22 knows of the kinds of files that this site has; all others come as bytes.
STOCK = {
    ".html": "text/html", ".css": "text/css", ".js": "application/javascript", ".json": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".xml": "text/xml", ".txt": "text/plain", ".wasm": "application/wasm",
}  # fmt: skip


class Own(SimpleHTTPRequestHandler):
    """Serves a folder with the headers that a test wants."""

    def __init__(self, *args: object, headers_of: Callable[[str], dict[str, str]], **named: object) -> None:
        self.headers_of = headers_of
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def guess_type(self, path: object) -> str:
        return self.headers_of(str(path)).get("Content-Type", super().guess_type(path))  # type: ignore[arg-type]

    def end_headers(self) -> None:
        for name, value in self.headers_of(self.path).items():
            if name != "Content-Type":
                self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    folder: Path, headers_of: Callable[[str], dict[str, str]], kind: type[Own] = Own
) -> Iterator[str]:
    handler = functools.partial(kind, headers_of=headers_of, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def started(command: list[str], port: int) -> Iterator[str]:
    """A server of its own process, from the moment when it answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, command
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def runs_live(chromium, url: str) -> None:
    opened = open_page(chromium, url).go("questions/where-does-3073-come-from/")
    opened.click("run")
    opened.run_to_end()
    opened.close()


def test_the_types_that_stock_nginx_knows_are_enough(chromium, stage):
    def headers_of(path: str) -> dict[str, str]:
        path = path.partition("?")[0]
        suffix = ".html" if path.endswith("/") else Path(path).suffix
        return {"Content-Type": STOCK.get(suffix, "application/octet-stream")}

    with serving(stage.folder, headers_of) as url:
        runs_live(chromium, url)


@pytest.mark.skipif(not NGINX, reason="there is no nginx here; on Debian, apt-get install nginx-light")
def test_a_demo_runs_from_stock_nginx(chromium, stage, tmp_path):
    port = free_port()
    (tmp_path / "site").symlink_to(stage.folder)
    (tmp_path / "nginx.conf").write_text(f"""
daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; user root;
events {{}}
http {{ include /etc/nginx/mime.types; default_type application/octet-stream; access_log off;
  client_body_temp_path {tmp_path}/a; proxy_temp_path {tmp_path}/b;
  fastcgi_temp_path {tmp_path}/c; uwsgi_temp_path {tmp_path}/d; scgi_temp_path {tmp_path}/e;
  server {{ listen 127.0.0.1:{port}; root {tmp_path}/site; index index.html; }} }}
""")
    with started([str(NGINX), "-c", f"{tmp_path}/nginx.conf", "-p", str(tmp_path)], port) as url:
        runs_live(chromium, url)


@pytest.mark.skipif(not APACHE, reason="there is no Apache here; on Debian, apt-get install apache2")
def test_a_demo_runs_from_stock_apache(chromium, stage, tmp_path):
    port = free_port()
    for folder in stage.folder.parents[:-2]:  # Apache serves as nobody in particular
        folder.chmod(folder.stat().st_mode | 0o011)
    modules = "/usr/lib/apache2/modules"
    (tmp_path / "apache.conf").write_text(f"""
ServerRoot {tmp_path}
PidFile {tmp_path}/pid
ErrorLog {tmp_path}/error.log
Listen 127.0.0.1:{port}
ServerName localhost
User www-data
Group www-data
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule dir_module {modules}/mod_dir.so
TypesConfig /etc/mime.types
DirectoryIndex index.html
DocumentRoot {stage.folder}
<Directory />
  Require all granted
</Directory>
""")
    with started([str(APACHE), "-X", "-f", f"{tmp_path}/apache.conf"], port) as url:
        runs_live(chromium, url)


def test_a_demo_runs_from_pythons_own_server(chromium, stage):
    import sys

    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(stage.folder),
    ]
    with started(command, port) as url:
        runs_live(chromium, url)


def plain(path: str) -> dict[str, str]:
    """Everything but the pages and their styles as text/plain, which browsers take at its word."""
    path = path.partition("?")[0]
    kind = (
        "text/html"
        if path.endswith(("/", ".html"))
        else "text/css"
        if path.endswith(".css")
        else "text/plain"
    )
    return {"Content-Type": kind, "X-Content-Type-Options": "nosniff"}


def policy(words: str) -> Callable[[str], dict[str, str]]:
    return lambda path: {"Content-Security-Policy": words}


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("headers_of", "said", "seconds"),
    [
        (plain, "This server sends scripts as “text/plain”, and browsers refuse that.", 3),
        # No script can say anything then; the page's style shows what stands there.
        (policy("script-src 'none'"), "a blocker or the policy of this server forbids it", 20),
    ],
    ids=["everything as text", "a policy without scripts"],
)
def test_a_page_whose_first_script_cannot_run_says_why(chromium, stage, headers_of, said, seconds):
    with serving(stage.folder, headers_of) as url:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(url + PAGE)
        page.locator(".demo-lost", has_text=said).first.wait_for(timeout=seconds * 1000)
        assert page.locator(".demo-panels svg").first.is_visible()
        context.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("script-src 'self' 'unsafe-inline' blob:", "This server's security policy forbids WebAssembly."),
        ("worker-src 'none'", "This server's security policy forbids workers."),
    ],
)
def test_what_the_servers_policy_forbids_is_said_to_be_the_server(chromium, stage, words, said):
    with serving(stage.folder, policy(words)) as url:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(url + PAGE)
        page.locator(".demo button.run").first.click()
        page.locator(".demo-error", has_text=said).wait_for(timeout=60_000)
        context.close()


def test_a_page_that_was_opened_as_a_file_says_how_to_start_a_server(chromium, stage):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"file://{stage.folder}/{PAGE}index.html")
    page.locator(".demo-lost", has_text="python3 -m http.server").first.wait_for(timeout=3_000)
    context.close()


def test_a_page_in_a_sandboxed_frame_says_to_open_it_in_a_tab(chromium, stage, tmp_path):
    with serving(stage.folder, lambda path: {}) as own, serving(tmp_path, lambda path: {}) as url:
        frame = f'<iframe sandbox="allow-scripts" width=900 height=900 src="{own}{PAGE}"></iframe>'
        (tmp_path / "index.html").write_text(frame)
        context = chromium.new_context()
        page = context.new_page()
        page.goto(url)
        lost = page.frame_locator("iframe").locator(".demo-lost", has_text="Open it in a tab of its own.")
        lost.first.wait_for(state="attached", timeout=5_000)
        context.close()


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("file", "answer", "place", "said"),
    [
        ("start.js", 403, ".demo-lost", "refuses the script that brings this page to life (403)"),
        ("start.js", 429, ".demo-lost", "too many requests at once"),
        ("start.js", "blockedbyclient", ".demo-lost", "a blocker or a filter stops it"),
        ("numpy.tar.bin", 403, ".demo-error", "A filter of this network or of the server refuses it."),
        ("numpy.tar.bin", 429, ".demo-error", "too many requests at once"),
        ("numpy.tar.bin", "blockedbyclient", ".demo-error", "Perhaps a blocker stops it: allow this site"),
    ],
)
def test_a_filter_and_a_blocker_are_told_from_a_bad_line(chromium, stage, file, answer, place, said):
    context = chromium.new_context(service_workers="block")
    page = context.new_page()
    if isinstance(answer, int):
        page.route(f"**/{file}", lambda route: route.fulfill(status=answer, body=""))
    else:
        page.route(f"**/{file}", lambda route: route.abort(answer))
    page.goto(stage.url + PAGE)
    if place == ".demo-error":
        page.locator(".demo button.run").first.click()
    page.locator(place, has_text=said).first.wait_for(timeout=20_000 if place == ".demo-error" else 3_000)
    context.close()


def test_python_that_cannot_be_compiled_says_so(chromium, stage):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script(
        "WebAssembly.compileStreaming = () => Promise.reject(new RangeError('out of memory'))"
    )
    page.goto(stage.url + PAGE)
    page.locator(".demo button.run").first.click()
    said = "This browser could not compile Python. Perhaps it lacks memory"
    page.locator(".demo-error", has_text=said).wait_for(timeout=60_000)
    assert page.locator(".demo-panels svg").first.is_visible()
    context.close()


def test_an_address_without_its_last_slash_becomes_the_right_one(chromium, stage, tmp_path):
    """Some hosts answer with the page itself, and each of its addresses is then one folder too high."""

    class Sloppy(Own):
        def translate_path(self, path: str) -> str:
            found = Path(super().translate_path(path))
            return str(found / "index.html" if found.is_dir() and not path.endswith("/") else found)

    (tmp_path / "below").symlink_to(stage.folder)
    with serving(tmp_path, lambda path: {}, Sloppy) as url:
        context = chromium.new_context()
        page = context.new_page()
        page.goto(f"{url}below/{PAGE.rstrip('/')}#a-place")
        page.wait_for_selector(".demo button.run")
        assert page.url == f"{url}below/{PAGE}#a-place"
        assert (
            page.evaluate("() => getComputedStyle(document.querySelector('.demo-bar')).display") == "flex"
        ), "styled"
        context.close()
