"""The notebook page is live too: run, edit, reset, run with all above, stop."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .cells import NOTEBOOK, Cells
from .test_accessible import in_both

pytestmark = pytest.mark.browser


@pytest.fixture
def cells(warm):
    """The page as if it had just been loaded, with a Python that is already there."""
    return Cells(warm(NOTEBOOK))


def test_all_cells_run_in_one_namespace_and_the_figure_is_drawn_anew(cells):
    figure = next(i for i in range(cells.last + 1) if cells.all.nth(i).locator("svg").count())
    press = """cell => {
      [...cell.querySelectorAll("button")].find((button) => button.textContent === "Run all to here").click();
      return cell.querySelector(".cell-status").innerText; }"""  # in one go: the cells above may run quickly
    assert cells.all.nth(cells.last).evaluate(press) == "Waits for the cells above."
    cells.wait(cells.last, "done", "failed")
    assert [cells.state(i) for i in range(cells.last + 1)] == ["done"] * (cells.last + 1)
    assert cells.all.nth(figure).locator(".demo-panels svg").count() == 2
    run = "*_, last = simulate('same', 'same', 0.0, 'one', 300, seed=0)"
    cells.write(cells.last, f"{run}\nprint('seen', 1 + 1)\nlast.differences[-1]")
    cells.press(cells.last, "Run")
    cells.wait(cells.last, "done")
    assert cells.output(cells.last).split() == ["seen", "2", "0.0"]


def test_an_error_names_its_line_and_an_edited_cell_can_be_put_back(notebook):
    built = notebook.all.nth(0).locator("textarea").input_value()
    notebook.run(0, "a = 1\nb = 2\na / 0\n", "failed")
    assert notebook.output(0).splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert notebook.all.nth(0).locator(".cell-traceback a").all_inner_texts() == ["Cell 1, line 3"]
    notebook.press(1, "Run all to here")
    notebook.visit.until(lambda: notebook.status(1) == "Not run: a cell above failed.")
    selected = (
        notebook.all.nth(0)
        .locator("textarea")
        .evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
    )
    assert selected == "a / 0"
    notebook.press(0, "Reset")
    assert notebook.all.nth(0).locator("textarea").input_value() == built
    assert notebook.all.nth(0).locator(".highlight").is_visible()
    notebook.press(0, "Run")
    notebook.wait(0, "done")


def test_stop_ends_a_cell_that_prints_for_ever_and_the_output_is_bounded(notebook):
    notebook.run(0, "while True:\n    print('x' * 99)", "running")
    notebook.visit.until(lambda: "xxx" in notebook.output(0))
    notebook.stop(0)
    assert len(notebook.output(0)) <= 64_400
    notebook.run(0, "print('again')", "loading", "running")
    notebook.wait(0, "done")
    assert notebook.output(0).strip() == "again"


def test_what_a_cell_prints_or_returns_is_text_and_never_markup(notebook):
    notebook.run(0, "print('<img src=x onerror=alert(1)>')\n'<b>bold</b>'", "done")
    assert "<img src=x" in notebook.output(0)
    assert "<b>bold</b>" in notebook.output(0)
    assert notebook.all.nth(0).locator(".cell-output img, .cell-output b").count() == 0


def test_output_looks_as_in_a_terminal_and_scrolls_in_its_box(notebook):
    page = notebook.visit.page
    notebook.write(
        0,
        """import sys
print("\\x1b[31mred\\x1b[0m, a bell\\x07")
for i in range(3): print(f"\\r{i} of 3", end="")
print("\\nab\\bc\\ttab")
print("x" * 3000)
print("\\n".join(map(str, range(300))))
print("to stderr", file=sys.stderr)
""",
    )
    notebook.press(0, "Run")
    notebook.wait(0, "done", "failed")
    box = notebook.all.nth(0).locator(".cell-print")
    lines = box.text_content().splitlines()
    assert lines[:3] == ["red, a bell", "2 of 3", "ac\ttab"]
    assert lines[4:] == [*map(str, range(300)), "to stderr"]
    assert box.evaluate(
        "e => e.clientHeight < 600 && e.scrollHeight > e.clientHeight && e.scrollWidth > e.clientWidth"
    )
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_what_is_printed_and_displayed_stands_there_before_long_work_begins_and_after_stop(notebook):
    source = "from convlens_live.figures import Box, Figure, Table\nprint('now')\n"
    figure = "display(Figure((Box(10, 10),), 'A sentence.', Table(('n',), ((1,),))))\n"
    notebook.write(0, source + figure + "print('then')\nwhile True: pass")
    notebook.press(0, "Run")
    notebook.visit.until(
        lambda: notebook.output(0).endswith("then\n") or notebook.output(0).endswith("then"), 60
    )
    kinds = "e => [...e.children].map((child) => child.className)"
    assert notebook.all.nth(0).locator(".cell-output").evaluate(kinds) == [
        "cell-print",
        "demo-panels",
        "cell-print",
    ]
    notebook.stop(0)
    assert notebook.output(0).rstrip().endswith("then")


def test_an_error_links_to_each_cell_that_it_came_through(notebook):
    notebook.run(0, "x = 1\ndef inverse(x):\n    return 1 / x", "done")
    notebook.run(1, "inverse(1)\ninverse(0)", "failed")
    links = notebook.all.nth(1).locator(".cell-traceback a")
    assert links.all_inner_texts() == ["Cell 2, line 2", "Cell 1, line 3"]
    links.nth(1).click()
    area = notebook.all.nth(0).locator("textarea")
    assert area.evaluate("e => e === document.activeElement")


def test_await_works_in_a_cell_and_stop_ends_it(cells):
    loop = "for i in range(3):\n    await asyncio.sleep(0.05)\n    print(i)\n"
    cells.run(0, f"import asyncio\n{loop}await asyncio.sleep(0, 'slept')", "done", "failed")
    assert cells.output(0).split() == ["0", "1", "2", "'slept'"]
    cells.write(0, "print('waits')\nawait asyncio.sleep(1000)")
    cells.press(0, "Run")
    cells.visit.until(lambda: "waits" in cells.output(0))
    cells.stop(0)
    assert "(asyncio, i)" in cells.status(0)
    cells.run(0, "6 * 7", "loading", "running")
    cells.wait(0, "done")
    assert cells.output(0) == "42"


def test_the_end_of_python_says_what_is_gone_and_the_next_run_starts_it_again(cells):
    cells.run(0, "kept = 1", "done")
    cells.run(0, "import ctypes\nctypes.string_at(2**32 - 8, 4)", "failed")
    assert cells.status(0).startswith("Python stopped working: ")
    assert "is gone (kept)" in cells.status(0)
    cells.run(0, "6 * 7", "done")
    assert cells.output(0) == "42"
    assert any("fatal error" in said for said in cells.visit.complaints)
    cells.visit.complaints.clear()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import threading\nthreading.Thread(target=print).start()", "one thread"),
        ("import subprocess\nsubprocess.run(['ls'])", "no other programs"),
        ("import os\nos.fork()", "no other programs"),
        ("import urllib.request\nurllib.request.urlopen('https://example.org')", "no network"),
        ("from pyodide.http import pyfetch\nawait pyfetch('https://example.org')", "no network"),
        ("import multiprocessing", "not with Python in a browser"),
        ("import getpass\ngetpass.getpass()", "his page cannot ask for input"),
        ("input()", "this page cannot ask for input"),
        ("import matplotlib", "in a Figure draws it"),
        ("import numpy as np\nnp.ones((40_000, 40_000))", "try smaller arrays"),
    ],
)
def test_what_a_browser_cannot_do_is_said_with_what_to_do_instead(notebook, source, said):
    notebook.run(0, source, "failed")
    assert said in notebook.output(0)


def test_what_a_cell_changes_does_not_reach_another_page(cells):
    cells.write(
        0, "import numpy as np\ndef broken(*_): raise RuntimeError('mine')\nnp.random.default_rng = broken"
    )
    cells.press(0, "Run")
    cells.wait(0, "done")
    page = cells.visit
    page.page.locator(".cell-text a[href*='why-not-the-same']").click()
    page.until(lambda: page.page.locator(".demo button.run").count() == 1)
    page.click("run")
    page.run_to_end()


def test_a_figure_that_cannot_be_shown_is_said_and_the_cell_can_be_run_again(notebook):
    notebook.run(
        0, "class Odd:\n    def to_json(self): return {'panels': ['<p></p>'], 'alt': 'odd'}\nOdd()", "done"
    )
    assert "The figure cannot be shown" in notebook.output(0)
    notebook.run(0, "print('well')", "done")


def test_an_error_leaves_the_focus_where_the_reader_is(notebook):
    notebook.write(0, "import time\ntime.sleep(1)\nboom()")
    notebook.write(1, "# mine")
    notebook.press(0, "Run")
    notebook.all.nth(1).locator("textarea").focus()
    notebook.wait(0, "failed")
    assert notebook.all.nth(1).locator("textarea").evaluate("e => e === document.activeElement")


def test_a_cell_reaches_neither_what_is_kept_for_reading_nor_the_words_between_worker_and_page(cells):
    """A page is read from the store without a network: who could write there would run in the page."""
    cells.write(
        0,
        """import js
names = ["caches", "indexedDB", "Worker", "SharedWorker", "BroadcastChannel", "postMessage", "close"]
found, scope = [], js.self
while scope:
    found += [name for name in names if js.Object.getOwnPropertyDescriptor(scope, name) is not None]
    scope = js.Object.getPrototypeOf(scope)
found or "nothing"
""",
    )
    cells.press(0, "Run")
    cells.wait(0, "done", "failed")
    assert cells.output(0) == "'nothing'"
    forged = """js.self.dispatchEvent(js.MessageEvent.new("message", data=js.JSON.parse('{"v": 1, "type": "cell", "run": 9}')))"""
    cells.run(0, f"import js\njs.self.onmessage = None\n{forged}\n6 * 7", "running", "done")
    cells.wait(0, "done", "failed")
    assert cells.output(0) == "42"


def test_a_cell_can_import_what_no_demo_needs_though_a_demo_has_started_python(visit, stage):
    opened = visit(stage.url).go("questions/where-does-3073-come-from/")
    opened.click("run")
    opened.run_to_end()
    begun = [url for url in opened.requests if url.endswith("convlens.tar.bin")]
    opened.page.locator(".demo-links a", has_text="Notebook").click()
    opened.page.wait_for_selector(".cell-bar")
    cells = Cells(opened)
    cells.write(0, "import statistics, unittest.mock\nstatistics.median([3, 1, 2])")
    held: list[Any] = []
    opened.page.route("**/rest.tar.bin", lambda route: held.append(route))
    cells.press(0, "Run")
    run = cells.all.nth(0).locator(".cell-bar button").first
    opened.until(lambda: re.fullmatch(r"\d\.\d of \d\.\d MB", run.inner_text()))
    held[0].continue_()
    cells.wait(0, "done", "failed")
    assert run.inner_text() == "Run"
    assert cells.output(0).strip() == "2"
    assert [url for url in opened.requests if url.endswith("convlens.tar.bin")] == begun, (
        "it is the same Python"
    )


def test_a_cell_can_use_the_digits_which_no_start_of_python_fetches(visit, stage):
    opened = visit(stage.url).go("questions/where-does-3073-come-from/")
    opened.click("run")
    opened.run_to_end()
    assert not [url for url in opened.requests if "digits" in url]
    opened.page.locator(".demo-links a", has_text="Notebook").click()
    opened.page.wait_for_selector(".cell-bar")
    cells = Cells(opened)
    lines = "import numpy as np", "from convlens.data import handwritten_digits_task as task"
    cells.run(0, "\n".join([*lines, "task(np.random.default_rng(0), 1797)[0].shape"]), "done", "failed")
    assert cells.output(0).strip() == "(1797, 1, 8, 8)"


def test_a_changed_cell_is_found_again_by_who_comes_back_and_reset_forgets_it(visit, stage):
    cells = Cells(visit(stage.url).go(NOTEBOOK))
    original = cells.value(1)
    cells.write(1, "print('mine')")
    page = cells.visit.page
    cells.visit.follow("questions/why-not-the-same/")
    page.go_back()
    page.wait_for_selector(".cell-bar")
    assert cells.box(1).is_visible()
    page.reload()
    page.wait_for_selector(".cell-bar")
    assert "As you left it" in cells.status(1)
    cells.press(1, "Run")
    cells.wait(1, "done", "failed")
    assert cells.output(1).strip() == "mine"
    assert not cells.box(0).is_visible()
    cells.press(1, "Reset")
    page.evaluate(
        "localStorage['cells /demos/twins/'] = JSON.stringify({ 2: { original: 'another', value: 'mine' } })"
    )
    page.reload()
    page.wait_for_selector(".cell-bar")
    assert not cells.box(1).is_visible()
    assert cells.value(1) == original


@pytest.mark.exhaustive
def test_a_change_that_is_too_long_to_be_kept_says_so_and_a_broken_store_hinders_nothing(read):
    cells = Cells(read(NOTEBOOK))
    cells.write(0, "# small")
    cells.write(0, "#" * 6_000_000)
    assert "too long to be kept" in cells.status(0)
    for broken in ("{broken", "null", "5", '"a"', '{"1": null}'):
        cells.visit.page.evaluate("broken => { localStorage['cells /demos/twins/'] = broken; }", broken)
        cells = Cells(read(NOTEBOOK))
        assert not cells.box(0).is_visible()


def test_axe_finds_nothing_while_a_cell_runs_when_it_has_failed_and_when_it_is_done(cells):
    page = cells.visit
    for source, state in (
        ("while True: pass", "running"),
        ("print(1)\n1 / 0", "failed"),
        ("print(1)\n2", "done"),
    ):
        cells.run(0, source, state)
        assert in_both(page, within=".notebook", without=".highlight code") == [], state
        if state == "running":
            cells.stop(0)
