"""Lists: single pairs by name, at most 100 of a kind in the record, all of them in a table."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from alignment.engines.files import write_whole
from alignment.measure import hits, metrics
from alignment.measure.arrays import Floats
from alignment.measure.errors import MAX_LISTED, every_error
from alignment.measure.measurement import Measurement
from alignment.record.core import MIN_LISTED, MISALIGNED_BELOW, IdenticalStrings, Pair
from alignment.record.lookup import texts_of
from alignment.stats.estimates import COSINE_DIGITS

ALL_PAIRS_HEADER = (
    *("kind", "concept", "language_a", "text_a", "language_b", "text_b", "similarity"),
    *("retrieved", "retrieved_text", "similarity_retrieved"),
)


def named_pairs(m: Measurement) -> dict[str, Any]:
    """Return the pairs that the record lists, by kind, and the full number of each kind."""
    misaligned, count = _below(m, MISALIGNED_BELOW, MAX_LISTED)
    lowest, _ = _below(m, np.inf, MIN_LISTED)
    identical = np.argwhere(m.identical)
    return {
        "misaligned_pairs": misaligned,
        "next_lowest_pairs": lowest[count:],
        "identical_strings": [IdenticalStrings(*_named(m, c)) for c in identical[:MAX_LISTED]],
        "counts": {"misaligned_pairs": count, "identical_strings": len(identical)},
    }


def write_pairs(path: Path, m: Measurement) -> None:
    """Write every misaligned pair, failed retrieval and pair of identical strings as a table.

    An earlier file is replaced completely or not at all; raise OSError if it cannot be written.
    """
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([ALL_PAIRS_HEADER, *_all_rows(m)])
    write_whole(path, table.getvalue().encode("utf-8-sig"))


def _all_rows(m: Measurement) -> Iterator[tuple[str, ...]]:
    texts = texts_of(m.grid)

    def row(kind: str, concept: str, a: str, b: str, *more: str) -> tuple[str, ...]:
        cells = kind, concept, a, texts[concept][a], b, texts[concept][b], *more
        return *cells, *[""] * (len(ALL_PAIRS_HEADER) - len(cells))

    # below this a translation is no more similar than 1 % of the negatives
    negatives = m.paired.negative_p99[np.triu_indices(len(m.grid.languages), k=1)] - hits.TIE
    for kind, bound in ("misaligned", MISALIGNED_BELOW), ("misaligned, calibrated", negatives):
        for concept, a, b, similarity in _below(m, bound)[0]:
            yield row(kind, concept, a, b, f"{similarity:.4f}")
    for failed in every_error(m.X, m.grid, m.near.answer):
        names = failed.concept, failed.query, failed.target
        retrieved = failed.retrieved, texts[failed.retrieved][failed.target]
        right, wrong = f"{failed.similarity:.4f}", f"{failed.similarity_retrieved:.4f}"
        yield row("failed retrieval", *names, right, *retrieved, wrong)
    for place in np.argwhere(m.identical):
        yield row("identical strings", *_named(m, place))


def _below(m: Measurement, bound: float | Floats, at_most: int = 10**9) -> tuple[list[Pair], int]:
    """Return the pairs whose similarity is below a bound, lowest first, and how many there are."""
    a, b = np.triu_indices(len(m.grid.languages), k=1)
    places, count = metrics.lowest(m.paired.gold, np.broadcast_to(bound, len(a)), at_most)
    return [
        Pair(*_named(m, (c, a[p], b[p])), round(float(m.paired.gold[c, p]), COSINE_DIGITS))
        for c, p in places
    ], count


def _named(m: Measurement, place: Iterable[int]) -> tuple[str, str, str]:
    c, a, b = place
    return m.grid.concepts[c], m.grid.languages[a], m.grid.languages[b]
