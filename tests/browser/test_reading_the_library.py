"""The Library pages, read on a phone and copied from."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

LONGEST = ["library/", "library/convolution/", "library/layers/", "library/tasks/", "library/demos/"]


@pytest.mark.parametrize("path", LONGEST)
def test_nothing_scrolls_sideways_on_a_phone_even_with_the_source_open(visit, path):
    page = visit(viewport={"width": 320, "height": 640}).go(path).page
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true })")
    room = page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    assert room == 0


def test_an_example_is_copied_without_its_prompts_and_answers(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"]).go("library/convolution/").page
    page.locator(".highlight:has(.gp) button").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("y, vjp = conv2d(")
    assert ">>>" not in copied
    assert "((1, 2, 2, 2), 9.0)" not in copied


def test_the_source_can_be_opened_without_javascript(visit):
    page = visit(java_script_enabled=False).go("library/convolution/").page
    source = page.locator("details.doc-code").first
    source.locator("summary").click()
    assert "def vjp(dy" in source.locator("pre").inner_text()


def test_a_link_of_a_question_leads_to_the_entry(visit):
    opened = visit().go("questions/why-not-the-same/")
    opened.page.locator('a[href$="#convlens.ops.conv2d.conv2d"]').click()
    entry = opened.page.locator('h2[id="convlens.ops.conv2d.conv2d"]')
    entry.wait_for()
    opened.until(lambda: 0 <= entry.evaluate("entry => entry.getBoundingClientRect().top") < 300)
    assert entry.inner_text().startswith("conv2d")
