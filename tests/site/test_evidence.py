"""Evidence: run by run, on any executor, and never the same run twice."""

from __future__ import annotations

import json
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest

from convlens_site import evidence
from convlens_site.paths import EVIDENCE

DEMO = "conv_arithmetic"


def test_what_is_committed_is_what_the_command_makes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        made = evidence.collect(DEMO, executor, cache=tmp_path)
    kept = json.loads((EVIDENCE / f"{DEMO}.json").read_text())
    assert made["cases"] == kept["cases"]
    assert made["seeds"] == kept["seeds"] == 1


def test_who_breaks_off_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = evidence.measure

    def once_broken(slug: str, case: str, seed: int) -> dict[str, float]:
        asked.append(case)
        if case == "vgg" and asked.count("vgg") == 1:
            raise KeyboardInterrupt
        return original(slug, case, seed)

    monkeypatch.setattr(evidence, "measure", once_broken)
    with ThreadPoolExecutor(1) as executor, pytest.raises(KeyboardInterrupt):
        evidence.collect(DEMO, executor, cache=tmp_path)
    with ThreadPoolExecutor(1) as executor:
        evidence.collect(DEMO, executor, cache=tmp_path)
    assert sorted(asked) == sorted([*original_cases(), "vgg"])


def original_cases() -> list[str]:
    """The names of the demo's cases."""
    return list(evidence.load(DEMO).CASES)


def test_an_unknown_demo_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        evidence.main(["nothing"])
    assert "there is no demo nothing with cases" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what Dask's own parts say of each other is not ours to mend
def test_the_same_runs_on_a_dask_cluster(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    local = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with local as cluster, evidence.workers(cluster.scheduler_address) as executor:
        assert isinstance(executor, Executor)
        made = evidence.collect(DEMO, executor, cache=tmp_path)
    assert made["cases"] == json.loads((EVIDENCE / f"{DEMO}.json").read_text())["cases"]
