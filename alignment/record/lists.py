"""Lists: single pairs and texts in the record, and all pairs in a table.

The record has at most 100 pairs of a kind. It has all texts of a small grid; of a larger one those
that its lists name, and whole concepts while there is room, the least retrieved first.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from alignment.engines.files import write_whole
from alignment.grids import ConceptGrid
from alignment.measure import hits, metrics
from alignment.measure.arrays import Floats
from alignment.measure.errors import MAX_LISTED, every_error
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.core import (
    MIN_LISTED,
    MISALIGNED_BELOW,
    IdenticalStrings,
    Pair,
    TextNeighbor,
    TextNeighbors,
)
from alignment.stats.estimates import COSINE_DIGITS

MAX_TEXTS = 250_000  # bytes in the file
MAX_NEIGHBORS = 150_000
MAX_NEAREST = 3
MAX_ENDS = 20  # concepts with the highest and the lowest values, whose texts are kept

Texts = dict[str, dict[str, str]]
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


def texts_of(grid: ConceptGrid) -> Texts:
    """Return {concept: {language: text}} of all texts of a grid."""
    return {
        concept: {code: text for code, text in zip(grid.languages, row, strict=True) if text}
        for concept, row in zip(grid.concepts, grid.texts, strict=True)
    }


def held_texts(m: Measurement, named: set[tuple[str, str]], first: Iterable[str]) -> Texts:
    """Return {concept: {language: text}}, in grid order: all, or as many as there is room for.

    The concepts with the highest and the lowest values of the first two parts are always included,
    and for each concept one text that names it: the English one, else the first.

    Args:
        m: the measurement of the grid.
        named: (concept, language) of texts to include; "" as language includes the concept alone. A
            concept that is not in the grid is ignored, such as "" for no wrong answer.
        first: concepts whose texts are all included while there is room, the first ones first.
    """
    complete = texts_of(m.grid)
    if _size(complete) <= MAX_TEXTS:
        return complete
    english = [code for code in m.grid.languages if code.split("-")[0] == "en"]
    values = (s * m.by_concept[name] for name in PARTS[:2] for s in (1, -1))
    ends = (c for V in values for c in np.argsort(V, kind="stable")[:MAX_ENDS])
    included = {concept for concept, _ in named} | {m.grid.concepts[c] for c in ends}
    kept_texts = {}
    for concept in included & complete.keys():
        texts = complete[concept]
        named_by = next((code for code in (*english, *texts) if code in texts), None)
        codes = [code for code in texts if code == named_by or (concept, code) in named]
        kept_texts[concept] = {code: texts[code] for code in codes}
    room = MAX_TEXTS - _size(kept_texts)
    for concept in first:
        room -= _size({concept: complete[concept]})
        room += _size({concept: kept_texts.get(concept, {})})
        if room < 0:
            break
        kept_texts[concept] = complete[concept]
    return {concept: kept_texts[concept] for concept in m.grid.concepts if concept in kept_texts}


def neighbors_of_texts(m: Measurement) -> dict[str, dict[str, TextNeighbors]]:
    """Return the neighbourhoods of the texts of as many concepts as there is room for."""
    by_concept, room = {}, MAX_NEIGHBORS
    for c in np.argsort(m.by_concept[PARTS[2]].round(6), kind="stable").tolist():
        concept, neighbors = m.grid.concepts[c], _neighbors_of_concept(m, c)
        room -= _size({concept: neighbors})
        if room < 0:
            break
        by_concept[concept] = neighbors
    return {concept: by_concept[concept] for concept in m.grid.concepts if concept in by_concept}


def _neighbors_of_concept(m: Measurement, c: int) -> dict[str, TextNeighbors]:
    C, L, D = m.X.shape
    languages, concepts = m.grid.languages, m.grid.concepts
    present = np.flatnonzero(m.present[c])
    s = (m.X[c, present] @ m.X.reshape(C * L, D).T).round(COSINE_DIGITS).astype(float)
    s[:, ~m.present.ravel()] = -np.inf
    s[np.arange(len(present)), c * L + present] = -np.inf
    neighbors = {}
    for a, row in zip(present.tolist(), s, strict=True):
        answers = enumerate(m.near.answer[c, a].tolist())
        errors = {languages[b]: concepts[answer] for b, answer in answers if answer != c}
        neighbors[languages[a]] = TextNeighbors(_nearest(m.grid, row), errors)
    return neighbors


def _nearest(grid: ConceptGrid, s: Floats) -> list[TextNeighbor]:
    """Name the texts with the highest of the similarities (C·L,)."""
    count = min(MAX_NEAREST, int(np.isfinite(s).sum()))
    if not count:
        return []
    near = np.flatnonzero(s >= np.partition(s, -count)[-count])
    best = near[np.argsort(-s[near], kind="stable")][:count]
    return [
        TextNeighbor(grid.concepts[c], grid.languages[b], round(similarity, COSINE_DIGITS))
        for c, b, similarity in zip(
            *np.divmod(best, len(grid.languages)), s[best].tolist(), strict=True
        )
    ]


def _size(part: Any) -> int:
    """Return how many bytes the part takes in the file."""
    encoded = msgspec.json.encode({"": part}, enc_hook=str)  # a text may be one of NumPy's
    return len(msgspec.json.format(encoded, indent=1))
