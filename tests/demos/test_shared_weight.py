"""What the page on a shared weight says: one sum, in exact numbers; and what nine copies would do."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import nine_copies as layer
import numpy as np
import pytest
import shared_weight as demo
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from convlens.attribution import position_terms
from convlens.gradcheck import directional_error
from convlens.ops import conv2d
from convlens_live.controls import ParameterError
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE, ROOT

PAGE = (ROOT / "docs/questions/how-is-a-shared-weight-learned.md").read_text()
patient = hypothesis_settings(deadline=None, max_examples=40)
settings = st.fixed_dictionaries(
    {"at": st.integers(0, 9), "to": st.integers(0, 21), "mean": st.integers(0, 1)}
)
SEEDS = range(5)


def uses_of(**chosen: Any) -> layer.Uses:
    return next(demo.shared_weight.states(**chosen))


# --- the sum ----------------------------------------------------------------------------------------------


@patient
@given(settings)
def test_the_sum_of_the_products_is_the_measured_slope_without_rounding(chosen: dict[str, int]) -> None:
    uses = uses_of(**chosen)
    assert isinstance(uses.gradient, Fraction)
    assert uses.gradient == uses.measured == uses.products.sum() / (9 if chosen["mean"] else 1)
    assert layer.find_outcome(uses) == "sum"


@patient
@given(settings)
def test_the_exact_layer_is_the_librarys_convolution(chosen: dict[str, int]) -> None:
    uses = uses_of(**chosen)
    x, weights = layer.IMAGE.astype(float)[None, None], uses.weights.astype(float)
    y, vjp = conv2d(x, weights[:9].reshape(1, 1, 3, 3), weights[9:])
    dy = y - layer.WANTED.astype(float)
    _, gradient, bias = vjp(dy)
    assert y[0, 0] == pytest.approx(uses.outputs.astype(float), abs=1e-12)
    slopes = [*gradient.ravel(), *bias]
    assert slopes[uses.at] == pytest.approx(float(uses.products.sum()), abs=1e-12)
    if uses.has_pixels:
        terms = position_terms(x, dy[0])[0, :, :, 0, uses.at // 3, uses.at % 3]
        assert terms == pytest.approx(uses.products.astype(float), abs=1e-12)


def test_the_gradients_that_the_layer_was_made_for() -> None:
    hundredths = [int(100 * uses_of(at=at).gradient) for at in range(10)]
    assert hundredths == [99, 90, -9, 45, 81, 108, 36, 45, 99, 180]
    assert all(uses_of(at=at, mean=1).gradient == Fraction(n, 900) for at, n in enumerate(hundredths))


def test_the_middle_weight_has_a_gradient_of_exactly_0_at_03_with_errors_left() -> None:
    uses = uses_of(at=4, to=layer.STOPS.index(3) + 1)
    assert uses.weights[4] == Fraction(3, 10)
    assert uses.gradient == uses.measured == 0
    assert (uses.errors != 0).sum() == 8
    figure = demo.draw(uses)
    assert "exactly 0" in figure.alt
    assert figure.panels[0].svg().count('font-size="44"') == 2


def test_the_bias_meets_a_one_everywhere_and_its_gradient_is_the_sum_of_the_errors() -> None:
    uses = uses_of(at=9)
    assert set(uses.pixels.flat) == {1}
    assert uses.gradient == uses.errors.sum()


@patient
@given(settings)
def test_to_move_a_weight_moves_every_output_by_its_own_pixel(chosen: dict[str, int]) -> None:
    uses = uses_of(**chosen)
    by = uses.weights[uses.at] - layer.START[uses.at]
    assert (uses.outputs - layer.FIRST == by * uses.pixels).all()


def test_the_outcome_would_tell_other_rules() -> None:
    def found(slope: Fraction) -> str:
        losses = [-slope * layer.NUDGE, Fraction(0), slope * layer.NUDGE]
        return layer.find_outcome(demo.replace(uses, losses=losses))

    uses = uses_of(at=5)
    largest = uses.products.flat[np.abs(uses.errors).argmax()]
    assert found(uses.products.sum()) == "sum"
    assert found(uses.products.sum() / 9) == "copies"
    assert found(largest) == "largest"
    assert found(Fraction(77)) == "neither"


def test_a_mean_has_the_same_sign_and_the_same_lowest_point() -> None:
    for at in range(10):
        for to in range(1, 22):
            added, averaged = uses_of(at=at, to=to), uses_of(at=at, to=to, mean=1)
            assert averaged.gradient == added.gradient / 9
            assert averaged.losses[1] == added.losses[1] / 9


# --- the picture ------------------------------------------------------------------------------------------


@patient
@given(settings)
def test_a_part_sets_what_its_name_says(chosen: dict[str, int]) -> None:
    drawn = demo.shared_weight.still(**chosen).panels[0].svg()
    parts = re.findall(r'data-set="([^"]+)"[^>]*><title>([^<]+)</title>', drawn)
    stops = [(set_, title) for set_, title in parts if " at " in title]
    assert len(stops) == 21
    assert len(set(parts)) == len(parts)
    for set_, title in stops[::5]:
        named = {name: int(value) for name, value in (pair.split("=") for pair in set_.split(","))}
        then = uses_of(**named)
        value = Fraction(title.split(" at ")[1].replace("−", "-"))
        assert (then.at, then.mean) == (chosen["at"], bool(chosen["mean"]))
        assert then.weights[then.at] == value


def test_before_the_guess_no_product_no_sum_and_no_slope_is_drawn() -> None:
    wide, *narrow = [panel.svg() for panel in demo.shared_weight.opening().panels]
    for drawing in (wide, "".join(narrow)):
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", drawing)
        assert drawn.count("?") == 10
        said = " ".join(drawn)
        assert not [each for each in ("sum", "add", "averag", "product", "×", "measured") if each in said]
        assert not {"0.81", "−0.30", "0.40", "−0.08"} & set(drawn)


def test_an_exact_zero_is_hollow_and_nothing_else_is_written_as_0() -> None:
    for at in range(10):
        rows = demo.shared_weight.still(at=at).table.rows
        uses = uses_of(at=at)
        for row, product in zip(rows, uses.products.flat, strict=False):
            assert (row[5] == "0") == (product == 0)


# --- nine copies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_copies_separate_in_the_first_step_and_end_with_a_lower_loss(seed: int) -> None:
    inputs, wanted, start = (each / 10 for each in load("shared_weight").draw_layer(seed))
    first, second, *_, last = layer.train(inputs, wanted, start)
    assert first.apart == 0
    assert second.apart > 0
    own, shared = last.losses[-1]
    assert own < shared
    changes = (second.own - start).sum(0)
    assert second.shared - start == pytest.approx(changes, abs=1e-12)


def test_nine_copies_averaged_after_one_step_move_a_ninth_as_far() -> None:
    _, after, *_ = layer.nine_copies.states()
    start = layer.START.astype(float)
    assert (after.own - start).mean(0) == pytest.approx((after.shared - start) / 9, abs=1e-12)


# --- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_in_float64_the_sum_is_the_slope_to_ten_millionths_of_a_per_cent(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(2, 3, 9, 9)), rng.normal(size=(2, 3, 3, 3)), rng.normal(size=2)
    assert directional_error(conv2d, inputs, rng) < 1e-7


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weight_whose_pixels_are_all_0_has_a_gradient_of_exactly_0(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(1, 1, 5, 5)), rng.normal(size=(1, 1, 3, 3))
    x[0, 0, 1:4, 1:4] = 0
    y, vjp = conv2d(x, weight)
    assert vjp(rng.normal(size=y.shape))[1][0, 0, 1, 1] == 0


def test_the_evidence_says_what_the_page_says() -> None:
    cases = json.loads((EVIDENCE / "shared_weight.json").read_text())["cases"]
    exact, copies, mean = (cases[name] for name in ("exact", "copies", "mean"))
    assert exact["apart"]["max"] == exact["as_mean"]["max"] == exact["as_largest"]["max"] == 0
    assert exact["bias_is_sum_of_errors"]["min"] == 1
    assert cases["float64"]["off_measured"]["max"] < 1e-7
    assert copies["apart_first"]["min"] > 0
    assert copies["own_loss"]["max"] < copies["shared_loss"]["min"]
    assert mean["ratio"]["median"] == pytest.approx(9)
    assert mean["apart"]["max"] < 1e-12
    for task in ("lines", "digits"):
        assert cases[task]["off_sum"]["max"] < 1e-12
        assert cases[task]["off_bias"]["max"] < 1e-12


@pytest.mark.parametrize(
    ("raw", "control"), [({"at": 10}, "at"), ({"to": 22}, "to"), ({"mean": 2}, "mean"), ({"seed": 0}, "seed")]
)
def test_settings_out_of_the_box_are_refused_by_name(raw: dict[str, Any], control: str) -> None:
    with pytest.raises(ParameterError, match=control) as refusal:
        demo.shared_weight.parse(raw)
    assert refusal.value.control == control


def test_the_page_quotes_the_line_that_makes_the_sum() -> None:
    file, part = re.search(r'"(src/\S+?):(\w+)"', PAGE).groups()
    quoted = (
        (ROOT / file).read_text().split(f"[start:{part}]")[1].split(f"[end:{part}]")[0].splitlines()[1:-1]
    )
    assert quoted[-1].lstrip().startswith('dweight = np.einsum("kq,dq->kd"')
