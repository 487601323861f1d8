"""The fence `printed` shows the recorded output of a snippet "Check it in PyTorch"."""

from __future__ import annotations

from html import escape
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_site.elsewhere.torch_snippets import recorded


def printed_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the name of a snippet, for its output and the machine that it ran on."""
    name, record = source.strip(), recorded()
    if name not in record["printed"]:
        raise SuperFencesException(
            f"in the fence '{language}': there is no record of {name!r}; 'make torch RECORD=1' writes it"
        )
    lines = escape("\n".join(record["printed"][name]["lines"]))
    versions = record["versions"]
    torch = f"PyTorch {versions['torch'].split('+')[0]}"
    machine = f"{torch} on one thread ({versions['processor']}). Other machines may round differently."
    output = f"<p>It prints:</p><pre><code>{lines}</code></pre>"
    return f'<div class="printed">{output}<p class="printed-where">{escape(machine)}</p></div>'
