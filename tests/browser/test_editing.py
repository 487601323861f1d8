"""A notebook's cells are edited and run as in other notebooks, and what differs is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from convlens_site.npm import editor, install

from .cells import NOTEBOOK, Cells
from .faulty import faulty
from .test_accessible import in_both, turn
from .visit import forget

pytestmark = pytest.mark.browser
STORE = "cells /demos/twins/"
SELECTED = "e => e.value.slice(e.selectionStart, e.selectionEnd)"


@pytest.fixture
def cells(warm):
    """The page as if it had just been loaded, with a Python that is already there."""
    return Cells(warm(NOTEBOOK))


@pytest.fixture
def still(read):
    """The page as if it had just been loaded; no cell is run."""
    return Cells(read(NOTEBOOK))


@pytest.fixture
def loaded(visit, stage):
    """The page in a browser that has seen nothing of the site yet."""
    return Cells(visit(stage.url).go(NOTEBOOK))


# --- the editor ---------------------------------------------------------------------------------------------


def test_the_editor_is_built_from_its_pinned_packages():
    """Without npm the site has text boxes, and the tests below cannot hold: make bundle says why."""
    assert editor.cached_file().exists(), "make bundle"
    lock = json.loads((install.HERE / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert "node_modules/prism-code-editor" in packages
    assert all(
        entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values()
    )


def test_its_script_is_fetched_when_a_cell_is_opened_and_not_before(loaded):
    asked = [url for url in loaded.visit.requests if "editor.js" in url]
    assert asked == []
    loaded.open(0)
    loaded.press(1, "Edit")
    loaded.all.nth(1).locator(".prism-code-editor").wait_for()
    assert len({url for url in loaded.visit.requests if "editor.js" in url}) == 1


def test_tab_indents_enter_keeps_the_indentation_and_all_of_it_can_be_undone(still):
    original = still.value(0)
    still.open(0)
    still.box(0).fill("")
    still.type("for i in range(3):", "Enter", "if i:", "Enter", "print(i)", "Enter", "Shift+Tab", "print(-i)")
    assert still.value(0) == "for i in range(3):\n    if i:\n        print(i)\n    print(-i)"
    still.type("Control+a", "Tab")
    assert still.value(0) == "    for i in range(3):\n        if i:\n            print(i)\n        print(-i)"
    still.type("Shift+Tab", "Shift+Tab")
    assert still.value(0) == "for i in range(3):\nif i:\n    print(i)\nprint(-i)"
    still.type("Control+/")
    assert still.value(0).startswith("# for i")
    for _ in range(100):
        still.type("Control+z")
        if still.value(0) == "":
            break
    assert still.value(0) == ""
    still.type("Control+z")
    assert still.value(0) == original


def test_escape_then_tab_leaves_the_editor_and_that_is_said(still):
    still.open(0)
    assert still.focused() == "Code of cell 1"
    hint = still.all.nth(0).locator(".cell-hint")
    assert "Esc, then Tab, leaves" in hint.inner_text()
    assert hint.is_visible()
    assert still.box(0).get_attribute("aria-describedby") == hint.get_attribute("id")
    before = still.value(0)
    still.type("Tab")
    assert still.focused() == "Code of cell 1"
    still.type("Control+z", "Escape")
    assert still.focused() == "Code of cell 1"
    still.type("Tab")
    assert still.focused() == "Run"
    assert not hint.is_visible()
    still.type("Shift+Tab", "Escape", "Shift+Tab")
    assert still.focused() not in ("Code of cell 1", "Run")
    assert still.value(0) == before
    still.box(0).focus()
    still.type("Escape", "x", "Tab")
    assert still.focused() == "Code of cell 1", "who types on wants to indent"


def test_what_is_typed_has_the_colours_of_the_page_in_both_schemes(read):
    """Word by word, against Pygments' colours of the same code in the page."""
    words = """(cell) => {
      const of = (root) => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = {};
        for (let node; (node = walker.nextNode()); )
          for (const word of node.data.match(/\\w+/g) ?? [])
            (found[word] ??= new Set()).add(getComputedStyle(node.parentElement).color);
        return Object.fromEntries(Object.entries(found).map(([word, all]) => [word, [...all].sort().join(" ")]));
      };
      return [of(cell.querySelector(".highlight")), of(cell.querySelector(".prism-code-editor .pce-wrapper"))];
    }"""
    for scheme in ("light", "dark"):
        cells = Cells(read(NOTEBOOK))
        turn(cells.visit, scheme)
        differ, same = [], 0
        for index in range(cells.last + 1):
            cells.open(index)
            static, typed = cells.all.nth(index).evaluate(words)
            both = static.keys() & typed.keys()  # they part "\\nx" and f"{x}" in different places
            assert len(both) > 0.9 * len(static)
            differ += [word for word in both if static[word] != typed[word]]
            same += sum(static[word] == typed[word] for word in both)
        assert len(differ) < 0.05 * same, (same, differ)


def test_the_editor_grows_with_its_text_up_to_a_height_and_prints_whole(still):
    still.open(1)
    frame = still.all.nth(1).locator(".prism-code-editor")
    size = "e => [e.clientHeight, e.scrollHeight]"
    still.box(1).fill("a = 1\n" * 5)
    small, text = frame.evaluate(size)
    assert small == text, "no scroll bar of its own"
    still.box(1).fill("a = 1\n" * 200)
    high, text = frame.evaluate(size)
    assert small < high < text
    assert high < still.visit.page.viewport_size["height"]
    still.box(1).fill("a = 1\n" * 200 + "b = '" + "long " * 100 + "'")
    still.visit.page.emulate_media(media="print")
    high, text = frame.evaluate(size)
    assert high >= text - 1
    assert frame.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    assert frame.locator(".pce-line").last.is_visible()


def test_without_its_script_one_edits_in_the_text_box(chromium, site):
    with faulty(site.folder, {"editor.js": "404"}, 10**9) as (url, faults):
        context = chromium.new_context(service_workers="block")
        page = context.new_page()
        page.goto(url + NOTEBOOK)
        cell = page.locator(".cell").first
        cell.get_by_role("button", name="Edit", exact=True).click()
        for _ in range(200):
            if faults.asked.get("editor.js", 0) >= 3:
                break
            page.wait_for_timeout(50)
        box = cell.locator("textarea.cell-edit")
        box.fill("print(6 * 7)\n" * 5)
        assert box.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), "it grows too"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Run"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "cell => cell.dataset.state === 'done'", arg=cell.element_handle(), timeout=60_000
        )
        assert cell.locator(".cell-output").inner_text().split() == ["42"] * 5
        context.close()


def test_without_npm_the_published_script_leaves_the_text_boxes(tmp_path):
    def without(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 1, "", "npm error code ENOTFOUND\nnpm error more")

    with pytest.raises(
        editor.EditorUnavailable, match=r"could not be fetched \(code ENOTFOUND\): connect"
    ) as said:
        editor.ensure(tmp_path, without)
    assert str(said.value).count(". ") == 0, "one sentence"
    assert editor.content(tmp_path) == editor.PLAIN.encode()
    assert list((tmp_path / "editor").rglob("*.js")) == []


# --- keys ---------------------------------------------------------------------------------------------------


def test_shift_enter_runs_and_goes_on_and_control_enter_stays(cells):
    cells.write(0, "a = 1")
    cells.write(2, "a + 1")
    cells.box(0).focus()
    cells.type("Shift+Enter")
    assert cells.focused() == "Run"
    assert cells.all.nth(1).locator(":focus").count() == 1
    cells.wait(0, "done")
    cells.write(1, "a += 1")
    cells.box(1).focus()
    cells.type("Shift+Enter")
    assert cells.focused() == "Code of cell 3"
    cells.type("Control+Enter")
    cells.wait(2, "done", "failed")
    assert cells.output(2).strip() == "3"
    assert cells.focused() == "Code of cell 3"
    assert cells.value(2) == "a + 1", "and no line was added"


def test_a_cell_that_is_asked_for_while_another_runs_waits_for_its_turn(cells):
    cells.write(0, "import time\ntime.sleep(1.5)\nseen = 'first'")
    cells.write(1, "seen")
    cells.box(0).focus()
    cells.type("Shift+Enter", "Shift+Enter")
    cells.visit.until(lambda: cells.status(1) == "Waits for the cells above.")
    cells.wait(1, "done", "failed")
    assert cells.output(1).strip() == "'first'"


def test_the_themes_letters_open_no_other_page_once_a_cell_is_in_hand(cells):
    page = cells.visit.page
    cells.write(0, "kept = 1")
    cells.press(0, "Run")
    cells.wait(0, "done")
    address = page.url
    page.evaluate("document.activeElement.blur()")
    for key in ("n", ".", "p", ",", "f", "s", "/"):
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert page.url == address
    assert not page.locator("[data-md-component='search-query']").evaluate(
        "e => e === document.activeElement"
    )
    cells.write(1, "kept")
    cells.press(1, "Run")
    cells.wait(1, "done", "failed")
    assert cells.output(1).strip() == "1"
    page.locator("[data-md-component='search-query']").fill("")
    page.locator("[data-md-component='search-query']").type("pns")
    assert page.locator("[data-md-component='search-query']").input_value() == "pns", (
        "where one types, letters are letters"
    )


def test_the_themes_letters_work_for_who_only_reads(still):
    address = still.visit.page.url
    still.visit.page.keyboard.press("n")
    still.visit.until(lambda: still.visit.page.url != address, 10)


# --- what is kept -------------------------------------------------------------------------------------------


def test_a_reset_can_be_undone_by_its_button_and_by_keys(still):
    original = still.value(1)
    still.open(1)
    still.box(1).fill("mine = 1")
    still.press(1, "Reset")
    assert still.value(1) == original
    still.press(1, "Undo reset")
    assert still.value(1) == "mine = 1"
    assert still.box(1).is_visible()
    assert still.button(1, "Reset").count() == 1
    still.press(1, "Reset")
    still.press(1, "Edit")
    still.type("Control+z")
    assert still.value(1) == "mine = 1"


def test_a_change_outlives_its_tab_and_can_be_forgotten(loaded):
    page = loaded.visit.page
    original = loaded.value(1)
    loaded.write(1, "print('mine')")
    loaded.write(0, "print('also')")
    other = page.context.new_page()
    page.close()
    other.goto(loaded.visit.url + NOTEBOOK)
    other.wait_for_selector(".notebook-bar")
    loaded.visit.page = other
    again = Cells(loaded.visit)
    assert again.value(1) == "print('mine')"
    assert again.said() == "Your code is as you left it. What the cells had defined is gone: run them again."
    again.bar("Reset all")
    assert again.value(1) == original
    assert other.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('cells'))") == []
    again.press(1, "Undo reset")
    assert again.value(1) == "print('mine')"


def test_a_change_of_an_older_page_is_offered_and_not_put_in(read):
    cells = Cells(read(NOTEBOOK))
    original = cells.value(1)
    older = {"2": {"original": "of an older page", "value": "mine = 1"}}
    page = cells.visit.page
    page.evaluate("([name, text]) => { localStorage[name] = text; }", [STORE, json.dumps(older)])
    cells = Cells(read(NOTEBOOK))
    assert cells.value(1) == original
    assert "The page has changed since you edited this cell." in cells.status(1)
    cells.press(1, "Undo reset")
    assert cells.value(1) == "mine = 1"
    cells.bar("Reset all")
    assert page.evaluate("name => localStorage[name]", STORE) is None


def test_two_tabs_keep_what_was_changed_in_either(loaded):
    page = loaded.visit.page
    other = page.context.new_page()
    other.goto(loaded.visit.url + NOTEBOOK)
    other.wait_for_selector(".notebook-bar")
    loaded.write(0, "one = 1")
    box = other.locator(".cell").nth(1)
    box.get_by_role("button", name="Edit", exact=True).click()
    box.locator("textarea").fill("two = 2")
    loaded.write(2, "three = 3")
    kept = json.loads(page.evaluate("name => localStorage[name]", STORE))
    assert [kept[number]["value"] for number in "123"] == ["one = 1", "two = 2", "three = 3"]
    box.locator("textarea").fill("two = 22")
    loaded.write(1, "two = 222")
    page.reload()
    page.wait_for_selector(".notebook-bar")
    assert loaded.value(1) == "two = 222", "the last writer wins"


def test_on_return_it_is_said_that_what_the_cells_had_defined_is_gone(cells):
    page = cells.visit.page
    assert cells.said() == ""
    cells.write(0, "a = 1")
    cells.press(0, "Run")
    cells.wait(0, "done")
    cells.press(0, "Reset")
    page.locator(".md-nav__link[href$='questions/why-not-the-same/']").first.click()
    page.wait_for_selector(".demo button.run")
    page.go_back()
    page.wait_for_selector(".notebook-bar")
    assert "What the cells had defined is gone: run them again." in cells.said()


# --- running ------------------------------------------------------------------------------------------------


def test_a_missing_name_offers_to_run_the_cells_above_and_the_built_figure_stays(cells):
    index = next(i for i in range(cells.last + 1) if cells.all.nth(i).locator(".cell-output svg").count())
    cells.press(index, "Run")
    cells.wait(index, "failed")
    assert "NameError" in cells.output(index)
    assert "which has not finished" in cells.output(index)
    assert cells.all.nth(index).locator(".cell-before svg").is_visible()
    assert in_both(cells.visit, within=".notebook", without=".highlight code") == []
    cells.all.nth(index).locator(".cell-missing button").click()
    cells.wait(index, "done")
    assert cells.all.nth(index).locator(".cell-output svg").count() > 0
    assert cells.all.nth(index).locator(".cell-before svg").count() == 0


def test_a_typing_error_is_no_reason_to_run_everything(notebook):
    notebook.write(1, "no_such_name")
    notebook.press(1, "Run")
    notebook.wait(1, "failed")
    assert "NameError" in notebook.output(1)
    assert notebook.all.nth(1).locator(".cell-missing").count() == 0


def test_the_built_figure_stays_until_there_is_a_new_one(notebook):
    index = next(
        i for i in range(notebook.last + 1) if notebook.all.nth(i).locator(".cell-output svg").count()
    )
    notebook.write(index, "import time\ntime.sleep(1)\nprint('new')\ntime.sleep(1)")
    notebook.press(index, "Run")
    notebook.wait(index, "running")
    assert notebook.all.nth(index).locator(".cell-before svg").is_visible()
    notebook.visit.until(lambda: "new" in notebook.output(index))
    assert not notebook.all.nth(index).locator(".cell-before svg").is_visible()
    notebook.wait(index, "done")
    notebook.press(index, "Reset")
    assert notebook.all.nth(index).locator(".cell-output svg").is_visible()


@pytest.mark.exhaustive
def test_restart_ends_python_and_says_what_is_gone(loaded):
    loaded.bar("Restart Python")
    assert loaded.said() == "Python has not been started yet."
    loaded.write(0, "a = 1")
    loaded.write(1, "a")
    loaded.press(1, "Run all to here")
    loaded.wait(1, "done")
    loaded.bar("Restart Python")
    assert loaded.said() == "Python was restarted. What these cells had defined is gone: 1, 2."
    assert [loaded.status(index) for index in (0, 1, 2)] == ["Not run since Python was restarted."] * 2 + [""]
    loaded.press(1, "Run")
    loaded.wait(1, "loading", "running")
    loaded.wait(1, "failed")
    assert "a is in cell 1, which has not finished." in loaded.output(1)
    assert loaded.status(0) == "Not run since Python was restarted."


def test_restart_ends_a_cell_that_runs_for_ever(notebook):
    notebook.write(0, "while True: pass")
    notebook.press(0, "Run")
    notebook.wait(0, "running")
    notebook.bar("Restart Python")
    assert notebook.state(0) == "stopped"
    notebook.write(0, "6 * 7")
    notebook.press(0, "Run")
    notebook.wait(0, "done")
    assert notebook.output(0).strip() == "42"


def test_a_run_of_all_says_at_which_cell_it_stopped_and_leads_there(cells):
    cells.write(0, "1")
    cells.write(1, "1 / 0")
    cells.bar("Run all")
    cells.wait(1, "failed")
    assert cells.said() == "Stopped at cell 2."
    link = cells.visit.page.locator(".notebook-bar a")
    link.click()
    cells.visit.until(lambda: cells.visit.page.url.endswith("#cell-2"))
    assert 0 <= cells.all.nth(1).bounding_box()["y"] < cells.visit.page.viewport_size["height"]
    cells.visit.page.wait_for_timeout(500)
    assert "ZeroDivisionError" in cells.output(1), "what ran on the page is still there"


# --- as a file ----------------------------------------------------------------------------------------------


def downloaded(cells: Cells, name: str, folder: Path) -> Path:
    with cells.visit.page.expect_download() as coming:
        cells.bar(f"Download {name}")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_the_notebook_downloads_as_python_that_runs_with_the_readers_code(warm, tmp_path):
    cells = Cells(warm("demos/conv_arithmetic/"))
    cells.write(cells.last, "print('mine', 6 * 7)")
    path = downloaded(cells, ".py", tmp_path)
    assert path.name == "conv_arithmetic.py"
    text = path.read_text("utf-8")
    assert text.count("\n# %%\n") == cells.last + 1
    assert cells.visit.url + "questions/" in text, "links lead to the site"
    ran = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("mine 42\n")


def test_the_notebook_downloads_as_a_valid_notebook(cells, tmp_path):
    cells.write(1, "print('mine')\n\n# end")
    path = downloaded(cells, ".ipynb", tmp_path)
    assert path.name == "twins.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert code[1] == "print('mine')\n\n# end"
    assert len(code) == cells.last + 1
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert text[1].startswith("# Twins: two filters")


def test_every_notebooks_source_has_the_cells_of_its_page(warm, site, tmp_path):
    for source in sorted((site.folder / "assets/demos").glob("*.py")):
        cells = Cells(warm(f"demos/{source.stem}/"))
        notebook = nbformat.read(downloaded(cells, ".ipynb", tmp_path), as_version=4)
        code = [cell.source.split() for cell in notebook.cells if cell.cell_type == "code"]
        assert code == [cells.value(index).split() for index in range(cells.last + 1)], source.stem


def test_a_download_whose_source_does_not_come_is_said(loaded):
    page = loaded.visit.page
    page.route("**/assets/demos/twins.py*", lambda route: route.fulfill(status=404))
    loaded.bar("Download .py")
    loaded.visit.until(lambda: "twins.py could not be loaded: the server answered 404." in loaded.said())
    forget(loaded.visit)
