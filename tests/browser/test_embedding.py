"""A demo in a frame on a page of another site: it runs, tells its height and no more, and needs nothing that is refused there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from benchmarks.chromium import launch
from playwright.sync_api import Browser, Frame, Page

from convlens_site.fences.demo import HEIGHT, HEIGHTS

from .test_accessible import violations
from .test_everyone import DEMOS, too_wide
from .test_servers import serving
from .visit import Visit, open_page

pytestmark = pytest.mark.browser
SETTINGS = "#twins?outgoing=different&steps=100"
# Where a browser keeps nothing for frames of other sites, even asking may be an error.
NOTHING_KEPT = """
const get = () => { throw new DOMException("not in this frame", "SecurityError"); };
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, { get });
for (const name of ["serviceWorker", "storage"]) Object.defineProperty(Navigator.prototype, name, { get });
Object.defineProperty(Document.prototype, "cookie", { get });
"""
REFUSED = "Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } })"


@pytest.fixture(scope="module")
def codes() -> dict[bool, str]:
    """What the button gave, with the script and without; many tests put it into a page."""
    return {}


@pytest.fixture
def code(visit, codes) -> Callable[..., str]:
    """The code that the button gives on the page of a demo."""

    def of_the_button(follows: bool) -> str:
        opened = visit(permissions=["clipboard-read", "clipboard-write"]).go(DEMOS["twins"] + SETTINGS)
        opened.page.get_by_role("button", name="Embed").click()
        area = opened.page.locator(".demo-embed textarea")
        area.wait_for()
        if follows:
            opened.page.locator(".demo-embed input").check()
            opened.until(lambda: "<script>" in area.input_value())
        words = area.input_value()
        opened.until(lambda: opened.page.evaluate("navigator.clipboard.readText()") == words)
        assert opened.text(".demo-embed p").startswith("Copied: ")
        return words

    def given(*, follows: bool = False) -> str:
        if follows not in codes:
            codes[follows] = of_the_button(follows)
        return codes[follows]

    return given


@pytest.fixture
def course(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page of another site that holds some code; in the end, nothing may have gone wrong in it or in its frame."""
    wrong: list[str] = []
    with ExitStack() as closing:

        def opened(
            html: str, *, browser: Browser = chromium, script: str = "", width: int = 700, **options: Any
        ) -> Page:
            body = f"<body style='margin: 0'><h1>Course</h1>{html}<p>Goes on</p>"
            (tmp_path / "index.html").write_text(f"<!doctype html><title>Course</title>{body}")
            url = closing.enter_context(serving(tmp_path, lambda path: {})).replace(
                "127.0.0.1", "localhost"
            )  # another site
            sizes = {"viewport": {"width": width, "height": 600}}
            context = browser.new_context(**sizes, reduced_motion="reduce", **options)
            closing.callback(context.close)
            context.add_init_script(script)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(url)
            return page

        yield opened
    assert wrong == []


def until(page: Page, condition: Callable[[], Any], seconds: float = 60) -> None:
    for _ in range(int(seconds * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"waited {seconds} s")


def inner(page: Page) -> Frame:
    """The demo in the frame, when it has come to life."""
    until(page, lambda: len(page.frames) == 2 and page.frames[1].locator(".demo button.run").count() == 1)
    return page.frames[1]


def run(page: Page, frame: Frame) -> None:
    frame.locator(".demo button.run").click()
    until(page, lambda: frame.locator("section.demo").get_attribute("data-state") in {"done", "failed"}, 90)
    assert frame.locator("section.demo").get_attribute("data-state") == "done", frame.locator(
        ".demo-error"
    ).inner_text()


def is_whole(page: Page, frame: Frame) -> bool:
    """Is the frame as high as what it holds?"""
    needed = frame.locator("body").bounding_box()["height"]
    return abs(page.locator("iframe").bounding_box()["height"] - needed) < 1.5


def test_the_code_of_the_button_shows_the_demo_with_its_settings_and_it_runs(code, course, site):
    page = course(code(follows=True))
    frame = inner(page)
    assert frame.url.startswith(f"{site.url}embed/twins/#twins?")
    assert frame.locator("input[name=twins-outgoing][value=different]").is_checked()
    assert frame.locator("#twins-steps").input_value() == "100"
    until(page, lambda: is_whole(page, frame))
    run(page, frame)
    assert "Step 100 of 100" in frame.locator(".demo-caption").inner_text()
    before = page.locator("iframe").bounding_box()["height"]
    frame.locator(".demo-table summary").click()
    until(page, lambda: page.locator("iframe").bounding_box()["height"] > before + 100)
    assert is_whole(page, frame)
    frame.locator(".demo-table summary").click()
    until(
        page, lambda: is_whole(page, frame) and page.locator("iframe").bounding_box()["height"] < before + 60
    )


def test_without_the_script_the_frame_has_a_height_and_scrolls_inside(code, course):
    words = code()
    height = HEIGHTS["twins"]
    shape = rf'<iframe src="[^"]+" title="[^"]+" width="100%" height="{height}" loading="lazy" style="border: 0"></iframe>'
    assert re.fullmatch(shape, words)
    page = course(words, width=360)
    frame = inner(page)
    assert page.locator("iframe").bounding_box()["height"] == height
    assert frame.evaluate("document.documentElement.scrollHeight") > 1.2 * height
    frame.locator(".embed-foot a").scroll_into_view_if_needed()
    assert frame.evaluate("scrollY") > 0


def test_the_settings_in_the_address_do_not_move_the_page_around_the_frame(code, course):
    page = course(f"<div style='height: 900px'>Text</div>{code().replace(' loading="lazy"', '')}")
    inner(page)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0


def test_the_line_below_leads_to_the_question_page_with_the_settings_that_were_left(code, course, site):
    page = course(code())
    frame = inner(page)
    frame.locator('[data-control="incoming"] label:has(input[value="same"])').click()
    link = frame.get_by_role("link", name="Why filters differ – the question page")
    assert link.count() == 1
    for name in ("Link", "Embed"):
        assert frame.get_by_role("button", name=name).count() == 0, "they are for whoever sees an address"
    with page.context.expect_page() as found:
        link.click()
    found.value.wait_for_load_state()
    assert found.value.url == f"{site.url}{DEMOS['twins']}#twins?incoming=same&outgoing=different&steps=100"
    assert page.frames[1] == frame
    target = "all => all.map(each => each.target || document.querySelector('base').target)"
    assert {*frame.locator("a").evaluate_all(target)} == {"_blank"}, (
        "no link puts another page into the frame"
    )


@pytest.mark.exhaustive
def test_a_demo_runs_where_the_browser_keeps_nothing_for_frames(code, course, optimizing):
    """A private window, which is what tests have, keeps nothing for a frame of another site."""
    page = course(code(follows=True), browser=optimizing)
    run(page, inner(page))
    with pytest.raises(Exception, match="Access is denied"):
        inner(page).evaluate("localStorage.length")


def test_a_demo_runs_where_asking_for_anything_that_is_kept_is_an_error(code, course):
    page = course(code(follows=True), script=f"if (self !== top) {{ {NOTHING_KEPT} }}")
    run(page, inner(page))
    for kept in (
        "localStorage.length",
        "indexedDB.open('x')",
        "caches.keys()",
        "navigator.serviceWorker.ready",
    ):
        with pytest.raises(Exception, match="not in this frame"):
            inner(page).evaluate(kept)


@pytest.mark.exhaustive
def test_where_frames_may_keep_something_no_service_worker_is_registered_from_one(code, course, chromium):
    """Without a network, the page around it is not there either."""
    flags = ("--disable-features=TrackingProtection3pcd", "--js-flags=--liftoff-only")
    browser = launch(SimpleNamespace(chromium=chromium.browser_type), *flags)
    page = course(code(follows=True), browser=browser)
    frame = inner(page)
    assert frame.evaluate("localStorage.length") == 0
    run(page, frame)
    loaded = "performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/offline.js'))"
    until(page, lambda: frame.evaluate(loaded))
    page.wait_for_timeout(500)
    assert frame.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    page.context.close()
    browser.close()


def test_in_a_sandbox_that_keeps_its_origin_it_runs(code, course):
    page = course(code().replace("<iframe ", '<iframe sandbox="allow-scripts allow-same-origin" '))
    run(page, inner(page))


def test_in_a_sandbox_that_takes_its_origin_it_says_what_to_do(code, course, site):
    with serving(site.folder, lambda path: {}) as url:
        page = course(code().replace(site.url, url).replace("<iframe ", '<iframe sandbox="allow-scripts" '))
        frame = page.frame_locator("iframe")
        frame.locator(
            ".demo-lost", has_text="This page is in a frame that is cut off from its own site."
        ).wait_for()
        assert frame.locator(".demo-panels svg").first.is_visible()
        assert frame.locator(".embed-foot a").is_visible()


def test_in_such_a_sandbox_a_script_from_a_server_that_lets_everybody_in_says_so_before_python_is_fetched(
    course, site
):
    """GitHub Pages, for one, sends this header with every file; then the page comes to life, and only the worker cannot."""
    with serving(site.folder, lambda path: {"Access-Control-Allow-Origin": "*"}) as url:
        page = course(
            f'<iframe sandbox="allow-scripts" width="100%" height="970" src="{url}embed/twins/{SETTINGS}"></iframe>'
        )
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        frame = inner(page)
        frame.locator(".demo button.run").click()
        frame.locator(
            ".demo-error", has_text="cut off from its own site. Open this page in a tab of its own."
        ).wait_for()
        assert not [
            address
            for address in asked
            if "/assets/runtime/" in address and not address.endswith("manifest.json")
        ]


LISTENERS = """globalThis.listened = [];
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, ...rest) {
  if (this === window || this === undefined) listened.push(type);
  return add.call(this ?? window, type, ...rest);
};
globalThis.heard = [];
add.call(window, "message", ({ data }) => self === top && heard.push(data));"""


def test_it_tells_its_height_and_nothing_else_and_listens_to_nothing(code, course):
    page = course(code(follows=True), script=LISTENERS)
    frame = inner(page)
    run(page, frame)
    heard = page.evaluate("heard")
    assert heard
    for message in heard:
        assert message == {"type": "convlens:height", "slug": "twins", "height": message["height"]}
        assert 500 < message["height"] < 3000
    assert "hashchange" in frame.evaluate("listened")
    assert "message" not in frame.evaluate("listened")
    assert frame.evaluate("onmessage") is None


def test_the_script_of_the_code_obeys_its_own_frame_alone(code, course, site):
    words = code(follows=True)
    script = "<script>parent.postMessage({type: 'convlens:height', height: 5000}, '*')</script>"
    stranger = f'<iframe id=other height=100 srcdoc="{script}"></iframe>'
    page = course(words + stranger)
    until(page, lambda: page.frame(url=re.compile("embed/twins")) is not None)
    frame = page.frame(url=re.compile("embed/twins"))
    until(page, lambda: frame.locator(".demo button.run").count() == 1)
    page.wait_for_timeout(300)
    assert page.locator("#other").bounding_box()["height"] < 110
    page.evaluate("postMessage(null, '*')")  # other messages pass it by


def test_where_copying_is_refused_the_code_is_selected_and_says_so(visit, site):
    opened = visit()
    opened.page.add_init_script(REFUSED)
    opened.go("questions/why-not-the-same/#twins?seed=3", "twins")
    opened.page.get_by_role("button", name="Embed").click()
    opened.page.locator(".demo-embed p", has_text="Copy this: ").wait_for()
    area = opened.page.locator(".demo-embed textarea")
    assert area.evaluate("area => area === document.activeElement")
    assert area.evaluate(
        "({ selectionStart, selectionEnd, value }) => selectionEnd - selectionStart === value.length"
    )
    words = area.input_value()
    assert f'<iframe src="{site.url}embed/twins/#twins?' in words
    assert "&amp;seed=3" in words
    assert "&amp;steps=300&amp;" in words, (
        "the frame shows what this page shows, whatever a later release has"
    )
    opened.page.locator(".demo-embed").get_by_role("button", name="Close").click()
    assert opened.page.locator(".demo-embed").count() == 0
    assert opened.page.evaluate("document.activeElement.textContent") == "Embed"


def test_a_second_press_brings_the_code_up_to_date(visit):
    opened = visit(permissions=["clipboard-write"]).go(DEMOS["twins"])
    button, area = (
        opened.page.get_by_role("button", name="Embed"),
        opened.page.locator(".demo-embed textarea"),
    )
    button.click()
    area.wait_for()
    opened.fill("seed", "41")
    button.click()
    opened.until(lambda: "seed=41" in area.input_value())
    assert area.count() == 1
    assert violations(opened, within="section.demo") == []


def test_the_code_is_fetched_by_whoever_asks_for_it_and_a_fault_is_said(visit):
    opened = visit().go(DEMOS["twins"])
    assert not [url for url in opened.requests if url.endswith(("/embed.js", "/frame.js"))]
    opened.page.route("**/embed.js", lambda route: route.fulfill(status=404))
    opened.page.get_by_role("button", name="Embed").click()
    opened.until(lambda: "could not be loaded: the server answered 404" in opened.text(".demo-status"))
    opened.page.unroute_all()
    opened.page.get_by_role("button", name="Embed").click()
    opened.page.locator(".demo-embed textarea").wait_for()
    opened.complaints.clear()  # of the 404


@pytest.fixture(scope="module")
def embedded(chromium, site) -> Iterator[Visit]:
    """One page in which the demos are looked at in turn."""
    opened = open_page(chromium, site.url, recorded=True)
    yield opened
    opened.close()


@pytest.mark.sample(3)
@pytest.mark.parametrize("slug", DEMOS)
def test_the_height_in_the_code_is_that_of_the_demo_in_a_column_of_700_pixels(embedded, slug):
    embedded.page.set_viewport_size({"width": 700, "height": 500})
    embedded.go(f"embed/{slug}/").page.wait_for_load_state("networkidle")  # its recording has come
    measured = embedded.page.locator("body").bounding_box()["height"]
    assert abs(HEIGHTS.get(slug, HEIGHT) - measured) < 0.06 * measured, (
        "fonts differ a little from machine to machine"
    )


@pytest.mark.sample(3)
@pytest.mark.parametrize("slug", DEMOS)
def test_it_has_no_violation_light_or_dark_and_does_not_scroll_sideways(embedded, slug):
    embedded.page.set_viewport_size({"width": 1280, "height": 720})
    embedded.go(f"embed/{slug}/").style("* { transition: none !important }")
    papers = set()
    for scheme in ("light", "dark"):
        embedded.page.emulate_media(color_scheme=scheme)
        papers.add(embedded.page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert violations(embedded) == []
    assert len(papers) == 2
    assert too_wide(embedded) == []
    embedded.check()


def test_without_javascript_it_reads_in_the_readers_colours(visit):
    papers = {}
    for scheme in ("light", "dark"):
        opened = visit(java_script_enabled=False, color_scheme=scheme).go("embed/twins/")
        papers[scheme] = opened.page.locator("body").evaluate(
            "body => getComputedStyle(body).backgroundColor"
        )
        assert "Before training" in opened.text(".demo-result")
        assert opened.page.locator(".demo-panels svg").first.is_visible()
        opened.page.locator(".demo-table summary").click()
        assert opened.page.locator(".demo-table td").first.is_visible()
    assert papers == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 28)"}
