"""The content security policy of the built site: it hinders nothing that belongs to a page, and stops what does not.

That no page breaks it while it loads is seen where every page is visited, in test_everyone.
"""

from __future__ import annotations

import pytest

from .visit import forget

pytestmark = pytest.mark.browser
LISTEN = """
globalThis.violations = [];
addEventListener("securitypolicyviolation", (event) =>
    violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample} ${event.sourceFile}`));
"""


@pytest.fixture
def watched(visit):
    """A page that notes each violation; none may be left when the test ends."""
    opened = visit()
    opened.page.add_init_script(LISTEN)
    yield opened
    assert violations(opened) == []


def violations(opened) -> list[str]:
    return opened.page.evaluate("violations")


def test_search_palette_navigation_a_demo_and_print_work_under_the_policy(watched):
    page = watched.go().page
    page.keyboard.press("f")
    page.keyboard.type("padding")
    watched.until(lambda: page.locator(".md-search-result__item").count() > 3)
    page.keyboard.press("Escape")
    page.locator("[for=__palette_1]").click()
    watched.until(lambda: page.evaluate("document.body.dataset.mdColorScheme") == "slate")
    page.evaluate("window.stays = true")
    page.locator(".md-content a[href*='why-not-the-same']").first.click()
    watched.until(lambda: "why-not-the-same" in page.url and page.locator(".demo button.run").count() == 1)
    assert page.evaluate("window.stays"), "the page was loaded anew: instant navigation does not work"
    assert page.locator("head meta[http-equiv='Content-Security-Policy']").count() == 1
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    watched.click("run")
    watched.run_to_end()
    page.emulate_media(media="print")
    assert page.locator(".demo-panels svg").first.is_visible()


def test_a_notebook_cell_runs_under_the_policy(watched):
    page = watched.go("demos/conv_walk/").page
    cell = page.locator(".cell").first
    cell.get_by_role("button", name="Run", exact=True).click()
    watched.until(lambda: cell.get_attribute("data-state") in {"done", "failed"}, 40)
    assert cell.get_attribute("data-state") == "done"


# What a page of the site must not be able to do, even if someone had got a script file of the site to do it.
PROBE = """
const dead = {};
const tries = {
  eval: () => eval("1"),
  Function: () => new Function("return 1")(),
  timer: () => setTimeout("globalThis.ran = 'timer'", 0),
  script: () => {
    const made = document.createElement("script"); made.textContent = "globalThis.ran = 'script'"; document.body.append(made); },
  handler: () => { document.body.insertAdjacentHTML("beforeend", `<img src=x:y onerror="globalThis.ran = 'handler'">`); },
  attribute: () => { const made = document.createElement("b"); made.setAttribute("onclick", "globalThis.ran = 'attribute'"); made.click(); },
  address: () => { const made = document.createElement("a"); made.href = "javascript:void(globalThis.ran = 'address')"; document.body.append(made); made.click(); },
  data: () => import("data:text/javascript,globalThis.ran = 'data'"),
  blob: () => import(URL.createObjectURL(new Blob(["globalThis.ran = 'blob'"], { type: "text/javascript" }))),
  import: () => import("STRANGER/import.js"),
  tag: () => { const made = document.createElement("script"); made.src = "STRANGER/tag.js"; document.body.append(made); },
  fetch: () => fetch("STRANGER/fetch"),
  image: () => { new Image().src = "STRANGER/image"; },
  beacon: () => navigator.sendBeacon("STRANGER/beacon"),
  socket: () => { new WebSocket("STRANGER/socket".replace("http", "ws")); },
  frame: () => { const made = document.createElement("iframe"); made.src = "STRANGER/frame"; document.body.append(made); },
  srcdoc: () => { const made = document.createElement("iframe"); made.srcdoc = "<script>parent.ran = 'srcdoc'</script>"; document.body.append(made); },
  worker: () => { new Worker("data:text/javascript,postMessage(1)").onmessage = () => { globalThis.ran = "worker"; }; },
  style: () => { const made = document.createElement("style"); made.textContent = "@import 'STRANGER/style.css'"; document.head.append(made); },
  sheet: () => { const made = document.createElement("link"); made.rel = "stylesheet"; made.href = "STRANGER/sheet.css"; document.head.append(made); },
  inline: () => { document.body.insertAdjacentHTML("beforeend", `<p id=inline style="background: url(STRANGER/inline)">x</p>`); },
  font: () => new FontFace("x", "url(STRANGER/font)").load(),
  base: () => { const made = document.createElement("base"); made.href = "STRANGER/"; document.head.append(made); if (document.baseURI.startsWith("STRANGER")) globalThis.ran = "base"; },
  object: () => { document.body.insertAdjacentHTML("beforeend", `<object data="STRANGER/object"></object><embed src="STRANGER/embed">`); },
  prefetch: () => { document.head.insertAdjacentHTML("beforeend", `<link rel=prefetch href="STRANGER/prefetch"><link rel=manifest href="STRANGER/manifest">`); },
  media: () => { document.body.insertAdjacentHTML("beforeend", `<video src="STRANGER/video" autoplay></video>`); },
  use: () => { document.body.insertAdjacentHTML("beforeend", `<svg><use href="STRANGER/use.svg#a"/><image href="STRANGER/svg-image"/></svg>`); },
  form: () => { document.body.insertAdjacentHTML("beforeend", `<iframe name=aside></iframe><form action="STRANGER/form" target=aside id=probe></form>`); document.getElementById("probe").submit(); },
};
globalThis.tried = (async () => {
  for (const [name, attempt] of Object.entries(tries)) {
    try { await attempt(); } catch (error) { dead[name] = error.name; }
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { dead, ran: globalThis.ran ?? "", blocked: [...new Set(violations.map((each) => each.split(":")[0]))], tries: Object.keys(tries).length };
})();
"""


@pytest.fixture
def probed(visit, stranger):
    """A function: run the probe on a page of the site at an address, and return what came of it."""

    def probe(**where: str):
        opened = visit(**where)
        page = opened.page
        page.add_init_script(LISTEN)
        script = PROBE.replace("STRANGER/", stranger.url)
        page.route(
            "**/assets/probe.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
        )
        opened.go("glossary/")
        # As a file of the site, because the browser's own console, which `evaluate` is, stands above the policy.
        page.evaluate(
            "() => { const made = document.createElement('script'); made.src = '/assets/probe.js'; document.head.append(made); }"
        )
        opened.until(lambda: page.evaluate("Boolean(window.tried)"))
        found = page.evaluate("tried")
        forget(opened)
        return opened, found

    return probe


def test_inline_code_and_other_origins_are_dead_in_the_page(probed, stranger):
    opened, found = probed()
    assert found["ran"] == ""
    assert stranger.hits == []
    assert (found["dead"]["eval"], found["dead"]["Function"]) == ("EvalError", "EvalError")
    blocked = {*found["blocked"]}
    assert {"script-src-elem", "script-src-attr", "script-src", "style-src-elem", "style-src-attr"} <= blocked
    assert {
        "connect-src",
        "img-src",
        "font-src",
        "frame-src",
        "worker-src",
        "base-uri",
        "form-action",
    } <= blocked
    style = "getComputedStyle(document.getElementById('inline')).backgroundImage"
    assert opened.page.evaluate(style) == "none"


def test_without_the_policy_the_same_probe_does_get_out(probed, stranger, unprotected):
    _, found = probed(url=unprotected)
    assert found["ran"] != ""
    assert len(stranger.hits) > 10
    assert found["blocked"] == []
