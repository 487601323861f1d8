"""The fence `printed`: what a snippet "Check it in PyTorch" prints, as it was recorded."""

from __future__ import annotations

from html import escape
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_site.elsewhere.torch_snippets import recorded


def printed_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the name of a snippet; shows what it printed, and where."""
    name, kept = source.strip(), recorded()
    if name not in kept["printed"]:
        raise SuperFencesException(
            f"in the fence '{language}': nothing is recorded of {name!r}; 'make torch RECORD=1' does it"
        )
    lines = escape("\n".join(kept["printed"][name]["lines"]))
    versions = kept["versions"]
    torch = f"PyTorch {versions['torch'].split('+')[0]}"
    where = f"{torch} on one thread ({versions['processor']}). Other machines may round differently."
    printed = f"<p>It prints:</p><pre><code>{lines}</code></pre>"
    return f'<div class="printed">{printed}<p class="printed-where">{escape(where)}</p></div>'
