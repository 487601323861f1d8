"""The library's own tests pass in the browser's Python too, on the wheel that the site ships.

Not those that are the same in every Python, and marked so: they check words, and the browser's would take minutes for them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import convlens
from convlens_site.paths import ROOT

pytestmark = pytest.mark.browser


def collected(marked: str) -> set[str]:
    """The tests of the library that there are on this machine, with a mark or without."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-m", marked]
    listing = subprocess.run(
        [*command, "tests/unit", "tests/contract"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=True,
    )
    return {line for line in listing.stdout.splitlines() if "::" in line}


@pytest.mark.long
def test_what_a_browser_could_compute_differently_passes_there(in_browser, pytestconfig, every):
    outcomes = {}
    for news in in_browser.run("run_tests.py", "tools.zip", "tests.zip"):
        if news["kind"] == "settings":
            assert news["filterwarnings"] == pytestconfig.getini("filterwarnings") == ["error"]
        if news["kind"] == "outcome":
            outcomes[news["test"]] = news
    failed = [news for news in outcomes.values() if news["outcome"] not in {"passed", "skipped"}]
    if failed:
        told = [f"{news['test']} {news['outcome']} in the browser:\n{news['text']}" for news in failed]
        pytest.fail("\n\n".join([*told, f"{len(failed)} of {len(outcomes)} tests"]), pytrace=False)

    for news in sorted(outcomes.values(), key=lambda news: -news["seconds"])[:10]:
        print(f"{news['seconds']:.2f} s  {news['test']}")
    passed = {test for test, news in outcomes.items() if news["outcome"] == "passed"}
    wanted, for_the_host = collected("not host and not anywhere"), collected("host and not anywhere")
    assert passed <= wanted
    assert outcomes.keys() - passed <= for_the_host
    assert len(outcomes) == -(-len(wanted | for_the_host) // every)
    assert len(for_the_host) < 10, "tests that need the host are to stay few"


def test_no_operation_and_no_layer_is_left_out():
    """A test runs in the browser unless it is marked; what computes must not lose all of its tests there by a mark."""
    files = {
        path: path.read_text()
        for kind in ("unit", "contract")
        for path in (ROOT / "tests" / kind).glob("test_*.py")
    }
    there = [text for text in files.values() if "pytestmark = pytest.mark.anywhere" not in text]
    assert len(there) > len(files) / 2
    used = {name for text in there for name in re.findall(r"\w+", text)}
    protocols = {"Layer", "ModalLayer"}
    assert {
        *convlens.ops.__all__,
        *convlens.layers.__all__,
        "train",
        "evaluate",
        "SGD",
        "Adam",
    } - protocols <= used


def test_nothing_of_the_library_is_compiled_in_the_browser(in_browser):
    """That took ten times as long as importing it. How long it takes, tells make bench-start."""
    (told,) = [news for news in in_browser.run("imports.py") if news["kind"] == "compiled"]
    assert told["modules"] > 20
    # A data class compiles its methods, which have no file.
    assert [file for file in told["files"] if file.endswith(".py")] == ["control.py"]
