"""How others find a page, show it and cite it: the tags in its head, its picture, and its foot."""

from __future__ import annotations

import json
import re
import struct
from html import unescape
from itertools import islice
from pathlib import Path

import pytest
import yaml

from convlens_site import demos
from convlens_site.fences.opening import opening
from convlens_site.paths import ROOT
from convlens_site.publish import about, card, csp, imprint, offline

ALONE = ("404.html", "embed/")  # the pages without the theme
META = re.compile(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">')
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
DEMO = re.compile(r"data-demo=\"(\w+)\".*?data-declared='([^']*)'", re.DOTALL)
BIBTEX = re.compile(r"<pre[^>]*>(?:(?!</pre>).)*@misc.*?</pre>", re.DOTALL)
QUESTIONS = sorted(path.stem for path in (ROOT / "docs/questions").glob("*.md"))


def name(site, path: Path) -> str:
    return path.relative_to(site.folder).as_posix().removesuffix("index.html")


@pytest.fixture(scope="session")
def pages(site) -> dict[str, str]:
    """Every page with the theme, by its address."""
    texts = {name(site, path): path.read_text() for path in site.pages}
    return {address: text for address, text in texts.items() if not address.startswith(ALONE)}


def tags(html: str) -> dict[str, str]:
    return {key: unescape(value) for key, value in META.findall(html)}


def words(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_every_page_says_what_it_is_to_those_who_share_it(site, pages):
    assert len(pages) > 40
    for address, html in pages.items():
        said = tags(html)
        heading = re.search(r"<h1[^>]*>(.*?)(?:<a class=\"headerlink|</h1>)", html, re.DOTALL)
        assert said["og:title"] == words(heading[1]).strip(), address
        assert said["og:url"] == site.url + address, address
        assert said["og:type"] == ("article" if address else "website")
        assert said["og:site_name"] == "Why filters differ"
        assert said["twitter:card"] == "summary_large_image"
        assert 20 < len(said["og:description"]) <= 200, address
        assert said["og:description"] == said["description"], address
        assert said["og:image:alt"].startswith("The title of the page, and a figure: "), address
    descriptions = [tags(html)["description"] for html in pages.values()]
    assert len({*descriptions}) > 0.8 * len(descriptions), "most pages have one of their own"


def test_every_page_has_a_picture_of_its_own(site, pages):
    seen = set()
    for address, html in pages.items():
        said = tags(html)
        assert said["og:image"].startswith(site.url + "assets/cards/")
        picture = (site.folder / said["og:image"].removeprefix(site.url)).read_bytes()
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        size = struct.unpack(">II", picture[16:24])
        assert size == (1200, 630) == (int(said["og:image:width"]), int(said["og:image:height"]))
        assert 10_000 < len(picture) < 150_000, address
        seen.add(picture)
    assert len(seen) == len(pages)
    assert not [file for file in offline.cached_files(site.folder) if file.startswith(card.FOLDER)]


@pytest.mark.parametrize("slug", QUESTIONS)
def test_the_picture_of_a_question_shows_its_first_demo_before_the_run(site, pages, slug):
    address = f"questions/{slug}/"
    found = DEMO.search(pages[address])
    shown, settings = found[1], json.loads(unescape(found[2]))["settings"]
    if shown in about.STANDS_FOR:
        shown, settings = about.STANDS_FOR[shown], {}
        assert f'data-demo="{shown}"' in pages[address]
    figure = opening(shown, settings)["svg"]
    demo = demos.demo(shown)
    if demo.is_run:
        assert "Filters stay equal" not in figure, "something has been put into a box already"
        first, *later = (each.to_json()["panels"][0] for each in islice(demo(**settings), 20))
        assert figure == first
        assert set(later) - {first}, "training changes it"
    expected = card.card(tags(pages[address])["og:title"], "Why filters differ", figure)
    assert (site.folder / card.name(address)).read_bytes() == expected


def test_a_page_without_a_demo_shows_the_start_figure(site, pages):
    figure = opening(about.START_FIGURE, {})["svg"]
    assert (site.folder / card.name("glossary/")).read_bytes() == card.card(
        "Glossary", "Why filters differ", figure
    )


def test_a_shared_demo_is_shown_as_its_page(site, pages):
    frame = tags((site.folder / "embed/twins/index.html").read_text())
    page = tags(pages["questions/why-not-the-same/"])
    assert frame["og:image"] == page["og:image"]
    assert frame["og:url"] == page["og:url"]


def test_every_page_describes_itself_in_the_words_of_schema_org(site, pages):
    for address, html in pages.items():
        (block,) = DATA.findall(html.partition("</head>")[0])
        assert len(DATA.findall(html)) == 1, "in the body, instant navigation would run it as a script"
        data, said = json.loads(block), tags(html)
        assert data["@context"] == "https://schema.org"
        kind = "LearningResource" if address.startswith(("questions/", "demos/", "teaching/")) else "WebPage"
        assert data["@type"] == (kind if address else "WebSite"), address
        assert data.get("headline", data["name"]) == said["og:title"]
        assert (data["url"], data["image"]) == (said["og:url"], said["og:image"])
        assert data["author"]["name"] == said["author"]
        assert "</" not in block


def test_such_a_block_is_no_script_for_the_policy_and_anything_else_is(site, pages):
    block = '<script type="application/ld+json">{"a": 1}</script>'
    assert csp.check("a page", block) == []
    for other in ("<script>x()</script>", '<script type="module">x()</script>'):
        with pytest.raises(csp.PolicyError):
            csp.check("a page", block + other)
    html = pages["questions/why-not-the-same/"]
    content = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1])
    assert csp.sha256(DATA.search(html)[1]) not in content
    assert "unsafe-inline" not in content
    assert len(re.findall("'sha256-", content)) == 5, "the theme's three scripts, and our two"


def test_the_data_cannot_end_its_element():
    text = about.data_block({"name": "</script><script>x()"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>x()"}


def test_questions_and_the_start_page_say_who_wrote_them_when_and_how_to_cite_them(site, pages):
    cited = {address for address, html in pages.items() if "@misc" in html}
    assert cited == {"", *(f"questions/{slug}/" for slug in QUESTIONS)}
    for address in cited:
        (block,) = BIBTEX.findall(pages[address])
        entry = words(block)
        fields = dict(re.findall(r'^  (\w+) += ["{]*(.*?)[}"]*,$', entry, re.MULTILINE))
        assert fields["url"] == site.url + address
        assert fields["author"] == "The ``Why filters differ'' contributors"
        said = words(re.search(r'<p class="imprint">(.*?)</p>', pages[address])[1])
        assert re.match(rf"The “Why filters differ” contributors, \d+ \w+ {fields['year']}\.", said)
        assert entry.count("{") == entry.count("}")
    keys = [re.search(r"@misc\{([\w-]+),", words(pages[address]))[1] for address in cited]
    assert len({*keys}) == len(cited)


def test_author_and_year_are_those_of_the_licence():
    text = (ROOT / "mkdocs.yml").read_text()
    author = re.search("^site_author: (.*)$", text, re.MULTILINE)[1]
    date = yaml.safe_load(re.search("^  date: (.*)$", text, re.MULTILINE)[1])
    licence = re.search(r"Copyright \(c\) (\d+) (.*)", (ROOT / "LICENSE").read_text())
    assert re.sub("[“”]", '"', author) == licence[2]
    assert date.year >= int(licence[1])


def test_an_entry_keeps_the_capitals_of_its_title_and_the_name_of_its_authors():
    written = yaml.safe_load("2026-01-02")
    config = type("Config", (), {"site_name": "A site", "site_author": "The “A” people"})
    entry = imprint.bibtex("Why 3073?", "https://example.org/questions/why/", written, config)
    assert entry.startswith("@misc{a-site-why,\n")
    assert '  title        = "{Why 3073?}",\n' in entry
    assert """  author       = "{The ``A'' people}",\n""" in entry
