"""The small pictures of the start page, one for each question: drawn from what its demo computes by default.

Each is drawn in a process of its own and kept, as the finished figures are.
"""

from __future__ import annotations

import sys
from typing import Any

from pymdownx.superfences import SuperFencesException

from convlens_live.figures import Panel
from convlens_live.figures.svg import element, filter_colour, group, line, text
from convlens_site import demos
from convlens_site.fences.stills import run_once


def glance_fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Any, **_: Any
) -> str:
    """Superfences formatter: the demo's name. The sentence beside the picture says what it shows."""
    slug = source.strip()
    try:
        return f'<div class="glance">{run_once("glance", slug)}</div>'
    except ValueError as error:
        raise SuperFencesException(f"in the fence '{language}': {error}") from error


def conv_walk(demo: Any) -> Panel:
    """The products of one channel, and the sum of all."""
    walk = demo.walk_to(demo.make_layer(0, 1, 0), demo.OUTPUT, (0, 0, 0), (0, 0, 0))
    grids = demo.factor_grids(walk)[:3]
    red, green, blue = walk.sums()
    bias, value = walk.layer.bias[0], walk.layer.maps[walk.shown]
    added = f"{demo.decimals(red)} {demo.plus(green)} {demo.plus(blue)} {demo.plus(bias)} ="
    drawn = demo.draw_grids(grids) + "".join(grid.frame(0, 0, 3, 3, 1.5) for grid in grids)
    drawn += text(75, 235, "×", size=14, anchor="middle") + text(178, 235, "=", size=14, anchor="middle")
    drawn += text(1, 290, added, mono=True, size=13)
    drawn += text(
        297, 292, demo.decimals(value), mono=True, size=20, weight=600, fill=filter_colour(0), anchor="end"
    )
    return Panel(300, 108, group(drawn, 0, -190))


def twins(demo: Any) -> Panel:
    """How far two equal filters part, tied and untied."""
    drawn = []
    for y, outgoing in ((0, "same"), (56, "different")):
        rows = demo.twins.still(outgoing=outgoing).table.to_json()["rows"]
        name, *_, difference = [row for row in rows if row[0]["text"].startswith("weights, step")][-1]
        drawn.append(text(1, y + 22, f"outgoing weights {outgoing}:", size=13, role="quiet"))
        drawn.append(text(1, y + 40, f"apart after {name['text'].split()[-1]} steps", size=13, role="quiet"))
        drawn.append(text(297, y + 40, difference["text"], mono=True, size=36, weight=600, anchor="end"))
    return Panel(300, 108, "".join(drawn) + line(0, 54, 298, 54))


def tie_breakers(demo: Any) -> Panel:
    """Two things that are random and part nothing, and two that do: the numbers of one run."""
    rows = {row[0]["text"]: row[3] for row in demo.tie_breakers.still().table.to_json()["rows"]}
    shown = ("minibatches in random order", "momentum", "random biases", "one filter is off by its last bits")
    drawn = [
        text(1, 20 + 27 * n, name, size=13)
        + text(
            297,
            20 + 27 * n,
            rows[name]["text"],
            mono=rows[name]["text"] == "0",
            size=14,
            weight=600,
            anchor="end",
        )
        + (line(0, 29 + 27 * n, 298, 29 + 27 * n) if n < 3 else "")
        for n, name in enumerate(shown)
    ]
    return Panel(300, 108, "".join(drawn))


def squiggle_or_corner(demo: Any) -> Panel:
    """Three filters, and to which of the two shapes each answers more."""
    defaults = demo.squiggle_or_corner.defaults
    seed, noise = defaults["seed"], defaults["noise"]
    *_, step = demo.learn(defaults["filters"], noise, defaults["steps"], seed=seed, start=seed)
    reading = demo.read(step, demo.images(seed, noise, unseen=True))
    drawn = [group(demo.icon(0, 4), 96, 0), group(demo.icon(1, 4), 276, 0)]
    for n, k in enumerate((0, 1, 2)):
        tile = group(demo.weights_tile(reading.filters[k], filter_colour(k)), 0, 0)
        at = 98 + 196 * float(reading.shares[k])
        drawn.append(group(element("g", tile, transform="scale(.6)"), 24, 14 + 33 * n))
        drawn.append(text(2, 33 + 33 * n, str(k + 1), fill=filter_colour(k), weight=700))
        drawn.append(line(98, 29 + 33 * n, 294, 29 + 33 * n))
        drawn.append(element("circle", cx=at, cy=29.0 + 33 * n, r=6, fill=filter_colour(k)))
    return Panel(300, 114, "".join(drawn))


DRAWN = {f.__name__: f for f in (conv_walk, twins, tie_breakers, squiggle_or_corner)}


def main() -> None:
    """Print the small picture of the demo that is named on the command line: what its glance() returns."""
    module = demos.module(sys.argv[1])
    drawn = module.glance() if hasattr(module, "glance") else DRAWN[sys.argv[1]](module)
    print(drawn.svg())


if __name__ == "__main__":
    main()
