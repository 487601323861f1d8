"""The words of the site: none from words.toml, in pages, Markdown cells, strings, docstrings and comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from convlens_site.paths import DEMOS, ROOT

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))["word"]
PATTERNS = [(re.compile(word["pattern"], re.IGNORECASE | re.MULTILINE), word["instead"]) for word in WORDS]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = sorted([*(ROOT / "src").rglob("*.py"), *DEMOS.glob("*.py")])


def sentences(text: str) -> str:
    """Return a text with one sentence per line."""
    return re.sub(r"(?<=[.?:;]) +", "\n", re.sub(r"[ \n]+", " ", text).strip())


def prose(markdown: str) -> str:
    """Return the sentences of a Markdown page without its code, addresses and formulas."""
    text = re.sub(r"^( *)(```|~~~).*?^\1\2", "", markdown, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\\\(.*?\\\)|\{\{.*?\}\}|<[^>]*>", " ", text)
    blocks = re.split(r"\n\s*\n|\n(?=\s*[*|#-] ?)", text)
    return "\n".join(map(sentences, blocks))


def said(path: Path) -> Iterator[str]:
    """Return what a Python file says: its comments, which hold a notebook's text, and its strings."""
    source = path.read_text("utf-8")
    remarks = [
        token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    yield sentences(" ".join(remarks))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield sentences(node.value)


def found(text: str) -> list[tuple[str, str]]:
    return [(match[0].strip(), instead) for pattern, instead in PATTERNS for match in pattern.finditer(text)]


@pytest.mark.anywhere
@pytest.mark.parametrize("path", [*PAGES, *CODE], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_word_is_one_to_avoid(path):
    texts = [prose(path.read_text("utf-8"))] if path.suffix == ".md" else said(path)
    assert [each for text in texts for each in found(text)] == []


def test_every_pattern_finds_what_it_is_for():
    bad = (
        "The filter answers to both. Equal filters, treated alike, seldom part them for ever anew. It tells of the twins. "
        "One number a class. It is simply so. It is just so. The reason stands below. The image falls silent. It grants that. "
        "Of the same runs: two. It has led to this. The asker was right. Their private parts. It works!"
    )
    named = {instead for _, instead in found(sentences(bad))}
    assert named == {word["instead"] for word in WORDS}
