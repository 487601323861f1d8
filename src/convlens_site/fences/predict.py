"""The two fences that ask before a demo is run: `predict` offers answers, `sort` two boxes for a list of things.

What comes out is a complete form, with what the run shows folded away. The right answer is never written on the
page's side: it is what the run ends in when the site is built. The live page compares with the live run.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences.stills import still

Found = dict[str, Any]


def predict_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: YAML with demo, settings, question and answers (text, outcome, reply)."""
    return _fence(source, language, _predict, ("answers",))


def sort_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: YAML with demo, settings, question, boxes and items (key, text, reply).

    `boxes` has two names, as the run's outcome uses them, each with words that can follow "it". The outcome has a word
    `key:box` for each thing that was sorted.
    """
    return _fence(source, language, _sort, ("boxes", "items"))


def _fence(source: str, language: str, form: Callable[[Found, Found], str], own: tuple[str, ...]) -> str:
    try:
        page = yaml.safe_load(source)
        _check("the fence", page, "demo", "settings", "question", *own, optional=("veil",))
        return form(page, still(page["demo"], page["settings"])["figure"])
    except Exception as error:  # the extension swallows any other, and builds the page without its form
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def _check(what: str, given: Any, *needed: str, optional: tuple[str, ...] = ()) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"{what} is {given!r}; it must have {', '.join(needed)}")
    for name in needed:
        if given.get(name) is None:
            raise ValueError(f"{what} has no '{name}'; it must have {', '.join(needed)}")
    for name in given:
        if name not in needed + optional:
            raise ValueError(f"{what} has '{name}'; it may have {', '.join(needed + optional)}")


def _check_list(name: str, given: Any, *needed: str) -> None:
    if not isinstance(given, list):
        raise ValueError(f"'{name}' is {given!r}; it must be a list")
    for number, each in enumerate(given, start=1):
        _check(f"number {number} of '{name}'", each, *needed)
        for field, text in each.items():
            if not isinstance(text, str):
                raise ValueError(f"number {number} of '{name}' has {text!r} for {field}; put text in quotes")


def _form(page: Found, css_class: str, fields: str, shown: str) -> str:
    """The form that both fences share: what to choose, room for the reply, and what the run shows, folded."""
    veil = " data-veil" if page.get("veil") else ""
    return (
        f'<form class="{css_class}" data-predict="{escape(page["demo"])}" data-settings="{escape(json.dumps(page["settings"]))}"{veil}>'
        f"<fieldset><legend>{escape(page['question'])}</legend>{fields}</fieldset>"
        f'<p class="predict-reply" role="status"></p>'
        f'<details class="predict-answer"><summary>What the run shows</summary>{shown}</details></form>'
    )


# --- one answer of several ------------------------------------------------------------------------------


def _predict(page: Found, figure: Found) -> str:
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
    shown = f"<p>{escape(right[0]['text'])}. {escape(right[0]['reply'])} {escape(figure['alt'])}</p>"
    return _form(page, "predict", fields, shown)


# --- each thing into one of two boxes -------------------------------------------------------------------


def _sort(page: Found, figure: Found) -> str:
    boxes, items = page["boxes"], page["items"]
    if not isinstance(boxes, dict) or len(boxes) != 2 or not all(boxes.values()):
        raise ValueError(f"'boxes' is {boxes!r}; it must be two names, each with words that can follow 'it'")
    _check_list("items", items, "key", "text", "reply")
    run = _placed(figure["outcome"])
    held: dict[str, list[Found]] = {box: [] for box in boxes}
    for item in items:
        _box(item, run, held).append(item)
    empty = [box for box, inside in held.items() if not inside]
    if empty:
        raise ValueError(f"the run puts no item into '{empty[0]}'; each box must get one")
    fields = "".join(_row(page["demo"], item, boxes) for item in items)
    return _form(page, "predict sort", fields, "".join(_held(boxes[box], held[box]) for box in boxes))


def _placed(outcome: str) -> dict[str, str]:
    """Return where the run puts each thing: thing -> box."""
    words = outcome.split()
    if not words or any(word.count(":") != 1 for word in words):
        raise ValueError(
            f"the run ends as {outcome!r}; to be sorted by, it must be words such as 'dropout:parted'"
        )
    return dict(word.split(":") for word in words)  # type: ignore[misc]


def _box(item: Found, run: dict[str, str], held: dict[str, list[Found]]) -> list[Found]:
    """Return the box, as a list of what is in it, into which the run puts the item."""
    key = item["key"]
    if key not in run:
        raise ValueError(f"the item '{key}' is not in the run; there are {', '.join(run)}")
    if run[key] not in held:
        raise ValueError(f"the run puts '{key}' into '{run[key]}'; the boxes are {', '.join(held)}")
    if any(key == other["key"] for inside in held.values() for other in inside):
        raise ValueError(f"the item '{key}' is there twice")
    return held[run[key]]


def _row(demo: str, item: Found, boxes: dict[str, str]) -> str:
    name = f"sort-{demo}-{item['key']}"
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(box)}"><span>{escape(words)}</span></label>'
        for box, words in boxes.items()
    )
    return (
        f'<fieldset class="sort-item" data-key="{escape(item["key"])}" data-reply="{escape(item["reply"])}" aria-describedby="{name}">'
        f'<legend>{escape(item["text"])}</legend>{choices}<p class="sort-verdict" id="{name}"><b></b> <span></span></p></fieldset>'
    )


def _held(words: str, inside: list[Found]) -> str:
    rows = "".join(f"<dt>{escape(item['text'])}</dt><dd>{escape(item['reply'])}</dd>" for item in inside)
    return f'<p class="sort-box">{escape(words[0].upper() + words[1:])}</p><dl>{rows}</dl>'
