"""The fence `faults`: a table of the messages that a reader sees when a file does not arrive intact, recorded by tests."""

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
    "truncated": "half the file",
    "corrupt": "damaged",
    "html": "a sign-in page",
    "hangs": "no answer",
    "stalls": "half, then silence",
}


def faults_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the name of a file, for its messages; a second table has the delays for every file."""
    file = EVIDENCE / "faults.json"
    record = json.loads(file.read_text("utf-8")) if file.exists() else {}
    files = record.get("files", {})
    example = source.strip()
    if example not in files:
        known = ", ".join(files) or "nothing: 'make faults' records it"
        raise SuperFencesException(
            f"in the fence '{language}': {example!r} is not in evidence/faults.json; it has {known}"
        )
    sentences = [(NAMES[fault], each["sees"]) for fault, each in files[example].items()]
    if slow := record.get("held"):
        message = f"{slow['sees']} Then, after {slow['seconds']} s, the demo runs."
        sentences.append((f"every file intact, but {slow['late']} s late", message))
    seconds = [
        (name.removesuffix(".bin"), *(faults[fault]["seconds"] for fault in NAMES))
        for name, faults in files.items()
    ]
    return table(("What arrives", "What the reader sees"), sentences) + table(
        ("Seconds until the message", *NAMES.values()), seconds
    )
