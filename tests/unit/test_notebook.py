"""Cells of a notebook page, without a browser."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from convlens_live.figures import Box, Figure, Table
from convlens_live.notebook import _Notebook

FIGURE = Figure((Box(10, 10),), "A sentence.", Table(("n",), ((1,),)))


def finished(running):
    """What a coroutine returns that waits for nothing: there may be a loop already, so that asyncio.run refuses."""
    while True:
        try:
            running.send(None)
        except StopIteration as end:
            return end.value


class Page:
    """What a page shows of the cells that are run on it."""

    def __init__(self):
        self.notebook = _Notebook()
        self.notebook.main.figure = FIGURE
        self.sent = []

    def __call__(self, source, cell=1):
        """Run a cell; return its answer, and what it printed."""
        self.sent = []
        running = self.notebook.run(
            source, f"cell-{cell}.py", lambda text, figure: self.sent.append((text, figure))
        )
        answer = json.loads(finished(running))
        self.names = answer.pop("names")
        return answer, "".join(text for text, _ in self.sent)

    def error(self, source, cell=1):
        return self(source, cell)[0]["error"]


@pytest.fixture
def run():
    return Page()


def test_the_last_expression_is_shown_and_names_stay(run):
    assert run("a = 20") == ({}, "")
    assert run("print('hello')\na + 1") == ({"text": "21"}, "hello\n")
    assert run("_ + 1") == ({"text": "22"}, "")
    assert run("a;") == ({}, "")
    assert run.names == ["figure", "a"]


def test_a_figure_is_sent_as_a_figure(run):
    assert run("figure")[0] == {"figure": FIGURE.to_json()}


def test_display_shows_values_at_once_in_their_place(run):
    assert run("print('before')\ndisplay(figure, 'text')\nprint('after')")[0] == {}
    assert run.sent[0] == ("before\n", "")
    assert json.loads(run.sent[1][1]) == FIGURE.to_json()
    assert "".join(text for text, _ in run.sent[2:]) == "'text'\nafter\n"
    run("for _ in range(1000): display(figure)")
    assert len([figure for _, figure in run.sent if figure]) == 50
    assert run.sent[-1][0] == "... 50 figures are shown; the rest are not\n"


def test_await_works_outside_a_function(run):
    assert run("import asyncio\nx = await asyncio.sleep(0, 20)\nawait asyncio.sleep(0, x + 1)")[0] == {
        "text": "21"
    }
    assert run("x")[0] == {"text": "20"}
    assert run.error("async def f():\n    1 / 0\nawait f()")["line"] == 2


def test_a_log_handler_and_a_kept_stream_of_one_cell_print_in_the_next(run):
    run(
        "import logging, sys\nlog = logging.getLogger('mine')\nlog.addHandler(logging.StreamHandler())\nkept = sys.stdout"
    )
    assert run("log.warning('heard')\nprint('too', file=kept)", cell=2)[1] == "heard\ntoo\n"


WARNS = """
import asyncio, sys
from convlens_live.notebook import run_cell
log = "import numpy as np\\nnp.log(np.zeros(1));"
for source in (log, log, "import warnings\\nwarnings.simplefilter('ignore')", log):
    asyncio.run(run_cell(source, "cell-1.py", lambda text, figure: sys.__stdout__.write(text)))
    print("--")
"""


@pytest.mark.host("starts another Python")
def test_a_warning_is_shown_each_time_unless_the_reader_filters_it():
    seen = subprocess.run([sys.executable, "-c", WARNS], capture_output=True, text=True, check=True).stdout
    shown = "cell-1.py:2: RuntimeWarning: divide by zero encountered in log\n  np.log(np.zeros(1));\n"
    assert seen == f"{shown}--\n{shown}--\n--\n--\n"


def test_a_line_is_sent_before_what_follows_it(run):
    run("print('a', 'b')\nprint('c', end='')\nprint('d')\nprint('end', end='')")
    assert [text for text, _ in run.sent] == ["a b\n", "cd\n", "end"]


def test_a_line_that_is_written_over_and_over_takes_no_room(run, monkeypatch):
    monkeypatch.setattr("convlens_live.notebook._output._INTERVAL_SECONDS", 0)
    _, printed = run(
        "for i in range(20_000): print(f'\\r{i:6} of 20000', end='', flush=True)\nprint('\\nwell')"
    )
    assert printed.endswith("19999 of 20000\nwell\n")


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("1 +", "SyntaxError: invalid syntax", 1),
        ("x = 1\nundefined", "NameError: name 'undefined' is not defined", 2),
        ("def f():\n    raise ValueError('no')\n\nf()", "ValueError: no", 2),
        ("import sys; sys.exit(3)", "SystemExit: 3", 1),
        (
            "n = 1\nn = int(input('How many? '))",
            "RuntimeError: this page cannot ask for input: write the value",
            2,
        ),
        ("import getpass\ngetpass.fallback_getpass('?')", "RuntimeError: this page cannot ask for input", 2),
        ("breakpoint()", "RuntimeError: breakpoint() cannot stop here: print", 1),
        (
            "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
            "E: <exception str() failed>",
            3,
        ),
        ("class F:\n    def to_json(self): return float('nan')\nF()", "ValueError: Out of range float", None),
        ("counts = 1\ncount", "NameError: name 'count' is not defined. Did you mean: 'counts'?", 2),
        ("json.dumps(1)", "NameError: name 'json' is not defined. Did you forget to import 'json'?", 1),
    ],
)
def test_an_error_has_pythons_words_and_a_line(run, source, message, line):
    error = run.error(
        "import warnings; warnings.simplefilter('ignore')\n" + source if "getpass" in source else source
    )
    assert error["message"].removeprefix("__main__.").startswith(message)
    assert error["message"] in error["text"]
    assert error["line"] == (line + 1 if "getpass" in source else line)


def test_the_steps_through_cells_are_told_and_no_others(run):
    run("def outer(f):\n    return sorted([1, 2], key=f)", cell=2)
    run("def inner(x):\n    assert x == 2, 'not two'", cell=5)
    error = run.error("outer(inner)", cell=7)
    assert [line for line in error["text"].splitlines() if "^" not in line] == [
        "Traceback (most recent call last):",
        "  Cell 7, line 1",
        "    outer(inner)",
        "  Cell 2, line 2, in outer",
        "    return sorted([1, 2], key=f)",
        "  Cell 5, line 2, in inner",
        "    assert x == 2, 'not two'",
        "AssertionError: not two",
    ]
    assert error["line"] == 1


def test_an_error_of_the_library_is_told_where_the_cell_called_it(run):
    text = run.error("from convlens.ops import conv2d\nconv2d(1, 2)")["text"]
    assert text.count("line") == 1
    assert "Cell 1, line 2" in text


CHAIN = """
try:
    1 / 0
except Exception as error:
    error.add_note('a note')
    raise ValueError('two\\nlines') from error
"""


def test_notes_causes_groups_and_lines_are_kept(run):
    text = run.error(CHAIN)["text"]
    assert "ZeroDivisionError: division by zero\na note\n" in text
    assert "direct cause" in text
    assert text.endswith("ValueError: two\nlines")
    noted = run.error("error = ValueError('no')\nerror.add_note('a note')\nraise error")
    assert noted["message"] == "ValueError: no"
    assert noted["text"].endswith("ValueError: no\na note")
    group = run.error("raise ExceptionGroup('several', [ValueError(1), TypeError(2)])")["text"]
    assert "Cell 1, line 1" in group
    assert "| ValueError: 1" in group
    assert "| TypeError: 2" in group


def test_what_a_module_handled_within_itself_is_not_told(run):
    assert "During handling" not in run.error("import json\njson.loads('{')")["text"]
    assert "During handling" in run.error("try:\n    1 / 0\nexcept ZeroDivisionError:\n    unknown")["text"]


def test_a_long_or_endless_error_stays_readable(run):
    assert len(run.error("raise ValueError('x' * 100_000)")["text"]) < 9_000
    text = run.error("def f(): return f()\nf()")["text"]
    assert "Previous line repeated" in text
    assert len(text) < 2_000
    assert run("1")[0] == {"text": "1"}


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("%timeit x", "IPython"),
        ("x = 1\n!pip install torch", "no shell"),
        ("sorted?", "help(name)"),
        (">>> 1 + 1", "Leave out the >>>"),
        ("import matplotlib.pyplot as plt", "Figure draws it"),
        (
            "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')",
            "does not run in this browser",
        ),
        ("import requestz", "standard library, NumPy and convlens"),
        ('raise RuntimeError("can\'t start new thread")', "one thread"),
        ("raise OSError(138, 'emscripten does not support processes.')", "no other programs"),
        ("import urllib.error\nraise urllib.error.URLError('unknown host')", "no network"),
        ("exit()", "Python keeps running"),
        ("def f(): return f()\nf()", "too deeply"),
        ("undefined", ""),
        ("1 +", ""),
    ],
)
def test_what_cannot_work_here_says_what_to_do_instead(run, source, hint):
    found = run.error(source)["hint"]
    assert hint in found
    assert bool(hint) == bool(found)


def test_a_flood_of_prints_keeps_its_beginning_and_its_end(run):
    _, printed = run("for i in range(10_000): print(f'{i:99}')")
    assert len(printed) < 64_300
    assert printed.startswith(f"{0:99}\n{1:99}\n")
    assert printed.endswith(f"{9_998:99}\n{9_999:99}\n")
    assert "... too much to show as it comes" in printed
    assert f"... {1_000_000 - 64_000} characters are not shown ..." in printed


def test_unittest_doctest_pickle_and_inspect_find_what_a_cell_defines(run):
    usual = sys.modules["__main__"]
    run("import unittest\nclass T(unittest.TestCase):\n    def test_it(self): self.assertEqual(1, 2)")
    assert "FAILED (failures=1)" in run("unittest.main(argv=['x'], exit=False); None")[1]
    run("import doctest, inspect, pickle\ndef f():\n    '''\n    >>> f()\n    2\n    '''\n    return 1")
    assert run("doctest.testmod().failed")[0] == {"text": "1"}
    assert run("pickle.loads(pickle.dumps(f)) is f")[0] == {"text": "True"}
    assert sys.modules["__main__"] is usual


def test_the_source_of_what_a_cell_defines_can_be_printed(run):
    run("import inspect\ndef f():\n    return 1", cell=7)
    assert run("inspect.getsource(f)")[0] == {"text": repr("def f():\n    return 1")}


def test_a_module_that_no_browser_has_is_told_from_one_that_is_spelled_wrong(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "tkinter", None)
    assert (
        run.error("import tkinter")["hint"] == "tkinter comes with Python, but not with Python in a browser."
    )
    assert run.error("import tkintr")["message"] == "ModuleNotFoundError: No module named 'tkintr'"
