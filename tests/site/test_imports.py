"""What a demo may import, and that importing it starts nothing (the library's own rule: tests/unit/test_library.py)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from convlens_site import demos

ROOT = Path(__file__).resolve().parents[2]
DEMOS = sorted((ROOT / "demos").glob("*.py"))


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
