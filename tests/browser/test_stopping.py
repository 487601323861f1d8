"""Stop acts at once, whatever Python does, and leaves nothing behind that would hinder the next run."""

from __future__ import annotations

import re

import pytest

from .stage import COUNTING

pytestmark = pytest.mark.browser
LONG = f"{COUNTING}#counting?steps=2000"  # seconds of painting


def step(page) -> int:
    return int(re.findall(r"Step (\d+) of", page.text(".demo-caption"))[0])


def test_stop_acts_within_a_second_in_the_midst_of_a_run(warm):
    page = warm(LONG)
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())
    page.page.locator("section.demo").evaluate(
        """section => {
            section.addEventListener("pointerdown", ({ timeStamp }) => { window.pressed = timeStamp; }, true);
            new MutationObserver(() => { if (section.dataset.state === "stopped") window.stopped ??= performance.now(); })
              .observe(section, { attributeFilter: ["data-state"] });
            window.stopped = undefined;
        }"""
    )
    page.stop()
    assert page.page.evaluate("stopped - pressed") < 1000  # milliseconds
    shown = page.text(".demo-caption")
    page.page.wait_for_timeout(400)
    assert page.text(".demo-caption") == shown
    page.fill("steps", "100")
    page.until(lambda: page.state() != "stopped")
    page.run_to_end()
    assert page.text(".demo-caption") == "Step 100 of 100."


def test_the_table_belongs_to_the_figure_after_a_stop(warm):
    page = warm(LONG)
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())
    page.stop()
    assert page.rows() == {"count": [step(page)], "seed": [0]}
    assert step(page) > 0


def test_stop_in_the_midst_of_loading_and_then_a_second_run(visit, stage):
    page = visit(stage.url).go(COUNTING)
    held = []
    page.page.route("**/pyodide.asm.wasm.bin", lambda route: held.append(route))  # the answer never comes
    page.click("run")
    page.until(lambda: held)
    assert page.state() == "loading"
    assert " MB" in page.text(".demo-bytes")
    page.stop()
    page.until(lambda: page.pythons() == [])
    for route in held:
        route.abort()
    page.page.unroute("**/pyodide.asm.wasm.bin")
    page.click("run")
    page.run_to_end()
    page.complaints.clear()  # the browser's own line about the request that was aborted


def test_stop_ends_code_that_does_not_come_back(warm):
    page = warm(COUNTING)
    page.choose("trouble", "hangs")
    page.click("run")
    page.until(lambda: page.state() == "running" and "Step 0" in page.text(".demo-caption"))
    before = page.pythons()
    page.stop()
    page.choose("trouble", "none")
    page.until(lambda: page.state() != "stopped")
    page.run_to_end()
    page.until(lambda: len(page.pythons()) == 1)
    assert page.pythons() != before


def test_a_run_that_hangs_is_ended_with_a_sentence(warm):
    page = warm(COUNTING)
    page.choose("trouble", "hangs at once")
    page.click("run")
    page.reach("failed")
    assert "did not answer for 3 seconds" in page.text(".demo-error")
    assert page.page.locator(".demo-panels svg").count() == 2


def test_a_late_answer_to_an_old_run_does_not_quiet_the_watch_over_the_new_one(warm):
    page = warm(COUNTING)
    page.choose("pace", "slow")
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())  # and the next step is being computed
    page.choose("trouble", "hangs at once")
    page.reach("failed")
    assert "did not answer" in page.text(".demo-error")


def test_a_stop_after_a_change_is_not_followed_by_a_run(warm):
    page = warm(LONG)
    page.click("run")
    page.reach("running")
    page.fill("seed", "7")
    page.stop()
    page.page.wait_for_timeout(800)  # after a change of a number, a run begins 600 ms later
    assert page.state() == "stopped"
    assert page.shown()["seed"] == 0


def test_run_and_stop_pressed_in_a_row_keep_python_warm(warm):
    page = warm(COUNTING)
    page.click("run")
    page.run_to_end()
    page.until(lambda: len(page.pythons()) == 1)  # one that was ended is listed for a moment
    before = page.pythons()
    page.page.evaluate("""() => { for (const name of ["run", "stop", "run", "stop"])
        document.querySelector(`.demo-bar button.${name}`).click(); }""")
    page.reach("stopped")
    page.click("run")
    page.run_to_end()
    assert page.pythons() == before
    assert page.runtime_requests() == []
