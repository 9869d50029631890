"""Page: a record, or a comparison with the records of its models, as one HTML file.

The file opens without a network: style, script and figures stand in it, and a content-security
policy lets the browser run that script and nothing else. The same record gives the same bytes.
"""

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from alignment.engines.files import write_whole
from alignment.present.page import compared, lookup, sections, verdict
from alignment.present.page.svg import Styles
from alignment.present.page.views import Section
from alignment.record import PAGE_FILE
from alignment.record.comparison import Comparison
from alignment.record.results import AlignmentResults

_HERE = Path(__file__).parent


def write_page(results: AlignmentResults, path: str | os.PathLike[str] = PAGE_FILE) -> None:
    """Write the page of one record, whole or not at all.

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    styles = Styles()
    _write(
        path,
        styles,
        title=f"Cross-lingual alignment of {results.model}",
        verdict=verdict.of_record(results),
        sections=sections.of_record(results, styles),
        models=[],
        search=lookup.search_data([(results.model, results)]),
    )


def write_comparison_page(
    comparison: Comparison,
    runs: list[tuple[str, AlignmentResults]],
    path: str | os.PathLike[str] = PAGE_FILE,
) -> None:
    """Write one page on all models of a comparison, given as (name, results).

    Raises:
        OSError: when it cannot be written; an older one is then left as it was.
    """
    styles = Styles()
    records = dict(runs)
    ranked = [(model.name, records[model.name]) for model in comparison.models]
    _write(
        path,
        styles,
        title=compared.title(comparison),
        verdict=verdict.of_comparison(comparison),
        sections=compared.of_comparison(comparison, styles),
        models=[
            (name, verdict.of_record(results), sections.of_record(results, styles, f"m{n}-"))
            for n, (name, results) in enumerate(ranked, 1)
        ],
        search=lookup.search_data(ranked),
    )


def _write(path: str | os.PathLike[str], styles: Styles, **content: Any) -> None:
    write_whole(path, _render(styles, **content).encode())


def _render(styles: Styles, sections: list[Section], **content: Any) -> str:
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
        sections=sections,
        **content,
    )


def _fingerprint(text: str) -> str:
    """Return how the policy names a style or a script that is allowed."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
