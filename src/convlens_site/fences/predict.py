"""The two fences that ask for a prediction: `predict` offers answers, `sort` two boxes for a list of items.

The result is a complete form, with the outcome of the run folded away. A page never states the right answer: that is
the outcome of the run when the site is built. The live page compares with the live run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences.stills import still

Fields = dict[str, Any]


def predict_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: YAML with demo, settings, question and answers (text, outcome, reply)."""
    return _fence(source, language, _predict, ("answers",))


def sort_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: YAML with demo, settings, question, boxes and items (key, text, reply).

    `boxes` has two names, as the run's outcome uses them, each with words that can follow "it". The outcome has a word
    `key:box` for each item.
    """
    return _fence(source, language, _sort, ("boxes", "items"))


def _fence(source: str, language: str, form: Callable[[Fields, Fields], str], own: tuple[str, ...]) -> str:
    try:
        page = yaml.safe_load(source)
        _check("the fence", page, "demo", "settings", "question", *own, optional=("veil",))
        return form(page, still(page["demo"], page["settings"])["figure"])
    except Exception as error:  # superfences swallows any other exception, and the page would have no form
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def _check(subject: str, value: Any, *needed: str, optional: tuple[str, ...] = ()) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{subject} is {value!r}; it must have {', '.join(needed)}")
    for name in needed:
        if value.get(name) is None:
            raise ValueError(f"{subject} has no '{name}'; it must have {', '.join(needed)}")
    for name in value:
        if name not in needed + optional:
            raise ValueError(f"{subject} has '{name}'; it may have {', '.join(needed + optional)}")


def _check_list(name: str, value: Any, *needed: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"'{name}' is {value!r}; it must be a list")
    for number, entry in enumerate(value, start=1):
        _check(f"number {number} of '{name}'", entry, *needed)
        for field, text in entry.items():
            if not isinstance(text, str):
                raise ValueError(f"number {number} of '{name}' has {text!r} for {field}; put text in quotes")


def _form(page: Fields, css_class: str, fields: str, outcome: str) -> str:
    """Return the form of both fences: the choices, room for the reply and, folded, the outcome of the run."""
    veil = " data-veil" if page.get("veil") else ""
    return (
        f'<form class="{css_class}" data-predict="{escape(page["demo"])}" data-settings="{escape(json.dumps(page["settings"]))}"{veil}>'
        f"<fieldset><legend>{escape(page['question'])}</legend>{fields}</fieldset>"
        f'<p class="predict-reply" role="status"></p>'
        f'<details class="predict-answer"><summary>What the run shows</summary>{outcome}</details></form>'
    )


# --- one answer of several ------------------------------------------------------------------------------


def _predict(page: Fields, figure: Fields) -> str:
    answers, outcome = page["answers"], figure["outcome"]
    _check_list("answers", answers, "text", "outcome", "reply")
    right = [answer for answer in answers if answer["outcome"] == outcome]
    if len(right) != 1:
        raise ValueError(f"the run ends as {outcome!r}, and {len(right)} answers say so")
    name = f"predict-{page['demo']}"
    fields = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(a["outcome"])}" data-reply="{escape(a["reply"])}">'
        f"<span>{escape(a['text'])}</span></label>"
        for a in answers
    )
    text = f"<p>{escape(right[0]['text'])}. {escape(right[0]['reply'])} {escape(figure['alt'])}</p>"
    return _form(page, "predict", fields, text)


# --- each thing into one of two boxes -------------------------------------------------------------------


def _sort(page: Fields, figure: Fields) -> str:
    boxes, items = page["boxes"], page["items"]
    if not isinstance(boxes, dict) or len(boxes) != 2 or not all(boxes.values()):
        raise ValueError(f"'boxes' is {boxes!r}; it must be two names, each with words that can follow 'it'")
    _check_list("items", items, "key", "text", "reply")
    run = _parse_outcome(figure["outcome"])
    contents: dict[str, list[Fields]] = {box: [] for box in boxes}
    for item in items:
        _box(item, run, contents).append(item)
    empty = [box for box, box_items in contents.items() if not box_items]
    if empty:
        raise ValueError(f"the run puts no item into '{empty[0]}'; each box must get one")
    fields = "".join(_row(page["demo"], item, boxes) for item in items)
    return _form(page, "predict sort", fields, "".join(_box_html(boxes[box], contents[box]) for box in boxes))


def _parse_outcome(outcome: str) -> dict[str, str]:
    """Return the box of each item according to the run: key -> box."""
    words = outcome.split()
    if not words or any(word.count(":") != 1 for word in words):
        raise ValueError(
            f"the run ends as {outcome!r}; to be sorted by, it must be words such as 'dropout:parted'"
        )
    return dict(word.split(":") for word in words)  # type: ignore[misc]


def _box(item: Fields, run: dict[str, str], contents: dict[str, list[Fields]]) -> list[Fields]:
    """Return the content so far of the box into which the run puts the item."""
    key = item["key"]
    if key not in run:
        raise ValueError(f"the item '{key}' is not in the run; there are {', '.join(run)}")
    if run[key] not in contents:
        raise ValueError(f"the run puts '{key}' into '{run[key]}'; the boxes are {', '.join(contents)}")
    if any(key == other["key"] for box_items in contents.values() for other in box_items):
        raise ValueError(f"the item '{key}' is there twice")
    return contents[run[key]]


def _row(demo: str, item: Fields, boxes: dict[str, str]) -> str:
    name = f"sort-{demo}-{item['key']}"
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(box)}"><span>{escape(words)}</span></label>'
        for box, words in boxes.items()
    )
    return (
        f'<fieldset class="sort-item" data-key="{escape(item["key"])}" data-reply="{escape(item["reply"])}" aria-describedby="{name}">'
        f'<legend>{escape(item["text"])}</legend>{choices}<p class="sort-verdict" id="{name}"><b></b> <span></span></p></fieldset>'
    )


def _box_html(words: str, box_items: list[Fields]) -> str:
    rows = "".join(f"<dt>{escape(item['text'])}</dt><dd>{escape(item['reply'])}</dd>" for item in box_items)
    return f'<p class="sort-box">{escape(words[0].upper() + words[1:])}</p><dl>{rows}</dl>'
