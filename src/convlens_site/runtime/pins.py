"""What the files of the browser runtime have to be: pins.json, read."""

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
    """What a file has to be."""

    name: str
    bytes: int
    sha256: str

    def matches(self, path: Path) -> bool:
        """Whether the file at `path` is this one, to the last bit."""
        if not path.is_file() or path.stat().st_size != self.bytes:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256


def pinned_files(pins: Pins = PINS) -> list[PinnedFile]:
    """The files of the runtime, as pins.json lists them."""
    return [PinnedFile(**entry) for entry in pins["files"]]
