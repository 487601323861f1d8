"""The library's wheel is small, reproducible and complete, and the lock names it and NumPy only."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from convlens_site import runtime, wheel

LIBRARY = wheel.ROOT / "src" / "convlens"


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
def bundle(tmp_path_factory: pytest.TempPathFactory) -> wheel.Bundle:
    return wheel.build(cache=tmp_path_factory.mktemp("bundle"))


def test_two_builds_in_two_places_give_the_same_bytes(bundle: wheel.Bundle, checkout: Path) -> None:
    again = wheel.build(root=checkout, cache=checkout.parent / "cache")
    assert again.folder.name == bundle.folder.name
    assert again.wheel.read_bytes() == bundle.wheel.read_bytes()
    assert again.lock.read_bytes() == bundle.lock.read_bytes()


def test_the_wheel_holds_all_of_the_library_and_nothing_else(bundle: wheel.Bundle) -> None:
    with zipfile.ZipFile(bundle.wheel) as archive:
        packed = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    files = [path for path in LIBRARY.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert packed == {path.relative_to(LIBRARY.parent).as_posix(): path.read_bytes() for path in files}


def test_the_wheel_is_small(bundle: wheel.Bundle) -> None:
    assert bundle.wheel.stat().st_size < 60_000


def test_the_lock_lists_exactly_numpy_and_the_library(bundle: wheel.Bundle) -> None:
    lock = json.loads(bundle.lock.read_text("utf-8"))
    assert sorted(lock["packages"]) == ["convlens", "numpy"]
    assert lock["info"] == runtime.PINS["lock"]["info"]
    ours = lock["packages"]["convlens"]
    assert ours["file_name"] == bundle.wheel.name, "a name beside the lock, not a path or an address"
    assert ours["sha256"] == hashlib.sha256(bundle.wheel.read_bytes()).hexdigest()
    assert (ours["depends"], ours["imports"]) == (["numpy"], ["convlens"])
    pinned = runtime.PINS["lock"]["packages"]["numpy"]
    assert pinned.items() <= lock["packages"]["numpy"].items()


def test_nothing_is_built_twice(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = wheel.build(root=checkout, cache=checkout.parent / "cache")
    monkeypatch.setattr(wheel, "call", lambda *_args, **_named: pytest.fail("a tool was started"))
    assert wheel.build(root=checkout, cache=checkout.parent / "cache") == first


@pytest.mark.parametrize("name", ["src/convlens/__init__.py", "src/convlens/quite_new.py", "pyproject.toml"])
def test_a_change_of_any_source_is_built(checkout: Path, name: str) -> None:
    before = wheel.build(root=checkout, cache=checkout.parent / "cache")
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    after = wheel.build(root=checkout, cache=checkout.parent / "cache")
    assert after.folder != before.folder
    if name.startswith("src/"):
        with zipfile.ZipFile(after.wheel) as archive:
            assert archive.read(name.removeprefix("src/")).endswith(b"# changed\n")


def test_a_failed_build_says_why_and_leaves_nothing(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("not [ toml", encoding="utf-8")
    cache = checkout.parent / "cache"
    with pytest.raises(wheel.BuildFailed, match="TOMLDecodeError"):
        wheel.build(root=checkout, cache=cache)
    assert list(cache.iterdir()) == []


def test_the_manifest_describes_every_file_the_browser_loads() -> None:
    files = wheel.files()
    manifest = wheel.manifest()
    assert manifest["version"] == runtime.PINS["version"]
    assert [entry["name"] for entry in manifest["files"]] == list(files)
    for entry in manifest["files"]:
        content = files[entry["name"]].read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    lock = json.loads(files[wheel.LOCK].read_text("utf-8"))
    assert {package["file_name"] for package in lock["packages"].values()} <= set(files)
