"""The picture by which other sites show a page that somebody shares: its title beside its figure, 1200 x 630 pixels.

It is a PNG because these sites show no SVG. Made when the site is built, in the light colours, and cached by content.
"""

from __future__ import annotations

import hashlib
import re
from html import escape

import resvg_py

from convlens_live.figures import INK, QUIET
from convlens_live.figures.metrics import text_width
from convlens_site.paths import CACHE
from convlens_site.publish.fonts import SANS, SERIF, font_files

FOLDER = "assets/cards"
WIDTH, HEIGHT, MARGIN = 1200, 630, 60
_TITLE = 430  # the width of the column of the title
_SIZES = (50, 44, 38, 32)
_VIEW = re.compile(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*>')
_FONT = re.compile(r"var\(--figure-sans[^()]*\)")
_COLOUR = re.compile(r"var\(--figure-[\w-]+, *([^()]*)\)")


def name(address: str) -> str:
    """Return the path of the picture of the page at this address, relative to the site."""
    return f"{FOLDER}/{address.strip('./').replace('/', '-') or 'index'}.png"


def card(title: str, site_name: str, figure: str) -> bytes:
    """Return the picture as a PNG; `figure` is SVG."""
    svg = compose(title, site_name, figure)
    key = hashlib.sha256(f"{resvg_py.__version__} {font_files()} {svg}".encode()).hexdigest()[:24]
    file = CACHE / "cards" / f"{key}.png"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(
            resvg_py.svg_to_bytes(svg_string=svg, font_files=[*font_files()], skip_system_fonts=True)
        )
    return file.read_bytes()


def compose(title: str, site_name: str, figure: str) -> str:
    """Return the picture as SVG: on the left the title and the name of the site, on the right the figure, as large as fits."""
    size, lines = _set(title.replace("'", "’"))
    text = "".join(
        _line(line, MARGIN + size * (0.8 + 1.25 * n), size, f'font-family="{SERIF}"')
        for n, line in enumerate(lines)
    )
    text += _line(site_name, HEIGHT - MARGIN, 24, f'fill="{QUIET}"')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="{SANS}" fill="{INK}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>{text}{_place(figure)}</svg>'
    )
    return _COLOUR.sub(r"\1", _FONT.sub(SANS, svg))  # a picture has no style sheet


def _line(content: str, y: float, size: float, style: str) -> str:
    """Return a line of text at the left margin."""
    return f'<text x="{MARGIN}" y="{y:g}" font-size="{size:g}" {style}>{escape(content)}</text>'


def _set(title: str) -> tuple[int, list[str]]:
    """Return the largest size at which the title has room, and its lines there."""
    for size in _SIZES:
        lines = [""]
        for word in title.split():
            longer = f"{lines[-1]} {word}".strip()
            fits = not lines[-1] or text_width(longer, size) <= _TITLE
            lines[-1:] = [longer] if fits else [lines[-1], word]
        if len(lines) * 1.25 * size <= HEIGHT - 2 * MARGIN - 60 and all(
            text_width(line, size) <= _TITLE for line in lines
        ):
            break
    return size, lines


def _place(figure: str) -> str:
    """Return the figure, scaled into the room beside the title."""
    view = _VIEW.search(figure)
    if not view:
        raise ValueError(f"figure begins with {figure[:60]!r}; it must be SVG with a viewBox from 0 0")
    width, height = float(view[1]), float(view[2])
    left, room = 2 * MARGIN + _TITLE, WIDTH - 3 * MARGIN - _TITLE
    scale = min(room / width, (HEIGHT - 2 * MARGIN) / height)
    x, y = left + (room - width * scale) / 2, (HEIGHT - height * scale) / 2
    at = f'x="{x:.2f}" y="{y:.2f}" width="{width * scale:.2f}" height="{height * scale:.2f}"'
    return figure.replace(view[0], f'<svg {at} viewBox="0 0 {view[1]} {view[2]}">', 1)
