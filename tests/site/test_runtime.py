"""The browser runtime is fetched from whichever source works, and no wrong byte is ever kept."""

import functools
import hashlib
import http.server
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from convlens_site.runtime import fetch
from convlens_site.runtime.pins import PinnedFile

CONTENT = {"one.mjs": b"export default 1;\n", "two.wasm": bytes(range(256)) * 1000}
VERSION = "9.9.9"
DEAD = "http://127.0.0.1:9/v{version}/{name}"  # the discard port: nothing listens there


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the template of its address on a local server."""
    folder = tmp_path / "served" / f"v{VERSION}"
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    handler = functools.partial(QuietHandler, directory=str(folder.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/v{{version}}/{{name}}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def only_a_local_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip sees one folder and nothing else: put a wheel there, or leave it empty."""
    index = tmp_path / "index"
    index.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return index


def put_mirror(index: Path, content: dict[str, bytes]) -> None:
    """Write the mirror's wheel, with a Python requirement that no one meets."""
    with zipfile.ZipFile(index / "mirror_app-1.0-py3-none-any.whl", "w") as wheel:
        info = "mirror_app-1.0.dist-info"
        for name, data in content.items():
            wheel.writestr(f"mirror_app/static/{name}", data)
        wheel.writestr("mirror_app/static/not-wanted.js", b"x" * 100_000)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: mirror-app\nVersion: 1.0\n"
            "Requires-Python: <3\nRequires-Dist: not-to-be-found\n",
        )
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, bytes]:
    """Put files here, and the mirror has them. It stands in for pip, which takes a second: what pip does is tested below."""
    content: dict[str, bytes] = {}

    def from_mirror(wanted: Sequence[PinnedFile], *_: object) -> fetch.Downloads:
        if not content:
            raise fetch.SourceFailed("there is no mirror")
        for file in wanted:
            path = tmp_path / f"mirrored-{file.name}"
            path.write_bytes(content[file.name])
            yield file, path

    monkeypatch.setattr(fetch, "from_mirror", from_mirror)
    return content


def pins(cdn: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in CONTENT.items()
        ],
        "cdn": cdn,
        "mirror": {"requirement": "mirror-app==1.0", "folder": "mirror_app/static", "bytes": 150_000},
    }


def silent(source: str, done: int, total: int) -> None:
    del source, done, total


def assert_holds_exactly_the_pinned_files(cache: Path) -> None:
    found = {str(path.relative_to(cache)): path.read_bytes() for path in cache.rglob("*") if path.is_file()}
    assert found == {f"{VERSION}/{name}": data for name, data in CONTENT.items()}
    assert [path.name for path in cache.iterdir()] == [VERSION], "scratch folders are left"


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


SPOILERS = [truncate, flip_a_bit, lengthen, Path.unlink]


def test_the_cdn_alone_is_enough(served: tuple[Path, str], tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    folder = fetch.ensure(lambda *told: seen.append(told), pins=pins(served[1]), cache=tmp_path / "cache")
    assert folder == tmp_path / "cache" / VERSION
    assert_holds_exactly_the_pinned_files(tmp_path / "cache")
    total = sum(map(len, CONTENT.values()))
    assert seen[0] == ("the CDN", 0, total)
    assert seen[-1] == ("the CDN", total, total)


def test_a_dead_cdn_leads_to_the_mirror(only_a_local_index: Path, tmp_path: Path) -> None:
    put_mirror(only_a_local_index, CONTENT)
    seen: set[str] = set()
    fetch.ensure(lambda source, *_: seen.add(source), pins=pins(DEAD), cache=tmp_path / "cache")
    assert_holds_exactly_the_pinned_files(tmp_path / "cache")
    assert seen == {"the CDN", "the package index"}


@pytest.mark.parametrize("spoil", SPOILERS)
@pytest.mark.parametrize("name", CONTENT)
def test_a_wrong_file_on_the_cdn_is_replaced_by_the_mirrors(
    served: tuple[Path, str],
    mirror: dict[str, bytes],
    tmp_path: Path,
    name: str,
    spoil: Callable[[Path], None],
) -> None:
    spoil(served[0] / name)
    mirror.update(CONTENT)
    fetch.ensure(silent, pins=pins(served[1]), cache=tmp_path / "cache")
    assert_holds_exactly_the_pinned_files(tmp_path / "cache")


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_wrong_file_that_no_source_puts_right_is_refused(
    served: tuple[Path, str], mirror: dict[str, bytes], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    assert mirror == {}
    spoil(served[0] / "two.wasm")
    with pytest.raises(fetch.RuntimeUnavailable):
        fetch.ensure(silent, pins=pins(served[1]), cache=tmp_path / "cache")
    assert not (tmp_path / "cache" / VERSION / "two.wasm").exists()


@pytest.mark.parametrize("mirrored", [{}, {**CONTENT, "two.wasm": b"something else"}])
def test_a_mirror_without_the_pinned_file_is_refused(
    only_a_local_index: Path, tmp_path: Path, mirrored: dict[str, bytes]
) -> None:
    put_mirror(only_a_local_index, mirrored)
    with pytest.raises(fetch.RuntimeUnavailable, match="nor from the package index"):
        fetch.ensure(silent, pins=pins(DEAD), cache=tmp_path / "cache")
    assert not (tmp_path / "cache" / VERSION / "two.wasm").exists()


def test_with_no_source_one_sentence_says_what_was_tried_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(fetch.RuntimeUnavailable) as caught:
        fetch.ensure(silent, pins=pins(DEAD), cache=tmp_path / "cache")
    message = str(caught.value)
    assert "\n" not in message
    for said in (
        VERSION,
        "the CDN",
        "Connection refused",
        "the package index",
        "mirror-app==1.0",
        "run the same",
    ):
        assert said in message


def test_what_is_cached_needs_no_source(served: tuple[Path, str], tmp_path: Path) -> None:
    fetch.ensure(silent, pins=pins(served[1]), cache=tmp_path / "cache")
    told: list[str] = []
    fetch.ensure(lambda source, *_: told.append(source), pins=pins(DEAD), cache=tmp_path / "cache")
    assert told == []


@pytest.mark.parametrize("spoil", SPOILERS)
def test_only_a_cached_file_that_went_wrong_is_fetched_again(
    served: tuple[Path, str], tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = fetch.ensure(silent, pins=pins(served[1]), cache=tmp_path / "cache")
    spoil(folder / "two.wasm")
    totals: set[int] = set()
    fetch.ensure(lambda *told: totals.add(told[2]), pins=pins(served[1]), cache=tmp_path / "cache")
    assert_holds_exactly_the_pinned_files(tmp_path / "cache")
    assert totals == {len(CONTENT["two.wasm"])}


def test_several_processes_at_once_do_not_disturb_each_other(
    served: tuple[Path, str], tmp_path: Path
) -> None:
    def fetched(_: int) -> Path:
        return fetch.ensure(silent, pins=pins(served[1]), cache=tmp_path / "cache")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(fetched, range(8))) == {tmp_path / "cache" / VERSION}
    assert_holds_exactly_the_pinned_files(tmp_path / "cache")


def test_the_command_prints_the_sentence_and_fails(tmp_path: Path) -> None:
    code = (
        "import pathlib, runpy, sys; from convlens_site.runtime import fetch\n"
        f"fetch.ensure.__kwdefaults__.update(cache=pathlib.Path({str(tmp_path)!r}), pins={pins(DEAD)!r})\n"
        "sys.exit(fetch.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        f"The browser runtime, Pyodide {VERSION}, could not be fetched"
    )
    assert "Traceback" not in done.stderr
