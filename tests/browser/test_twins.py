"""The whole chain, as a reader meets it: the built site, a real browser, Python in a worker."""

from __future__ import annotations

import time

import pytest
from twins import twins

pytestmark = pytest.mark.browser
QUESTION = "questions/why-not-the-same/"
SHORT = "#twins?steps=100"  # where the length of a run is not the point
CELLS = [(incoming, outgoing) for incoming in ("same", "different") for outgoing in ("same", "different")]


def test_all_four_cells_run_to_the_end_and_agree_with_cpython(visit):
    page = visit().go(SHORT)
    for incoming, outgoing in CELLS:
        page.choose("incoming", incoming)
        page.choose("outgoing", outgoing)
        if page.state() == "still":
            page.click("run")
        chosen = {"incoming": incoming, "outgoing": outgoing}
        page.until(
            lambda chosen=chosen: chosen.items() <= page.shown().items() and page.state() == "done", 60
        )
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


def test_reading_starts_nothing_and_downloads_nothing_of_python(visit):
    page = visit().go().go("questions/why-not-the-same/").go("demos/twins/").go("glossary/")
    assert page.runtime_requests() == []
    assert page.pythons() == []


def test_a_link_fills_the_controls_and_starts_nothing(visit):
    page = visit().go("#twins?outgoing=different&seed=3&gap=1e-9&steps=9e9&incoming=<b>&code=import%20os")
    assert page.page.locator('[data-control="outgoing"] input[value="different"]').is_checked()
    assert page.page.locator('[data-control="incoming"] input[value="same"]').is_checked()
    assert page.page.locator("#twins-seed").input_value() == "3"
    assert page.page.locator("#twins-steps").input_value() == "300"
    assert (
        page.page.locator('[data-control="gap"] input[type=range]').get_attribute("aria-valuetext") == "10⁻⁹"
    )
    assert page.state() == "still"
    assert page.runtime_requests() == []
    assert page.pythons() == []


def test_a_link_of_an_earlier_release_opens_the_demo_without_what_it_no_longer_has(visit):
    page = visit().go(QUESTION + "#twins?detail=1&image=2&outgoing=different&steps=100")
    assert page.page.locator('[data-control="outgoing"] input[value="different"]').is_checked()
    page.click("run")
    page.run_to_end()
    assert page.text(".demo-result") == twins.still(outgoing="different", steps=100).alt


def test_changing_a_setting_of_the_built_figure_waits_for_run_and_says_so(visit):
    page = visit().go()
    page.choose("outgoing", "different")
    assert page.text(".demo-status") == "The settings have changed. Press Run."
    assert page.page.locator("section.demo[data-stale]").count() == 1
    assert page.pythons() == []
    page.choose("outgoing", "same")
    assert page.page.locator("section.demo[data-stale]").count() == 0


def test_changing_a_setting_after_a_run_runs_again(visit):
    page = visit().go(SHORT)
    page.click("run")
    page.run_to_end()
    page.choose("outgoing", "different")
    page.until(lambda: page.shown()["outgoing"] == "different" and page.state() == "done")
    assert page.numbers()[-1][1] > 1e-3


def test_stop_in_the_midst_of_a_run_and_then_a_second_run(visit):
    page = visit().go("#twins?steps=1000")
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())
    page.click("stop")
    page.until(lambda: page.state() == "stopped", 1)
    shown = page.text(".demo-caption")
    page.page.wait_for_timeout(400)
    assert page.text(".demo-caption") == shown
    page.fill("steps", "100")
    page.until(lambda: page.state() != "stopped")
    page.run_to_end()
    assert page.numbers()[-1] == (100, 0.0)


def test_stop_in_the_midst_of_loading_and_then_a_second_run(visit):
    page = visit().go(SHORT)
    held = []
    page.page.route("**/pyodide.asm.wasm.bin", lambda route: held.append(route))  # the answer never comes
    page.click("run")
    page.until(lambda: held)
    assert page.state() == "loading"
    assert " MB" in page.text(".demo-bytes")
    page.click("stop")
    page.until(lambda: page.state() == "stopped", 1)
    page.until(lambda: page.pythons() == [], 1)
    for route in held:
        route.abort()
    page.page.unroute("**/pyodide.asm.wasm.bin")
    page.click("run")
    page.run_to_end()
    page.complaints.clear()  # the browser's own line about the request that was aborted


YIELD = "            yield state\n"


def test_stop_ends_code_that_does_not_come_back(visit):
    page = visit().go(SHORT)
    page.replace_demo(YIELD, YIELD + "            while seed == 0: pass\n")
    page.click("run")
    page.until(lambda: page.state() == "running" and "Step 0" in page.text(".demo-caption"))
    page.click("stop")
    page.until(lambda: page.state() == "stopped", 1)
    page.fill("seed", "1")
    page.run_to_end()
    assert len(page.pythons()) == 1


def test_a_run_that_hangs_is_ended_with_a_sentence(visit):
    page = visit().go()
    page.replace_demo(YIELD, "            while True: pass\n")
    page.click("run")
    page.until(lambda: page.state() == "failed")
    assert "did not answer for 8 seconds" in page.text(".demo-error")
    assert page.page.locator(".demo-panels svg").count() == 2


def test_a_late_answer_to_an_old_run_does_not_quiet_the_watch_over_the_new_one(visit):
    page = visit().go()
    page.replace_demo(
        YIELD,
        "            import time\n            while seed == 1: pass\n            time.sleep(0.5)\n" + YIELD,
    )
    page.click("run")
    page.until(lambda: page.state() == "running" and "Step 0" in page.text(".demo-caption"))
    page.fill("seed", "1")
    page.until(lambda: page.state() == "failed", 20)
    assert "did not answer" in page.text(".demo-error")


def test_a_stop_after_a_change_is_not_followed_by_a_run(visit):
    page = visit().go("#twins?steps=1000")
    page.click("run")
    page.until(lambda: page.state() == "running")
    page.fill("seed", "7")
    page.click("stop")
    page.until(lambda: page.state() == "stopped", 1)
    page.page.wait_for_timeout(1000)
    assert page.state() == "stopped"
    assert page.shown()["seed"] == 0


def test_run_and_stop_pressed_in_a_row_keep_python_warm(visit):
    page = visit().go(SHORT)
    page.click("run")
    page.run_to_end()
    before = len(page.runtime_requests())
    page.page.evaluate("""() => { for (const name of ["run", "stop", "run", "stop"])
        document.querySelector(`.demo-bar button.${name}`).click(); }""")
    page.until(lambda: page.state() == "stopped")
    page.click("run")
    page.run_to_end()
    assert len(page.runtime_requests()) == before


def test_a_demo_file_that_is_not_the_demo_is_refused_and_a_retry_works(visit):
    page = visit().go(SHORT)
    page.page.route("**/assets/demos/twins.py*", lambda route: route.fulfill(body="<html>sign in</html>"))
    page.click("run")
    page.until(lambda: page.state() == "failed", 20)
    assert "twins.py could not be loaded" in page.text(".demo-error")
    page.page.unroute_all()
    before = len(page.runtime_requests())
    page.click("run")
    page.run_to_end()
    assert len(page.runtime_requests()) == before, "Python itself was well and need not be loaded again"


def test_the_table_belongs_to_the_figure_after_a_stop(visit):
    page = visit().go("#twins?steps=1000&outgoing=different")
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())
    page.click("stop")
    page.until(lambda: page.state() == "stopped", 1)
    step, difference = page.numbers()[-1]
    assert f"Step {step} of" in page.text(".demo-caption")
    assert difference > 0


def test_pause_step_and_reset(visit):
    page = visit().go()
    for number in (1, 2, 3):  # the first press moves too
        page.click("step")
        page.until(lambda number=number: f"Step {number} of 300" in page.text(".demo-caption"))
        assert page.state() == "paused"
    page.click("run")
    page.until(lambda: page.state() == "running" and "Step 3 of" not in page.text(".demo-caption"))
    page.click("run")  # it says Pause now
    page.until(lambda: page.state() == "paused")
    page.page.wait_for_timeout(100)
    paused = page.text(".demo-caption")
    page.page.wait_for_timeout(300)
    assert page.text(".demo-caption") == paused
    page.click("reset")
    page.until(lambda: "Step 0 of 300" in page.text(".demo-caption"))
    assert page.state() == "paused"
    start = page.page.locator(".demo-panels").inner_html()
    page.click("step")
    page.until(lambda: "Step 1 of 300" in page.text(".demo-caption"))
    page.click("reset")
    page.until(lambda: page.page.locator(".demo-panels").inner_html() == start)


def test_python_stays_warm_across_instant_navigation(visit):
    page = visit().go()
    page.click("run")
    page.run_to_end()
    page.page.evaluate("window.stayed = true")
    before = len(page.runtime_requests())
    page.page.locator(".md-content a[href*='why-not-the-same']").first.click()
    page.until(lambda: "why-not-the-same" in page.page.url and page.page.locator(".predict").count() == 1)
    page.until(lambda: page.page.locator(".demo-bar button.run").count() == 1)
    assert page.page.evaluate("window.stayed") is True, "the page was loaded anew"
    began = time.monotonic()
    page.click("run")
    page.until(lambda: page.state() in {"running", "done"} and "300 of" not in page.text(".demo-caption"))
    assert time.monotonic() - began < 2
    page.run_to_end()
    assert len(page.runtime_requests()) == before
    assert len(page.pythons()) == 1


def test_leaving_in_the_midst_of_a_run_leaves_no_run_behind(visit):
    page = visit().go("#twins?steps=1000")
    page.click("run")
    page.until(lambda: page.state() == "running")
    page.page.locator(".md-content a[href*='why-not-the-same']").first.click()
    page.until(
        lambda: (
            page.page.locator(".predict").count() == 1
            and page.page.locator(".demo-bar button.run").count() == 1
        )
    )
    assert page.state() == "still"
    page.click("run")
    page.run_to_end()
    assert page.numbers()[-1][0] == 300


@pytest.mark.parametrize(
    ("answer", "verdict"), [("same", "The run shows something else"), ("apart", "As you expected")]
)
def test_a_prediction_is_compared_with_the_run(visit, answer, verdict):
    page = visit().go(QUESTION)
    page.page.locator(".predict button").click()
    assert "Choose one of the answers first" in page.text(".predict-reply")
    assert page.pythons() == []
    page.page.locator(f'.predict input[value="{answer}"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert verdict in page.text(".predict-reply")
    assert page.page.locator('[data-control="outgoing"] input[value="different"]').is_checked()


def test_a_number_out_of_range_is_answered_with_a_sentence(visit):
    page = visit().go()
    page.fill("steps", "5000")
    page.click("run")
    page.until(lambda: page.state() == "failed")
    assert "Steps (steps) is 5000; it must be a whole number from 100 to 2000" in page.text(".demo-error")
    page.fill("steps", "100")
    page.until(lambda: page.state() != "failed")
    page.run_to_end()


def test_a_missing_file_is_answered_with_a_sentence_and_a_retry_works(visit):
    page = visit().go(SHORT)
    page.page.route("**/numpy.tar.bin", lambda route: route.fulfill(status=404))
    page.click("run")
    page.until(lambda: page.state() == "failed", 20)
    assert "numpy" in page.text(".demo-error")
    assert "404" in page.text(".demo-error")
    assert page.page.locator(".demo-panels svg").count() == 2
    page.page.unroute("**/numpy.tar.bin")
    page.click("run")
    page.run_to_end()
    page.complaints.clear()  # the browser's own lines about the three answers of 404


def test_a_list_of_files_that_is_slow_to_come_is_waited_for(visit):
    page = visit().go(SHORT)
    held = []
    page.page.route("**/manifest.json*", lambda route: held.append(route))
    page.click("run")
    page.until(lambda: held)
    page.page.wait_for_timeout(
        1500
    )  # the page tells how far it is once a second, and does not yet know of how much
    held[0].continue_()
    page.run_to_end()


@pytest.mark.parametrize("path", ["", "questions/why-not-the-same/", "demos/twins/"])
def test_without_javascript_the_page_is_complete(visit, path):
    page = visit(java_script_enabled=False).go(path)
    assert page.page.locator("h1").is_visible()
    svg = page.page.locator(".demo-panels svg, .cell-figure svg").first
    assert svg.is_visible()
    assert svg.bounding_box()["width"] > 250
    for demo in page.page.locator("section.demo").all():
        assert "identical to the last bit" in demo.locator(".demo-result").inner_text()
        assert demo.locator(".demo-noscript").is_visible()
        demo.locator(".demo-table summary").click()
        assert demo.locator(".demo-table td").last.is_visible()
    assert page.page.locator("section.demo").count() == {"": 1, QUESTION: 2}.get(path, 0)
    if "questions" in path:
        page.page.locator(".predict-answer summary").click()
        assert "Clearly apart" in page.text(".predict-answer")


def test_run_pressed_right_after_a_change_does_not_pause_the_run_that_began(visit):
    page = visit().go()
    page.click("run")
    page.until(lambda: page.state() == "running")
    # In the page, since "right after" is a matter of tenths of a second: a click from here comes when it can.
    page.page.locator("section.demo").evaluate(
        """section => {
            new MutationObserver((_, observer) => {
                observer.disconnect();
                section.querySelector("button.run").click();
            }).observe(section, { attributeFilter: ["data-shown"] });
            section.querySelector('[data-control="outgoing"] input[value="different"]').click();
        }"""
    )
    page.until(lambda: page.shown()["outgoing"] == "different")
    page.run_to_end()
