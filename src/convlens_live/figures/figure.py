"""A Figure is the output of a demo: drawing, sentence, caption and table, all from the same data."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from convlens._settings import check_text, items
from convlens._words import show
from convlens_live.figures.box import Box, overlay, row
from convlens_live.figures.colours import PAPER
from convlens_live.figures.numbers import format_number
from convlens_live.figures.words import typeset

type Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """The numbers of a figure as rows; the site shows them under the drawing."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for name, texts in (("columns", items(self.columns)), ("rows", items(self.rows))):
            if texts is None:
                raise ValueError(f"{name} is {show(getattr(self, name))}; it must be a tuple")
        for column in self.columns:
            check_text("columns", column)
        for each in self.rows:
            cells = items(each) or []
            if len(cells) != len(self.columns) or not all(
                isinstance(c, (str, int, float, np.number)) for c in cells
            ):
                raise ValueError(
                    f"rows has {show(each)}; each row must have {len(self.columns)} strings or numbers"
                )

    def to_json(self) -> dict[str, Any]:
        """Return columns and rows; each cell holds the text to read and the value it stands for."""
        cells = [
            [{"text": typeset(c) if isinstance(c, str) else format_number(c), "value": str(c)} for c in each]
            for each in self.rows
        ]
        return {"columns": [typeset(name) for name in self.columns], "rows": cells}


@dataclass(frozen=True)
class Figure:
    """One state of a demo, ready to be shown anywhere.

    panels: drawings, side by side where there is room, and below each other on a phone. One may be there twice, for a wide
        screen and for a narrow one.
    alt: a sentence computed from the data, for readers who cannot see the drawing.
    heading: what the caption is about, in a few words. caption: what to know; [error](error) in it lights up as that idea.
    outcome: one word for what happened, such as "same"; a prediction is compared with it.

    Raises ValueError when there is no panel or no sentence.
    """

    panels: tuple[Box, ...]
    alt: str
    table: Table
    caption: str = ""
    outcome: str = ""
    heading: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.panels, tuple) and not self.panels:
            raise ValueError("panels is empty: a figure needs at least one Box")
        if not isinstance(self.panels, tuple) or not all(isinstance(panel, Box) for panel in self.panels):
            raise ValueError(f"panels is {show(self.panels)}; it must be a tuple of Boxes")
        if not check_text("alt", self.alt).strip():
            raise ValueError("alt is empty: a figure needs a sentence that says what the data shows")
        if not isinstance(self.table, Table):
            raise ValueError(f"table is {show(self.table)}; it must be a Table")
        check_text("caption", self.caption)
        check_text("heading", self.heading)
        check_text("outcome", self.outcome)

    @property
    def svg(self) -> str:
        """All panels in one drawing, from left to right."""
        panels = row(*(panel for panel in self.panels if panel.only != "narrow"), gap=32)
        paper = Box(
            panels.width, panels.height, lambda x, y: f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        )
        return overlay(paper, panels).svg(self.alt)

    def _repr_svg_(self) -> str:
        return self.svg

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain JSON values, as a worker sends it to its page."""
        return {
            "panels": [panel.svg() for panel in self.panels],
            "alt": typeset(self.alt),
            "caption": typeset(self.caption),
            "table": self.table.to_json(),
            "outcome": self.outcome,
            **({"heading": self.heading} if self.heading else {}),
        }
