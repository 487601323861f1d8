"""What the page says of layers that are trained at some places and tested at others: it takes sharing, and two things more."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
import unseen_places as demo

from convlens import Conv2d, Linear
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE

EVIDENCE_OF = load("unseen_places")
SEEDS = range(6)


@cache
def numbers_of(case: str, seed: int) -> dict[str, float]:
    """The numbers that the evidence has of a run."""
    numbers: dict[str, float] = EVIDENCE_OF.measure(seed, **EVIDENCE_OF.CASES[case])
    return numbers


# --- the claims -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_only_the_convolution_recognizes_the_shapes_in_the_right_half(seed: int) -> None:
    numbers = numbers_of("page", seed)
    assert numbers["shared_carries"] == 1
    assert numbers["dense_carries"] == numbers["local_carries"] == 0
    assert min(numbers[f"{kind}_seen_percent"] for kind in ("dense", "local", "shared")) > 90
    assert max(numbers["dense_unseen_percent"], numbers["local_unseen_percent"]) < 80


@pytest.mark.parametrize("seed", SEEDS)
def test_a_next_layer_that_reads_every_number_undoes_it(seed: int) -> None:
    numbers = numbers_of("every-number", seed)
    assert numbers["shared_carries"] == 0
    assert numbers["shared_seen_percent"] > 90


@pytest.mark.parametrize("seed", SEEDS)
def test_without_zeros_the_right_half_suffers_and_away_from_the_edge_it_does_not(seed: int) -> None:
    cut, away = numbers_of("no-zeros", seed), numbers_of("away-from-the-edge", seed)
    assert cut["shared_seen_percent"] > 90
    assert cut["shared_unseen_percent"] < cut["shared_seen_percent"] - 5
    assert away["shared_carries"] == 1
    assert away["dense_carries"] == away["local_carries"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_with_two_rows_of_zeros_the_scores_do_not_depend_on_the_place(seed: int) -> None:
    assert numbers_of("page", seed)["shared_apart"] < 1e-12
    for case in ("no-zeros", "every-number"):
        assert numbers_of(case, seed)["shared_apart"] > 0.1


def test_the_evidence_says_what_the_page_says() -> None:
    cases = json.loads((EVIDENCE / "unseen_places.json").read_text())["cases"]
    totals = {case: numbers["shared_carries"]["total"] for case, numbers in cases.items()}
    assert totals["page"] == totals["away-from-the-edge"] == 50
    assert totals["every-number"] == 0
    assert totals["no-zeros"] == 1  # the page writes it as one: "recognizes"
    assert 25 < totals["one-row"] < 50
    for numbers in cases.values():
        assert numbers["dense_carries"]["total"] == numbers["local_carries"]["total"] == 0
    assert abs(cases["page"]["dense_unseen_percent"]["median"] - 50) < 5, "guessing"
    assert cases["page"]["shared_apart"]["max"] < 1e-12


# --- the layer that does not share ------------------------------------------------------------------------


def both(whole: bool) -> tuple[Any, Any, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(3)
    layer = demo.Unshared(1, whole)
    params, shape = layer.init(rng, (1, 6, 6), np.float64)
    assert shape == (demo.FILTERS, 6, 6)
    return layer, params, rng.normal(size=(5, 1, 6, 6)), rng


def test_with_equal_weights_everywhere_it_is_a_convolution_and_its_gradients_add_up_to_the_shared_one() -> (
    None
):
    layer, params, x, rng = both(whole=False)
    params["weight"][:] = params["weight"][0]
    y, vjp = layer(params, x)
    weight = params["weight"][0].reshape(demo.FILTERS, 1, demo.KERNEL, demo.KERNEL)
    shared = {"weight": weight, "bias": np.zeros(demo.FILTERS)}
    expected, shared_vjp = Conv2d(demo.FILTERS, kernel=demo.KERNEL, padding=1)(shared, x)
    assert y == pytest.approx(expected)
    dy = rng.normal(size=y.shape)
    _, grads = vjp(dy)
    _, shared_grads = shared_vjp(dy)
    assert grads["weight"].sum(0).ravel() == pytest.approx(shared_grads["weight"].ravel())
    assert grads["bias"].sum(1) == pytest.approx(shared_grads["bias"])


def test_if_each_number_reads_the_whole_image_it_is_a_fully_connected_layer() -> None:
    layer, params, x, rng = both(whole=True)
    y, vjp = layer(params, x)
    weight = params["weight"].swapaxes(0, 1).reshape(-1, 36)
    expected, linear_vjp = Linear(len(weight))(
        {"weight": weight, "bias": params["bias"].ravel()}, x.reshape(5, 36)
    )
    assert y.reshape(5, -1) == pytest.approx(expected)
    dy = rng.normal(size=y.shape)
    _, grads = vjp(dy)
    _, linear_grads = linear_vjp(dy.reshape(5, -1))
    assert grads["weight"].swapaxes(0, 1).reshape(-1, 36) == pytest.approx(linear_grads["weight"])
    assert grads["bias"].ravel() == pytest.approx(linear_grads["bias"])


# --- the picture ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ({}, "convolution"),
        ({"border": "none"}, "none"),
        ({"reads": "each"}, "none"),
        ({"border": "one"}, "convolution"),
    ],
)
def test_the_outcome_of_the_prediction_is_the_claim(settings: dict[str, str], outcome: str) -> None:
    figure = demo.unseen_places.still(**settings)
    assert figure.outcome == outcome
    assert figure.alt.startswith("After 200 steps")
    assert [row[1] for row in figure.table.rows][-1] == 40


def test_no_training_image_has_a_shape_in_the_right_half() -> None:
    x, _ = demo.make_images(np.random.default_rng(0), 64, demo.TRAINED, noise=0.0)
    assert x[..., :6].any(axis=(1, 2, 3)).all()
    assert not x[..., 7:].any()
    assert not x[..., 6].any()


def test_a_test_image_has_its_shape_where_its_square_is() -> None:
    x, labels = demo.make_test(0)
    assert sorted(set(labels.tolist())) == [0, 1]
    per_place = x.reshape(demo.PLACES, demo.PLACES, demo.PER_PLACE, 12, 12).mean(axis=2)
    for i, j in ((0, 0), (3, 5), (7, 7)):
        inside = per_place[i, j, i : i + 5, j : j + 5].sum()
        assert inside > 5 > abs(per_place[i, j].sum() - inside)


@pytest.mark.parametrize(
    ("raw", "control"), [({"border": "three"}, "border"), ({"reads": "sum"}, "reads"), ({"seed": -1}, "seed")]
)
def test_settings_out_of_the_box_are_refused_by_name(raw: dict[str, Any], control: str) -> None:
    with pytest.raises(ParameterError, match=control):
        demo.unseen_places.parse(raw)
