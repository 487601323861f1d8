"""Sorting before the run, in a real browser: by hand and by key, marked by the run, with the figure covered until then."""

from __future__ import annotations

import pytest
from one_tie_breaker import MECHANISMS

from .stage import SORTING
from .test_accessible import in_both

pytestmark = pytest.mark.browser
PAGE = SORTING
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


def sort(page, boxes: dict[str, str]) -> None:
    for key, box in boxes.items():
        page.page.locator(f'[data-key="{key}"] input[value="{box}"]').check()


def run(page) -> None:
    page.page.locator(".sort button").click()
    page.run_to_end()


def notes(page) -> dict[str, str]:
    """Thing -> what stands below it, as it can be seen."""
    items = page.page.locator(".sort-item").all()
    return {
        item.get_attribute("data-key"): item.locator(".sort-verdict").inner_text().strip() for item in items
    }


def covered(page) -> bool:
    """Can the figure not be seen? Then it cannot be heard either."""
    page.page.locator(
        ".sort button"
    ).wait_for()  # made together with the cover, by a script that the page fetches late
    seen = [page.page.locator(part).is_visible() for part in (".demo-panels svg >> nth=0", ".demo-result")]
    assert seen[0] == seen[1] != page.page.locator(".demo-veil").is_visible()
    heard = page.page.locator(".demo").aria_snapshot()
    assert ("exactly equal" in heard) == seen[0]
    return not seen[0]


def focused(page) -> str:
    """What has the focus: an item's key and box, or the text of a button."""
    return page.page.evaluate(
        "(f => f.type === 'radio' ? `${f.closest('[data-key]')?.dataset.key} ${f.value}` : f.textContent)(document.activeElement)"
    )


def test_each_thing_is_marked_by_the_run_and_each_wrong_one_is_answered(warm):
    page = warm(PAGE)
    wrong = {key: OTHER[RIGHT[key]] for key in ("minibatches", "norm", "order")}
    sort(page, RIGHT | wrong)
    run(page)
    assert page.text(".predict-reply") == "9 of 12 as you expected. The reason is below each of the other 3."
    below = notes(page)
    assert list(below) == KEYS
    for key, note in below.items():
        said = {"kept": "keeps them equal", "parted": "makes them different"}[RIGHT[key]]
        if key in wrong:
            reply = page.page.locator(f'[data-key="{key}"]').get_attribute("data-reply")
            assert note == f"✗ In the run it {said}. {reply}"
        else:
            assert note == f"✓ As you expected, it {said}."


def test_a_part_may_be_sorted_and_the_rest_is_told(warm):
    page = warm(PAGE)
    page.page.locator(".sort button").click()
    assert "Sort at least one of them first" in page.text(".predict-reply")
    assert page.state() == "still"
    sort(page, {"dropout": "parted"})
    run(page)
    assert page.text(".predict-reply") == "1 of 1 as you expected. Not sorted: 11."
    assert notes(page)["adam"] == "– Not sorted. In the run it keeps them equal."


def test_the_marks_are_those_of_the_live_run_and_not_of_the_built_one(visit, stage):
    page = visit(stage.url).go(PAGE)
    source = page.page.request.get(page.url + "assets/demos/one_tie_breaker.py").text()
    assert source.count('{"incoming": False}') == 2  # of a draw, and of a pattern, for each filter
    page.replace_demo('{"incoming": False}', "{}", "one_tie_breaker")
    sort(page, {"hadamard": "kept", "dropout": "parted"})
    run(page)
    assert page.text(".predict-reply").startswith("2 of 2 as you expected.")
    page.page.unroute_all()


def test_only_a_run_with_the_settings_of_the_question_is_compared(warm):
    page = warm(PAGE)
    sort(page, {"dropout": "parted"})
    page.choose("mechanisms", "fixed")
    page.click("run")
    page.run_to_end()
    assert page.text(".predict-reply") == ""
    run(page)
    assert page.shown()["mechanisms"] == "all"
    assert page.text(".predict-reply").startswith("1 of 1")


def test_a_run_that_is_stopped_marks_nothing(warm):
    page = warm(PAGE)
    sort(page, {"dropout": "parted"})
    run(page)
    page.page.locator(".sort button").click()
    page.until(lambda: page.state() == "running")
    assert page.text(".predict-reply") == "Running, below."
    page.click("stop")
    page.until(lambda: page.state() == "stopped")
    assert page.text(".predict-reply") == ""
    assert set(notes(page).values()) == {""}


def test_the_count_is_in_view_when_it_comes(warm):
    page = warm(PAGE)
    sort(
        page, {key: OTHER[box] for key, box in RIGHT.items()}
    )  # the most notes: the form grows above the demo
    run(page)
    top = page.page.locator(".predict-reply").bounding_box()["y"]
    assert 48 <= top <= 720 - 48, "between the header and the lower edge"


def test_the_whole_is_done_by_key(warm):
    page = warm(PAGE)
    page.page.locator("h2#what-do-you-expect").click()
    for key in KEYS:
        page.page.keyboard.press("Tab")
        while not focused(page).startswith(key):  # the link of the heading, before the first
            assert key == KEYS[0]
            page.page.keyboard.press("Tab")
        assert focused(page) == f"{key} kept", "a pair is one stop"
        page.page.keyboard.press("Space")
        if RIGHT[key] == "parted":
            page.page.keyboard.press("ArrowRight")
        assert page.page.locator(f'[data-key="{key}"] input:checked').get_attribute("value") == RIGHT[key]
    page.page.keyboard.press("Tab")
    assert focused(page) == "Then run it"
    page.page.keyboard.press("Enter")
    page.run_to_end()
    assert page.text(".predict-reply") == "12 of 12 as you expected."
    assert focused(page) == "Then run it"
    page.page.keyboard.press("Shift+Tab")
    assert focused(page) == "bits parted"
    described = page.page.locator('[data-key="bits"]').get_attribute("aria-describedby")
    assert "As you expected" in page.text(f"#{described}")


def test_the_form_has_no_violation_empty_filled_or_answered(warm):
    page = warm(PAGE)
    assert covered(page)
    assert in_both(page) == []
    sort(page, {**RIGHT, "adam": "parted", "norm": "parted"} | {"bits": "kept"})
    assert in_both(page) == []
    run(page)
    assert "9 of 12" in page.text(".predict-reply")
    assert in_both(page) == []


@pytest.mark.exhaustive
def test_a_narrow_page_shows_all_of_the_form(visit, stage):
    width = 320
    page = visit(stage.url, viewport={"width": width, "height": 740}, has_touch=True).go(PAGE)
    for label in page.page.locator(".sort-item label").all():
        box = label.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 44
    page.page.locator('[data-key="norm"] label').nth(1).tap()
    run(page)
    assert page.text(".predict-reply").startswith("0 of 1")
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_nothing_is_covered_and_the_answers_are_folded(visit, stage):
    page = visit(stage.url, java_script_enabled=False).go(PAGE)
    assert page.page.locator(".demo-panels svg >> nth=0").is_visible()
    assert page.page.locator(".demo-veil").count() == 0
    fold = page.page.locator(".predict-answer")
    assert not fold.locator("dt").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("dt").count() == len(KEYS)
    kept, parted = fold.inner_text().split("Makes them different")
    assert "batch norm" in kept
    assert "dropout" in parted
    page.page.locator('[data-key="norm"] label').nth(1).click()  # and sorted it can be, for oneself
    assert page.page.locator('[data-key="norm"] input').nth(1).is_checked()


# --- the veil -------------------------------------------------------------------------------------------


def test_the_figure_is_covered_until_it_is_asked_for(read):
    page = read(PAGE)
    assert covered(page)
    height = page.page.locator(".demo-figure").bounding_box()["height"]
    page.page.get_by_role("button", name="Show the result").focus()
    page.page.keyboard.press("Enter")
    assert not covered(page)
    assert page.page.locator(".demo-figure").bounding_box()["height"] == height, "nothing jumps"
    assert "exactly equal" in page.page.evaluate("document.activeElement.ariaLabel")
    assert page.pythons() == []


@pytest.mark.parametrize("start", [".sort button", ".demo-bar .run", ".demo-bar .step"])
def test_a_run_uncovers_the_figure_with_its_first_own_one(warm, start):
    page = warm(PAGE)
    sort(page, {"dropout": "parted"})
    page.page.locator(start).click()
    page.until(page.page.locator(".demo-panels svg >> nth=0").is_visible)
    assert not covered(page)
    assert page.state() in {"running", "paused", "done"}
    assert page.shown() != {}


def test_a_run_that_fails_leaves_nothing_covered(visit, stage):
    page = visit(stage.url).go(PAGE)
    page.page.route("**/numpy.tar.bin", lambda route: route.fulfill(status=404))
    page.click("run")
    page.reach("failed")
    assert not covered(page)
    page.complaints.clear()  # the browser's own lines about the answers of 404


def test_who_follows_a_link_to_the_demo_or_prints_sees_the_figure(read):
    page = read(PAGE)
    assert covered(page)
    page.page.emulate_media(media="print")
    assert page.page.locator(".demo-panels svg >> nth=0").is_visible()
    assert not page.page.locator(".demo-veil").is_visible()
    assert not covered(read(f"{PAGE}#tie_breakers?seed=3"))


def test_no_other_page_is_covered(read):
    page = read("questions/why-not-the-same/")
    page.until(lambda: page.page.locator(".predict button").count() == 1)
    assert page.page.locator(".demo-veil").count() == 0
    assert page.page.locator(".demo-result").is_visible()
