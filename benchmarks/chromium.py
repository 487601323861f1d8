"""The Chromium that tests and benchmarks drive: the system's, as scripts/need-browser finds it, else playwright's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SHELL = "chromium-headless-shell"  # the same engine without the window costs a quarter less
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Any, *more: str, without: Sequence[str] = (), shell: bool = False) -> Any:
    """Return a new browser, started with some more flags, and without some that playwright gives it.

    shell: the headless shell if it is installed; it lacks some of a browser, such as the cache of whole pages.
    """
    names = (SHELL, *NAMES) if shell else NAMES
    path = next((candidate for name in names if (candidate := shutil.which(name))), None)
    return playwright.chromium.launch(
        executable_path=path, args=[*FLAGS, *more], ignore_default_args=[*without]
    )
