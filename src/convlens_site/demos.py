"""The list of the demos, one per file in demos/, and their import by name."""

from __future__ import annotations

import ast
import importlib
import sys
from types import ModuleType

from convlens_live.demo import Demo
from convlens_site.paths import DEMOS

SLUGS = sorted(file.stem for file in DEMOS.glob("*.py"))


def check(slug: str) -> None:
    """Raise ValueError if there is no such demo."""
    if slug not in SLUGS:
        raise ValueError(f"demo is {slug!r}; it must be one of {', '.join(SLUGS)}")


def module(slug: str) -> ModuleType:
    """Import the file of a demo."""
    check(slug)
    if str(DEMOS) not in sys.path:
        sys.path.insert(0, str(DEMOS))
    return importlib.import_module(slug)


def imports(slug: str) -> list[str]:
    """Return the demos that a demo imports, directly or indirectly: they must be there before it."""
    tree = ast.parse((DEMOS / f"{slug}.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    direct = [name for name in SLUGS if name in imported]
    return sorted({*direct, *(name for each in direct for name in imports(each))})


def demo(slug: str) -> Demo:
    """Return a demo by its name."""
    result: Demo = getattr(module(slug), slug)
    return result
