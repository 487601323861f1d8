"""Cells of a notebook page, without a browser."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import pytest

from convlens import cells
from convlens.figures import Figure, Panel, Table


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(cells, "_main", ModuleType("__main__"))


def run(source):
    printed = []
    return json.loads(cells.run_cell(source, "cell-1.py", printed.append)), "".join(printed)


def test_the_last_expression_is_shown_and_names_stay():
    assert run("a = 20") == ({}, "")
    assert run("print('hello')\na + 1") == ({"text": "21"}, "hello\n")


def test_a_figure_is_sent_as_a_figure():
    figure = Figure((Panel(10, 10, ""),), "A sentence.", Table(("n",), ((1,),)))
    cells._main.figure = figure
    assert run("figure")[0] == {"figure": figure.to_json()}


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("1 +", "SyntaxError: invalid syntax", 1),
        ("x = 1\nundefined", "NameError: name 'undefined' is not defined", 2),
        ("def f():\n    raise ValueError('no')\n\nf()", "ValueError: no", 2),
        ("import sys; sys.exit(3)", "SystemExit: 3", 1),
        ("n = 1\nn = int(input('How many? '))", "RuntimeError: input() cannot ask here: write the value", 2),
        ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E", 3),
        ("class F:\n    def to_json(self): return float('nan')\nF()", "ValueError: Out of range float", None),
    ],
)
def test_an_error_is_one_sentence_and_a_line(source, message, line):
    error = run(source)[0]["error"]
    assert error["message"].startswith(message)
    assert error["line"] == line


def test_a_flood_of_prints_is_cut_and_says_so():
    _, printed = run("for _ in range(10_000): print('x' * 99)")
    assert len(printed) < 64_100
    assert "936000 more characters were not shown" in printed


def test_unittest_doctest_pickle_and_inspect_find_what_a_cell_defines():
    usual = sys.modules["__main__"]
    run("import unittest\nclass T(unittest.TestCase):\n    def test_it(self): self.assertEqual(1, 2)")
    assert "FAILED (failures=1)" in run("unittest.main(argv=['x'], exit=False); None")[1]
    run("import doctest, inspect, pickle\ndef f():\n    '''\n    >>> f()\n    2\n    '''\n    return 1")
    assert run("doctest.testmod().failed")[0] == {"text": "1"}
    assert run("pickle.loads(pickle.dumps(f)) is f")[0] == {"text": "True"}
    assert sys.modules["__main__"] is usual


def test_the_source_of_what_a_cell_defines_can_be_printed():
    cells.run_cell("import inspect\ndef f():\n    return 1", "cell-7.py", lambda _: None)
    assert run("inspect.getsource(f)")[0] == {"text": repr("def f():\n    return 1")}


def test_a_module_that_no_browser_has_is_told_from_one_that_is_spelled_wrong(monkeypatch):
    monkeypatch.setitem(sys.modules, "tkinter", None)
    error = run("import tkinter")[0]["error"]["message"]
    assert error == "tkinter comes with Python, but not with Python in a browser."
    assert run("import tkintr")[0]["error"]["message"] == "ModuleNotFoundError: No module named 'tkintr'"
