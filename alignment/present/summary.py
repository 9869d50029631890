"""Summary: a page of Markdown for a pull request or the summary of a job."""

import html
import re

from alignment.present import error_tables, ranking, search, tables, words
from alignment.present import gate as gates
from alignment.present.render import markdown
from alignment.present.table import Table
from alignment.present.verdicts import verdicts
from alignment.record.comparison import Comparison
from alignment.record.gate import Gate
from alignment.record.results import AlignmentResults

MAX_LANGUAGES = 60  # rows, and so below: a comment holds 65 536 letters
MAX_ERRORS = 10
MAX_FINDINGS = 8
MAX_CELLS = 60  # of a text

_HTML = re.compile(r"<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_MARKS = re.compile(r"([\\`*_~$]|\](?=[(\[:])|\[(?=\^))")  # also of a link, a footnote
_CALLS = re.compile(r"([@#])(?=\w)")  # they would call somebody, or an issue
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def page(of: Gate | Comparison | AlignmentResults) -> str:
    """Return the page of what was found."""
    if isinstance(of, Gate):
        return _of_gate(of)
    return _of_comparison(of) if isinstance(of, Comparison) else _of_results(of)


def _of_gate(gate: Gate) -> str:
    """Return the verdict on a run beside an earlier one, its languages, and what changed."""
    said = gates.verdict(gate)
    return _page(
        gate.new,
        f"**{_escaped(said[0])}** {_escaped(' '.join(said[1:]))}".rstrip(),
        _escaped(gates.changed(gate)),
        _table(gates.by_language(gate, MAX_LANGUAGES), titled=False),
        _table(gates.search(gate)),
        _table(gates.newly_failing(gate, MAX_ERRORS)),
        _table(gates.newly_found(gate, MAX_ERRORS)),
        _escaped(gates.unlisted(gate)),
    )


def _of_results(results: AlignmentResults) -> str:
    """Return the verdict on a run, its languages, and its worst errors."""
    by_language = tables.languages(results).shown("brief")
    if len(results.languages) > MAX_LANGUAGES:
        by_language = tables.support(results)
    more = len(by_language.rows) - MAX_LANGUAGES
    return _page(
        results,
        f"**{tables.summary(results).title} ({words.number(results.alignment_score)})**",
        "\n".join(f"- {_escaped(sentence)}" for sentence in results.findings[:MAX_FINDINGS]),
        _table(tables.summary(results), titled=False),
        _table(by_language.head(MAX_LANGUAGES)),
        f"{words.counted(more, 'more language')}." if more > 0 else "",
        *([_table(search.scores(results.search))] if results.search else []),
        _table(error_tables.worst_errors(results, MAX_ERRORS)),
    )


def _of_comparison(comparison: Comparison) -> str:
    """Return which of several models is better, and their scores."""
    grid = comparison.grid
    models = words.counted(len(comparison.models), "model")
    failed = [f"{name} did not run: {why}" for name, why in comparison.failures.items()]
    return _joined(
        f"## Cross-lingual alignment of {models} on {_escaped(grid.name)}: {grid.concepts:,} "
        f"concepts × {grid.languages} languages",
        "\n".join(f"- {_escaped(said)}" for said in (*verdicts(comparison), *failed)),
        _table(ranking.ranking(comparison), titled=False),
        _table(search.ranking(comparison)),
    )


def _page(results: AlignmentResults, *parts: str) -> str:
    of = f"{_escaped(results.model)} on {_escaped(results.provenance.grid)}"
    return _joined(f"## Cross-lingual alignment of {of}: {words.extent(results)}", *parts)


def _joined(*parts: str) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(table: Table, titled: bool = True) -> str:
    if not table.rows:
        return ""
    body = markdown(table, MAX_CELLS, _escaped)
    note = f"\n\n{_escaped(table.note)}" if table.note else ""
    return f"### {_escaped(table.title)}\n\n{body}{note}" if titled else body + note


def _escaped(text: str) -> str:
    """Return a text that Markdown shows as it is: it marks up, calls and turns round nothing."""
    text = _HTML.sub(lambda sign: html.escape(sign[0]), _UNSEEN.sub("", " ".join(text.split())))
    return words.isolated(_CALLS.sub("\\1\u2060", _MARKS.sub(r"\\\1", text)))
