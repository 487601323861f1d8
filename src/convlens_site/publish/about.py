"""What other sites and search engines read in the head of a page: its title, description, picture, author, date and licence."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from convlens_live.figures import typeset
from convlens_site import demos
from convlens_site.fences.opening import opening
from convlens_site.publish import card

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
START_FIGURE = "two_filters"  # of pages without a demo
# The first step of a demo may hold a result; then another demo of its page stands for it.
STANDS_FOR = {"tie_breakers": "one_tie_breaker"}
_HEADING = re.compile(r"<h1[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h1>", re.DOTALL)
_PARAGRAPH = re.compile(r"<p(?: class=\"lead\")?>(.*?)</p>", re.DOTALL)
_DEMO = re.compile(r"data-demo=\"(\w+)\".*?data-declared='([^']*)'", re.DOTALL)
_LONGEST = 200  # characters of a description


def about(page: Any, config: Any) -> dict[str, Any]:
    """Return what the template puts into the head of a page."""
    title, address = title_of(page), f"{config.site_url}{card.name(page.url)}"
    facts = {
        "title": title,
        "description": description_of(page, config),
        "url": page.canonical_url,
        "image": address,
        "width": card.WIDTH,
        "height": card.HEIGHT,
        "alt": f"The title of the page, and a figure: {figure_of(page)['title']}",
        "type": "website" if page.is_homepage else "article",
    }
    return {**facts, "data": data_block(linked_data(page, config, facts))}


def title_of(page: Any) -> str:
    """Return the heading of a page, which is the question that it answers; else its title."""
    heading = _HEADING.search(page.content)
    return plain(heading[1]) if heading else str(page.meta.get("title") or page.title)


def description_of(page: Any, config: Any) -> str:
    """Return the description of a page, which the theme shows too: its own, or the sentences with which it begins."""
    begins = "" if page.is_homepage else first_sentences(page.content)
    return str(page.meta.setdefault("description", begins or config.site_description))


def first_sentences(html: str) -> str:
    """Return the first whole sentences of a page, as many as fit into a description."""
    for paragraph in _PARAGRAPH.findall(html):
        text = ""
        for sentence in re.findall(r"\S.*?[.?](?=\s|$)", plain(paragraph)):
            if len(text) + len(sentence) >= _LONGEST:
                break
            text = f"{text} {sentence}".strip()
        if text:
            return text
    return ""


def plain(html: str) -> str:
    """Return the words of a piece of HTML, as they are printed."""
    return typeset(re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", html))).strip())


def own_demo(page: Any) -> tuple[str, dict[str, Any]]:
    """Return the demo whose figure stands for a page, and its settings: the first on it, or that of which it is the notebook."""
    folder, _, slug = page.url.strip("/").partition("/")
    settings: dict[str, Any] = {}
    if found := _DEMO.search(page.content):
        slug, settings = found[1], json.loads(unescape(found[2]))["settings"]
    elif folder != "demos" or slug not in demos.SLUGS:
        slug = START_FIGURE
    return (STANDS_FOR[slug], {}) if slug in STANDS_FOR else (slug, settings)


def picture(page: Any, config: Any) -> bytes:
    """Return the picture by which other sites show a page."""
    return card.card(title_of(page), config.site_name, figure_of(page)["svg"])


def figure_of(page: Any) -> dict[str, str]:
    """Return the figure that stands for a page, as SVG, and its title."""
    return opening(*own_demo(page))


def linked_data(page: Any, config: Any, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts in the words of schema.org. A page of questions by readers would be a QAPage; ours asks itself."""
    date, author = str(config.extra["date"]), {"@type": "Organization", "name": config.site_author}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": kind(page),
        "name": facts["title"],
        "description": facts["description"],
        "url": facts["url"],
        "image": facts["image"],
        "inLanguage": "en",
        "author": author,
        "datePublished": date,
        "license": LICENSE,
        "isAccessibleForFree": True,
    }
    if page.is_homepage:
        return {**data, "name": config.site_name, "headline": facts["title"]}
    if data["@type"] == "LearningResource":
        data["learningResourceType"] = "interactive simulation"
    if also := page.meta.get("also"):
        data["keywords"] = also
    return {**data, "isPartOf": {"@type": "WebSite", "name": config.site_name, "url": config.site_url}}


def kind(page: Any) -> str:
    """Return the type of a page: what teaches is a learning resource."""
    if page.is_homepage:
        return "WebSite"
    return "LearningResource" if page.url.startswith(("questions/", "demos/", "teaching/")) else "WebPage"


def data_block(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element in which it stands."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
