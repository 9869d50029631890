"""Sections: one record, in the order in which a reader asks."""

from alignment.present import cost, error_tables, search, tables, thresholds
from alignment.present.figures import drawn
from alignment.present.page import lookup
from alignment.present.page.svg import Styles, inline
from alignment.present.page.views import Section
from alignment.present.table import Table
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
_NUMBERS_BELOW = "The numbers are in the tables of this page."


def of_record(results: AlignmentResults, styles: Styles, prefix: str = "") -> list[Section]:
    """Return the sections of a record that have something to show.

    Args:
        results: the record.
        styles: of the page's figures.
        prefix: of every id, where a page shows several records.
    """
    found = results.thresholds
    sections = [
        Section("findings", "Findings", points=results.findings),
        Section("score", "Score", tables=[tables.summary(results)]),
        Section("figures", "Figures", figures=_figures(results, styles)),
        Section(
            "languages", "Languages", tables=[tables.languages(results), tables.diagnosis(results)]
        ),
        _map(results, prefix),
        Section(
            "translations",
            "Translations",
            tables=[error_tables.lowest_pairs(results), error_tables.identical_strings(results)],
        ),
        Section(
            "errors",
            "Errors",
            tables=[
                error_tables.errors(results),
                error_tables.confused_concepts(results),
                error_tables.failing(results),
                error_tables.hubs(results),
                tables.retrieval_otherwise(results),
            ],
        ),
        Section("concepts", "Concepts", tables=[tables.concepts(results)]),
        Section(
            "forms",
            "Forms of the texts",
            tables=[tables.form_changes(results), tables.subwords(results)],
        ),
        Section("questions", "Search with questions", tables=_search(results)),
        Section(
            "cost",
            "Cheaper vectors",
            tables=[cost.costs(results.cost), cost.search_costs(results.cost)],
        ),
        Section(
            "thresholds",
            "Thresholds",
            tables=[thresholds.uses(found), thresholds.pairs(found)] if found else [],
        ),
        Section(
            "provenance",
            "What was run",
            tables=[tables.provenance(results), tables.undefined(results)],
        ),
    ]
    return [section.named(prefix) for section in sections if not section.is_empty]


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
    title = "Retrieval between languages"
    if count < 2:
        return Section("map", title)
    if count > lookup.MAX_MAPPED:
        return Section(
            "map",
            title,
            lead=[
                f"{count:,} languages are too many for a map with a cell for each pair: the "
                "picture above shows them grouped by script, and the table of languages has the "
                "mean of each as query and as target."
            ],
        )
    return Section(
        "map",
        title,
        lead=[
            "Percent of the texts of a language (row) that find their translation first among "
            "those of another (column). Point at a cell, or go there with the arrow keys, to "
            "read what it means."
        ],
        maps=[lookup.heat_map(results, f"{prefix}map-table")],
    )


def _search(results: AlignmentResults) -> list[Table]:
    found = results.search
    if found is None:
        return []
    shown = [search.scores(found), search.by_language(found)]
    if len(found.passages) <= lookup.MAX_MAPPED:
        shown += [search.between(found), search.first_languages(found), search.crowding(found)]
        shown += [search.remedies(found, name) for name in found.remedies]
    return shown
