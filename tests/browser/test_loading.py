"""Whatever happens to a file on its way, the reader gets Python or a sentence; the page stays whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from convlens_site.paths import EVIDENCE
from convlens_site.publish.manifest import WORKER_SCRIPTS
from convlens_site.runtime import bundle

from .faulty import FAULTS, HELD_SECONDS, PATIENCE, RECORDING, faulty

pytestmark = pytest.mark.browser

PAGE, NOTEBOOK = "questions/why-not-the-same/", "demos/twins/"
LATE = ("load.js",)  # scripts of the page, fetched after the click
# No demo on the pages here asks for these, but a notebook's cell does.
ON_CELL = ("rest.tar.bin", "digits.tar.bin")
FILES = ("manifest.json", *LATE, *bundle.names(), *WORKER_SCRIPTS, "twins.py")
SPARED = {"protocol.js": 1}  # the page itself has it already, when the worker's copy is fetched
LIMIT = 260  # seconds by the page's clock, from the click to the sentence
REASONS = {
    "404": "the server answered 404",
    "503": "the server answered 503",
    "abort": "there was no connection",
    "truncated": "it broke off half-way",
    "corrupt": "a different file came",
    "html": "a different file came",
    "hangs": f"nothing came for {PATIENCE[-1]} seconds",
    "stalls": f"nothing came for {PATIENCE[-1]} seconds",
}

# Watch a demo from a click on Run to what the reader then sees: a figure of a live run, or a sentence.
WATCH = """() => {
  const demo = document.querySelector("section.demo"), begun = performance.now();
  const find = (selector) => demo.querySelector(selector);
  window.watching?.disconnect();
  window.seen = { ended: "", seconds: 0, progress: [] };
  window.watching = new MutationObserver((changes) => {
    const now = (performance.now() - begun) / 1000, state = demo.dataset.state, text = find(".demo-bytes").textContent;
    if (state === "loading" && text !== seen.progress.at(-1)?.[0]) seen.progress.push([text, now]);
    const drawn = changes.some(({ target, type }) => type === "childList" && target === find(".demo-panels"));
    const ended = drawn ? "live" : state === "failed" ? "failed" : "";
    if (ended && !seen.ended) Object.assign(seen, { ended, seconds: now });
  });
  window.watching.observe(demo, { subtree: true, childList: true, characterData: true, attributes: true });
  find(".demo button.run").click();
}"""
WATCH_CELL = """() => {
  const cell = document.querySelector(".cell"), begun = performance.now();
  window.watching?.disconnect();
  window.seen = { ended: "", seconds: 0, progress: [] };
  window.watching = new MutationObserver(() => {
    const ended = { done: "live", failed: "failed" }[cell.dataset.state];
    if (ended && !seen.ended) Object.assign(seen, { ended, seconds: (performance.now() - begun) / 1000 });
  });
  window.watching.observe(cell, { attributes: true, attributeFilter: ["data-state"] });
  cell.querySelector(".cell-bar button").click();
}"""
LOOK_CELL = """() => {
  const cell = document.querySelector(".cell"), run = cell.querySelector(".cell-bar button"), { state } = cell.dataset;
  const error = state === "failed" ? cell.querySelector(".cell-status").textContent : "";
  return { ...seen, error, button: run.textContent, enabled: run.getAttribute("aria-disabled") !== "true",
    loading: state === "loading", figures: document.querySelectorAll(".cell-figure svg").length };
}"""
LOOK = """() => {
  const demo = document.querySelector("section.demo"), find = (selector) => demo.querySelector(selector);
  const error = find(".demo-error"), run = find(".demo button.run");
  return { ...seen, error: error.hidden ? "" : error.textContent, button: run.textContent,
    enabled: run.getAttribute("aria-disabled") !== "true", loading: !find(".demo-load").hidden,
    figures: demo.querySelectorAll(".demo-panels svg").length };
}"""


@dataclass
class Reader:
    """Somebody who has opened a page, on whose server something fails, and who presses Run, again and again."""

    chromium: Browser
    folder: Path
    of: Mapping[str, str]
    times: int
    cell: bool = False
    clock: bool = True  # can the page's clock be put forward?
    seen: dict[str, Any] = field(default_factory=dict)
    held: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        url, self.faults = self.held.enter_context(faulty(self.folder, self.of, self.times, SPARED))
        context = self.chromium.new_context(service_workers="block")
        self.held.callback(context.close)
        self.page = context.new_page()
        if self.clock:
            self.page.clock.install()
        self.page.goto(url + (NOTEBOOK if self.cell else PAGE), wait_until="load")
        self.page.wait_for_selector(".cell-bar button" if self.cell else ".demo button.run")

    def meet(self, of: Mapping[str, str]) -> dict[str, Any]:
        """Press when these faults happen, and wait for what comes of it."""
        self.faults.change(of)
        self.press()
        return self.wait()

    def press(self) -> None:
        self.page.evaluate(WATCH_CELL if self.cell else WATCH)

    def wait(self) -> dict[str, Any]:
        """Wait for the end."""
        self.faults.until(self.page, self.has_ended)
        return self.seen

    def has_ended(self) -> bool:
        self.seen = self.page.evaluate(LOOK_CELL if self.cell else LOOK)
        return bool(self.seen["ended"])

    def pythons(self) -> int:
        return sum(worker.url.startswith("blob:") for worker in self.page.workers)


@pytest.fixture
def reader(chromium, stage):
    """Opens a page of a server on which something fails."""
    with ExitStack() as closing:

        def opened(of: Mapping[str, str], times: int, **named: bool) -> Reader:
            made = Reader(chromium, stage.folder, of, times, **named)
            closing.enter_context(made.held)
            return made

        yield opened


@pytest.mark.sample(3)
@pytest.mark.long
@pytest.mark.parametrize("file", FILES)
def test_every_permanent_fault_of_a_file_ends_in_a_sentence_and_try_again_works(reader, file, exhaustive):
    """One fault after the other happens to the file, and then none: one fault of every third file, and all in CI."""
    someone = reader({}, times=10**9, cell=file in ON_CELL)
    seen = {}
    for fault in FAULTS if RECORDING or exhaustive else [FAULTS[FILES.index(file) % len(FAULTS)]]:
        check_failure(file, fault, someone.meet({file: fault}))
        # Only then Python itself is there, and waits. What has failed leaves no worker behind.
        expected = int(file in ("twins.py", *ON_CELL))
        someone.faults.until(someone.page, lambda expected=expected: someone.pythons() == expected)
        seen[fault] = {"sees": someone.seen["error"], "seconds": round(someone.seen["seconds"], 1)}
    before = someone.faults.asked.copy()
    assert someone.meet({})["ended"] == "live", someone.seen
    if file == "twins.py":
        again = someone.faults.asked - before
        assert {*again} <= {"manifest.json", "twins.py", "offline.js"}, (
            "Python itself was well and is not fetched again"
        )
    record(lambda recorded: {"files": {**recorded["files"], file: seen}})


def record(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """With make faults, write down what was seen; the table of "How it works" shows it."""
    if RECORDING:
        file = EVIDENCE / "faults.json"
        recorded = json.loads(file.read_text("utf-8"))
        recorded |= change(recorded)
        recorded["files"] = {name: recorded["files"][name] for name in FILES if name in recorded["files"]}
        file.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", "utf-8")


def check_failure(file: str, fault: str, seen: dict[str, Any]) -> None:
    """The sentence says what is missing, why, and what to do; the page is whole and offers another try."""
    case = (file, fault, seen)
    assert seen["ended"] == "failed", case
    assert seen["seconds"] <= LIMIT, case
    named = (
        "The list of Python’s files" if file == "manifest.json" else f"The file {file.removesuffix('.bin')}"
    )
    begin = "A part of this page" if file in LATE else named
    assert seen["error"].startswith(f"{begin} could not be loaded: "), case
    assert REASONS[fault] in seen["error"], case
    assert seen["error"].endswith("try again."), case
    expected = ("Run", True, False, 1) if file in ON_CELL else ("Try again", True, False, 2)
    assert (seen["button"], seen["enabled"], seen["loading"], seen["figures"]) == expected, case


@pytest.mark.sample(8)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_every_file_at_once_is_recovered_from_by_itself(reader, fault):
    """By turns of a demo, which does not ask for the rest of Python, and of a notebook's cell, which does not ask for a demo."""
    cell = FAULTS.index(fault) % 2 == 0
    spared = {"twins.py"} if cell else {*ON_CELL}
    someone = reader(dict.fromkeys(FILES, fault), times=1, cell=cell)
    someone.press()
    seen = someone.wait()
    assert (seen["ended"], seen["error"]) == ("live", ""), seen
    for file in {*FILES} - spared:
        assert someone.faults.asked[file] >= 2 + SPARED.get(file, 0), (file, someone.faults.asked)


@pytest.mark.sample(2)
@pytest.mark.parametrize("cell", [False, True], ids=["demo", "notebook"])
def test_a_proxy_that_holds_every_file_back_is_waited_for_and_told_of(reader, cell):
    """The first try gives up too early, the second waits longer; meanwhile a reader knows why nothing seems to happen."""
    someone = reader(dict.fromkeys(FILES, "held"), times=10**9, cell=cell)
    someone.press()
    seen = someone.wait()
    assert (seen["ended"], seen["error"]) == ("live", ""), seen
    assert "Nothing has come" not in someone.page.inner_text("main")
    if not cell:
        said = next(late for text, _ in seen["progress"] if (late := re.search("Nothing has come.*", text)))
        told = {"sees": said[0], "seconds": round(seen["seconds"], 1), "late": 2 * HELD_SECONDS}
        record(lambda _: {"held": told})


def test_progress_is_told_in_bytes_at_least_once_a_second_on_a_slow_line(chromium, stage):
    for _ in range(3):
        with ExitStack() as closing:
            reader = Reader(chromium, stage.folder, {}, times=0, clock=False)
            closing.enter_context(reader.held)
            line = reader.page.context.new_cdp_session(reader.page)
            line.send("Network.enable")
            slow = {
                "offline": False,
                "latency": 40,
                "downloadThroughput": 20e6 / 8,
                "uploadThroughput": 5e6 / 8,
            }
            line.send("Network.emulateNetworkConditions", slow)
            beat = "() => { window.beats = []; setInterval(() => beats.push(performance.now() / 1000), 50); }"
            reader.page.evaluate(beat)
            reader.press()
            progress = reader.wait()["progress"]
            beats = reader.page.evaluate("beats")
        # Where a request was lost and made again, there was nothing to tell of in between.
        if all(
            count == 1 + SPARED.get(name, 0) for name, count in reader.faults.asked.items() if name in FILES
        ):
            break
    else:
        raise AssertionError(f"each time something was asked for twice: {reader.faults.asked}")
    times = [0, *(now for text, now in progress if " MB" in text)]
    assert len(times) > 8
    stood_still = max(
        later - earlier for earlier, later in pairwise(beats)
    )  # the whole page: this machine was busy
    assert max(later - earlier for earlier, later in pairwise(times)) < 1 + stood_still
