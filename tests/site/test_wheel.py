"""The library's wheel is small, reproducible and complete."""

import shutil
import zipfile
from pathlib import Path

import pytest

from convlens_site.paths import LIBRARY, library_files
from convlens_site.runtime import wheel


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the wheel is made of, in a folder of another name."""
    root = tmp_path / "elsewhere"
    for path in wheel.sources(wheel.ROOT):
        copy = root / path.relative_to(wheel.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheel.build(cache=tmp_path_factory.mktemp("wheel"))


def test_two_builds_in_two_places_give_the_same_bytes(built: Path, checkout: Path) -> None:
    again = wheel.build(root=checkout, cache=checkout.parent / "cache")
    assert again.parent.name == built.parent.name
    assert again.read_bytes() == built.read_bytes()


def test_the_wheel_holds_all_of_the_library_and_nothing_else(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        packed = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    files = library_files()
    assert packed == {path.relative_to(LIBRARY.parent).as_posix(): path.read_bytes() for path in files}


def test_the_wheel_is_small(built: Path) -> None:
    assert built.stat().st_size < 118 * 1024 + (LIBRARY / "digits.csv.gz").stat().st_size


def test_nothing_is_built_twice(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = wheel.build(root=checkout, cache=checkout.parent / "cache")
    monkeypatch.setattr(wheel, "run_module", lambda *_args, **_named: pytest.fail("a tool was started"))
    assert wheel.build(root=checkout, cache=checkout.parent / "cache") == first


@pytest.mark.parametrize(
    "name", ["src/convlens/__init__.py", "src/convlens_live/quite_new.py", "pyproject.toml"]
)
def test_a_change_of_any_source_is_built(checkout: Path, name: str) -> None:
    before = wheel.build(root=checkout, cache=checkout.parent / "cache")
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    after = wheel.build(root=checkout, cache=checkout.parent / "cache")
    assert after.parent != before.parent
    if name.startswith("src/"):
        with zipfile.ZipFile(after) as archive:
            assert archive.read(name.removeprefix("src/")).endswith(b"# changed\n")


def test_a_failed_build_says_why_and_leaves_nothing(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("not [ toml", encoding="utf-8")
    cache = checkout.parent / "cache"
    with pytest.raises(wheel.BuildFailed, match="TOMLDecodeError"):
        wheel.build(root=checkout, cache=cache)
    assert list(cache.iterdir()) == []
