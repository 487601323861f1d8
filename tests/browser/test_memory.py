"""Each demo at its largest settings, one after the other in one worker: its memory stays small."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from convlens_site.paths import DEMOS

pytestmark = pytest.mark.browser

LIMIT = 256e6
RUN = """async ([base, cases]) => {
  const source = `import ${JSON.stringify(base + "live/worker.mjs")};`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], {type: "text/javascript"})), {type: "module"});
  let answered;
  worker.onmessage = ({data}) => {
    if (data.type !== "progress" && data.type !== "log") answered(data);
  };
  const ask = (fields) => new Promise((resolve) => {
    answered = resolve;
    worker.postMessage({v: 1, ...fields});
  });
  const found = [await ask({type: "boot", base})];
  for (const [index, [demo, settings]] of cases.entries()) {
    const begin = performance.now();
    let frame = await ask({type: "run", run: index + 1, demo, settings});
    if (frame.type === "frame" && !frame.done) frame = await ask({type: "next", run: index + 1, count: STEPS});
    found.push({...frame, seconds: (performance.now() - begin) / 1000});
  }
  worker.terminate();
  return found.map(({type, heap = 0, message = "", seconds}) => ({type, heap, message, seconds}));
}""".replace(
    "STEPS", "100"
)  # what a run keeps from step to step is some numbers; its arrays are all made in the first


def largest(demo: str) -> Iterator[dict[str, Any]]:
    """Every slider at its end, and each value of each choice once."""
    sys.path.insert(0, str(DEMOS))
    controls = getattr(importlib.import_module(demo), demo).spec()["controls"]
    settings = {control["name"]: control["stops"][-1] for control in controls if control["kind"] == "slider"}
    yield settings
    for control in controls:
        if control["kind"] in ("choice", "toggle"):
            for value in control.get("values", (False, True)):
                yield settings | {control["name"]: value}


def test_the_heap_stays_below_256_mb(visit) -> None:
    opened = visit().go()
    demos = sorted(path.stem for path in DEMOS.glob("*.py"))
    cases = [(demo, settings) for demo in demos for settings in largest(demo)]
    ready, *ends = opened.page.evaluate(RUN, [opened.url + "assets/", cases])
    assert ready["type"] == "ready"
    for (demo, settings), end in zip(cases, ends, strict=True):
        print(
            f"{end['heap'] / 1e6:.0f} MB, {end['seconds']:.1f} s: {demo} {json.dumps(settings)} {end['message']}"
        )
    for (demo, settings), end in zip(cases, ends, strict=True):
        assert end["type"] == "frame", (demo, settings, end)
        assert end["heap"] < LIMIT, (demo, settings)
    assert max(end["heap"] for end in ends) > 10e6, "the heap was really measured"
