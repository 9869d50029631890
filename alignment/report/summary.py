"""Summary: a page of Markdown for a pull request or the summary of a job."""

import html
import re

from alignment.capabilities import shown
from alignment.record.core import CoreResults
from alignment.report import error_tables, tables, words
from alignment.report.console import brief
from alignment.report.render import markdown
from alignment.report.table import Table

MAX_LANGUAGES = 60  # these limits keep a summary below the 65 536 letters of a comment
MAX_ERRORS = 10
MAX_FINDINGS = 8
MAX_CELLS = 60  # cells of a text

_HTML = re.compile(r"<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_MARKS = re.compile(r"([\\`*_~$]|\](?=[(\[:])|\[(?=\^))")  # markup, links, footnotes
_CALLS = re.compile(r"([@#])(?=\w)")  # mentions of users and issues
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def summary_of_run(results: CoreResults) -> str:
    """Return the verdict on a run, its languages, and its worst errors."""
    by_language = tables.languages(results).shown("brief")
    if len(results.languages) > MAX_LANGUAGES:
        by_language = tables.support(results)
    more = len(by_language.rows) - MAX_LANGUAGES
    return page(
        results,
        f"**{tables.summary(results).title} ({words.number(results.alignment_score)})**",
        "\n".join(f"- {escaped(sentence)}" for sentence in results.findings[:MAX_FINDINGS]),
        titled_table(tables.summary(results), titled=False),
        titled_table(by_language.head(MAX_LANGUAGES)),
        f"{words.counted(more, 'more language')}." if more > 0 else "",
        *(titled_table(table) for part in shown(results).values() for table in brief(part)[:1]),
        titled_table(error_tables.worst_errors(results, MAX_ERRORS)),
    )


def page(results: CoreResults, *parts: str) -> str:
    """Return a page on a run; empty parts are left out."""
    of = f"{escaped(results.model)} on {escaped(results.provenance.grid)}"
    return joined(f"## Cross-lingual alignment of {of}: {words.extent(results)}", *parts)


def joined(*parts: str) -> str:
    """Return a page of parts, without the empty ones."""
    return "\n\n".join(filter(None, parts)) + "\n"


def titled_table(table: Table, titled: bool = True) -> str:
    """Return a table below its title; "" where it has no rows."""
    if not table.rows:
        return ""
    body = markdown(table, MAX_CELLS, escaped)
    note = f"\n\n{escaped(table.note)}" if table.note else ""
    return f"### {escaped(table.title)}\n\n{body}{note}" if titled else body + note


def escaped(text: str) -> str:
    """Return a text that Markdown shows unchanged, without markup or mentions."""
    text = _HTML.sub(lambda sign: html.escape(sign[0]), _UNSEEN.sub("", " ".join(text.split())))
    return words.isolated(_CALLS.sub("\\1\u2060", _MARKS.sub(r"\\\1", text)))
