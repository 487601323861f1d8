"""The words in which figures are drawn: an exact zero is never anything else, nothing overlaps, nothing is cut."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens_live.figures import (
    Box,
    Figure,
    Linear,
    Log,
    Names,
    Pen,
    Table,
    aligned,
    apart,
    area,
    bars,
    cells,
    column,
    dots,
    filter_cells,
    filter_pen,
    fixed,
    grid,
    idea,
    line,
    narrow,
    once,
    overlay,
    pad,
    pale,
    paragraph,
    part,
    percent,
    plot,
    row,
    rule,
    sized,
    space,
    spots,
    table,
    text,
    wide,
)
from convlens_live.figures.colours import NEGATIVE, PAPER, POSITIVE
from convlens_live.figures.lines import polyline, spread
from convlens_live.figures.metrics import text_width
from convlens_live.figures.svg import HUGE, SIZES

SVG = "{http://www.w3.org/2000/svg}"
NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


def drawing(box: Box) -> ET.Element:
    return ET.fromstring(box.svg())


def found(box: Box, kind: str) -> list[ET.Element]:
    return list(drawing(box).iter(f"{SVG}{kind}"))


def test_layouts_know_their_size() -> None:
    one, two = space(10, 20), space(30, 5)
    assert (row(one, two, gap=4).width, row(one, two).height) == (44, 20)
    assert (column(one, two, gap=4).width, column(one, two, gap=4).height) == (30, 29)
    assert (overlay(one, two).width, overlay(one, two).height) == (30, 20)
    assert (pad(one, 1, 2, 3, 4).width, pad(one, 1, 2, 3, 4).height) == (14, 26)
    assert sized(one, 50).width == 50
    assert apart(one, two, 100).width == 100
    lined_up = table([[one, two], [two, one]], gap=(1, 2))
    assert (lined_up.width, lined_up.height) == (61, 42)
    assert grid([one] * 5, 2, gap=(0, 0)).height == 60
    assert row().width == column().height == 0


def marked(size: float) -> Box:
    """Return a box that writes where it stands."""
    return Box(size, size, lambda x, y: f"<{size:g}:{x:g},{y:g}>")


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 20))
def test_boxes_of_a_row_never_overlap(sizes: list[int], gap: int) -> None:
    drawn = row(*(marked(size) for size in sizes), gap=gap).draw(3, 7)
    places = [(float(size), float(x)) for size, x in re.findall(r"<(\d+):(\d+),", drawn)]
    assert places[0][1] == 3
    for (size, x), (_, following) in pairwise(places):
        assert following == x + size + gap


def test_a_box_is_aligned_in_its_column() -> None:
    wide = space(100, 1)
    for align, x in (("start", 0), ("middle", 45), ("end", 90)):
        assert f"<10:{x}," in column(wide, Box(10, 10, marked(10).draw, align)).draw(0, 0)


def test_what_stays_is_drawn_once() -> None:
    calls = []
    box = once(Box(1, 1, lambda x, y: calls.append((x, y)) or "drawn"))
    assert [box.draw(0, 0), box.draw(0, 0), box.draw(1, 0)] == ["drawn"] * 3
    assert calls == [(0, 0), (1, 0)]


@given(
    st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60), st.integers(100, 400)
)
def test_a_text_in_a_room_keeps_the_room_and_fits_if_it_can(content: str, width: int) -> None:
    box = text(content, HUGE, width=width)
    assert box.width == width
    assert box.height == text("", HUGE, width=width).height
    (drawn,) = found(box, "text")
    size = float(drawn.get("font-size", 15))
    assert size in SIZES
    assert text_width(content, size) <= width or size == SIZES[-1]


def test_a_paragraph_breaks_where_it_must() -> None:
    lines = found(paragraph("one two three four five six seven eight", 100), "text")
    assert len(lines) > 2
    assert all(text_width(each.text or "", SIZES[-1]) <= 100 for each in lines)


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 1e-300, -1e-9, 0.5, -2.0, 7.0]), min_size=3, max_size=3), min_size=1
    )
)
def test_exactly_the_zeros_are_hollow_and_nothing_else_is_white(rows: list[list[float]]) -> None:
    values = np.array(rows)
    box = cells(values, 10)
    hollow = [each.get("d", "") for each in found(box, "path") if each.get("class") == "zero"]
    assert "".join(hollow).count("M") == (values == 0).sum()
    painted = {POSITIVE: 0, NEGATIVE: 0}
    for group in found(box, "g"):
        if (ink := group.get("stroke")) in painted:
            for path in group:
                assert float(path.get("opacity", 1)) > 0.1
                painted[ink] += sum(int(n) for n in re.findall(r"h(\d+)", path.get("d", "")))
    assert painted == {POSITIVE: (values > 0).sum(), NEGATIVE: (values < 0).sum()}


def test_an_image_is_grey_from_paper_to_ink_and_what_is_unknown_is_left_out() -> None:
    image = np.array([[0.0, -1.0, 0.5, 1.0, 9.0, np.nan]])
    opacities = [each.get("opacity") for each in found(cells(image, 4, grey=True), "path")]
    assert opacities == ["0.5", "1"]


def test_numbers_stand_in_squares_that_stay_light() -> None:
    box = cells(np.array([[1.0, 0.0, -0.25]]), 24, numbers=fixed, wide=2)
    assert [each.text for each in found(box, "text")] == ["1.00", "0", "−0.25"]
    assert box.width == 144
    assert max(float(each.get("opacity", 0)) for each in found(box, "path")) <= 0.5


def test_filters_beyond_the_sixth_are_told_apart_by_a_dash() -> None:
    pens = [filter_pen(k) for k in range(12)]
    assert len(set(pens)) == 12
    frames = [found(filter_cells(k, np.ones((2, 2)), 5), "rect")[-1].attrib for k in (0, 6)]
    assert frames[0]["stroke"] == frames[1]["stroke"]
    assert "stroke-dasharray" not in frames[0]
    assert "stroke-dasharray" in frames[1]


def test_a_part_says_what_it_sets() -> None:
    drawn = column(
        part(space(30, 30), "row 3 & 4", on=True, row=3, column=0), part(text("label"), "row 5", row=5)
    )
    area = next(each for each in found(drawn, "rect") if "data-set" in each.attrib)
    assert area.attrib["data-set"] == "row=3,column=0"
    assert area.attrib["data-on"] == "true"
    assert area[0].text == "row 3 & 4"
    group = next(each for each in found(drawn, "g") if "data-set" in each.attrib)
    assert group.attrib["data-set"] == "row=5"
    assert "data-on" not in group.attrib
    assert group[0].text == "row 5"


def test_each_cell_of_a_box_is_a_part_in_its_own_place() -> None:
    box = cells(np.ones((2, 3)), 30, wide=2)
    pressed = spots(box, (2, 3), lambda i, j: (f"{i}, {j}", (i, j) == (1, 2), {"row": i, "column": j}), "map")
    assert (pressed.width, pressed.height) == (180, 60)
    found = re.findall(
        r'x="([\d.]+)" y="([\d.]+)" width="60" [^>]*data-set="row=(\d),column=(\d)"',
        pressed.draw(0, 0),
    )
    assert [(int(x) // 60, int(y) // 30) for x, y, *_ in found] == [(int(j), int(i)) for *_, i, j in found]
    assert len(found) == 6
    assert pressed.svg().count('data-drag="map"') == 6
    assert re.findall(r'data-set="([^"]*)" data-on', pressed.svg()) == ["row=1,column=2"]


def test_a_pale_box_keeps_its_size_and_place() -> None:
    box = aligned(text("beside"), "end")
    drawn = pale(box)
    assert (drawn.width, drawn.height, drawn.align) == (box.width, box.height, "end")
    assert box.draw(3, 4) in drawn.draw(3, 4)
    assert drawn.draw(3, 4).startswith('<g opacity="0.28">')


def test_an_idea_has_a_name_and_an_area_that_can_light_up() -> None:
    (group,) = [
        each for each in found(idea(space(30, 20), "weights-1", "error"), "g") if "data-idea" in each.attrib
    ]
    assert group.attrib["data-idea"] == "weights-1 error"
    assert (group[0].attrib["width"], group[0].attrib["height"]) == ("36", "26")
    for wrong in ("", "Error", "two words", 'error"'):
        with pytest.raises(ValueError, match="an idea has one word"):
            idea(space(), wrong)


CHART = {"x": Linear(0, 10, label="step"), "width": 300, "height": 200}


def test_a_part_may_belong_to_a_group_whose_parts_are_dragged():
    assert 'data-set="row=3" data-drag="corner"' in part(space(30, 30), "row 3", drag="corner", row=3).svg()
    assert "data-drag" not in part(space(30, 30), "row 3", row=3).svg()


def points(values: list[float], up: Linear | Log) -> list[tuple[float, ...]]:
    (curve,) = found(plot(line(range(len(values)), values), y=up, **CHART), "polyline")
    return [tuple(map(float, point.split(","))) for point in curve.attrib["points"].split()]


def test_an_exact_zero_lies_below_every_positive_number_on_a_logarithmic_scale() -> None:
    (_, zero), (_, tiny), (_, large) = points([0.0, 1e-300, 1e300], Log(-16, 4))
    assert zero > tiny > large
    heights = {y for _, y in points([0.0] * 11, Log(-16, 4))}
    assert heights == {zero}, "a curve of zeros is a line, and no gap"


def test_the_end_of_a_curve_is_hollow_at_zero_alone() -> None:
    for last, fill in ((0.0, PAPER), (1e-12, Pen().ink)):
        (end,) = found(plot(line([0, 1], [1.0, last], dot=True), y=Log(-16, 4), **CHART), "circle")
        assert end.attrib["fill"] == fill


@pytest.mark.parametrize("up", [Linear(0, 1, (0, 1)), Log(-16, 4)], ids=lambda up: type(up).__name__)
def test_a_curve_beyond_the_scale_or_lost_has_a_place_all_the_same(up: Linear | Log) -> None:
    for value in (float("inf"), 1e9, -1e9) + ((float("nan"),) if isinstance(up, Log) else ()):
        assert np.isfinite(points([1.0, value], up)).all()


def test_the_axes_do_not_move_while_a_curve_grows() -> None:
    def axes(values: list[float]) -> list[str]:
        box = plot(line(range(len(values)), values), y=Log(-16, 4), **CHART)
        return [ET.tostring(each, "unicode") for kind in ("text", "path") for each in found(box, kind)]

    assert axes([0.0]) == axes([0.0, 1e-9, 3.0])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40))
def test_a_simplified_curve_passes_near_every_point(places: list[tuple[float, float]]) -> None:
    xs = np.arange(len(places), dtype=float)
    ys = np.clip([y / 1e4 for _, y in places], -50, 50)
    kept = [tuple(map(float, point.split(","))) for point in polyline(xs.tolist(), ys.tolist(), 0.3).split()]
    assert kept[0][0] == 0
    assert kept[-1][0] == len(places) - 1
    near = np.interp(xs, [x for x, _ in kept], [y for _, y in kept])
    assert np.abs(near - ys).max() <= 0.3 + 0.06  # and the rounding to a tenth of a pixel


@given(st.lists(st.tuples(st.floats(-50, 250), st.floats(1, 20)), min_size=1, max_size=12))
def test_labels_never_stand_on_each_other(labels: list[tuple[float, float]]) -> None:
    wanted, heights = zip(*labels, strict=True)
    places = spread(wanted, heights, 0, 200)
    room = min(1, 200 / sum(heights))
    edges = sorted(
        (place - room * height / 2, place + room * height / 2)
        for place, height in zip(places, heights, strict=True)
    )
    assert edges[0][0] >= -1e-6
    assert edges[-1][1] <= 200 + 1e-6
    assert all(below <= above + 1e-6 for (_, below), (above, _) in pairwise(edges))


def test_marks_stand_where_the_scales_say() -> None:
    chart = plot(
        bars([2.0, -1.0], [0, 1], write=fixed),
        rule(x=0, name="zero"),
        x=Linear(-5, 5),
        y=Names(["a", "b"]),
        width=300,
        height=100,
    )
    right, left = found(chart, "rect")
    assert float(right.attrib["x"]) == pytest.approx(
        float(left.attrib["x"]) + float(left.attrib["width"]), abs=0.02
    )
    assert float(right.attrib["width"]) == pytest.approx(2 * float(left.attrib["width"]), abs=0.02)
    assert {"2.00", "−1.00", "zero", "a", "b"} <= {each.text for each in found(chart, "text")}
    disc = found(
        plot(dots([5], [5], 3, names=["7"]), x=Linear(0, 10), y=Linear(0, 10), width=100, height=100), "text"
    )
    assert [each.text for each in disc] == ["7"]
    (band,) = found(plot(area([0, 10], [0, 0], [1, 1]), y=Linear(0, 1), **CHART), "polygon")
    assert len(band.attrib["points"].split()) == 4


@given(st.floats(-1e6, 1e6))
def test_a_fixed_number_reads_zero_only_if_it_is_zero(value: float) -> None:
    assert (fixed(value) == "0") == (value == 0)
    assert (percent(abs(value)).startswith("0\u202f")) == (value == 0)


def test_a_drawing_for_one_kind_of_screen_says_so_and_the_figure_elsewhere_has_the_wide_one() -> None:
    box = text("x")
    assert 'data-only="wide"' in wide(box).svg()
    assert 'data-only="narrow"' in narrow(box).svg()
    assert "data-only" not in box.svg()
    figure = Figure((wide(text("for a wide page")), narrow(text("for a phone"))), "A.", Table((), ()))
    assert "for a wide page" in figure.svg
    assert "for a phone" not in figure.svg
    assert len(figure.to_json()["panels"]) == 2
