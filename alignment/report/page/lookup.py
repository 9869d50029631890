"""Lookup: what the page's script reads of single texts and of pairs of languages."""

from typing import Any

from alignment.record.core import CoreResults
from alignment.report import words
from alignment.report.labels import Labels
from alignment.report.page.views import HeatMap
from alignment.report.words import language, percent
from alignment.stats.estimates import Number

MAX_MAPPED = 60  # languages of a heat map


def search_data(models: list[tuple[str, CoreResults]]) -> dict[str, Any]:
    """Return the texts, and what is around them for each model, for the search box.

    Concepts and languages are numbers, by their places in the lists.
    """
    first = models[0][1]
    places = {code: n for n, code in enumerate(first.languages)}
    held = dict.fromkeys(concept for _, results in models for concept in results.text_neighbors)
    numbers = {concept: n for n, concept in enumerate(held)}  # these are found first
    found = [
        {"name": name, "nearby": _neighbors(results, numbers, places)} for name, results in models
    ]
    texts: dict[str, dict[str, str]] = {}
    for _, results in models:
        for concept, own in results.texts.items():
            texts.setdefault(concept, {}).update(own)
            numbers.setdefault(concept, len(numbers))
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
        "models": found,
        "note": _held(first, texts),
    }


def _held(results: CoreResults, texts: dict[str, dict[str, str]]) -> str:
    """Say of how many concepts the record holds all texts."""
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
) -> dict[str, dict[str, Any]]:
    """Return {concept: {language: [neighbours, errors]}}; where no neighbours are held, null."""

    def number(concept: str) -> int:
        return numbers.setdefault(concept, len(numbers))

    found: dict[str, dict[str, Any]] = {}
    for concept, own in results.text_neighbors.items():
        found[str(number(concept))] = {
            str(places[code]): [
                [[number(c), places[b], similarity] for c, b, similarity in around.nearest],
                {str(places[b]): number(c) for b, c in around.errors.items()},
            ]
            for code, around in own.items()
        }
    for row in results.errors.failed:
        if row.concept not in results.text_neighbors:
            of = found.setdefault(str(number(row.concept)), {})
            _, errors = of.setdefault(str(places[row.query]), [None, {}])
            errors[str(places[row.target])] = number(row.retrieved)
    return found


def heat_map(results: CoreResults, id: str) -> HeatMap:
    """Return retrieval between languages, and what explains each cell."""
    named = [(code, language(code)) for code in results.languages]
    found = results.cross_lingual_retrieval
    return HeatMap(
        id=id,
        columns=named,
        rows=[
            (code, name, [_map_cell(found[code].get(b), code == b) for b in results.languages])
            for code, name in named
        ],
        data={
            "names": [name for _, name in named],
            "ends": [[_ends(results, a, b) for b in results.languages] for a in results.languages],
            "concepts": [
                [0 if a == b else _shared(results, a, b) for b in results.languages]
                for a in results.languages
            ],
            "chance": [_chance(results.coverage.languages[b]) for b in results.languages],
        },
    )


def _map_cell(share: Number, itself: bool) -> tuple[str, str]:
    """Return the percent and the class of its colour."""
    if share is None:
        return ("·" if itself else "–"), "none"
    return percent(share), f"h{round(10 * share)}"


def _ends(results: CoreResults, a: str, b: str) -> list[str]:
    ends = results.retrieval_intervals.get(a, {}).get(b)
    return [] if ends is None or ends.low is None else [percent(end) for end in ends]


def _shared(results: CoreResults, a: str, b: str) -> int:
    return results.coverage.pairs.get(a, {}).get(b, 0)


def _chance(candidates: int) -> str:
    return f"{100 / candidates:.2g}" if candidates else "–"
