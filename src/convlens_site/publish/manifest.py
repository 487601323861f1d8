"""The manifest, assets/runtime/manifest.json: the files that the browser loads, with their sizes and hashes."""

from __future__ import annotations

import json
from typing import Any

from convlens_site import demos
from convlens_site.paths import DEMOS, ROOT, digest, library_files
from convlens_site.publish import scripts
from convlens_site.runtime.bundle import Bundle, entry, sha256
from convlens_site.runtime.pins import PINS

WORKER_SCRIPTS = ("protocol.js", "python.js", "worker.js")  # verified like the files of the runtime


def build_manifest(bundle: Bundle, *, offline: bool = False) -> dict[str, Any]:
    """Return the manifest, by which a page verifies the files that it fetches.

    offline: whether the browser should cache the site for offline use.
    """
    live = scripts.prepare()
    pages = sorted(path for path in (ROOT / "docs").rglob("*") if path.is_file())
    return {
        "release": digest([*pages, ROOT / "mkdocs.yml", *library_files()]),
        "offline": offline,
        "version": PINS["version"],
        "numpy": PINS["numpy"],
        "info": PINS["info"],
        "folder": bundle.folder,
        "scripts": live.folder,
        "files": bundle.entries,
        "live": [{"name": name, **live.entry(name)} for name in WORKER_SCRIPTS],
        "demos": [{**entry(DEMOS / f"{slug}.py"), "imports": demos.imports(slug)} for slug in demos.SLUGS],
    }


def seal(manifest: dict[str, Any]) -> str:
    """Return the manifest as JSON with its own hash, so that a page detects a damaged one."""
    text = json.dumps(manifest, separators=(",", ":"), ensure_ascii=False)  # as JSON.stringify writes it
    return f'{{"sha256":"{sha256(text.encode())}","list":{text}}}'
