"""From a clone to an environment: the right Python is found, and the lock is whole and names no index."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from convlens_site.runtime.pins import PINS, pinned_files

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = (ROOT / "requirements.txt").read_text("utf-8")


def fake_python(path: Path, version: tuple[int, int, int] | None) -> Path:
    """An executable that answers as that version of Python would or, with None, as an empty pyenv shim."""
    body = f"echo 'pyenv: {path.name}: command not found' >&2; exit 127"
    if version:
        run = f"import sys; sys.version_info = {version}; exec(sys.argv[1])"
        body = f"exec {sys.executable} -c '{run}' \"$2\""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def find_python(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing but `bin` on PATH, and `home` as the home."""
    (tmp_path / "bin").mkdir(exist_ok=True)
    return subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "find-python")],
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_newest_known_python_on_path_is_taken(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin/python3", (3, 12, 1))
    fake_python(tmp_path / "bin/python3.12", (3, 12, 1))
    best = fake_python(tmp_path / "bin/python3.13", (3, 13, 0))
    assert find_python(tmp_path).stdout.split() == [str(best)]


def test_a_shim_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin/python3.14", None)
    fake_python(tmp_path / "bin/python3.13", None)
    good = fake_python(tmp_path / "bin/python3.12", (3, 12, 1))
    assert find_python(tmp_path).stdout.split() == [str(good)]


def test_what_counts_is_the_version_and_not_the_name(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin/python3.12", (3, 11, 9))
    good = fake_python(tmp_path / "bin/python3", (3, 13, 0))
    assert find_python(tmp_path).stdout.split() == [str(good)]


@pytest.mark.parametrize("place", ["home", "variable"])
def test_with_an_old_python_on_path_pyenv_is_searched(tmp_path: Path, place: str) -> None:
    fake_python(tmp_path / "bin/python3", (3, 11, 2))
    root = tmp_path / ("home/.pyenv" if place == "home" else "other")
    fake_python(root / "versions/3.11.7/bin/python3", (3, 11, 7))
    fake_python(root / "versions/3.12.1/bin/python3", (3, 12, 1))
    fake_python(root / "versions/3.13.1/bin/python3", None)
    good = fake_python(root / "versions/3.13.2/bin/python3", (3, 13, 2))
    found = find_python(tmp_path, **({"PYENV_ROOT": str(root)} if place == "variable" else {}))
    assert found.stdout.split() == [str(good)]


def test_without_any_one_line_says_what_is_missing(tmp_path: Path) -> None:
    fake_python(tmp_path / "bin/python3", (3, 11, 2))
    found = find_python(tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert len(found.stderr.splitlines()) == 1
    assert "3.12" in found.stderr


def locked() -> dict[str, str]:
    """Name and version of each requirement in the lock."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", REQUIREMENTS, re.MULTILINE))


def test_every_requirement_is_pinned_and_hashed() -> None:
    logical_lines = REQUIREMENTS.replace("\\\n", " ").splitlines()
    requirements = [line for line in logical_lines if line.strip() and not line.lstrip().startswith("#")]
    assert len(requirements) == len(locked()) > 50
    for line in requirements:
        assert re.match(r"[A-Za-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_the_lock_names_no_index_and_no_place() -> None:
    assert not re.search(r"://|--(?!hash=)|^\s*-(?!-)| @ |(?<![\w.])/\w", REQUIREMENTS, re.MULTILINE)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"].values()
    asked = project["project"]["dependencies"] + [requirement for group in groups for requirement in group]
    versions = locked()
    for requirement in asked:
        name = re.match(r"[A-Za-z0-9._-]+", requirement)[0]
        assert name in versions, f"{requirement}: run make lock"
        if "==" in requirement:
            pinned = requirement.partition(";")[0].strip()  # what follows says for which Python
            assert pinned.endswith(f"=={versions[name]}"), f"{requirement}: run make lock"


def test_every_file_of_the_real_runtime_is_pinned() -> None:
    files = pinned_files()
    assert len({file.name for file in files}) == len(files) == 5
    for file in files:
        assert file.bytes > 10_000
        assert len(bytes.fromhex(file.sha256)) == 32


def test_the_build_has_the_browsers_numpy() -> None:
    assert locked()["numpy"] == PINS["numpy"]


def test_continuous_integration_is_make_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "exec make test </dev/null",
    ]
