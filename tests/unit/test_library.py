"""What holds for the library as a whole: what it imports, and that its examples run."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

import convlens
import convlens_live

pytestmark = pytest.mark.anywhere

SOURCE = Path(convlens.__file__).parent
LIVE = Path(convlens_live.__file__).parent
FILES = sorted([*SOURCE.rglob("*.py"), *LIVE.rglob("*.py")])
MODULES = sorted(
    m.name for p in (convlens, convlens_live) for m in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")
)


def nodes(files: Iterable[Path]) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of the files' syntax trees, with its file."""
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            yield file, node


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports, anywhere in it."""
    names = set()
    for _, node in nodes([file]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: a relative import hides where a name comes from"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def test_the_library_imports_numpy_and_the_standard_library_only() -> None:
    allowed = {"convlens", "convlens_live", "numpy"} | set(sys.stdlib_module_names)
    for file in FILES:
        assert imported(file) <= allowed, file


def test_what_a_student_reads_knows_nothing_of_demos() -> None:
    for file in SOURCE.rglob("*.py"):
        assert "convlens_live" not in imported(file), file


def test_random_numbers_never_come_from_a_global_state() -> None:
    allowed = {"Generator", "default_rng"}
    for file, node in nodes(FILES):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "random"
        ):
            assert node.attr in allowed, file
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert "random" not in {alias.name for alias in node.names}, file


def test_no_operation_contracts_with_blas_which_would_break_exact_ties() -> None:
    names = {"dot", "matmul", "tensordot", "inner", "vdot", "linalg"}
    operations = [file for file in FILES if file.parent.name == "ops"]
    assert operations
    for file, node in nodes(operations):
        assert not isinstance(node, ast.MatMult), file
        assert not isinstance(node, ast.keyword) or node.arg != "optimize", file
        assert not isinstance(node, ast.Attribute) or node.attr not in names, file


def test_the_examples_in_the_docstrings_run() -> None:
    results = {
        name: doctest.testmod(importlib.import_module(name), extraglobs={"np": np}) for name in MODULES
    }
    assert [name for name, result in results.items() if result.failed] == []
    assert sum(result.attempted for result in results.values()) > 100


def test_every_operation_has_an_example_and_a_source() -> None:
    for name in convlens.ops.__all__:
        text = getattr(convlens.ops, name).__doc__
        assert ">>>" in text, name
        assert "Source:" in text, name


def test_public_names_exist() -> None:
    for name in convlens.__all__:
        assert getattr(convlens, name)
