"""The fences, formulas and quoted numbers of a page: right ones work, wrong ones stop the build with a sentence."""

from __future__ import annotations

import re

import pytest
from pymdownx.superfences import SuperFencesException

from convlens_site import demos, evidence
from convlens_site.fences.demo import demo_fence
from convlens_site.fences.glance import glance_fence
from convlens_site.fences.path import DIM, PARTS, path_fence
from convlens_site.fences.predict import predict_fence
from convlens_site.publish import maths


def test_a_demo_fence_that_names_no_demo_says_which_there_are():
    with pytest.raises(SuperFencesException, match=r"demo is 'nonesuch'; it must be one of .*twins"):
        demo_fence("nonesuch", "demo", "", {}, None)


@pytest.mark.parametrize("slug", [slug for slug in demos.SLUGS if demos.demo(slug).sentence])
def test_the_sentence_of_a_demo_names_its_button_where_none_can_be(slug: str):
    """A reader without JavaScript would read "and ." in its place."""
    html = demo_fence(slug, "demo", "", {}, None)
    assert ("{run}" in demos.demo(slug).sentence) == ('<span class="demo-run">Train</span>' in html)
    assert "{" not in re.sub("data-declared='[^']*'", "", html)


def test_a_picture_of_the_start_page_that_nobody_draws_is_refused():
    with pytest.raises(SuperFencesException, match=r"demo is 'nonesuch'; it must be one of .*twins"):
        glance_fence("nonesuch", "glance", "", {}, None)


def test_a_demo_fence_with_a_wrong_setting_names_the_control():
    with pytest.raises(SuperFencesException, match=r"incoming.*must be one of same, different"):
        demo_fence("twins\nincoming: equal", "demo", "", {}, None)


def test_a_prediction_needs_exactly_one_answer_that_the_run_confirms():
    page = (
        "demo: twins\nsettings: {steps: 100}\nquestion: q\nanswers:\n- {text: a, outcome: apart, reply: r}\n"
    )
    with pytest.raises(SuperFencesException, match="the run ends as 'same', and 0 answers say so"):
        predict_fence(page, "predict", "", {}, None)


def test_a_setting_cannot_break_out_of_the_page():
    html = demo_fence("twins\nsteps: 100", "demo", "", {}, None)
    assert "<script" not in html
    assert html.count("<section") == html.count("</section") == 1


def test_a_quoted_number_that_is_not_in_the_evidence_is_refused():
    assert evidence.quote("twins.several-same-same.difference.max") == "0"
    with pytest.raises(KeyError, match="'no-such-case' is not in"):
        evidence.quote("twins.no-such-case.difference.max")


def test_formulas_become_mathml_and_unknown_commands_are_refused():
    html = maths.to_mathml(r'<div class="arithmatex">\[\frac{a}{b} &lt; c\]</div>')
    assert "<mfrac>" in html
    assert "arithmatex" not in html
    for wrong in (r"\nosuchcommand x", r"a &amp; b"):
        with pytest.raises(ValueError, match="does not know"):
            maths.to_mathml(rf'<span class="arithmatex">\({wrong}\)</span>')


def test_the_path_lights_the_parts_that_are_named_and_says_which():
    whole = path_fence("lit: " + ", ".join(PARTS), "path", "", {}, None)
    html = path_fence("lit: filters, next layer", "path", "", {}, None)
    assert "This page is about: filters, next layer." in html
    assert whole.count(f'opacity="{DIM}"') == 1, "only the lines between the parts"
    assert html.count(f'opacity="{DIM}"') == 1 + 1 + 2 + 2, "and the image, both maps and both means"
    assert html.count('font-weight="600"') == 2


@pytest.mark.parametrize("wrong", ["lit: neurons", "filters", "", "lit:"])
def test_a_path_that_lights_nothing_is_refused(wrong):
    with pytest.raises(
        SuperFencesException, match="must name some of image, filters, maps, means, next layer"
    ):
        path_fence(wrong, "path", "", {}, None)


def test_a_factor_of_a_formula_bears_the_name_of_its_idea():
    html = maths.to_mathml(r'<span class="arithmatex">\(\class{idea error}{\delta_n} x\)</span>')
    assert '<mrow data-idea="error"><msub>' in html
