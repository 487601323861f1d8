"""One thing after another, in a real browser: to press a button is the guess, and the run follows at once, without Python."""

from __future__ import annotations

import pytest
from one_tie_breaker import MECHANISMS

from .stage import SORTING
from .test_accessible import in_both, violations

pytestmark = pytest.mark.browser
PAGE, DEMO = "questions/random-or-different/", "one_tie_breaker"
KEYS = [
    "minibatches",
    "momentum",
    "dropout",
    "hadamard",
    "adam",
    "biases",
    "noise",
    "norm",
    "rate",
    "decay",
    "order",
    "bits",
]
RIGHT = {key: "parted" if MECHANISMS[key].parts else "kept" for key in KEYS}
OTHER = {"kept": "parted", "parted": "kept"}
SAID = {"kept": "they stay equal", "parted": "they drift apart"}


@pytest.fixture
def opened(visit):
    """A new reader, for whom runs of 40 frames take a second."""
    return visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PAGE, DEMO)


def guess(page, key: str, box: str) -> None:
    page.page.locator(f'[data-key="{key}"] [data-box="{box}"]').click()


def to_end(page, key: str) -> None:
    """Go to the end of the run by the scrubber, once it has begun."""
    page.until(lambda: page.shown().get("mechanism") == key)
    page.run_to_end()


def note(page, key: str) -> str:
    return page.page.locator(f'[data-key="{key}"] .sort-verdict').inner_text().strip()


def test_each_thing_acts_at_once_and_gets_its_verdict_and_its_reason_without_python(opened):
    wrong = {"minibatches", "hadamard", "order"}
    for n, key in enumerate(KEYS):
        box = OTHER[RIGHT[key]] if key in wrong else RIGHT[key]
        guess(opened, key, box)
        to_end(opened, key)
        opened.until(lambda key=key: note(opened, key))
        reply = opened.page.locator(f'[data-key="{key}"]').get_attribute("data-reply")
        start = (
            f"✗ Not as you expected: {SAID[RIGHT[key]]}."
            if key in wrong
            else f"✓ As you expected, {SAID[RIGHT[key]]}."
        )
        assert note(opened, key) == f"{start} {reply}"
        assert opened.text(".demo-result").lower().startswith(MECHANISMS[key].name.lower())
        told = opened.page.locator("details.tell").get_attribute("open")
        assert (told is not None) == (n == len(KEYS) - 1), "the answer opens when all are tried"
    assert "9 of 12 as you expected." in opened.text(".sort .predict-reply")
    assert opened.runtime_requests() == []
    assert opened.pythons() == []
    assert violations(opened, within="form.sort") == []


def test_the_demo_stays_in_view_beside_the_list(opened):
    opened.page.locator('[data-key="bits"]').evaluate("row => row.scrollIntoView({ block: 'nearest' })")
    guess(opened, "bits", "parted")
    to_end(opened, "bits")
    for part in ('[data-key="bits"]', ".demo-panels svg >> nth=0", ".demo-panels svg >> nth=1"):
        box = opened.page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 901, part


def test_a_guess_that_is_not_waited_for_is_none(opened):
    guess(opened, "dropout", "kept")
    opened.reach("running")
    guess(opened, "adam", "kept")
    to_end(opened, "adam")
    assert note(opened, "dropout") == ""
    assert opened.page.locator('[data-key="dropout"] [aria-pressed="true"]').count() == 0
    assert "1 of 1 as you expected; 11 to go." in opened.text(".sort .predict-reply")
    guess(opened, "momentum", "kept")
    opened.reach("running")
    opened.click("stop")
    assert opened.page.locator('[data-key="momentum"] [aria-pressed="true"]').count() == 0


def test_a_thing_that_is_tried_again_keeps_its_verdict(opened):
    for box in ("kept", "parted"):
        guess(opened, "dropout", box)
        to_end(opened, "dropout")
        assert note(opened, "dropout").startswith("✗")
    assert "0 of 1" in opened.text(".sort .predict-reply")


def test_other_runs_of_the_demo_judge_nothing(opened):
    opened.click("run")
    opened.run_to_end()
    assert opened.page.locator("[data-mark]").count() == 0
    assert opened.text(".sort .predict-reply") == ""


def test_the_whole_is_done_by_key(opened):
    keys = opened.page.keyboard
    opened.page.locator('[data-key="dropout"] [data-box="kept"]').focus()
    keys.press("Tab")
    keys.press("Enter")
    to_end(opened, "dropout")
    assert note(opened, "dropout").startswith("✓ As you expected, they drift apart.")
    group = opened.page.get_by_role("group", name="dropout")
    assert group.get_by_role("button", name="drift apart").get_attribute("aria-pressed") == "true"


def test_on_a_phone_one_thing_is_shown_at_a_time_with_the_curve_below_it(visit):
    page = visit(recorded=True, viewport={"width": 390, "height": 844}, has_touch=True).go(PAGE, DEMO)
    assert page.page.locator(".sort-item:visible").count() == 1
    guess(page, "minibatches", "kept")
    to_end(page, "minibatches")
    curve = page.page.locator(".demo-panels svg >> nth=1").bounding_box()
    assert page.page.locator('[data-key="minibatches"]').bounding_box()["y"] > 0
    assert curve["y"] < 844 - 200, "the number and most of the curve are in view"
    for button in page.page.locator(".sort-item:visible button").all():
        assert button.bounding_box()["height"] >= 36
    page.page.get_by_role("button", name="Next").click()
    assert page.page.locator(".sort-item:visible").get_attribute("data-key") == "momentum"
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_form_has_no_violation_before_and_after(opened):
    assert in_both(opened) == []
    guess(opened, "adam", "parted")
    to_end(opened, "adam")
    assert in_both(opened) == []


def test_the_verdict_is_that_of_the_live_run_and_not_of_the_built_one(visit, stage):
    page = visit(stage.url).go(SORTING, DEMO)
    source = page.page.request.get(page.url + f"assets/demos/{DEMO}.py").text()
    assert source.count('{"incoming": False}') == 2  # of a draw, and of a pattern, for each filter
    page.replace_demo('{"incoming": False}', "{}", DEMO)
    guess(page, "hadamard", "kept")
    to_end(page, "hadamard")
    assert note(page, "hadamard").startswith("✓ As you expected, they stay equal.")
    page.page.unroute_all()


def test_without_javascript_the_list_and_the_answers_are_there(visit, stage):
    page = visit(stage.url, java_script_enabled=False).go(SORTING)
    assert page.page.locator(".sort-item").count() == len(KEYS)
    assert page.page.locator(".sort button").count() == 0, "none that would do nothing"
    fold = page.page.locator("details.tell")
    assert not fold.locator("dt").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("dt").count() == len(KEYS)
    kept, parted = fold.inner_text().split("They drift apart")
    assert "batch norm" in kept
    assert "dropout" in parted
