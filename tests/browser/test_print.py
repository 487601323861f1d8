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


def test_the_handout_is_one_sheet(read):
    paper = read("handout/").page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1


def test_nothing_is_printed_that_only_a_screen_can_use(read):
    opened = read("questions/the-black-line/")
    opened.page.emulate_media(media="print")
    shown = opened.page.evaluate(
        """() => [...document.querySelectorAll("article :is(button, input[type=range], summary, .demo-settings, .demo-links)")]
          .filter((each) => each.checkVisibility() && !each.closest(".question") && !each.matches(":has(> .demo-sentence)"))
          .map((each) => each.className)"""
    )
    assert shown == []
    torn = opened.page.evaluate(
        """() => [...document.querySelectorAll("article :is(.demo, table)")]
          .filter((each) => getComputedStyle(each).breakInside !== "avoid").length"""
    )
    assert torn == 0
