"""Failures: the sections on what is far from its translation, and on what is found instead."""

from alignment.present import tables, words
from alignment.present.page.views import Cell, Rows, Section, rows, rows_of
from alignment.present.words import label, language, number, signed
from alignment.record.results import AlignmentResults

ROOM = 120  # cells of a text in a table


def _text(results: AlignmentResults, concept: str, code: str) -> Cell:
    """Return a text of the grid with its language, or the concept's name in the reader's."""
    held = results.texts.get(concept, {}).get(code)
    if held is None:
        return Cell(label(results, concept, room=ROOM))
    return Cell(words.shortened(held, ROOM), code)


def translations(results: AlignmentResults) -> Section:
    """Return the least similar translations, and the strings that two languages share."""
    pairs = results.lowest_pairs
    below = results.counts["misaligned_pairs"]
    content: list[list[str | Cell]] = [
        [
            label(results, concept),
            language(a),
            _text(results, concept, a),
            language(b),
            _text(results, concept, b),
            number(similarity),
        ]
        for concept, a, b, similarity in pairs
    ]
    header = ["concept", "language", "text", "other language", "its text", "cosine"]
    title = f"Least similar translations ({below:,} below 0.5, {len(pairs):,} listed)"
    alike: list[list[str | Cell]] = [
        [label(results, concept), language(a), language(b), _text(results, concept, a)]
        for concept, a, b in results.identical_strings
    ]
    identical = f"Identical strings ({results.counts['identical_strings']:,})"
    return Section(
        "translations",
        "Translations",
        tables=[
            rows("lowest", title, header, content),
            rows("identical", identical, ("concept", "language", "other", "text"), alike),
        ],
    )


def errors(results: AlignmentResults) -> Section:
    """Return what was found instead, by text, by concept and by language."""
    failed = results.confusions.failed
    content: list[list[str | Cell]] = [
        [
            language(row.query),
            _text(results, row.concept, row.query),
            language(row.target),
            _text(results, row.concept, row.target),
            _text(results, row.retrieved, row.target),
            number(row.similarity_lost),
        ]
        for row in failed
    ]
    header = ["query language", "query", "target language", "expected", "retrieved", "lost"]
    title = f"Worst retrieval errors ({len(failed):,} of {results.confusions.total:,})"
    confused = tables.confusion_pairs(results, len(results.confusions.pairs))
    brief = [(*own, words.shortened(languages, ROOM)) for *own, languages in confused.rows]
    otherwise = tables.retrieval_otherwise(results)  # of which the last row are the hubs
    return Section(
        "errors",
        "Errors",
        tables=[
            rows("failed", title, header, content, "Lost: similarity, wrong − right answer."),
            rows_of("confused", confused._replace(rows=brief)),
            _failing(results),
            _hubs(results),
            rows_of("otherwise", otherwise._replace(rows=otherwise.rows[:-1])),
        ],
    )


def _failing(results: AlignmentResults) -> Rows:
    content: list[list[str | Cell]] = [
        [
            language(code),
            _text(results, own.concept, code),
            label(results, own.concept),
            _text(results, own.mistaken_for, code) if own.mistaken_for else "–",
            f"{own.times:,} of {own.queries:,}",
            signed(own.difference),
        ]
        for code, found in results.diagnosis.items()
        for own in found.failing
    ]
    header = ["language", "text", "concept", "mistaken for", "languages", "difference"]
    note = "Texts that are found, and find, far less than their translations."
    return rows("failing", "Texts that fail, by language", header, content, note)


def _hubs(results: AlignmentResults) -> Rows:
    content: list[list[str | Cell]] = [
        [
            _text(results, hub.concept, hub.language),
            language(hub.language),
            label(results, hub.concept),
            f"{hub.times:g}",
        ]
        for hub in results.hubness.hubs
    ]
    expected = f"Expected: {results.hubness.expected or 0:.3g} times, were all texts alike."
    header = ["text", "language", "concept", "times retrieved"]
    return rows("hubs", "Hubs: texts that are retrieved most often", header, content, expected)
