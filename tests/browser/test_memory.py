"""Each demo at its largest settings, one after the other in one worker: its memory stays small."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from convlens_site.paths import DEMOS

pytestmark = pytest.mark.browser

LIMIT = 256e6
RUN = """async ([base, scripts, cases, steps]) => {
  const { Runtime } = await import(`${base}${scripts}/runtime.js`);
  const runtime = new Runtime(new URL(base));
  let answered;
  const owner = {
    onProgress() {}, onPreempted() {},
    onReady: () => answered({ type: "ready" }),
    onFrame: (frame) => answered(frame),
    onFail: (message) => answered({ type: "error", message }),
  };
  const ask = (question) => new Promise((resolve) => { answered = resolve; question(); });
  const found = [await ask(() => runtime.load(owner))];
  for (const [demo, settings] of cases) {
    const begin = performance.now();
    let run, frame = await ask(() => { run = runtime.start(owner, demo, settings, 60_000); });
    if (frame.type === "frame" && !frame.done) frame = await ask(() => runtime.next(owner, run, steps, 60_000));
    found.push({ ...frame, seconds: (performance.now() - begin) / 1000 });
  }
  runtime.terminate();
  return found.map(({ type, heap = 0, message = "", seconds }) => ({ type, heap, message, seconds }));
}"""
STEPS = 20  # what a run keeps from step to step is some numbers; its arrays are all made in the first


def largest(demo: str) -> Iterator[dict[str, Any]]:
    """Every slider at its end, the rest as the page opens, and each value of each choice once."""
    sys.path.insert(0, str(DEMOS))
    controls = getattr(importlib.import_module(demo), demo).spec()["controls"]
    settings = {control["name"]: control["default"] for control in controls}
    settings |= {control["name"]: control["stops"][-1] for control in controls if control["kind"] == "slider"}
    yield settings
    for control in controls:
        if control["kind"] == "choice":
            for value in control["values"]:
                yield settings | {control["name"]: value}


def test_the_heap_stays_below_256_mb(optimizing, site, exhaustive: bool) -> None:
    """With the largest of everything; and, in CI, with each choice."""
    page = optimizing.new_page()
    page.goto(site.url)
    demos = sorted(path.stem for path in DEMOS.glob("*.py"))
    most = None if exhaustive else 1
    cases = [(demo, settings) for demo in demos for settings in islice(largest(demo), most)]
    ready, *ends = page.evaluate(RUN, [site.url + "assets/", site.scripts.name, cases, STEPS])
    assert ready["type"] == "ready"
    for (demo, settings), end in zip(cases, ends, strict=True):
        print(
            f"{end['heap'] / 1e6:.0f} MB, {end['seconds']:.1f} s: {demo} {json.dumps(settings)} {end['message']}"
        )
    for (demo, settings), end in zip(cases, ends, strict=True):
        assert end["type"] == "frame", (demo, settings, end)
        assert end["heap"] < LIMIT, (demo, settings)
    assert max(end["heap"] for end in ends) > 10e6, "the heap was really measured"
