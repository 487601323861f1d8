"""Cells of a notebook page, without a browser."""

from __future__ import annotations

import json

import pytest

from convlens import cells
from convlens.figures import Figure, Panel, Table


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(cells, "_namespace", {"__name__": "__main__"})


def run(source):
    printed = []
    return json.loads(cells.run_cell(source, "cell-1.py", printed.append)), "".join(printed)


def test_the_last_expression_is_shown_and_names_stay():
    assert run("a = 20") == ({}, "")
    assert run("print('hello')\na + 1") == ({"text": "21"}, "hello\n")


def test_a_figure_is_sent_as_a_figure():
    figure = Figure((Panel(10, 10, ""),), "A sentence.", Table(("n",), ((1,),)))
    cells._namespace["figure"] = figure
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
