"""The pages without the theme: a demo for a frame on somebody else's page, and the page that answers for a missing one.

Both are made of the finished site. A demo is the very section of its question page, which is as deep in the site as the page for
a frame: the links of one are right in the other. They are no pages to MkDocs, so neither the search nor the site map knows them.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from convlens_site.publish import scripts
from convlens_site.publish.minify import lean

FOLDER = "embed"
TOKENS, CHOSEN = "assets/stylesheets/tokens.css", "assets/stylesheets/tokens-by-preference.css"
_STYLE = re.compile(r'<link rel="stylesheet" href="(assets/stylesheets/(?:main\.|tokens|site|demo)[^"]*)">')
_QUESTION = re.compile(r'<h3[^>]*><a href="(questions/[^"]+)">([^<]*)</a>')
_DEMO = re.compile(r'<section class="demo" id="demo-(\w+)".*?</section>', re.DOTALL)
_TITLE = re.compile(r'<p class="demo-title">([^<]*)</p>')


def write_alone(site: Path, site_name: str, site_url: str) -> None:
    """Add these pages, and their colours, to a finished site."""
    start = (site / "index.html").read_text("utf-8")
    (site / CHOSEN).write_text(by_preference((site / TOKENS).read_text("utf-8")), "utf-8")
    styles = [CHOSEN if name == TOKENS else name for name in _STYLE.findall(start)] + [
        "assets/stylesheets/alone.css"
    ]
    pages = Environment(loader=FileSystemLoader(scripts.THEME), autoescape=True, undefined=StrictUndefined)
    pages.globals.update(site_name=site_name, styles=styles)
    pages.globals.update(start=scripts.published().tag, nowhere=scripts.inline(scripts.NOWHERE))
    questions = [(path, unescape(title)) for path, title in _QUESTION.findall(start)]
    # Whoever serves the site answers with this page at any depth, so its links begin at the root of the server.
    missing = pages.get_template("404.html").render(root=urlsplit(site_url).path or "/", questions=questions)
    (site / "404.html").write_text(lean(missing), "utf-8")
    for path, _ in questions:
        for demo in _DEMO.finditer((site / path / "index.html").read_text("utf-8")):
            file = site / FOLDER / demo[1] / "index.html"
            title = unescape(_TITLE.findall(demo[0])[0])
            page = pages.get_template("embed.html").render(
                root="../../",
                path=path,
                canonical=site_url.rstrip("/") + f"/{path}",
                title=title,
                demo=Markup(demo[0]),
            )
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(lean(page), "utf-8")


def by_preference(tokens: str) -> str:
    """Return the site's colours for a page without a switch: dark where the browser prefers it, without a script."""
    light, dark = tokens.split("@media screen {", 1)
    chosen = (
        f"{light}@media screen and (prefers-color-scheme: dark) {{\n  :root {{ color-scheme: dark; }}{dark}"
    )
    return chosen.replace('"slate"', '"default"')
