"""The content security policy of the built site, in a <meta> of every page: what that page may run, load and contact.

The only inline scripts that may run are listed here by hash. A page with another inline script, an inline style or an event
attribute stops the build, because a browser would silently drop it.
"""

import hashlib
import re
from base64 import b64encode
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from convlens_site.publish import scripts

# The theme's inline scripts. When a new version of the theme changes one, read the script, then put its hash here.
KNOWN = {
    "frNoT9rNKIH2e5QomDJzop2HdNi8gmIq+bZajsEDKpA=": "names and reads the site's entries in the browser's storage",
    "DrEMJJ29sL7vIloQzly+VUGMxKcBTMII+OfW7Y8AkG4=": "applies the chosen colours before the first paint",
    "/8wPdzX9q0NNJXyA5lzsLojXFpkeaXVxhbfkUOQaWy8=": "opens the tab named in the address",
}
_CHARSET = '<meta charset="utf-8">'
# The site's own path, which is the only part of these scripts that varies.
_SCOPE = re.compile(r'new URL\("[\w./~%-]*",location\)')
DATA = {"application/json", "application/ld+json"}  # the types of blocks that a browser never runs
_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href"}


class PolicyError(ValueError):
    """The policy forbids something on a page; the message is one sentence that names both."""


def sha256(script: str) -> str:
    """Return the hash of a script as a policy writes it."""
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()


class _Inline(HTMLParser):
    """Collects a page's inline scripts, and everything else that the policy forbids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.forbidden: list[str] = []
        self._in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "script" and "src" not in values and values.get("type") not in DATA:
            self._in_script = True
            self.scripts.append("")
        elif tag == "style":
            self.forbidden.append("a <style> element")
        for name, value in attributes:
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f'the attribute {name}="{value}"')
            elif name in _ADDRESSES and re.match(r"\s*javascript:", value or "", re.IGNORECASE):
                self.forbidden.append(f'the address {name}="{value}"')

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def check(name: str, html: str) -> list[str]:
    """Return the hashes of the page's inline scripts; PolicyError if one is unknown, or the page holds something forbidden."""
    inline = _Inline(html)
    if inline.forbidden:
        raise PolicyError(
            f"{name} holds {inline.forbidden[0]}, which the site's security policy switches off: "
            "put it into a file of its own under docs/assets."
        )
    for script in inline.scripts:
        if script in (scripts.inline(scripts.LOAD_ERROR), scripts.inline(scripts.NOT_FOUND)):
            continue
        digest = sha256(_SCOPE.sub('new URL("",location)', script))
        if digest not in KNOWN:
            raise PolicyError(
                f"{name} holds an inline script that the site's security policy does not know, {script.strip()[:60]!r}: "
                f"put it into a file under docs/assets, or, if a new version of the theme brought it, read it and "
                f"add {digest} to KNOWN in src/convlens_site/publish/csp.py."
            )
    return [sha256(script) for script in inline.scripts]


def policy(hashes: list[str]) -> str:
    """Return the policy of a site whose inline scripts have these hashes."""
    allowed = " ".join(f"'sha256-{each}'" for each in sorted(set(hashes)))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {allowed}".rstrip(),
            "worker-src 'self' blob:",  # the search's worker has an address; Python's is a blob, which inherits this policy
            "style-src 'self'",
            "img-src 'self' data:",  # the theme's stylesheet holds its icons
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def protect(site: Path) -> str:
    """Write the same policy into every page of a built site, and return it."""
    pages = {path: path.read_text("utf-8") for path in sorted(site.rglob("*.html"))}
    hashes = [each for path, html in pages.items() for each in check(path.relative_to(site).as_posix(), html)]
    content = policy(hashes)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(content, quote=False)}">'
    for path, html in pages.items():
        before, charset, after = html.partition(_CHARSET)
        if not charset or "<script" in before or "<link" in before:
            name = path.relative_to(site).as_posix()
            raise PolicyError(
                f"{name} does not begin its head with {_CHARSET}, after which the policy must come."
            )
        path.write_text(f"{before}{charset}\n{meta}{after}", "utf-8")
    return content
