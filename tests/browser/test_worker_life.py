"""One worker, whatever a reader, a browser or Python itself does to it.

Stop acts within 1 s; Python is there again within 5 s.
"""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from benchmarks.chromium import launch

from convlens_site.publish.manifest import seal

pytestmark = pytest.mark.browser

PAGE = "questions/why-not-the-same/"
SHORT = f"{PAGE}#twins?steps=100"

# Notes what the page sends to Python's workers, and which of these have been made.
LISTEN = """
window.sent = [];
window.made = 0;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (data, ...more) {
  if (data?.v === 1) window.sent.push({ type: data.type, settings: data.settings, at: performance.now() });
  if (data?.type === "boot") window.made += 1;
  return post.call(this, data, ...more);
};
"""


@pytest.fixture
def listened(visit):
    opened = visit()
    opened.page.add_init_script(LISTEN)
    return opened


def runs(opened) -> list[dict]:
    return opened.page.evaluate("sent.filter(({ type }) => type === 'run')")


def start(opened) -> None:
    """A run to its end: Python is there."""
    opened.click("run")
    opened.run_to_end()


def is_ready(opened) -> None:
    """A run ends well, and its first figure comes within 5 s."""
    opened.click("run")
    opened.until(lambda: opened.state() in {"running", "done"} and opened.shown(), 5)
    opened.run_to_end()


def declared(opened, old: str, new: str) -> None:
    """Change what the page says of the demo, on its way."""

    def change(route) -> None:
        text = route.fetch().text()
        assert re.search(old, text)
        route.fulfill(body=re.sub(old, new, text), content_type="text/html")

    opened.page.route(f"**/{PAGE}", change)


def test_double_clicks_make_one_worker_one_run_and_no_pause(listened):
    opened = listened.go(SHORT)
    run = opened.page.locator(".demo button.run")
    run.dblclick()
    opened.until(lambda: opened.state() in {"running", "done"})
    opened.run_to_end()
    run.dblclick()
    assert opened.state() == "running"
    opened.run_to_end()
    assert (opened.page.evaluate("made"), len(runs(opened))) == (1, 2)
    run.click()
    opened.until(opened.under_way)
    opened.page.locator(".demo button.stop").dblclick()
    opened.until(lambda: opened.state() == "stopped", 1)
    is_ready(opened)
    assert len(opened.pythons()) == 1


def test_a_slider_that_is_dragged_leads_to_one_run_with_where_it_was_left(listened):
    opened = listened.go(SHORT)
    start(opened)
    before = len(runs(opened))
    opened.page.evaluate(
        """async () => {
            const slider = document.querySelector("[data-control=steps] input[type=range]");
            for (let i = 0; i < 60; i++) {
                slider.value = String(i % (Number(slider.max) + 1));
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise((resolve) => setTimeout(resolve, 8));
            }
            slider.value = "1";
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    opened.until(lambda: len(runs(opened)) > before, 2)
    opened.run_to_end()
    assert len(runs(opened)) == before + 1
    assert runs(opened)[-1]["settings"]["steps"] == opened.shown()["steps"] == 200


def test_in_a_hidden_tab_a_run_waits_and_no_watch_ends_it(listened):
    opened = listened
    declared(opened, r'"budget":8(\.0)?', '"budget":2')
    opened.go(SHORT)
    start(opened)
    opened.click("run")
    opened.until(opened.under_way)
    # What a browser does to a tab that nobody sees: it paints no more.
    opened.page.evaluate(
        "() => { window.held = []; window.paint = requestAnimationFrame; requestAnimationFrame = (f) => held.push(f); }"
    )
    opened.until(lambda: opened.page.evaluate("held.length") > 0, 2)
    caption = opened.text(".demo-caption")
    opened.page.wait_for_timeout(2500)
    assert (opened.state(), opened.text(".demo-caption")) == ("running", caption)
    opened.page.evaluate("() => { requestAnimationFrame = paint; held.forEach((f) => f()); }")
    opened.run_to_end()


def test_after_a_fault_python_is_there_again_by_itself_but_not_again_and_again(listened):
    opened = listened
    declared(opened, r'"budget":8(\.0)?', '"budget":2')
    opened.go(SHORT)
    opened.replace_demo(
        "    rng = np.random.default_rng(seed)\n",
        "    rng = np.random.default_rng(seed)\n    while seed == 7: pass\n",
    )
    start(opened)
    opened.fill("seed", "7")
    opened.until(lambda: opened.state() == "failed", 5)
    assert "did not answer for 2 seconds" in opened.text(".demo-error")
    opened.until(lambda: opened.page.evaluate("made") == 2, 2)  # nobody has pressed anything
    opened.fill("seed", "3")
    opened.until(lambda: opened.state() in {"running", "done"}, 5)
    opened.run_to_end()
    opened.fill("seed", "7")
    opened.until(lambda: opened.state() == "failed", 5)
    opened.until(lambda: opened.pythons() == [], 5)  # a browser takes two seconds to end what does not answer
    assert opened.page.evaluate("made") == 2
    opened.fill("seed", "3")
    opened.until(lambda: opened.state() in {"running", "done"}, 5)  # who asks gets it
    opened.run_to_end()
    assert opened.page.evaluate("made") == 3


@pytest.mark.exhaustive
def test_after_a_run_that_took_much_memory_python_is_started_anew(listened):
    opened = listened.go(SHORT)
    opened.replace_demo(
        "    rng = np.random.default_rng(seed)\n",
        "    rng = np.random.default_rng(seed)\n    much = np.ones({3: 80_000_000, 4: 140_000_000}.get(seed, 1))\n",
    )
    start(opened)
    assert opened.page.evaluate("made") == 1
    opened.fill("seed", "3")
    opened.until(lambda: opened.page.evaluate("made") == 2, 20)
    opened.run_to_end()
    assert opened.shown()["seed"] == 3
    opened.fill("seed", "4")  # 1.1 GB
    opened.until(lambda: opened.state() == "failed", 20)
    assert (
        opened.text(".demo-error")
        == "The run needed more than 1 GB of memory and was ended. Choose smaller settings."
    )
    opened.fill("seed", "0")
    opened.until(lambda: opened.state() in {"running", "done"}, 5)
    opened.run_to_end()
    assert len(opened.pythons()) == 1


@pytest.mark.exhaustive
def test_a_cell_that_took_much_memory_says_that_its_names_are_gone(visit):
    opened = visit().go("demos/twins/")
    cell, later = (opened.page.locator(".cell").nth(number) for number in (0, 2))
    cell.get_by_role("button", name="Edit").click()
    cell.locator("textarea").fill("import numpy as np\nmuch = np.ones(80_000_000)\nmuch.size")
    later.get_by_role("button", name="Run all to here").click()
    status = cell.locator(".cell-status")
    opened.until(lambda: "Done" in status.inner_text(), 60)
    assert later.locator(".cell-status").inner_text() == "Not run: Python was restarted."
    assert "more than 512 MB" in status.inner_text()
    assert "80000000" in cell.locator(".cell-output").inner_text()
    cell.locator("textarea").fill("'much' in globals()")
    cell.get_by_role("button", name="Run", exact=True).click()
    opened.until(lambda: "False" in cell.locator(".cell-output").inner_text(), 10)


def test_a_second_demo_on_the_page_takes_python_over_and_the_first_one_says_so(listened):
    opened = listened
    other = opened.page.request.get(opened.url + "questions/the-black-line/").text()
    begin = other.index('<section class="demo"')
    second = other[begin : other.index("</section>", begin) + len("</section>")]
    declared(opened, r'(?=<section class="demo" id="demo-twins")', second.replace("\\", r"\\"))
    opened.page.goto(opened.url + SHORT)  # with both demos
    black, twins = (opened.page.locator(f"#demo-{name}") for name in ("black_line", "twins"))
    state = {
        name: lambda name=name: opened.page.locator(f"#demo-{name}").get_attribute("data-state")
        for name in ("black_line", "twins")
    }
    black.locator("button.run").click()
    opened.until(lambda: state["black_line"]() == "running")
    twins.locator("button.run").click()
    opened.until(lambda: state["twins"]() == "running", 5)
    assert state["black_line"]() == "stopped"
    assert black.locator(".demo-status").inner_text() == "Stopped, because another demo was started."
    opened.until(lambda: state["twins"]() == "done")
    black.locator("button.run").click()
    opened.until(lambda: state["black_line"]() == "running", 5)
    assert len(opened.pythons()) == 1


@pytest.mark.exhaustive
def test_a_page_that_comes_back_from_the_cache_of_pages_goes_on(chromium, site):
    """The browser keeps the whole page, worker and all, and wakes it up again."""
    browser = launch(
        SimpleNamespace(chromium=chromium.browser_type), without=["--disable-back-forward-cache"]
    )
    page = browser.new_context(service_workers="block").new_page()
    page.add_init_script("addEventListener('pageshow', ({ persisted }) => { window.back = persisted; })")
    page.goto(site.url + PAGE + "#twins?steps=1000")
    demo = page.locator("#demo-twins")
    demo.locator("button.run").click()
    page.wait_for_selector("section.demo[data-state=running]")

    def step() -> int:
        return int(re.findall(r"Step (\d+) of", demo.locator(".demo-caption").inner_text())[0]) % 1000

    while step() < 60:
        page.wait_for_timeout(20)  # a page that still fetches something, as at first, is not kept
    page.goto(site.url + "sitemap.xml")
    page.go_back(wait_until="commit")
    page.wait_for_selector("section.demo")
    assert page.evaluate("back") is True
    back = step()
    for _ in range(30):  # each of them may take its time, where the machine is busy
        now, end = step(), time.monotonic() + 30
        while step() == now:
            assert time.monotonic() < end
            page.wait_for_timeout(20)
    assert step() != back
    demo.locator("button.stop").click()
    page.wait_for_selector("section.demo[data-state=stopped]", timeout=1_000)
    demo.locator("button.run").click()
    page.wait_for_selector("section.demo[data-state=running]", timeout=5_000)
    browser.close()


@pytest.mark.exhaustive
def test_stop_and_run_while_a_file_waits_for_its_next_try(listened):
    """What an aborted start leaves behind must not take away what the next one goes by."""
    opened = listened.go(SHORT)
    answers = []

    def answer(route):
        answers.append(route)
        if len(answers) <= 2:
            route.fulfill(status=503)
        else:
            route.continue_()

    for pause, name in enumerate(("convlens.tar.bin", "manifest.json")):
        answers.clear()
        opened.page.route(f"**/{name}*", answer)
        opened.click("run")
        opened.until(lambda: len(answers) == 2)
        opened.page.wait_for_timeout(150 + 100 * pause)
        opened.click("stop")
        opened.page.wait_for_timeout(150)
        opened.click("run")
        opened.run_to_end()
        opened.page.unroute_all()
        opened.reload()
    opened.complaints.clear()  # the browser's own lines about the answers of 503


@pytest.mark.exhaustive
def test_while_a_page_is_frozen_the_watch_does_not_run(visit):
    """As when a phone's reader looks at another app: the silence of a frozen page says nothing of the run."""
    opened = visit()
    declared(opened, '"budget":8', '"budget":3')
    opened.go(PAGE)
    opened.click("run")
    opened.until(lambda: opened.state() == "running" and opened.under_way())
    opened.page.evaluate("() => { const end = performance.now() + 4500; while (performance.now() < end); }")
    opened.run_to_end()
    assert opened.numbers()[-1][0] == 300


def test_a_page_that_is_older_than_the_site_asks_to_be_loaded_anew(visit):
    opened = visit().go(SHORT)
    listed = opened.page.request.get(opened.url + "assets/runtime/manifest.json").json()["list"]
    newer = seal({**listed, "scripts": "live-newer"})
    opened.page.route("**/manifest.json*", lambda route: route.fulfill(body=newer))
    opened.click("run")
    opened.until(lambda: opened.state() == "failed", 5)
    assert opened.text(".demo-error").startswith(
        "The site was renewed since this page was opened. Reload the page"
    )
    assert opened.pythons() == []


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("Worker", "This browser is too old to run Python."),
        ("DecompressionStream", "This browser is too old to run Python."),
        ("WebAssembly", "Python needs WebAssembly"),
    ],
)
def test_a_browser_without_what_python_needs_is_told_so(visit, missing, sentence):
    opened = visit()
    opened.page.add_init_script(f"delete window.{missing};")
    opened.go(SHORT)
    opened.click("run")
    opened.until(lambda: opened.state() == "failed", 5)
    assert opened.text(".demo-error").startswith(sentence)
    assert opened.page.locator(".demo-panels svg").count() == 2
    opened.complaints.clear()  # the theme's own search wants a worker too


@pytest.mark.exhaustive
def test_where_storing_is_forbidden_all_else_works(visit):
    opened = visit()
    opened.page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
            Object.defineProperty(window, name, { configurable: true, get() { throw new DOMException("no"); } });"""
    )
    opened.go(SHORT)
    start(opened)
    opened.page.locator("label[for=__palette_1]").click()
    assert opened.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    opened.page.locator(".md-search__input").click()
    opened.page.keyboard.type("residual")
    opened.until(lambda: "matching" in opened.page.locator(".md-search-result__meta").inner_text())


def test_the_latest_setting_wins_also_after_one_that_was_refused(visit):
    opened = visit().go("questions/where-does-3073-come-from/")
    opened.click("run")
    opened.run_to_end()
    opened.page.evaluate(
        """() => {
            const kernel = document.querySelector("#conv_arithmetic-kernel");
            for (const value of ["", "5"]) { kernel.value = value; kernel.dispatchEvent(new Event("input", { bubbles: true })); }
        }"""
    )
    opened.until(lambda: "5×5 filter" in opened.text(".demo-result") and opened.state() == "done")
    assert not opened.page.locator(".demo-error").is_visible()
