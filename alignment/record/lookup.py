"""Lookup: what the record keeps of single texts, of all of them where that is not too much.

Of a larger grid it keeps what its lists name, and whole concepts while there is room for them, the
least retrieved first.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.record.core import TextNeighbor, TextNeighbors
from alignment.stats.estimates import COSINE_DIGITS

MAX_TEXTS = 250_000  # bytes in the file
MAX_NEIGHBORS = 150_000
MAX_NEAREST = 3
MAX_ENDS = 20  # concepts with the highest and the lowest values, whose texts are kept

Texts = dict[str, dict[str, str]]


def texts_of(grid: ConceptGrid) -> Texts:
    """Return {concept: {language: text}} of all texts of a grid."""
    return {
        concept: {code: text for code, text in zip(grid.languages, row, strict=True) if text}
        for concept, row in zip(grid.concepts, grid.texts, strict=True)
    }


def held_texts(m: Measurement, named: set[tuple[str, str]], first: Iterable[str]) -> Texts:
    """Return {concept: {language: text}}, in grid order: all, or as many as there is room for.

    The concepts with the highest and the lowest values are always there, and with each concept the
    text that a reader knows it by: English, else the first.

    Args:
        m: of the grid.
        named: (concept, language) of texts that must be there; no language asks for the concept.
            A concept that the grid lacks is passed over, as "" where a text is mistaken for none.
        first: concepts of which all texts should be there, the most important first.
    """
    whole = texts_of(m.grid)
    if _size(whole) <= MAX_TEXTS:
        return whole
    english = [code for code in m.grid.languages if code.split("-")[0] == "en"]
    held = {}
    for concept in ({concept for concept, _ in named} | _at_the_ends(m)) & whole.keys():
        texts = whole[concept]
        known_by = next((code for code in (*english, *texts) if code in texts), None)
        codes = [code for code in texts if code == known_by or (concept, code) in named]
        held[concept] = {code: texts[code] for code in codes}
    room = MAX_TEXTS - _size(held)
    for concept in first:
        room -= _size({concept: whole[concept]}) - _size({concept: held.get(concept, {})})
        if room < 0:
            break
        held[concept] = whole[concept]
    return {concept: held[concept] for concept in m.grid.concepts if concept in held}


def _at_the_ends(m: Measurement) -> set[str]:
    """Return the concepts with the lowest and the highest values of the first two parts."""
    orders = (
        np.argsort(s * m.by_concept[name], kind="stable") for name in PARTS[:2] for s in (1, -1)
    )
    return {m.grid.concepts[c] for order in orders for c in order[:MAX_ENDS]}


def neighbors_of_texts(m: Measurement) -> dict[str, dict[str, TextNeighbors]]:
    """Return the neighbourhoods of the texts of as many concepts as there is room for."""
    held, room = {}, MAX_NEIGHBORS
    for c in np.argsort(m.by_concept[PARTS[2]].round(6), kind="stable").tolist():
        concept, neighbors = m.grid.concepts[c], _neighbors_of_concept(m, c)
        room -= _size({concept: neighbors})
        if room < 0:
            break
        held[concept] = neighbors
    return {concept: held[concept] for concept in m.grid.concepts if concept in held}


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
