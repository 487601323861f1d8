"""What the lesson says, over several seeds, and that the cell which it prints is the one that was measured."""

from __future__ import annotations

import json
import re

import pytest

from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE, ROOT

CELL = (ROOT / "docs/packages/lesson.py").read_text("utf-8")
SETTINGS = re.search(r"^SEED, .*$", CELL, re.MULTILINE)[0]
LESSON = load("lesson")
RECORDED = json.loads((EVIDENCE / "lesson.json").read_text("utf-8"))["cases"]
SEEDS = range(6)  # those that the lesson gives to groups
TIES = {"same-same": (True, True), "same-different": (True, False), "different-same": (False, True)}
TASKS = {
    "tanh": ("ReLU(), Global", "Tanh(), Global"),
    "dropout-on-image": ("Sequential(Conv2d", "Sequential(Dropout(), Conv2d"),
    "dropout-after-relu": ("ReLU(), Global", "ReLU(), Dropout(), Global"),
}


def run_cell(capsys, seed: int, incoming=True, outgoing=True, speck=0.0, steps=300, change=("", "")) -> float:
    """Run the cell as a student changes it, and return the number that it prints."""
    wanted = f"SEED, SAME_FILTERS, SAME_NEXT, SPECK, STEPS = {seed}, {incoming}, {outgoing}, {speck}, {steps}"
    assert change[0] in CELL
    exec(CELL.replace(SETTINGS, wanted).replace(*change), {})
    return float(re.search(r"are (\S+) apart", capsys.readouterr().out)[1])


def test_the_cell_is_short_enough_to_be_read_at_a_glance():
    assert len([line for line in CELL.splitlines() if line]) <= 15
    assert max(map(len, CELL.splitlines())) <= 88


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", TIES)
def test_the_cell_gives_what_the_evidence_holds(capsys, case, seed):
    kept = RECORDED[case]["apart"]["values"][seed]
    assert run_cell(capsys, seed, *TIES[case]) == pytest.approx(kept, rel=1e-3, abs=0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", TASKS)
def test_a_task_asks_for_a_change_that_gives_what_the_key_says(capsys, case, seed):
    kept = RECORDED[case]["apart"]["values"][seed]
    assert run_cell(capsys, seed, change=TASKS[case]) == pytest.approx(kept, rel=1e-3, abs=0)


def test_the_answers_of_the_key_hold_for_every_seed_recorded():
    apart = {case: numbers["apart"] for case, numbers in RECORDED.items()}
    for zero in ("same-same", "tanh", "pairs", "dropout-on-image"):
        assert apart[zero]["min"] == apart[zero]["max"] == 0, zero
    for different in ("same-different", "different-same", "different-different", "dropout-after-relu"):
        assert apart[different]["min"] > 0.01, different
    assert RECORDED["pairs"]["other_pair"]["max"] == 0
    assert RECORDED["pairs"]["between_pairs"]["min"] > 1
    assert RECORDED["speck"]["growth"]["min"] > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answers_hold_when_measured_again(seed):
    for case in ("same-same", "tanh", "pairs", "dropout-on-image"):
        assert LESSON.measure(seed, **LESSON.CASES[case])["apart"] == 0, case
