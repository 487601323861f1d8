"""A run, as a reader meets it: started, changed, paused, resumed and left, on the demo that only counts."""

from __future__ import annotations

import pytest

from .stage import AGAIN, COUNTING

pytestmark = pytest.mark.browser
LONG = f"{COUNTING}#counting?steps=2000"  # seconds of painting
# Count the runs that start.
BEGUN = """section => {
    window.started = 0;
    new MutationObserver(() => { window.started += 1; }).observe(section, { attributeFilter: ["data-shown"] });
}"""


def demo(page):
    return page.page.locator("section.demo")


def mark(page, number):
    """The part of the figure that chooses a mark."""
    return page.page.locator(f'.demo-panels [data-set="mark={number}"]')


def run(page):
    page.click("run")
    page.run_to_end()


def said(seed: int = 0, mark: int = 0, steps: int = 20) -> str:
    """The sentence at the end of a run."""
    return f"It has counted to {steps}, from seed {seed}, with mark {mark}."


# --- settings -------------------------------------------------------------------------------------------


def test_changing_a_setting_of_the_built_figure_waits_for_run_and_says_so(read):
    page = read(COUNTING)
    page.choose("pace", "slow")
    assert page.text(".demo-status") == "The settings have changed. Press Run."
    assert demo(page).get_attribute("data-stale") == ""
    page.choose("pace", "quick")
    assert demo(page).get_attribute("data-stale") is None


def test_changing_a_setting_after_a_run_runs_again(warm):
    page = warm(COUNTING)
    run(page)
    page.fill("seed", "5")
    page.until(lambda: page.shown()["seed"] == 5 and page.state() == "done")
    assert page.text(".demo-result") == said(seed=5)


def test_a_number_out_of_range_is_answered_with_a_sentence(warm):
    page = warm(COUNTING)
    page.fill("steps", "5000")
    page.click("run")
    page.reach("failed")
    assert "Steps (steps) is 5000; it must be a whole number from 10 to 2000" in page.text(".demo-error")
    page.fill("steps", "100")
    page.reach("running", "done")
    page.run_to_end()


def test_an_error_of_the_demos_own_is_told_and_the_next_run_is_none_the_worse(warm):
    page = warm(COUNTING)
    page.choose("trouble", "raises")
    page.click("run")
    page.reach("failed")
    assert "an error of its own (RuntimeError: this was asked for)" in page.text(".demo-error")
    page.choose("trouble", "none")
    page.reach("running", "done")
    page.run_to_end()
    assert not page.page.locator(".demo-error").is_visible()
    page.complaints.clear()  # the traceback, which is for whoever writes demos


def test_run_pressed_right_after_a_change_does_not_pause_the_run_that_began(warm):
    page = warm(COUNTING)
    run(page)
    # In the page, since "right after" is a matter of tenths of a second: a click from here comes when it can.
    demo(page).evaluate(
        """section => {
            new MutationObserver((_, observer) => {
                observer.disconnect();
                section.querySelector("button.run").click();
            }).observe(section, { attributeFilter: ["data-shown"] });
            section.querySelector('[data-control="trouble"] input[value="none"]').click();
            const seed = section.querySelector("#counting-seed");
            seed.value = "3";
            seed.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    page.until(lambda: page.shown()["seed"] == 3)
    page.run_to_end()
    assert page.text(".demo-result") == said(seed=3)


# --- parts of a figure ----------------------------------------------------------------------------------


def test_a_pointer_in_passing_starts_no_run_and_asks_for_no_python(read):
    page = read(COUNTING)
    mark(page, 1).hover()
    assert page.state() == "still"  # and in the end, nothing was asked for


def test_a_part_is_chosen_by_tap_and_by_arrows_and_the_figure_is_about_it(warm):
    page = warm(COUNTING)
    mark(page, 1).click()
    page.run_to_end()
    assert page.text(".demo-result") == said(mark=1)
    mark(page, 3).hover()
    page.page.keyboard.press("ArrowRight")
    page.until(
        lambda: page.shown()["mark"] == 2
    )  # a pointer in passing would have started a run about mark 3
    page.run_to_end()
    assert page.text(".demo-result") == said(mark=2)
    assert page.page.evaluate("document.activeElement.getAttribute('aria-label')") == "mark 2"
    assert mark(page, 2).get_attribute("data-on") == "true"


def test_another_look_at_a_run_that_has_ended_shows_its_end_alone(warm):
    page = warm(COUNTING)
    run(page)
    page.page.locator(".demo-caption").evaluate(
        """caption => {
            window.said = [];
            new MutationObserver(() => window.said.push(caption.textContent)).observe(caption, { childList: true });
        }"""
    )
    mark(page, 2).click()
    page.until(lambda: page.shown()["mark"] == 2 and page.state() == "done")
    assert page.page.evaluate("window.said") == ["Step 20 of 20."]
    assert page.text(".demo-result") == said(mark=2)


def test_a_tap_counts_while_the_figure_is_drawn_again(warm):
    page = warm(LONG)
    mark(page, 2).scroll_into_view_if_needed()
    box = mark(page, 2).bounding_box()
    page.click("run")
    page.until(lambda: page.state() == "running" and page.under_way())
    page.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    drawn = page.text(".demo-caption")
    page.until(lambda: page.text(".demo-caption") != drawn)  # what was pressed is not there any more
    page.page.mouse.up()
    page.until(lambda: page.shown()["mark"] == 2)
    page.stop()


def test_a_tap_begins_one_run_and_a_click_without_a_pointer_another(warm):
    page = warm(COUNTING)
    run(page)
    demo(page).evaluate(BEGUN)
    mark(page, 1).click()
    page.run_to_end()
    assert page.page.evaluate("window.started") == 1
    mark(page, 2).dispatch_event("click")
    page.until(lambda: page.shown()["mark"] == 2)
    page.run_to_end()
    assert page.page.evaluate("window.started") == 2


# --- step by step ---------------------------------------------------------------------------------------


def test_pause_step_and_reset(warm):
    page = warm(LONG)
    for number in (1, 2, 3):  # the first press moves too
        page.click("step")
        page.until(lambda number=number: page.text(".demo-caption") == f"Step {number} of 2000.")
        assert page.state() == "paused"
    page.click("run")
    page.until(lambda: page.state() == "running" and "Step 3 of" not in page.text(".demo-caption"))
    page.click("run")  # it says Pause now
    assert page.state() == "paused"
    page.page.wait_for_timeout(100)  # the figure that was asked for may still come
    paused = page.text(".demo-caption")
    page.page.wait_for_timeout(300)
    assert page.text(".demo-caption") == paused
    page.click("reset")
    page.until(lambda: page.text(".demo-caption") == "Step 0 of 2000.")
    assert page.state() == "paused"
    start = page.page.locator(".demo-panels").inner_html()
    for button, state in (("step", "paused"), ("stop", "stopped")):  # and by key
        page.page.locator(f"button.{button}").press("Enter")
        page.until(lambda state=state: page.state() == state)
    assert page.text(".demo-caption") == "Step 1 of 2000."
    page.page.locator("button.reset").press("Enter")
    page.until(lambda: page.page.locator(".demo-panels").inner_html() == start)


# --- from page to page ----------------------------------------------------------------------------------


def test_python_stays_warm_where_a_link_is_followed(warm):
    page = warm(COUNTING)
    run(page)
    before = page.pythons()
    page.page.evaluate("window.stayed = true")
    page.follow(AGAIN)
    assert page.page.evaluate("window.stayed") is True, "the page was loaded again"
    run(page)
    assert page.pythons() == before
    assert page.runtime_requests() == []


def test_leaving_in_the_midst_of_a_run_leaves_no_run_behind(warm):
    page = warm(LONG)
    page.click("run")
    page.reach("running")
    page.follow(AGAIN)
    assert page.state() == "still"
    run(page)
    assert page.text(".demo-caption") == "Step 20 of 20."


@pytest.mark.parametrize(("answer", "verdict"), [("never", "Not quite"), ("counted", "As you expected")])
def test_a_prediction_is_compared_with_the_run(warm, answer, verdict):
    page = warm(COUNTING)
    page.page.locator(".predict button").click()
    assert "Choose one of the answers first" in page.text(".predict-hint")
    assert page.state() == "still"
    page.page.locator(f'.predict input[value="{answer}"]').check()
    page.page.locator(".predict button").click()
    page.run_to_end()
    assert verdict in page.text(".predict-reply")
    right = page.page.locator(".predict label[data-right] input")
    assert right.evaluate_all("all => all.map(({ value }) => value)") == ["counted"]
    assert page.text(".demo-result") == said(seed=1, steps=10), "the settings are those of the question"
    assert page.page.locator("#counting-seed").input_value() == "1"
