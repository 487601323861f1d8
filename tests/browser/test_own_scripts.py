"""The page's own scripts come over the same bad line: one fault is passed over, one that lasts is said, and the page reads on."""

from __future__ import annotations

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
)
NOTEBOOKS = ("terminal.js", "output.js", "editing.js", "cell.js", "notebook.js")
LATER = {"predict.js": (QUESTION, "form.predict"), **dict.fromkeys(NOTEBOOKS, (NOTEBOOK, ".notebook"))}
LIMIT = 20  # seconds


@pytest.fixture
def reader(chromium, site):
    """Opens a page on whose server one script fails; gives the page, and what is asked of the server."""
    with ExitStack() as closing:

        def opened(script: str, fault: str, times: int, path: str = QUESTION):
            url, faults = closing.enter_context(faulty(site.folder, {script: fault}, times))
            context = chromium.new_context(service_workers="block")
            closing.callback(context.close)
            page = context.new_page()
            page.goto(url + path, wait_until="commit")
            return page, faults

        yield opened


def test_a_fault_of_any_script_is_passed_over(reader):
    """Not one that the browser takes for the script itself: see below."""
    waiting = {}
    for n, script in enumerate((*MODULES, *LATER)):
        path, _ = LATER.get(script, (QUESTION, ""))
        fault = ("404", "503", "abort", "truncated", "html")[n % 5]
        waiting[script, fault] = reader(script, fault, 1, path)
    for (script, fault), (page, faults) in waiting.items():
        notebook = LATER.get(script, ("",))[0] == NOTEBOOK
        alive = (
            ".cell-bar button"
            if notebook
            else ".predict button"
            if script in LATER
            else ".demo-bar button.run"
        )
        page.wait_for_selector(alive, timeout=LIMIT * 1000)
        assert faults.asked[script] > 1, (script, fault)
        assert page.locator(".demo-bar .demo-error").count() == 0


def test_a_fault_that_lasts_is_said_and_the_page_can_be_loaded_anew(reader):
    """All at once, since most of the time is spent in waiting."""
    cases = [(script, "503") for script in (*MODULES, *LATER)]
    cases += [("host.js", fault) for fault in FAULTS if fault != "503"]
    cases += [("settings.js", fault) for fault in ("hangs", "corrupt")]  # one that another one asks for
    waiting = {}
    for script, fault in cases:
        path, place = LATER.get(script, (QUESTION, ".demo-bar"))
        waiting[script, fault] = (*reader(script, fault, 10**9, path), place)
    for case, (page, faults, place) in waiting.items():
        error = page.locator(f"{place} .demo-error").first
        error.wait_for(timeout=LIMIT * 1000)
        assert "could not be loaded" in error.inner_text(), case
        assert page.locator(".demo-panels svg, .cell-figure svg").first.is_visible(), case
        faults.of = {}
        error.get_by_role("button", name="Reload the page").click()
        page.wait_for_selector(f"{place} button:not(.demo-error button)", timeout=LIMIT * 1000)
        assert error.count() == 0, case
        page.context.close()


def test_scripts_that_come_late_and_all_at_once_are_waited_for(chromium, site):
    """As through a proxy that checks each file: the first try gives up too early, the second does not."""
    with ExitStack() as closing:
        url, faults = closing.enter_context(faulty(site.folder, dict.fromkeys(MODULES, "held"), 10**9))
        context = chromium.new_context(service_workers="block")
        closing.callback(context.close)
        page = context.new_page()
        page.goto(url + QUESTION, wait_until="commit")
        page.wait_for_selector(".demo-bar button.run", timeout=2 * LIMIT * 1000)
        assert page.locator(".demo-bar .demo-error").count() == 0
        assert faults.asked["host.js"] >= 2


# What a page says when its first script does not come. While it may still come, that is the page's own sentence.
SAID = {
    "404": "not there (404)", "503": "in trouble (503)", "abort": "could not be fetched", "truncated": "could not be fetched",
    "corrupt": "changed on its way", "html": "sign in first", "hangs": "has not started yet", "stalls": "has not started yet",
}  # fmt: skip


def test_without_the_first_script_the_page_reads_and_says_what_to_do(reader):
    """Nothing of ours can run then: the page has the sentence, and a style that shows it after a while."""
    waiting = {
        (fault, path): reader("start.js", fault, 10**9, path)
        for fault, path in (*((fault, QUESTION) for fault in FAULTS), ("404", NOTEBOOK))
    }
    for case, (page, _) in waiting.items():
        lost = page.locator(".demo-lost").first
        lost.wait_for(timeout=LIMIT * 1000)
        page.wait_for_function(
            "element => element.getBoundingClientRect().height > 10", arg=lost.element_handle(), timeout=5000
        )
        assert SAID[case[0]] in lost.inner_text(), case
        assert page.locator(".demo-panels svg, .cell-figure svg").first.is_visible(), case
        assert page.locator(".demo-bar button").count() == 0, case


def test_with_the_first_script_or_without_any_that_sentence_is_never_there(chromium, site):
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts)
        page = context.new_page()
        for path in (QUESTION, NOTEBOOK):
            page.goto(site.url + path)
            if scripts:
                page.wait_for_selector(".demo-bar button.run, .cell-bar button")
            lost = page.locator(".demo-lost")
            assert lost.count() == (2 if path == QUESTION else 1)
            for n in range(lost.count()):
                assert lost.nth(n).is_hidden()
                assert lost.nth(n).bounding_box() is None, "it takes no room"
        context.close()
