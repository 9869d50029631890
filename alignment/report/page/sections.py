"""Sections: one record, in the order in which a reader asks."""

from alignment.record.core import CoreResults
from alignment.report.catalogue import PROVENANCE, catalogue
from alignment.report.figures import drawn
from alignment.report.page import lookup
from alignment.report.page.svg import inline
from alignment.report.page.views import Section
from alignment.report.table import Table
from alignment.seam import Part

_NUMBERS_BELOW = "The numbers are in the tables of this page."


def of_record(results: CoreResults, prefix: str = "") -> list[Section]:
    """Return the sections of a record that have something to show.

    Args:
        results: the record.
        prefix: of every id, where a page shows several records.
    """
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
