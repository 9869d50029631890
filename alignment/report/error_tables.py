"""Error tables: the least similar translations, the wrong answers, and the hubs."""

from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter

from alignment.measure.errors import RetrievalError
from alignment.record.core import CoreResults, Pair
from alignment.report.labels import Labels, Text
from alignment.report.table import CONCEPT, COUNT, LANGUAGE, NUMBER, TEXT, Column, Table, decimals
from alignment.report.words import shortened


def lowest(results: CoreResults) -> Table:
    """The least similar translations, with their texts."""
    below = results.counts["misaligned_pairs"]
    title = f"Least similar translations ({below:,} below 0.5)"
    return _pairs("lowest", title, results, results.lowest_pairs())


def misaligned(results: CoreResults) -> Table:
    """The translations with a cosine below 0.5, with their texts."""
    return _pairs("misaligned", "Misaligned pairs", results, results.misaligned_pairs)


def _pairs(key: str, title: str, results: CoreResults, pairs: list[Pair]) -> Table:
    labels = Labels(results)
    return Table.of(
        key,
        title,
        pairs,
        Column("concept", lambda row: labels.concept(row.concept), CONCEPT),
        Column("a", None, LANGUAGE, "language", "full"),
        Column("text_a", lambda row: labels.in_languages(row.concept, row.a), TEXT, "text"),
        Column("b", None, LANGUAGE, "other language", "full"),
        Column("text_b", lambda row: labels.in_languages(row.concept, row.b), TEXT, "its text"),
        Column("similarity", None, NUMBER, "cosine"),
    )


def identical_strings(results: CoreResults) -> Table:
    """The concepts that have the same string in two languages."""
    labels = Labels(results)
    return Table.of(
        "identical_strings",
        f"Identical strings ({results.counts['identical_strings']:,})",
        results.identical_strings,
        Column("concept", lambda row: labels.concept(row.concept), CONCEPT),
        Column("a", None, LANGUAGE, "language"),
        Column("b", None, LANGUAGE, "other"),
        Column("text", lambda row: labels.text(row.concept, row.a), TEXT),
    )


def errors(results: CoreResults) -> Table:
    """The failed retrievals that cost most similarity: one row each."""
    labels, rows = Labels(results), results.errors.failed
    return Table.of(
        "errors",
        f"Worst retrieval errors ({len(rows):,} of {results.errors.total:,})",
        rows,
        Column("concept", lambda row: labels.concept(row.concept), CONCEPT, show="data"),
        Column("query", None, LANGUAGE, "query language"),
        Column("text", lambda row: labels.text(row.concept, row.query), TEXT, "query"),
        Column("target", None, LANGUAGE, "target language"),
        Column("expected", lambda row: labels.text(row.concept, row.target), TEXT),
        Column("retrieved", lambda row: labels.concept(row.retrieved), CONCEPT, show="data"),
        Column("retrieved_text", lambda e: labels.text(e.retrieved, e.target), TEXT, "retrieved"),
        Column("similarity", None, NUMBER, show="data"),
        Column("similarity_retrieved", None, NUMBER, show="data"),
        Column("similarity_lost", None, NUMBER, "lost"),
        note="Lost: similarity, wrong − right answer.",
    )


def worst_errors(results: CoreResults, most: int) -> Table:
    """The failed retrievals that cost most similarity: one row per wrong answer."""
    table = grouped("worst_errors", "", results, results.errors.failed, most)
    title = f"Worst retrieval errors ({len(table.rows)} of {results.errors.total:,})"
    return table._replace(title=title)


def grouped(
    key: str,
    title: str,
    results: CoreResults,
    failed: Sequence[RetrievalError],
    most: int,
    when: str = "",
) -> Table:
    """Return one row per wrong answer, the costliest first, with its languages.

    Second rows of an answer come after the first rows of all others.
    """
    groups: dict[tuple[str, str], list[RetrievalError]] = {}
    for row in failed:
        groups.setdefault((row.concept, row.retrieved), []).append(row)
    turns: Counter[str] = Counter()
    ordered: list[tuple[int, list[RetrievalError]]] = []
    for (_, retrieved), rows in groups.items():
        ordered.append((turns[retrieved], rows))
        turns[retrieved] += 1
    ordered.sort(key=itemgetter(0))
    labels = Labels(results)

    def text(language: str) -> Callable[[list[RetrievalError]], Text]:
        return lambda rows: labels.in_languages(rows[0].concept, *map(attrgetter(language), rows))

    def wrong_answer(rows: list[RetrievalError]) -> Text:
        return labels.with_gloss(rows[0].retrieved, rows[0].target)

    return Table.of(
        key,
        title,
        [rows for _, rows in ordered[:most]],
        Column("query", text("query"), TEXT),
        Column("expected", text("target"), TEXT),
        Column("retrieved", wrong_answer, CONCEPT, f"retrieved{when}"),
        Column("similarity_lost", lambda rows: rows[0].similarity_lost, NUMBER, f"lost{when}"),
    )


def confused_concepts(results: CoreResults) -> Table:
    """The concepts most often mistaken for others, with the languages."""
    labels = Labels(results)

    def languages(counts: dict[str, int]) -> str:
        return shortened(", ".join(f"{code} {n:,}" for code, n in counts.items()), 120)

    return Table.of(
        "confused_concepts",
        "Errors by concept",
        results.errors.pairs,
        Column("expected", lambda row: labels.concept(row.expected), CONCEPT),
        Column("retrieved", lambda row: labels.concept(row.retrieved), CONCEPT),
        Column("count", None, COUNT, "times"),
        Column("languages", lambda row: languages(row.languages)),
    )


def hubs(results: CoreResults) -> Table:
    """The texts that are retrieved most often."""
    labels, expected = Labels(results), results.hubness.expected or 0
    return Table.of(
        "hubs",
        "Hubs: texts that are retrieved most often",
        results.hubness.hubs,
        Column("text", lambda row: labels.text(row.concept, row.language), TEXT),
        Column("language", kind=LANGUAGE),
        Column("concept", lambda row: labels.concept(row.concept), CONCEPT),
        Column("times", None, decimals(1), "times retrieved"),
        note=f"Expected: {expected:.3g} times if all were retrieved equally often.",
    )
