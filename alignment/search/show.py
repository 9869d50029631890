"""Search, shown: findings, tables, and the models of a comparison by search."""

from functools import partial
from typing import Any

from alignment.record.core import CoreResults
from alignment.report import table, words
from alignment.report.table import Column, Kind, Table
from alignment.seam import Entry, Finding, Part, Place, Show, Shown
from alignment.search import ACROSS, INDEX
from alignment.search.findings import elsewhere, remedy_words, search_findings
from alignment.search.record import SAME, Between, Search
from alignment.stats.estimates import Number

SEARCH = {SAME: "same language", ACROSS: "other languages", INDEX: "one index"}
PART = Part("questions", "Search with questions")
MAX_COLUMNS = 60  # languages of a matrix on the page
_MEASURES = ("recall_at_1", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10")
_QUESTIONS = Column("questions", title="")


def show(section: Search, results: CoreResults) -> Shown:
    """Return the sentences, the tables, and the picture of a search."""
    wide: Show = "data" if len(results.languages) > MAX_COLUMNS else "full"
    tables = {
        "search_scores": Entry(partial(scores, section), PART, "brief"),
        "search_languages": Entry(partial(by_language, section), PART, "brief"),
        "search_matrix": Entry(partial(between, section), PART, wide),
        "first_languages": Entry(partial(first_languages, section), PART, wide),
        "crowding": Entry(partial(crowding, section), PART, wide),
        "search": Entry(partial(numbers, section), PART, "data"),
    }
    for name in section.remedies:
        tables[_key(name)] = Entry(partial(remedies, section, name), PART)
    findings = [Finding(Place.USES, sentence) for sentence in search_findings(section)]
    return Shown(findings, tables, ("search", "Search across languages"))


def scores(search: Search) -> Table:
    """The search in the question's language, in other languages, and in one index."""
    rows: list[tuple[str, Any]] = [
        ("passages in the question's language", search.scores[SAME]),
        ("in another language", search.scores[ACROSS]),
        ("drop in another language", search.penalty["all"]),
        (f"one index of {words.counted(len(search.passages), 'language')}", search.scores[INDEX]),
    ]
    if search.mix:
        rows.append(("one index, mixed as asked", search.mix.scores[INDEX]))
    rows = [row for row in rows if table.sortable(row[1]) is not None]
    for name, remedy in search.remedies.items():
        rows.append((f"{remedy_words(name)}, other languages", remedy.across))
        rows.append((f"{remedy_words(name)}, one index", remedy.index))
    columns = Column("name", title=""), Column("ndcg_at_10", None, table.ESTIMATE, "nDCG@10")
    return Table("search_scores", "Search (* significant)", columns, rows)


def by_language(search: Search) -> Table:
    """One row per question language: the share found, and the first versions in one index."""
    mixed, percent = search.mixed, table.PERCENT
    same = {a: row[a].recall_at_1 for a, row in search.between.items() if a in row}
    return Table.of(
        "search_languages",
        "Search by language of the question, in %",
        mixed,
        Column("questions", str, table.LANGUAGE),
        Column("found_first", same.get, percent),
        Column("elsewhere", partial(elsewhere, search), percent),
        Column("mixed", lambda code: mixed[code].hit_at_1, percent),
        Column("all_in_ten", lambda code: mixed[code].complete_at_10, percent),
        Column("last_rank", lambda code: mixed[code].max_rank, table.decimals(1)),
        Column("own_first", lambda code: mixed[code].first_language.get(code), percent, "own"),
        Column("own_even", lambda code: mixed[code].even.get(code), percent, "even"),
    )


def between(search: Search) -> Table:
    """One row per question language, one column per passage language, in percent."""
    title = "Found first in %, question language → passage language"
    rows = [[cell.recall_at_1 for cell in row.values()] for row in search.between.values()]
    return _matrix("search_matrix", title, search, rows)


def first_languages(search: Search) -> Table:
    """One row per question language, one column per language of the version that comes first."""
    rows = [list(row.first_language.values()) for row in search.mixed.values()]
    return _matrix("first_languages", "Which version comes first in one index, in %", search, rows)


def crowding(search: Search) -> Table:
    """One row per question language: the languages of wrong answers before the right one."""
    title = "Languages of the wrong answers before the first right one, in %"
    rows = [list(row.crowding.values()) for row in search.mixed.values()]
    return _matrix("crowding", title, search, rows)


def _matrix(key: str, title: str, search: Search, rows: list[list[Number]]) -> Table:
    columns = (Column(code, None, table.PERCENT, code) for code in search.passages)
    named = [(code, *row) for code, row in zip(search.mixed, rows, strict=True)]
    return Table(key, title, (_QUESTIONS, *columns), named)


def remedies(search: Search, name: str) -> Table:
    """The change by a remedy, one row per question language, in points of nDCG@10."""
    remedy = search.remedies[name]
    title = f"Change by {remedy_words(name)}, in points of nDCG@10 (* significant)"
    codes = (Column(code, None, table.POINTS, code) for code in search.passages)
    rows = [(code, *row.values(), remedy.mixed[code]) for code, row in remedy.between.items()]
    columns = (_QUESTIONS, *codes, Column("mixed", kind=table.POINTS))
    return Table(_key(name), title, columns, rows)


def _key(remedy: str) -> str:
    return remedy.replace(" ", "_")


def ranking(comparison: Any) -> Table:
    """One row per model that searched: nDCG@10 across languages and mixed, each with its rank."""

    def score(name: str) -> Column:
        return Column(name, lambda model: model.search[name], table.ESTIMATE, SEARCH[name])

    def rank(key: str, metric: str, title: str) -> Column:
        return Column(key, lambda model: model.search_rank[metric], table.COUNT, title)

    return Table.of(
        "search_ranking",
        "Ranking by search (nDCG@10)",
        [model for model in comparison.models if model.search],
        Column("model", lambda model: model, table.MODEL),
        *map(score, SEARCH),
        rank("rank_across", ACROSS, "rank, other"),
        rank("rank_index", INDEX, "rank, one index"),
    )


def numbers(search: Search) -> Table:
    """All measures of every pair of languages, with their values by chance in brackets."""
    with_chance = Kind(
        lambda pair: "{} ({})".format(*map(words.number, pair)), parts=("", "_chance"), split=tuple
    )

    def measured(name: str) -> Column:
        def value(row: tuple[str, str, Between]) -> tuple[Number, Number]:
            return getattr(row[2], name), search.chance[row[1]][name]

        return Column(name, value, with_chance, name.replace("_at_", "@"))

    return Table.of(
        "search",
        "Search by language of question and passage",
        [(a, b, cell) for a, row in search.between.items() for b, cell in row.items()],
        Column("question_language", lambda row: row[0], title="questions"),
        Column("passage_language", lambda row: row[1], title="passages"),
        *map(measured, _MEASURES),
        Column("questions", lambda row: row[2].questions, table.COUNT, show="data"),
    )
