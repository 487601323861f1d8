"""A reader who follows links from page to page: many tests share one load of the site, and one start of Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, Error

from .stage import COUNTING
from .visit import Visit, open_page

ASIDE = "glossary/"  # a page without a demo
# Undo what a test may have left behind in a page that is not reloaded.
FRESH = """() => {
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => !sheet.addedByTest);
  document.querySelector("input[name=__palette]")?.click();
  localStorage.clear();
  sessionStorage.clear();
}"""


class Staying:
    """The page that tests share; one in which a test has failed is not used again."""

    def __init__(self, browser: Browser, url: str, *, warm: bool) -> None:
        self.browser, self.url, self.warm = browser, url, warm
        self.opened: Visit | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.leave()

    def leave(self) -> None:
        if self.opened:
            self.opened.close()
        self.opened = None

    @contextmanager
    def test(self) -> Iterator[Callable[..., Visit]]:
        """For one test: a function that comes to a page. In the end nothing may have gone wrong in it."""
        try:
            opened = self.fresh()
        except Error:  # the test before has left the site, or its page is beyond help
            self.leave()
            opened = self.fresh()

        def come(path: str = "", demo: str = "", *, width: int = 1280, height: int = 720) -> Visit:
            opened.page.set_viewport_size({"width": width, "height": height})
            if self.place == opened.url + path.partition("#")[0]:
                opened.follow(ASIDE)
            return opened.follow(path, demo)

        yield come
        opened.check()
        if not self.warm:
            assert (opened.pythons(), opened.runtime_requests()) == ([], [])

    @property
    def place(self) -> str:
        """The address without what stands behind its #."""
        return self.opened.page.url.partition("#")[0] if self.opened else ""

    def begin(self) -> Visit:
        """Load the site, and the theme's list of the pages to which links lead without another load."""
        opened = open_page(self.browser, self.url).go(ASIDE)
        listed = (
            "() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/sitemap.xml'))"
        )
        opened.until(lambda: opened.page.evaluate(listed))
        opened.page.wait_for_load_state("networkidle")
        return opened

    def fresh(self) -> Visit:
        """The page as if it had just been loaded."""
        self.opened = opened = self.opened or self.begin()
        page = opened.page
        page.unroute_all()
        page.emulate_media(media="null", color_scheme="null", reduced_motion="null", forced_colors="null")
        page.evaluate(FRESH)
        if self.place != opened.url + ASIDE:
            opened.follow(ASIDE)
        if self.warm and not opened.pythons():
            opened.follow(COUNTING).click("run")
            opened.run_to_end()
        elif not self.warm and opened.pythons():
            self.leave()
            return self.fresh()
        page.mouse.move(
            0, 0
        )  # also from the Run that has just started Python: the next figure would follow it at once
        opened.requests.clear()
        opened.complaints.clear()
        return opened
