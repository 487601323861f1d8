"""What "Use it elsewhere" shows, tried as it stands there, in pages that are not ours, with a plain Pyodide."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from convlens_site.publish import packages
from convlens_site.runtime import fetch, wheel
from convlens_site.runtime.pins import PINS, pinned_files

pytestmark = pytest.mark.browser

RELEASE = packages.release_url("")
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
EQUAL = re.compile(r"outgoing weights equal: True, difference after 300 steps: 0\.0\n")
DIFFERENT = re.compile(r"outgoing weights equal: False, difference after 300 steps: (\d+\.\d+)\n")


@pytest.fixture(scope="module")
def shown(site) -> dict[str, str]:
    """The code of the page by what it begins with."""
    html = (site.folder / "use-it-elsewhere" / "index.html").read_text("utf-8")
    blocks = re.findall(
        r'<div class="highlight"><pre[^>]*><code[^>]*>(.*?)</code></pre></div>', html, re.DOTALL
    )
    texts = [unescape(re.sub(r"<[^>]+>", "", block)) for block in blocks]
    return {text.split()[0]: text for text in texts}


def packed(name: str, folder: Path) -> Path:
    """An installed package as the wheel that it came from."""
    installed = distribution(name)
    made = folder / f"{name}-{installed.version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for file in installed.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                archive.write(file.locate(), file.as_posix())
    return made


@pytest.fixture
def release(tmp_path: Path) -> dict[str, bytes]:
    """The files of Pyodide's release that a test needs: the pinned ones, and its lock with no more than there is."""
    pinned = {file.name: (fetch.ensure() / file.name).read_bytes() for file in pinned_files()}
    (numpy,) = (name for name in pinned if name.startswith("numpy-"))
    lock = {"info": PINS["info"], "packages": {"numpy": {**packages.numpy_entry(), "file_name": numpy}}}
    try:
        made = packed("micropip", tmp_path)
    except PackageNotFoundError:
        pass
    else:
        sha256 = hashlib.sha256(made.read_bytes()).hexdigest()
        version = distribution("micropip").version
        lock["packages"]["micropip"] = packages.entry(
            "micropip", version, made.name, sha256, [], ["micropip"]
        )
        pinned[made.name] = made.read_bytes()
    return {**pinned, "pyodide-lock.json": json.dumps(lock).encode()}


@pytest.fixture
def elsewhere(chromium, serve, tmp_path, site, release) -> Iterator[Callable[..., Page]]:
    """Opens a page that is not ours: at an address of its own, or as a file."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    context = chromium.new_context()
    asked: list[str] = []

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(RELEASE)
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Content-Type": TYPES.get(Path(name).suffix, "application/octet-stream"),
        }
        route.fulfill(status=200 if name in release else 404, body=release.get(name, b""), headers=headers)

    context.route(f"{RELEASE}**", answer)
    with serve(folder) as url:
        assert url != site.url

        def open_page(html: str, *, as_file: bool = False) -> Page:
            (folder / "twins.html").write_text(html, "utf-8")
            page = context.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.goto(f"file://{folder}/twins.html" if as_file else f"{url}twins.html")
            return page

        yield open_page
        context.close()
        known = (url, site.url + "packages/", RELEASE, f"file://{folder}/", "data:", "blob:")
        assert [each for each in asked if not each.startswith(known)] == []


def trains_as_the_page_says(page: Page) -> None:
    """Equal filters that are read alike end exactly equal; those that are not do not."""
    page.wait_for_function(
        "() => /False.*\\n/.test(document.querySelector('pre').textContent)", timeout=60_000
    )
    printed = page.locator("pre").text_content() or ""
    assert EQUAL.search(printed), printed
    assert float(DIFFERENT.search(printed)[1]) > 0.1, printed


@pytest.mark.exhaustive
@pytest.mark.parametrize("as_file", [False, True], ids=["on another origin", "opened as a file"])
def test_the_page_that_is_shown_trains_as_it_stands(elsewhere, shown, as_file):
    trains_as_the_page_says(elsewhere(shown["<!doctype"], as_file=as_file))


def without_the_lock(html: str, load: str) -> str:
    """The page that is shown with Pyodide's own lock, and other lines to load the library."""
    html, locks = re.subn(r"loadPyodide\(\{.*?\}\)", "loadPyodide()", html)
    html, loads = re.subn(r'await python\.loadPackage\("convlens"\);', lambda _: load, html)
    assert locks == loads == 1
    return html


def test_the_wheel_loads_by_its_address(elsewhere, shown):
    load = shown["await"]
    assert "loadPackage" in load
    trains_as_the_page_says(elsewhere(without_the_lock(shown["<!doctype"], load)))


@pytest.mark.exhaustive
def test_micropip_installs_the_wheel_and_finds_numpy(elsewhere, shown, release):
    if not any(name.startswith("micropip-") for name in release):
        pytest.skip("micropip is for Python 3.13 and newer")
    load = f'await python.loadPackage("micropip"); await python.runPythonAsync(`{shown["import"]}`);'
    trains_as_the_page_says(elsewhere(without_the_lock(shown["<!doctype"], load)))


@pytest.mark.exhaustive
def test_a_wheel_that_is_not_what_the_lock_says_is_not_used(elsewhere, shown, site):
    lock = f"{site.url}packages/{packages.LOCK}"
    html = shown["<!doctype"]
    assert lock in html
    page = elsewhere("<!doctype html><title>empty</title>")
    damaged = (site.folder / "packages" / wheel.build().name).read_bytes()[:-1] + b"\1"
    page.route(
        "**/convlens-*.whl",
        lambda route: route.fulfill(body=damaged, headers={"Access-Control-Allow-Origin": "*"}),
    )
    with page.expect_event("pageerror", timeout=60_000) as failed:
        page.set_content(html)
    assert "No module named 'convlens'" in str(failed.value)
