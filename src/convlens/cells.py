"""Run the cells of a notebook page in a browser's worker: one namespace for the page, output as it comes."""

import ast
import contextlib
import io
import json
import linecache
import sys
import time
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

from convlens._settings import check_text
from convlens._words import shown

_MOST_TEXT = 64_000
_PAUSE_SECONDS = 0.1

_main = ModuleType("__main__")  # where unittest, doctest and pickle look for what a cell defines


class _Stream(io.TextIOBase):
    """Hands text on ten times a second, and 64 kB in all, at most: a flood must not choke the page."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send, self._waiting, self._sent, self._dropped = send, "", 0, 0
        self._last = 0.0

    def write(self, text: str) -> int:
        room = max(_MOST_TEXT - self._sent - len(self._waiting), 0)
        self._waiting += text[:room]
        self._dropped += len(text) - len(text[:room])
        if time.monotonic() - self._last > _PAUSE_SECONDS:
            self.flush()
            self._last = time.monotonic()
        return len(text)

    def flush(self) -> None:
        if self._waiting:
            self._send(self._waiting)
            self._sent += len(self._waiting)
            self._waiting = ""

    def finish(self) -> None:
        """Send what waits, and say what was left out."""
        self.flush()
        if self._dropped:
            self._send(f"\n... {self._dropped} more characters were not shown\n")


def run_cell(source: str, name: str, send: Callable[[str], None]) -> str:
    """Run the source of a cell; `send` gets what it prints. Returns JSON.

    {"figure": ...} if the last expression is a demo or a figure, {"text": ...} if it is another value,
    {} if there is none, {"error": {"message", "line"}} if it raised.
    """
    check_text("source", source)
    check_text("name", name)
    if not callable(send):
        raise ValueError(f"send is {shown(send)}; it must be a function of a text")
    stream = _Stream(send)
    vars(_main).setdefault("input", _ask)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    usual, sys.modules["__main__"] = sys.modules["__main__"], _main
    try:
        with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
            return json.dumps(_show(_evaluate(source, name)), allow_nan=False)
    except BaseException as error:  # also SystemExit: nothing that a reader types may end the worker
        return json.dumps({"error": {"message": _words(error), "line": _line(error, name)}})
    finally:
        sys.modules["__main__"] = usual
        stream.finish()


def _ask(prompt: object = "") -> str:
    raise RuntimeError("input() cannot ask here: write the value into the code.")


def _evaluate(source: str, name: str) -> Any:
    """Run all statements, and return the value of the last if it is an expression."""
    module = ast.parse(source, name)
    last = module.body.pop() if module.body and isinstance(module.body[-1], ast.Expr) else None
    exec(compile(module, name, "exec"), vars(_main))
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), vars(_main))


def _show(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if hasattr(value, "still"):
        value = value.still()
    if hasattr(value, "to_json"):
        return {"figure": value.to_json()}
    return {"text": repr(value)[:_MOST_TEXT]}


def _words(error: BaseException) -> str:
    """Return kind and message; a message that cannot be printed is left out."""
    if isinstance(error, ModuleNotFoundError) and error.name in sys.stdlib_module_names:
        return f"{error.name} comes with Python, but not with Python in a browser."
    try:
        return f"{type(error).__name__}: {error}"[:2000]
    except BaseException:
        return type(error).__name__


def _line(error: BaseException, name: str) -> int | None:
    """Return the line of the cell in which the error arose."""
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return frames[-1].lineno if frames else None
