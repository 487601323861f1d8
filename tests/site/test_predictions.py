"""The two fences that ask: the run decides what is right, and a fence that it cannot answer stops the build by name."""

from __future__ import annotations

import copy
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences import predict
from convlens_site.fences.predict import predict_fence, sort_fence

SORT: dict[str, Any] = {
    "demo": "tie_breakers",
    "settings": {"steps": 50},
    "question": "Which?",
    "boxes": {"kept": "keeps them equal", "parted": "parts them"},
    "items": [
        {"key": "momentum", "text": "momentum", "reply": "Equal pasts."},
        {"key": "dropout", "text": "dropout", "reply": "A draw for each."},
    ],
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


class Form(HTMLParser):
    """What a form offers, in order: (tag, attributes), and the text that is folded away."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.folded = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if "details" in self.open:
            self.folded += text + "|"


def built(fence, page: dict[str, Any]) -> str:
    return fence(yaml.safe_dump(page, sort_keys=False), fence.__name__.removesuffix("_fence"), "", {}, None)


def changed(page: dict[str, Any], change) -> dict[str, Any]:
    page = copy.deepcopy(page)
    change(page)
    return page


def test_a_sort_fence_has_a_pair_of_radios_for_each_item_and_tells_no_answer_outside_the_fold():
    html = built(sort_fence, SORT)
    form = Form(html)
    radios = [tag for name, tag in form.tags if name == "input"]
    assert [(r["name"], r["value"]) for r in radios] == [
        ("sort-tie_breakers-momentum", "kept"),
        ("sort-tie_breakers-momentum", "parted"),
        ("sort-tie_breakers-dropout", "kept"),
        ("sort-tie_breakers-dropout", "parted"),
    ]
    assert not any("checked" in radio for radio in radios)
    kept, parted = form.folded.split("Parts them|")
    assert "Keeps them equal|momentum|Equal pasts.|" in kept
    assert "dropout|A draw for each.|" in parted
    before = html.partition("<details")[0]
    assert "momentum:kept" not in before
    assert "data-veil" not in html


def test_where_an_item_belongs_is_said_by_the_run_and_not_by_the_page(monkeypatch):
    monkeypatch.setattr(
        predict, "still", lambda *_: {"figure": {"outcome": "momentum:parted dropout:kept", "alt": ""}}
    )
    kept, parted = Form(built(sort_fence, SORT)).folded.split("Parts them|")
    assert "dropout" in kept
    assert "momentum" in parted


@pytest.mark.parametrize(("fence", "page"), [(sort_fence, SORT), (predict_fence, PREDICT)])
def test_a_veil_is_there_when_it_is_asked_for(fence, page):
    assert " data-veil>" in built(fence, page | {"veil": True})
    assert " data-veil" not in built(fence, page | {"veil": False})


def test_nothing_in_a_fence_can_break_out_of_the_page():
    def change(page):
        page["question"] = page["boxes"]["kept"] = page["items"][0]["text"] = page["items"][0]["reply"] = (
            '"><b>'
        )

    html = built(sort_fence, changed(SORT, change))
    assert '"><b>"' not in html
    assert html.count("<b>") == 2  # those of the two verdicts


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (
            lambda p: p["items"][0].update(key="flips"),
            r"'flips' is not in the run; there are copied, draws, ",
        ),
        (lambda p: p.pop("boxes"), r"has no 'boxes'; it must have demo, settings, question, boxes, items"),
        (lambda p: p.update(boxes={}), r"'boxes' is \{\}; it must be two names"),
        (lambda p: p["boxes"].pop("kept"), r"'boxes' is \{'parted': 'parts them'\}; it must be two names"),
        (lambda p: p["boxes"].update(third="is neither"), r"it must be two names"),
        (lambda p: p["boxes"].update(kept=""), r"it must be two names, each with words"),
        (
            lambda p: p.update(boxes={"equal": "a", "parted": "b"}),
            r"puts 'momentum' into 'kept'; the boxes are equal, parted",
        ),
        (lambda p: p["items"].append(dict(p["items"][1])), r"the item 'dropout' is there twice"),
        (lambda p: p["items"][1].update(key="adam"), r"no item into 'parted'; each box must get one"),
        (lambda p: p.update(items="momentum"), r"'items' is 'momentum'; it must be a list"),
        (lambda p: p["items"].pop(0), r"no item into 'kept'; each box must get one"),
        (lambda p: p.pop("items"), r"has no 'items'"),
        (lambda p: p["items"][1].pop("reply"), r"number 2 of 'items' has no 'reply'"),
        (
            lambda p: p["items"][1].update(box="parted"),
            r"number 2 of 'items' has 'box'; it may have key, text",
        ),
        (
            lambda p: p["items"][0].update(text=True),
            r"number 1 of 'items' has True for text; put text in quotes",
        ),
        (lambda p: p.update(answers=[]), r"has 'answers'; it may have demo, .* veil"),
        (lambda p: p.update(demo="nonesuch"), r"demo is 'nonesuch'; it must be one of"),
        (lambda p: p["settings"].update(steps=1), r"steps.*must be"),
        (lambda p: p.update(demo="twins", settings={"steps": 100}), r"ends as 'same'; to be sorted by"),
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
        (lambda p: p["answers"][1].update(outcome=28), r"has 28 for outcome; put text in quotes"),
    ],
)
def test_a_predict_fence_that_the_run_cannot_answer_is_refused_with_its_fault(change, refusal):
    with pytest.raises(SuperFencesException, match=rf"in the fence 'predict': .*{refusal}"):
        built(predict_fence, changed(PREDICT, change))
