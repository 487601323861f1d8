"""The fence that asks for several numbers at once: a slider for each, and no answer before the run."""

from __future__ import annotations

import copy
import json
import re
from html import unescape
from typing import Any

import pytest
import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences import points, predict

PAGE: dict[str, Any] = {
    "demo": "filter_count",
    "settings": {"reads": "mean"},
    "question": "How many?",
    "points": ["1 filter", "2 filters"],
    "reply": "One number.",
    "then": [{"settings": {"reads": "map"}, "question": "And <now>?", "reply": "Many numbers."}],
}
FIGURE = {"alt": "28 and 56.", "caption": "A dot.", "panels": ['<svg><rect data-guess="0 1 0 100"/></svg>']}


@pytest.fixture
def runs(monkeypatch) -> list[tuple[dict[str, Any], str]]:
    """The recorded runs, of which the test of all pages makes real ones."""
    found = [({"reads": "mean", "seed": 0}, "28 56"), ({"reads": "map", "seed": 0}, "89 94")]
    monkeypatch.setattr(points, "outcomes", lambda *_: found)
    monkeypatch.setattr(predict, "still", lambda _, settings: {"settings": settings, "end": FIGURE})
    return found


def built(page: dict[str, Any]) -> str:
    return points.points_fence(yaml.safe_dump(page, sort_keys=False), "points", "", {}, None)


def test_each_point_has_a_slider_and_the_questions_are_asked_in_order(runs):
    html = built(PAGE)
    assert re.findall(r"<label><span>(.*?)</span><input type=.range.", html) == PAGE["points"]
    (asked,) = re.findall('data-questions="([^"]*)"', html)
    assert [each["question"] for each in json.loads(unescape(asked))] == ["How many?", "And <now>?"]
    assert "<legend>How many?</legend>" in html
    assert "<now>" not in html


def test_no_answer_is_in_the_form_and_the_end_of_the_run_is_told_below(runs):
    html = built(PAGE)
    assert not {"28", "56", "89", "94"} & set(re.findall(r"\d+", html))
    told = predict.told_fence("filter_count", "told", "", {}, None)
    assert "28 and 56." in told
    assert "data-guess" not in told


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda p: p.pop("then"), r"has no 'then'"),
        (lambda p: p.update(points="1 filter"), r"'points' is '1 filter'; it must be a list of texts"),
        (lambda p: p["points"].append("3"), r"a run of question 1 ends as '28 56'; it must be 3 whole perc"),
        (lambda p: p["then"][0].pop("reply"), r"question 2 has no 'reply'"),
        (lambda p: p["then"][0].update(settings={"reads": "all"}), r"no run of question 2 is recorded"),
    ],
)
def test_a_fence_that_the_runs_cannot_answer_is_refused_with_its_fault(runs, change, refusal):
    page = copy.deepcopy(PAGE)
    change(page)
    with pytest.raises(SuperFencesException, match=rf"in the fence 'points': .*{refusal}"):
        built(page)


def test_a_run_that_ends_with_a_word_is_no_answer(runs):
    runs[1] = (runs[1][0], "many more")
    with pytest.raises(SuperFencesException, match="question 2 ends as 'many more'"):
        built(PAGE)


def test_a_demo_without_a_plot_to_draw_into_is_refused(runs, monkeypatch):
    monkeypatch.setitem(FIGURE, "panels", ["<svg></svg>"])
    with pytest.raises(SuperFencesException, match="no plot of filter_count takes a guess"):
        built(PAGE)
