"""The hooks that MkDocs calls during a build; the modules beside this one do the work."""

from __future__ import annotations

import logging
import re
from concurrent.futures import Executor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mkdocs.exceptions import PluginError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File
from mkdocs.utils import get_relative_url
from mkdocs_jupyter import convert

from convlens_site import demos, evidence
from convlens_site.fences import ahead, recordings
from convlens_site.fences.demo import ROOT_TOKEN
from convlens_site.npm import editor
from convlens_site.paths import CACHE, DEMOS, EVIDENCE, SHIPPED, digest, library_files
from convlens_site.publish import (
    about,
    card,
    csp,
    evidence_pages,
    glossary,
    imprint,
    maths,
    offline,
    packages,
    ranges,
    scripts,
    search,
)
from convlens_site.publish.manifest import build_manifest, seal
from convlens_site.publish.minify import minify
from convlens_site.publish.standalone import write_standalone_pages
from convlens_site.publish.translation import protect_from_translation
from convlens_site.publish.typography import keep_numbers_whole, set_type
from convlens_site.runtime import bundle, fetch, wheel

log = logging.getLogger("mkdocs.hooks.convlens")
_QUOTED = re.compile(r"\{\{ *evidence\.([\w.-]+) *\}\}")
_CELL = re.compile(r"NOTEBOOK-MARKDOWN\[([^\]\s]*)\]")
_STOCK_STYLE = "assets/_mkdocstrings.css"  # the Library pages use library.css instead
# A screen reader needs a name for the theme's search dialog.
_SEARCH = (
    'data-md-component="search" role="dialog"',
    'data-md-component="search" role="dialog" aria-label="Search"',
)
_execute = convert.nb2html
_serving = False
_ahead: Executor | None = None


def on_startup(command: str, dirty: bool) -> None:
    """Fetch the editor once, and record whether this is `mkdocs serve`: the policy would block its script in each page."""
    global _serving
    _serving = command == "serve"
    try:
        editor.ensure()
    except editor.EditorUnavailable as error:
        log.info(str(error))


def _notebook_html(path: str, **options: Any) -> str:
    """Execute a notebook, unless it, the demos that it imports, the library and the template are unchanged."""
    imported = [DEMOS / f"{slug}.py" for slug in demos.imports(Path(path).stem)]
    files = [*library_files(), Path(path), *imported, Path(options["custom_template"])]
    cached = CACHE / "notebooks" / f"{Path(path).stem}-{digest(files)}.html"
    if not cached.exists():
        html = _execute(path, **options)
        cached.parent.mkdir(parents=True, exist_ok=True)
        cached.write_text(html)
    return cached.read_text()


def on_config(config: Any) -> Any:
    """Rebuild when the library or the evidence changes, and cache executed notebooks."""
    config.watch += map(str, (*SHIPPED, EVIDENCE, DEMOS))
    # With one scope, the theme's inline script is the same on every page, so one policy fits all.
    config.extra.setdefault("scope", urlsplit(config.site_url or "/").path)
    config.extra["start"] = scripts.prepare().tag  # theme/overrides/main.html puts it into each page
    if _STOCK_STYLE in config.extra_css:
        config.extra_css.remove(_STOCK_STYLE)
    convert.nb2html = _notebook_html
    return config


@event_priority(-100)
def on_files(files: Any, config: Any) -> Any:
    """Add the files that the browser loads, and the manifest that lists them; then the pages of evidence, and the packages."""
    global _ahead
    _ahead = ahead.start(Path(config.docs_dir))
    try:
        packed_files = bundle.build()
    except (fetch.RuntimeUnavailable, wheel.BuildFailed) as error:
        raise PluginError(str(error)) from error
    log.info(bundle.summary(packed_files))
    for name, path in packed_files.files.items():
        place = f"assets/runtime/{packed_files.folder}/{name}"
        files.append(File.generated(config, place, abs_src_path=str(path)))
    live = scripts.prepare()
    for name, content in live.files.items():
        if name != editor.NAME:
            files.remove(files.get_file_from_path(f"assets/live/{name}"))
        files.append(File.generated(config, f"assets/{live.folder}/{name}", content=content))
    for path in sorted(DEMOS.glob("*.py")):
        files.append(File.generated(config, f"assets/demos/{path.name}", content=path.read_bytes()))
    for place, markdown in evidence_pages.pages():
        files.append(File.generated(config, place, content=markdown))
    for place, path in evidence_pages.files():
        files.append(File.generated(config, place, content=path.read_bytes()))
    for place, content in packages.files().items():
        files.append(File.generated(config, place, content=content))
    manifest = seal(build_manifest(packed_files, offline=not _serving))
    files.append(File.generated(config, "assets/runtime/manifest.json", content=manifest))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Put numbers from the evidence into the prose, restore a notebook's Markdown cells, and add the foot of a question."""
    # nbconvert mistakes "a < b" in a Markdown cell for a tag, so the template encodes the text of each cell.
    markdown = _CELL.sub(lambda match: unquote(match[1]), markdown) + imprint.imprint(page, config)
    up = "../" * page.file.src_uri.count("/")
    try:
        return packages.fill_in(
            _QUOTED.sub(lambda match: evidence.link(match[1], up), markdown), config.site_url or "/"
        )
    except KeyError as error:
        raise PluginError(f"{page.file.src_uri}: {error.args[0]}") from error


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Turn formulas into MathML, draw ranges, add notes, keep numbers whole, and make the fences' links relative to this page."""
    try:
        html = maths.to_mathml(html)
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
    html = ranges.draw_ranges(html)
    if page.url.startswith("questions/") or page.is_homepage:
        html = glossary.with_notes(html)
    root = get_relative_url(".", page.url)
    return keep_numbers_whole(html).replace(ROOT_TOKEN, root.rstrip("/") + "/")


@event_priority(-150)
def on_env(env: Any, config: Any, files: Any) -> Any:
    """Shrink the pages after the last plugin has added its links, and before the search indexes them; add files about them."""
    for page in (file.page for file in files.documentation_pages()):
        page.content = search.leave_out(minify(page.content))
        search.rank(page)
        page.meta["about"] = about.about(page, config)
        files.append(File.generated(config, card.name(page.url), content=about.picture(page, config)))
    for name, content in recordings.files.items():  # known when all pages have been rendered
        if not files.get_file_from_path(f"{recordings.FOLDER}/{name}"):
            files.append(File.generated(config, f"{recordings.FOLDER}/{name}", content=content))
    return env


def on_build_error(error: Exception) -> None:
    """Do not compute what no page will ask for."""
    if _ahead:
        _ahead.shutdown(wait=False, cancel_futures=True)


def on_post_page(output: str, page: Any, config: Any) -> str:
    """Typeset the words, remove bytes that no reader sees, and protect code and numbers from a browser's translation."""
    return protect_from_translation(minify(set_type(search.unmark(output).replace(*_SEARCH))))


def on_post_template(output: str, template_name: str, config: Any) -> str:
    """Remove the date of the build from the site map: the same sources must give the same site."""
    if template_name == "sitemap.xml":
        return re.sub(r"\s*<lastmod>.*?</lastmod>", "", output)
    return output.replace(*_SEARCH)


@event_priority(-200)
def on_post_build(config: Any) -> None:
    """Add the pages without the theme, remove unused files, and protect every page of a site that will be published."""
    write_standalone_pages(Path(config.site_dir), config.site_name, config.site_url or "/")
    for name in (_STOCK_STYLE, "sitemap.xml.gz"):  # the second contains the time of the build
        Path(config.site_dir, name).unlink(missing_ok=True)
    if not _serving:
        try:
            csp.protect(Path(config.site_dir))
            offline.write_file_list(Path(config.site_dir))
        except (csp.PolicyError, ValueError) as error:
            raise PluginError(str(error)) from error
