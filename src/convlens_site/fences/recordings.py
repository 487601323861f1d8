"""The recordings of a demo on a page: files beside the site's pages, computed when the site is built.

The first file holds the run at the page's own settings, so a reader who presses Run waits for no other.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from typing import Any

from convlens_site import demos, recording
from convlens_site.fences.stills import run_cached

FOLDER = "assets/recordings"
files: dict[str, bytes] = {}
"""The files of all pages that have been built so far, by name."""


def recordings(slug: str, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return name, size and hash of each file, and have the build publish them."""
    return [publish(slug, text) for text in json.loads(run_cached("recordings", slug, json.dumps(settings)))]


def publish(slug: str, text: str) -> dict[str, Any]:
    """Compress a recording into a file whose name depends on its content."""
    content = gzip.compress(text.encode(), 9, mtime=0)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{slug}-{sha256[:16]}.bin"
    files[name] = content
    return {"name": name, "bytes": len(content), "sha256": sha256}


def main() -> None:
    """Print the recordings of the demo that the command line names, as a JSON list of strings."""
    slug, arguments = sys.argv[1:]
    demo = demos.demo(slug)
    own, *others = recording.settings_of(demo, json.loads(arguments))
    # One run is one file; figures that can be pointed at have more in common.
    groups = [[own], *([each] for each in others)] if demo.is_run else [[own], others] if others else [[own]]
    print(
        json.dumps(
            [recording.pack([(each, recording.record(demo, each)) for each in group]) for group in groups]
        )
    )


if __name__ == "__main__":
    main()
