"""Search, shown: findings, tables, and the models of a comparison by search."""

from functools import partial
from typing import Any

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.table import (
    COUNT,
    ESTIMATE,
    LANGUAGE,
    MODEL,
    PERCENT,
    POINTS,
    Column,
    Kind,
    Table,
    decimals,
)
from alignment.seam import Entry, Finding, Part, Place, Show, Shown
from alignment.search import ACROSS, INDEX
from alignment.search.findings import elsewhere, remedy_words, search_findings
from alignment.search.record import SAME, Between, Search
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Number

SEARCH = {SAME: "same language", ACROSS: "other languages", INDEX: "one index"}
_WITH_CHANCE = Kind(
    lambda own: f"{words.number(own[0])} ({words.number(own[1])})",
    parts=("", "_chance"),
    split=tuple,
)
_MEASURES = ("recall_at_1", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10")


PART = Part("questions", "Search with questions")
MAX_COLUMNS = 60  # languages of a matrix on the page


def show(section: Search, results: CoreResults) -> Shown:
    """Return what questions find: sentences, tables, and the picture of the languages."""
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
        tables[key(name)] = Entry(partial(remedies, section, name), PART)
    findings = [Finding(Place.USES, said) for said in search_findings(section)]
    return Shown(findings, tables, ("search", "Search across languages"))


def scores(search: Search) -> Table:
    """Where the passages are in the question's language, in each other one, and all mixed."""
    lost = search.penalty["all"]
    index = f"one index of {words.counted(len(search.passages), 'language')}"
    means = {
        "passages in the question's language": search.scores[SAME],
        "in another language": search.scores[ACROSS],
        index: search.scores[INDEX],
    }
    if search.mix:
        means["one index, mixed as asked"] = search.mix.scores[INDEX]
    rows: list[tuple[str, Estimate | Contrast]] = [
        (name, value) for name, value in means.items() if value.value is not None
    ]
    if lost.difference is not None:
        rows.insert(2, ("drop in another language", lost))
    for name, remedy in search.remedies.items():
        rows += [
            (f"{remedy_words(name)}, other languages", remedy.across),
            (f"{remedy_words(name)}, one index", remedy.index),
        ]
    columns = Column("name", title=""), Column("ndcg_at_10", None, ESTIMATE, "nDCG@10")
    return Table("search_scores", "Search (* significant)", columns, list(rows))


def by_language(search: Search) -> Table:
    """One row per question language: what it finds, and what comes first in the mixed index."""
    mixed = search.mixed

    def own(code: str) -> Number:
        row = search.between[code].get(code)
        return row.recall_at_1 if row else None

    return Table.of(
        "search_languages",
        "Search by language of the question, in %",
        mixed,
        Column("questions", str, LANGUAGE),
        Column("found_first", own, PERCENT),
        Column("elsewhere", lambda code: elsewhere(search, code), PERCENT),
        Column("mixed", lambda code: mixed[code].hit_at_1, PERCENT),
        Column("all_in_ten", lambda code: mixed[code].complete_at_10, PERCENT),
        Column("last_rank", lambda code: mixed[code].max_rank, decimals(1)),
        Column("own_first", lambda code: mixed[code].first_language.get(code), PERCENT, "own"),
        Column("own_even", lambda code: mixed[code].even.get(code), PERCENT, "even"),
    )


def between(search: Search) -> Table:
    """One row per question language, one column per passage language, in percent."""
    rows = {code: [own.recall_at_1 for own in row.values()] for code, row in search.between.items()}
    return _matrix(
        "search_matrix", "Found first in %, question language → passage language", search, rows
    )


def first_languages(search: Search) -> Table:
    """One row per question language, one column per version of the answer: which comes first."""
    rows = {code: list(mixed.first_language.values()) for code, mixed in search.mixed.items()}
    return _matrix("first_languages", "Which version comes first in one index, in %", search, rows)


def crowding(search: Search) -> Table:
    """One row per question language: which languages the wrong answers before the right are of."""
    title = "Languages of the wrong answers before the first right one, in %"
    rows = {code: list(mixed.crowding.values()) for code, mixed in search.mixed.items()}
    return _matrix("crowding", title, search, rows)


def _matrix(key: str, title: str, search: Search, rows: dict[str, list[Number]]) -> Table:
    columns = (Column(code, None, PERCENT, code) for code in search.passages)
    shown = [(code, *row) for code, row in rows.items()]
    return Table(key, title, (Column("questions", title=""), *columns), list(shown))


def remedies(search: Search, name: str) -> Table:
    """What a remedy changes: a row per question language, a column per passage language, one mixed.

    In points of nDCG@10; * where significant.
    """
    remedy = search.remedies[name]
    title = f"Change by {remedy_words(name)}, in points of nDCG@10 (* significant)"
    codes = (Column(code, None, POINTS, code) for code in search.passages)
    return Table(
        key(name),
        title,
        (Column("questions", title=""), *codes, Column("mixed", kind=POINTS)),
        [(code, *row.values(), remedy.mixed[code]) for code, row in remedy.between.items()],
    )


def key(remedy: str) -> str:
    """Return the key of a remedy's table."""
    return remedy.replace(" ", "_")


def ranking(comparison: Any) -> Table:
    """One row per model that searched: nDCG@10 across languages and mixed, each with its rank."""

    def score(name: str) -> Column:
        return Column(name, lambda model: model.search[name], ESTIMATE, SEARCH[name])

    return Table.of(
        "search_ranking",
        "Ranking by search (nDCG@10)",
        [model for model in comparison.models if model.search],
        Column("model", lambda model: model, MODEL),
        *map(score, SEARCH),
        Column("rank_across", lambda model: model.search_rank[ACROSS], COUNT, "rank, other"),
        Column("rank_index", lambda model: model.search_rank[INDEX], COUNT, "rank, one index"),
    )


def numbers(search: Search) -> Table:
    """All measures of every pair of languages, with their values by chance in brackets."""

    def measured(name: str) -> Column:
        def value(row: tuple[str, str, Between]) -> tuple[Number, Number]:
            return getattr(row[2], name), search.chance[row[1]][name]

        return Column(name, value, _WITH_CHANCE, name.replace("_at_", "@"))

    return Table.of(
        "search",
        "Search by language of question and passage",
        [(a, b, own) for a, row in search.between.items() for b, own in row.items()],
        Column("question_language", lambda row: row[0], title="questions"),
        Column("passage_language", lambda row: row[1], title="passages"),
        *map(measured, _MEASURES),
        Column("questions", lambda row: row[2].questions, COUNT, show="data"),
    )
