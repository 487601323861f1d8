"""A demo's declaration is checked when it is made, its settings when they come in."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convlens_live import browser
from convlens_live.demo import Choice, ParameterError, Pointed, Seed, Slider, demo
from convlens_live.figures import Box, Figure, Table

pytestmark = pytest.mark.anywhere

FIGURE = Figure((Box(10, 10),), "A sentence.", Table(("n",), ((1,),)))


@demo(question="questions/x.md")
def example(
    kind: Annotated[Literal["one", "two"], Choice("Kind")] = "one",
    gap: Annotated[float, Slider("Gap", 1e-15, 1e-1, scale="log", zero=True)] = 0.0,
    steps: Annotated[int, Slider("Steps", 100, 1000, step=100)] = 300,
    seed: Annotated[int, Seed()] = 0,
):
    """An example."""
    for number in range(3):
        yield Figure((Box(10, 10),), f"{kind} {gap} {steps} {seed}: {number}", Table(("n",), ((number,),)))


def test_the_controls_come_from_the_signature_in_its_order():
    spec = example.spec()
    assert [control["name"] for control in spec["controls"]] == ["kind", "gap", "steps", "seed"]
    assert [control["default"] for control in spec["controls"]] == ["one", 0.0, 300, 0]
    assert spec["controls"][1]["stops"][:2] == [0.0, 1e-15]
    assert spec["controls"][1]["texts"][1] == "10⁻¹⁵"
    assert spec["run"] is True


def test_a_run_yields_its_figures_and_the_still_is_the_last():
    assert len(list(example(steps=200))) == 3
    assert example.still(kind="two").alt == "two 0.0 300 0: 2"


def test_a_page_shows_the_end_of_a_run_its_start_or_a_picture_of_the_start():
    asked = Figure((Box(10, 10),), "What comes of it?", Table(("n",), ((0,),)))
    said = {"end": "one 0.0 300 0: 2", "start": "one 0.0 300 0: 0", (lambda _: asked): "What comes of it?"}
    for opens, alt in said.items():
        opened = demo(question="questions/x.md", opens=opens)(example.function)
        assert opened.opening().alt == alt
        assert opened.still().alt == "one 0.0 300 0: 2"
        assert opened.spec()["opens"] == ("end" if opens == "end" else "start")
    with pytest.raises(ValueError, match=r"opens is 'middle'; it must be one of"):
        demo(question="questions/x.md", opens="middle")(example.function)


WRONG = [
    (lambda: Slider("Gap", 1, 1, step=1), "low must be below high"),
    (lambda: Slider("Gap", 0, 1, scale="log"), "a log scale starts above 0"),
    (lambda: Slider("Gap", 0, 1), "needs a step above 0"),
    (lambda: Slider("Gap", 0, 1, step=0.001), "at most 256"),
    (lambda: Slider("Gap", 0, 1, scale="cubic", step=1), "must be 'linear' or 'log'"),
]


@pytest.mark.parametrize(("make", "sentence"), WRONG, ids=[sentence for _, sentence in WRONG])
def test_a_slider_that_makes_no_sense_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def declare(**parameters):
    """Declare a demo whose parameters are given as (type, default)."""

    def function(**_):
        """A title."""

    import inspect

    function.__annotations__ = {name: kind for name, (kind, _) in parameters.items()}
    function.__signature__ = inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
            for name, (_, default) in parameters.items()
        ]
    )
    return demo(question="x")(function)


SLIDER = Annotated[int, Slider("Steps", 0, 10, step=1)]
EMPTY = __import__("inspect").Parameter.empty


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"steps": (SLIDER, 11)}, "from 0 to 10"),
        ({"steps": (SLIDER, EMPTY)}, "has no default"),
        ({"steps": (int, 3)}, "exactly one control"),
        ({"a": (SLIDER, 1), "b": (SLIDER, 1)}, "used by two controls"),
        ({"a": (Annotated[str, Choice("A")], "x")}, "must be a Literal"),
        ({"a": (Annotated[Literal["x", "y"], Choice("A", ("X",))], "x")}, "2 values and 1 texts"),
        (
            {name: (Annotated[Literal["1", "2"], Choice(name, scenes=True)], "1") for name in ("a", "b")},
            "a and b are declared as scenes",
        ),
        ({f"p{i}": (Annotated[int, Slider(f"P{i}", 0, 9, step=1)], 3) for i in range(7)}, "at most 6"),
    ],
)
def test_a_declaration_with_a_mistake_fails_at_once(parameters, sentence):
    with pytest.raises(ValueError, match=sentence):
        declare(**parameters)


def test_scenes_are_a_choice_that_the_page_shows_as_tabs_and_a_sentence_may_not_name():
    scenes = Annotated[Literal["1", "2"], Choice("Scene", ("One", "Two"), scenes=True)]
    declared = declare(scene=(scenes, "1"))
    assert declared.scenes == "scene"
    assert declared.spec()["controls"][0]["scenes"] is True
    assert declare(steps=(SLIDER, 1)).scenes == ""
    with pytest.raises(ValueError, match="sentence names 'scene'"):
        demo(question="x", sentence="See {scene}.")(declared.function)


def test_the_sentence_of_a_demo_has_a_button_only_if_there_is_a_run():
    def still(way: Annotated[Literal["up", "down"], Choice("Way")] = "up") -> Figure:
        """A still"""
        return FIGURE

    def run(way: Annotated[Literal["up", "down"], Choice("Way")] = "up"):
        """A run"""
        yield FIGURE

    def made(function, sentence):
        return demo(question="questions/q.md", sentence=sentence)(function).sentence

    assert made(still, "Go {way}.") == "Go {way}."
    assert made(run, "Go {way}, and {run}.") == "Go {way}, and {run}."
    with pytest.raises(ValueError, match=r"a place for \{run\}"):
        made(run, "Go {way}.")
    with pytest.raises(ValueError, match="names 'run'"):
        made(still, "Go {way}, and {run}.")


@pytest.mark.parametrize(
    ("raw", "control"),
    [
        ({"kind": "three"}, "kind"),
        ({"kind": 1}, "kind"),
        ({"kind": []}, "kind"),
        ({"gap": 1e-16}, "gap"),
        ({"gap": float("inf")}, "gap"),
        ({"gap": "0"}, "gap"),
        ({"gap": True}, "gap"),
        ({"steps": 99}, "steps"),
        ({"steps": 100.5}, "steps"),
        ({"steps": None}, "steps"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"nothing": 1}, "nothing"),
    ],
)
def test_a_setting_that_does_not_fit_names_its_control(raw, control):
    with pytest.raises(ParameterError, match=control) as refusal:
        example.parse(raw)
    assert refusal.value.control == control


@given(
    raw=st.dictionaries(
        st.sampled_from(["kind", "gap", "steps", "seed"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())),
    )
)
def test_whatever_comes_in_is_either_in_the_box_or_refused(raw):
    try:
        settings = example.parse(raw)
    except ParameterError:
        return
    assert settings["kind"] in ("one", "two")
    assert settings["gap"] == 0 or 1e-15 <= settings["gap"] <= 1e-1
    assert settings["steps"] in range(100, 1001)
    assert settings["seed"] in range(10_000)


# --- the same through the worker's side ---------------------------------------------------------------------


@pytest.fixture
def worker(monkeypatch):
    import json
    import types

    def fails():
        """Fails."""
        yield FIGURE
        raise RuntimeError("boom")

    modules = {
        "example": types.SimpleNamespace(example=example),
        "fails": types.SimpleNamespace(fails=demo(question="x")(fails)),
    }
    monkeypatch.setattr(browser.importlib, "import_module", modules.__getitem__)
    yield types.SimpleNamespace(
        start=lambda slug, settings: json.loads(browser.start(slug, json.dumps(settings))),
        advance=lambda count: json.loads(browser.advance(count)),
    )
    browser.cancel()


def test_the_worker_gives_one_figure_for_each_request(worker):
    assert worker.start("example", {})["figure"]["alt"].endswith(": 0")
    assert worker.advance(1)["figure"]["alt"].endswith(": 1")
    last = worker.advance(5)
    assert last["done"]
    assert last["figure"]["alt"].endswith(": 2")
    assert worker.advance(1) == {"figure": None, "done": True}


def test_a_wrong_setting_is_answered_with_its_sentence(worker):
    answer = worker.start("example", {"steps": 5})
    assert answer["error"]["kind"] == "parameter"
    assert "Steps (steps) is 5; it must be a whole number from 100 to 1000" in answer["error"]["message"]


def test_a_demo_that_fails_gives_a_sentence_and_no_traceback(worker, capsys):
    assert worker.start("fails", {})["figure"]
    message = worker.advance(1)["error"]["message"]
    assert "RuntimeError: boom" in message
    assert "Traceback" not in message
    assert "Traceback" in capsys.readouterr().err


def test_after_a_cancel_there_is_nothing_to_go_on_with(worker):
    worker.start("example", {})
    browser.cancel()
    assert worker.advance(1) == {"figure": None, "done": True}


@pytest.mark.parametrize(
    ("low", "high", "step"), [(0.0, 0.6, 0.1), (0.1, 0.7, 0.1), (-0.3, 0.3, 0.1), (0, 255, 1)]
)
def test_a_slider_accepts_each_of_its_own_stops(low, high, step) -> None:
    """0.1 * 6 is more than 0.6 in binary: the last stop must not be refused."""
    slider = Slider("Noise", low, high, step=step)
    stops = slider.stops()
    assert (stops[0], stops[-1]) == (low, high)
    assert [slider.parse("noise", stop) for stop in stops] == stops


def test_what_is_pointed_at_may_be_a_set_of_32_parts_and_is_exact_in_javascript() -> None:
    control = Pointed("Parts", 0, 2**32 - 1)
    assert control.parse("parts", 2**32 - 1) == 2**32 - 1
    with pytest.raises(ParameterError):
        control.parse("parts", 2**32)
    with pytest.raises(ValueError, match="high is"):
        Pointed("Parts", 0, 2**53 + 1)
