"""The library's source as a whole: typed, and short enough to be read."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
import tokenize
from pathlib import Path

import convlens
import convlens_live
from convlens_site.paths import ROOT

SOURCE = Path(convlens.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
LIVE = sorted(Path(convlens_live.__file__).parent.rglob("*.py"))
NOT_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
type Definition = ast.Module | ast.ClassDef | ast.FunctionDef


def docstring_lines(node: Definition) -> set[int]:
    """The lines of a definition's docstring."""
    if ast.get_docstring(node) is None:
        return set()
    return set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))


def code_lines(text: str) -> set[int]:
    """The lines that hold code: no docstring, no comment, nothing blank."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {n for t in tokens if t.type not in NOT_CODE for n in range(t.start[0], t.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Definition.__value__):
            lines -= docstring_lines(node)
    return lines


def test_what_counts_as_a_line_of_code() -> None:
    text = '"""Doc."""\n\n# comment\nx = [\n    1]\ndef f():\n    """Doc\n    string."""\n    return x\n'
    assert code_lines(text) == {4, 5, 6, 9}


def test_the_types_are_checked_strictly() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert (SOURCE / "py.typed").is_file()


def test_what_a_student_reads_has_under_2000_lines_of_code() -> None:
    assert 1000 < sum(len(code_lines(file.read_text(encoding="utf-8"))) for file in FILES) < 2000


def test_a_file_is_under_200_lines_and_a_function_under_40() -> None:
    for file in (*FILES, *LIVE):
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 200, file
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1 - len(docstring_lines(node))
                assert lines < 40, (file, node.name)


def test_all_python_is_formatted() -> None:
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run([*ruff, *command], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: run 'make format'\n{done.stdout}{done.stderr}"
