"""The foot of a question page: in which words it is also asked, who wrote it and when, and how to cite it."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any
from urllib.parse import urljoin

from convlens_site.paths import ROOT

START = "index.md"


def imprint(page: Any, config: Any) -> str:
    """Return the Markdown that is added to a page; nothing for a page that is not cited."""
    source = page.file.src_uri
    if source != START and not source.startswith("questions/"):
        return ""
    return also_asked(page.meta.get("also", [])) + cite(page, config)


def also_asked(questions: list[str]) -> str:
    """Return the section with the words of others, for readers and for the search."""
    return "".join(["\n\n## Also asked as\n\n", *(f"* {each}\n" for each in questions)]) if questions else ""


def cite(page: Any, config: Any) -> str:
    """Return author, date and licence, and a folded BibTeX entry."""
    written: date = config.extra["date"]
    entry = bibtex(page.meta["title"], urljoin(config.site_url or "", page.url), written, config)
    by = f"{config.site_author}, {written.day} {written:%B %Y}. Text CC BY 4.0, code MIT."
    block = "\n".join(f"    {line}" for line in ["``` bibtex", *entry.splitlines(), "```"])
    return f'\n\n<p class="imprint">{by}</p>\n\n??? quote "Cite this page"\n\n{block}\n'


def bibtex(title: str, url: str, written: date, config: Any) -> str:
    """Return the entry of a page. Braces within the quotation marks keep the capitals, and the authors' name whole."""
    name = config.site_name.lower().replace(" ", "-")
    part = url.rstrip("/").rpartition("/")[2] if "/questions/" in url else ""
    fields = {
        "title": f'"{{{title}}}"',
        "author": f'"{{{quoted(config.site_author)}}}"',
        "year": f"{written.year}",
        "month": f"{written.month}",
        "howpublished": f"{{{config.site_name}}}",
        "url": f"{{{url}}}",
        "note": f"{{Version {version()}}}",
    }
    lines = [f"  {field:<12} = {value}," for field, value in fields.items()]
    return "\n".join([f"@misc{{{'-'.join(filter(None, [name, part]))},", *lines, "}"])


def quoted(text: str) -> str:
    """Return a text with the quotation marks of TeX."""
    return text.replace("“", "``").replace("”", "''")


def version() -> str:
    """Return the version of the library, which is that of the site."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])
