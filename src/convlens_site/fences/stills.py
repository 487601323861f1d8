"""The finished figure and the controls of a demo, computed when the site is built.

Each is computed in a process of its own, so that `mkdocs serve` shows the library as it is now, and kept
until the library or the demo changes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from convlens_site import demos
from convlens_site.paths import CACHE, DEMOS, ROOT, digest, library_files


def still(slug: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return {"spec": ..., "settings": ..., "figure": ...} of a demo; ValueError says what is wrong with the page."""
    return json.loads(run_once("stills", slug, json.dumps(settings, sort_keys=True)))  # type: ignore[no-any-return]


def run_once(module: str, slug: str, *words: str) -> str:
    """Return what a module of this folder prints about a demo; ValueError if there is no such demo, or it fails."""
    demos.check(slug)
    code = Path(__file__).with_name(f"{module}.py")
    kept = CACHE / module / f"{slug}-{digest([*library_files(), *DEMOS.glob('*.py'), code], *words)}.txt"
    if not kept.exists():
        command = [sys.executable, "-m", f"convlens_site.fences.{module}", slug, *words]
        run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if run.returncode:
            raise ValueError(
                f"demo {slug} with {', '.join(words)} failed: {run.stderr.strip().splitlines()[-1]}"
            )
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(run.stdout)
    return kept.read_text()


def main() -> None:
    """Print the still of the demo named on the command line, as JSON."""
    slug, words = sys.argv[1:]
    demo = demos.demo(slug)
    settings = demo.parse(json.loads(words))
    print(json.dumps({"spec": demo.spec(), "settings": settings, "figure": demo.still(**settings).to_json()}))


if __name__ == "__main__":
    main()
