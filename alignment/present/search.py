"""Search: a record of it in tables."""

from alignment.present import words
from alignment.present.table import (
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
from alignment.present.words import percent
from alignment.record.comparison import Comparison
from alignment.record.search import ACROSS, INDEX, SAME, Between, Search
from alignment.stats.contrast import Contrast
from alignment.stats.estimates import Estimate, Number

SEARCH = {SAME: "same language", ACROSS: "other languages", INDEX: "one index"}
_WITH_CHANCE = Kind(
    lambda own: f"{words.number(own[0])} ({words.number(own[1])})",
    parts=("", "_chance"),
    split=tuple,
)
_MEASURES = ("recall_at_1", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10")


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


def elsewhere(search: Search, code: str) -> Number:
    """Return how often passages in other languages are found first, in the mean over these."""
    others = [
        own.recall_at_1
        for other, own in search.between[code].items()
        if other != code and own.recall_at_1 is not None
    ]
    return sum(others) / len(others) if others else None


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


def remedy_words(name: str) -> str:
    """Return what a remedy does: "centring by language", "asking in English too"."""
    kind, _, code = name.partition(" with ")
    return f"asking in {words.language(code)} too" if code else f"{kind} by language"


def mix_words(search: Search) -> str:
    """Return the shares of a mix: "80 % English and 20 % Thai"."""
    shares = search.mix.shares if search.mix else {}
    named = [f"{percent(own)} % {words.language(code)}" for code, own in shares.items() if own]
    return words.listed(named, 4)


def ranking(comparison: Comparison) -> Table:
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
