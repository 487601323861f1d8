"""The table of what a reader sees when a file does not come as it should, from what the tests saw."""

from __future__ import annotations

import json
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_site.fences.tables import table
from convlens_site.paths import EVIDENCE

NAMES = {
    "404": "404",
    "503": "503",
    "abort": "no connection",
    "truncated": "half of it",
    "corrupt": "damaged",
    "html": "a sign-in page",
    "hangs": "no answer",
    "stalls": "half, then silence",
}


def faults_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: a file whose sentences are shown; then how long each took, for every file."""
    file = EVIDENCE / "faults.json"
    seen = json.loads(file.read_text("utf-8")) if file.exists() else {}
    files = seen.get("files", {})
    example = source.strip()
    if example not in files:
        there = ", ".join(files) or "nothing: 'make faults' makes it"
        raise SuperFencesException(
            f"in the fence '{language}': {example!r} is not in evidence/faults.json; there is {there}"
        )
    sentences = [(NAMES[fault], each["sees"]) for fault, each in files[example].items()]
    if "held" in seen:
        held = seen["held"]
        words = f"{held['sees']} Then, after {held['seconds']} s, the demo runs."
        sentences.append((f"every file whole, but {held['late']} s late", words))
    seconds = [
        (name.removesuffix(".bin"), *(faults[fault]["seconds"] for fault in NAMES))
        for name, faults in files.items()
    ]
    return table(("What comes", "What the reader sees"), sentences) + table(
        ("Seconds until then", *NAMES.values()), seconds
    )
