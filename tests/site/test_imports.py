"""What a demo and each folder of the build may import (for the library itself: tests/unit/test_library.py)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from convlens_site import demos

ROOT = Path(__file__).resolve().parents[2]
DEMOS = sorted((ROOT / "demos").glob("*.py"))
SITE = ROOT / "src" / "convlens_site"
TOP = {"demos", "evidence", "paths", "recording"}  # modules beside the folders
MAY_IMPORT = {
    "npm": TOP,
    "runtime": TOP,
    "elsewhere": TOP,
    "fences": {*TOP, "elsewhere"},
    "publish": {*TOP, "elsewhere", "fences", "npm", "runtime"},
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names.add((node.module or "").split(".")[0])
    return names - set(sys.stdlib_module_names)


def test_a_demo_imports_numpy_the_library_and_other_demos_only():
    for path in DEMOS:
        assert imported(path) <= {"numpy", "convlens", "convlens_live", *demos.imports(path.stem)}, path


def test_importing_a_demo_trains_nothing():
    every = ", ".join(demos.SLUGS)
    code = (
        f"import convlens.train as t; t.train = None; import convlens; convlens.train = None; import {every}"
    )
    subprocess.run([sys.executable, "-c", code], cwd=DEMOS[0].parent, check=True)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_of_the_build_imports_only_folders_below_it(folder):
    for path in (SITE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "convlens_site":
                used = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module.startswith("convlens_site."):
                used = {node.module.split(".")[1]}
            else:
                continue
            assert used <= {folder, *MAY_IMPORT[folder]}, path


def test_every_folder_of_the_build_says_what_happens_there():
    assert {path.parent.name for path in SITE.glob("*/__init__.py")} == MAY_IMPORT.keys()
    readme = (ROOT / "README.md").read_text()
    for folder in MAY_IMPORT:
        assert ast.get_docstring(ast.parse((SITE / folder / "__init__.py").read_text())), folder
        assert f"| `{folder}/` |" in readme, folder
