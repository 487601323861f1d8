"""Format our JavaScript and style sheets: `make format`. With --check, only list the files that are not formatted."""

from __future__ import annotations

import sys

from convlens_site.npm import install
from convlens_site.paths import ROOT

FILES = "{docs,src,tests,benchmarks}/**/*.{js,mjs,css}"  # no packages or built files are below these


def main() -> int:
    """Run Prettier, whose only setting is in .prettierrc."""
    mode = "--check" if "--check" in sys.argv[1:] else "--write"
    try:
        run = install.run_script("prettier/bin/prettier.cjs", [mode, "--log-level=warn", FILES], ROOT)
    except install.NpmUnavailable as error:
        print(f"JavaScript is not formatted, because {error}", file=sys.stderr)
        return 1
    print(run.stdout + run.stderr, end="", file=sys.stderr)
    return run.returncode


if __name__ == "__main__":
    raise SystemExit(main())
