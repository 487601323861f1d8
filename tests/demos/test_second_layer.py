"""What the page on the second layer says: one number reads a window in all maps, and through them a square of pixels."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pushed_pixel as layer
import pytest
import second_layer as demo
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from convlens.geometry import conv_cost, receptive_field
from convlens.ops import conv2d
from convlens_live.controls import ParameterError
from convlens_live.figures.two_layers import WIDE
from convlens_site.evidence import load
from convlens_site.paths import EVIDENCE, ROOT

PAGE = (ROOT / "docs/questions/what-does-the-second-layer-read.md").read_text("utf-8")
SEEDS = range(5)
KERNELS = (3, 1)
patient = hypothesis_settings(deadline=None, max_examples=30)
settings = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 500), "kernel": st.sampled_from("31"), "filter": st.integers(0, 2), "row": st.integers(0, 4),
        "column": st.integers(0, 4), "look": st.integers(0, 46),
    }
)  # fmt: skip


def reading_of(**chosen: Any) -> demo.Looking:
    return next(demo.second_layer.states(**chosen))


# --- the arithmetic ---------------------------------------------------------------------------------------


@patient
@given(settings)
def test_a_number_is_the_sum_of_its_products_and_the_bias_in_whole_hundredths(chosen: dict[str, Any]) -> None:
    reading = reading_of(**chosen)
    assert reading.products.shape == (4, reading.kernel, reading.kernel)
    whole = np.rint(10 * reading.window).astype(int) * np.rint(10 * reading.weights).astype(int)
    assert np.abs(100 * reading.products - whole).max() < 1e-9
    assert round(100 * reading.number) == whole.sum() + 10 * round(10 * reading.bias)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_was_rounded_away(seed: int, kernel: int) -> None:
    layers = layer.make_layers(seed)
    y, _ = conv2d(layers.image[None], *layers.first)
    assert np.abs(np.maximum(y[0], 0) - layers.maps).max() < 1e-12
    outputs = layer.read(layers.maps, layers.second, kernel)
    plain, _ = conv2d(layers.maps[None], layer.cut(layers.second[0], kernel), layers.second[1])
    assert np.abs(plain[0] - outputs).max() < 1e-12
    assert np.abs(100 * outputs - load("second_layer").whole_numbers(layers, kernel)).max() < 1e-9


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_pushed_pixel_changes_a_number_only_if_its_square_has_the_pixel(seed: int, kernel: int) -> None:
    pushes = [layer.Pushed(layer.make_layers(seed), kernel, at) for at in np.ndindex(7, 7)]
    field = receptive_field([(3, 1), (kernel, 1)])
    counts = np.zeros(pushes[0].outputs.shape, int)
    for pushed in pushes:
        assert not (pushed.changed & ~pushed.reached).any()
        counts += pushed.changed
    assert counts.max() == field**2 == {3: 25, 1: 9}[kernel]
    assert sum(pushed.reached.sum() for pushed in pushes) == field**2 * counts[0].size


@pytest.mark.parametrize("seed", SEEDS)
def test_each_filter_reads_all_four_maps(seed: int) -> None:
    found = load("second_layer").see(layer.make_layers(seed), 3)
    assert (found["read"], found["maps"]) == (4, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_1x1_filter_on_one_channel_only_scales_it_and_on_four_mixes_them(seed: int) -> None:
    mix = load("second_layer").mix
    alone, mixed = (mix(np.random.default_rng(seed), channels) for channels in (1, 4))
    assert (alone["rank"], mixed["rank"]) == (1, 4)
    assert alone["off"] < 1e-12 < mixed["off"]


def test_the_outcome_counts_the_maps() -> None:
    named = {3: "together", 12: "each", 7: "joined"}
    for count, name in named.items():
        assert demo.find_outcome(SimpleNamespace(outputs=np.zeros((count, 3, 3)))) == name
    assert demo.second_layer.still().outcome == "together"


# --- the picture ------------------------------------------------------------------------------------------


def frame_of(reading: demo.Looking, width: str) -> set[tuple[int, int]]:
    """Return the pixels inside a frame that is drawn on the red channel."""
    svg = demo.draw_channel(reading, 0, WIDE).draw(0, 0)
    (x0, y0, x1, y1), *others = [
        map(float, found)
        for found in re.findall(
            rf'd="M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+z"[^>]*stroke-width="{width}"', svg
        )
    ]
    assert not others
    top = demo.titled("red", demo.space()).height
    (left, right), (above, below) = (
        [round((at - shift) / WIDE.pixel) for at in pair] for pair, shift in (((x0, x1), 0), ((y0, y1), top))
    )
    return {(i, j) for i in range(above, below) for j in range(left, right)}


@pytest.mark.parametrize("at", [(0, 0, 0), (1, 1, 2), (2, 2, 1)])
def test_the_nine_thin_frames_fill_the_thick_one(at: tuple[int, int, int]) -> None:
    place = dict(zip(("filter", "row", "column"), at, strict=True))
    thin = [frame_of(reading_of(**place, look=look), "2") for look in range(10, 19)]
    assert all(len(each) == 9 for each in thin)
    assert set().union(*thin) == frame_of(reading_of(**place), "3")
    assert len(set().union(*thin)) == 25


@patient
@given(settings)
def test_a_part_sets_what_its_name_says(chosen: dict[str, Any]) -> None:
    drawn = demo.second_layer.still(**chosen).panels[0].svg()
    for set_, title in re.findall(r'data-set="([^"]+)"[^>]*><title>([^<]+)</title>', drawn):
        named = {name: int(value) for name, value in (pair.split("=") for pair in set_.split(","))}
        then = reading_of(**{**chosen, **named})
        if title.startswith("What is a"):
            assert title == f"What is a {then.word}?"
        elif title.startswith(("map A", "map B", "map C")):
            f, i, j = then.at
            value = title.split(": ")[1].split(",")[0].replace("−", "-")
            assert float(value) == then.number
            assert title.startswith(f"map {'ABC'[f]}")
            assert title.endswith(f"row {i + 1}, column {j + 1}")
            assert then.look == 0
        elif then.cell:
            m, a, b = (n + 1 for n in then.cell)
            assert title == f"map {m}, row {a}, column {b}"
        elif then.map is not None:
            assert title == f"sum of map {then.map + 1}"
        else:
            assert title == "all of it"


def test_each_of_the_six_words_is_at_its_thing_and_on_the_page() -> None:
    drawn = demo.second_layer.still().panels[0].svg()
    assert len(demo.DEFINED) == 6
    for n, word in enumerate(demo.DEFINED):
        assert drawn.count(f"<title>What is a {word}?</title>") == 1
        assert re.search(rf"^\| {word} \|", PAGE, re.MULTILINE)
        assert demo.second_layer.still(look=demo.WORDS + n).alt == demo.DEFINED[word]


def test_before_the_guess_nothing_of_the_second_layer_is_drawn() -> None:
    for panel in demo.second_layer.opening().panels:
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", panel.svg())
        assert "?" in drawn
        assert not any("111" in text or text in ("3 maps", "map A", "=", "×") for text in drawn)
        assert not any(re.fullmatch(r"−?\d\.\d\d", text) for text in drawn)


def test_the_counts_are_those_of_the_formula() -> None:
    for kernel, count in (("3", 111), ("1", 15)):
        drawn = demo.second_layer.still(kernel=kernel).panels[0].svg()
        assert conv_cost((4, 5, 5), 3, int(kernel)).parameters == count
        assert f"= {count} parameters" in drawn
        assert f"= {conv_cost((3, 7, 7), 4, 3).parameters} parameters" in drawn


def test_what_a_push_cannot_reach_is_said() -> None:
    said = [
        layer.explain(layer.Pushed(layer.make_layers(13), 1, at)) for at in ((3, 3), (0, 0))
    ]  # a filter whose four weights have zeros
    assert all("keep their value" in each for each in said)
    pushed = layer.Pushed(layer.make_layers(layer.DEFAULT), 3, (3, 3))
    assert ("cannot see it" in layer.explain(pushed)) == bool((pushed.reached & ~pushed.changed).any())


# --- the page ---------------------------------------------------------------------------------------------


def test_the_evidence_says_what_the_page_says() -> None:
    cases = json.loads((EVIDENCE / "second_layer.json").read_text())["cases"]
    for name, field in (("3x3", 25), ("1x1", 9)):
        case = cases[name]
        assert case["outside"]["max"] == 0
        assert case["framed"]["min"] == case["framed"]["max"] == case["most"]["max"] == field
        assert case["off"]["max"] < 1e-12
        assert case["maps"]["min"] == case["maps"]["max"] == 3
    assert cases["3x3"]["read"]["min"] == 4
    assert cases["3x3"]["missed"]["median"] < 0.01
    assert cases["one_channel"]["rank"]["max"] == 1
    assert cases["four_channels"]["rank"]["min"] == 4
    counts = {name: each["median"] for name, each in cases["counts"].items() if name != "settings"}
    assert counts == {
        "first": 112, "second": 111, "small": 15, "fifty": 1400, "fifty_more": 22550, "lenet": 2416,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "control"),
    [({"kernel": "5"}, "kernel"), ({"filter": 3}, "filter"), ({"row": 5}, "row"), ({"look": 47}, "look")],
)
def test_settings_out_of_the_box_are_refused_by_name(raw: dict[str, Any], control: str) -> None:
    with pytest.raises(ParameterError, match=control) as refusal:
        demo.second_layer.parse(raw)
    assert refusal.value.control == control
