"""The pages without the theme: each demo for a frame on another site, and the page for an address that does not exist.

Both are built from the finished site. The demo is copied from its question page, which is as deep in the site as the page for
a frame, so its relative links stay valid. MkDocs does not know these pages, so they are in neither the search nor the site map.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from convlens_site.publish import scripts
from convlens_site.publish.minify import minify
from convlens_site.publish.typography import set_type

FOLDER = "embed"
TOKENS, BY_PREFERENCE = "assets/stylesheets/tokens.css", "assets/stylesheets/tokens-by-preference.css"
_STYLE = re.compile(r'<link rel="stylesheet" href="(assets/stylesheets/(?:main\.|tokens|site|demo)[^"]*)">')
_SHARE = re.compile(r'<meta (?:property="og:|name="twitter:)[^>]*>')  # a shared frame is shown as its page
_QUESTION = re.compile(r'<h3[^>]*><a href="(questions/[^"]+)">([^<]*)</a>')
_DEMO = re.compile(r'<section class="demo" id="demo-(\w+)".*?</section>', re.DOTALL)
_TITLE = re.compile(r'<p class="demo-title">([^<]*)</p>')


def write_standalone_pages(site: Path, site_name: str, site_url: str) -> None:
    """Add these pages and their style sheet of colours to a finished site."""
    start = (site / "index.html").read_text("utf-8")
    (site / BY_PREFERENCE).write_text(by_preference((site / TOKENS).read_text("utf-8")), "utf-8")
    styles = [BY_PREFERENCE if name == TOKENS else name for name in _STYLE.findall(start)] + [
        "assets/stylesheets/alone.css"
    ]
    pages = Environment(loader=FileSystemLoader(scripts.THEME), autoescape=True, undefined=StrictUndefined)
    pages.globals.update(site_name=site_name, styles=styles)
    pages.globals.update(start=scripts.prepare().tag, not_found=scripts.inline(scripts.NOT_FOUND))
    questions = [(path, unescape(title)) for path, title in _QUESTION.findall(start)]
    # A server may return this page at any depth, so its links start at the root of the server.
    not_found_page = pages.get_template("404.html").render(
        root=urlsplit(site_url).path or "/", questions=questions
    )
    (site / "404.html").write_text(minify(set_type(not_found_page)), "utf-8")
    for path in ("", *(path for path, _ in questions)):
        page = (site / path / "index.html").read_text("utf-8")
        for demo in _DEMO.finditer(page):
            file = site / FOLDER / demo[1] / "index.html"
            title = unescape(_TITLE.findall(demo[0])[0])
            alone = pages.get_template("embed.html").render(
                root="../../",
                path=path,
                canonical=site_url.rstrip("/") + f"/{path}",
                title=title,
                share=Markup("\n".join(_SHARE.findall(page))),
                # The start page is not as deep as a question, and its links begin with "./".
                demo=Markup(demo[0] if path else demo[0].replace('href="./', 'href="../../')),
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(minify(alone), "utf-8")


def by_preference(tokens: str) -> str:
    """Return the site's colours for a page without a switch: a media query makes them dark, without a script."""
    light, dark = tokens.split("@media screen {", 1)
    tokens = (
        f"{light}@media screen and (prefers-color-scheme: dark) {{\n  :root {{ color-scheme: dark; }}{dark}"
    )
    return tokens.replace('"slate"', '"default"')
