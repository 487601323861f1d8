"""Format our JavaScript and style sheets: `make format`. With --check, only say which files are not formatted."""

from __future__ import annotations

import sys

from convlens_site import npm
from convlens_site.paths import ROOT

FILES = "{docs,src,tests,benchmarks}/**/*.{js,mjs,css}"  # packages and built files are never below these


def main() -> int:
    """Run Prettier, whose only setting is in .prettierrc."""
    mode = "--check" if "--check" in sys.argv[1:] else "--write"
    try:
        done = npm.run("prettier/bin/prettier.cjs", [mode, "--log-level=warn", FILES], ROOT)
    except npm.NpmUnavailable as error:
        print(f"JavaScript is not formatted, because {error}", file=sys.stderr)
        return 1
    print(done.stdout + done.stderr, end="", file=sys.stderr)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
