"""Figures: one renderer for the built page, the notebook and the live demo."""

from convlens_live.figures.curves import log_curve
from convlens_live.figures.figure import Figure, Panel, Table
from convlens_live.figures.svg import format_number, power_of_ten
from convlens_live.figures.tiles import signed_tile

__all__ = [
    "Figure",
    "Panel",
    "Table",
    "format_number",
    "log_curve",
    "power_of_ten",
    "signed_tile",
]
