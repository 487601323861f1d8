"""The figures and the controls of a demo, computed when the site is built.

Each is computed in its own process, so that `mkdocs serve` always uses the current library, and cached until
the library, the demo or one that it imports changes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from convlens_site import demos, recording
from convlens_site.paths import CACHE, DEMOS, ROOT, digest, library_files

_locks: dict[Path, Lock] = {}


def still(slug: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return spec, settings, imports and two figures of a demo as a dict; ValueError if the page is wrong about it.

    figure: what the page shows until its reader acts. end: what the run comes to. scenes: the figures of its other scenes.
    """
    return json.loads(run_cached("stills", slug, json.dumps(settings, sort_keys=True)))  # type: ignore[no-any-return]


def run_cached(module: str, slug: str, *arguments: str) -> str:
    """Return the cached output of a module of this folder for a demo; ValueError if the demo does not exist or fails."""
    demos.check(slug)
    code = [Path(__file__).with_name(f"{module}.py"), Path(recording.__file__)]
    sources = [DEMOS / f"{name}.py" for name in (slug, *demos.imports(slug))]
    file = CACHE / module / f"{slug}-{digest([*library_files(), *sources, *code], *arguments)}.txt"
    with _locks.setdefault(file, Lock()):  # it may be on its way, see ahead.py
        if not file.exists():
            command = [sys.executable, "-m", f"convlens_site.fences.{module}", slug, *arguments]
            run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
            if run.returncode:
                raise ValueError(
                    f"demo {slug} with {', '.join(arguments)} failed: {run.stderr.strip().splitlines()[-1]}"
                )
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(run.stdout)
    return file.read_text()


def main() -> None:
    """Print the still of the demo named on the command line, as JSON."""
    slug, arguments = sys.argv[1:]
    demo = demos.demo(slug)
    settings = demo.parse(json.loads(arguments))
    end = demo.still(**settings).to_json()
    figure = end if demo.opens == "end" else demo.opening(**settings).to_json()
    built = {"spec": demo.spec(), "settings": settings, "imports": demos.imports(slug)}
    others = (
        [{**settings, demo.scenes: value} for value in demo.controls[demo.scenes].values]
        if demo.scenes
        else []
    )
    scenes = [demo.still(**each).to_json() for each in others if each != settings]
    print(json.dumps({**built, "figure": figure, "end": end, "scenes": scenes}))


if __name__ == "__main__":
    main()
