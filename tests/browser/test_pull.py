"""The pull of one image, in the page: the image is chosen in the figure, and the demo brings the one that it imports."""

from __future__ import annotations

import pytest
from pull import pull

pytestmark = pytest.mark.browser
PAGE = "questions/why-not-the-same/#pull?"


def test_a_run_ends_and_agrees_with_cpython(warm):
    page = warm(PAGE + "steps=100&outgoing=different", "pull")
    page.click("run")
    page.run_to_end()
    figure = pull.still(steps=100, outgoing="different")
    assert page.text(".demo-result") == figure.alt
    for name, *row in figure.table.rows:
        expected = [cell for cell in row if cell != ""]
        assert page.rows()[name] == pytest.approx(expected, rel=1e-3, abs=1e-12), name


def test_the_cells_of_its_notebook_import_the_other_demo(visit):
    page = visit().go("demos/pull/").page
    cell = page.locator(".cell").first
    cell.get_by_role("button", name="Run", exact=True).click()
    cell.and_(page.locator("[data-state=done], [data-state=failed]")).wait_for(timeout=60_000)
    assert cell.get_attribute("data-state") == "done", cell.inner_text()


def image(page, number):
    """The part of the figure that chooses an image."""
    return page.page.locator(f'.demo-panels [data-set="image={number}"]')


def test_an_image_is_chosen_by_tap_and_by_arrows_and_the_figure_is_about_it(warm):
    page = warm(PAGE + "steps=100&outgoing=different", "pull")
    image(page, 1).click()
    page.run_to_end()
    settings = {"outgoing": "different", "steps": 100}
    assert page.shown()["image"] == 1
    assert page.text(".demo-result") == pull.still(**settings, image=1).alt
    image(page, 3).hover()
    page.page.wait_for_timeout(200)
    assert page.state() == "done", "a pointer in passing starts no run"
    page.page.keyboard.press("ArrowRight")
    page.until(lambda: page.shown()["image"] == 2)
    page.run_to_end()
    assert page.text(".demo-result") == pull.still(**settings, image=2).alt
    focused = page.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "image 3 of 4: a falling line"
    assert image(page, 2).get_attribute("data-on") == "true"
