"""The first drawing of a demo before its run, for the picture by which other sites show a page; see publish/card.py.

A demo with a run is drawn at its first step, whatever its page opens with: the picture must not answer what the page asks.
The first drawing shows what the demo is about; the others show the results.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from convlens_site import demos
from convlens_site.fences.stills import run_cached


def opening(slug: str, settings: dict[str, Any]) -> dict[str, str]:
    """Return the drawing as SVG, and the title of the demo."""
    return json.loads(run_cached("opening", slug, json.dumps(settings, sort_keys=True)))  # type: ignore[no-any-return]


def main() -> None:
    """Print both for the demo that the command line names, with its settings, as JSON."""
    slug, arguments = sys.argv[1:]
    demo = demos.demo(slug)
    first = next(demo(**demo.parse(json.loads(arguments))))
    print(json.dumps({"svg": first.to_json()["panels"][0], "title": demo.title}))


if __name__ == "__main__":
    main()
