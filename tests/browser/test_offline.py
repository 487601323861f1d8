"""Who has run a demo reads and runs, without a network, whatever was visited; a new release takes the old one's place."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from convlens_site.publish.manifest import seal
from convlens_site.runtime import bundle

pytestmark = pytest.mark.browser

TWINS, LINE = "questions/why-not-the-same/", "questions/the-black-line/"
TIES = "questions/random-or-different/"  # its demo imports another
PYTHON = "999.0.0-fedcba9876543210"
KEPT = """async () => {
  const all = [];
  for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) all.push(url);
  return all;
}"""


class Host:
    """A server of a folder, which can be exchanged, at one address, which can be gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failing: tuple[str, ...] = ()  # parts of the addresses that answer 503
        self.port = 0
        self.start()

    def start(self) -> None:
        host = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: object) -> None:
                super().__init__(*args, directory=str(host.folder))  # type: ignore[arg-type]

            def do_GET(self) -> None:
                if any(part in self.path for part in host.failing):
                    self.send_error(503)
                else:
                    del self.headers["If-Modified-Since"]  # an older release is new, too
                    super().do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=partial(self.server.serve_forever, poll_interval=0.05), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture
def host(site) -> Iterator[Host]:
    host = Host(site.folder)
    yield host
    with contextlib.suppress(OSError):
        host.stop()


def run_one(opened) -> None:
    opened.click("run")
    opened.run_to_end()


def wait_until_kept(opened, *urls: str) -> list[str]:
    opened.until(lambda: {opened.url + url for url in urls} <= set(opened.page.evaluate(KEPT)), 20)
    return list(opened.page.evaluate(KEPT))


def lose_the_network(opened, host: Host) -> None:
    host.stop()
    opened.page.goto("about:blank")


def run_as_of(opened, path: str, *, new: bool) -> None:
    """Open a page, see which release it is of, and run its demo."""
    opened.go(path)
    assert (opened.page.locator("script[src*='/live-new/']").count() == 1) is new
    opened.until(lambda: opened.page.locator("section.demo button.run").count() == 1)
    run_one(opened)


def who_has_run_a_demo(visit, host):
    opened = visit(host.url, service_workers="allow").go(f"{TWINS}#twins?steps=100")
    run_one(opened)
    wait_until_kept(opened, TWINS, "assets/demos/twins.py")
    return opened


def test_reading_keeps_nothing_and_after_a_run_all_that_was_visited_reads_and_runs_without_a_network(
    visit, host, site
):
    opened = visit(host.url, service_workers="allow").go()
    opened.go(TWINS)
    assert opened.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert opened.page.evaluate(KEPT) == []
    opened.go(f"{TWINS}#twins?steps=100")
    run_one(opened)
    wait_until_kept(opened, TWINS, "assets/runtime/manifest.json", "assets/demos/twins.py")
    opened.page.locator(
        f".md-nav__link[href$='{TIES.split('/')[1]}/']"
    ).first.click()  # the theme loads it into this page
    opened.page.wait_for_selector("#demo-one_tie_breaker")
    kept = wait_until_kept(
        opened, TIES, "assets/demos/one_tie_breaker.py", f"assets/{site.scripts.name}/offline.js"
    )
    assert len([url for url in kept if "/assets/runtime/" in url]) == len(bundle.build().files) + 1

    lose_the_network(opened, host)
    for page, demo, steps in ((TWINS, "twins", 100), (TIES, "one_tie_breaker", 400)):
        opened.go(f"{page}#{demo}?steps={steps}", demo)
        assert opened.page.locator(f"#demo-{demo} .demo-panels svg").first.is_visible()
        assert opened.page.evaluate("getComputedStyle(document.querySelector('.demo')).display") == "grid"
        opened.until(lambda: opened.page.locator(".demo button.run").count() == 1)
        run_one(opened)
        assert opened.shown() != {}
    with pytest.raises(Exception, match=r"ERR_FAILED|ERR_CONNECTION"):
        opened.go("glossary/")  # never visited
    opened.complaints.clear()  # a browser tells of each request that failed


@pytest.mark.exhaustive
def test_a_damaged_copy_is_passed_over_and_who_wants_few_data_is_given_what_was_fetched_anyhow(visit, host):
    opened = visit(host.url, service_workers="allow")
    opened.page.add_init_script(
        "Object.defineProperty(NetworkInformation.prototype, 'saveData', { get: () => true })"
    )
    run_one(opened.go(f"{TWINS}#twins?steps=100"))
    kept = wait_until_kept(opened, "assets/demos/twins.py", "assets/runtime/manifest.json")
    (damaged,) = (url for url in kept if url.endswith("numpy.tar.bin"))
    opened.page.evaluate(
        """async (url) => {
            for (const name of await caches.keys()) await (await caches.open(name)).put(url, new Response("damaged"));
        }""",
        damaged,
    )
    run_one(opened.reload())
    length = "async (url) => (await (await caches.match(url)).blob()).size"
    opened.until(lambda: opened.page.evaluate(length, damaged) > 1e6, 10)
    python = {Path(url).name for url in opened.page.evaluate(KEPT) if "/assets/runtime/" in url}
    assert set(bundle.build().files) - python == {"rest.tar.bin"}


@pytest.mark.exhaustive
def test_a_new_release_takes_the_place_of_the_old_one(visit, host, site, tmp_path):
    renewed = tmp_path / "site"
    shutil.copytree(site.folder, renewed, copy_function=os.link)
    sealed = renewed / "assets/runtime/manifest.json"
    listed = json.loads(sealed.read_text())["list"]
    old, new = listed["folder"], "999.0.0-0123456789abcdef"
    (renewed / "assets/runtime" / old).rename(renewed / "assets/runtime" / new)
    demo = renewed / "assets/demos/twins.py"
    text = demo.read_text()
    demo.unlink()
    demo.write_text(text.replace("COUNT, RATE = 64, 1.0", "COUNT, RATE = 64, 0.0"))
    (entry,) = (each for each in listed["demos"] if each["name"] == "twins.py")
    entry.update(bundle.entry(demo))
    sealed.unlink()
    sealed.write_text(seal({**listed, "folder": new, "release": "new"}))

    opened = visit(host.url, service_workers="allow").go(f"{TWINS}#twins?steps=100&incoming=different")
    run_one(opened)
    wait_until_kept(opened, TWINS, "assets/demos/twins.py")
    before = opened.numbers()
    host.folder = renewed
    run_one(opened.reload())
    after = opened.numbers()
    assert before[0][1] != before[-1][1]
    assert after[0][1] == after[-1][1], "nothing is learned at a rate of 0: this is the new release's demo"
    wait_until_kept(opened, TWINS, "assets/demos/twins.py", f"assets/runtime/{new}/numpy.tar.bin")
    opened.until(lambda: opened.page.evaluate("caches.keys().then((names) => names.length)") == 1, 20)
    assert not [url for url in opened.page.evaluate(KEPT) if old in url]


def renewed(site, above: Path) -> Path:
    """A release in which a page and a demo have changed, and so have the folders of scripts and of Python."""
    folder = above / "renewed"
    shutil.copytree(site.folder, folder, copy_function=os.link)

    def write(path: Path, text: str) -> None:
        path.unlink()  # the other release has it too
        path.write_text(text)

    (folder / "assets" / site.scripts.name).rename(folder / "assets/live-new")
    for page in folder.rglob("*.html"):
        text = page.read_text().replace(f"/{site.scripts.name}/", "/live-new/")
        write(page, text.replace("<h1", "<h1 data-new", 1) if TWINS in page.as_posix() else text)
    for demo in folder.glob("assets/demos/*.py"):
        write(demo, demo.read_text() + "# new\n")
    sealed = folder / "assets/runtime/manifest.json"
    listed = json.loads(sealed.read_text())["list"]
    demos = [{**entry, **bundle.entry(folder / "assets/demos" / entry["name"])} for entry in listed["demos"]]
    (folder / "assets/runtime" / listed["folder"]).rename(folder / "assets/runtime" / PYTHON)
    new = {"release": "new", "scripts": "live-new", "folder": PYTHON, "demos": demos}
    write(sealed, seal({**listed, **new}))
    return folder


@pytest.mark.exhaustive
def test_after_a_release_that_changes_a_page_all_that_was_visited_still_reads_and_runs(
    visit, host, site, tmp_path
):
    """Its scripts have changed too. One page is read of the new release, then the network is gone."""
    opened = visit(host.url, service_workers="allow").go("glossary/")
    opened.go(f"{TWINS}#twins?steps=100")
    run_one(opened)
    wait_until_kept(opened, TWINS, "assets/demos/twins.py")
    opened.go(LINE)
    before = set(wait_until_kept(opened, LINE, "assets/demos/black_line.py"))

    scripts, host.folder = site.scripts.name, renewed(site, tmp_path)
    opened.go("glossary/")
    names = (
        "async (url) => [(await (await caches.match(url)).json()).list.release, (await caches.keys()).length]"
    )
    manifest = opened.url + "assets/runtime/manifest.json"
    opened.until(lambda: opened.page.evaluate(names, manifest) == ["new", 1], 20)
    old = f"/{bundle.build().folder}/"
    now = {url.replace(f"/{scripts}/", "/live-new/").replace(old, f"/{PYTHON}/") for url in before}
    assert now <= set(opened.page.evaluate(KEPT))

    lose_the_network(opened, host)
    opened.go(f"{TWINS}#twins?steps=100")
    assert opened.page.locator("h1[data-new]").count() == 1
    run_one(opened)
    opened.go(LINE)
    opened.go("glossary/")
    assert opened.page.locator("#residual").is_visible()
    opened.complaints.clear()  # a browser tells of each request that failed


@pytest.mark.exhaustive
def test_where_the_network_goes_while_a_release_comes_each_page_runs_with_the_scripts_and_the_demo_of_its_own(
    visit, host, site, tmp_path
):
    opened = who_has_run_a_demo(visit, host)
    opened.go(LINE)
    wait_until_kept(opened, LINE, "assets/demos/black_line.py")
    host.folder, host.failing = renewed(site, tmp_path), (LINE,)
    opened.go(TWINS).page.reload()
    opened.until(lambda: opened.page.locator("script[src*='/live-new/']").count() == 1)
    run_one(opened.alone())
    new = "assets/live-new/load.js", f"assets/{site.scripts.name}/load.js"
    wait_until_kept(opened, *new)

    lose_the_network(opened, host)
    run_as_of(opened, LINE, new=False)
    run_as_of(opened, TWINS, new=True)

    # And when that release is taken back, before it was taken over?
    host.folder, host.failing = site.folder, ()
    host.start()
    opened.go("glossary/")
    opened.until(lambda: opened.page.evaluate("caches.keys().then((names) => names.length)") == 1, 20)
    lose_the_network(opened, host)
    run_as_of(opened, f"{TWINS}#twins?steps=100", new=False)
    opened.complaints.clear()  # a browser tells of each request that failed


@pytest.mark.exhaustive
def test_a_page_of_a_new_release_whose_list_of_files_did_not_come_does_not_take_the_old_ones_place(
    visit, host, site, tmp_path
):
    opened = who_has_run_a_demo(visit, host)
    host.folder, host.failing = renewed(site, tmp_path), ("/live-new/", "manifest.json")
    opened.page.reload(wait_until="load")
    assert opened.page.locator("script[src*='/live-new/']").count() == 1
    opened.page.wait_for_timeout(500)

    lose_the_network(opened, host)
    run_as_of(opened, f"{TWINS}#twins?steps=100", new=False)
    opened.complaints.clear()  # a browser tells of each request that failed
