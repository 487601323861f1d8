"""Find a Python that has PyTorch. Only the evidence needs it, and it need not be the Python that builds the site."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VERSION = "2.13.0"
MISSING = (
    f"No Python with PyTorch and NumPy was found. Install PyTorch {VERSION} in any Python, for example "
    f"'python3.11 -m pip install torch=={VERSION} numpy', or name one that has it: TORCH_PYTHON=/path/to/python."
)


class NoTorch(RuntimeError):
    """No Python here has PyTorch."""


def candidates() -> Iterator[str]:
    """Yield Pythons to try: only TORCH_PYTHON if it is set, else this one first."""
    if chosen := os.environ.get("TORCH_PYTHON"):
        yield chosen
        return
    yield sys.executable
    for minor in range(15, 8, -1):
        if path := shutil.which(f"python3.{minor}"):
            yield path
    yield from filter(None, [shutil.which("python3")])
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob("versions/*/bin/python"), reverse=True))


@functools.cache
def torch_python() -> Path:
    """Return the first Python that has torch and numpy; NoTorch, whose message says what to do, if there is none."""
    check = "import importlib.util as u, sys; sys.exit(not (u.find_spec('torch') and u.find_spec('numpy')))"
    for python in candidates():
        try:
            run = subprocess.run([python, "-c", check], capture_output=True, check=False, timeout=60)
        except OSError:
            continue
        if run.returncode == 0:
            return Path(python)
    raise NoTorch(MISSING)
