"""The two fences that ask: the run decides what is right, and a fence that it cannot answer stops the build by name."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences import predict
from convlens_site.fences.predict import predict_fence, sort_fence

SORT: dict[str, Any] = {
    "demo": "one_tie_breaker",
    "settings": {"steps": 200},
    "control": "mechanism",
    "question": "Which?",
    "boxes": {"kept": "stay equal", "parted": "drift apart"},
    "rows": {"dice": "random", "fixed": "not random"},
    "items": [
        {"key": "momentum", "row": "fixed", "text": "momentum", "ask": "A speed.", "reply": "Equal pasts."},
        {"key": "dropout", "row": "dice", "text": "dropout", "ask": "Zeros.", "reply": "A draw for each."},
    ],
    "rule": {
        "question": "What sorts them?",
        "heads": {"kept": "shared", "parted": "own"},
        "answers": [{"text": "Chance?", "reply": "No."}],
    },
}
PREDICT: dict[str, Any] = {
    "demo": "twins",
    "settings": {"steps": 100},
    "question": "What?",
    "answers": [
        {"text": "equal", "outcome": "same", "reply": "They are."},
        {"text": "apart", "outcome": "apart", "reply": "They are not."},
    ],
}


def built(fence, page: dict[str, Any]) -> str:
    return fence(yaml.safe_dump(page, sort_keys=False), fence.__name__.removesuffix("_fence"), "", {}, None)


def changed(page: dict[str, Any], change) -> dict[str, Any]:
    page = copy.deepcopy(page)
    change(page)
    return page


RUNS = {"momentum": "momentum:kept", "dropout": "dropout:parted", "adam": "adam:kept"}


@pytest.fixture(autouse=True)
def recorded(monkeypatch):
    """The runs of three things, of which the test of all pages makes real ones."""

    def outcomes(_: str, settings: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
        return [({**settings, "mechanism": key}, outcome) for key, outcome in RUNS.items()]

    monkeypatch.setattr(predict, "outcomes", outcomes)


def told(slug: str) -> str:
    return predict.told_fence(slug, "told", "", {}, None)


def test_a_sort_fence_lists_its_items_and_tells_no_answer():
    html = built(sort_fence, SORT)
    assert re.findall(r'data-key="(\w+)"', html) == ["momentum", "dropout"]
    assert 'data-control="mechanism"' in html
    assert not re.search('momentum:|kept:|Equal pasts[^"]*<', html)
    kept, parted = told("one_tie_breaker").split("They drift apart")
    assert "They stay equal" in kept
    assert "<dt>momentum</dt><dd>Equal pasts.</dd>" in kept
    assert "<dt>dropout</dt><dd>A draw for each.</dd>" in parted


def test_where_an_item_belongs_is_said_by_its_run_and_not_by_the_page(monkeypatch):
    monkeypatch.setitem(RUNS, "momentum", "momentum:parted")
    monkeypatch.setitem(RUNS, "dropout", "dropout:kept")
    built(sort_fence, SORT)
    kept, parted = told("one_tie_breaker").split("They drift apart")
    assert "dropout" in kept
    assert "momentum" in parted


def test_what_the_run_comes_to_is_told_below_the_demo_and_only_to_a_reader_without_a_script():
    html = built(predict_fence, PREDICT)
    assert "identical" not in html
    assert "<details" not in html
    answer = told("twins")
    assert answer.startswith("<noscript><figure")
    assert "In the run of the question: equal. After 100 steps" in answer
    assert answer.count("<svg") == 2
    assert "data-guess" not in answer


def test_what_is_told_has_what_the_dial_shows_and_nothing_that_only_a_script_could_show():
    counts = [{"text": str(n), "outcome": str(n), "reply": "So many."} for n in range(9)]
    built(predict_fence, {"demo": "black_line", "settings": {}, "question": "How many?", "answers": counts})
    answer = told("black_line")
    assert 'data-while="' in answer
    assert 'display="none"' not in answer


def test_what_nobody_asked_about_cannot_be_told():
    with pytest.raises(SuperFencesException, match="in the fence 'told': no fence above asks about 'pull'"):
        told("pull")


@pytest.mark.parametrize("ends", [(1, 8), (0.25, 8)])
def test_answers_may_say_where_their_curves_end(ends):
    page = changed(PREDICT, lambda p: [a.update(ends=end) for a, end in zip(p["answers"], ends, strict=True)])
    html = built(predict_fence, page)
    assert re.findall('data-ends="([^"]*)"', html) == [f"{end:g}" for end in ends]
    assert "data-ends" not in built(predict_fence, PREDICT)


def test_nothing_in_a_fence_can_break_out_of_the_page():
    def change(page):
        page["question"] = page["boxes"]["kept"] = page["items"][0]["text"] = page["items"][0]["reply"] = (
            '"><b>'
        )

    html = built(sort_fence, changed(SORT, change))
    assert '"><b>"' not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            lambda p: p["items"][0].update(key="flips"),
            r"'flips' is not recorded; there are momentum, dropout, ",
        ),
        (
            lambda p: p.pop("boxes"),
            r"has no 'boxes'; it must have demo, settings, question, control, boxes, rows, items, rule",
        ),
        (lambda p: p.update(control="task"), r"'control' is 'task'; it must be one whose values"),
        (lambda p: p.update(boxes={}), r"'boxes' is \{\}; it must be two names"),
        (lambda p: p["boxes"].pop("kept"), r"'boxes' is \{'parted': 'drift apart'\}; it must be two names"),
        (lambda p: p["boxes"].update(third="is neither"), r"it must be two names"),
        (lambda p: p["boxes"].update(kept=""), r"it must be two names, each with words"),
        (
            lambda p: (
                p.update(boxes={"equal": "a", "parted": "b"}),
                p["rule"]["heads"].update(equal=p["rule"]["heads"].pop("kept")),
            ),
            r"puts 'momentum' into 'kept'; the boxes are equal, parted",
        ),
        (lambda p: p["items"].append(dict(p["items"][1])), r"the item 'dropout' is there twice"),
        (
            lambda p: p["items"][1].update(key="adam"),
            r"no run puts an item into 'parted'; each box must get one",
        ),
        (lambda p: p.update(items="momentum"), r"'items' is 'momentum'; it must be a list"),
        (lambda p: p["items"].pop(0), r"no run puts an item into 'kept'; each box must get one"),
        (lambda p: p.pop("items"), r"has no 'items'"),
        (lambda p: p["items"][1].pop("reply"), r"number 2 of 'items' has no 'reply'"),
        (
            lambda p: p["items"][1].update(box="parted"),
            r"number 2 of 'items' has 'box'; it may have key, row, text",
        ),
        (
            lambda p: p["items"][0].update(text=True),
            r"number 1 of 'items' has True for text; put text in quotes",
        ),
        (lambda p: p.update(answers=[]), r"has 'answers'; it may have demo, .* items"),
        (lambda p: p.update(demo="nonesuch"), r"demo is 'nonesuch'; it must be one of"),
        (lambda p: p["settings"].update(steps=1), r"steps.*must be"),
        (lambda p: p["rows"].pop("dice"), r"'rows' is {'fixed': 'not random'}; it must be two names"),
        (lambda p: p["items"][0].update(row="else"), r"an item's row is 'else'; the rows are dice, fixed"),
        (lambda p: p["rule"].pop("answers"), r"'rule' has no 'answers'"),
    ],
)
def test_a_sort_fence_that_the_run_cannot_answer_is_refused_with_its_fault(change, refusal):
    with pytest.raises(SuperFencesException, match=rf"in the fence 'sort': .*{refusal}"):
        built(sort_fence, changed(SORT, change))


@pytest.mark.parametrize("source", ["", "tie_breakers", "- a\n- b", "demo: [", "{demo: tie_breakers}"])
@pytest.mark.parametrize("fence", [sort_fence, predict_fence])
def test_a_fence_that_is_no_question_at_all_is_refused(fence, source):
    with pytest.raises(SuperFencesException, match="in the fence 'x'"):
        fence(source, "x", "", {}, None)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda p: p.pop("answers"), r"has no 'answers'"),
        (lambda p: p["answers"][0].pop("reply"), r"number 1 of 'answers' has no 'reply'"),
        (lambda p: p["answers"][1].update(outcome="same"), r"ends as 'same', and 2 answers say so"),
        (lambda p: p["answers"][0].update(ends=1), r"'ends' is \[1\]; each answer needs one"),
        (
            lambda p: [answer.update(ends=2) for answer in p["answers"]],
            r"'ends' is \[2, 2\]; each answer needs one, in ascending order",
        ),
        (lambda p: p["answers"][1].update(outcome=28), r"has 28 for outcome; put text in quotes"),
    ],
)
def test_a_predict_fence_that_the_run_cannot_answer_is_refused_with_its_fault(change, refusal):
    with pytest.raises(SuperFencesException, match=rf"in the fence 'predict': .*{refusal}"):
        built(predict_fence, changed(PREDICT, change))


def test_a_run_that_does_not_say_what_became_of_its_item_is_refused(monkeypatch):
    monkeypatch.setitem(RUNS, "momentum", "same")
    with pytest.raises(SuperFencesException, match="the run of 'momentum' ends as 'same'; to be sorted by"):
        built(sort_fence, SORT)
