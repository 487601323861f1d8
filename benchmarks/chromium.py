"""The Chromium that tests and benchmarks drive: the system's, as scripts/need-browser finds it, else playwright's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Any, *more: str, without: Sequence[str] = ()) -> Any:
    """Return a new browser, started with some more flags, and without some that playwright gives it."""
    path = next((candidate for name in NAMES if (candidate := shutil.which(name))), None)
    return playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, *more], ignore_default_args=[*without]
    )
