"""Sections: one record, in the order in which a reader asks."""

from alignment.present import cut_offs, search, tables, variants, words
from alignment.present.figures import drawn
from alignment.present.page import failures, lookup
from alignment.present.page.svg import Styles, inline
from alignment.present.page.views import Rows, Section, rows, rows_of
from alignment.present.words import MEASURES, estimate, language, number, percent, signed
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
    sections = [
        Section("findings", "Findings", points=results.findings),
        Section("score", "Score", tables=[rows_of("score-table", tables.summary(results))]),
        Section("figures", "Figures", figures=_figures(results, styles)),
        _languages(results),
        _map(results, prefix),
        failures.translations(results),
        failures.errors(results),
        Section("concepts", "Concepts", tables=[_concepts(results)]),
        _forms(results),
        _search(results),
        _cost(results),
        _thresholds(results),
        _provenance(results),
    ]
    return [_named(section, prefix) for section in sections if not section.is_empty]


def _named(section: Section, prefix: str) -> Section:
    """Give all ids of a section the prefix, and leave out its empty tables."""
    return Section(
        id=prefix + section.id,
        title=section.title,
        lead=section.lead,
        points=section.points,
        figures=section.figures,
        maps=section.maps,
        tables=[
            Rows(prefix + own.id, own.title, own.header, own.rows, own.note)
            for own in section.tables
            if own.rows
        ],
    )


def _figures(results: AlignmentResults, styles: Styles) -> list[tuple[str, object]]:
    return [
        (
            _FIGURES[name],
            inline(draw, results, f"{_FIGURES[name]}: {results.model}", _NUMBERS_BELOW, styles),
        )
        for name, draw in drawn(results).items()
    ]


def _languages(results: AlignmentResults) -> Section:
    found = {row[0]: row[1:] for row in tables.languages(results).rows}
    content = []
    for code, own in results.by_language.items():
        evidence = results.support_evidence.get(code)
        name = language(code)
        row = [name, code, results.scripts.get(code, ""), results.support.get(code, "–")]
        row += [estimate(own[measure]) for measure in MEASURES if measure in own]
        row += found.get(name, ("–", "–"))
        row += (
            [_percent(evidence.retrieval_among_10), _percent(evidence.unknown)] if evidence else []
        )
        content.append([*row, *["–"] * (11 - len(row))][:11])
    header = ["language", "code", "script", "support", "similarity [95 % CI]"]
    header += ["neighbours [95 % CI]", "retrieval [95 % CI]", "as query", "as target"]
    header += ["among 10", "unknown subwords"]
    return Section(
        "languages",
        "Languages",
        tables=[rows("languages-table", "By language", header, content), _differences(results)],
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{percent(share)} %"


def _differences(results: AlignmentResults) -> Rows:
    content = []
    for code, own in results.diagnosis.items():
        gap = own.retrieval
        content.append(
            [
                language(code),
                own.standing,
                signed(gap.difference),
                words.signed_interval(gap.interval),
                number(gap.p),
                number(gap.detectable),
                f"{own.failing_count:,}",
            ]
        )
    header = ["language", "retrieval", "difference", "95 % CI", "adjusted p"]
    header += ["smallest detectable", "texts that fail"]
    return rows("differences", "Each language against the others", header, content)


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


def _concepts(results: AlignmentResults) -> Rows:
    own = tables.concepts(results, failures.ROOM)
    return rows_of("concepts-table", own._replace(title="The best aligned first"))


def _forms(results: AlignmentResults) -> Section:
    shown = [tables.probes(results), tables.subwords(results)]
    ids = ("probes", "subwords")
    return Section(
        "forms",
        "Forms of the texts",
        tables=[rows_of(id, own) for id, own in zip(ids, shown, strict=True)],
    )


def _search(results: AlignmentResults) -> Section:
    found = results.search
    if found is None:
        return Section("questions", "Search with questions")
    shown = [search.scores(found), search.by_language(found)]
    if len(found.passages) <= lookup.MAX_MAPPED:
        shown += [search.between(found), search.first_languages(found), search.crowding(found)]
        shown += [search.remedies(found, name) for name in found.remedies]
    return Section(
        "questions",
        "Search with questions",
        tables=[rows_of(f"questions-{n}", own) for n, own in enumerate(shown)],
    )


def _cost(results: AlignmentResults) -> Section:
    shown = [variants.costs(results), variants.search_costs(results)]
    return Section(
        "cost",
        "Cheaper vectors",
        tables=[rows_of(f"cost-{n}", own) for n, own in enumerate(shown) if own.rows],
    )


def _thresholds(results: AlignmentResults) -> Section:
    found = results.cut_offs
    shown = [cut_offs.uses(found), cut_offs.pairs(found)] if found else []
    return Section(
        "thresholds",
        "Thresholds",
        tables=[rows_of(f"thresholds-{n}", own) for n, own in enumerate(shown)],
    )


def _provenance(results: AlignmentResults) -> Section:
    own = results.provenance
    content = [
        ["model", results.model],
        ["requested", own.requested_model + (" (fallback)" if own.fallback else "")],
        ["fingerprint of the model", own.model_fingerprint or "–"],
        ["dimensions", str(own.dimension)],
        ["prompt", f'"{own.prompt}"' if own.prompt else "none"],
        ["grid", f"{own.grid}: {words.extent(results)}"],
        ["fingerprint of the grid", own.grid_sha256],
        ["neighbours, k", str(own.k)],
        ["random seed", str(own.seed)],
        ["margin", f"{own.margin:g}"],
        *([name, version] for name, version in own.versions.items()),
        ["fingerprint of the record", results.sha256()],
    ]
    undefined = [[name.replace("_", " "), why] for name, why in results.undefined.items()]
    return Section(
        "provenance",
        "What was run",
        tables=[
            rows("run", "Provenance", ("what", "value"), content),
            rows("undefined", "Not defined here", ("number", "why"), undefined),
        ],
    )
