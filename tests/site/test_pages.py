"""The built tree: valid, linked, alone."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import html5lib
import pytest

from convlens_site.npm import editor
from convlens_site.paths import DEMOS, library_files
from convlens_site.publish import scripts

LOADS = {"src", "srcset", "data", "poster", "action", "formaction", "background", "manifest", "ping"}


class Page(HTMLParser):
    """Collects what a page names: ids, links a reader clicks, and what a browser loads by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.clicked: list[str] = []
        self.loaded: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.ids.append(value)
            elif name == "href" and value:
                (self.clicked if tag == "a" else self.loaded).append(value)
            elif name in LOADS and value:
                self.loaded.append(value)
            elif name.startswith("on"):
                self.handlers.append(name)


@pytest.fixture(scope="session")
def parsed(site) -> dict[Path, Page]:
    return {path: Page(path.read_text()) for path in site.pages}


def address(site, path: Path) -> str:
    return site.url + path.relative_to(site.folder).as_posix().removesuffix("index.html")


def test_every_page_is_there(site):
    there = {path.relative_to(site.folder).as_posix() for path in site.pages}
    assert there >= {
        "index.html",
        "questions/why-not-the-same/index.html",
        "demos/twins/index.html",
        "glossary/index.html",
        "library/index.html",
    }


def test_every_link_and_anchor_leads_somewhere(site, parsed):
    broken = []
    for path, page in parsed.items():
        if path.name == "404.html":
            continue
        for link in page.clicked + page.loaded:
            target = urljoin(address(site, path), link)
            if not target.startswith(site.url):
                continue
            parts = urlsplit(target)
            file = site.folder / unquote(parts.path).lstrip("/")
            file = file / "index.html" if parts.path.endswith("/") else file
            demo, asks, _ = parts.fragment.partition("?")  # a demo with settings
            place = f"demo-{demo}" if asks else unquote(parts.fragment)
            if not file.is_file() or (place and file.suffix == ".html" and place not in parsed[file].ids):
                broken.append((path.name, link))
    assert broken == []


def test_no_page_loads_anything_from_another_origin(site, parsed):
    foreign = [
        (path.name, link)
        for path, page in parsed.items()
        for link in page.loaded
        if not urljoin(address(site, path), link).startswith((site.url, "data:"))
    ]
    assert foreign == []


# Addresses that stand in third-party files and that a browser never asks for by itself: names of namespaces,
# licences and authors in comments, and two features of the theme that nothing here switches on (diagrams by
# mermaid, the facts of a public repository). tests/browser checks that no request ever leaves the site.
NEVER_ASKED = re.compile(
    r"""https?://(
    www\.w3\.org/ | unpkg\.com/(mermaid|resize-observer-polyfill) | api\.github\.com/(users|repos)/ | \$\{e\}/api/v4/
    | cdn\.jsdelivr\.net/pyodide/v  # the runtime's default for packages; load.js sets another, and takes fetch away
)""",
    re.VERBOSE,
)


def test_no_style_or_script_names_another_origin(site):
    named = []
    for path in site.folder.rglob("*"):
        if path.suffix not in {".css", ".mjs", ".js", ".json", ".webmanifest"} or "lunr" in path.parts:
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)  # comments name licences
        for url in re.findall(r"""["'`(](https?://[^"'`)\s]+)""", text):
            if not (NEVER_ASKED.match(url) or url.startswith(site.url)):
                named.append((path.relative_to(site.folder).as_posix(), url))
    ours = [
        (file, url) for file, url in named if not file.startswith(("assets/javascripts/", "assets/runtime/"))
    ]
    assert ours == []
    assert not [
        url
        for file, url in named
        if file.startswith("assets/javascripts/")
        and not file.endswith(".map")
        and not re.match(
            r"https?://(github\.com|fontawesome\.com|clipboardjs\.com|bit\.ly|developer\.mozilla)", url
        )
    ]
    assert not any("@import" in p.read_text() for p in site.folder.rglob("*.css"))


def test_every_page_is_valid_html(site):
    for path in site.pages:
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(path.read_text())
        errors = [(position, name, data) for position, name, data in parser.errors]
        assert errors == [], f"{path.relative_to(site.folder)}: {errors[:3]}"


def test_no_page_has_an_id_twice_or_an_event_attribute(parsed):
    for path, page in parsed.items():
        twice = {name for name in page.ids if page.ids.count(name) > 1}
        # Material itself gives its search and drawer toggles one id a page; ours must not repeat.
        assert twice == set(), path
        assert page.handlers == [], path


# What 147 numbers that can be pointed at, each with a name to be heard, cost beyond the limit; the start page's six pictures.
# Bytes before compression, which leaves 15 to 22 kB: each measured number is a link, there are tables and a snippet, and one
# page has three demos.
# The map of the network and the notes in the margin are four of these kilobytes.
# What is not to be translated says so: on a page of numbers that is a fifth of the bytes, and a fiftieth of those that are sent.
HEAVIER = {
    ".": 84_500,  # the network is drawn twice, for a wide and for a narrow page
    "library/charts": 82_000,
    "library/drawing": 94_500,
    "questions/one-output-number": 100_000,
    "questions/how-is-a-shared-weight-learned": 156_000,  # two demos, one of them drawn twice, and the end of its run
    "questions/why-not-the-same": 206_500,  # two demos, one with four scenes, drawn twice each; and the end of a run
    "questions/random-or-different": 142_500,  # four demos, two of them drawn for wide and for narrow pages
    "questions/the-black-line": 313_500,  # three figures, drawn twice, with what they show at every limit: 48 kB are sent
    "questions/squiggle-or-corner": 236_000,  # four demos, one with ten networks; and, without a script, the ends of two
    "questions/where-does-3073-come-from": 128_000,  # three demos, with 155 parts to drag; and the ends of two runs
    "questions/what-if-zeros": 186_500,  # three demos, one of them drawn twice; and the end of a run
    "library/layers": 75_000,
    "questions/what-does-the-second-layer-read": 165_000,  # three demos, two of them drawn twice; and the end of the first
    "questions/how-many-filters": 139_500,  # two demos, one with 32 filters to press; and the end of a run
    "evidence/black_line": 118_000,
    "evidence/equal_filters": 108_000,
    "demos/conv_walk": 108_000,
    "library/network": 84_600,
    # What they show at every limit, and in every scene, is drawn twice; 12 to 25 kB are sent.
    "embed/black_line": 98_000,
    "embed/errors_left": 77_000,
    "embed/pull": 127_000,
    "embed/what_comes_back": 75_000,  # nine starts and a network, both drawn twice
    "demos/shared_weight": 140_000,
    "embed/shared_weight": 90_000,
    "demos/twins": 112_000,
    "demos/black_line": 118_000,
    "demos/kept_minus": 105_000,
    "demos/squiggle_or_corner": 109_000,
}
# What others read: in the head its title, description and picture, at its foot the question in other words and the citation.
FOR_OTHERS = 4_400


def test_a_page_is_light(site):
    for path in site.pages:
        folder = path.parent.relative_to(site.folder).as_posix()
        usual = {"demos": 100_000, "evidence": 100_000, "library": 73_500}.get(
            folder.partition("/")[0], 60_000
        )
        limit = HEAVIER.get(folder, usual) + FOR_OTHERS
        assert path.stat().st_size <= limit, path


def test_a_page_is_complete_before_any_script(site):
    html = (site.folder / "questions/why-not-the-same/index.html").read_text()
    assert "identical to the last bit" in html
    assert html.count("<svg xmlns") >= 2
    assert 'data-value="0.0"' in html
    assert "<math" in html
    assert "Just tell me" in html
    assert "{{" not in html
    assert "%SITE-ROOT%" not in html


def test_our_scripts_are_small_before_the_reader_acts(site):
    def imported(name: str) -> set[str]:
        text = (scripts.LIVE / name).read_text()
        return {name}.union(*map(imported, re.findall(r'^import [^;]* from "\./(.*)";$', text, re.MULTILINE)))

    named = re.search(
        r"const SCRIPTS = (\[.*?\]);", (scripts.LIVE / scripts.FIRST).read_text(), re.DOTALL
    ).group(1)
    fetched = {f"{name}.js" for name in re.findall(r'"(\w+)"', named)}
    assert fetched == imported("host.js") - {"start.js"}, "only what was fetched well is imported"
    # What a question fetches besides, and a notebook. 15,000 until a fault said what its status means; a notebook 15,500 until
    # its cells had an editor's frame, a queue, a bar, and output as in a terminal.
    # 15,500 and 20,500 until names were whole words, what pages share was in modules of its own, and a demo could import another.
    # 16,100 and 21,700 until runs were recorded: they are played, and svg.js is needed at once and no longer after a click.
    # A question 21,100 until a guess could be drawn into a plot, and each thing tried by a button of its own.
    # 25,900 until the two kinds of guess shared one module, and 26,300 until a hint stood beside its button.
    # 25,700 and 29,800 until a guess could be a line of several points, and a finger could turn the scenes.
    # 23,700 and 27,200 until figures had scenes, dials and parts to drag, and a demo could be presented.
    for also, most in {"predict.js": 26_500, "sort.js": 26_500, "notebook.js": 30_000}.items():
        before = {"start.js"} | imported("host.js") | imported(also)
        assert {"view.js", "protocol.js", "pointing.js"} < before
        assert sum(len(gzip.compress((site.scripts / name).read_bytes())) for name in before) <= most


def test_the_published_scripts_are_those_of_the_repository_without_remarks_and_each_has_its_hash(site):
    sources = {path.name: path.read_text() for path in scripts.LIVE.glob("*.js")}
    published = {path.name: path.read_bytes() for path in site.scripts.iterdir()}
    assert published.keys() - sources.keys() == {editor.NAME}, "which is bundled from packages"
    assert sources.keys() <= published.keys()
    first = published.pop(scripts.FIRST).decode()
    hashes = json.loads(re.search(r"const HASHES=(\{.*?\}\});", first)[1])
    assert hashes == {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in published.items()
    }
    for name, data in published.items():
        if name == editor.NAME:
            continue
        remarks = re.findall(r"^ *(?:/\*\*|//) (.{20,}?)(?: \*/)?$", sources[name], re.MULTILINE)
        assert remarks, name
        assert not [remark for remark in remarks if remark in data.decode()], name
        code = re.sub(
            r"/\*.*?\*/|^ *//[^\n]*$| // [^\n]*$", "", sources[name], flags=re.DOTALL | re.MULTILINE
        )
        texts = [text for text in re.findall(r'"[^"\n]*"', code) if len(text) > 10]
        assert not [text for text in texts if text not in data.decode()], name


def test_the_scripts_folder_is_another_one_when_what_they_run_has_changed(monkeypatch):
    """For a page that was kept for a time without a network asks by that name for the demo of its own release."""
    before, seen = scripts.prepare(), []
    monkeypatch.setattr(scripts, "digest", lambda files: str(seen.extend(files)))
    assert scripts.prepare().folder != before.folder
    assert {*DEMOS.glob("*.py"), *library_files()} <= {*seen}
    assert {"pins.json", "pack.py"} <= {path.name for path in seen if path.exists()}


def test_every_page_names_the_first_script_of_this_release_with_its_hash(site):
    first = (site.scripts / scripts.FIRST).read_bytes()
    digest = base64.b64encode(hashlib.sha256(first).digest()).decode()
    for path in site.pages:
        if path.name == "404.html":
            continue  # nothing on it comes to life
        (src, integrity) = re.search(
            r'<script type="module" src="([^"]*)" integrity="([^"]*)">', path.read_text()
        ).groups()
        assert src.endswith(f"assets/{site.scripts.name}/{scripts.FIRST}"), path
        assert integrity == f"sha256-{digest}", path


def test_no_snippet_was_left_uncut(site):
    for path in site.pages:
        assert not re.search("--8|\\{\\{ *evidence|SITE-ROOT", path.read_text()), path


def test_the_navigation_has_first_what_a_newcomer_needs(site):
    html = (site.folder / "questions/the-black-line/index.html").read_text()
    sections = [
        "why-not-the-same/",
        "../teaching/",
        "../glossary/",
        "../library/",
        "../demos/",
        "../evidence/",
    ]
    links = re.findall(r'<a href="([^"]+)" class="md-nav__link', html)
    places = [next(n for n, link in enumerate(links) if link.startswith(f"../{each}")) for each in sections]
    assert places == sorted(places)


def test_the_start_page_leads_to_every_question_with_a_picture_in_the_order_of_the_navigation(site):
    html = (site.folder / "index.html").read_text()
    list_of_questions = html[html.index('<div class="questions">') :]
    linked = re.findall(r'<h3[^>]*><a href="(questions/[^"]+)">', list_of_questions)
    in_navigation = re.findall(r'<a href="(questions/[^"]+)" class="md-nav__link">', html)
    assert linked == in_navigation
    assert list_of_questions.count('<div class="glance" translate="no"><svg') == len(linked) == 10
