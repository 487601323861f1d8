"""The recording of a run: its figures, computed when the site is built, and packed: what they share is stored once."""

import json
import re
from itertools import product
from typing import Any

from convlens_live.controls import Control, Pointed
from convlens_live.demo import Demo

MAX_STEPS = 60  # from figure to figure, in one recording
MAX_FIGURES = 240  # in one recording of a demo without runs
PART = re.compile(r'data-set="([^"]*)"')
type Run = tuple[dict[str, Any], list[dict[str, Any]]]
"""Settings, and the figures of the run with them."""
ELEMENT = re.compile(r"<[^/][^>]*>[^<]*(?:</[^>]*>)*")  # with the ends of those that it is the last part of


def settings_of(demo: Demo, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all settings that are recorded for a page with these settings; its own come first.

    Its other scenes follow. Those of a run are the combinations that the demo declares. Where each change draws a figure, they
    are also those that a reader reaches by pointing at parts of the figure, unless the declaration says what pointing sets.
    """
    own = demo.parse(settings)
    found = [own]
    for values in product(*(values_of(demo.controls[name]) for name in demo.recorded)):
        each = own | dict(zip(demo.recorded, values, strict=True))
        if each != own:
            found.append(each)
    found.sort(key=lambda each: not differ_by_scene(demo, each, own))
    is_declared = any(isinstance(demo.controls[name], Pointed) for name in demo.recorded)
    return found if demo.is_run or is_declared else reachable(demo, found)


def differ_by_scene(demo: Demo, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Are these the settings of scenes that a reader steps through one after another, or the same settings?"""
    return {**one, demo.scenes: ""} == {**other, demo.scenes: ""}


def values_of(control: Control) -> list[Any]:
    """Return all values of a control."""
    spec = control.spec()
    return list(spec.get("values") or spec.get("stops") or range(spec["low"], spec["high"] + 1))


def reachable(demo: Demo, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what can be reached by pointing, from the first of these settings on; at most MAX_FIGURES in all."""
    first = found[0]
    home = {name: first[name] for name, control in demo.controls.items() if isinstance(control, Pointed)}
    known = dict.fromkeys(tuple(each.items()) for each in found)
    for current in (queue := list(found)):
        if len(known) >= MAX_FIGURES:
            break
        for part in PART.findall("".join(panel.svg() for panel in demo.still(**current).panels)):
            each = demo.parse(current | home | settings_in(demo, part))
            if tuple(each.items()) not in known and len(known) < MAX_FIGURES:
                known[tuple(each.items())] = None
                queue.append(each)
    return queue


def settings_in(demo: Demo, part: str) -> dict[str, Any]:
    """Return the settings in a part of a figure, such as "row=3,column=4"."""
    pairs = (pair.split("=") for pair in part.split(","))
    return {name: value if isinstance(demo.defaults[name], str) else int(value) for name, value in pairs}


def record(demo: Demo, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a run as the worker would send them, at even distances, with the first and the last."""
    states = list(demo.states(**settings))
    stride = max(1, -(-(len(states) - 1) // MAX_STEPS))
    return [demo.picture(state).to_json() for state in (*states[:-1:stride], states[-1])]


def ranges(numbers: list[int]) -> list[int]:
    """Return whole numbers as ranges: the first of each and how many follow on each other.

    >>> ranges([4, 5, 6, 2, 8, 9])
    [4, 3, 2, 1, 8, 2]
    """
    found: list[int] = []
    for number in numbers:
        if found and number == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += [number, 1]
    return found


def pack(runs: list[Run]) -> str:
    """Return runs, each with its settings, as JSON: elements of drawings and rows of tables are listed once.

    A drawing is stored as ranges of its elements' numbers.
    """
    parts: dict[str, int] = {}

    def number(part: Any) -> int:
        return parts.setdefault(json.dumps(part), len(parts))

    def numbered(figure: dict[str, Any]) -> dict[str, Any]:
        panels = [ranges([number(each) for each in ELEMENT.findall(panel)]) for panel in figure["panels"]]
        table = {**figure["table"], "rows": [number(cells) for cells in figure["table"]["rows"]]}
        return {**figure, "panels": panels, "table": table}

    packed = [{"settings": settings, "frames": [*map(numbered, figures)]} for settings, figures in runs]
    return json.dumps({"parts": [json.loads(part) for part in parts], "runs": packed}, separators=(",", ":"))
