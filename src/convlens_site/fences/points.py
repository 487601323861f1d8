"""The fence `points` asks for several numbers at once: a reader draws them into a plot of the demo, or sets sliders."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from convlens_site.fences.predict import Fields, ask, check_fields, form, told_html
from convlens_site.fences.recordings import outcomes


def points_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: YAML with demo, settings, question, points (names), reply, and further questions in `then`.

    The run's outcome is one percentage for each point, and the n-th point is at n, from 0, on the x axis of the plot.
    then: a list of questions about the same points, each with settings, question and reply; asked one after the other.
    """
    return ask(source, language, _points, "points", "reply", "then")


def _points(page: Fields, result: Fields) -> tuple[str, str]:
    names = page["points"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"'points' is {names!r}; it must be a list of texts")
    if "data-guess" not in "".join(result["end"]["panels"]):
        raise ValueError(f"no plot of {page['demo']} takes a guess")
    questions = [{name: page[name] for name in ("settings", "question", "reply")}, *page["then"]]
    runs = outcomes(page["demo"], result["settings"])
    for number, each in enumerate(questions, start=1):
        check_fields(f"question {number}", each, "settings", "question", "reply")
        _check_answered(number, each["settings"], len(names), runs)
    rows = "".join(
        f'<label><span>{escape(name)}</span><input type="range" min="0" max="100" value="50"><output>?</output></label>'
        for name in names
    )
    asked = escape(json.dumps(questions, ensure_ascii=False))
    return form(page, rows, "predict points", f' data-questions="{asked}"'), told_html("", result["end"])


def _check_answered(number: int, settings: Fields, count: int, runs: list[tuple[Fields, str]]) -> None:
    """Refuse a question whose run is not recorded, or does not end with a percentage for each point."""
    found = [outcome for actual, outcome in runs if settings.items() <= actual.items()]
    if not found:
        raise ValueError(f"no run of question {number} is recorded; its settings are {settings}")
    for outcome in found:
        if len(outcome.split()) != count or not all(each.isdigit() for each in outcome.split()):
            raise ValueError(
                f"a run of question {number} ends as {outcome!r}; it must be {count} whole percentages"
            )
