"""One thing after another is added to a demo, in a real browser: chosen or dragged, guessed, and run at once, without Python."""

from __future__ import annotations

import pytest
from one_tie_breaker import MECHANISMS

from .test_accessible import in_both, violations

pytestmark = pytest.mark.browser
PAGE, DEMO = "questions/random-or-different/", "one_tie_breaker"
KEYS = [
    "minibatches",
    "momentum",
    "dropout",
    "adam",
    "hadamard",
    "noise",
    "biases",
    "norm",
    "rate",
    "decay",
    "read",
    "bits",
]
RIGHT = {key: "parted" if MECHANISMS[key].parts else "kept" for key in KEYS}
OTHER = {"kept": "parted", "parted": "kept"}
SAID = {"kept": "they stay identical", "parted": "they separate"}
ROW = {True: "dice", False: "fixed"}


@pytest.fixture
def opened(visit):
    """A new reader, for whom runs of 40 frames take a second."""
    return visit(recorded=True, viewport={"width": 1440, "height": 900}).go(PAGE, DEMO)


def guess(page, key: str, box: str) -> None:
    """Choose a thing, and guess; without a box, be told."""
    page.page.locator(f'[data-key="{key}"] button').click()
    page.page.locator(f'.sort-ask [data-box="{box}"]' if box else '.sort-ask button:text("Tell me")').click()


def to_end(page, key: str) -> None:
    """Go to the end of the run, once it has begun."""
    page.until(lambda: page.shown().get("mechanism") == key)
    page.run_to_end()
    page.until(lambda: said(page).startswith(("✓", "✗", "They")))


def said(page) -> str:
    return page.page.locator(".sort-ask p").inner_text().strip()


def entries(page, key: str) -> list[str]:
    """What the table holds in the cell where a thing belongs."""
    cell = f'td[data-box="{RIGHT[key]}"][data-row="{ROW[MECHANISMS[key].chance]}"]'
    return page.page.locator(f"{cell} button").all_inner_texts()


def test_each_thing_is_guessed_run_and_entered_with_its_reason_without_python(opened):
    wrong = {"minibatches", "hadamard", "read"}
    for key in KEYS:
        box = OTHER[RIGHT[key]] if key in wrong else RIGHT[key]
        guess(opened, key, box)
        to_end(opened, key)
        reply = opened.page.locator(f'[data-key="{key}"]').get_attribute("data-reply")
        start = "✗ Not quite" if key in wrong else "✓ Right"
        assert said(opened) == f"{start}: {SAID[RIGHT[key]]}. {reply}"
        assert any(MECHANISMS[key].name in entry for entry in entries(opened, key)), key
    assert opened.page.locator("details.tell").first.get_attribute("open") is None
    assert opened.page.locator("[data-zero]").count() == 6, "an exact 0 for each that kept them identical"
    opened.page.locator(".sort-rule button").nth(1).click()
    assert "does it treat" in opened.text(".sort-rule").lower()
    assert "treats both equally" in opened.text(".sort-table thead")
    assert opened.page.locator("details.tell").first.get_attribute("open") is not None, "the answer opens"
    assert opened.runtime_requests() == []
    assert opened.pythons() == []
    assert violations(opened, within=".try") == []


def test_a_thing_that_is_dragged_onto_the_filters_is_chosen_and_one_dropped_elsewhere_is_not(opened):
    mouse, chip = opened.page.mouse, opened.page.locator('[data-key="dropout"] button')
    target = opened.page.locator("#demo-one_tie_breaker .demo-panels").bounding_box()
    for x, chosen in ((5, 0), (target["x"] + 100, 1)):
        box = chip.bounding_box()
        mouse.move(box["x"] + 20, box["y"] + 10)
        mouse.down()
        mouse.move(x, target["y"] + 60, steps=5)
        assert opened.page.locator(".sort-ghost").count() == 1
        mouse.up()
        opened.until(lambda: opened.page.locator(".sort-ghost").count() == 0)
        assert opened.page.locator("[data-current]").count() == chosen
    assert said(opened).startswith("Dropout.")
    assert opened.page.locator(".sort-ask [data-box]").count() == 2


def test_a_guess_that_is_not_waited_for_is_none(opened):
    guess(opened, "dropout", "kept")
    opened.reach("running")
    guess(opened, "adam", "kept")
    to_end(opened, "adam")
    assert entries(opened, "dropout") == []
    assert len(entries(opened, "adam")) == 1
    assert "1 of 1 guesses right. 11 to go." in opened.text(".sort-rule")


def test_to_be_told_counts_as_no_guess_and_the_table_shows_a_thing_again(opened):
    guess(opened, "dropout", "")
    to_end(opened, "dropout")
    assert said(opened).startswith("They separate.")
    assert opened.text(".sort-rule").strip() == "11 to go."
    guess(opened, "momentum", "kept")
    to_end(opened, "momentum")
    opened.page.locator("td button").filter(has_text="dropout").click()
    opened.until(lambda: opened.shown().get("mechanism") == "dropout")
    assert said(opened).startswith("They separate.")
    assert len(entries(opened, "dropout")) == 1


def test_after_some_of_both_kinds_the_page_asks_for_the_rule_and_does_the_rest(opened):
    for n, key in enumerate(("minibatches", "dropout", "adam", "rate")):
        assert opened.page.locator(".sort-rule button").count() == 0, n
        guess(opened, key, RIGHT[key])
        to_end(opened, key)
    opened.page.locator(".sort-rule button").first.click()
    assert opened.text(".sort-rule").startswith("Is it random?")
    opened.page.locator(".sort-rule > button").click()
    assert opened.page.locator("td button").count() == len(KEYS)
    assert opened.page.locator(".sort-rule > button").count() == 0


def test_the_whole_is_done_by_key(opened):
    keys = opened.page.keyboard
    opened.page.locator('[data-key="dropout"] button').focus()
    keys.press("Enter")
    keys.press("Tab")  # from the first guess, which has the focus, to the second
    keys.press("Enter")
    to_end(opened, "dropout")
    assert said(opened).startswith("✓ Right: they separate.")


def test_on_a_phone_the_filters_are_in_view_when_a_thing_is_chosen(visit):
    page = visit(recorded=True, viewport={"width": 390, "height": 844}, has_touch=True).go(PAGE, DEMO)
    tray, figure = (page.page.locator(part).bounding_box() for part in (".sort-tray", ".demo-panels"))
    assert 0 <= figure["y"] - tray["y"] - tray["height"] < 80, "the things are right above the filters"
    page.page.locator('[data-key="minibatches"] button').tap()
    page.until(lambda: page.page.locator(".sort-ask [data-box]").count() == 2)
    for part in (".demo-panels svg >> nth=0", ".sort-ask"):
        box = page.page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 845, part
    for button in page.page.locator(":is(.sort-ask, .sort-tray) button").all():
        assert button.bounding_box()["height"] >= 36
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_form_has_no_violation_before_and_after(opened):
    assert in_both(opened) == []
    guess(opened, "adam", "parted")
    to_end(opened, "adam")
    assert in_both(opened) == []


def test_without_javascript_the_list_and_the_answers_are_there(visit):
    page = visit(java_script_enabled=False).go(PAGE)
    assert page.page.locator(".sort-item").count() == len(KEYS)
    assert page.page.locator(".sort button").count() == 0, "none that would do nothing"
    assert not page.page.locator(".sort-table").is_visible()
    fold = page.page.locator("details.tell").first
    assert not fold.locator("dt").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("dt").count() == len(KEYS)
    kept, parted = fold.inner_text().split("They separate")
    assert "batch norm" in kept
    assert "dropout" in parted
