"""Search: a record of it in tables."""

from alignment.explain.remedies import Remedy
from alignment.present import words
from alignment.present.table import Table
from alignment.present.words import estimate, number, percent
from alignment.record.comparison import Comparison
from alignment.record.search import ACROSS, INDEX, SAME, Mixed, Search
from alignment.stats.estimates import Contrast

SEARCH = {SAME: "same language", ACROSS: "other languages", INDEX: "one index"}


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
    rows: list[tuple[str, ...]] = [
        (name, estimate(own)) for name, own in means.items() if own.value is not None
    ]
    if lost.difference is not None:
        rows.insert(2, ("lost in another language", change(lost, with_ends=True)))
    for name, remedy in search.remedies.items():
        rows += [
            (f"{remedy_words(name)}, elsewhere", change(remedy.across, with_ends=True)),
            (f"{remedy_words(name)}, one index", change(remedy.index, with_ends=True)),
        ]
    return Table("Search (* significant)", ("", "nDCG@10 [95 % CI]"), rows)


def by_language(search: Search) -> Table:
    """One row per question language: what it finds, and what comes first in the mixed index."""
    header = (
        "questions",
        "found first",
        "elsewhere",
        "mixed",
        "all in ten",
        "last rank",
        "own (even)",
    )
    return Table(
        "Search by language of the question, in %",
        header,
        [
            (
                words.language(code),
                _own(search, code),
                percent(elsewhere(search, code)),
                percent(mixed.hit_at_1),
                percent(mixed.complete_at_10),
                "–" if mixed.max_rank is None else f"{mixed.max_rank:.1f}",
                _first(mixed, code),
            )
            for code, mixed in search.mixed.items()
        ],
    )


def _own(search: Search, code: str) -> str:
    own = search.between[code].get(code)
    return "–" if own is None else percent(own.recall_at_1)


def _first(mixed: Mixed, code: str) -> str:
    """Return how often the own version comes first, and how often it would if all were even."""
    if code not in mixed.first_language:
        return "–"
    return f"{percent(mixed.first_language[code])} ({percent(mixed.even[code])})"


def elsewhere(search: Search, code: str) -> float | None:
    """Return how often passages in other languages are found first, in the mean over these."""
    others = [
        own.recall_at_1
        for other, own in search.between[code].items()
        if other != code and own.recall_at_1 is not None
    ]
    return sum(others) / len(others) if others else None


def between(search: Search, measure: str = "recall_at_1") -> Table:
    """One row per question language, one column per passage language, in percent."""
    return Table(
        "Found first in %, question language → passage language",
        ("", *search.passages),
        [
            (code, *(percent(getattr(own, measure)) for own in row.values()))
            for code, row in search.between.items()
        ],
    )


def first_languages(search: Search) -> Table:
    """One row per question language, one column per version of the answer: which comes first."""
    return _mixed_table(search, "Which version comes first in one index, in %", "first_language")


def crowding(search: Search) -> Table:
    """One row per question language: which languages the wrong answers before the right are of."""
    title = "Languages of the wrong answers before the first right one, in %"
    return _mixed_table(search, title, "crowding")


def _mixed_table(search: Search, title: str, name: str) -> Table:
    return Table(
        title,
        ("", *search.passages),
        [
            (code, *(percent(share) for share in getattr(mixed, name).values()))
            for code, mixed in search.mixed.items()
        ],
    )


def remedies(search: Search, name: str) -> Table:
    """What a remedy changes: a row per question language, a column per passage language, one mixed.

    In points of nDCG@10; * where significant.
    """
    remedy: Remedy = search.remedies[name]
    return Table(
        f"Change by {remedy_words(name)}, in points of nDCG@10 (* significant)",
        ("", *search.passages, "mixed"),
        [
            (code, *map(change, row.values()), change(remedy.mixed[code]))
            for code, row in remedy.between.items()
        ],
    )


def change(contrast: Contrast, with_ends: bool = False) -> str:
    """Return a change in points, a star where it is significant, and its interval if asked for."""
    if contrast.difference is None:
        return "–"
    if not with_ends:
        return words.signed_points(contrast.difference) + "*" * contrast.significant
    star = "*" if contrast.significant else ""
    return f"{words.signed(contrast.difference)}{star} {words.signed_interval(contrast.interval)}"


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
    return Table(
        "Ranking by search (nDCG@10)",
        (
            "model",
            *(f"{text} [95 % CI]" for text in SEARCH.values()),
            *(f"rank, {SEARCH[name]}" for name in (ACROSS, INDEX)),
        ),
        [
            (
                words.with_prompt(model),
                *(estimate(model.search[name]) for name in SEARCH),
                *(str(model.search_rank[name]) for name in (ACROSS, INDEX)),
            )
            for model in comparison.models
            if model.search
        ],
    )


def numbers(search: Search) -> Table:
    """All measures of every pair of languages, beside chance, for documents."""
    measures = ("recall_at_1", "recall_at_5", "recall_at_10", "mrr", "ndcg_at_10")
    return Table(
        "",
        ("questions", "passages", *(name.replace("_at_", "@") for name in measures)),
        [
            (a, b, *(_beside_chance(search, a, b, name) for name in measures))
            for a, row in search.between.items()
            for b in row
        ],
    )


def _beside_chance(search: Search, a: str, b: str, measure: str) -> str:
    own = getattr(search.between[a][b], measure)
    return f"{number(own)} ({number(search.chance[b][measure])})"
