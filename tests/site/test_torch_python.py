"""PyTorch is never needed: where no Python has it, one sentence says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from convlens_site.elsewhere import run, torch_python, torch_snippets


@pytest.fixture(autouse=True)
def look_again() -> None:
    torch_python.torch_python.cache_clear()
    yield
    torch_python.torch_python.cache_clear()


def pretend(path: Path, *, has_torch: bool) -> Path:
    """A Python that says whether it has torch, and does nothing else."""
    path.write_text(f"#!/bin/sh\nexit {0 if has_torch else 1}\n")
    path.chmod(0o755)
    return path


def test_the_python_that_is_named_is_the_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_PYTHON", str(pretend(tmp_path / "python", has_torch=True)))
    assert torch_python.torch_python() == tmp_path / "python"


@pytest.mark.parametrize(
    "command", [torch_snippets.main, lambda: run.main(["torch"])], ids=["make torch", "make evidence-torch"]
)
@pytest.mark.parametrize("there", [True, False])
def test_without_pytorch_one_sentence_says_how_to_get_it(
    there: bool, command: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named = pretend(tmp_path / "python", has_torch=False) if there else tmp_path / "nowhere"
    monkeypatch.setenv("TORCH_PYTHON", str(named))
    monkeypatch.setattr(sys, "argv", ["make"])
    with pytest.raises(
        SystemExit, match=r"^No Python with PyTorch and NumPy was found\. Install PyTorch 2\.13\.0"
    ):
        command()


def test_the_pinned_version_is_the_one_that_made_the_evidence() -> None:
    made = torch_snippets.recorded()["versions"]["torch"]
    assert made.split("+")[0] == torch_python.VERSION


def test_an_own_python_is_looked_for_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCH_PYTHON", raising=False)
    found = list(torch_python.candidates())
    assert found[0] == sys.executable
    assert subprocess.run([found[0], "--version"], check=True, capture_output=True).stdout
