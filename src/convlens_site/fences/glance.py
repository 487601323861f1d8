"""The small pictures of the start page, drawn by a demo's glance().

Each is drawn in its own process and cached, like the finished figures.
"""

from __future__ import annotations

import sys
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_site import demos
from convlens_site.fences.stills import run_cached


def glance_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the demo's name. The sentence beside the picture says what it shows."""
    slug = source.strip()
    try:
        return f'<div class="glance">{run_cached("glance", slug)}</div>'
    except ValueError as error:
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def main() -> None:
    """Print the result of glance() of the demo that is named on the command line."""
    print(demos.module(sys.argv[1]).glance().svg())


if __name__ == "__main__":
    main()
