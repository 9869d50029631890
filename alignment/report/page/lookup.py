"""Lookup: data on single texts and on pairs of languages for the page's script."""

from collections import defaultdict
from typing import Any, NamedTuple

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.labels import Labels
from alignment.report.words import language, percent

MAX_MAPPED = 60  # languages of a heat map


class HeatMap(NamedTuple):
    """Retrieval between languages, a cell for each pair."""

    id: str  # its id in the page
    languages: list[tuple[str, str]]  # (code, name) of the rows and of the columns
    cells: list[list[tuple[str, str]]]  # a row per query language: (percent, class of its colour)
    data: dict[str, Any]  # explanations of the cells: intervals, chance, concepts


def search_data(models: list[tuple[str, CoreResults]]) -> dict[str, Any]:
    """Return the texts, and their neighbours by model, for the search box.

    Concepts and languages are given by their places in the lists.
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
    complete = sum(len(texts.get(concept, ())) == count for concept, count in covered.items())
    if complete == len(covered):
        return f"All {words.counted(len(covered), 'concept')} can be searched."
    if not complete:
        return (
            "The record has no room for all texts; it holds those that its lists name, of "
            f"{words.counted(len(texts), 'concept')}. Only these can be searched."
        )
    return (
        f"The record holds all texts of {complete:,} of {len(covered):,} concepts (the least "
        f"retrieved), and single texts of {len(texts) - complete:,} others that its lists name. "
        "Only these can be searched."
    )


def _neighbors(
    results: CoreResults, numbers: dict[str, int], places: dict[str, int]
) -> dict[int, dict[int, list[Any]]]:
    """Return {concept: {language: [neighbours, errors]}}; missing neighbours are None."""
    rows: dict[int, dict[int, list[Any]]] = {}
    for concept, by_language in results.text_neighbors.items():
        rows[numbers[concept]] = {
            places[code]: [
                [[numbers[c], places[b], similarity] for c, b, similarity in text.nearest],
                {places[b]: numbers[c] for b, c in text.errors.items()},
            ]
            for code, text in by_language.items()
        }
    for error in results.errors.failed:
        if error.concept not in results.text_neighbors:
            row = rows.setdefault(numbers[error.concept], {})
            _, errors = row.setdefault(places[error.query], [None, {}])
            errors[places[error.target]] = numbers[error.retrieved]
    return rows


def heat_map(results: CoreResults, id: str) -> HeatMap:
    """Return retrieval between languages, with explanations of the cells."""
    codes, coverage = results.languages, results.coverage
    rates, intervals = results.cross_lingual_retrieval, results.retrieval_intervals

    def cell(a: str, b: str) -> tuple[str, str]:
        share = rates[a].get(b)
        if share is None:
            return ("·" if a == b else "–"), "none"
        return percent(share), f"h{round(10 * share)}"

    def ends(a: str, b: str) -> list[str]:
        return [percent(end) for end in intervals[a].get(b, ()) if end is not None]

    return HeatMap(
        id=id,
        languages=[(code, language(code)) for code in codes],
        cells=[[cell(a, b) for b in codes] for a in codes],
        data={
            "names": [language(code) for code in codes],
            "ends": [[ends(a, b) for b in codes] for a in codes],
            "concepts": [[coverage.pairs[a].get(b, 0) for b in codes] for a in codes],
            "chance": [f"{100 / n:.2g}" if n else "–" for n in map(coverage.languages.get, codes)],
        },
    )
