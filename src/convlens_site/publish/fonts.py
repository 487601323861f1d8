"""Fonts for the pictures that are made when the site is built. No reader downloads them.

They are those of MkDocs' own theme "readthedocs": so they are the same on every machine, and nothing more has to be installed.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

import mkdocs

from convlens_site.paths import CACHE

SERIF, SANS = "Roboto Slab", "Lato"
FILES = ("Roboto-Slab-Regular", "lato-normal", "lato-bold")
_FOLDER = Path(mkdocs.__file__).parent / "themes" / "readthedocs" / "css" / "fonts"


@cache
def font_files() -> tuple[str, ...]:
    """Return the paths of the unpacked fonts."""
    folder = CACHE / "fonts" / mkdocs.__version__
    for name in FILES:
        file = folder / f"{name}.ttf"
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(unpack((_FOLDER / f"{name}.woff").read_bytes()))
    return tuple(str(folder / f"{name}.ttf") for name in FILES)


def unpack(woff: bytes) -> bytes:
    """Return the font in a WOFF file: the same tables, one after the other, without compression.

    Source: W3C, WOFF File Format 1.0.
    """
    signature, flavor, _, count = struct.unpack_from(">4sIIH", woff)
    if signature != b"wOFF":
        raise ValueError(f"the file begins with {signature!r}; a WOFF file begins with b'wOFF'")
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(">I4H", flavor, count, 16 * power, power.bit_length() - 1, 16 * (count - power))
    start, tables = 12 + 16 * count, b""
    for n in range(count):
        tag, offset, packed, length, checksum = struct.unpack_from(">4s4I", woff, 44 + 20 * n)
        table = woff[offset : offset + packed]
        table = zlib.decompress(table) if packed < length else table
        head += struct.pack(">4s3I", tag, checksum, start + len(tables), length)
        tables += table + bytes(-length % 4)
    return head + tables
