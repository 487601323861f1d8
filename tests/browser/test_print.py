"""On paper a page is dark on white, whatever the reader's scheme; it has no controls, and its figures are whole."""

from __future__ import annotations

import re

import pytest

from .test_accessible import turn

pytestmark = pytest.mark.browser
PAGES = ["questions/the-black-line/", "demos/twins/", "library/convolution/", ""]
# What stands on a page: text, code, tables, and the words and lines of a figure.
SHOWN = (
    "h1, p, li, td, th, pre code, pre code span, figcaption, .demo svg text, .demo svg rect, .demo svg path"
)
COLOURS = """(selector) => {
  const seen = [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const linear = (part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const brightness = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const words = seen.filter((each) => !(each instanceof SVGElement) || each.tagName === "text");
  const styles = words.map((each) => [each.tagName, getComputedStyle(each)]);
  return {
    paper: getComputedStyle(document.body).backgroundColor,
    light: styles.filter(([name, style]) => brightness(name === "text" ? style.fill : style.color) > 0.25).map(([name]) => name),
    dark: [...document.querySelectorAll("pre, table, .demo, td, th")].map((each) => getComputedStyle(each).backgroundColor)
      .filter((colour) => !/, 0\\)$|transparent/.test(colour) && brightness(colour) < 0.8),
    words: words.length,
  };
}"""


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_prints_dark_on_white(read, path, scheme):
    opened = read(path)
    turn(opened, scheme)
    opened.page.emulate_media(media="print", color_scheme=scheme)
    seen = opened.page.evaluate(COLOURS, SHOWN)
    assert seen["words"] > 30
    assert seen["paper"] == "rgb(255, 255, 255)"
    assert seen["light"] == []
    assert seen["dark"] == []


def sheets(opened) -> int:
    """On how many sheets of A4 a page is printed."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", opened.page.pdf(format="A4")))


def test_the_handout_is_one_sheet(read):
    assert sheets(read("handout/")) == 1


def test_a_question_is_at_most_three_sheets_and_so_are_the_start_page_and_the_lesson(read, site):
    pages = [
        f"questions/{path.parent.name}/" for path in site.pages if path.parent.parent.name == "questions"
    ]
    assert len(pages) > 7
    counts = {path: sheets(read(path)) for path in [*pages, "", "teaching/"]}
    assert {path: count for path, count in counts.items() if count > 3} == {}


@pytest.mark.parametrize("path", ["questions/what-if-zeros/", "questions/why-not-the-same/"])
def test_on_paper_nothing_is_wider_than_the_sheet(read, path):
    """Chromium would print all of the page smaller."""
    opened = read(path, width=687)  # of a sheet of A4, between its margins
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 687


def test_on_paper_all_scenes_are_on_one_sheet(read):
    opened = read("questions/why-not-the-same/", "pull", width=687)
    opened.page.emulate_media(media="print")
    assert opened.page.locator("#demo-pull .demo-heading:visible").count() == 4
    assert (
        opened.page.locator("#demo-pull").bounding_box()["height"] < 1032
    )  # of a sheet, between its margins


def test_nothing_is_printed_that_only_a_screen_can_use(read):
    """The button in a sentence is a word of it."""
    opened = read("questions/the-black-line/")
    opened.page.emulate_media(media="print")
    shown = opened.page.evaluate(
        """() => [...document.querySelectorAll("article :is(button, input[type=range], summary, .demo-settings, .demo-links)")]
          .filter((each) => each.checkVisibility() && !each.closest(".question") && !each.matches(":has(> .demo-sentence)"))
          .filter((each) => !each.matches(".demo-sentence button") || getComputedStyle(each).borderStyle !== "none")
          .map((each) => each.className)"""
    )
    assert shown == []
    assert opened.page.locator("#demo-black_line .demo-sentence button").is_visible()


@pytest.mark.parametrize("path", ["questions/the-black-line/", "questions/why-not-the-same/"])
def test_no_figure_and_no_table_is_torn(read, path):
    opened = read(path)
    opened.page.emulate_media(media="print")
    torn = opened.page.evaluate(
        """() => [...document.querySelectorAll("article :is(.demo:not([data-scenes]), .demo-figure, table)")]
          .filter((each) => getComputedStyle(each).breakInside !== "avoid").length"""
    )
    assert torn == 0
