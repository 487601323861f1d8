"""The core of what a reader does, in each engine: one story, told in one session, so that Python starts once."""

from __future__ import annotations

import pytest
from twins import twins

pytestmark = pytest.mark.browser
CELLS = [("same", "same"), ("same", "different")]  # an exact 0, and numbers


@pytest.mark.long
def test_the_core(reader):
    reader.open("questions/why-not-the-same/#twins?steps=100")
    a_missing_file(reader)
    for incoming, outgoing in CELLS:
        agrees_with_cpython(reader, incoming, outgoing)
    on_a_projector(reader)
    stop_and_run_again(reader)
    a_recorded_run(reader)
    a_notebook_cell(reader)
    an_endless_cell(reader)
    # Not an error or a warning on the page's console, and the listener would have heard it.
    assert reader.server.complaints == []
    reader.engine.evaluate("void console.error('heard')")
    assert reader.server.complaints == ["console.error: heard"]


def a_missing_file(reader):
    """It is answered with a sentence; the figure stays; and once the file is there, Run works."""
    reader.server.missing = "numpy.tar"
    reader.click(".demo button.run")
    reader.until(lambda: reader.state() == "failed", 20)
    message = reader.look(".demo-error")
    assert "numpy.tar" in message
    assert "404" in message
    assert reader.look(".demo-panels svg", "localName") == "svg"
    reader.server.missing = None
    reader.click(".demo button.run")
    reader.until(lambda: reader.state() == "done", 60)


def agrees_with_cpython(reader, incoming, outgoing):
    """Run to the end: an exact 0 is exactly 0, and all else is CPython's within a millionth."""
    reader.click(f'[data-control="incoming"] label:has(input[value="{incoming}"])')
    reader.click(f'[data-control="outgoing"] label:has(input[value="{outgoing}"])')
    chosen = {"incoming": incoming, "outgoing": outgoing}
    reader.until(lambda: chosen.items() <= reader.shown().items() and reader.state() == "done")
    assert reader.step() == 100
    rows = twins.still(incoming=incoming, outgoing=outgoing, steps=100).table.rows
    first = "weights, step "
    expected = {int(row[0].removeprefix(first)): row[-1] for row in rows if row[0].startswith(first)}
    live = reader.numbers()
    assert live == pytest.approx(expected, rel=1e-6, abs=0)
    if (incoming, outgoing) == ("same", "same"):
        assert set(live.values()) == {0.0}
    else:
        assert live[100] > 1e-3


def on_a_projector(reader):
    """The demo fills the window, and is back in its page afterwards."""
    before = reader.look("section.demo", "getBoundingClientRect().width")
    reader.click(".demo-links button:last-of-type")
    reader.until(lambda: reader.look("section.demo", "dataset.present") == "")
    reader.until(
        lambda: (
            reader.look("section.demo", "getBoundingClientRect().width") == reader.look("body", "clientWidth")
        )
    )
    reader.click(".present-bar button")
    reader.until(lambda: reader.look("section.demo", "dataset.present") is None)
    reader.until(lambda: reader.look("section.demo", "getBoundingClientRect().width") == before)


def stop_and_run_again(reader):
    reader.type("#twins-steps", "1000")
    reader.until(lambda: reader.state() == "running" and 100 < reader.step() < 900)
    reader.click(".demo button.stop")
    assert reader.until(lambda: reader.state() == "stopped", 5) < 1
    stopped = reader.step()
    assert stopped < 1000
    reader.click(".demo button.run")
    assert reader.until(lambda: reader.state() == "running" and 0 < reader.step() < stopped, 20) < 5


def a_recorded_run(reader):
    """It says what it is, and ends with the exact 0 or the numbers of CPython."""
    reader.type("#twins-steps", "300")
    reader.until(lambda: reader.state() == "done" and reader.step() == 300)
    assert "Recorded when the site was built, seed 0." in reader.look(".demo-origin")
    assert not reader.look(".demo-origin", "hidden")
    assert int(reader.look(".demo-scrubber", "value")) == int(reader.look(".demo-scrubber", "max")) == 60


def a_notebook_cell(reader):
    """By a link, as a reader comes to it: Python stays warm."""
    reader.click(".demo a[href$='demos/twins/']")
    reader.until(lambda: reader.look(".cell-bar button") is not None)
    run_cell(reader, "print('seen', 1 + 1)\n0.1 + 0.2")
    reader.until(lambda: reader.look(".cell", "dataset.state") == "done", 5)
    assert reader.look(".cell-output").split() == ["seen", "2", "0.30000000000000004"]


def an_endless_cell(reader):
    """Python that does not come back is ended all the same, and another is there for the next cell."""
    run_cell(reader, "while True:\n    pass")
    reader.until(lambda: reader.look(".cell", "dataset.state") == "running")
    reader.click(".cell .cell-bar button:nth-of-type(5)")
    assert reader.until(lambda: reader.look(".cell", "dataset.state") == "stopped", 5) < 1
    run_cell(reader, "6 * 7")
    reader.until(lambda: reader.look(".cell-output").strip() == "42", 60)


def run_cell(reader, source):
    if reader.look(".cell textarea", "hidden"):
        reader.click(".cell .cell-bar button:nth-of-type(3)")
    reader.type(".cell textarea", source)
    reader.click(".cell .cell-bar button:nth-of-type(1)")
