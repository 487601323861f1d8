"""What axe-core finds, and that it finds nothing in the library's source; test_everyone has the other pages and the demos."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser


RUN = """async ([context, options]) => (await axe.run(context ?? document, options)).violations
  .map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} (${nodes.length})`)"""


def violations(page, *rules: str, within: str = "", without: str = "") -> list[str]:
    """What axe finds, by all of its rules or by those that are named, in all of the page or some part, or without some."""
    # The theme puts an unnamed <nav> around each copy button: a matter of taste to axe, not of WCAG.
    which = {"runOnly": list(rules)} if rules else {"rules": {"landmark-unique": {"enabled": False}}}
    options = {**which, "resultTypes": ["violations"], "preload": False}  # in half the time
    parts = {"include": [[within]] if within else None, "exclude": [[without]] if without else None}
    context = {kind: chosen for kind, chosen in parts.items() if chosen} or None
    if not page.page.evaluate("'axe' in window"):  # it stays there when links are followed
        page.page.evaluate(Axe().axe_script)
    return list(page.page.evaluate(RUN, [context, options]))


def turn(page, scheme: str) -> None:
    """Light or dark, at once."""
    page.style("* { transition: none !important }")
    name = "slate" if scheme == "dark" else "default"
    page.page.locator(f"input[name=__palette][data-md-color-scheme={name}]").evaluate(
        "input => input.click()"
    )
    page.page.locator(f"body[data-md-color-scheme={name}]").wait_for()


def in_both(page, within: str = "", without: str = "") -> list[str]:
    """What axe finds in the light and in the dark, where only the colours are other ones."""
    turn(page, "light")
    light = violations(page, within=within, without=without)
    turn(page, "dark")
    return [*light, *violations(page, "color-contrast", within=within, without=without)]


WITH_SOURCE = ["library/convolution/", "library/training/", "library/gradcheck/", "library/demos/"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("path", WITH_SOURCE)
def test_a_library_page_has_no_violation_with_all_source_open(read, path):
    opened = read(path)
    opened.page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true })")
    assert in_both(opened) == []
