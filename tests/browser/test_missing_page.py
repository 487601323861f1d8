"""The page that a server shows for a missing one: styled, and it leads home, at any depth and wherever the site was put."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from convlens_site.publish.standalone import write_standalone_pages

from .test_accessible import violations
from .test_everyone import too_wide

pytestmark = pytest.mark.browser
MISSING = ["nothing", "questions/nothing/", "questions/nothing/of/this.html"]
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


class Host(SimpleHTTPRequestHandler):
    """A host of static sites: below a path it serves the folder, and for what is not there a page of the site's own."""

    def __init__(self, *args: object, below: str, missing: str, **named: object) -> None:
        self.below, self.missing = below, missing
        super().__init__(*args, **named)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        return super().translate_path(
            "/" + path.removeprefix(self.below) if path.startswith(self.below) else "/not/of/this/site"
        )

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        body = self.missing.encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def page_for(site: Any, url: str, folder: Path) -> str:
    """The page as a build for this address has it."""
    for name in ("index.html", "assets/stylesheets/tokens.css", "questions/*/index.html"):
        for path in site.folder.glob(name):
            copy = folder / path.relative_to(site.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    write_standalone_pages(folder, "Why filters differ", url)
    policy = POLICY.search((site.folder / "404.html").read_text())[0]  # its script is the same one
    return (
        (folder / "404.html").read_text().replace('<meta charset="utf-8">', f'<meta charset="utf-8">{policy}')
    )


# Where the site stands, and the address that the build was told; the last two are mistakes.
PLACES = {
    "root": ("/", "http://site.example/"),
    "below a path": ("/name/", "http://site.example/name/"),
    "below a path that the build did not know": ("/name/", "http://127.0.0.1:8000/"),
    "at the root, and the build was told a path": ("/", "http://site.example/name/"),
}


@pytest.fixture(params=PLACES)
def host(request, site, tmp_path) -> Iterator[str]:
    below, url = PLACES[request.param]
    handler = partial(Host, below=below, missing=page_for(site, url, tmp_path), directory=str(site.folder))
    with ExitStack() as closing:
        server = closing.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
        closing.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_port}{below}"


@pytest.mark.sample(4)
@pytest.mark.parametrize("path", MISSING)
def test_it_is_styled_and_leads_home(visit, site, host, path):
    opened = visit(url=host)
    answer = opened.page.goto(host + path)
    assert answer.status == 404
    assert opened.text("h1") == "There is no page at this address"
    style = "() => { const style = getComputedStyle(document.querySelector('main')); return [style.fontFamily, style.maxWidth]; }"
    opened.until(lambda: opened.page.evaluate(style)[1] == "880px", 10)
    assert opened.page.evaluate(style)[0].startswith("Charter")
    addresses = opened.page.locator("main a").evaluate_all("all => all.map(each => each.href)")
    assert len(addresses) == 1 + len(list(site.folder.glob("questions/*/")))
    for address in addresses:
        assert address.startswith(host)
        assert opened.page.request.get(address).status == 200
    opened.page.get_by_role("link", name="start page").click()
    opened.until(lambda: opened.page.url == host)
    opened.page.locator("section.demo button.run").wait_for()
    opened.requests.clear()  # in search of a site that stands elsewhere, those above it are asked too
    opened.complaints.clear()  # of the answers 404


def test_without_javascript_it_leads_home_where_the_build_knew_the_address(visit, site):
    opened = visit(java_script_enabled=False).go("404.html")
    assert opened.page.locator("main").evaluate("main => getComputedStyle(main).maxWidth") == "880px"
    opened.page.get_by_role("link", name="start page").click()
    opened.until(lambda: opened.page.url == site.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_no_violation_and_does_not_scroll_sideways(visit, scheme):
    opened = visit(color_scheme=scheme).go("404.html")
    assert violations(opened) == []
    assert too_wide(opened) == []
