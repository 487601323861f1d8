"""What holds for the picture of every demo, at every setting: a page accepts it, it has its words, all can be read and tapped.

No browser is needed: a drawing has absolute places, and the widths of its texts are known (tests/browser/test_text_widths.py).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convlens_live.controls import Choice
from convlens_live.demo import Demo
from convlens_live.figures import SMALL, TEXT, Figure
from convlens_live.figures.metrics import text_width
from convlens_live.figures.svg import SIZES
from convlens_site import demos

SLUGS = demos.SLUGS
SVG = "{http://www.w3.org/2000/svg}"
INHERITED = ("font-size", "font-weight", "text-anchor")
# How wide a panel is drawn at most in a window of 360 and of 320 pixels; a test in Chromium measures both.
AT_360, AT_320 = 328, 306


@dataclass(frozen=True)
class Text:
    """A line of text and the rectangle that it fills at most."""

    content: str
    size: float
    left: float
    top: float
    right: float
    bottom: float

    def is_on(self, other: Text) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 1.5 and down > 1


def texts(element: ElementTree.Element, style: dict[str, str] | None = None) -> Iterator[Text]:
    """Yield every text of a drawing that is shown; it stands at absolute places, in no group that is moved."""
    if element.attrib.get("display") == "none":
        return
    style = {**(style or {}), **{name: element.attrib[name] for name in INHERITED if name in element.attrib}}
    if element.tag == f"{SVG}text" and (content := (element.text or "").strip()):
        size = float(style.get("font-size", TEXT))
        bold = style.get("font-weight") == "600"
        width = text_width(content, size, bold=bold)
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[style.get("text-anchor", "start")]
        left, base = float(element.attrib["x"]) - share * width, float(element.attrib["y"])
        yield Text(content, size, left, base - 0.75 * size, left + width, base + 0.2 * size)
    for child in element:
        yield from texts(child, style)


def faults(figure: Figure) -> Iterator[str]:
    """Yield what a reader could not read or tap."""
    for number, panel in enumerate(figure.panels, start=1):
        drawing = ElementTree.fromstring(panel.svg())
        width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
        found = list(texts(drawing))
        for text in found:
            if min(text.left, text.top) < -1 or text.right > width + 1 or text.bottom > height + 1:
                yield f"panel {number}: {text.content!r} is cut"
            if text.size not in SIZES:
                yield f"panel {number}: {text.content!r} has size {text.size}"
        yield from (
            f"panel {number}: {one.content!r} stands on {other.content!r}"
            for one, other in combinations(found, 2)
            if one.is_on(other)
        )
        if panel.only == "wide":
            continue  # a phone shows the next drawing in its place
        if SMALL * min(1, AT_360 / width) < 11:
            yield f"panel {number}: {width:g} px wide, so that texts are too small on a phone"
        for part in drawing.iter():
            if "data-set" in part.attrib:
                area = part if part.tag == f"{SVG}rect" else part.find(f"{SVG}rect")
                assert area is not None
                least = min(float(area.attrib["width"]), float(area.attrib["height"]))
                if least * min(1, AT_320 / width) < 24:
                    yield f"panel {number}: the part {part.attrib['data-set']} is only {least:g} px on a side"


def values(control: Any) -> st.SearchStrategy[Any]:
    """Return everything that a control can be set to, its ends first of all."""
    if isinstance(control, Choice):
        return st.sampled_from(control.values)
    stops = control.spec().get("stops") or [int(control.low), int(control.high)]
    return st.sampled_from([stops[0], stops[-1]]) | st.sampled_from(stops)


def drawn(data: st.DataObject, demo: Demo) -> dict[str, Any]:
    return {name: data.draw(values(control), name) for name, control in demo.controls.items()}


def assert_can_be_shown(figure: Figure) -> None:
    """Hold one figure to what a page needs: drawings that are XML and have numbers only, a sentence, a table."""
    roots = [
        ElementTree.fromstring(panel.svg()) for panel in figure.panels
    ]  # text that is not escaped is no XML
    for root in roots:
        for part in root.iter():
            for name, value in part.attrib.items():
                assert not re.search(r"\b(nan|inf|None)\b", value), (name, value)
    words = " ".join([figure.alt, figure.caption, *(text for root in roots for text in root.itertext())])
    assert "nan" not in words.lower().split()
    assert figure.alt.endswith(".")
    assert len({len(row) for row in figure.table.rows} | {len(figure.table.columns)}) == 1


@pytest.mark.parametrize("slug", SLUGS)
@settings(deadline=None, max_examples=5)
@given(st.data())
def test_whatever_is_set_a_run_begins_with_figures_that_can_be_shown_read_and_tapped(
    slug: str, data: st.DataObject
) -> None:
    demo = demos.demo(slug)
    figures = list(islice(demo(**drawn(data, demo)), 3))
    assert figures
    for figure in figures:
        assert_can_be_shown(figure)
        assert list(faults(figure)) == []


@pytest.mark.sample(4)
@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@settings(deadline=None, max_examples=3)
@given(st.data())
def test_whatever_is_set_the_figures_of_a_run_can_be_shown(slug: str, data: st.DataObject) -> None:
    demo = demos.demo(slug)
    for figure in some_figures(demo, **drawn(data, demo)):
        assert_can_be_shown(figure)


def some_figures(demo: Demo, **settings: Any) -> list[Figure]:
    """Return some figures of a run, from its first to its last."""
    states = list(demo.states(**settings))
    return [demo.picture(state) for state in [*states[:: max(1, len(states) // 8)], states[-1]]]


@pytest.mark.parametrize("slug", SLUGS)
def test_during_a_run_all_can_be_shown_read_and_tapped_and_nothing_changes_its_size(slug: str) -> None:
    run = some_figures(demos.demo(slug))
    for figure in run:
        assert_can_be_shown(figure)
        assert list(faults(figure)) == []
    assert len({tuple((panel.width, panel.height) for panel in figure.panels) for figure in run}) == 1


def lines(source: str) -> int:
    """Count the lines that are not blank: cutting a long function in two should cost nothing."""
    return sum(bool(line.strip()) for line in source.splitlines())


@pytest.mark.parametrize("slug", SLUGS)
def test_a_demo_has_at_most_250_lines_of_which_90_draw(slug: str) -> None:
    source = (demos.DEMOS / f"{slug}.py").read_text("utf-8")
    assert lines(source) <= 250
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    drawing = [
        ast.get_source_segment(source, node)
        for node in functions
        if "Box" in ast.unparse(node.returns or node)
    ]
    assert 0 < sum(map(lines, filter(None, drawing))) <= 90
