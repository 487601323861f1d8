"""A reader's page: what is done in it, and what it asked for and complained about."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Worker

from convlens_site import demos
from convlens_site.publish.manifest import seal

SILENCE = 60  # seconds: after so long without any news, a page is given up

# In the page: wait until a demo, or a cell, is in one of these states, as long as anything around it changes.
REACH = """(place, [states, silence]) => new Promise((resolve, reject) => {
  const around = place.closest(".notebook") ?? place;
  let [timer, last] = [0, place.dataset.state];
  const fail = (why) => reject(new Error(`${why}: ${around.innerText}`));
  const look = () => {
    const { state } = place.dataset;
    clearTimeout(timer);
    if (states.includes(state)) {
      watch.disconnect();
      resolve(state);
    } else if (state === "failed" && state !== last) fail("it has failed");
    else timer = setTimeout(() => fail(`nothing new for ${silence} s`), 1000 * silence);
    last = state;
  };
  const watch = new MutationObserver(look);
  watch.observe(around, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
})"""
# Is everything on the page alive that comes to life?
ALIVE = """() => !document.querySelector(
  "section.demo:not([data-mounted]), .notebook:not(:has(.cell-bar)), form.predict:not(:has(button))")"""
# Look at one demo.
ALONE = """(own) => {
  const alone = () => {
    const all = [...document.querySelectorAll("section.demo")];
    const stays = all.find(({ id }) => id === own) ?? all[0];
    all.filter((demo) => demo !== stays).forEach((demo) => demo.remove());
  };
  alone();
  window.alone?.disconnect();
  window.alone = new MutationObserver(alone);
  window.alone.observe(document, { childList: true, subtree: true });
}"""
# Follow a link, as the theme does it: without loading a page.
FOLLOW = f"""([href, silence]) => new Promise((resolve, reject) => {{
  const article = document.querySelector("article");
  const link = Object.assign(document.createElement("a"), {{ href }});
  const alive = {ALIVE};
  const look = () => {{
    if (article.isConnected || location.href !== link.href || !alive()) return;
    watch.disconnect();
    resolve();
  }};
  const watch = new MutationObserver(look);
  watch.observe(document, {{ subtree: true, childList: true, attributes: true }});
  setTimeout(() => reject(new Error(`${{link.href}} does not come; here is ${{location.href}}`)), 1000 * silence);
  article.append(link);
  link.click();
}})"""


@dataclass
class Visit:
    """A page of the site, with everything it asked for and complained about."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    scripts: bool = True

    def go(self, path: str = "", demo: str = "") -> Visit:
        """Open a page, and wait until it has come to life; see `alone`."""
        self.page.goto(self.url + path)
        return self.alone(demo)

    def reload(self) -> Visit:
        """Load the page again, and wait likewise."""
        self.page.reload()
        return self.alone()

    def follow(self, path: str = "", demo: str = "") -> Visit:
        """Come to a page by a link, which loads nothing again; see `alone`."""
        self.page.evaluate("() => window.alone?.disconnect()")  # the page before may have had another one
        self.page.evaluate(FOLLOW, [self.url + path, SILENCE])
        return self.alone(demo)

    def alone(self, demo: str = "") -> Visit:
        """Wait until all of the page has come to life, and look at one of its demos, or at the first.

        Others are taken away, on this page and on those that the theme loads into it: every selector means one demo.
        """
        if self.scripts:
            self.until(lambda: self.page.evaluate(ALIVE))
            self.page.evaluate(ALONE, f"demo-{demo}")
        return self

    def runtime_requests(self) -> list[str]:
        return [url for url in self.requests if "/assets/runtime/" in url]

    def pythons(self) -> list[Worker]:
        """The workers that are ours; the theme's search has one of its own."""
        return [worker for worker in self.page.workers if worker.url.startswith("blob:")]

    def until(self, condition: Callable[[], Any], seconds: float = SILENCE) -> Any:
        """Wait for a condition that this side checks, until there was no news of the page for so long."""
        known, pause, end = "", 10.0, time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > end:
                news = self.page.content()
                assert news != known, f"nothing new for {seconds} s: {self.look('demo => demo.innerText')}"
                known, end = news, time.monotonic() + seconds
            self.page.wait_for_timeout(pause)
            pause = min(1.3 * pause, 100)
        return value

    def reach(self, *states: str) -> str:
        """Wait until the demo is in one of these states, as long as anything in it changes."""
        return reach(self.page.locator("section.demo"), *states)

    def look(self, expression: str) -> list[str]:
        """What there is to tell of each demo, without waiting for one."""
        return self.page.locator("section.demo").evaluate_all(f"all => all.map({expression})")

    def state(self) -> str:
        return str(self.page.locator("section.demo").get_attribute("data-state"))

    def shown(self) -> dict[str, Any]:
        """The settings that the figure belongs to."""
        return json.loads(self.page.locator("section.demo").get_attribute("data-shown") or "{}")

    def under_way(self) -> bool:
        """Has the live run gone beyond its first figure? (The built figure stands at 300 of 300.)"""
        step, last = re.search(r"Step (\d+) of (\d+)", self.text(".demo-caption")).groups()  # type: ignore[union-attr]
        return 0 < int(step) < int(last)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def click(self, button: str) -> None:
        self.page.locator(f"button.{button}").click()

    def stop(self) -> None:
        """Press Stop, which acts at once."""
        self.click("stop")
        assert self.state() == "stopped"

    def fill(self, control: str, value: str) -> None:
        """Type a number."""
        self.unfold(control)
        self.page.locator(f'[data-control="{control}"] input[type=number]').fill(value)

    def unfold(self, control: str) -> None:
        """Open the settings that a control is folded into: below a figure, and on a phone."""
        box = self.page.locator(f'[data-control="{control}"]')
        if not box.is_visible():
            self.page.locator("section.demo details", has=box).locator("summary").click()

    def replace(self, kind: str, name: str, content: bytes) -> None:
        """Serve one of the verified files with other content, and a manifest that agrees; undo with unroute_all."""
        manifest = self.page.request.get(self.url + "assets/runtime/manifest.json").json()["list"]
        (entry,) = (each for each in manifest[kind] if each["name"] == name)
        entry.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
        self.page.route(
            f"**/assets/{kind.replace('live', 'live-*')}/{name}*", lambda route: route.fulfill(body=content)
        )
        self.page.route("**/assets/runtime/manifest.json*", lambda route: route.fulfill(body=seal(manifest)))

    def replace_demo(self, old: str, new: str, demo: str = "twins") -> None:
        """Serve the demo with other code."""
        source = self.page.request.get(self.url + f"assets/demos/{demo}.py").text()
        assert old in source
        self.replace("demos", f"{demo}.py", source.replace(old, new).encode())

    def choose(self, control: str, value: str) -> None:
        self.unfold(control)
        self.page.locator(f'[data-control="{control}"] label:has(input[value="{value}"])').click()

    def run_to_end(self, *, quick: bool = True) -> None:
        """Wait for the end. Quickly: on the way there, fewer figures are painted, as for readers who want little motion."""
        if quick:
            self.page.emulate_media(reduced_motion="reduce")
        state = self.reach("done", "failed")
        if quick:
            self.page.emulate_media(reduced_motion="null")
        assert state == "done", self.text(".demo-error")

    def style(self, rules: str) -> None:
        """Add a style as the policy allows it: not as an element, which add_style_tag would make."""
        self.page.evaluate(
            """rules => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(rules);
                sheet.addedByTest = true;
                document.adoptedStyleSheets.push(sheet);
            }""",
            rules,
        )

    def rows(self) -> dict[str, list[float]]:
        """The figure's table: under the name of each row its numbers, in full precision."""
        rows = self.page.locator(".demo-table tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.dataset.value))"
        )
        return {name: [float(cell) for cell in row if cell] for name, *row in rows}

    def numbers(self) -> list[tuple[int, float]]:
        """The twins' largest differences: step and difference."""
        first = "weights, step "
        rows = self.rows().items()
        return [(int(name.removeprefix(first)), row[-1]) for name, row in rows if name.startswith(first)]

    def close(self) -> None:
        self.page.context.close()

    def check(self) -> None:
        """Nothing went wrong in the page, and it asked no other origin for anything."""
        assert [url for url in self.requests if not url.startswith((self.url, "blob:", "data:"))] == []
        assert self.complaints == []


def page_of(slug: str) -> str:
    """Return the path of the page that a demo belongs to, below the site's root."""
    return demos.demo(slug).question.replace("index.md", "").replace(".md", "/")


def reach(place: Locator, *states: str) -> str:
    """Wait until a demo, or a cell, is in one of these states, as long as anything in it changes."""
    return str(place.evaluate(REACH, [states, SILENCE]))


# Where no recording comes, each run is one of Python.
UNRECORDED = """(() => {
  const forget = () => {
    for (const demo of document.querySelectorAll("section.demo:not([data-mounted])"))
      if (demo.dataset.declared.includes('"recordings":[{'))
        demo.dataset.declared = JSON.stringify({ ...JSON.parse(demo.dataset.declared), recordings: [] });
  };
  new MutationObserver(forget).observe(document, { subtree: true, childList: true });
})()"""


def open_page(browser: Browser, url: str, *, recorded: bool = False, **options: Any) -> Visit:
    """A new page for a reader who has been nowhere yet; recorded: whether recorded runs come."""
    context = browser.new_context(**{"service_workers": "block", **options})
    context.set_default_timeout(1000 * SILENCE)
    opened = Visit(context.new_page(), url, scripts=options.get("java_script_enabled", True))
    if not recorded:
        opened.page.add_init_script(UNRECORDED)
    opened.page.on("request", lambda request: note(opened, request))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.page.on("console", lambda line: hear(opened, line))
    return opened


def note(opened: Visit, request: Request) -> None:
    opened.requests.append(request.url)


def hear(opened: Visit, line: ConsoleMessage) -> None:
    if line.type in {"error", "warning"} and line.text != "Service Worker registration blocked by Playwright":
        opened.complaints.append(line.text)


def forget(opened: Visit) -> None:
    """What the browser complained of was meant; a request that was stopped is noted all the same."""
    opened.complaints.clear()
    opened.requests.clear()
