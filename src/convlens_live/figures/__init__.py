"""Figures: one renderer for the built page, the notebook and the live demo."""

from convlens_live.figures.box import (
    Box,
    aligned,
    apart,
    column,
    grid,
    once,
    overlay,
    pad,
    place,
    row,
    sized,
    space,
    table,
)
from convlens_live.figures.cells import cells, framed, ruled
from convlens_live.figures.colours import (
    HAIRLINE,
    INK,
    NEGATIVE,
    PAPER,
    POSITIVE,
    QUIET,
    Pen,
    filter_pen,
    hue,
)
from convlens_live.figures.figure import Figure, Table
from convlens_live.figures.filters import button, filter_cells, filter_name, headline, image_cells
from convlens_live.figures.marks import area, bars, dots, line, rule, windows
from convlens_live.figures.numbers import fixed, format_number, how_many, percent, plural, power_of_ten, when
from convlens_live.figures.parts import part
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear, Log, Names
from convlens_live.figures.svg import HUGE, LARGE, SMALL, TEXT
from convlens_live.figures.text import note, paragraph, text, titled

__all__ = [
    "HAIRLINE",
    "HUGE",
    "INK",
    "LARGE",
    "NEGATIVE",
    "PAPER",
    "POSITIVE",
    "QUIET",
    "SMALL",
    "TEXT",
    "Box",
    "Figure",
    "Linear",
    "Log",
    "Names",
    "Pen",
    "Table",
    "aligned",
    "apart",
    "area",
    "bars",
    "button",
    "cells",
    "column",
    "dots",
    "filter_cells",
    "filter_name",
    "filter_pen",
    "fixed",
    "format_number",
    "framed",
    "grid",
    "headline",
    "how_many",
    "hue",
    "image_cells",
    "line",
    "note",
    "once",
    "overlay",
    "pad",
    "paragraph",
    "part",
    "percent",
    "place",
    "plot",
    "plural",
    "power_of_ten",
    "row",
    "rule",
    "ruled",
    "sized",
    "space",
    "table",
    "text",
    "titled",
    "when",
    "windows",
]
