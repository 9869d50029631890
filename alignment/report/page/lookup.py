"""Lookup: what the page's script reads of single texts and of pairs of languages."""

from collections import defaultdict
from typing import Any

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.labels import Labels
from alignment.report.page.views import HeatMap
from alignment.report.words import language, percent
from alignment.stats.estimates import Number

MAX_MAPPED = 60  # languages of a heat map


def search_data(models: list[tuple[str, CoreResults]]) -> dict[str, Any]:
    """Return the texts, and for each model what is near them, for the search box.

    Concepts and languages are numbers, by their places in the lists.
    """
    first = models[0][1]
    places = {code: n for n, code in enumerate(first.languages)}
    numbers: dict[str, int] = defaultdict(lambda: len(numbers))
    for _, results in models:  # the search shows these concepts first
        for concept in results.text_neighbors:
            numbers[concept]
    neighbors = [
        {"name": name, "nearby": _neighbors(results, numbers, places)} for name, results in models
    ]
    texts: dict[str, dict[str, str]] = {}
    for _, results in models:
        for concept, row in results.texts.items():
            texts.setdefault(concept, {}).update(row)
            numbers[concept]
    labels = Labels(first)
    return {
        "languages": [[code, language(code)] for code in first.languages],
        "concepts": [
            {
                "id": concept,
                "label": labels.concept(concept).cut(80),
                "category": first.concept_categories.get(concept, ""),
                "texts": {str(places[c]): text for c, text in texts.get(concept, {}).items()},
            }
            for concept in numbers
        ],
        "models": neighbors,
        "note": _note(first, texts),
    }


def _note(results: CoreResults, texts: dict[str, dict[str, str]]) -> str:
    """Say for how many concepts the record has all texts."""
    covered = results.coverage.concepts
    whole = sum(len(texts.get(concept, ())) == count for concept, count in covered.items())
    if whole == len(covered):
        return f"All {words.counted(len(covered), 'concept')} can be searched."
    if not whole:
        return (
            "The record has no room for all texts; it holds those that its lists name, of "
            f"{words.counted(len(texts), 'concept')}. Only these can be searched."
        )
    return (
        f"The record holds all texts of {whole:,} of {len(covered):,} concepts (the least "
        f"retrieved), and single texts of {len(texts) - whole:,} others that its lists name. Only "
        "these can be searched."
    )


def _neighbors(
    results: CoreResults, numbers: dict[str, int], places: dict[str, int]
) -> dict[int, dict[int, list[Any]]]:
    """Return {concept: {language: [neighbours, errors]}}; neighbours the record lacks are None."""
    rows: dict[int, dict[int, list[Any]]] = {}
    for concept, by_language in results.text_neighbors.items():
        rows[numbers[concept]] = {
            places[code]: [
                [[numbers[c], places[b], similarity] for c, b, similarity in around.nearest],
                {places[b]: numbers[c] for b, c in around.errors.items()},
            ]
            for code, around in by_language.items()
        }
    for error in results.errors.failed:
        if error.concept not in results.text_neighbors:
            row = rows.setdefault(numbers[error.concept], {})
            _, errors = row.setdefault(places[error.query], [None, {}])
            errors[places[error.target]] = numbers[error.retrieved]
    return rows


def heat_map(results: CoreResults, id: str) -> HeatMap:
    """Return retrieval between languages, and what explains each cell."""
    codes, coverage = results.languages, results.coverage
    intervals = results.retrieval_intervals
    return HeatMap(
        id=id,
        languages=[(code, language(code)) for code in codes],
        cells=[
            [_cell(results.cross_lingual_retrieval[a].get(b), a == b) for b in codes] for a in codes
        ],
        data={
            "names": [language(code) for code in codes],
            "ends": [
                [
                    [percent(end) for end in intervals[a].get(b, ()) if end is not None]
                    for b in codes
                ]
                for a in codes
            ],
            "concepts": [[coverage.pairs[a].get(b, 0) for b in codes] for a in codes],
            "chance": [f"{100 / n:.2g}" if n else "–" for n in map(coverage.languages.get, codes)],
        },
    )


def _cell(share: Number, itself: bool) -> tuple[str, str]:
    """Return the percent and the class of its colour."""
    if share is None:
        return ("·" if itself else "–"), "none"
    return percent(share), f"h{round(10 * share)}"
