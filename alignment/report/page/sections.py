"""Sections: the parts of the page in the order in which a reader asks, ready for the template."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from alignment import visible
from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.catalogue import PROVENANCE, catalogue
from alignment.report.figures import drawn
from alignment.report.findings import judged
from alignment.report.labels import Labels, Text
from alignment.report.page import lookup
from alignment.report.page.svg import inline
from alignment.report.table import Column, Table, sortable
from alignment.seam import Part
from alignment.stats.estimates import Estimate

_ROOM = 120  # cells of a text in a table
_CLASSES = {"supported": "supported", "weak": "weak", "not supported": "unsupported"}
_NUMBERS_BELOW = "The numbers are in the tables of this page."
_MAX_CONFUSED = 2  # concepts named in the verdict if they are mistaken most often


class Cell(NamedTuple):
    """A cell of a table."""

    text: str
    code: str = ""  # the language of a text of the grid; "" for other words
    kind: str = ""  # "number", "supported", "weak", "unsupported", or ""
    value: float | None = None  # the key by which rows are sorted; None to sort them by the text


class Section(NamedTuple):
    """A part of the page."""

    id: str  # its id in the page, behind the prefix
    title: str
    lead: str = ""  # a sentence or two below the title
    points: Sequence[str] = ()  # sentences of a list
    figures: Sequence[tuple[str, Any]] = ()  # (caption, SVG)
    map: lookup.HeatMap | None = None  # retrieval between languages
    tables: Sequence[Table] = ()  # tables without rows are not shown
    prefix: str = ""  # prefix of every id, where a page shows several records

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        with_rows = any(table.rows for table in self.tables)
        return not (self.lead or self.points or self.figures or self.map or with_rows)

    @property
    def shown(self) -> list[tuple[Table, list[list[Cell]]]]:
        """The tables that have rows, each with its cells."""
        tables = [table.shown() for table in self.tables if table.rows]
        return [
            (table, [list(map(_cell, row, table.columns)) for row in table.rows])
            for table in tables
        ]


def _cell(value: Any, column: Column) -> Cell:
    if isinstance(value, Text) and value.language and not value.gloss:
        return Cell(visible(value._replace(after="").cut(_ROOM)), value.language)
    text = words.isolated(visible(column.kind.cell(value, _ROOM)))
    if column.kind.numeric:
        return Cell(text, kind="number", value=sortable(value))
    return Cell(text, kind=_CLASSES.get(text, ""))


def of_record(results: CoreResults, prefix: str = "") -> list[Section]:
    """Return the sections of a record that have content; ``prefix`` begins every id."""
    tables: dict[Part, list[Table]] = {}
    for entry in catalogue(results).values():
        if entry.show != "data":
            tables.setdefault(entry.part, []).append(entry.make())
    last = tables.pop(PROVENANCE)
    score, languages, *others = (Section(*part, tables=made) for part, made in tables.items())
    figures = []
    for key, (caption, draw) in drawn(results).items():
        title = f"{caption}: {results.model}"
        figures.append((caption, inline(draw, results, prefix + key, title, _NUMBERS_BELOW)))
    sections = [
        Section("findings", "Findings", points=results.findings),
        score,
        Section("figures", "Figures", figures=figures),
        languages,
        _map(results, prefix),
        *others,
        Section(*PROVENANCE, tables=last),
    ]
    return [section._replace(prefix=prefix) for section in sections if not section.is_empty]


def _map(results: CoreResults, prefix: str) -> Section:
    count = len(results.languages)
    section = Section("map", "Retrieval between languages")
    if count > lookup.MAX_MAPPED:
        return section._replace(
            lead=f"{count:,} languages are too many for a map with a cell for each pair: the "
            "picture above shows them grouped by script, and the table of languages has the mean "
            "of each as query and as target."
        )
    if count == 1:
        return section
    return section._replace(
        lead="Percent of the texts of a language (row) that find their translation first among "
        "those of another (column). Point at a cell, or go there with the arrow keys, to read what "
        "it means.",
        map=lookup.heat_map(results, f"{prefix}map-table"),
    )


def verdict(results: CoreResults) -> list[str]:
    """Say how well the model does, which languages it does not support, and what fails."""
    if results.collapsed:
        return results.findings[:1]
    score = results.headlines().get("calibrated_alignment_score")
    on_grid = f"on {words.extent(results)} (grid: {results.provenance.grid})"
    if score is None or score.value is None:
        return [f"{results.model} has no calibrated alignment score {on_grid}."]
    return [
        f"{results.model} has a calibrated alignment score of {with_interval(score)} {on_grid}, "
        "where 0 is chance and 1 is perfect.",
        _support(results),
        _failures(results),
    ]


def with_interval(score: Estimate) -> str:
    """Return "0.929 (95 % CI 0.898 to 0.952)"."""
    low, high = score.interval
    ends = "no interval" if low is None else f"95 % CI {words.number(low)} to {words.number(high)}"
    return f"{words.number(score.value)} ({ends})"


def _support(results: CoreResults) -> str:
    if not results.support:
        return ""
    count = words.counted(len(results.languages), "language")
    others = [
        f"{verdict}: {words.languages(codes, 6)}"
        for verdict in ("not supported", "weak")
        if (codes := judged(results, verdict))
    ]
    if not others:
        return f"It supports all {count}."
    return f"It supports {len(judged(results, 'supported')):,} of {count}; {'; '.join(others)}."


def _failures(results: CoreResults) -> str:
    pairs = results.coverage.pairs.items()
    retrievals = sum(n for a, row in pairs for b, n in row.items() if a != b)
    failed, confused = results.errors.total, results.errors.pairs
    if not retrievals:
        return ""
    if not failed:
        return "Every text finds its translation first in every language."
    share = words.percent(failed / retrievals, 1 if failed / retrievals < 0.1 else 0)
    sentence = f"{failed:,} of {retrievals:,} retrievals fail ({share} %)"
    most = [pair for pair in confused if pair.count == confused[0].count]
    if len(most) <= _MAX_CONFUSED and most[0].count > 1:
        labels = Labels(results)
        named = [
            f"“{labels.concept(pair.expected).cut()}” mistaken for "
            f"“{labels.concept(pair.retrieved).cut()}”"
            for pair in most
        ]
        each = " each" if len(most) > 1 else ""
        sentence += f", most often {words.listed(named)} ({most[0].count:,} times{each})"
    return f"{sentence}."
