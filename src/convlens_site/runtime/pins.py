"""The name, size and hash that each file of the browser runtime must have, as pins.json lists them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

type Pins = Mapping[str, Any]

PINS: dict[str, Any] = json.loads(Path(__file__).with_name("pins.json").read_text("utf-8"))


@dataclass(frozen=True)
class PinnedFile:
    """The required name, size and hash of a file."""

    name: str
    bytes: int
    sha256: str

    def matches(self, path: Path) -> bool:
        """Return whether the file at `path` has exactly these bytes."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def pinned_files(pins: Pins = PINS) -> list[PinnedFile]:
    """Return the files of the runtime."""
    return [PinnedFile(**entry) for entry in pins["files"]]
