"""What holds for the library as a whole: what it imports, and that its examples run."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import sys
from pathlib import Path

import numpy as np
import pytest

import convlens
import convlens_live

SOURCE = Path(convlens.__file__).parent
LIVE = Path(convlens_live.__file__).parent
FILES = sorted([*SOURCE.rglob("*.py"), *LIVE.rglob("*.py")])
MODULES = sorted(
    m.name for p in (convlens, convlens_live) for m in pkgutil.walk_packages(p.__path__, f"{p.__name__}.")
)


def name_of(file: Path) -> str:
    """The module's name, from its place."""
    return ".".join(file.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file.name}: a relative import hides where a name comes from"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_the_library_imports_numpy_and_the_standard_library_only(file: Path) -> None:
    allowed = {"convlens", "convlens_live", "numpy"} | set(sys.stdlib_module_names)
    assert imported(file) <= allowed


@pytest.mark.parametrize("file", sorted(SOURCE.rglob("*.py")), ids=name_of)
def test_what_a_student_reads_knows_nothing_of_demos(file: Path) -> None:
    assert "convlens_live" not in imported(file)


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_random_numbers_never_come_from_a_global_state(file: Path) -> None:
    allowed = {"Generator", "default_rng"}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and node.value.attr == "random"
        ):
            assert node.attr in allowed
        if isinstance(node, ast.Import | ast.ImportFrom):
            assert "random" not in {alias.name for alias in node.names}


@pytest.mark.parametrize("file", [f for f in FILES if f.parent.name == "ops"], ids=name_of)
def test_no_operation_contracts_with_blas_which_would_break_exact_ties(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        assert not isinstance(node, ast.MatMult)
        assert not isinstance(node, ast.keyword) or node.arg != "optimize"
        names = {"dot", "matmul", "tensordot", "inner", "vdot", "linalg"}
        assert not isinstance(node, ast.Attribute) or node.attr not in names


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_run(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


@pytest.mark.parametrize("name", convlens.ops.__all__)
def test_every_operation_has_an_example_and_a_source(name: str) -> None:
    text = getattr(convlens.ops, name).__doc__
    assert ">>>" in text
    assert "Source:" in text


def test_public_names_exist() -> None:
    for name in convlens.__all__:
        assert getattr(convlens, name)
