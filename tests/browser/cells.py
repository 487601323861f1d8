"""The cells of a notebook page, by number, and what a reader does with them."""

from __future__ import annotations

from playwright.sync_api import Locator

from .visit import Visit, reach

NOTEBOOK = "demos/twins/"
# Of a notebook that tests share: end what runs, forget what was changed, close what is open.
TIDY = """() => {
  const press = (place, name) =>
    [...place.querySelectorAll(".cell-bar button")].find(({ textContent }) => textContent === name)?.click();
  for (const cell of document.querySelectorAll(".cell"))
    if (["loading", "running"].includes(cell.dataset.state)) press(cell, "Stop");
  press(document, "Reset all");
  for (const cell of document.querySelectorAll(".cell")) press(cell, "Close the editor");
  localStorage.clear();
}"""


class Cells:
    """All cells of the page."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.all = visit.page.locator(".cell")
        self.last = self.all.count() - 1

    def press(self, index: int, name: str) -> None:
        self.button(index, name).click()

    def button(self, index: int, name: str) -> Locator:
        return self.all.nth(index).get_by_role("button", name=name, exact=True)

    def stop(self, index: int) -> None:
        """Press Stop, which acts at once."""
        self.press(index, "Stop")
        assert self.state(index) == "stopped"

    def state(self, index: int) -> str:
        return str(self.all.nth(index).get_attribute("data-state"))

    def wait(self, index: int, *states: str) -> None:
        reach(self.all.nth(index), *states)

    def output(self, index: int) -> str:
        return self.all.nth(index).locator(".cell-output").inner_text()

    def status(self, index: int) -> str:
        return self.all.nth(index).locator(".cell-status").inner_text()

    def run(self, index: int, source: str, *states: str) -> None:
        """Write it, press Run, and wait for one of the states."""
        self.write(index, source)
        self.press(index, "Run")
        self.wait(index, *states)

    def write(self, index: int, source: str) -> None:
        if not self.box(index).is_visible():
            self.press(index, "Edit")
        self.box(index).fill(source)

    def box(self, index: int) -> Locator:
        return self.all.nth(index).locator("textarea")

    def value(self, index: int) -> str:
        return str(self.box(index).input_value())

    def open(self, index: int) -> None:
        """Open the editor, and wait until it has its keys and colours."""
        self.press(index, "Edit")
        self.all.nth(index).locator(".prism-code-editor").wait_for()

    def type(self, *words: str) -> None:
        """Type: words as they are, keys by names that begin with a capital letter."""
        for word in words:
            (self.visit.page.keyboard.press if word[0].isupper() else self.visit.page.keyboard.type)(word)

    def focused(self) -> str:
        name = "e => e.getAttribute('aria-label') ?? e.textContent"
        return str(self.visit.page.evaluate(f"({name})(document.activeElement)"))

    def said(self) -> str:
        """What the notebook's own bar says."""
        return str(self.visit.page.locator(".notebook-bar .cell-status").inner_text())

    def bar(self, name: str) -> None:
        self.visit.page.locator(".notebook-bar").get_by_role("button", name=name, exact=True).click()
