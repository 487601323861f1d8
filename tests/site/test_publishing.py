"""What is published is what was tested: the same bytes each time, by a workflow that may do no more than that."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from convlens_site.paths import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "pages.yml"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.exhaustive
def test_two_builds_of_one_commit_are_the_same_to_the_last_byte(site, tmp_path):
    build = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--site-dir",
        str(tmp_path / "again"),
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "SITE_URL": site.url})
    first, second = contents(site.folder), contents(tmp_path / "again")
    assert len(first) > 100
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_workflow_runs_the_tests_and_may_do_nothing_but_publish():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {}
    test, publish = workflow["jobs"]["test"], workflow["jobs"]["publish"]
    assert [step["run"] for step in test["steps"] if "run" in step] == ["make test", "make site"]
    assert test["permissions"] == {"contents": "read"}
    assert publish["needs"] == "test"
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert not any("run" in step for step in publish["steps"])


def test_the_workflows_actions_are_pinned_by_commit():
    used = re.findall(r"uses: *(\S+)(.*)", WORKFLOW.read_text())
    assert len(used) == 3
    for action, comment in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)
        assert re.fullmatch(r" +# v\d+\.\d+\.\d+", comment)


def test_every_package_is_hashed_and_nothing_is_built_from_source():
    lock = (ROOT / "requirements.txt").read_text()
    pinned = re.findall(r"^[\w.-]+==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(pinned) > 100
    assert all("--hash=sha256:" in each for each in pinned)
    maker = (ROOT / "scripts" / "make-env").read_text()
    assert "--require-hashes --only-binary :all: -r requirements.txt" in maker
