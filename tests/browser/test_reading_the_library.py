"""The Library pages, read on a phone and copied from."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Error

pytestmark = pytest.mark.browser

LONGEST = ["library/", "library/convolution/", "library/layers/", "library/tasks/", "library/demos/"]


@pytest.mark.parametrize("path", LONGEST)
def test_nothing_scrolls_sideways_on_a_phone_even_with_the_source_open(read, path):
    page = read(path, width=320, height=640).page
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true })")
    room = page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    assert room == 0


def test_an_example_is_copied_without_its_prompts_and_answers(visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"]).go("library/convolution/").page
    page.locator(".highlight:has(.gp)", has_text="vjp = conv2d(").locator("button").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("y, vjp = conv2d(")
    assert ">>>" not in copied
    assert "((1, 2, 2, 2), 9.0)" not in copied


def test_the_source_can_be_opened_without_javascript(visit):
    page = visit(java_script_enabled=False).go("library/convolution/").page
    source = page.locator("details.doc-code").first
    source.locator("summary").click()
    assert "def vjp(dy" in source.locator("pre").inner_text()


def test_a_link_of_a_question_leads_to_the_entry_and_back_to_where_it_stands(visit):
    opened = visit().go("questions/why-not-the-same/")
    page, held = opened.page, []
    page.route("**/library/convolution/", lambda route: held.append(route))
    link = page.locator('a[href$="#convlens.ops.conv2d.conv2d"]')
    link.scroll_into_view_if_needed()
    opened.until(lambda: page.evaluate("history.state?.y > 0"))  # the theme has seen it
    link.click()
    opened.until(lambda: held)
    page.evaluate("scrollBy(0, -200)")
    opened.until(
        lambda: page.evaluate("history.state !== null")
    )  # as if it were in the page that is on its way
    held[0].continue_()
    entry = page.locator('h2[id="convlens.ops.conv2d.conv2d"]')
    entry.wait_for()
    opened.until(lambda: 0 <= entry.evaluate("entry => entry.getBoundingClientRect().top") < 300)
    assert entry.inner_text().startswith("conv2d")
    held.clear()
    page.route("**/questions/why-not-the-same/", lambda route: held.append(route))
    page.evaluate("history.back()")
    opened.until(lambda: held)
    page.locator("article h1").click()  # what is done meanwhile is nothing to the page that comes
    page.evaluate("scrollBy(0, 200)")
    page.wait_for_timeout(200)
    held[0].continue_()
    page.locator("section.demo").wait_for()
    opened.until(lambda: 0 <= link.evaluate("link => link.getBoundingClientRect().top") < 720)


@pytest.mark.parametrize("clicks", [1, 2])
def test_a_page_opens_at_its_start_though_the_reader_scrolls_while_it_is_on_its_way(visit, clicks):
    opened = visit().go("library/convolution/")
    page, held = opened.page, []
    page.route("**/library/layers/", lambda route: held.append(route))
    page.evaluate("scrollTo(0, 900)")
    opened.until(lambda: page.evaluate("history.state?.y == 900"))
    page.locator('.md-footer a[href$="layers/"], .md-nav a[href$="layers/"]').first.click(click_count=clicks)
    opened.until(lambda: held)
    page.evaluate("scrollBy(0, 300)")
    page.wait_for_timeout(250)  # by then the theme has noted it, 100 ms late
    page.unroute_all()
    for route in held:
        with contextlib.suppress(Error):  # the first of two is given up
            route.continue_()
    page.locator('h2[id="convlens.layers.weighted.Conv2d"]').wait_for()
    opened.until(lambda: page.evaluate("scrollY") == 0)


def test_a_link_to_a_demo_with_settings_leads_to_the_demo(visit):
    opened = visit().go("library/convolution/")
    opened.page.evaluate(
        """() => {
            const link = document.createElement("a");
            [link.href, link.textContent] = ["../../questions/why-not-the-same/#twins?seed=3", "seed 3"];
            document.querySelector("article").prepend(link);
        }"""
    )
    opened.page.get_by_role("link", name="seed 3").click()
    demo = opened.page.locator("section.demo[data-mounted]")
    demo.wait_for()
    opened.until(lambda: 0 <= demo.evaluate("demo => demo.getBoundingClientRect().top") < 300)
    assert opened.page.locator("#twins-seed").input_value() == "3"


def test_a_page_that_is_still_loading_stays_where_the_reader_is(visit):
    opened = visit()
    page, held = opened.page, []
    page.route("**/start.js", lambda route: held.append(route))
    page.goto(opened.url + "library/convolution/", wait_until="commit")
    opened.until(lambda: held and page.locator(".md-footer").count())
    page.evaluate("scrollTo(0, 900)")
    page.mouse.click(640, 400)
    held[0].continue_()
    page.wait_for_load_state()
    opened.until(lambda: page.evaluate("history.state?.y == 900"))
    assert page.evaluate("scrollY") == 900


@pytest.mark.parametrize("later", [False, True], ids=["the page loaded first", "a later page"])
def test_a_link_within_a_page_leads_there_and_leaves_what_ran_on_it(visit, later):
    """The theme takes the first such link for another page, and fetched the same one again."""
    opened = visit().go("glossary/" if later else "questions/why-not-the-same/#twins?steps=100")
    page = opened.page
    if later:
        page.locator('.md-nav a[href$="questions/why-not-the-same/"]').first.click()
        page.locator("section.demo[data-mounted]").wait_for()
    page.evaluate("document.querySelector('section.demo').dataset.mine = 'yes'")
    links = page.locator("article h2 .headerlink")
    for n in (2, 1):
        links.nth(n).evaluate("link => link.click()")
        heading = links.nth(n).locator("xpath=..")
        opened.until(
            lambda heading=heading: 0 <= heading.evaluate("h => h.getBoundingClientRect().top") < 300
        )
    second = page.url
    page.go_back()
    opened.until(lambda: page.url != second)
    page.wait_for_timeout(500)
    assert page.locator("section.demo[data-mine=yes]").count() == 1
    page.locator('.md-nav a[href$="glossary/"]').first.click()
    opened.until(lambda: opened.text("h1").startswith("Glossary"))
