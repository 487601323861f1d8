"""Start computing what the pages show of the demos when a build begins, on all processors.

The fences come page by page, and each waits for its own demo. What is computed here is in the cache when its fence comes.
"""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from convlens_site.fences.recordings import packed
from convlens_site.fences.stills import still

FENCE = re.compile(r"^ *``` demo\n *(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def start(docs: Path) -> ThreadPoolExecutor:
    """Begin with the demos of all pages in this folder; each thread of the pool waits for a process."""
    pool = ThreadPoolExecutor(os.cpu_count())
    for page in sorted(docs.rglob("*.md")):
        for slug, rest in FENCE.findall(page.read_text("utf-8")):
            pool.submit(compute, slug, rest)  # a mistake is reported by the fence, which finds no result
    return pool


def compute(slug: str, rest: str) -> None:
    """Compute stills and recordings of a demo; rest: its settings in the fence, as YAML."""
    packed(slug, still(slug, yaml.safe_load(rest) or {})["settings"])
