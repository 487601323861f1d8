"""Every colour of the site, by its role: contrast in both palettes, and who sees fewer colours still tells filters apart."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

STYLES = Path(__file__).resolve().parents[2] / "docs/assets/stylesheets"
SCHEMES = ["default", "slate"]
FILTERS = [f"figure-filter-{number}" for number in range(1, 7)]
TEXT = ["ink", "quiet", "link", "alarm", *FILTERS]
ON_WASH = [
    "ink",
    "quiet",
    "link",
    "alarm",
    *FILTERS[:3],
    "figure-negative",
]  # code: its words are painted in these
GRAPHICS = ["control", "figure-negative", "figure-positive"]

# What is left of linear red, green and blue when one kind of cone is missing: Machado, Oliveira, Fernandes,
# "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15 (2009), severity 1.
MISSING_CONE = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
# From linear sRGB to CIE XYZ, white of D65.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def tokens(scheme: str) -> dict[str, np.ndarray]:
    """The colours of a palette, each as linear red, green, blue."""
    css = (STYLES / "tokens.css").read_text("utf-8")
    found: dict[str, np.ndarray] = {}
    which = "" if scheme == "default" else f'="{scheme}"'  # the light one holds where nothing else does
    for block in re.findall(rf"^ *\[data-md-color-scheme{which}\] \{{(.*?)\}}", css, re.S | re.M):
        for name, digits in re.findall(r"--([\w-]+): #([0-9a-f]{6});", block):
            srgb = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)]) / 255
            found[name] = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return found


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """WCAG 2.2: (lighter + 0.05) / (darker + 0.05), from 1 to 21."""
    darker, lighter = sorted(float(TO_XYZ[1] @ colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, where a distance of about 2 is just seen."""
    ratio = TO_XYZ @ np.clip(linear, 0, 1) / TO_XYZ.sum(axis=1)
    curve = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * curve[1] - 16, 500 * (curve[0] - curve[1]), 200 * (curve[1] - curve[2])])


def test_the_measures_know_black_white_and_red() -> None:
    assert contrast(np.zeros(3), np.ones(3)) == pytest.approx(21)
    assert lab(np.ones(3)) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(np.array([1.0, 0, 0])) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ground", "names"), [("paper", TEXT), ("wash", ON_WASH)], ids=["paper", "wash"])
def test_text_is_legible(scheme: str, ground: str, names: list[str]) -> None:
    colours = tokens(scheme)
    found = {name: round(contrast(colours[name], colours[ground]), 2) for name in names}
    assert min(found.values()) >= 4.5, found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_graphics_stand_out_from_the_paper(scheme: str) -> None:
    colours = tokens(scheme)
    found = {name: round(contrast(colours[name], colours["paper"]), 2) for name in GRAPHICS}
    assert min(found.values()) >= 3, found


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_colour_is_without_a_role_here(scheme: str) -> None:
    judged = {*TEXT, *GRAPHICS, "paper", "wash"}
    assert set(tokens(scheme)) - judged == {"hairline"}, "a hairline only decorates"


@pytest.mark.parametrize("cone", MISSING_CONE)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_filters_are_told_apart_without_a_kind_of_cone(scheme: str, cone: str) -> None:
    colours = tokens(scheme)
    seen = {name: lab(np.array(MISSING_CONE[cone]) @ colours[name]) for name in FILTERS}
    apart = {
        pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]]))
        for pair in itertools.combinations(FILTERS, 2)
    }
    assert min(apart.values()) > 12, sorted(apart.items(), key=lambda item: item[1])[:3]
    signs = [
        lab(np.array(MISSING_CONE[cone]) @ colours[f"figure-{sign}"]) for sign in ("negative", "positive")
    ]
    assert np.linalg.norm(signs[0] - signs[1]) > 40


def test_no_other_stylesheet_names_a_colour() -> None:
    for sheet in STYLES.glob("*.css"):
        if sheet.name != "tokens.css":
            text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
            assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(", text) == [], sheet.name
