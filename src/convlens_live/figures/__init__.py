"""Figures: one renderer for the built page, the notebook and the live demo."""

from convlens_live.figures.arrows import arrow
from convlens_live.figures.box import (
    Box,
    aligned,
    apart,
    centred,
    column,
    grid,
    ledger,
    narrow,
    once,
    overlay,
    pad,
    place,
    row,
    sized,
    space,
    table,
    wide,
)
from convlens_live.figures.cells import cells, framed, inner, ruled
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
from convlens_live.figures.dial import Dial
from convlens_live.figures.figure import Figure, Table
from convlens_live.figures.filters import button, filter_cells, filter_name, headline, image_cells
from convlens_live.figures.marks import Mark, area, bars, dots, line, rule, windows
from convlens_live.figures.network import network_map
from convlens_live.figures.numbers import fixed, format_number, how_many, percent, plural, power_of_ten, when
from convlens_live.figures.parts import idea, part, slider
from convlens_live.figures.plot import plot
from convlens_live.figures.scales import Linear, Log, Names
from convlens_live.figures.svg import HUGE, LARGE, SMALL, TEXT
from convlens_live.figures.tallies import tally
from convlens_live.figures.text import fraction, note, paragraph, text, titled
from convlens_live.figures.words import typeset

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
    "Dial",
    "Figure",
    "Linear",
    "Log",
    "Mark",
    "Names",
    "Pen",
    "Table",
    "aligned",
    "apart",
    "area",
    "arrow",
    "bars",
    "button",
    "cells",
    "centred",
    "column",
    "dots",
    "filter_cells",
    "filter_name",
    "filter_pen",
    "fixed",
    "format_number",
    "fraction",
    "framed",
    "grid",
    "headline",
    "how_many",
    "hue",
    "idea",
    "image_cells",
    "inner",
    "ledger",
    "line",
    "narrow",
    "network_map",
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
    "slider",
    "space",
    "table",
    "tally",
    "text",
    "titled",
    "typeset",
    "when",
    "wide",
    "windows",
]
