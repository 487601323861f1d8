"""Pack the built site as a zip that needs only Python: `make zip` writes dist/why-filters-differ.zip.

The same site gives the same bytes. The zip is not published with the site.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from convlens_site.paths import ROOT
from convlens_site.runtime import wheel

NAME = "why-filters-differ"
OUT = ROOT / "dist" / f"{NAME}.zip"
EXTRAS = Path(__file__).with_name("zip_root")  # README.txt and start.py, beside the site
DATE = (2020, 1, 1, 0, 0, 0)  # of every file
READABLE = 0o100644 << 16


def files(site: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name of each file in the zip, and its path here."""
    for path in sorted(EXTRAS.iterdir()):
        if path.is_file():
            yield f"{NAME}/{path.name}", path
    for path in sorted(site.rglob("*")):
        if path.is_file():
            yield f"{NAME}/site/{path.relative_to(site).as_posix()}", path


def pack(site: Path, out: Path) -> None:
    """Write a built site as a zip."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w") as archive:
        for name, path in files(site):
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system, entry.external_attr = 3, READABLE  # by default both depend on the machine
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def main() -> int:
    """Build the site as `make site` does, then pack it. With --quiet, MkDocs would not count its warnings."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            wheel.run_module("mkdocs", "build", "--strict", "--site-dir", scratch, cwd=ROOT)
        except wheel.BuildFailed as error:
            print(error, file=sys.stderr)
            return 1
        pack(Path(scratch), OUT)
    print(
        f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size / 1e6:.1f} MB. Unpack it anywhere, then: python3 start.py"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
