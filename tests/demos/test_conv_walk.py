"""What the page on one output number says: the sum is the convolution's, and what lights up is what takes part."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import product
from typing import Any

import conv_walk as demo
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from convlens.ops import conv2d
from convlens_live.controls import Choice, ParameterError
from convlens_site.paths import EVIDENCE, ROOT

PAGE = (ROOT / "docs/questions/one-output-number.md").read_text()
patient = hypothesis_settings(deadline=None, max_examples=50)  # the first figure of a busy machine is slow
LAYERS = list(product((1, 2), (0, 1)))
settings = st.fixed_dictionaries(
    {
        name: st.sampled_from(each.values)
        if isinstance(each, Choice)
        else st.integers(int(each.low), int(each.high))
        for name, each in demo.conv_walk.controls.items()
        if name != "seed"
    }
    | {"seed": st.integers(0, 9999)}
)


def number(text: str) -> Decimal:
    """What a cell says, exactly."""
    return Decimal(text.replace("−", "-"))


def walk_of(chosen: dict[str, Any]) -> demo.Walk:
    return next(demo.conv_walk.states(**chosen))


@patient
@given(settings)
def test_every_setting_ends_in_a_figure_of_bounded_size(chosen: dict[str, Any]) -> None:
    figure = demo.conv_walk.still(**chosen)
    assert figure.alt
    assert figure.outcome == "sum"
    assert len(figure.svg) < 70_000


@patient
@given(settings)
def test_the_numbers_shown_add_up_without_rounding_to_what_conv2d_gives(chosen: dict[str, Any]) -> None:
    figure, walk = demo.conv_walk.still(**chosen), walk_of(chosen)
    rows = [dict(zip(figure.table.columns, row, strict=True)) for row in figure.table.rows]
    total = Decimal(0)
    for channel in demo.CHANNELS:
        products = [row for row in rows if row["of"] == channel and row["what"] != "sum"]
        (said,) = [number(row["number"]) for row in rows if row["of"] == channel and row["what"] == "sum"]
        assert len(products) == 9
        for row in products:
            assert number(row["number"]) == number(row["pixel"]) * number(row["weight"])
        assert said == sum(number(row["number"]) for row in products)
        total += said
    bias, result = number(rows[-2]["number"]), number(rows[-1]["number"])
    assert total + bias == result
    assert float(result) == pytest.approx(float(walk.layer.maps[walk.output]), abs=1e-12)
    for panel in figure.panels:
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", panel.svg())
        assert rows[-1]["number"] in drawn
        assert {
            f"{before}{demo.fixed(total)}" for total in walk.sums.tolist() for before in ("", "sum ")
        } & set(drawn)


@pytest.mark.parametrize(("stride", "padding"), LAYERS)
@pytest.mark.parametrize("seed", range(3))
def test_the_maps_are_those_of_six_plain_loops(seed: int, stride: int, padding: int) -> None:
    layer = demo.make_layer(seed, stride, padding)
    for k, i, j in np.ndindex(layer.maps.shape):
        total = layer.bias[k]
        for c, a, b in np.ndindex(3, 3, 3):
            row, column = i * stride + a - padding, j * stride + b - padding
            if 0 <= row < demo.SIZE and 0 <= column < demo.SIZE:
                total += layer.image[c, row, column] * layer.weight[k, c, a, b]
        assert layer.maps[k, i, j] == pytest.approx(total, abs=1e-14)


@patient
@given(settings, st.data())
def test_each_number_of_the_map_is_a_part_and_so_is_each_position_of_the_window(
    chosen: dict[str, Any], data: st.DataObject
) -> None:
    wide, _ = demo.conv_walk.still(**chosen).to_json()["panels"]
    titled = r'data-set="([^"]+)"(?: data-on="true")?(?: data-drag="(\w+)")?><title>([^<]+)</title>'
    parts = re.findall(titled, wide)
    places = len(demo.make_layer(0, int(chosen["stride"]), int(chosen["padding"])).maps[0])
    dragged, pointed = ([words for words, drag, _ in parts if bool(drag) == way] for way in (True, False))
    assert len(set(dragged)) == places**2
    assert len(dragged) == 3 * places**2
    assert set(dragged) < set(pointed)
    assert len(pointed) == places**2 + 1, "the map, and the other filter"
    assert len({title for *_, title in parts}) == len(parts), "two parts have one name"
    words = data.draw(st.sampled_from(dragged))
    named = {name: int(value) for name, value in (word.split("=") for word in words.split(","))}
    then = demo.conv_walk.still(**chosen | named).to_json()["panels"][0]
    assert re.findall(r'data-set="([^"]+)" data-on="true"', then) == [words] * 4


def test_the_outcome_would_tell_an_average_or_maps_kept_apart() -> None:
    def found(**changed: np.ndarray) -> str:
        return demo.find_outcome(demo.walk_to(layer._replace(**changed), 1, 2, 0))

    layer = demo.make_layer(0, 1, 0)
    alone = np.concatenate([conv2d(layer.image[None, [c]], layer.weight[:, [c]])[0][0] for c in range(3)])
    grey = (layer.maps - layer.bias[:, None, None]) / 3 + layer.bias[:, None, None]
    assert found() == "sum"
    assert found(maps=grey) == "average"
    assert found(maps=alone) == "apart"
    assert found(maps=layer.maps + 1) == "neither"


def test_the_self_check_is_right() -> None:
    layer = demo.make_layer(0, 1, 0)
    brighter = layer.image.copy()
    brighter[0, 2, 2] += 0.1
    maps, _ = conv2d(brighter[None], layer.weight, layer.bias)
    changes = (maps[0] - layer.maps) / 0.1
    for k in range(2):
        assert sorted(changes[k].ravel()) == pytest.approx(sorted(layer.weight[k, 0].ravel()))


def test_a_row_that_a_smaller_map_does_not_have_becomes_its_last() -> None:
    figure = demo.conv_walk.still(stride="2", map_row=4, map_column=4)
    assert figure.alt.startswith("The number in row 2, column 2 of map 1")


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"filter": -1}, "filter"),
        ({"map_row": 5}, "map_row"),
        ({"map_column": 1.5}, "map_column"),
        ({"filter": float("nan")}, "filter"),
        ({"stride": 1}, "stride"),
        ({"padding": "2"}, "padding"),
        ({"code": "1"}, "code"),
    ],
)
def test_settings_out_of_the_box_are_refused_by_name(raw: dict[str, Any], control: str) -> None:
    with pytest.raises(ParameterError, match=control) as refusal:
        demo.conv_walk.parse(raw)
    assert refusal.value.control == control


def test_the_evidence_says_what_the_page_says() -> None:
    for kept in json.loads((EVIDENCE / "conv_walk.json").read_text())["cases"].values():
        assert kept["wrong"]["max"] == 0
        assert kept["products"]["min"] == kept["products"]["max"] == 27
        assert kept["rounding"]["max"] < 1e-15


def test_the_page_quotes_the_lines_that_make_the_sum() -> None:
    """A part of the source, by the name of its marks, and all of it: from the shapes to the product."""
    file, part = re.search(r'"(src/\S+?):(\w+)"', PAGE).groups()
    quoted = (
        (ROOT / file).read_text().split(f"[start:{part}]")[1].split(f"[end:{part}]")[0].splitlines()[1:-1]
    )
    assert quoted[0].lstrip().startswith("N, C, H, W")
    assert quoted[-1].lstrip().startswith('y = np.einsum("kd,dq->kq"')
