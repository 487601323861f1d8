"""Run the cells of a notebook page in a browser's worker: one namespace per page, output as it is printed."""

import ast
import contextlib
import inspect
import json
import linecache
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from convlens._settings import check_text
from convlens._words import show
from convlens_live.notebook._errors import report
from convlens_live.notebook._output import Input, Output, Stream

__all__ = ["run_cell"]

_MAX_TEXT = 64_000  # characters of a value
_MAX_FIGURES = 50  # displayed by one cell
_MAX_NAMES = 200

type Send = Callable[[str, str], None]
"""Called with (text, "") when a cell prints, and with ("", JSON) when it displays a figure."""


class _Notebook:
    """What the cells of one page share: their namespace and their output."""

    def __init__(self) -> None:
        # Named __main__, where unittest, doctest and pickle look for the definitions of a cell.
        self.main = types.ModuleType("__main__")
        self.main.display = self.display  # type: ignore[attr-defined]
        self.output = Output()
        # All cells share these streams, so that a logging handler created in one cell still prints in the next.
        self.stdout, self.stderr, self.stdin = Stream(self.output), Stream(self.output), Input()
        self._send: Send = lambda text, figure: None
        self._figures = 0

    async def run(self, source: str, name: str, send: Send) -> str:
        self._send, self._figures = send, 0
        self.output.begin(lambda text: send(text, ""))
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        with self._as_main():
            try:
                value = await _evaluate(source, name, vars(self.main))
                is_silent = source.rstrip().endswith(";")
                result = {} if value is None or is_silent else _present(value)
                if result:
                    vars(self.main)["_"] = value
                answer = json.dumps({**result, "names": self._names()}, allow_nan=False)
            except BaseException as error:  # even SystemExit: no cell may end the worker
                answer = json.dumps({"error": report(error, source, name), "names": self._names()})
            finally:
                self.output.finish()
        return answer

    def display(self, *values: object) -> None:
        """Show values below the cell at once, as in Jupyter; figures become pictures."""
        for value in values:
            answer = _present(value)
            if "figure" not in answer:
                print(answer["text"], file=self.stdout)
                continue
            self._figures += 1
            self.output.flush()
            if self._figures <= _MAX_FIGURES:
                self._send("", json.dumps(answer["figure"], allow_nan=False))
            elif self._figures == _MAX_FIGURES + 1:
                print(f"... {_MAX_FIGURES} figures are shown; the rest are not", file=self.stdout)

    @contextlib.contextmanager
    def _as_main(self) -> Iterator[None]:
        """Make this __main__, redirect its output, and let each cell see all warnings again."""
        main, stdin, hook = sys.modules["__main__"], sys.stdin, sys.breakpointhook
        sys.modules["__main__"], sys.stdin, sys.breakpointhook = self.main, self.stdin, _no_breakpoint
        with warnings.catch_warnings():  # entering it resets the record of the warnings already shown
            pass
        try:
            with contextlib.redirect_stdout(self.stdout), contextlib.redirect_stderr(self.stderr):
                yield
        finally:
            sys.modules["__main__"], sys.stdin, sys.breakpointhook = main, stdin, hook

    def _names(self) -> list[str]:
        own = vars(self.main)
        return [name for name in own if not name.startswith("_") and name != "display"][:_MAX_NAMES]


def _no_breakpoint(*_: object, **__: object) -> None:
    raise RuntimeError("breakpoint() cannot stop here: print what you want to see.")


async def _evaluate(source: str, name: str, namespace: dict[str, Any]) -> Any:
    """Run all statements, and return the value of the last one if it is an expression."""
    module = ast.parse(source, name)
    last = module.body.pop() if module.body and isinstance(module.body[-1], ast.Expr) else None
    await _run(module, name, "exec", namespace)
    return (
        await _run(ast.Expression(last.value), name, "eval", namespace)
        if isinstance(last, ast.Expr)
        else None
    )


async def _run(tree: ast.Module | ast.Expression, name: str, mode: str, namespace: dict[str, Any]) -> Any:
    code = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        return await types.FunctionType(code, namespace)()
    return eval(code, namespace)


def _present(value: Any) -> dict[str, Any]:
    """Return the page's view of a value: a figure or a text."""
    if hasattr(value, "still"):
        value = value.still()
    if hasattr(value, "to_json"):
        return {"figure": value.to_json()}
    text = repr(value)
    excess = len(text) - _MAX_TEXT
    return {
        "text": text if excess <= 0 else f"{text[:_MAX_TEXT]}\n... {excess} more characters are not shown"
    }


_notebook = _Notebook()


async def run_cell(source: str, name: str, send: Send) -> str:
    """Run the source of a cell, and return JSON; meanwhile, `send` is called with what it prints and displays.

    {"figure": ...} if the last expression is a demo or a figure, {"text": ...} if it is another value, neither if
    there is none or the cell ends in a semicolon; {"error": ...} if the cell raised an error, see _errors.py.
    "names" lists the names that the cells have defined so far.
    """
    check_text("source", source)
    check_text("name", name)
    if not callable(send):
        raise ValueError(f"send is {show(send)}; it must be a function of a text and a figure")
    return await _notebook.run(source, name, send)
