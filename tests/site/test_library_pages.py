"""The Library pages: every public name, its docstring as it was written, its source; and examples that run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import textwrap
from pathlib import Path
from types import FunctionType
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import numpy as np
import pytest

import convlens
import convlens_live
from convlens_site.paths import LIBRARY, ROOT, library_files
from convlens_site.publish.docstrings import typeset

PAGES = sorted((ROOT / "docs/library").glob("*.md"))
QUESTIONS = sorted((ROOT / "docs/questions").glob("*.md"))
BEHIND_THE_SCENES = {"browser", "notebook"}  # only the page's worker calls these


def modules() -> list[Any]:
    packages = (convlens, convlens_live)
    names = [
        info.name
        for package in packages
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [
        importlib.import_module(name)
        for name in ["convlens", *names]
        if "._" not in name and name.removeprefix("convlens_live.") not in BEHIND_THE_SCENES
    ]


def path_of(value: Any) -> str:
    return f"{value.__module__}.{value.__name__}"


def public() -> dict[str, Any]:
    """Every public function and class of the library by its path, and all that some __all__ names."""
    named = [getattr(module, name) for module in modules() for name in getattr(module, "__all__", ())]
    exported = [value for value in named if isinstance(value, FunctionType | type)]
    defined = [
        value
        for module in modules()
        for name, value in vars(module).items()
        if not name.startswith("_")
        and isinstance(value, FunctionType | type)
        and value.__module__ == module.__name__
    ]
    return {path_of(value): value for value in exported + defined}


def text(element: Element) -> str:
    return "".join(element.itertext())


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


@pytest.fixture(scope="session")
def entries(site) -> dict[str, Element]:
    """What the pages show of each name: path -> the element around its heading, text and source."""
    found: dict[str, Element] = {}
    for page in (site.folder / "library").rglob("index.html"):
        tree = html5lib.parse(page.read_text(), namespaceHTMLElements=False)
        for entry in tree.iter("div"):
            if has_class(entry, "doc-object"):
                for child in entry:
                    if has_class(child, "doc-heading"):
                        assert child.get("id") not in found, f"{child.get('id')} is on two pages"
                        found[child.get("id")] = entry
    return found


def test_every_public_name_is_on_a_page(entries):
    missing = sorted(set(public()) - set(entries))
    assert missing == [], "add '::: ' and the module's name to a page in docs/library; give each a docstring"


def test_every_entry_shows_the_source_as_it_is(entries):
    for path, value in public().items():
        (source,) = [e for e in entries[path].iter("details") if has_class(e, "doc-code")]
        file = Path(inspect.getsourcefile(value)).relative_to(ROOT).as_posix()
        assert text(source.find("summary")).strip() == f"Source code in {file}"
        written = textwrap.dedent(inspect.getsource(value)).splitlines()
        assert text(next(source.iter("pre"))).splitlines() == [w for w in written if "--8<--" not in w], path


def straight(text: str) -> str:
    """Return a text with the signs that are typed in a docstring."""
    return text.translate(str.maketrans("“”‘’×−", "\"\"''x-"))


def test_every_docstring_is_shown_word_for_word(entries):
    for path, value in public().items():
        contents = next(e for e in entries[path] if has_class(e, "doc-contents"))
        own = [e for e in contents if e.tag != "details" and not has_class(e, "doc-children")]
        shown = re.sub(r"\s", "", "".join(text(e) for e in own))
        written = inspect.getdoc(value)
        assert straight(shown) == straight(re.sub(r"[\s`]", "", written)), path
        blocks = [text(pre).rstrip("\n") for e in own for pre in e.iter("pre")]
        examples = [block for block in written.split("\n\n") if block.startswith(">>>")]
        assert [example for example in examples if example not in blocks] == [], path


def test_no_private_name_is_shown(entries):
    assert [path for path in entries if re.search(r"\._(?!_)", path)] == []


def test_no_page_names_a_place_on_this_machine(site):
    for page in site.pages:
        assert str(ROOT) not in page.read_text(), page
        assert str(Path.home()) + "/" not in page.read_text(), page


def test_names_in_signatures_and_sentences_are_links(site):
    page = (site.folder / "library/convolution/index.html").read_text()
    assert re.search(
        r'doc-signature.*?href="\.\./gradcheck/#convlens\.types\.Array">Array</a>', page, re.DOTALL
    )
    page = (site.folder / "library/layers/index.html").read_text()
    assert (
        'href="../convolution/#convlens.ops.conv2d.conv2d"><code translate="no">ops.conv2d</code></a>' in page
    )
    page = (site.folder / "questions/why-not-the-same/index.html").read_text()
    assert 'href="../../library/convolution/#convlens.ops.conv2d.conv2d">convolution</a>' in page


def test_the_search_finds_names_and_leaves_the_source_out(site):
    index = (site.folder / "search/search_index.json").read_text()
    assert "library/convolution/#convlens.ops.conv2d.conv2d" in index
    assert "check_gradient(" not in index


def test_the_overview_names_every_file():
    overview = (ROOT / "docs/library/index.md").read_text()
    files = [f.relative_to(LIBRARY.parent).as_posix() for f in library_files() if f.suffix == ".py"]
    files = [name.removeprefix("convlens/") for name in files if "/_" not in name]
    assert [file for file in sorted(files) if f"`{file}`" not in overview] == []


@pytest.mark.parametrize("page", [*PAGES, *QUESTIONS], ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page):
    kinds = "pycon|python" if page in PAGES else "pycon"  # a question's python blocks are parts of files
    pattern = rf"^( *)```(?:{kinds})\n(.*?)^\1```"
    names: dict[str, Any] = {"np": np}
    for _, indented in re.findall(pattern, page.read_text(), re.DOTALL | re.MULTILINE):
        block = textwrap.dedent(indented)
        if ">>>" not in block:
            exec(block, names)
            continue
        example = doctest.DocTestParser().get_doctest(block, names, page.name, str(page), 0)
        said: list[str] = []
        result = doctest.DocTestRunner().run(example, out=said.append, clear_globs=False)
        names = example.globs
        assert result.failed == 0, "".join(said)


def test_prose_is_prose_and_formulas_and_examples_are_blocks():
    shown = typeset(
        "Add |a - b| * c_d * e, for all <v, u>; see conv2d and [x](y).\n\n    y = a*b*c\n\n"
        "x: (N, C). Returns y and vjp(dy) -> dx = dy * 2. Raises ValueError when `x` is odd.\n"
        "Source: torch.add.\n\n>>> f(1)\n    1\n>>> f(2)\n2",
        arguments=["x"],
        links={"conv2d": "convlens.ops.conv2d.conv2d"},
    )
    assert shown.split("\n\n") == [
        "<p>Add |a - b| * <code>c_d</code> * e, for all &lt;v, u&gt;; see "
        '<autoref identifier="convlens.ops.conv2d.conv2d" optional><code>conv2d</code></autoref> and [x](y).</p>',
        "``` { .text .formula .no-copy }\ny = a*b*c\n```",
        "<p><code>x</code>: <code>(N, C)</code>.</p>",
        "<p><b>Returns</b> y and <code>vjp(dy) -&gt; dx = dy * 2</code>.</p>",
        "<p><b>Raises</b> <code>ValueError</code> when <code>x</code> is odd.</p>",
        '<p class="doc-source"><b>Source:</b> <code>torch.add</code>.</p>',
        "``` pycon\n>>> f(1)\n    1\n>>> f(2)\n2\n```",
    ]


def test_a_name_is_linked_once_and_never_in_a_source():
    shown = typeset("Dropout, then Dropout.\n\nSource: Dropout.", links={"Dropout": "convlens.Dropout"})
    assert shown.count("<autoref") == 1
