"""Does it hold elsewhere? The recorded results, what the pages make of them, and the snippets in PyTorch."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convlens_site import demos
from convlens_site.elsewhere import run, torch_snippets
from convlens_site.elsewhere.setups import FRAMEWORKS, IMAGES, OPTIMIZERS, SEEDS, SETUPS, STARTS
from convlens_site.elsewhere.torch_python import NoTorch, torch_python
from convlens_site.elsewhere.trainers import Convlens, trainer
from convlens_site.fences import elsewhere
from convlens_site.paths import EVIDENCE, ROOT

QUESTIONS = sorted((ROOT / "docs" / "questions").glob("*.md"))
each_module = pytest.mark.parametrize("slug", run.MODULES)
each_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@pytest.fixture(scope="session")
def torch() -> None:
    try:
        torch_python()
    except NoTorch:
        pytest.skip("no Python with PyTorch was found: only what is recorded of it is checked, not run again")


def needs_torch(test: Any) -> Any:
    return pytest.mark.slow(pytest.mark.usefixtures("torch")(test))


def test_there_are_three_starts_four_optimizers_and_two_kinds_of_images_with_twenty_seeds_each() -> None:
    assert len(SETUPS) == len(STARTS) * len(OPTIMIZERS) * len(IMAGES) == 24
    assert SEEDS >= 20


def test_every_question_page_has_its_claims_its_table_and_its_snippet() -> None:
    pages = {run.load(slug).PAGE: slug for slug in run.MODULES}
    assert set(pages) == {f"questions/{page.name}" for page in QUESTIONS}
    for page in QUESTIONS:
        text = page.read_text()
        assert f"``` elsewhere\n{pages[f'questions/{page.name}']}\n```" in text
        assert f'--8<-- "evidence/torch/snippets/{page.stem}.py"' in text
        assert f"``` printed\n    {page.stem}\n" in text
        assert text.index("## Does it hold elsewhere?") < text.index("## Where this is over-simplified")


@each_framework
@each_module
def test_what_is_recorded_belongs_to_the_claims_of_the_page(slug: str, framework: str) -> None:
    result = elsewhere.results(slug)[framework]
    module = run.load(slug)
    assert result["seeds"] == SEEDS
    assert list(result["setups"]) == list(run.setups_of(module))
    assert result["versions"]["processor"]
    assert ("torch" in result["versions"]) == (framework == "torch")
    for seen in result["setups"].values():
        runs = [
            dict(zip(seen["numbers"], values, strict=True))
            for values in zip(*seen["numbers"].values(), strict=True)
        ]
        assert len(runs) == SEEDS
        for name, claim in module.CLAIMS.items():
            verdicts = [
                claim.verdict({key: float("nan") if v is None else v for key, v in numbers.items()})
                for numbers in runs
            ]
            assert seen["claims"][name] == [verdicts.count(True), len(verdicts) - verdicts.count(None)]


@pytest.fixture(scope="module", autouse=True)
def no_process_stays() -> Iterator[None]:
    yield
    trainer("torch").close()


# Of each page, one run that is short enough to be made again here.
AGAIN = {
    "twins": "he-page-other",
    "tie_breakers": "glorot-page-page",
    "black_line": "pytorch-adam-page",
    "squiggle_or_corner": "he-momentum-other",
}


LONG = {"twins", "tie_breakers", "black_line"}


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "slug", [pytest.param(slug, marks=pytest.mark.slow if slug in LONG else ()) for slug in run.MODULES]
)
def test_a_run_of_this_library_gives_what_is_recorded(slug: str) -> None:
    setup = AGAIN.get(slug) or next(iter(run.setups_of(run.load(slug))))
    kept = elsewhere.results(slug)["convlens"]["setups"][setup]["numbers"]
    for name, value in run.measure("convlens", slug, setup, 3).items():
        if name not in ("order", "bits"):  # rounding alone, which differs from machine to machine
            assert run.round_to_six(value) == pytest.approx(kept[name][3], rel=1e-3, abs=1e-9), name


@pytest.mark.sample(6)
@needs_torch
@pytest.mark.parametrize("slug", run.MODULES)
def test_a_run_of_pytorch_confirms_what_is_recorded(slug: str) -> None:
    setup = AGAIN.get(slug) or next(iter(run.setups_of(run.load(slug))))
    kept = elsewhere.results(slug)["torch"]["setups"][setup]["claims"]
    numbers = run.measure("torch", slug, setup, 3)
    for name, claim in run.load(slug).CLAIMS.items():
        held, runs = kept[name]
        if held == runs:
            assert claim.verdict(numbers), name


NETWORKS = [{}, {"kernel": 3, "layers": 2}]  # of one convolution, and of two


@needs_torch
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_both_frameworks_train_the_same_network_alike(optimizer: str, network: dict[str, int]) -> None:
    """The same first weights, images and optimizer: after 20 steps the weights agree, so each checks the other."""
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(16, 1, 12, 12)), np.arange(16) % 3
    recipe = SETUPS[f"he-{optimizer}-page"].recipe(0.5, 20)
    params = Convlens().start("pytorch", filters=3, classes=3, seed=1, **network)
    (ours,), (theirs,) = (
        trainer(framework).train(params, x, labels, recipe, keep=[20]) for framework in FRAMEWORKS
    )
    assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-10)
    for layer in params:
        for name in params[layer]:
            np.testing.assert_allclose(
                ours["params"][layer][name], theirs["params"][layer][name], rtol=1e-8, atol=1e-11
            )
            np.testing.assert_allclose(
                ours["grads"][layer][name], theirs["grads"][layer][name], rtol=1e-7, atol=1e-11
            )


@needs_torch
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("start", STARTS)
def test_both_frameworks_draw_the_same_start(start: str, network: dict[str, int]) -> None:
    """Of the same spread, that is: the random numbers are their own."""
    spreads = []
    for framework in FRAMEWORKS:
        start_of = trainer(framework).start
        draws = [start_of(start, filters=8, classes=4, seed=seed, **network) for seed in range(30)]
        spreads.append(
            [np.std([draw[layer][name] for draw in draws]) for layer in draws[0] for name in draws[0][layer]]
        )
    np.testing.assert_allclose(*spreads, rtol=0.15, atol=1e-12)


# what the table says


def test_a_claim_that_holds_everywhere_fails_nowhere_and_another_names_the_worst() -> None:
    def results(failing: Any) -> dict[str, Any]:
        setups = {
            name: {"claims": {"c": [0 if failing(setup) else 20, 20]}} for name, setup in SETUPS.items()
        }
        return {framework: {"setups": setups} for framework in FRAMEWORKS}

    module = type("Module", (), {})
    assert elsewhere.where_it_fails("c", results(lambda setup: False), module) == "nowhere"
    assert (
        elsewhere.where_it_fails("c", results(lambda setup: setup.optimizer == "adam"), module)
        == "Adam: holds in 0 of 240"
    )
    assert "other images: holds in 0 of 480" in elsewhere.where_it_fails(
        "c", results(lambda setup: setup.images == "other"), module
    )
    assert elsewhere.count_text((480, 480)) == "all 480 runs"
    assert elsewhere.count_text((479, 480)) == "479 of 480"


@each_module
def test_the_table_has_a_row_for_each_claim(slug: str) -> None:
    shown = elsewhere.small_table(slug)
    assert shown.count("<tr>") == 1 + len(run.load(slug).CLAIMS)
    assert "PyTorch" in shown


# the snippets


@pytest.mark.parametrize("snippet", torch_snippets.snippets(), ids=lambda snippet: snippet.stem)
def test_a_snippet_is_short_and_needs_torch_alone(snippet: Path) -> None:
    text = snippet.read_text()
    assert len(text.splitlines()) <= 16
    imported = {
        alias.name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {
        (node.module or "").split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
    }
    assert imported == {"torch"}
    kept = torch_snippets.recorded()["printed"][snippet.stem]
    assert kept["sha256"] == torch_snippets.digest(snippet), (
        "it was changed: 'make torch RECORD=1' runs it again"
    )


# What each page claims, in what its snippet printed.
SAID = {
    "where-does-3073-come-from": [
        r"3073 parameters, map 3 3$",
        r"28 parameters, map 32 32$",
        r"3146752",
        r"1400 22550$",
    ],
    "how-is-a-shared-weight-learned": [
        r"products: (-?\d+\.\d{6})$",
        r"gradient: (-?\d+\.\d{6})$",
        r"errors: (-?\d+\.\d{6}) the bias's gradient: \1$",
    ],
    "what-does-the-second-layer-read": [
        r"^maps: 4 then 3 \| weights of a filter: \[4, 3, 3\]$",
        r"112 111 15$",
        r"bias: (\S+) Conv2d: \1$",
        r"3x3 sees 25 pixels$",
        r"1x1 sees 9 pixels$",
    ],
    "one-output-number": [r": 27$", r"bias: (\S+) conv2d: \1$", r"channels: "],
    "why-not-the-same": [r": 1 1 0 apart", *[rf": {ties} [1-9]" for ties in ("1 0", "0 1", "0 0")]],
    "random-or-different": [
        r"order: 0 apart \| dropout: 0\.[1-9]",
        r"2000 steps: 0 apart \| six filters: [1-9]",
    ],
    "how-many-filters": [
        r"^means right: 0\.[1-4]\d can go alone: \d of 1$",
        r"^whole maps right: 0\.[89]\d can go alone: 0 of 1$",
        r"^means right: 0\.9\d can go alone: \d of 32$",
        r"^whole maps right: 1\.00 can go alone: 3[0-2] of 32$",
    ],
    "what-if-zeros": [
        r"0 None gradients 0 0 different: 1 of 4",
        r"None 0 gradients 0 \S*[1-9]\S* different: 4 of 4",
        r"1 1 gradients 0 \S*[1-9]\S* different: 1 of 4",
        r"None None gradients \S*[1-9]\S* \S*[1-9]\S* different: 4 of 4",
    ],
    "the-black-line": [r": [1-7] of 8$", r"minus: [1-8] and look like the line: 0$"],
    "squiggle-or-corner": [r"^step 0 5", r"^step 400 [67]"],
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_snippet_printed_is_what_its_page_says(name: str) -> None:
    lines = torch_snippets.recorded()["printed"][name]["lines"]
    assert len(lines) == len(SAID[name])
    for line, pattern in zip(lines, SAID[name], strict=True):
        assert re.search(pattern, line), line


def test_every_snippet_has_a_claim() -> None:
    assert (
        set(SAID)
        == {snippet.stem for snippet in torch_snippets.snippets()}
        == {page.stem for page in QUESTIONS}
    )


@pytest.mark.sample(6)
@needs_torch
@pytest.mark.parametrize("snippet", torch_snippets.snippets(), ids=lambda snippet: snippet.stem)
def test_a_snippet_prints_what_its_page_says(snippet: Path) -> None:
    said = torch_snippets.recorded()["printed"][snippet.stem]["lines"]
    assert not torch_snippets.differences(said, torch_snippets.run(snippet))


@pytest.mark.parametrize(
    ("said", "now", "same"),
    [
        ("0 apart", "0 apart", True), ("0 apart", "1e-9 apart", False), ("2.08 apart", "2.1 apart", True),
        ("2.08 apart", "5.0 apart", False), ("5 of 8", "4 of 8", False), ("63 %", "64 %", True), ("63 %", "80 %", False),
        ("3073", "3074", False), ("a 1", "b 1", False),
    ],
)  # fmt: skip
def test_a_difference_is_a_word_a_count_a_zero_or_a_number_far_off(said: str, now: str, same: bool) -> None:
    assert (not torch_snippets.differences([said], [now])) == same


# equal filters in PyTorch


@functools.cache
def equal_filters() -> dict[str, Any]:
    return json.loads((EVIDENCE / "equal_filters.json").read_text())  # type: ignore[no-any-return]


def splits(case: str) -> bool:
    """Did the filters of a case differ in the end?"""
    values = equal_filters()["cases"][case]["apart"]["values"]
    assert len({value > 0 for value in values}) == 1, f"{case}: not alike in all seeds"
    return bool(values[0] > 0)


def test_in_pytorch_eight_equal_filters_stay_equal_and_six_do_not() -> None:
    assert [K for K in range(2, 18) if splits(f"float32-{K}")] == [5, 6, 7, 9, 10, 11]
    assert [K for K in range(2, 18) if not splits(f"float64-{K}")] == [2, 4, 8, 12]
    assert equal_filters()["cases"]["float32-6"]["apart"]["min"] > 0.1


def test_the_next_layer_differs_first_and_where_its_rows_lie_decides() -> None:
    cases = equal_filters()["cases"]
    for K in (5, 6, 7, 9, 10, 11):
        assert cases[f"float32-{K}"]["outgoing_first"]["min"] == 1
    assert not any(splits(f"padded-{K}") for K in range(2, 17))
    assert splits("shifted-8")
    assert not any(splits(f"compatible-{K}") for K in range(2, 18))
    assert [N for N in (4, 7, 8, 9, 64) if splits(f"images-{N}")] == [8, 9, 64]


@pytest.mark.parametrize("filters", range(2, 12))
def test_numpy_repeats_pytorchs_product_bit_for_bit(filters: int) -> None:
    import rows_in_memory

    kept = equal_filters()["products"][f"product-{filters}"]
    assert kept["offset"] == 0
    rng = np.random.default_rng(filters)
    errors, means = (rng.normal(size=(64, columns)).astype(np.float32) for columns in (4, filters))
    made = rows_in_memory.product(errors, means).astype(np.float32)
    assert made.view(np.uint32).ravel().tolist() == kept["bits"]


def test_the_rule_says_which_counts_split() -> None:
    import rows_in_memory

    marked = {K: rows_in_memory.in_another_order(K).any() for K in range(2, 12)}
    assert [K for K, some in marked.items() if some] == [5, 6, 7, 9, 10, 11]
    # A difference needs a row in which some numbers are marked and others are not.
    for K in range(2, 12):
        assert any(rows_in_memory.unequal(K, seed) for seed in range(5)) == marked[K]


def test_every_experiment_has_its_claims() -> None:
    """A demo that imports another one shows more of the same experiment: one of them has the claims. One shows PyTorch itself."""
    groups = [{slug, *demos.imports(slug)} for slug in demos.SLUGS]
    alone = [group for group in groups if not any(group < other for other in groups)]
    assert all(group & {*run.MODULES, "rows_in_memory"} for group in alone)
    assert set(run.MODULES) <= set(demos.SLUGS)
