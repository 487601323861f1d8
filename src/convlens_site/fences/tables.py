"""An HTML table whose first column names the rows; it may be wider than a phone."""

from __future__ import annotations

from html import escape
from typing import Any


def table(columns: tuple[str, ...], rows: list[tuple[Any, ...]], wide: str = "faults") -> str:
    """Return the table as HTML; `wide` is its class."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(str(first))}</th>'
        + "".join(f"<td>{escape(str(cell))}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    whole = f'<table class="{wide}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(columns[0])}">{whole}</div>'
