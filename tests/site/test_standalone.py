"""The pages without the theme: a demo for a frame on somebody else's page, and the one that answers for a missing page."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from convlens_site.paths import DEMOS
from convlens_site.publish import offline, standalone

SECTION = re.compile(r'<section class="demo".*?</section>', re.DOTALL)
SLUGS = sorted(path.stem for path in DEMOS.glob("*.py"))


@pytest.fixture(params=SLUGS)
def embedded(site, request) -> str:
    return (site.folder / "embed" / request.param / "index.html").read_text()


def test_it_holds_the_very_section_of_the_question_page_and_names_that_page(site, embedded):
    address = re.search(r'<link rel="canonical" href="([^"]+)">', embedded)[1]
    path = address.removeprefix(site.url)
    assert re.fullmatch(r"(questions/[\w-]+/)?", path)
    (section,) = SECTION.findall(embedded)
    section = section if path else section.replace('href="../../', 'href="./')
    assert section in SECTION.findall((site.folder / path / "index.html").read_text())
    assert f'<a href="../../{path}" target="_blank">' in embedded


def test_it_has_a_title_and_a_heading_and_nothing_of_the_theme_around_the_demo(embedded):
    title = re.search(r'<p class="demo-title">([^<]*)</p>', embedded)[1]
    assert (
        unescape(re.search("<title>(.*)</title>", embedded)[1]) == f"{unescape(title)} - Why filters differ"
    )
    assert [*map(unescape, re.findall(r"<h1[^>]*>([^<]*)</h1>", embedded))] == [unescape(title)]
    assert not re.search(r"<(?:header|nav|footer|input[^>]*data-md-toggle)|assets/javascripts/", embedded)


def test_no_search_engine_and_no_search_of_ours_finds_it(site, embedded):
    assert '<meta name="robots" content="noindex">' in embedded
    assert "embed/" not in (site.folder / "sitemap.xml").read_text()
    found = json.loads((site.folder / "search/search_index.json").read_text())
    assert [entry["location"] for entry in found["docs"] if entry["location"].startswith("embed")] == []


def test_it_can_be_kept_for_a_time_without_a_network_and_the_page_for_missing_ones_is_not(site):
    asked = offline.cached_files(site.folder)
    assert {f"embed/{slug}/" for slug in SLUGS} <= {*asked}
    assert "404.html" not in asked


def test_its_colours_are_those_of_the_site_by_the_readers_preference(site):
    chosen = (site.folder / standalone.BY_PREFERENCE).read_text()
    tokens = (site.folder / standalone.TOKENS).read_text()
    colour = re.compile(r"--[\w-]+: #\w{6}")
    assert colour.findall(chosen) == colour.findall(tokens)
    assert "slate" not in chosen
    dark = chosen.split("@media screen and (prefers-color-scheme: dark) {")[1]
    assert len(colour.findall(dark)) == len(colour.findall(tokens)) / 2


def test_the_page_for_a_missing_one_leads_to_the_start_and_to_every_question(site):
    html = (site.folder / "404.html").read_text()
    assert len(html) < 4_000
    assert '<a href="/">' in html
    start = (site.folder / "index.html").read_text()
    in_navigation = re.findall(r'<a href="(questions/[^"]+)" class="md-nav__link">', start)
    assert re.findall(r'<a href="/(questions/[^"]+)">', html) == in_navigation
