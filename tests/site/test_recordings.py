"""The recordings that the site ships: small, listed with their hashes, and what the demo does when it runs again."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from convlens_site import demos, recording
from convlens_site.fences import ahead, stills
from convlens_site.paths import ROOT

LIMIT = 60_000  # bytes of one file, compressed
HOME = 25_000  # and of those that the start page loads


@cache
def sections(site_folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What each page declares of each of its demos."""
    found = {}
    for path in (site_folder / "index.html", *sorted(site_folder.glob("questions/*/index.html"))):
        for slug, declared in re.findall(
            r"data-demo=\"?(\w+).*?data-declared='([^']*)'", path.read_text("utf-8")
        ):
            found[path.parent.name, slug] = json.loads(html.unescape(declared))
    return found


def unpacked(path: Path) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    content = json.loads(gzip.decompress(path.read_bytes()))
    parts = content["parts"]
    runs = []
    for run in content["runs"]:
        for figure in run["frames"]:
            ranges = [zip(panel[::2], panel[1::2], strict=True) for panel in figure["panels"]]
            figure["panels"] = ["".join("".join(parts[n : n + m]) for n, m in each) for each in ranges]
            figure["table"]["rows"] = [parts[n] for n in figure["table"]["rows"]]
        runs.append((run["settings"], run["frames"]))
    return runs


def test_each_is_listed_with_its_size_and_hash_and_is_small(site) -> None:
    folder = site.folder / "assets/recordings"
    listed = {file["name"]: file for each in sections(site.folder).values() for file in each["recordings"]}
    assert {path.name for path in folder.iterdir()} == listed.keys()
    for name, file in listed.items():
        content = (folder / name).read_bytes()
        assert len(content) == file["bytes"] <= LIMIT, name
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    home = [
        each["recordings"][0]["bytes"]
        for (page, _), each in sections(site.folder).items()
        if page == site.folder.name
    ]
    assert 0 < sum(home) <= HOME


def test_every_demo_is_recorded_at_the_settings_of_its_page_and_ends_in_the_built_figure(site) -> None:
    found = sections(site.folder)
    assert {slug for _, slug in found} == {*demos.SLUGS}
    for (_, slug), declared in found.items():
        (settings, frames), *others = unpacked(
            site.folder / "assets/recordings" / declared["recordings"][0]["name"]
        )
        assert settings == declared["settings"]
        assert bool(others) == bool(demos.demo(slug).scenes), "its other scenes are in the same file"
        given = {name: value for name, value in settings.items() if value != demos.demo(slug).parse({})[name]}
        assert frames[-1] == stills.still(slug, given)["end"], "the build's own process found another end"


@pytest.mark.sample(4)
@pytest.mark.parametrize("slug", demos.SLUGS)
def test_recording_again_gives_the_same(site, slug: str) -> None:
    (declared,) = [each for (_, name), each in sections(site.folder).items() if name == slug]
    published = [
        run
        for file in declared["recordings"]
        for run in unpacked(site.folder / "assets/recordings" / file["name"])
    ]
    demo = demos.demo(slug)
    wanted = recording.settings_of(demo, declared["settings"])
    assert [settings for settings, _ in published] == wanted[: len(published)]
    if len(published) < len(wanted):
        assert declared["recordings"][-1]["bytes"] > 0.8 * LIMIT, "what fits is recorded"
    for settings, frames in published[:: max(1, len(published) - 1)]:
        assert frames == recording.record(demo, settings), settings


def test_a_build_begins_with_the_demos_of_all_pages(site, monkeypatch) -> None:
    begun = []
    monkeypatch.setattr(ahead, "compute", lambda slug, rest: begun.append(slug))
    ahead.start(ROOT / "docs").shutdown()
    assert sorted(begun) == sorted(slug for _, slug in sections(site.folder))


def test_what_is_on_its_way_is_not_computed_twice(monkeypatch, tmp_path) -> None:
    begun, run = [], subprocess.run
    monkeypatch.setattr(stills, "CACHE", tmp_path)
    monkeypatch.setattr(
        subprocess, "run", lambda *command, **how: (begun.append(command), run(*command, **how))[1]
    )
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: stills.still("conv_arithmetic", {}), range(2))
    assert one == other
    assert len(begun) == 1
