"""What `make bench` rests on, without Node and without a browser: the lock, the networks, the BLAS step, the report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from benchmarks import convlens_step, digits, growth, native_blas, native_im2col, networks, report, rounds

from convlens import ops

ROOT = Path(__file__).resolve().parents[2]

NETWORKS = networks.load()
TINY = {
    "name": "tiny",
    "batch": 3,
    "input": [2, 10, 10],
    "layers": [
        {"kind": "conv", "filters": 4, "kernel": 3, "padding": 1},
        {"kind": "relu"},
        {"kind": "pool", "size": 2},
        {"kind": "conv", "filters": 3, "kernel": 3, "padding": 0},
        {"kind": "relu"},
        {"kind": "dense", "outputs": 2},
    ],
    "learning_rate": 0.01,
    "parameters": 76 + 111 + 56,
}


def test_the_lock_names_no_host_and_pins_every_package() -> None:
    text = (ROOT / "benchmarks/package-lock.json").read_text("utf-8")
    assert not re.search(r"://|resolved", text)
    asked = json.loads((ROOT / "benchmarks/package.json").read_text("utf-8"))["dependencies"]
    packages = json.loads(text)["packages"]
    assert packages.pop("")["dependencies"] == asked
    assert {f"node_modules/{name}" for name in asked} <= set(packages)
    for name, package in packages.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"]), name
        assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"]), name
    for name, version in asked.items():
        assert packages[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
def test_convlens_builds_each_network_with_the_parameters_it_should_have(network) -> None:
    x, labels = convlens_step.examples(network)
    model, params = convlens_step.start(network)
    classes = network["layers"][-1]["outputs"]
    assert sum(array.size for layer in params.values() for array in layer.values()) == network["parameters"]
    assert x.shape == (network["batch"], *network["input"])
    assert x.dtype == np.float32
    assert set(labels.tolist()) <= set(range(classes))
    assert model(params, x[:1])[0].shape == (1, classes)
    assert len(networks.packed_start(network)) == 4 * (x.size + network["parameters"])


def test_the_operations_are_counted_once_forward_and_once_for_each_gradient() -> None:
    first = 32 * 12 * 12 * 25 * 8
    assert networks.conv_flops(NETWORKS["i"]) == 2 * first * 2  # no input gradient in the first layer
    then = 10 * 10 * (2 * 9) * 4 * 2 + 3 * 3 * (4 * 9) * 3 * 3
    assert networks.conv_flops(TINY) == 2 * TINY["batch"] * then


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("layers", "axes"), [(native_blas, (1, 2, 3, 0)), (native_im2col, (0, 1, 2, 3))])
def test_the_steps_by_hand_have_the_gradients_of_convlens(dtype, layers, axes) -> None:
    params, x, labels = native_blas.prepare(TINY, axes)
    params, x = [array.astype(dtype) for array in params], x.astype(dtype)
    loss, grads = native_blas.gradients(TINY, params, x, labels, layers)

    model, tree = convlens_step.start(TINY)
    tree = {name: {key: array.astype(dtype) for key, array in own.items()} for name, own in tree.items()}
    logits, vjp = model(tree, convlens_step.examples(TINY)[0].astype(dtype))
    expected, loss_vjp = ops.cross_entropy(logits, labels)
    _, expected_grads = vjp(loss_vjp(1.0))

    close = {"rtol": 2e-5, "atol": 1e-6} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-14}
    np.testing.assert_allclose(loss, expected, **close)
    flat = [own[key] for own in expected_grads.values() for key in ("weight", "bias")]
    for mine, theirs in zip(grads, flat, strict=True):
        np.testing.assert_allclose(mine, theirs, **close)


class Contender:
    """A contender in this process, or one that is wrong in some way."""

    def __init__(self, **answers) -> None:
        self.answers = {"make": {"parameters": TINY["parameters"], "losses": [0.7, 0.6, 0.5]}}
        self.answers |= {"run": {"steps": 2, "seconds": 0.5, "loss": 0.4}} | answers

    def __call__(self, action, *values):
        return self.answers[action]


@pytest.mark.parametrize(
    "wrong",
    [
        {"make": {"parameters": 7, "losses": [0.7, 0.6, 0.5]}},
        {"make": {"parameters": TINY["parameters"], "losses": [0.7, 0.6, 0.51]}},
        {"run": {"steps": 2, "seconds": 0.5, "loss": 0.7}},
        {"run": {"steps": 2, "seconds": 0.5, "loss": float("nan")}},
    ],
    ids=["another size", "another start", "does not learn", "not a number"],
)
def test_who_does_not_train_the_same_network_is_refused(wrong) -> None:
    with pytest.raises(rounds.Mismatch, match="ConvNetJS"):
        rounds.speeds(TINY, {"convlens": Contender(), "convnetjs": Contender(**wrong)}, 1, 0.1)


def test_all_python_contenders_pass_for_the_same_network() -> None:
    asked = {
        name: lambda action, *values, module=module: getattr(module, action)(*values)
        for name, module in (("native", convlens_step), ("im2col", native_im2col), ("blas", native_blas))
    }
    speeds = rounds.speeds(TINY, asked, 2, 0.01)
    assert {name: len(values) for name, values in speeds.items()} == {"native": 2, "im2col": 2, "blas": 2}


def test_ratios_are_taken_within_a_round_and_held_against_the_aim() -> None:
    speeds = {"convlens": [100.0, 10.0, 100.0], "convnetjs": [10.0, 1.0, 5.0], "peak": [1e-3, 1e-3, 1e-3]}
    found = report.summary(NETWORKS["i"], speeds)
    assert found["convnetjs"]["ratio"] == {"median": 10, "low": 10, "high": 20}
    assert found["convnetjs"]["at best"] == 10
    assert (found["convnetjs"]["aim"], found["convnetjs"]["met"]) == (11, False)
    flops = networks.conv_flops(NETWORKS["i"]) / 32 * 100
    assert found["peak"]["ratio"]["median"] == pytest.approx(flops / 1e9 / 1e-3)
    assert "NOT met" in report.networks_text({"i": found}, NETWORKS)


def test_the_slope_is_the_power_of_the_growth() -> None:
    assert growth.slope([1, 2, 4], [3, 12, 48]) == pytest.approx(2)
    sizes = [networks.conv_flops(networks.vary(TINY, "size", size)) for size in (8, 16)]
    assert sizes[1] > 3 * sizes[0]
    assert networks.vary(TINY, "kernel", 5)["layers"][3] == {
        "kind": "conv",
        "filters": 3,
        "kernel": 5,
        "padding": 2,
    }
    assert TINY["layers"][3]["kernel"] == 3  # the given one is left as it was


def test_the_digits_are_learned_as_the_evidence_says() -> None:
    kept = json.loads((ROOT / "evidence/digits.json").read_text("utf-8"))["cases"]["maps"]["unseen_300"]
    answer = convlens_step.digits(0)
    assert answer["accuracy"] == pytest.approx(kept["values"][0], abs=0.02)
    assert answer["seconds"] > 0
    assert answer["steps"] % convlens_step.EVERY == 0


def answers(**changed) -> Contender:
    return Contender(digits={"accuracy": 0.98, "seconds": 1.5, "steps": 200} | changed)


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        (answers(), True),
        (answers(seconds=3.5), False),
        (answers(seconds=None, steps=None), False),
    ],
    ids=["in time", "too late", "never"],
)
def test_the_aim_of_the_digits_is_for_the_median_start_in_the_browser(asked, met) -> None:
    found = digits.measure({"convlens": asked, "native": answers()}, 3)
    assert found["convlens"]["met"] == met
    assert "met" not in found["native"]
    assert found["convlens"]["accuracy"] == {"median": 0.98, "low": 0.98, "high": 0.98}
    assert ("NOT met" in digits.text(found)) != met
