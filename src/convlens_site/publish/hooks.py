"""MkDocs hooks: thin adapters between MkDocs' events and the modules beside this one."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url
from mkdocs_jupyter import convert

from convlens_site import demos, evidence
from convlens_site.fences.demo import ROOT_TOKEN
from convlens_site.npm import editor
from convlens_site.paths import CACHE, DEMOS, EVIDENCE, SHIPPED, digest, library_files
from convlens_site.publish import csp, evidence_pages, maths, offline, packages, scripts
from convlens_site.publish.manifest import build_manifest, seal
from convlens_site.publish.minify import lean, untranslated
from convlens_site.publish.standalone import write_alone
from convlens_site.publish.typography import keep_numbers_whole
from convlens_site.runtime import bundle, fetch, wheel

log = logging.getLogger("mkdocs.hooks.convlens")
_QUOTED = re.compile(r"\{\{ *evidence\.([\w.-]+) *\}\}")
_CELL = re.compile(r"NOTEBOOK-MARKDOWN\[([^\]\s]*)\]")
_STOCK_STYLE = "assets/_mkdocstrings.css"  # of the Library pages; library.css takes its place
# The theme's search dialog gets the name that a screen reader needs.
_SEARCH = (
    'data-md-component="search" role="dialog"',
    'data-md-component="search" role="dialog" aria-label="Search"',
)
_execute = convert.nb2html
_serving = False


def on_startup(command: str, dirty: bool) -> None:
    """Fetch the editor, once; remember the command: `mkdocs serve` puts a script into each page, which the policy would stop."""
    global _serving
    _serving = command == "serve"
    try:
        editor.ensure()
    except editor.EditorUnavailable as error:
        log.info(str(error))


def _notebook_once(path: str, **options: Any) -> str:
    """Execute a notebook only when it, a demo that it imports, the library or the template has changed."""
    imported = [DEMOS / f"{slug}.py" for slug in demos.imports(Path(path).stem)]
    files = [*library_files(), Path(path), *imported, Path(options["custom_template"])]
    kept = CACHE / "notebooks" / f"{Path(path).stem}-{digest(files)}.html"
    if not kept.exists():
        html = _execute(path, **options)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(html)
    return kept.read_text()


def on_config(config: Any) -> Any:
    """Rebuild when the library or the evidence changes, and keep executed notebooks."""
    config.watch += map(str, (*SHIPPED, EVIDENCE, DEMOS))
    # The theme's script that names what is stored is then the same on every page, and so is the policy.
    config.extra.setdefault("scope", urlsplit(config.site_url or "/").path)
    config.extra["start"] = scripts.published().tag  # theme/overrides/main.html puts it into each page
    if _STOCK_STYLE in config.extra_css:
        config.extra_css.remove(_STOCK_STYLE)
    convert.nb2html = _notebook_once
    return config


@event_priority(-100)
def on_files(files: Any, config: Any) -> Any:
    """Add what the browser loads: the packed runtime and library, the demos' source, and the list of it all."""
    try:
        packed = bundle.build()
    except (fetch.RuntimeUnavailable, wheel.BuildFailed) as error:
        raise PluginError(str(error)) from error
    log.info(bundle.words(packed))
    for name, path in packed.files.items():
        place = f"assets/runtime/{packed.folder}/{name}"
        files.append(File.generated(config, place, abs_src_path=str(path)))
    live = scripts.published()
    for name, content in live.files.items():
        if name != editor.NAME:
            files.remove(files.get_file_from_path(f"assets/live/{name}"))
        files.append(File.generated(config, f"assets/{live.folder}/{name}", content=content))
    for path in sorted(DEMOS.glob("*.py")):
        files.append(File.generated(config, f"assets/demos/{path.name}", content=path.read_bytes()))
    for place, markdown in evidence_pages.pages():
        files.append(File.generated(config, place, content=markdown))
    for place, path in evidence_pages.published():
        files.append(File.generated(config, place, content=path.read_bytes()))
    for place, content in packages.files().items():
        files.append(File.generated(config, place, content=content))
    manifest = seal(build_manifest(packed, offline=not _serving))
    files.append(File.generated(config, "assets/runtime/manifest.json", content=manifest))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Put numbers from the evidence into the prose, and a notebook's Markdown cells back as they were."""
    # nbconvert takes "a < b" in a Markdown cell for a tag; the template therefore hides each cell's text.
    markdown = _CELL.sub(lambda found: unquote(found[1]), markdown)
    up = "../" * page.file.src_uri.count("/")
    try:
        return packages.filled(
            _QUOTED.sub(lambda found: evidence.link(found[1], up), markdown), config.site_url or "/"
        )
    except KeyError as error:
        raise PluginError(f"{page.file.src_uri}: {error.args[0]}") from error


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Turn formulas into MathML, keep numbers on one line, and turn the fences' links into links from this page."""
    try:
        html = maths.to_mathml(html)
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
    root = get_relative_url(".", page.url)
    return keep_numbers_whole(html).replace(ROOT_TOKEN, root.rstrip("/") + "/")


@event_priority(-150)
def on_env(env: Any, config: Any, files: Any) -> Any:
    """Make the pages lean after the last plugin has put its links in, and before the search reads them."""
    for page in (file.page for file in files.documentation_pages()):
        page.content = lean(page.content)
    return env


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Leave out what nobody sees, and keep code and numbers from a browser's translation."""
    return untranslated(lean(output.replace(*_SEARCH)))


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Leave the day of the build out of the list of pages: the same files give the same site."""
    if template_name == "sitemap.xml":
        return re.sub(r"\s*<lastmod>.*?</lastmod>", "", output)
    return output.replace(*_SEARCH)


@event_priority(-200)
def on_post_build(config: Any) -> None:
    """Add the pages without the theme, remove what nobody asks for, and protect every page of a site that is to be published."""
    write_alone(Path(config.site_dir), config.site_name, config.site_url or "/")
    for name in (_STOCK_STYLE, "sitemap.xml.gz"):  # the latter bears the time of the build
        Path(config.site_dir, name).unlink(missing_ok=True)
    if not _serving:
        try:
            csp.protect(Path(config.site_dir))
            offline.tell(Path(config.site_dir))
        except (csp.PolicyError, ValueError) as error:
            raise PluginError(str(error)) from error
