"""The report on an error in a cell: Python's message, the line that raised it, and what to do instead."""

import re
import sys
import traceback
from typing import Any

_CELL = re.compile(r"cell-(\d+)\.py")
_PLACE = re.compile(r'^([ |+]*)File "cell-(\d+)\.py", line (\d+)(?:, in (.*))?$', re.MULTILINE)
_MAX_TEXT = 8_000  # characters

# Lines that are not Python, by their first characters, and what to do instead
_LINES = {
    "%": "A line that begins with % is a command of IPython, and this is plain Python. To measure time, use time.perf_counter().",
    "!": "There is no shell in a browser. NumPy and convlens are here; other packages cannot be installed on this page.",
    "?": "A question mark asks IPython. In plain Python, help(name) shows what a name is for.",
    ">>>": "Leave out the >>> of the prompt, and paste only the code after it.",
}
# Errors of a browser's Python, by a pattern of "Kind: message", and what to do instead
_ERRORS = {
    r"ModuleNotFoundError: No module named '(matplotlib|PIL|plotly|seaborn|bokeh|altair)": (
        "It is not on this page. NumPy and convlens are; a cell that ends in a demo or in a Figure draws it."
    ),
    r"ModuleNotFoundError: No module named '(torch|tensorflow|jax|keras)": (
        "It does not run in this browser. NumPy and convlens are here; where you have it installed, try the experiment there."
    ),
    r"ModuleNotFoundError": "On this page there are Python's standard library, NumPy and convlens.",
    r"RuntimeError: can't start new thread": "Python has one thread in a browser: call the function itself, without a thread.",
    r"(OSError|BlockingIOError|ImportError|AttributeError): .*(process|fork|Function not implemented)": (
        "A browser runs no other programs, and Python has one process in it: call the function itself."
    ),
    r"(URLError|gaierror|Connection\w*Error|BlockingIOError|AbortError|JsException|OSError): .*"
    r"(urlopen|[Hh]ost|unreachable|fetch|[Nn]etwork|not one of the site's files|not known|socket)": (
        "Python has no network on this page. Copy the data into the cell."
    ),
    r"RuntimeError: TLS not supported": "Python has no network on this page. Copy the data into the cell.",
    r"EOFError": "This page cannot ask for input: write the value into the code.",
    r"SystemExit": "exit() ends only this cell: Python keeps running, with everything that the cells have defined.",
    r"RecursionError": "A function calls itself endlessly, or too deeply for a browser.",
    r"(MemoryError|ValueError: array is too big)": "A browser gives Python 4 GB at most, often less: try smaller arrays.",
}


def report(error: BaseException, source: str, name: str) -> dict[str, Any]:
    """Return the report as the page shows it.

    text: Python's traceback, with the frames of cells only; message: the line with the kind of the error;
    line: the line of this cell, or None; hint: what to do instead, or "".
    """
    trace = traceback.TracebackException.from_exception(error)
    _keep_cell_frames(trace)
    text = _PLACE.sub(_cell_place, "".join(trace.format())).rstrip()
    lines = "".join(trace.format_exception_only()).rstrip().splitlines()
    # In a syntax error the code comes first, and notes may follow.
    pattern = rf"(\w+\.)*{type(error).__name__}\b"
    message = next((line for line in lines if re.match(pattern, line)), lines[-1])[:300]
    if len(text) > _MAX_TEXT:
        text = f"{text[: _MAX_TEXT // 2]}\n... {len(text) - _MAX_TEXT} characters are not shown ...\n{text[-_MAX_TEXT // 2 :]}"
    return {"text": text, "message": message, "line": _line(error, name), "hint": _hint(error, source, trace)}


def _keep_cell_frames(trace: traceback.TracebackException, seen: frozenset[int] = frozenset()) -> None:
    """Drop all frames outside the cells, in every error of the chain."""
    if id(trace) in seen:
        return
    if trace.stack is not None:
        frames = [frame for frame in trace.stack if _CELL.fullmatch(frame.filename)]
        trace.stack = traceback.StackSummary.from_list(frames) if frames else None  # type: ignore[assignment]
    for other in (trace.__cause__, trace.__context__, *(trace.exceptions or ())):
        if other is not None:
            _keep_cell_frames(other, seen | {id(trace)})
    if trace.__context__ is not None and trace.__context__.stack is None:
        trace.__context__ = None  # raised and handled inside a module


def _cell_place(match: re.Match[str]) -> str:
    indent, cell, line, function = match.groups()
    return f"{indent}Cell {cell}, line {line}" + (
        f", in {function}" if function and function != "<module>" else ""
    )


def _line(error: BaseException, name: str) -> int | None:
    """Return the line of the cell in which the error arose."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    return lines[-1] if lines else None


def _hint(error: BaseException, source: str, trace: traceback.TracebackException) -> str:
    if isinstance(error, SyntaxError):
        lines = source.splitlines()
        line = lines[error.lineno - 1].strip() if error.lineno and error.lineno <= len(lines) else ""
        if line.endswith("?"):
            return _LINES["?"]
        return next((hint for begin, hint in _LINES.items() if line.startswith(begin)), "")
    if (
        isinstance(error, ModuleNotFoundError)
        and str(error.name).partition(".")[0] in sys.stdlib_module_names
    ):
        return f"{error.name} comes with Python, but not with Python in a browser."
    text = "".join(trace.format_exception_only()).strip()
    return next((hint for pattern, hint in _ERRORS.items() if re.search(rf"\b{pattern}", text)), "")
