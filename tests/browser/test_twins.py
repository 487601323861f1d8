"""The two filters in a real browser: with CPython's numbers, and an exact 0 where there is one."""

from __future__ import annotations

import pytest
from twins import twins

pytestmark = pytest.mark.browser
QUESTION = "questions/why-not-the-same/"
SHORT = "#twins?steps=100"  # where the length of a run is not the point
CELLS = [(incoming, outgoing) for incoming in ("same", "different") for outgoing in ("same", "different")]


def test_all_four_cells_run_to_the_end_and_agree_with_cpython(warm):
    page = warm(QUESTION + SHORT, "twins")
    for incoming, outgoing in CELLS:
        page.choose("incoming", incoming)
        page.choose("outgoing", outgoing)
        if page.state() == "still":
            page.click("run")
        chosen = {"incoming": incoming, "outgoing": outgoing}
        page.until(lambda chosen=chosen: chosen.items() <= page.shown().items())
        page.run_to_end()
        figure = twins.still(incoming=incoming, outgoing=outgoing, steps=100)
        rows = {name: row for name, *row in figure.table.rows}
        for name, row in page.rows().items():
            assert row[-1] == rows[name][-1] or row[-1] == pytest.approx(float(rows[name][-1]), rel=1e-3), (
                name
            )
            assert (row[-1] == 0) == (rows[name][-1] == 0), name
        expected = {
            int(name.removeprefix("weights, step ")): row[-1]
            for name, row in rows.items()
            if name.startswith("weights, step ")
        }
        live = dict(page.numbers())
        assert live.keys() == expected.keys()
        if (incoming, outgoing) == ("same", "same"):
            assert set(live.values()) == {0.0}
            assert "exactly 0" in page.text(".demo-result")
        else:
            assert live[100] > 1e-3
        for step, value in expected.items():
            assert live[step] == value if value == 0 else live[step] == pytest.approx(value, rel=1e-6)


def test_a_link_of_an_earlier_release_opens_the_demo_without_what_it_no_longer_has(warm):
    page = warm(f"{QUESTION}#twins?detail=1&image=2&incoming=same&outgoing=different&steps=100")
    assert page.page.locator('[data-control="outgoing"] input[value="different"]').is_checked()
    page.click("run")
    page.run_to_end()
    assert page.text(".demo-result") == twins.still(outgoing="different", steps=100).alt


@pytest.mark.parametrize("path", ["", QUESTION, "demos/twins/"])
def test_without_javascript_the_page_is_complete(visit, path):
    page = visit(java_script_enabled=False).go(path)
    assert page.page.locator("h1").is_visible()
    svg = page.page.locator(".demo-panels svg:visible, .cell-figure svg").first
    assert svg.is_visible()
    assert svg.bounding_box()["width"] > 250
    for demo in page.page.locator("section.demo").all():
        if demo.get_attribute("id") != "demo-pull":  # it has scenes, and no run
            assert "Before training" in demo.locator(".demo-result").inner_text()
        assert demo.locator(".demo-noscript").is_visible()
        demo.locator(".demo-table summary").click()
        assert demo.locator(".demo-table td").last.is_visible()
    assert page.page.locator("section.demo").count() == {"": 1, QUESTION: 2}.get(path, 0)
    if "questions" in path:
        page.page.locator("details.tell summary").click()
        assert "They stay different" in page.text("details.tell")
