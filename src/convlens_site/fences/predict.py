"""The fences that ask for a guess: `predict` offers answers, `sort` things to try; `told`, below the demo, has what they show.

A page never states the right answer: that is the outcome of the run when the site is built. The live page compares with the
run that it shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape
from typing import Any

import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences.recordings import outcomes
from convlens_site.fences.stills import still

Fields = dict[str, Any]
# What a figure has only for a reader who points at it, or turns its dial.
_POINTED = re.compile(
    r'<rect [^>]*fill-opacity="0"[^>]*/>|<title>[^<]*</title>| data-(?:set|on|guess)="[^"]*"'
    r'|<g data-while="[^"]*" display="none"[^>]*>(?:(?!<g\b).)*?</g>'
)
DIE = (
    '<svg class="die" viewBox="0 0 15 15" role="img" aria-label="random"><rect x="1" y="1" width="13" height="13" rx="2" fill="none" '
    'stroke="currentColor"/><path d="M4.5 4.5h0M7.5 7.5h0M10.5 10.5h0" stroke="currentColor" stroke-width="2.6" '
    'stroke-linecap="round"/></svg>'
)
_told: dict[str, str] = {}
"""What the fence `told` says of each demo, once a fence has asked about it."""


def predict_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: YAML with demo, settings, question and answers (text, outcome, reply, and ends).

    A reader may draw the guess into a plot of the demo that takes one. Then each answer has `ends`: the greatest value at which
    a curve that means this answer ends, on the plot's axis, in ascending order.
    """
    return ask(source, language, _predict, "answers")


def sort_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: YAML with demo, settings, question, control, boxes, rows, items (key, row, text, ask, reply) and rule.

    An item is tried by setting the control to its key. `boxes` has two names, as the run's outcome uses them, each with words
    that can follow "they". The outcome of an item's run is `key:box`. `rows` has two names too: the items of the first have a die.
    `rule` has a question about what was tried, answers (text, reply), and heads: what an answer then adds to the name of each box.
    """
    return ask(source, language, _sort, "control", "boxes", "rows", "items", "rule")


def told_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: the demo's name. It shows what the runs come to that a fence above has asked about."""
    slug = source.strip()
    if slug not in _told:
        raise SuperFencesException(
            f"in the fence '{language}': no fence above asks about {slug!r}; there are {', '.join(_told) or 'none'}"
        )
    return _told[slug]


def ask(source: str, language: str, build: Callable[[Fields, Fields], tuple[str, str]], *own: str) -> str:
    """Return the form of a fence; build: makes it, and what the fence `told` says, from the fence and the demo's figures."""
    try:
        page = yaml.safe_load(source)
        check_fields("the fence", page, "demo", "settings", "question", *own)
        html, _told[page["demo"]] = build(page, still(page["demo"], page["settings"]))
        return html
    except Exception as error:  # superfences swallows any other exception, and the page would have no form
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def check_fields(subject: str, value: Any, *needed: str, optional: tuple[str, ...] = ()) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{subject} is {value!r}; it must have {', '.join(needed)}")
    for name in needed:
        if value.get(name) is None:
            raise ValueError(f"{subject} has no '{name}'; it must have {', '.join(needed)}")
    for name in value:
        if name not in needed + optional:
            raise ValueError(f"{subject} has '{name}'; it may have {', '.join(needed + optional)}")


def _check_list(name: str, value: Any, *needed: str, numbers: tuple[str, ...] = ()) -> None:
    if not isinstance(value, list):
        raise ValueError(f"'{name}' is {value!r}; it must be a list")
    for number, entry in enumerate(value, start=1):
        check_fields(f"number {number} of '{name}'", entry, *needed, optional=numbers)
        for field, text in entry.items():
            if field not in numbers and not isinstance(text, str):
                raise ValueError(f"number {number} of '{name}' has {text!r} for {field}; put text in quotes")


def form(page: Fields, fields: str, css: str, more: str = "") -> str:
    """Return the form of a question: the answers, and room for the reply; more: its further attributes."""
    return (
        f'<form class="{css}" data-predict="{escape(page["demo"])}" data-settings="{escape(json.dumps(page["settings"]))}"{more}>'
        f"<fieldset><legend>{escape(page['question'])}</legend>{fields}</fieldset>"
        f'<p class="predict-reply" role="status"></p></form>'
    )


# --- one answer of several ------------------------------------------------------------------------------


def _predict(page: Fields, result: Fields) -> tuple[str, str]:
    answers, figure = page["answers"], result["end"]
    _check_list("answers", answers, "text", "outcome", "reply", numbers=("ends",))
    right = [answer for answer in answers if answer["outcome"] == figure["outcome"]]
    if len(right) != 1:
        raise ValueError(f"the run ends as {figure['outcome']!r}, and {len(right)} answers say so")
    ends = [answer["ends"] for answer in answers if "ends" in answer]
    if ends and (len(ends) < len(answers) or ends != sorted(set(ends))):
        raise ValueError(f"'ends' is {ends}; each answer needs one, in ascending order, or none has one")
    name = f"predict-{page['demo']}"
    fields = "".join(
        f'<label><input type="radio" name="{name}" value="{escape(a["outcome"])}" data-reply="{escape(a["reply"])}"'
        + (f' data-ends="{a["ends"]:g}"' if ends else "")
        + f"><span>{escape(a['text'])}</span></label>"
        for a in answers
    )
    keys = " keys" if max(len(answer["text"]) for answer in answers) <= 2 else ""  # a row of keys
    said = f"{right[0]['text'][0].lower()}{right[0]['text'][1:].removesuffix('.')}. "
    return form(page, fields, f"predict{keys}"), told_html(said, figure)


def told_html(said: str, figure: Fields) -> str:
    """Return what the run comes to, for a reader without a script: the right answer, and the figure."""
    said = f"In the run of the question: {said}{figure['alt']} {figure['caption']}"
    drawn = [
        panel for panel in figure["panels"] if 'data-only="wide"' not in panel
    ]  # there is the narrow one
    panels = _POINTED.sub("", "".join(drawn))
    shown = (
        f'<div class="told-panels" role="img" aria-label="{escape(figure["alt"])}">{panels}</div>'
        f"<figcaption>{escape(said)}</figcaption>"
    )
    return f'<noscript><figure class="told">{shown}</figure></noscript>'


# --- one thing after another ----------------------------------------------------------------------------


def _sort(page: Fields, result: Fields) -> tuple[str, str]:
    boxes, rows, items, control = page["boxes"], page["rows"], page["items"], page["control"]
    _check_two("boxes", boxes, "each with words that can follow 'they'")
    _check_two("rows", rows, "each with words for what is in it")
    _check_list("items", items, "key", "row", "text", "ask", "reply")
    check_fields("'rule'", page["rule"], "question", "answers", "heads")
    _check_list("answers", page["rule"]["answers"], "text", "reply")
    check_fields("'heads'", page["rule"]["heads"], *boxes)
    unknown = [item["row"] for item in items if item["row"] not in rows]
    if unknown:
        raise ValueError(f"an item's row is {unknown[0]!r}; the rows are {', '.join(rows)}")
    if control not in result["spec"]["recorded"]:
        raise ValueError(f"'control' is {control!r}; it must be one whose values {page['demo']} has recorded")
    others = {name: value for name, value in result["settings"].items() if name != control}
    runs = {
        settings[control]: outcome
        for settings, outcome in outcomes(page["demo"], result["settings"])
        if others.items() <= settings.items()
    }
    contents: dict[str, list[Fields]] = {box: [] for box in boxes}
    for item in items:
        _box(item, runs, contents).append(item)
    empty = [box for box, box_items in contents.items() if not box_items]
    if empty:
        raise ValueError(f"no run puts an item into '{empty[0]}'; each box must get one")
    told = "".join(_box_html(boxes[box], contents[box]) for box in boxes)
    return _sort_form(page), f'<div class="sort-told">{told}</div>'


def _check_two(name: str, value: Any, said: str) -> None:
    if not isinstance(value, dict) or len(value) != 2 or not all(value.values()):
        raise ValueError(f"'{name}' is {value!r}; it must be two names, {said}")


def _sort_form(page: Fields) -> str:
    """Return the things to try, the question, and an empty table: a column for each box and two lines for each row."""
    boxes, rows = page["boxes"], page["rows"]
    marked = next(iter(rows))
    listed = "".join(_item(item, DIE if item["row"] == marked else "") for item in page["items"])
    heads = "".join(
        f'<th scope="col">{escape(words[0].upper() + words[1:])} <small></small></th>'
        for words in boxes.values()
    )
    lines = "".join(
        f'<tr><th colspan="2" scope="colgroup">{DIE if name == marked else ""}{escape(words)}</th></tr>'
        + f"<tr>{''.join(f'<td data-box={box} data-row={name}></td>' for box in boxes)}</tr>"
        for name, words in rows.items()
    )
    data = {name: json.dumps(page[name]) for name in ("boxes", "rule")} | {"control": page["control"]}
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return (
        f'<form class="predict sort" data-predict="{escape(page["demo"])}" data-settings="{escape(json.dumps(page["settings"]))}"{attributes}>'
        f'<fieldset class="sort-tray"><legend>Add one thing</legend><ul class="sort-list">{listed}</ul></fieldset>'
        f'<div class="sort-ask" role="status"><p>{escape(page["question"])}</p></div>'
        f'<table class="sort-table"><caption>What training did</caption><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'
        f'<div class="sort-rule" role="status"></div></form>'
    )


def _box(item: Fields, runs: dict[str, str], contents: dict[str, list[Fields]]) -> list[Fields]:
    """Return the content so far of the box into which its run puts the item."""
    key = item["key"]
    if key not in runs:
        raise ValueError(f"the item '{key}' is not recorded; there are {', '.join(runs)}")
    name, colon, box = runs[key].partition(":")
    if (name, colon) != (key, ":") or " " in box:
        raise ValueError(
            f"the run of '{key}' ends as {runs[key]!r}; to be sorted by, it must be '{key}:' and a box"
        )
    if box not in contents:
        raise ValueError(f"the run puts '{key}' into '{box}'; the boxes are {', '.join(contents)}")
    if any(key == other["key"] for box_items in contents.values() for other in box_items):
        raise ValueError(f"the item '{key}' is there twice")
    return contents[box]


def _item(item: Fields, die: str) -> str:
    """Return a thing to try; the live page makes it a button."""
    data = "".join(f' data-{name}="{escape(item[name])}"' for name in ("key", "row", "ask", "reply"))
    return f'<li class="sort-item"{data}><span class="sort-name">{escape(item["text"])}</span>{die}</li>'


def _box_html(words: str, box_items: list[Fields]) -> str:
    rows = "".join(f"<dt>{escape(item['text'])}</dt><dd>{escape(item['reply'])}</dd>" for item in box_items)
    return f'<p class="sort-box">They {escape(words)}</p><dl>{rows}</dl>'
