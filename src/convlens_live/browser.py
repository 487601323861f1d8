"""Run demos inside a browser's worker: JSON in, JSON out. The only module that knows that it runs there.

The page pulls: it asks `advance` for the next figure when it has painted the last one. So pause is
"do not ask", step is "ask once", and a run that nobody looks at costs nothing.
"""

import importlib
import json
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from convlens_live.demo import Demo, ParameterError

_demo: Demo | None = None
_run: Iterator[Any] | None = None


def start(slug: str, settings: str) -> str:
    """Begin a run of the demo in module `slug` with JSON settings; returns JSON, see `advance`."""
    global _demo, _run
    _run = None
    try:
        _demo = getattr(importlib.import_module(slug), slug)
        _run = _demo.states(**json.loads(settings))
    except Exception as error:
        return _failure(error)
    return advance(1)


def advance(count: int) -> str:
    """Advance by `count` states, draw only the last of them, and return its figure as JSON.

    {"figure": ..., "done": false} while the run goes on, {"figure": ... or null, "done": true} at its
    end, {"error": {"kind", "message"}} when it failed.
    """
    global _run
    state, done = None, False
    try:
        for _ in range(count):
            next_state = next(_run, None) if _run is not None else None
            if next_state is None:
                done, _run = True, None
                break
            state = next_state
        if _demo and not _demo.is_run:
            done, _run = True, None  # its one figure is also the last
        figure = _demo.picture(state).to_json() if _demo and state is not None else None
        return json.dumps({"figure": figure, "done": done}, allow_nan=False)
    except Exception as error:
        _run = None
        return _failure(error)


def cancel() -> None:
    """Forget the run."""
    global _run
    if _run is not None:
        close = getattr(_run, "close", None)
        if close:
            close()
    _run = None


def _failure(error: Exception) -> str:
    """Return the error as one sentence for the reader; the traceback goes to the browser's console."""
    kinds = {ParameterError: "parameter", MemoryError: "memory"}
    kind = kinds.get(type(error), "python")
    messages: dict[str, Any] = {
        "parameter": str(error),
        "memory": "This run needs more memory than the browser gives. Choose smaller settings and run again.",
        "python": f"The demo stopped with an error of its own ({type(error).__name__}: {error}). "
        "Choose other settings, or reload the page.",
    }
    if kind == "python":
        traceback.print_exception(error, file=sys.stderr)
    return json.dumps({"error": {"kind": kind, "message": messages[kind]}})
