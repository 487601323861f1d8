"""What the page on randomness and difference says, asserted over several seeds."""

from __future__ import annotations

import inspect
import json
from functools import cache

import numpy as np
import one_tie_breaker
import pytest
import tie_breakers as demo_file
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from convlens import ops, optim
from convlens import train as train_module
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE, ROOT

from .corners import corners

EVIDENCE_OF = load("tie_breakers")

tie_breakers, MECHANISMS, PLAIN = demo_file.tie_breakers, demo_file.MECHANISMS, EVIDENCE_OF.PLAIN
SEEDS, TASKS = range(5), ("several", "one", "digits")
KEPT = [key for key, mechanism in MECHANISMS.items() if not mechanism.parts]
PARTED = [key for key, mechanism in MECHANISMS.items() if mechanism.parts]
PAGE = (ROOT / "docs/questions/random-or-different.md").read_text()


@cache
def last(key, seed, **changed):
    *_, result = one_tie_breaker.run(MECHANISMS[key], **{**PLAIN, **changed}, seed=seed)
    return result


@pytest.mark.sample(2)
@pytest.mark.parametrize(("task", "seed", "key"), corners(TASKS, tuple(SEEDS), tuple(KEPT)))
def test_what_treats_filters_alike_leaves_them_equal_to_the_last_bit(key, seed, task):
    results = list(one_tie_breaker.run(MECHANISMS[key], **{**PLAIN, "task": task}, seed=seed))
    assert [result.difference for result in results] == [0.0] * 201
    assert results[-1].moved > 1e-2, "equal because nothing moves would prove nothing"


@pytest.mark.sample(2)
@pytest.mark.parametrize("filters", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (4, 5, 6))])
@pytest.mark.parametrize("key", KEPT)
def test_so_it_is_for_every_number_of_filters(key, filters):
    assert last(key, 0, filters=filters).difference == 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_flipping_the_images_at_random_does_not_part_them(seed):
    def flips(e):
        e.stream = (
            (np.where(e.rng.random((len(e.x), 1, 1, 1)) < 0.5, e.x, e.x[..., ::-1]), e.labels)
            for _ in iter(int, 1)
        )

    mechanism = one_tie_breaker.Mechanism("flips", "flips", True, ("the same images",), flips)
    *_, result = one_tie_breaker.run(mechanism, **PLAIN, seed=seed)
    assert result.difference == 0.0
    assert result.moved > 1e-2


@pytest.mark.sample(2)
@pytest.mark.parametrize("filters", [2, pytest.param(5, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", PARTED)
def test_what_treats_one_filter_in_its_own_way_parts_it(key, seed, filters):
    tiny = key in {"order", "bits"}
    assert last(key, seed, filters=filters).difference > (0.0 if tiny else 1e-4)


@pytest.mark.sample(2)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("key", PARTED)
def test_on_real_digits_the_same_things_part_them(key, seed):
    assert last(key, seed, task="digits").difference > 0


def test_chance_does_not_sort_them_and_the_page_counts_rightly():
    chance = [key for key, mechanism in MECHANISMS.items() if mechanism.chance]
    assert len(MECHANISMS) == 19
    assert (len(KEPT), len(PARTED)) == (11, 8)
    assert (len(set(chance) & set(KEPT)), len(set(chance) & set(PARTED))) == (4, 3)
    assert "nineteen things" in PAGE
    assert "eleven things that both filters share" in PAGE
    assert "other eight give each filter something of its own" in PAGE.replace("\n", " ")


@pytest.mark.parametrize("key", [key for key, mechanism in MECHANISMS.items() if not mechanism.chance])
def test_what_is_said_to_draw_nothing_draws_nothing(key, monkeypatch):
    states = []

    class Watched(one_tie_breaker.Experiment):
        def __init__(self, *args):
            super().__init__(*args)
            states.append((self.rng, self.rng.bit_generator.state))

    monkeypatch.setattr(one_tie_breaker, "Experiment", Watched)
    list(one_tie_breaker.run(MECHANISMS[key], **{**PLAIN, "steps": 5}, seed=0))
    ((rng, before),) = states
    assert rng.bit_generator.state == before


def test_what_the_page_asks_to_sort_is_what_the_tests_above_have_run():
    fence = yaml.safe_load(PAGE.partition("``` sort\n")[2].partition("```")[0])
    assert fence["settings"].items() <= one_tie_breaker.one_tie_breaker.parse({}).items()
    assert set(fence["boxes"]) == {"kept", "parted"}
    keys = [item["key"] for item in fence["items"]]
    assert (len(set(keys) & set(KEPT)), len(set(keys) & set(PARTED))) == (6, 6)
    for item in fence["items"]:
        assert item["text"] == MECHANISMS[item["key"]].name, "as in the figure"
        assert item["row"] == ("dice" if MECHANISMS[item["key"]].chance else "fixed")
    columns = [(item["row"], MECHANISMS[item["key"]].parts) for item in fence["items"]]
    assert [columns.count(("dice", parts)) for parts in (False, True)] == [2, 2], "chance sorts nothing"


def test_the_two_lines_that_the_page_shows_are_in_the_library():
    assert "order = rng.permutation(len(x))" in inspect.getsource(train_module.__globals__["_mini_batches"])
    assert "rng.random(x.shape) >= p" in inspect.getsource(ops.dropout)
    assert "order = rng.permutation(len(x))" in PAGE
    assert "rng.random(x.shape) >= p" in PAGE


def test_the_reversed_filter_differs_by_rounding_only():
    x = np.random.default_rng(0).normal(size=(8, 1, 12, 12))
    plain, reverse = (one_tie_breaker.Experiment(x, np.arange(8) % 4, 2, 1.0, 0) for _ in range(2))
    MECHANISMS["order"].change(reverse)
    model, params = plain.start()
    y, vjp = model.layers[0](params["conv1"], x)
    reversed_y, reversed_vjp = reverse.start()[0].layers[0](params["conv1"], x)
    assert np.array_equal(y, reversed_y)
    plain, changed = vjp(np.cos(y))[1]["weight"], reversed_vjp(np.cos(y))[1]["weight"]
    assert np.array_equal(plain[0], changed[0])
    assert 0 < np.abs(plain[1] - changed[1]).max() < 1e-12


@pytest.mark.parametrize("key", one_tie_breaker.KEYS)
def test_the_curve_of_one_is_that_of_its_run(key):
    *states, last_state = one_tie_breaker.one_tie_breaker.states(mechanism=key)
    run = list(one_tie_breaker.run(MECHANISMS[key], **PLAIN, seed=0))
    assert last_state.differences == tuple((r.step, r.difference) for r in run[::4])
    assert [len(state.differences) for state in states] == list(range(1, 51))
    assert one_tie_breaker.draw(last_state).outcome == f"{key}:{'parted' if key in PARTED else 'kept'}"


@pytest.mark.parametrize("key", one_tie_breaker.KEYS)
def test_the_picture_says_what_the_filters_share_or_what_each_has_and_hides_it_at_the_start(key):
    first, *_, last_state = one_tie_breaker.one_tie_breaker.states(mechanism=key)
    begins, ends = (one_tie_breaker.draw(state).panels[0].svg() for state in (first, last_state))
    for word in MECHANISMS[key].gets:
        assert word not in begins
        assert f">{'' if key in PARTED else 'shared: '}{word}</text>" in ends
    assert (">=</text>" in ends, ">≠</text>" in ends) == (key in KEPT, key in PARTED)


def test_a_difference_that_pays_grows_and_one_that_does_not_stays_tiny():
    def grown(task):
        return np.median([last("order", seed, task=task, steps=800).difference for seed in range(3)])

    assert grown("several") > 100 * grown("one")
    assert grown("one") < 1e-12


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from(["all", "chance", "fixed"]),
    st.integers(2, 6),
    st.integers(50, 80),
    st.sampled_from(["several", "one"]),
    st.floats(1e-2, 1e3),
    st.integers(0, 9999),
)
def test_every_setting_ends_in_a_figure(mechanisms, filters, steps, task, rate, seed):
    chosen = {"mechanisms": mechanisms, "filters": filters, "steps": steps, "task": task}
    check(tie_breakers.still(**chosen, rate=rate, seed=seed), mechanisms)


@pytest.mark.parametrize(
    ("mechanisms", "filters", "task", "rate"),
    corners(("all", "chance", "fixed"), (2, 6), TASKS, (1e-2, 1e3)),
)
def test_every_corner_ends_in_a_figure(mechanisms, filters, task, rate):
    chosen = {"mechanisms": mechanisms, "filters": filters, "task": task, "rate": rate, "steps": 50}
    check(tie_breakers.still(**chosen, seed=9999), mechanisms)


def chosen(mechanisms):
    return [
        key for key, m in MECHANISMS.items() if mechanisms == "all" or m.chance == (mechanisms == "chance")
    ]


def check(figure, mechanisms):
    assert len(figure.table.rows) == len(chosen(mechanisms))
    assert figure.alt.startswith("After ")
    assert all(np.isfinite(row[3:]).all() for row in figure.table.rows)
    kept = {name: m for name, m in ((m.name, m) for m in MECHANISMS.values()) if not m.parts}
    for name, _, _, difference, _ in figure.table.rows:
        if name.removesuffix(" (diverged)") in kept:
            assert difference == 0, "no learning rate and no number of steps parts them"


def test_a_run_that_diverges_shows_its_last_numbers(monkeypatch):
    exploding = MECHANISMS["momentum"]._replace(change=explode)
    monkeypatch.setitem(MECHANISMS, "momentum", exploding)
    figure = tie_breakers.still(mechanisms="fixed", steps=50)
    (row,) = (row for row in figure.table.rows if row[0].endswith("(diverged)"))
    assert row[2] < 50
    assert np.isfinite(row[3:]).all()
    assert "diverged" in figure.caption


def explode(e):
    e.optimizer = optim.SGD(10.0, weight_decay=1e6)


def test_the_sentence_the_columns_the_table_and_the_outcome_agree():
    figure = tie_breakers.still()
    differences = {row[0]: row[3] for row in figure.table.rows}
    parted = [key for key, mechanism in MECHANISMS.items() if differences[mechanism.name] > 0]
    assert parted == PARTED
    assert figure.outcome.split() == [
        f"{key}:{'parted' if key in parted else 'kept'}" for key in chosen("all")
    ]
    assert "11 left the filters exactly equal, difference 0, and 8 separated them" in figure.alt
    assert "drawn by 4 of the 11 that left them equal and by 3 of the 8 that separated them" in figure.alt
    for key, mechanism in MECHANISMS.items():
        shown = [f">{mechanism.name}</text>" in panel.svg() for panel in figure.panels]
        assert shown == [key in KEPT, key in PARTED]


def test_the_same_settings_give_the_same_pictures_with_more_and_more_rows():
    figures = list(tie_breakers(steps=50, seed=3))
    assert [f.to_json() for f in figures] == [f.to_json() for f in tie_breakers(steps=50, seed=3)]
    assert len({tuple((panel.width, panel.height) for panel in figure.panels) for figure in figures}) == 1
    rows = [len(figure.table.rows) for figure in figures]
    assert rows == sorted(rows)
    assert rows[0] == 1


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"mechanisms": "dropout"}, "mechanisms"),
        ({"filters": 1}, "filters"),
        ({"filters": 2.5}, "filters"),
        ({"steps": 10**9}, "steps"),
        ({"rate": 0}, "rate"),
        ({"rate": float("nan")}, "rate"),
        ({"task": "both"}, "task"),
        ({"seed": -1}, "seed"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError) as refusal:
        tie_breakers.parse(raw)
    assert refusal.value.control == control


def test_the_evidence_says_what_the_page_says():
    cases = json.loads((EVIDENCE / "tie_breakers.json").read_text())["cases"]
    for case in TASKS:
        assert cases[case]["kept"]["max"] == 0
        assert cases[case]["parted"]["min"] > 0
    assert cases["bit"]["bit"]["min"] == 0 < cases["bit"]["bit"]["median"]
    for key in ("order", "bits"):
        assert cases["long"][key]["median"] > 1000 * cases["several"][key]["median"]
    assert cases["long"]["bits"]["min"] > cases["several"]["bits"]["max"], "they grew in every seed"
    assert cases["long-one"]["bits"]["median"] < 1e-12
    assert cases["long-digits"]["bits"]["min"] > 1
