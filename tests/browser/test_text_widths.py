"""A text is never wider than the table of widths says, in the fonts of this machine: what test_pictures.py relies on."""

from __future__ import annotations

import pytest

from convlens_live.figures.metrics import OTHERS, text_width
from convlens_site.paths import ROOT

pytestmark = pytest.mark.browser
MEASURED = """([characters, fonts]) => {
    const context = document.createElement("canvas").getContext("2d");
    return fonts.map(font => (context.font = font, characters.map(c => context.measureText(c).width)));
}"""


def test_no_character_is_wider_than_the_table_says(chromium):
    tokens = (ROOT / "docs/assets/stylesheets/tokens.css").read_text()
    sans = tokens.split("--sans: ")[1].split(";")[0]
    characters = [*map(chr, range(32, 127)), *OTHERS]
    context = chromium.new_context()
    widths = context.new_page().evaluate(MEASURED, [characters, [f"100px {sans}", f"600 100px {sans}"]])
    context.close()
    for bold, found in zip((False, True), widths, strict=True):
        too_wide = {
            character: width
            for character, width in zip(characters, found, strict=True)
            if width > text_width(character, 100, bold=bold) + 0.6
        }
        assert too_wide == {}
