"""What the service worker answers for: the files of the finished site, and nothing else below its scope."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

WORKER = "sw.js"
FOLDER = re.compile(r"^(assets/(?:live-|runtime/))[^/]+/")  # as in the worker
PLACE = "const FILES = new Set([]);"
NOT_KEPT = {WORKER, "404.html", "sitemap.xml"}  # fetched by the browser itself, and read only with a network
FOR_OTHERS = "packages/"  # no page of ours asks for these


def asked_for(site: Path) -> list[str]:
    """Return every file of the site as a page asks for it: a page by its folder, and a * for the name of a release."""
    files = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    names = (FOLDER.sub(r"\1*/", name.removesuffix("index.html")) for name in files if is_kept(name))
    return sorted(quote(name, safe="/*") for name in names)


def is_kept(name: str) -> bool:
    """Whether a page asks for a file."""
    return name not in NOT_KEPT and not name.startswith(FOR_OTHERS)


def tell(site: Path) -> None:
    """Write into the finished service worker what it answers for."""
    worker = site / WORKER
    text = worker.read_text("utf-8")
    if PLACE not in text:
        raise ValueError(f"{WORKER} lacks the line {PLACE!r}, where the names of the site's files belong.")
    names = json.dumps(asked_for(site), separators=(",", ":"))
    worker.write_text(text.replace(PLACE, f"const FILES = new Set({names});"), "utf-8")
