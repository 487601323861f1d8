"""List the site's files in the service worker, which answers requests for these only."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

WORKER = "sw.js"
FOLDER = re.compile(r"^(assets/(?:live-|runtime/))[^/]+/")  # as in the worker
PLACEHOLDER = "const FILES = new Set([]);"
NOT_CACHED = {WORKER, "404.html", "sitemap.xml"}  # needed only online
ELSEWHERE = ("packages/", "assets/cards/")  # for other sites; our own pages never load these


def cached_files(site: Path) -> list[str]:
    """Return the address of every file that our pages load: a page as its folder, and * for the name of a release."""
    files = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    names = (FOLDER.sub(r"\1*/", name.removesuffix("index.html")) for name in files if is_cached(name))
    return sorted(quote(name, safe="/*") for name in names)


def is_cached(name: str) -> bool:
    """Return whether our pages load a file."""
    return name not in NOT_CACHED and not name.startswith(ELSEWHERE)


def write_file_list(site: Path) -> None:
    """Write the list of files into the finished service worker."""
    worker = site / WORKER
    text = worker.read_text("utf-8")
    if PLACEHOLDER not in text:
        raise ValueError(
            f"{WORKER} lacks the line {PLACEHOLDER!r}, where the build puts the names of the site's files."
        )
    names = json.dumps(cached_files(site), separators=(",", ":"))
    worker.write_text(text.replace(PLACEHOLDER, f"const FILES = new Set({names});"), "utf-8")
