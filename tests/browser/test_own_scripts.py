"""The page's own scripts come over the same bad line: one fault is passed over, one that lasts is said, and the page reads on."""

from __future__ import annotations

import itertools
from contextlib import ExitStack

import pytest

from .faulty import FAULTS, faulty

pytestmark = pytest.mark.browser

QUESTION, NOTEBOOK = "questions/why-not-the-same/", "demos/conv_walk/"
MODULES = (
    "host.js",
    "runtime.js",
    "view.js",
    "protocol.js",
    "controls.js",
    "dom.js",
    "link.js",
    "pointing.js",
    "settings.js",
    "svg.js",
    "state.js",
    "bar.js",
    "figure.js",
    "recording.js",
)
NOTEBOOKS = ("terminal.js", "output.js", "editing.js", "cell.js", "notebook.js")
LATER = {"predict.js": (QUESTION, "form.predict"), **dict.fromkeys(NOTEBOOKS, (NOTEBOOK, ".notebook"))}
ALIVE = {QUESTION: ".predict button", NOTEBOOK: ".cell-bar button"}


@pytest.fixture
def reader(chromium, stage):
    """Opens a page on whose server scripts fail; gives the page, and what is asked of the server."""
    with ExitStack() as closing:

        def opened(of: dict[str, str], times: int, path: str = QUESTION):
            url, faults = closing.enter_context(faulty(stage.folder, of, times))
            context = chromium.new_context(service_workers="block")
            closing.callback(context.close)
            page = context.new_page()
            page.clock.install()
            page.goto(url + path, wait_until="commit")
            return page, faults

        yield opened


@pytest.mark.parametrize(
    ("path", "scripts"),
    [(QUESTION, (*MODULES, "predict.js")), (NOTEBOOK, NOTEBOOKS)],
    ids=["demo", "notebook"],
)
def test_a_fault_of_each_script_is_passed_over(reader, path, scripts):
    """Not one that the browser takes for the script itself: see below."""
    faults_of = itertools.cycle(("404", "503", "abort", "truncated", "html"))
    page, faults = reader(dict(zip(scripts, faults_of, strict=False)), 1, path)
    faults.until(page, page.locator(f"{ALIVE[path]} >> nth=0").is_visible)
    assert {script for script in scripts if faults.asked[script] < 2} == set()
    assert page.locator(".demo-bar .demo-error").count() == 0


LASTING = [(script, "503") for script in (*MODULES, *LATER)]
LASTING += [("host.js", fault) for fault in FAULTS if fault != "503"]
LASTING += [("settings.js", fault) for fault in ("hangs", "corrupt")]  # one that another one asks for


@pytest.mark.sample(4)
@pytest.mark.parametrize(("script", "fault"), LASTING)
def test_a_fault_that_lasts_is_said_and_the_page_can_be_loaded_anew(reader, script, fault):
    path, place = LATER.get(script, (QUESTION, ".demo-bar"))
    page, faults = reader({script: fault}, 10**9, path)
    error = page.locator(f"{place} .demo-error").first
    faults.until(page, lambda: error.count() == 1)
    assert "could not be loaded" in error.inner_text()
    assert page.locator(".demo-panels svg, .cell-figure svg").first.is_visible()
    again = error.get_by_role("button", name="Reload the page")
    if fault == "503" and script not in ("host.js", "predict.js", "cells.js"):
        assert again.is_enabled()  # one script of a kind is enough to see that it does
        return
    faults.change({})
    again.click()
    faults.until(
        page, page.locator(f".demo button.run, {place} button:not(.demo-error button)").first.is_visible
    )
    assert error.count() == 0


@pytest.mark.exhaustive
def test_scripts_that_come_late_and_all_at_once_are_waited_for(reader):
    """As through a proxy that checks each file: the first try gives up too early, the second does not."""
    page, faults = reader(dict.fromkeys(MODULES, "held"), 10**9)
    faults.until(page, page.locator(".demo button.run").first.is_visible)
    assert page.locator(".demo-bar .demo-error").count() == 0
    assert faults.asked["host.js"] >= 2


# What a page says when its first script does not come. While it may still come, that is the page's own sentence.
SAID = {
    "404": "not there (404)", "503": "in trouble (503)", "abort": "could not be fetched", "truncated": "could not be fetched",
    "corrupt": "changed on its way", "html": "sign in first", "hangs": "has not started yet", "stalls": "has not started yet",
}  # fmt: skip


@pytest.mark.sample(9)
@pytest.mark.parametrize(("fault", "path"), [*((fault, QUESTION) for fault in FAULTS), ("404", NOTEBOOK)])
def test_without_the_first_script_the_page_reads_and_says_what_to_do(reader, fault, path):
    """Nothing of ours can run then: the page has the sentence, and a style that shows it after a while."""
    page, faults = reader({"start.js": fault}, 10**9, path)
    lost = page.locator(".demo-lost").first
    faults.until(page, lambda: lost.count() and (lost.bounding_box() or {"height": 0})["height"] > 10)
    assert SAID[fault] in lost.inner_text()
    assert page.locator(".demo-panels svg, .cell-figure svg").first.is_visible()
    assert page.locator(".demo-bar button").count() == 0


def test_with_the_first_script_or_without_any_that_sentence_is_never_there(chromium, stage):
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts)
        page = context.new_page()
        for path in (QUESTION, NOTEBOOK):
            page.goto(stage.url + path)
            if scripts:
                page.wait_for_selector(".demo button.run, .cell-bar button")
            lost = page.locator(".demo-lost")
            assert lost.count() == (2 if path == QUESTION else 1)
            for n in range(lost.count()):
                assert lost.nth(n).is_hidden()
                assert lost.nth(n).bounding_box() is None, "it takes no room"
        context.close()
