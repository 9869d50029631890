"""Lists: single pairs by name, at most 100 of a kind in the record, all of them in a table."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from alignment.engines.files import write_whole
from alignment.grids import ConceptGrid
from alignment.measure import hits, metrics
from alignment.measure.errors import Errors, every_error
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.core import MIN_LISTED, MISALIGNED_BELOW, Hub, IdenticalStrings, Pair
from alignment.stats.estimates import COSINE_DIGITS

MAX_LISTED = 100
MAX_ENDS = 20  # concepts with the highest and the lowest values, whose texts are kept
ALL_PAIRS_HEADER = (
    *("kind", "concept", "language_a", "text_a", "language_b", "text_b", "similarity"),
    *("retrieved", "retrieved_text", "similarity_retrieved"),
)


def named_pairs(m: Measurement) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the pairs that the record names, by kind, and how many of each kind there are."""
    misaligned, count = _below(m, MISALIGNED_BELOW, MAX_LISTED)
    lowest, _ = _below(m, np.inf, MIN_LISTED)
    identical = np.argwhere(m.identical)
    lists = {
        "misaligned_pairs": misaligned,
        "next_lowest_pairs": lowest[count:],
        "identical_strings": [IdenticalStrings(*_named(m.grid, c)) for c in identical[:MAX_LISTED]],
    }
    return lists, {"misaligned_pairs": count, "identical_strings": len(identical)}


def texts_of(
    m: Measurement,
    lists: dict[str, list[Any]],
    errors: Errors,
    hubs: list[Hub],
    more: set[tuple[str, str]],
) -> dict[str, dict[str, str]]:
    """Return {concept: {language: text}} of what the record names, in grid order.

    These are the texts of its lists, ``more`` that sections name, and the concepts with the highest
    and the lowest values. The text that a reader knows a concept by is there too: English, else the
    first.
    """
    named = more | {
        (row.concept, code) for rows in lists.values() for row in rows for code in row[1:3]
    }
    for failed in errors.failed:
        named |= {(failed.concept, code) for code in (failed.query, failed.target)}
        named.add((failed.retrieved, failed.target))
    named |= {(hub.concept, hub.language) for hub in hubs}
    named |= {(name, "") for pair in errors.pairs for name in (pair.expected, pair.retrieved)}
    concepts = {concept for concept, _ in named} | _at_the_ends(m)
    grid = m.grid
    english = [code for code in grid.languages if code.split("-")[0] == "en"]
    texts = {}
    for concept, row in zip(grid.concepts, grid.texts, strict=True):
        if concept in concepts:
            own = {code: text for code, text in zip(grid.languages, row, strict=True) if text}
            known_by = next((code for code in (*english, *own) if code in own), None)
            texts[concept] = {
                code: text
                for code, text in own.items()
                if code == known_by or (concept, code) in named
            }
    return texts


def _at_the_ends(m: Measurement) -> set[str]:
    places: set[int] = set()
    for values in (m.by_concept[name] for name in PARTS[:2]):
        for sign in (1, -1):
            places |= set(np.argsort(sign * values, kind="stable")[:MAX_ENDS].tolist())
    return {m.grid.concepts[c] for c in places}


def write_pairs(path: Path, m: Measurement) -> None:
    """Write every misaligned pair, failed retrieval and pair of identical strings as a table.

    Raises:
        OSError: when the file cannot be written; an older one is then left as it was.
    """
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([ALL_PAIRS_HEADER, *_all_rows(m)])
    write_whole(path, table.getvalue().encode("utf-8-sig"))


def _all_rows(m: Measurement) -> Iterator[tuple[str, ...]]:
    texts = {
        concept: dict(zip(m.grid.languages, row, strict=True))
        for concept, row in zip(m.grid.concepts, m.grid.texts, strict=True)
    }

    def row(
        kind: str, concept: str, a: str, b: str, *numbers: float, found: str = ""
    ) -> tuple[str, ...]:
        own, instead = texts[concept], texts[found][b] if found else ""
        similarity, wrong, *_ = (*(f"{number:.4f}" for number in numbers), "", "")
        pair = a, own[a] or "", b, own[b] or ""
        return kind, concept, *pair, similarity, found, instead or "", wrong

    for kind, bound in (
        ("misaligned", MISALIGNED_BELOW),
        ("misaligned, calibrated", _negatives(m)),
    ):
        for pair in _below(m, bound)[0]:
            yield row(kind, *pair)
    for failed in every_error(m.X, m.grid, m.near.answer):
        names = failed.concept, failed.query, failed.target
        numbers = failed.similarity, failed.similarity_retrieved
        yield row("failed retrieval", *names, *numbers, found=failed.retrieved)
    for place in np.argwhere(m.identical):
        yield row("identical strings", *_named(m.grid, place))


def _negatives(m: Measurement) -> np.ndarray:
    """Return (P,), below which a translation is no more similar than 1 % of the negatives."""
    a, b = np.triu_indices(len(m.grid.languages), k=1)
    return m.paired.negative_p99[a, b] - hits.TIE


def _below(
    m: Measurement, bound: float | np.ndarray, at_most: int = 10**9
) -> tuple[list[Pair], int]:
    """Return the pairs whose similarity is below a bound, lowest first, and how many there are."""
    a, b = np.triu_indices(len(m.grid.languages), k=1)
    places, count = metrics.lowest(m.paired.gold, np.broadcast_to(bound, len(a)), at_most)
    return [
        Pair(*_named(m.grid, (c, a[p], b[p])), round(float(m.paired.gold[c, p]), COSINE_DIGITS))
        for c, p in places
    ], count


def _named(grid: ConceptGrid, place: Iterable[int]) -> tuple[str, str, str]:
    c, a, b = place
    return grid.concepts[c], grid.languages[a], grid.languages[b]
