"""Recordings: which runs are recorded, what of a run, and that packing loses nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from itertools import batched, pairwise
from typing import Annotated, Any, Literal

import pytest

from convlens_live.controls import Choice, Pointed, Seed, Slider
from convlens_live.demo import Demo, demo
from convlens_live.figures import Figure, Table, column, part, space, text
from convlens_site import recording
from convlens_site.fences import recordings


def figure(said: str, *parts: Any) -> Figure:
    return Figure((column(text(said), *parts),), f"It is {said}.", Table(("what",), ((said,), ("a row",))))


@demo(question="questions/x.md", recorded=("way", "filters"))
def run(
    way: Annotated[Literal["up", "down"], Choice("Way")] = "up",
    filters: Annotated[int, Slider("Filters", 1, 3, step=1)] = 2,
    steps: Annotated[int, Slider("Steps", 0, 240, step=1)] = 150,
    seed: Annotated[int, Seed()] = 0,
) -> Iterator[Figure]:
    """A run"""
    for step in range(steps + 1):
        yield figure(f"{way} {step} {filters} {seed}")


@demo(question="questions/x.md")
def place(
    row: Annotated[int, Pointed("Row", 0, 2)] = 1,
    column: Annotated[int, Pointed("Column", 0, 2)] = 1,
    seed: Annotated[int, Seed()] = 0,
) -> Figure:
    """A place, from which one sees its neighbours"""
    left = part(space(30, 30), "left", row=row, column=max(column - 1, 0))
    top = part(space(30, 30), "top row", row=0)
    return figure(f"{row} {column} {seed}", left, top)


def unpacked(packed: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The same as `unpack` in recording.js, written a second time."""
    content = json.loads(packed)
    parts = content["parts"]

    def whole(packed_figure: dict[str, Any]) -> dict[str, Any]:
        panels = [
            "".join("".join(parts[n : n + count]) for n, count in batched(panel, 2))
            for panel in packed_figure["panels"]
        ]
        table = {**packed_figure["table"], "rows": [parts[n] for n in packed_figure["table"]["rows"]]}
        return {**packed_figure, "panels": panels, "table": table}

    return [(each["settings"], [whole(one) for one in each["frames"]]) for each in content["runs"]]


def test_the_settings_of_the_page_come_first_then_each_combination_once() -> None:
    found = recording.settings_of(run, {"seed": 4})
    assert found[0] == {"way": "up", "filters": 2, "steps": 150, "seed": 4}
    assert len(found) == 6
    assert {(each["way"], each["filters"]) for each in found} == {
        (way, n) for way in ("up", "down") for n in (1, 2, 3)
    }
    assert {(each["steps"], each["seed"]) for each in found} == {(150, 4)}


def test_what_can_be_pointed_at_is_recorded_and_what_a_part_does_not_name_is_as_on_the_page() -> None:
    found = [(each["row"], each["column"]) for each in recording.settings_of(place, {"seed": 3})]
    assert found == [(1, 1), (1, 0), (0, 1), (0, 0)]


def test_where_a_demo_without_runs_says_what_is_recorded_it_is_no_more() -> None:
    @demo(question="questions/q.md", recorded=("row",))
    def rows(
        row: Annotated[int, Pointed("Row", 0, 2)] = 0, column: Annotated[int, Pointed("Column", 0, 2)] = 1
    ) -> Figure:
        """Rows"""
        return figure(f"{row} {column}", part(space(30, 30), "right", row=row, column=2))

    found = [(each["row"], each["column"]) for each in recording.settings_of(rows, {})]
    assert found == [(0, 1), (1, 1), (2, 1)]


def test_pointing_without_end_is_recorded_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_FIGURES", 3)
    assert len(recording.settings_of(place, {})) == 3


@pytest.mark.parametrize(("steps", "count"), [(0, 1), (1, 2), (60, 61), (61, 32), (150, 51), (240, 61)])
def test_a_recording_holds_the_first_and_the_last_figure_and_at_most_60_steps(steps: int, count: int) -> None:
    figures = recording.record(run, {"steps": steps, "filters": 1})
    assert len(figures) == count <= 1 + recording.MAX_STEPS
    assert figures[0]["alt"] == "It is up 0 1 0."
    assert figures[-1]["alt"] == f"It is up {steps} 1 0."
    at = [int(each["alt"].split()[3]) for each in figures]
    assert len({after - before for before, after in pairwise(at[:-1])}) <= 1


@pytest.mark.parametrize("each", [run, place])
def test_a_recording_is_what_the_worker_would_have_sent(each: Demo) -> None:
    runs = [(settings, recording.record(each, settings)) for settings in recording.settings_of(each, {})]
    assert unpacked(recording.pack(runs)) == runs
    states = list(each.states(**runs[0][0]))
    assert runs[0][1][-1] == each.picture(states[-1]).to_json()


def test_what_figures_share_is_stored_once() -> None:
    figures = recording.record(run, {"steps": 50})
    packed = recording.pack([({}, figures)])
    assert packed.count("a row") <= 2, "once as text, once as value"
    assert len(packed) < len(json.dumps(figures)) / 2


@pytest.mark.parametrize("names", ["way", ["way"], ("way", "colour"), (3,)])
def test_controls_that_do_not_exist_are_refused(names: Any) -> None:
    with pytest.raises(ValueError, match=r"recorded is .*; it must be a tuple of controls' names"):
        demo(question="questions/x.md", recorded=names)(run.function)


def test_runs_share_a_file_until_it_is_full_and_the_page_is_told_which_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = [(settings, recording.record(run, settings)) for settings in recording.settings_of(run, {})]
    sizes = [len(gzip.compress(recording.pack([each]).encode(), 9)) for each in runs]
    for full, most in ((1, 1), (2 * max(sizes), len(runs)), (10**6, len(runs))):
        monkeypatch.setattr(recordings, "FULL", full)
        groups = recordings.fill(runs)
        assert [each for group in groups for each in group] == runs, "in their order"
        assert max(map(len, groups)) <= most
        for group in groups:
            assert len(group) == 1 or len(gzip.compress(recording.pack(group).encode(), 9)) <= full
        held = [values for group in groups for values in recordings.held(run, group)]
        assert held == [[settings["way"], settings["filters"]] for settings, _ in runs]
    assert len(recordings.fill(runs)) == 1
    assert recordings.held(place, [({}, [])] * 3) == [[]], (
        "where figures follow each touch, a file holds what it holds"
    )
