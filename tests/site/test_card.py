"""The picture by which other sites show a page: complete in itself, and without a box in place of a letter."""

from __future__ import annotations

import re
import struct
from html import unescape
from pathlib import Path

import pytest

from convlens_site import demos
from convlens_site.fences.opening import opening
from convlens_site.publish import card
from convlens_site.publish.fonts import font_files, unpack

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100" viewBox="0 0 300 100">'
    '<rect width="300" height="100" fill="var(--figure-filter-1, #332288)"/>'
    '<text font-family="var(--figure-sans, system-ui, sans-serif)">1</text></svg>'
)


def tables(font: bytes) -> dict[str, bytes]:
    """The tables of a font, by name."""
    (count,) = struct.unpack_from(">H", font, 4)
    entries = [struct.unpack_from(">4s3I", font, 12 + 16 * n) for n in range(count)]
    return {tag.decode(): font[offset : offset + length] for tag, _, offset, length in entries}


def characters(font: bytes) -> set[str]:
    """The characters that a font has a shape for, by the table of its cmap in format 4."""
    cmap = tables(font)["cmap"]
    (count,) = struct.unpack_from(">H", cmap, 2)
    known: set[str] = set()
    for n in range(count):
        (at,) = struct.unpack_from(">I", cmap, 8 + 8 * n)
        if struct.unpack_from(">H", cmap, at) == (4,):
            segments = struct.unpack_from(">H", cmap, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", cmap, at + 14)
            starts = struct.unpack_from(f">{segments}H", cmap, at + 16 + 2 * segments)
            known |= {chr(c) for a, b in zip(starts, ends, strict=True) for c in range(a, b + 1)}
    return known


def test_an_unpacked_font_holds_the_tables_with_their_checksums():
    for file in font_files():
        font = Path(file).read_bytes()
        (count,) = struct.unpack_from(">H", font, 4)
        for n in range(count):
            tag, checksum, offset, length = struct.unpack_from(">4s3I", font, 12 + 16 * n)
            table = bytearray(font[offset : offset + length] + bytes(-length % 4))
            if tag == b"head":
                table[8:12] = bytes(4)  # the checksum of the whole font, which does not count
            assert sum(struct.unpack(f">{len(table) // 4}I", table)) % 2**32 == checksum, (file, tag)


def test_what_is_no_woff_file_is_refused():
    with pytest.raises(ValueError, match="begins with b'OTTO'"):
        unpack(b"OTTO" + bytes(40))


def test_a_picture_needs_no_style_sheet_and_no_font_of_the_machine():
    svg = card.compose("A & B", "Site", FIGURE)
    assert "var(" not in svg
    assert 'fill="#332288"' in svg
    assert {*re.findall('font-family="([^"]*)"', svg)} == {"Lato", "Roboto Slab"}
    assert "A &amp; B" in svg


def test_the_figure_is_as_large_as_fits_beside_the_title():
    x, y, width, height = (
        float(each)
        for each in re.search(
            r'<svg x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', card.compose("A", "S", FIGURE)
        ).groups()
    )
    assert width / height == pytest.approx(3, rel=1e-3)
    assert x + width <= card.WIDTH - card.MARGIN
    assert y >= card.MARGIN
    assert x >= 2 * card.MARGIN + 430
    assert width == pytest.approx(card.WIDTH - 3 * card.MARGIN - 430, abs=0.01)


@pytest.mark.parametrize("title", ["A", "Why don't all filters learn the same thing?", "word " * 40])
def test_a_title_stays_above_the_name_of_the_site(title):
    lines = re.findall(r'y="([\d.]+)" font-size="(\d+)" font-family', card.compose(title, "Site", FIGURE))
    assert float(lines[-1][0]) < card.HEIGHT - card.MARGIN - 24 or title.startswith("word")
    assert len({size for _, size in lines}) == 1
    assert "'" not in "".join(re.findall(">([^<]*)</text>", card.compose(title, "Site", FIGURE)))


@pytest.mark.parametrize("slug", demos.SLUGS)
def test_the_fonts_have_every_character_of_a_figure(slug):
    said = {*unescape("".join(re.findall(">([^<]+)<", opening(slug, {})["svg"])))}
    assert said - characters(Path(font_files()[1]).read_bytes()) == set()
