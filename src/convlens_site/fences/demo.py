"""The fence `demo` puts a demo into a question page.

The result is complete HTML: controls, the finished figure, its sentence and its table. The live page
only adds the buttons.
"""

from __future__ import annotations

import json
import re
from html import escape
from itertools import zip_longest
from typing import Any

import yaml
from pymdownx.superfences import SuperFencesException

from convlens_site.fences.recordings import recordings
from convlens_site.fences.stills import still

# What follows "Computed when the site was built.", for a demo with runs or without, recorded or not.
WAITS = {
    (True, True): " Run plays how it came about.",
    (True, False): " Run fetches Python first: 9&nbsp;MB, once.",
    (False, True): " Click or tap a part of it, and it follows you.",
    (False, False): " Click or tap a part of it: Python comes (9&nbsp;MB, once), and it follows you.",
}
FOLLOWS = " Run plays what follows."  # of a recorded run whose page shows its start
STEPS = " Step through its scenes with the arrow keys."
# What a reader without JavaScript is told: whether the figure is the start of a run, or all of it.
COMPLETE = "Figure, sentence and table are complete."
BEGINNING = "Figure, sentence and table are those of the start."
# The hook for a page replaces this by the relative path from the page to the site's root.
ROOT_TOKEN = "%SITE-ROOT%/"
# The height of a frame for the demo, in a column of 700 pixels; a test measures it.
HEIGHTS = {
    "black_line": 1290,
    "conv_arithmetic": 640,
    "conv_costs": 680,
    "conv_walk": 490,
    "errors_left": 1115,
    "filter_count": 685,
    "filter_votes": 690,
    "kept_minus": 1105,
    "nine_copies": 850,
    "one_tie_breaker": 1230,
    "rows_in_memory": 310,
    "pull": 1540,
    "pushed_pixel": 800,
    "nine_starts": 670,
    "second_layer": 1200,
    "softmax_alone": 650,
    "spare_filters": 680,
    "shared_weight": 980,
    "squiggle_or_corner": 585,
    "swap": 810,
    "tie_breakers": 870,
    "tied_layers": 1080,
    "twins": 735,
    "two_filters": 980,
    "two_seeds": 855,
    "unseen_places": 880,
    "who_gets_what": 700,
    "what_comes_back": 1385,
}
HEIGHT = 1000
IDEA = re.compile(r"\[([^\]]+)\]\(([a-z\d -]+)\)")  # words of a caption that light up with an idea


def demo_fence(source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any) -> str:
    """Superfences formatter: the demo's name on the first line, then settings as YAML."""
    slug, _, rest = source.strip().partition("\n")
    try:
        result = still(slug, yaml.safe_load(rest) or {})
        return _demo(slug, {**result, "recordings": recordings(slug, result["settings"])})
    except Exception as error:  # superfences swallows any other exception, and the page would have no demo
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def _demo(slug: str, result: dict[str, Any]) -> str:
    spec, figure, settings = result["spec"], result["figure"], result["settings"]
    items = [
        _control(slug, control, settings[control["name"]])
        for control in spec["controls"]
        if control["kind"] != "pointed"
    ]
    controls = "".join(items)
    if (
        len(items) > 4
    ):  # a phone shows the two that matter most, and the rest on request; demo.css unfolds them where there is room
        more = "".join(items[2:])
        controls = f'{items[0]}{items[1]}<details class="more-settings"><summary>More settings</summary>{more}</details>'
    rest = ""
    if spec["sentence"]:
        controls, rest = _sentence(slug, spec, settings)
    elif not spec["run"]:  # the figure is what a reader touches
        controls, rest = "", _folded("".join(items))
    form = (
        f'<fieldset class="demo-settings" disabled><legend>Settings</legend>{controls}</fieldset>'
        if controls
        else ""
    )
    scenes = "".join(map(_scene, result.get("scenes", [])))
    scenes = f'<div class="demo-scenes">{scenes}</div>' if scenes else ""
    # An attribute, not a script element: instant navigation would run that as JavaScript, whatever its type.
    compact = {**spec, "controls": [_compact(control) for control in spec["controls"]]}
    declared = {"spec": compact, "settings": settings}
    declared |= {name: result[name] for name in ("imports", "recordings")}
    data = json.dumps(declared, ensure_ascii=False, separators=(",", ":"))
    data = escape(data, quote=False).replace(
        "'", "&#39;"
    )  # in single quotes, so that JSON's double quotes need no escape
    wait = WAITS[bool(spec["run"]), bool(result["recordings"])]
    opens = spec["run"] and spec["opens"] == "start"
    wait = FOLLOWS if opens and result["recordings"] else STEPS if scenes else wait
    if spec["sentence"]:
        wait = wait.replace("Run", "Train")  # the word on its button
    return f"""<section class="demo" id="demo-{slug}" data-demo="{slug}"{_layout(spec, figure["panels"])} data-height="{HEIGHTS.get(slug, HEIGHT)}" data-state="still" data-declared='{data}' aria-label="{escape(spec["title"])}">
<p class="demo-title">{escape(spec["title"])}</p>
<form class="demo-controls" autocomplete="off">{form}</form>
<div class="demo-stage"><figure class="demo-figure">
{_figure(figure)}
</figure></div>{scenes}
<div class="demo-bar"></div>
<div class="demo-load" hidden><progress max="1" value="0" aria-label="Loading Python"></progress><span class="demo-bytes"></span></div>
<p class="demo-status">Computed when the site was built.{wait}</p><p class="visually-hidden demo-announcer" role="status"></p>
<p class="demo-error" role="alert" hidden></p>
<p class="demo-lost">The script that brings this to life has not started yet. On a slow network, wait a minute; then reload the page. If that does not help, a blocker or the policy of this server forbids it.</p>
<noscript><p class="demo-noscript">JavaScript is off, so the settings cannot be changed here. {BEGINNING if opens else COMPLETE}</p></noscript>
<div class="demo-more">{rest}<details class="demo-table"><summary>The numbers as a table</summary><div tabindex="0" role="group" aria-label="The numbers">{_table(figure["table"], spec["title"])}</div></details>
<p class="demo-links"><a href="{ROOT_TOKEN}assets/demos/{slug}.py">Code</a> <a href="{ROOT_TOKEN}demos/{slug}/">Notebook</a></p></div>
</section>"""


def _layout(spec: dict[str, Any], panels: list[str]) -> str:
    """Return the attributes by which the style sheet arranges the demo.

    One of them says that a drawing is all there is: its version for a narrow page is the last panel.
    """
    one = " data-one" if 'data-only="narrow"' in panels[-1] else ""
    if any(each.get("scenes") for each in spec["controls"]):
        return f" data-scenes{one}"
    if not spec["run"]:  # a reader touches the figure
        return f" data-hand{one}"
    if not spec["sentence"]:
        return one
    return " data-words" if len(panels) == 2 and "data-only" not in panels[0] else f" data-sentence{one}"


def _figure(figure: dict[str, Any]) -> str:
    heading = f'<b class="demo-heading">{escape(figure["heading"])}</b> ' if figure.get("heading") else ""
    caption = IDEA.sub(r'<em data-idea="\2">\1</em>', escape(figure["caption"]))
    return (
        f'<div class="demo-panels" role="img" aria-label="{escape(figure["alt"])}">{"".join(figure["panels"])}</div>\n'
        f'<figcaption>{heading}<span class="demo-result">{escape(figure["alt"])}</span> '
        f'<span class="demo-caption">{caption}</span></figcaption>'
    )


def _scene(figure: dict[str, Any]) -> str:
    """Return another scene, for a page on paper and for a reader without JavaScript."""
    return f'<figure class="demo-figure">\n{_figure(figure)}\n</figure>'


def _compact(control: dict[str, Any]) -> dict[str, Any]:
    """Drop the stops of a slider over all whole numbers of its range: the page lists them itself."""
    stops = control.get("stops", [])
    if stops and stops == list(range(int(stops[0]), int(stops[0]) + len(stops))):
        return {name: value for name, value in control.items() if name not in ("stops", "texts")}
    return control


def _table(table: dict[str, Any], title: str) -> str:
    """Return the table as `showTable` in view.js builds it: words are aligned left, numbers right."""
    columns, rows = table["columns"], table["rows"]
    kinds = [""] * len(columns)
    if rows:
        kinds = [' class="words"' if _is_words(cell) else "" for cell in rows[0]]
    head = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(columns, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-value="{escape(cell["value"])}"{kind}>{escape(cell["text"])}</td>'
            for cell, kind in zip(row, kinds, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _is_words(cell: dict[str, str]) -> bool:
    return bool(re.search("[a-z]", cell["text"], re.IGNORECASE)) and cell["value"] != "nan"


def _sentence(slug: str, spec: dict[str, Any], settings: dict[str, Any]) -> tuple[str, str]:
    """Return the sentence of a demo with its controls in it, and the controls that are not."""
    slots = {
        each["name"]: _control(slug, each, settings[each["name"]])
        for each in spec["controls"]
        if each["kind"] != "pointed"
    }
    tabs = "".join(slots.pop(each["name"]) for each in spec["controls"] if each.get("scenes"))
    if spec["run"]:
        slots["run"] = '<span class="demo-run">Train</span>'
    parts = re.split(
        r"\{(\w+)\}([^\w\s]*)", escape(spec["sentence"])
    )  # a control never parts from the comma after it
    words = [re.sub(r"filter \d", r"<b>\g<0></b>", each) for each in parts[::3]]
    inside = [
        f'<span class="demo-slot">{slots.pop(name)}{mark}</span>'
        for name, mark in zip(parts[1::3], parts[2::3], strict=True)
    ]
    text = "".join(map("".join, zip_longest(words, inside, fillvalue="")))
    left = "".join(slots.values())
    fields = f'<fieldset class="demo-rest" disabled><legend>Other settings</legend>{left}</fieldset>'
    few = tabs or (spec["run"] and len(slots) == 1)
    return f'<div class="demo-sentence">{text}</div>{tabs}', fields if few else _folded(left)


def _folded(controls: str) -> str:
    """Return controls, if any, that a reader unfolds below a figure."""
    if not controls:
        return ""
    fields = f'<fieldset class="demo-settings" disabled><legend>Settings</legend>{controls}</fieldset>'
    return f'<details class="demo-fold"><summary>Settings</summary>{fields}</details>'


def _control(slug: str, control: dict[str, Any], value: Any) -> str:
    name, label, base = control["name"], escape(control["label"]), f"{slug}-{control['name']}"
    if control["kind"] == "choice":
        texts = [escape(each) for each in control["texts"]]
        if control.get("scenes"):
            texts = [f"<b>{n}</b> <i>{each}</i>" for n, each in enumerate(texts, 1)]
        options = "".join(
            f'<label><input type="radio" name="{base}" value="{escape(v)}"{" checked" if v == value else ""}><span>{t}</span></label>'
            for v, t in zip(control["values"], texts, strict=True)
        )
        kind = "control choice scenes" if control.get("scenes") else "control choice"
        return f'<fieldset class="{kind}" data-control="{name}"><legend>{label}</legend><div class="options">{options}</div></fieldset>'
    least = min([control["low"], *control.get("stops", [])])  # a slider may offer an exact 0 below its range
    number = (
        f'<input type="number" id="{base}" min="{least}" max="{control["high"]}" step="any" '
        f'value="{value:g}" inputmode="decimal">'
    )
    if control["kind"] == "seed":
        return f'<div class="control seed" data-control="{name}"><label for="{base}">{label}</label>{number}</div>'
    stops = control["stops"]
    nearest = min(range(len(stops)), key=lambda index: abs(stops[index] - value))
    return (
        f'<div class="control slider" data-control="{name}"><label for="{base}">{label}</label>'
        f'<input type="range" min="0" max="{len(stops) - 1}" step="1" value="{nearest}" aria-label="{label}, slider" '
        f'aria-valuetext="{escape(control["texts"][nearest])}">{number}</div>'
    )
