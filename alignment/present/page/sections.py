"""Sections: one record, in the order in which a reader asks."""

from alignment.present.catalogue import tables_of
from alignment.present.figures import drawn
from alignment.present.page import lookup
from alignment.present.page.svg import Styles, inline
from alignment.present.page.views import Section
from alignment.record.results import AlignmentResults

_FIGURES = {
    "cross_lingual_alignment_figure": "Similarity, retrieval, neighbours, the least similar "
    "translations, the score and the categories",
    "probes": "Retrieval in other forms of the texts",
    "search": "Search across languages",
    "cost": "What cheaper vectors cost",
    "thresholds": "Thresholds by language pair",
    "support": "Which languages the model knows",
}
_TITLES = {
    "translations": "Translations",
    "errors": "Errors",
    "concepts": "Concepts",
    "forms": "Forms of the texts",
    "subwords": "Subwords",
    "questions": "Search with questions",
    "cost": "Cheaper vectors",
    "thresholds": "Thresholds",
    "provenance": "What was run",
}
_LONG = ("forms", "search")  # a row for each pair; the page has shorter ones
_MATRICES = ("search_matrix", "first_languages", "crowding")
_NUMBERS_BELOW = "The numbers are in the tables of this page."


def of_record(results: AlignmentResults, styles: Styles, prefix: str = "") -> list[Section]:
    """Return the sections of a record that have something to show.

    Args:
        results: the record.
        styles: of the page's figures.
        prefix: of every id, where a page shows several records.
    """
    sections = [
        Section("findings", "Findings", points=results.findings),
        _tables(results, "score", "Score"),
        Section("figures", "Figures", figures=_figures(results, styles)),
        _tables(results, "languages", "Languages"),
        _map(results, prefix),
        *(_tables(results, id, title) for id, title in _TITLES.items()),
    ]
    return [section.named(prefix) for section in sections if not section.is_empty]


def _tables(results: AlignmentResults, id: str, title: str) -> Section:
    """Return a section of the catalogue; without its matrices where languages are too many."""
    made = tables_of(results, id)
    many = len(results.languages) > lookup.MAX_MAPPED
    left_out = (*_LONG, *(_MATRICES if many else ()))
    return Section(id, title, tables=[made[key]() for key in made if key not in left_out])


def _figures(results: AlignmentResults, styles: Styles) -> list[tuple[str, object]]:
    return [
        (
            _FIGURES[name],
            inline(draw, results, f"{_FIGURES[name]}: {results.model}", _NUMBERS_BELOW, styles),
        )
        for name, draw in drawn(results).items()
    ]


def _map(results: AlignmentResults, prefix: str) -> Section:
    count = len(results.languages)
    found = Section("map", "Retrieval between languages")
    if count > lookup.MAX_MAPPED:
        found.lead.append(
            f"{count:,} languages are too many for a map with a cell for each pair: the picture "
            "above shows them grouped by script, and the table of languages has the mean of each "
            "as query and as target."
        )
    elif count > 1:
        found.lead.append(
            "Percent of the texts of a language (row) that find their translation first among "
            "those of another (column). Point at a cell, or go there with the arrow keys, to "
            "read what it means."
        )
        found.maps.append(lookup.heat_map(results, f"{prefix}map-table"))
    return found
