"""The contenders, and how each is started."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from convlens_site.paths import CACHE, ROOT
from convlens_site.runtime.pins import PINS

from . import browser, native
from .clock import OnProcessorTime
from .networks import Network

type Contender = Callable[..., Any]
"""Called as contender("make", network), contender("run", seconds), contender("versions").

The peak only runs; all others learn."""

LABELS = {
    "convlens": "convlens",
    "before": "convlens before",
    "convnetjs": "ConvNetJS",
    "tfjs": "TensorFlow.js cpu",
    "peak": "scalar WebAssembly peak",
    "native": "native convlens",
    "native-before": "native convlens before",
    "im2col": "native im2col + BLAS",
    "blas": "native BLAS, batch last",
}
IN_BROWSER = {
    "convlens": "convlens",
    "before": "convlens",
    "convnetjs": "convnetjs",
    "tfjs": "tfjs",
    "peak": "wasm_peak",
}
ON_CPYTHON = {"native": "convlens_step", "native-before": "convlens_step"}
ON_CPYTHON |= {"im2col": "native_im2col", "blas": "native_blas"}
DEFAULT = [name for name in LABELS if "before" not in name]


def start_contenders(
    stack: ExitStack, names: Collection[str], networks: Mapping[str, Network], against: str | None
) -> tuple[dict[str, Contender], dict[str, Any]]:
    """Start the named contenders until the stack is closed; return them, and the versions of everything."""
    before = checkout(against) if against else ROOT
    contenders: dict[str, Contender] = {}
    versions: dict[str, Any] = {}
    if not set(names).isdisjoint(IN_BROWSER):
        trees = {"/": ROOT, "/before/": before} if "before" in names else {"/": ROOT}
        page, processes, versions["Chromium"] = stack.enter_context(browser.open_page(networks, trees))
        for name, module in IN_BROWSER.items():
            ask = browser.InBrowser(page, module, "/before/" if name == "before" else "/")
            contenders[name] = OnProcessorTime(ask, processes, "DedicatedWorker")
    for name, module in ON_CPYTHON.items():
        if name in names:
            root = before if name == "native-before" else ROOT
            ask = stack.enter_context(native.open_process(module, root))
            contenders[name] = OnProcessorTime(ask, [ask.process.pid])
    chosen = {name: contenders[name] for name in LABELS if name in names}
    versions |= {name: answer for name, ask in chosen.items() if (answer := ask("versions"))}
    package = json.loads(Path(__file__).with_name("package.json").read_text("utf-8"))
    return chosen, versions | package["dependencies"] | {"Pyodide": PINS["version"]}


def checkout(name: str) -> Path:
    """Return a folder with another state of the project, named by a folder or a commit."""
    if Path(name).is_dir():
        return Path(name).resolve()
    git = ["git", "-C", str(ROOT)]
    revision = subprocess.run(
        [*git, "rev-parse", "--short", f"{name}^{{commit}}"], capture_output=True, text=True
    )
    if revision.returncode:
        raise SystemExit(f"--against is {name!r}; it must be a folder or a commit of this repository")
    folder = CACHE / "bench" / revision.stdout.strip()
    if not folder.is_dir():
        folder.mkdir(parents=True)
        archive = subprocess.run([*git, "archive", name], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    return folder
