"""What holds for every demo, whatever its settings: each figure of a run is a drawing that a page accepts, and has its words."""

from __future__ import annotations

import importlib
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlens_live.controls import Choice
from convlens_site.paths import DEMOS

SLUGS = sorted(path.stem for path in DEMOS.glob("*.py"))


def demo_of(slug: str) -> Any:
    return getattr(importlib.import_module(slug), slug)


def values(control: Any) -> st.SearchStrategy[Any]:
    """Everything that a control can be set to, its ends first of all."""
    if isinstance(control, Choice):
        return st.sampled_from(control.values)
    stops = control.spec().get("stops") or [int(control.low), int(control.high)]
    return st.sampled_from([stops[0], stops[-1]]) | st.sampled_from(stops)


@pytest.mark.parametrize("slug", SLUGS)
@settings(deadline=None, max_examples=5)
@given(st.data())
def test_each_figure_of_a_run_can_be_shown(slug: str, data: st.DataObject) -> None:
    demo = demo_of(slug)
    chosen = {name: data.draw(values(control), name) for name, control in demo.controls.items()}
    figures = 0
    for figure in demo(**chosen):
        figures += 1
        for panel in figure.panels:
            root = ElementTree.fromstring(panel.svg())  # text that is not escaped is no XML
            for part in root.iter():
                for name, value in part.attrib.items():
                    assert not re.search(r"\b(nan|inf|None)\b", value), (name, value)
        words = " ".join([figure.alt, figure.caption, *root.itertext()])
        assert figure.alt.endswith(".")
        assert "nan" not in words.lower().split()
        assert len({len(row) for row in figure.table.rows} | {len(figure.table.columns)}) == 1
    assert figures
