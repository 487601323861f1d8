"""Whatever happens to a file on its way, the reader gets Python or a sentence; the page stays whole."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from convlens_site.paths import EVIDENCE
from convlens_site.publish.manifest import IN_THE_WORKER
from convlens_site.runtime import bundle

from .faulty import FAULTS, HELD_SECONDS, faulty

pytestmark = pytest.mark.browser

PAGE, NOTEBOOK = "questions/why-not-the-same/", "demos/twins/"
LATE = ("load.js", "svg.js")  # scripts of the page, fetched after the click
REST = "rest.tar.bin"  # of Python: no demo asks for it, but a notebook's cell does
FILES = ("manifest.json", *LATE, *bundle.build().files, *IN_THE_WORKER, "twins.py")
SPARED = {"protocol.js": 1}  # the page itself has it already, when the worker's copy is fetched
PATIENCE = 120 if os.environ.get("RECORD_FAULTS") else 3  # seconds of the last try
LIMIT = 20 + 2 * PATIENCE  # seconds, from the click to the sentence
REASONS = {
    "404": "the server answered 404",
    "503": "the server answered 503",
    "abort": "there was no connection",
    "truncated": "it broke off half-way",
    "corrupt": "a different file came",
    "html": "a different file came",
    "hangs": f"nothing came for {PATIENCE} seconds",
    "stalls": f"nothing came for {PATIENCE} seconds",
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
  find(".demo-bar button.run").click();
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
  const error = find(".demo-error"), run = find(".demo-bar button.run");
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
    turns: list[str] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)
    held: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        url, self.faults = self.held.enter_context(faulty(self.folder, self.of, self.times, SPARED))
        context = self.chromium.new_context(service_workers="block")
        self.held.callback(context.close)
        self.page = context.new_page()
        self.page.goto(url + (NOTEBOOK if self.cell else PAGE), wait_until="load")
        self.page.wait_for_selector(".cell-bar button" if self.cell else ".demo-bar button.run")

    def meet(self, file: str) -> None:
        """Press, with the next fault of this file."""
        self.faults.of = {file: self.turns.pop(0)}
        self.press()

    def press(self) -> None:
        self.page.evaluate(WATCH_CELL if self.cell else WATCH)

    def has_ended(self) -> bool:
        self.seen = self.page.evaluate(LOOK_CELL if self.cell else LOOK)
        return bool(self.seen["ended"])

    def wait(self, seconds: float = 60) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while not self.has_ended():
            assert time.monotonic() < end, (self.of, self.seen)
            time.sleep(0.05)
        return self.seen

    def pythons(self) -> int:
        return sum(worker.url.startswith("blob:") for worker in self.page.workers)


def test_every_permanent_fault_of_every_file_ends_in_a_sentence_and_try_again_works(chromium, site):
    """A reader for each file, all at once. To the file happens one fault after the other, and then none any more.

    The last tries, which start Python, come one by one: so many Pythons at once would be a test of the processor.
    """
    seen: dict[str, dict[str, Any]] = {file: {} for file in FILES}
    with ExitStack() as all_of_them:
        waiting: dict[str, Reader] = {}
        recovering: list[Reader] = []
        for n, file in enumerate(FILES):
            waiting[file] = reader = Reader(chromium, site.folder, {}, times=10**9, cell=file == REST)
            all_of_them.enter_context(reader.held)
            reader.turns = [
                *FAULTS[n % len(FAULTS) :],
                *FAULTS[: n % len(FAULTS)],
            ]  # each begins with another
            reader.meet(file)
        end = time.monotonic() + 200 + 8 * PATIENCE
        while waiting:
            assert time.monotonic() < end, {file: reader.seen for file, reader in waiting.items()}
            for file, reader in list(waiting.items()):
                if not reader.has_ended():
                    continue
                fault = reader.faults.of[file]
                check_failure(file, fault, reader.seen)
                check_workers(
                    reader, int(file in ("twins.py", REST))
                )  # only then Python itself is there, and waits
                seen[file][fault] = {
                    "sees": reader.seen["error"],
                    "seconds": round(reader.seen["seconds"], 1),
                }
                if reader.turns:
                    reader.meet(file)
                else:
                    recovering.append(waiting.pop(file))
            time.sleep(0.2)
        for reader in recovering:
            reader.faults.of = {}
            reader.press()
            assert reader.wait()["ended"] == "live", reader.seen
            reader.held.close()
    assert all(set(faults) == set(FAULTS) for faults in seen.values())
    record(files=seen)


def record(**parts: Any) -> None:
    """With make faults, write down what was seen; the table of "How it works" shows it."""
    if os.environ.get("RECORD_FAULTS"):
        file = EVIDENCE / "faults.json"
        text = json.dumps(json.loads(file.read_text("utf-8")) | parts, indent=1, ensure_ascii=False)
        file.write_text(text + "\n", "utf-8")


def check_failure(file: str, fault: str, seen: dict[str, Any]) -> None:
    """The sentence says what is missing, why, and what to do; the page is whole and offers another try."""
    case = (file, fault, seen)
    assert seen["ended"] == "failed", case
    assert seen["seconds"] <= LIMIT, case
    named = (
        "The list of Python's files" if file == "manifest.json" else f"The file {file.removesuffix('.bin')}"
    )
    begin = "A part of this page" if file in LATE else named
    assert seen["error"].startswith(f"{begin} could not be loaded: "), case
    assert REASONS[fault] in seen["error"], case
    assert seen["error"].endswith("try again."), case
    expected = ("Run", True, False, 1) if file == REST else ("Try again", True, False, 2)
    assert (seen["button"], seen["enabled"], seen["loading"], seen["figures"]) == expected, case


def check_workers(reader: Reader, expected: int) -> None:
    """What has failed leaves no worker behind."""
    end = time.monotonic() + 5
    while reader.pythons() != expected:
        assert time.monotonic() < end, (reader.of, reader.pythons())
        reader.page.wait_for_timeout(50)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_every_file_at_once_is_recovered_from_by_itself(chromium, site, fault):
    """By turns of a demo, which does not ask for the rest of Python, and of a notebook's cell, which does not ask for a demo."""
    cell = FAULTS.index(fault) % 2 == 0
    spared = {"twins.py" if cell else REST}
    with ExitStack() as closing:
        reader = Reader(chromium, site.folder, dict.fromkeys(FILES, fault), times=1, cell=cell)
        closing.enter_context(reader.held)
        reader.press()
        seen = reader.wait()
        assert (seen["ended"], seen["error"]) == ("live", ""), seen
        for file in {*FILES} - spared:
            assert reader.faults.asked[file] >= 2 + SPARED.get(file, 0), (file, reader.faults.asked)


@pytest.mark.parametrize("cell", [False, True], ids=["demo", "notebook"])
def test_a_proxy_that_holds_every_file_back_is_waited_for_and_told_of(chromium, site, cell):
    """The first try gives up too early, the second waits longer; meanwhile a reader knows why nothing seems to happen."""
    with ExitStack() as closing:
        reader = Reader(chromium, site.folder, dict.fromkeys(FILES, "held"), times=10**9, cell=cell)
        closing.enter_context(reader.held)
        reader.press()
        said = ""
        if not cell:
            look = (
                "() => /Nothing has come for.*/.exec(document.querySelector('.demo-bytes').textContent)?.[0]"
            )
            said = reader.page.wait_for_function(look).json_value()
        seen = reader.wait(120)
        if said:
            record(held={"sees": said, "seconds": round(seen["seconds"], 1), "late": 2 * HELD_SECONDS})
        assert (seen["ended"], seen["error"]) == ("live", ""), seen
        assert "Nothing has come" not in reader.page.inner_text("main")


def test_progress_is_told_in_bytes_at_least_once_a_second_on_a_slow_line(chromium, site):
    for _ in range(3):
        with ExitStack() as closing:
            reader = Reader(chromium, site.folder, {}, times=0)
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
