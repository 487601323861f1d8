"""The recordings of a demo on a page: files beside the site's pages, computed when the site is built.

The first file holds the run at the page's own settings, so a reader who presses Run waits for no other. Other runs share files,
and each file says which settings it holds: a reader who chooses one of them fetches that file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import Any

from convlens_live.demo import Demo
from convlens_site import demos, recording
from convlens_site.fences.stills import run_cached

FOLDER = "assets/recordings"
FULL = 50_000  # bytes of a file, compressed, to which no further run is added
LIMIT = 60_000  # bytes of any file, compressed
files: dict[str, bytes] = {}
"""The files of all pages that have been built so far, by name."""


def recordings(slug: str, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return name, size, hash and content of each file, and have the build publish them."""
    return [publish(slug, text) | {"runs": varied} for text, varied in packed(slug, settings)]


def packed(slug: str, settings: dict[str, Any]) -> list[tuple[str, list[list[Any]]]]:
    """Return each file as text, with what it holds: of each run, the values of the controls that the demo declares."""
    return [tuple(each) for each in json.loads(run_cached("recordings", slug, json.dumps(settings)))]  # type: ignore[misc]


def outcomes(slug: str, settings: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Return the settings of each recorded run, and the outcome of its last figure."""
    texts = [json.loads(text) for text, _ in packed(slug, settings)]
    return [(run["settings"], run["frames"][-1]["outcome"]) for text in texts for run in text["runs"]]


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
    settings = recording.settings_of(demo, json.loads(arguments))
    # Neighbours go to the same process: their settings differ least, and it may keep what both need.
    each = -(-len(settings) // (os.cpu_count() or 1))
    with ProcessPoolExecutor() as pool:
        figures = pool.map(record, repeat(slug), settings, chunksize=each)
        runs = list(zip(settings, figures, strict=True))
    own = [run for run in runs if recording.differ_by_scene(demo, run[0], runs[0][0])]
    others = [run for run in runs if run not in own]
    # Figures that can be pointed at have much in common; runs share a file until it is full.
    groups = [own, *(fill(others) if demo.is_run or demo.scenes else fitting(others))]
    print(json.dumps([(recording.pack(group), held(demo, group)) for group in groups]))


def record(slug: str, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a run, in a process of its own."""
    return recording.record(demos.demo(slug), settings)


def held(demo: Demo, runs: list[recording.Run]) -> list[list[Any]]:
    """Return of each run the values that tell it from the others; nothing where figures follow each touch."""
    each = [[settings[name] for name in demo.recorded] for settings, _ in runs]
    return each if demo.is_run else each[:1]


def fill(runs: list[recording.Run]) -> list[list[recording.Run]]:
    """Return the runs in groups, each of them small enough for one file."""
    groups: list[list[recording.Run]] = []
    for run in runs:
        if groups and packed_bytes([*groups[-1], run]) <= FULL:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def fitting(runs: list[recording.Run]) -> list[list[recording.Run]]:
    """Return one group of as many of the runs, from the first on, as one file may hold; none if there are no runs."""
    while runs and packed_bytes(runs) > LIMIT:
        runs = runs[: len(runs) * 19 // 20]
    return [runs] if runs else []


def packed_bytes(runs: list[recording.Run]) -> int:
    """Return the size of the file that holds these runs."""
    return len(gzip.compress(recording.pack(runs).encode(), 9))


if __name__ == "__main__":
    main()
