"""Page: a record as one HTML file, and how any such page is written.

The file opens without a network: style, script and figures stand in it, and a content-security
policy lets the browser run that script and nothing else. The same record gives the same bytes.
"""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from alignment.engines.files import write_whole
from alignment.record import PAGE_FILE
from alignment.record.core import CoreResults
from alignment.report.page import lookup, sections, verdict
from alignment.report.page.svg import Styles
from alignment.report.page.views import Section

_HERE = Path(__file__).parent


def write_page(results: CoreResults, path: str | os.PathLike[str] = PAGE_FILE) -> None:
    """Write the page of one record, whole or not at all.

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    styles = Styles()
    write_html(
        path,
        styles,
        title=f"Cross-lingual alignment of {results.model}",
        verdict=verdict.of_record(results),
        sections=sections.of_record(results, styles),
        runs=[(results.model, results)],
    )


def write_html(
    path: str | os.PathLike[str],
    styles: Styles,
    *,
    title: str,
    verdict: list[str],
    sections: list[Section],
    runs: list[tuple[str, CoreResults]],
    models: list[tuple[str, list[str], list[Section]]] | None = None,
) -> None:
    """Write a page, whole or not at all.

    Args:
        path: of the file.
        styles: of the figures of all sections.
        title: of the page.
        verdict: sentences above all sections.
        sections: of the page.
        runs: (name, record), whose texts can be looked up.
        models: name, verdict and sections of each model of a comparison.

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    content = {"title": title, "verdict": verdict, "sections": sections, "models": models or []}
    text = _render(styles, search=lookup.search_data(runs), **content)
    write_whole(path, text.encode())


def _render(styles: Styles, **content: Any) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    css, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    css += styles.css()
    return environment.get_template("page.html").render(
        css=Markup(css),
        script=Markup(script),
        policy="; ".join(
            (
                "default-src 'none'",
                f"style-src {_fingerprint(css)}",
                f"script-src {_fingerprint(script)}",
                "img-src data:",
                "base-uri 'none'",
                "form-action 'none'",
            )
        ),
        **content,
    )


def _fingerprint(text: str) -> str:
    """Return how the policy names a style or a script that is allowed."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
