"""Page: a record as one HTML file, and how any such page is written.

The file opens without a network: style, script and figures are inside it, and a content-security
policy makes the browser run that script alone and load nothing. The same record gives the same
bytes.
"""

import base64
import hashlib
import os
from pathlib import Path

from alignment.engines.files import write_whole
from alignment.record import PAGE_FILE
from alignment.record.core import CoreResults
from alignment.report.page import lookup, sections
from alignment.report.page.sections import Section

_HERE = Path(__file__).parent


def write_page(results: CoreResults, path: str | os.PathLike[str] = PAGE_FILE) -> None:
    """Write the page of one record completely or not at all; raise OSError if that fails."""
    write_html(
        path,
        title=f"Cross-lingual alignment of {results.model}",
        verdict=sections.verdict(results),
        sections=sections.of_record(results),
        runs=[(results.model, results)],
    )


def write_html(
    path: str | os.PathLike[str],
    *,
    title: str,
    verdict: list[str],
    sections: list[Section],
    runs: list[tuple[str, CoreResults]],
    models: list[tuple[str, list[str], list[Section]]] | None = None,
) -> None:
    """Write a page completely or not at all; raise OSError if that fails.

    Args:
        path: the file; an earlier one stays if the page cannot be written.
        title: the title of the page.
        verdict: sentences above all sections.
        sections: the parts of the page.
        runs: (name, record) whose texts can be looked up.
        models: name, verdict and sections of each model of a comparison.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    loader = FileSystemLoader(_HERE)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.lstrip_blocks = True
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    css, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    page = environment.get_template("page.html").render(
        css=Markup(css),
        script=Markup(script),
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=title,
        verdict=verdict,
        sections=sections,
        search=lookup.search_data(runs),
        models=models or [],
    )
    write_whole(path, page.encode())
