"""The first load of a page: how much it is, what waits until the reader searches, and what a search engine reads."""

from __future__ import annotations

import gzip
import json

import pytest

pytestmark = pytest.mark.browser
INDEX = "search/search_index.json"
DATA = "head script[type='application/ld+json']"


def weight(site, urls: list[str]) -> int:
    """The gzipped bytes of files, each once; a recording is compressed already."""
    files = {url.removeprefix(site.url).partition("?")[0] or "index.html" for url in urls}
    contents = {file: (site.folder / file).read_bytes() for file in files}
    return sum(len(data if file.endswith(".bin") else gzip.compress(data)) for file, data in contents.items())


def test_the_first_load_of_the_start_page_with_its_recording_is_light(site, visit):
    opened = visit(recorded=True).go()
    opened.until(lambda: any(url.endswith(".bin") for url in opened.requests))
    opened.page.wait_for_load_state("networkidle")
    fetched = [url for url in opened.requests if url.startswith(site.url)]
    assert len(fetched) > 20
    assert not [url for url in fetched if url.endswith(INDEX)]
    assert weight(site, fetched) <= 160_000


@pytest.mark.parametrize("way", ["key", "click", "address"])
def test_the_index_of_the_search_comes_when_it_is_wanted(visit, way):
    opened = visit().go("glossary/" if way != "address" else "glossary/?h=padding")
    page = opened.page
    asked = [url for url in opened.requests if url.endswith(INDEX)]
    if way == "address":
        opened.until(lambda: page.locator("article mark").count() > 0)
        return
    assert asked == []
    if way == "key":
        page.keyboard.press("f")
    else:
        page.locator(".md-search__input").click()
    page.keyboard.type("padding")
    opened.until(lambda: page.locator(".md-search-result__item").count() > 1)
    assert len([url for url in opened.requests if url.endswith(INDEX)]) == 1


def test_a_page_that_comes_by_a_link_describes_itself_and_nothing_runs_its_description(visit):
    opened = visit().go("glossary/")
    assert json.loads(opened.page.locator(DATA).text_content())["name"] == "Glossary"
    opened.follow("questions/why-not-the-same/")
    opened.until(lambda: "filters" in opened.page.locator(DATA).text_content())
    assert json.loads(opened.page.locator(DATA).text_content())["@type"] == "LearningResource"
    assert opened.page.locator("meta[property='og:url']").get_attribute("content") == opened.page.url
    opened.follow("glossary/")
    assert json.loads(opened.page.locator(DATA).text_content())["name"] == "Glossary"
    assert opened.page.locator(DATA).count() == 1
