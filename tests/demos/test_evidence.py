"""The recorded evidence of every demo still holds: the same settings, and runs made again give the same numbers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from convlens_site import demos
from convlens_site.evidence import load, measure
from convlens_site.paths import EVIDENCE

# Of each demo, the seeds that are run again, and how far a number may be off: relatively, and absolutely.
# (conv_arithmetic draws nothing, and is measured again as a whole in tests/site/test_evidence.py.)
AGAIN = {
    "black_line": ((0,), 1e-3, 1e-6),
    "conv_walk": ((0, 17), 1e-6, 1e-15),
    "filter_count": ((0,), 1e-3, 5e-3),  # a share of 797 images: up to four that are a near tie
    "nine_starts": ((0,), 1e-3, 1e-15),
    "second_layer": ((0, 17), 1e-6, 1e-14),
    "softmax_alone": ((0,), 1e-3, 1e-6),
    "squiggle_or_corner": ((0,), 1e-3, 1e-6),
    "shared_weight": ((0,), 1e-3, 1e-5),  # some of it is rounding, some the error of a finite difference
    "tie_breakers": ((0,), 1e-3, 0.0),
    "tied_layers": ((0,), 1e-3, 0.0),
    "twins": ((0,), 1e-3, 0.0),
    "unseen_places": ((0,), 2e-2, 1e-6),  # in float32; an image more or less of 256 may be right
    "who_gets_what": ((0,), 1e-3, 1e-14),
}


def runs() -> list[Any]:
    """Return every demo, case and seed; make check takes one case of each demo."""
    found = []
    for slug, (seeds, *_) in AGAIN.items():
        for number, case in enumerate(load(slug).CASES):
            for seed in seeds:
                quick = number == 0 and seed == seeds[0]
                found.append(pytest.param(slug, case, seed, marks=() if quick else pytest.mark.slow))
    return found


def recorded(slug: str) -> dict[str, Any]:
    """Return what is recorded of a demo's cases."""
    cases: dict[str, Any] = json.loads((EVIDENCE / f"{slug}.json").read_text())["cases"]
    return cases


def test_no_demo_with_evidence_is_left_out() -> None:
    measured = {slug for slug in demos.SLUGS if (EVIDENCE / f"{slug}.py").exists()}
    assert {*AGAIN, "conv_arithmetic"} == measured


@pytest.mark.parametrize("slug", AGAIN)
def test_the_cases_are_those_that_were_measured(slug: str) -> None:
    assert {case: kept["settings"] for case, kept in recorded(slug).items()} == load(slug).CASES


@pytest.mark.sample(6)
@pytest.mark.parametrize(("slug", "case", "seed"), runs())
def test_a_run_gives_what_is_recorded(slug: str, case: str, seed: int) -> None:
    kept, (_, rel, least) = recorded(slug)[case], AGAIN[slug]
    for name, value in measure(slug, case, seed).items():
        # What began with a rounding error is another rounding error after another library's exp; its size stays.
        tiny = slug == "tie_breakers" and kept[name]["median"] <= 1e-2
        near = pytest.approx(kept[name]["values"][seed], rel=100 if tiny else rel, abs=least)
        assert value == near, (name, seed)
