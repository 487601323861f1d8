"""What the page on the black line says, asserted over several seeds."""

from __future__ import annotations

import json
from functools import cache
from itertools import islice

import black_line as demo_file
import kept_minus as law_file
import numpy as np
import pytest
from errors_left import errors_left

from convlens import SGD, shapes
from convlens.symmetry import cosine
from convlens.train import batches, train
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE

EVIDENCE_OF = load("black_line")

black_line, kept_minus = demo_file.black_line, law_file.kept_minus


def recorded() -> dict:
    return json.loads((EVIDENCE / "black_line.json").read_text("utf-8"))


@cache
def end(case: str, seed: int) -> dict[str, float]:
    return EVIDENCE_OF.measure(seed, **EVIDENCE_OF.CASES[case])


@pytest.fixture(params=[3, pytest.param(5, marks=pytest.mark.slow)])
def seeds(request):
    return range(request.param)


@pytest.fixture
def ends(seeds):
    """Return what gives the numbers of a case at the end, for each of the first few seeds."""
    return lambda case: [end(case, seed) for seed in seeds]


def test_the_pull_of_the_line_images_falls_and_that_of_the_squiggles_rises_in_every_seed(ends):
    for case in ("usual", "tiny-start"):
        for run in ends(case):
            assert run["accuracy"] > 0.9
            assert run["line_pull"] < run["line_pull_at_start"] / 2
            assert run["other_pull"] > 2 * run["other_pull_at_start"]


def test_line_filters_explain_squares_too_so_the_pull_moves_to_them_much_less(ends):
    def moved(case):
        return np.median([run["other_pull"] - run["other_pull_at_start"] for run in ends(case)])

    assert 2 * moved("square") < moved("usual")


def test_some_filters_become_line_like_and_at_the_usual_start_never_all(ends):
    for case in ("usual", "only-line", "square"):
        counts = [run["line_like"] for run in ends(case)]
        assert 0 < np.median(counts) <= 4
        assert max(counts) < 8
        assert sum(counts) > sum(run["line_like_at_start"] for run in ends(case))


@pytest.mark.parametrize(
    ("seeds", "usual", "tiny"),
    [
        (3, "usual", "tiny-start"),
        pytest.param(5, "usual", "tiny-start", marks=pytest.mark.slow),
        pytest.param(
            5, "only-line", "only-line-tiny-start", marks=pytest.mark.slow
        ),  # of the first three, as many
    ],
    indirect=["seeds"],
)
def test_a_tiny_start_makes_more_filters_line_like(ends, usual, tiny):
    few, many = (sum(run["line_like"] for run in ends(case)) for case in (usual, tiny))
    assert many > 1.2 * few


@pytest.mark.parametrize(
    "case",
    ["usual", "adam", pytest.param("pytorch-start", marks=pytest.mark.slow), "tiny-start", "tiny-start-adam"],
)
def test_no_filter_that_keeps_its_minus_becomes_a_line_detector(ends, case):
    runs = ends(case)
    assert sum(run["begin_minus"] for run in runs) > 0 or case == "tiny-start-adam", (
        "there nearly all change it"
    )
    assert sum(run["detector_minus"] for run in runs) == 0
    others = sum(run["detector_plus"] + run["detector_turned"] for run in runs)
    assert others > 0 or case == "adam", "with Adam hardly any filter does"


def test_about_half_of_the_filters_begin_with_a_minus_and_some_of_these_change_it(ends):
    runs = ends("usual")
    minus = sum(run["begin_turned"] + run["begin_minus"] for run in runs)
    assert 0.3 < minus / (8 * len(runs)) < 0.7
    assert 0.1 < sum(run["begin_turned"] for run in runs) / minus < 0.7
    for run in runs:
        assert run["begin_plus"] + run["begin_turned"] + run["begin_minus"] == 8
        assert run["line_like_plus"] + run["line_like_turned"] + run["line_like_minus"] == run["line_like"]


def test_the_law_does_not_hang_on_the_limit_of_likeness(seeds):
    """With the usual start no filter that keeps its minus comes near it; the others go far beyond."""
    highest = {True: 0.0, False: 0.0}
    for seed in seeds:
        *_, run = demo_file.simulate(**EVIDENCE_OF.USUAL, seed=seed)
        for kept in highest:
            highest[kept] = max(highest[kept], run.moments[-1].likeness[run.minus == kept].max(initial=0))
    assert highest[True] < 0.5
    assert highest[False] > 0.6


def test_a_minus_is_kept_only_by_a_filter_that_has_it_at_every_step():
    for run in demo_file.simulate(**EVIDENCE_OF.USUAL, seed=0):
        for moment in run.moments:
            assert not run.minus[moment.sign >= 0].any()


def test_the_count_depends_on_start_and_optimizer(ends):
    cases = ("usual", "adam", "tiny-start", "tiny-start-adam")
    middle = {case: np.median([run["line_like"] for run in ends(case)]) for case in cases}
    assert middle["adam"] < middle["usual"] < middle["tiny-start"]
    assert middle["tiny-start-adam"] < middle["tiny-start"]


def test_most_filters_respond_most_to_lines_though_few_look_like_them(ends):
    for run in ends("usual"):
        assert run["responds_most_to_lines"] >= run["line_like"]
    assert np.median([run["responds_most_to_lines"] for run in ends("usual")]) > 4


def test_pytorchs_start_draws_weights_and_biases_evenly_up_to_its_limit():
    params = demo_file.first_weights(np.random.default_rng(0), 200, "pytorch")
    for layer, fan_in in (("conv1", 25), ("linear1", 200)):
        for values in params[layer].values():
            assert 0 < np.abs(values).max() <= 1 / np.sqrt(fan_in)
    tiny, usual = (demo_file.first_weights(np.random.default_rng(0), 8, start) for start in ("tiny", "he"))
    np.testing.assert_allclose(100 * tiny["conv1"]["weight"], usual["conv1"]["weight"])


@pytest.mark.parametrize(
    ("usual", "tiny"),
    [
        ("usual", "tiny-start"),
        pytest.param("only-line", "only-line-tiny-start", marks=pytest.mark.slow),
    ],
)
def test_a_filter_keeps_much_of_its_shape_and_a_tiny_one_does_not(ends, usual, tiny):
    assert min(run["kept_shape"] for run in ends(usual)) > 0.5
    assert max(run["kept_shape"] for run in ends(tiny)) < 0.5


def test_a_tiny_start_is_undecided_and_the_usual_one_is_not(ends):
    tiny, usual = (
        [abs(run["residual_at_start"] - 0.5) for run in ends(case)] for case in ("tiny-start", "usual")
    )
    assert max(tiny) < 1e-3
    assert max(usual) > 10 * max(tiny)


def test_ink_alone_sorts_most_images_and_without_that_fewer_filters_look_like_the_line(ends):
    usual, equal = ends("usual"), ends("equal-ink")
    assert min(run["ink_percent"] for run in usual) > 90
    assert max(run["ink_percent"] for run in equal) < 75
    assert sum(run["line_like"] for run in equal) < sum(run["line_like"] for run in usual)
    assert min(run["accuracy"] for run in equal) > 0.95


def test_the_ink_is_judged_by_the_best_threshold():
    x = np.arange(4.0).reshape(4, 1, 1, 1)
    assert EVIDENCE_OF.sorted_by_ink(x, np.array([0, 0, 1, 1])) == 1
    assert EVIDENCE_OF.sorted_by_ink(x, np.array([0, 1, 0, 1])) == 0.75


def test_the_residual_shrinks_and_does_not_reach_zero(ends):
    for run in ends("usual"):
        assert 0 < run["residual"] < run["residual_at_start"] / 10


def test_the_likeness_is_the_best_cosine_with_a_line_at_one_of_five_heights():
    filters = np.random.default_rng(0).normal(size=(6, 5, 5))
    filters[0] = -shapes.horizontal()
    for kernel, found in zip(filters, demo_file.likeness(filters), strict=True):
        lines = [np.roll(shapes.horizontal(), shift, axis=0) for shift in range(5)]
        best = max((cosine(kernel, line) for line in lines), key=abs)
        assert found == pytest.approx(best)
    assert demo_file.likeness(filters)[0] == pytest.approx(-1)
    assert demo_file.likeness(np.zeros((1, 5, 5)))[0] == 0


@pytest.mark.parametrize(("share", "lines"), [(0, 0), (0.8, 26), (1, 32)])
def test_the_images_are_what_the_controls_say(share, lines):
    x, labels, kinds = demo_file.make_images(np.random.default_rng(0), share, "square")
    assert x.shape == (64, 1, 12, 12)
    assert labels.sum() == 32
    assert (kinds == 1).sum() == lines
    assert (kinds[labels == 1] > 0).all()
    assert (kinds[labels == 0] == 0).all()


def test_ten_networks_are_ten_single_runs():
    *_, ten = demo_file.train_ten("tiny", "sgd", 9990)
    for n in (0, 9):
        *_, run = demo_file.simulate("tiny", "sgd", 9990 + n)
        np.testing.assert_array_equal(ten.likeness[n], run.moments[-1].likeness)


def test_the_sentence_the_table_the_number_and_the_outcome_say_the_same():
    figure = black_line.still()
    median = np.median([row[1] for row in figure.table.rows])
    assert f"{median:g} of 8 filters are like the line" in figure.alt
    assert figure.outcome == f"{median:g}"
    for panel in figure.panels:
        assert '<g data-while="likeness 30 31" data-said="true"><text' in panel.svg()
        assert f">{median:g} of 8<" in panel.svg().split('data-while="likeness 30 31" data-said="true"')[1]


def test_every_limit_shows_the_count_of_the_filters_that_reach_it():
    *_, ten = demo_file.train_ten("he", "sgd", 0)
    counts = np.array([demo_file.BAR.count(like) for like in ten.likeness])
    for stop, value in enumerate(demo_file.BAR.stops):
        np.testing.assert_array_equal(counts[:, stop], (ten.likeness >= value - 1e-9).sum(axis=1))


def test_the_guess_is_right_in_a_typical_network_and_near_it_in_some_of_the_ten():
    """The replies say so of one filter more or less."""
    *_, ten = demo_file.train_ten("he", "sgd", 0)
    counts = (ten.likeness >= demo_file.LINE_LIKE).sum(axis=1)
    assert {1, 2, 3} <= set(counts.tolist())
    assert np.median(counts) == 2


@pytest.mark.parametrize(("start", "optimizer"), [("he", "adam"), ("tiny", "sgd"), ("tiny", "adam")])
def test_every_setting_ends_in_a_figure(start, optimizer):
    figure = black_line.still(start=start, optimizer=optimizer, seed=9990)
    assert figure.alt.startswith("After 300 steps")
    assert len(figure.table.rows) == 10


def test_a_run_that_diverges_says_so_and_keeps_its_last_figure(monkeypatch):
    monkeypatch.setitem(demo_file.OPTIMIZERS, "sgd", SGD(1e300))
    figure = black_line.still()
    assert "diverged in 10 of the ten" in figure.caption
    assert "nan" not in figure.svg


def test_a_line_image_that_is_still_wrong_adds_the_line_to_a_plus_and_takes_it_from_a_minus():
    """One small step on line images alone: where a filter responds, its row sums move with its sign."""
    for seed in range(3):
        x, labels, kinds = demo_file.make_images(np.random.default_rng(seed), 0.8, "squiggle")
        params = demo_file.first_weights(np.random.default_rng(seed), 8, "he")
        model, lines = demo_file.model_of(8), kinds == 1
        step = list(islice(train(model, params, batches(x[lines], labels[lines]), SGD(0.1)), 2))[-1]
        moved = (step.params["conv1"]["weight"] - params["conv1"]["weight"]).sum(axis=(1, 2, 3))
        active = np.abs(moved) > 1e-9
        assert active.sum() >= 6
        np.testing.assert_array_equal(np.sign(moved[active]), np.sign(demo_file.signs(params)[active]))


# --- which filters become the line ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("case", "start", "optimizer"),
    [
        ("usual", "he", "sgd"),
        ("adam", "he", "adam"),
        ("tiny-start", "tiny", "sgd"),
        ("tiny-start-adam", "tiny", "adam"),
    ],
)
def test_no_filter_that_keeps_its_minus_gives_half_of_its_response_to_line_images(case, start, optimizer):
    """And the strips count what the evidence counts over the same seeds."""
    numbers, figure = recorded()["cases"][case], kept_minus.still(start=start, optimizer=optimizer)
    rows = figure.table.rows
    for kind, row in zip(("plus", "turned", "minus"), rows, strict=True):
        named = [numbers[f"{name}_{kind}"] for name in ("begin", "line_like", "half_response", "detector")]
        assert list(row[1:]) == [sum(each["values"][: law_file.NETWORKS]) for each in named]
    (_, plus, *of_plus), (_, turned, *_), (_, kept, shaped, responsive, both) = rows
    assert plus + turned + kept == 8 * law_file.NETWORKS
    assert kept > 0
    assert (responsive, both) == (0, 0)
    assert shaped == 0 or start == "tiny"
    assert of_plus[1] > plus / 2
    assert ("It has the shape" in figure.caption) == (shaped > 0), "the exception is said where it shows"
    by_response = kept_minus.still(start=start, optimizer=optimizer, measure="response")
    assert "It has the shape" not in by_response.caption


def test_every_few_networks_there_is_a_figure_of_all_filters_so_far(monkeypatch):
    monkeypatch.setattr(law_file, "measured", lambda start, optimizer, seed: np.full((3, 8), seed / 50))
    sizes = [state.filters.shape for state in kept_minus.states(seed=3)]
    assert sizes == [(3, 8 * networks) for networks in (5, 10, 15, 20, 25)]


def test_from_a_tiny_start_the_one_with_a_minus_and_the_shape_responds_to_all_images_alike():
    *_, run = demo_file.simulate("tiny", "sgd", 21, every=demo_file.STEPS)
    x, _, kinds = demo_file.make_images(np.random.default_rng(21), 0.8, "squiggle")
    params = run.moments[-1].step.params
    like, groups = demo_file.likeness(params["conv1"]["weight"][:, 0]), law_file.responses(params, x, kinds)
    (one,) = np.flatnonzero(run.minus & (like >= demo_file.LINE_LIKE))
    assert groups[:, one].max() < 1.1 * groups[:, one].min()


# --- whose errors are left --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings", [{}, {"start": "tiny"}, {"optimizer": "adam"}, {"start": "tiny", "optimizer": "adam"}]
)
def test_line_images_are_learned_first_and_squiggles_stay_wrong_for_longer(settings):
    *_, errors = islice(errors_left.states(**settings), 3)
    lines, squiggles = errors.wrong[:, 0], errors.wrong[:, 1]
    half = [int((wrong < 0.25).argmax()) for wrong in (lines, squiggles)]
    assert 0 < half[0] < half[1] or half[1] == 0
    assert lines[-1] < squiggles[-1]
    assert errors.networks == 6, "a figure after every second network"
    assert errors.shares[-1, 0] < errors.shares[0, 0] / 2
    np.testing.assert_allclose(errors.shares.sum(axis=1), 1, atol=0.1)


def test_after_full_accuracy_the_errors_are_small_and_not_zero(seeds):
    for seed in seeds:
        found = end("usual", seed)
        assert found["accuracy"] == 1
        assert 0 < found["residual"] < found["residual_at_start"] / 5


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"start": "huge"}, "start"),
        ({"optimizer": 1}, "optimizer"),
        ({"share": 1.1}, "share"),
        ({"seed": -1}, "seed"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        black_line.parse(raw)
    assert refusal.value.control == control
