"""Evidence within reach: each measured number links to its data, its code and its command."""

from __future__ import annotations

import json
import re

import pytest

from convlens_site import evidence
from convlens_site.paths import EVIDENCE
from convlens_site.publish import evidence_pages


def test_every_measured_number_on_a_page_is_a_link_to_its_case(site) -> None:
    for path in site.pages:
        if "questions" not in path.parts:
            continue
        html = path.read_text()
        links = re.findall(r'<a class="measured" translate="no" href="([^"]+)">([^<]*)</a>', html)
        assert len(links) >= 4, path
        for address, text in links:
            target = (path.parent / address.split("#")[0]).resolve()
            there = (target / "index.html").read_text()
            _, _, case = address.partition("#")  # a number of seeds belongs to all cases
            assert not case or f'id="{case}"' in there or f"id={case}" in there, address
            assert text.strip()


def test_a_page_of_the_evidence_has_data_code_command_and_versions(site) -> None:
    for file in EVIDENCE.glob("*.json"):
        if file.stem == "faults":
            continue
        page = (site.folder / "evidence" / file.stem / "index.html").read_text()
        published = json.loads((site.folder / "evidence" / file.name).read_text())
        assert published == json.loads(file.read_text())
        assert published["command"] in page
        assert f"{file.name}" in page
        assert published["versions"]["python"] in page


def test_the_data_and_the_code_of_the_other_setups_are_published(site) -> None:
    for place, file in evidence_pages.files():
        assert (site.folder / place).read_bytes() == file.read_bytes()
    assert (site.folder / "evidence/elsewhere/twins.torch.json").exists()
    assert (site.folder / "evidence/torch/snippets/why-not-the-same.py").exists()


def test_a_link_goes_to_the_case_and_a_number_of_seeds_to_the_page() -> None:
    linked = evidence.link("twins.several-same-same.difference.max", "../")
    assert linked == "[0](../evidence/twins.md#several-same-same){.measured}"
    assert evidence.link("twins.seeds", "") == "[50](evidence/twins.md){.measured}"


@pytest.mark.parametrize("name", ["torch", "vectors", "mkl"])
def test_versions_can_be_quoted(name: str) -> None:
    assert evidence.quote(f"equal_filters.versions.{name}")
