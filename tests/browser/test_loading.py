"""Whatever happens to a file on its way, the reader gets Python or a sentence; the page stays whole."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from convlens_site import bundle
from convlens_site.paths import EVIDENCE

from .faulty import FAULTS, FOR_EVER, Faults, faulty

pytestmark = pytest.mark.browser

PAGE = "questions/why-not-the-same/"
FILES = [*bundle.build().files, "manifest.json", "load.mjs", "verified.mjs", *bundle.IN_THE_WORKER, "twins.py"]
SPARED = {"protocol.mjs": 1}  # the page itself has it already, when the worker's copy is fetched
AT_ONCE = 24
LIMIT = 20  # seconds, from the click to the sentence

WATCH = """() => {
  const demo = document.querySelector("section.demo"), begun = performance.now();
  const find = (selector) => demo.querySelector(selector);
  window.seen = { states: [], progress: [], seconds: null };
  new MutationObserver(() => {
    const now = (performance.now() - begun) / 1000, state = demo.dataset.state, text = find(".demo-bytes").textContent;
    if (state !== seen.states.at(-1)?.[0]) seen.states.push([state, now]);
    if (state === "loading" && text !== seen.progress.at(-1)?.[0]) seen.progress.push([text, now]);
    const shown = demo.dataset.shown && find(".demo-caption").textContent.includes("Step");
    if (seen.seconds === null && (state === "failed" || shown)) seen.seconds = now;
  }).observe(demo, { subtree: true, childList: true, characterData: true, attributes: true });
  demo.querySelector(".demo-bar button.run").click();
}"""
LOOK = """() => {
  const demo = document.querySelector("section.demo"), find = (selector) => demo.querySelector(selector);
  const error = find(".demo-error"), run = find(".demo-bar button.run");
  return { ...seen, state: demo.dataset.state, error: error.hidden ? "" : error.textContent,
    figure: demo.querySelectorAll(".demo-panels svg").length, loading: !find(".demo-load").hidden,
    button: run.textContent, enabled: run.getAttribute("aria-disabled") !== "true" };
}"""


@dataclass
class Case:
    """A page on whose server something fails, and what its reader saw."""

    of: dict[str, str]
    times: int = FOR_EVER
    page: Page | None = None
    faults: Faults | None = None
    seen: dict[str, Any] = field(default_factory=dict)
    workers: int = 0
    held: ExitStack = field(default_factory=ExitStack)

    @property
    def name(self) -> str:
        return ", ".join(f"{file} {fault}" for file, fault in self.of.items())

    def open(self, chromium: Browser, folder: Any) -> None:
        url, self.faults = self.held.enter_context(faulty(folder, self.of, self.times, SPARED))
        context = chromium.new_context(service_workers="block")
        self.held.callback(context.close)
        self.page = context.new_page()
        self.page.goto(url + PAGE, wait_until="load")
        self.page.evaluate(WATCH)

    def is_over(self) -> bool:
        assert self.page
        self.seen = self.page.evaluate(LOOK)
        return self.seen["seconds"] is not None

    def close(self) -> None:
        assert self.page
        self.workers = sum(worker.url.startswith("blob:") for worker in self.page.workers)
        self.held.close()


def play(cases: list[Case], chromium: Browser, folder: Any, at_once: int = AT_ONCE) -> Iterator[Case]:
    """Open the cases' pages, many at once, and yield each when its reader knows how it ended; it is open until then."""
    waiting, active = list(cases), []
    end = time.monotonic() + 240
    while waiting or active:
        while waiting and len(active) < at_once:
            active.append(waiting.pop(0))
            active[-1].open(chromium, folder)
        for case in [case for case in active if case.is_over()]:
            active.remove(case)
            yield case
            case.close()
        assert time.monotonic() < end, [(case.name, case.seen) for case in active]
        time.sleep(0.05)


@pytest.fixture(scope="module")
def permanent(chromium: Browser, site: Any) -> list[Case]:
    """Every file with every fault, for ever. What waits for time-outs is begun first."""
    slow = sorted(FAULTS, key=lambda fault: fault not in {"hangs", "stalls"})
    cases = [Case({file: fault}) for fault in slow for file in FILES]
    for case in play(cases, chromium, site.folder):
        if "503" in case.of.values():
            heal_and_try_again(case)
    if os.environ.get("RECORD_FAULTS"):
        record(cases)
    return cases


def heal_and_try_again(case: Case) -> None:
    """The button under the sentence leads to a run, once the file is there."""
    assert case.page
    assert case.faults
    case.faults.times = 0
    case.page.evaluate("() => { delete document.querySelector('section.demo').dataset.shown; }")
    case.page.locator(".demo-bar button.run").click()
    case.seen["healed"] = False
    end = time.monotonic() + 60
    while not case.seen["healed"] and time.monotonic() < end:
        time.sleep(0.05)
        case.seen["healed"] = case.page.evaluate(LOOK)["state"] in {"running", "done"}


def record(cases: list[Case]) -> None:
    """Write what was seen to evidence/faults.json, from which a page prints its table."""
    faults = {file: {} for file in FILES}
    for case in cases:
        ((file, fault),) = case.of.items()
        faults[file][fault] = {"sees": case.seen["error"], "seconds": round(case.seen["seconds"], 1)}
    made = {"command": "make faults", "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": platform.machine()}
    text = json.dumps({"made": made, "faults": faults}, indent=1, ensure_ascii=False)
    (EVIDENCE / "faults.json").write_text(text + "\n", "utf-8")


def test_every_permanent_fault_of_every_file_ends_in_a_sentence_within_20_seconds(permanent):
    assert len(permanent) == len(FILES) * len(FAULTS) == 13 * 8
    for case in permanent:
        assert case.seen["state"] == "failed", (case.name, case.seen)
        assert case.seen["seconds"] <= LIMIT, (case.name, case.seen)


def test_the_sentence_says_what_is_missing_why_and_what_to_do(permanent):
    reasons = {
        "404": "the server answered 404",
        "503": "the server answered 503",
        "abort": "there was no connection",
        "truncated": "it broke off half-way",
        "corrupt": "a different file came",
        "html": "a different file came",
        "hangs": "nothing came for 5 seconds",
        "stalls": "nothing came for 5 seconds",
    }
    for case in permanent:
        ((file, fault),) = case.of.items()
        if file in {"load.mjs", "verified.mjs"}:  # the browser fetches these, and does not tell what went wrong
            assert "A part of this page could not be loaded" in case.seen["error"], case.name
        else:
            assert reasons[fault] in case.seen["error"], (case.name, case.seen["error"])
            named = "The list of Python's files" if file == "manifest.json" else file.removesuffix(".bin")
            assert named in case.seen["error"], case.name
        assert "try again" in case.seen["error"], case.name


def test_the_page_stays_whole_and_offers_another_try(permanent):
    for case in permanent:
        assert case.seen["figure"] == 2, case.name
        assert not case.seen["loading"], case.name
        assert (case.seen["button"], case.seen["enabled"]) == ("Try again", True), case.name
        if "twins.py" not in case.of:  # Python itself is there, and waits
            assert case.workers == 0, case.name


def test_try_again_works_once_the_file_is_there(permanent):
    healed = {file: case.seen["healed"] for case in permanent for file, fault in case.of.items() if fault == "503"}
    assert healed == dict.fromkeys(FILES, True)


def test_a_fault_of_every_file_at_once_is_recovered_from_by_itself(chromium, site):
    cases = [Case(dict.fromkeys(FILES, fault), times=1) for fault in FAULTS]
    for case in play(cases, chromium, site.folder, at_once=4):
        assert case.seen["error"] == "", (case.name, case.seen)
        for file in FILES:
            assert case.faults.asked[file] == 2 + SPARED.get(file, 0), (case.name, file, case.faults.asked)
