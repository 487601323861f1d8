"""The built site, and on it two pages with the counting demo: what is about the host need not train a network."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any
from unittest import mock

from convlens_site.fences import demo, predict
from convlens_site.publish.manifest import seal
from convlens_site.runtime.bundle import entry

from . import counting

COUNTING, AGAIN = "questions/counting/", "questions/counting-again/"
LIKE = "questions/why-not-the-same/"  # the page that the two are made of

QUESTION = """
demo: counting
settings: {pace: quick, trouble: none, steps: 10, seed: 1}
question: Where does it end?
answers:
  - {text: It does not, outcome: never, reply: It does.}
  - {text: At ten, outcome: counted, reply: All that is counted ends.}
"""


def still(_: str, settings: dict[str, Any]) -> dict[str, Any]:
    """What the fences ask for, of the demo that the site's folder of demos does not have."""
    settings = counting.counting.parse(settings)
    figure = counting.counting.still(**settings).to_json()
    built = {"spec": counting.counting.spec(), "settings": settings, "imports": []}
    return {**built, "figure": figure, "end": figure}


def set_up(site: Path, stage: Path, url: str) -> None:
    """Fill a folder, which is served at this address, with the site and the two pages."""
    shutil.copytree(site, stage, copy_function=os.link)
    for path in stage.rglob("*.html"):  # without recordings, each run is one of Python
        if '"recordings":[{' in (text := path.read_text("utf-8")):
            write(path, re.sub(r'"recordings":\[.*?\](?=}\')', '"recordings":[]', text))
    source = Path(counting.__file__)
    write(stage / "assets/demos" / source.name, source.read_text("utf-8"))
    manifest = stage / "assets/runtime/manifest.json"
    listed = json.loads(manifest.read_text("utf-8"))["list"]
    write(manifest, seal({**listed, "demos": [*listed["demos"], {**entry(source), "imports": []}]}))
    page = (stage / LIKE / "index.html").read_text("utf-8")
    with (
        mock.patch.object(demo, "still", still),
        mock.patch.object(predict, "still", still),
        mock.patch.object(demo, "recordings", return_value=[]),
    ):
        section = demo.demo_fence("counting", "demo", "", {}, None).replace(demo.ROOT_TOKEN, "../../")
        form = predict.predict_fence(QUESTION, "predict", "", {}, None)
    for place in (COUNTING, AGAIN):
        text = exchange(page, r'<section class="demo" id="demo-twins".*?</section>', section)
        text = exchange(text, r'<section class="demo" id="demo-pull".*?</section>', "")
        write(stage / place / "index.html", exchange(text, r'<form class="predict".*?</form>', form))
    # The theme follows a link to what this names without loading a page.
    places = [path.parent.relative_to(stage).as_posix() for path in stage.rglob("index.html")]
    listed = "".join(f"<url><loc>{url}{place}/</loc></url>" for place in places).replace("/./<", "/<")
    write(stage / "sitemap.xml", f"<urlset>{listed}</urlset>")
    # The service worker answers for the files that it lists.
    own = f'FILES = new Set(["assets/demos/{source.name}","{COUNTING}","{AGAIN}",'
    worker = (stage / "sw.js").read_text("utf-8")
    write(stage / "sw.js", exchange(worker, re.escape("FILES = new Set(["), own))
    # Whoever opens a page does not have to build the search's index of all of them.
    index = json.loads((stage / "search/search_index.json").read_text("utf-8"))
    write(stage / "search/search_index.json", json.dumps({**index, "docs": index["docs"][:3]}))


def exchange(text: str, pattern: str, by: str) -> str:
    changed, count = re.subn(pattern, lambda _: by, text, flags=re.DOTALL)
    assert count == 1, pattern
    return changed


def write(path: Path, text: str) -> None:
    """Write a file, and not to the site's own that it is a link to."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
