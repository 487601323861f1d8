"""Cache folders that take long to build, each under a hash of everything that it depends on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def cached_folder(cache: Path, key: str, fill: Callable[[Path], None]) -> Path:
    """Return the folder `key` of the cache; if it is missing, `fill` fills it first, completely or not at all."""
    folder = cache / key
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".build-", dir=cache) as scratch:
            new = Path(scratch, "new")
            new.mkdir()
            fill(new)
            try:
                new.rename(folder)
            except OSError:
                if not folder.is_dir():  # otherwise another process has just put the same bytes there
                    raise
    return folder
