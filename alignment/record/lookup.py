"""Lookup: what the record keeps of single texts, of all of them where that is not too much.

Of a larger grid it keeps what its lists name, and of whole concepts as many as there is room for,
those least retrieved first.
"""

from typing import Any

import msgspec

from alignment.grids import ConceptGrid
from alignment.measure.measurement import Measurement
from alignment.measure.text_neighbors import TextNeighbors, least_retrieved_first

MAX_TEXTS = 250_000  # bytes in the file
MAX_NEIGHBORS = 150_000

Texts = dict[str, dict[str, str]]


def neighbors_of_texts(m: Measurement) -> dict[str, dict[str, TextNeighbors]]:
    """Return the neighbourhoods of texts, of as many concepts as there is room for."""
    held, room = {}, MAX_NEIGHBORS
    for concept, own in least_retrieved_first(m):
        room -= _size({concept: own})
        if room < 0:
            break
        held[concept] = own
    return {concept: held[concept] for concept in m.grid.concepts if concept in held}


def held_texts(grid: ConceptGrid, named: Texts, first: list[str]) -> Texts:
    """Return {concept: {language: text}}, in grid order: all, or as many as there is room for.

    Args:
        grid: of the texts.
        named: texts that must be there.
        first: concepts of which all texts should be there, the first of them most of all.
    """
    whole = {
        concept: {code: text for code, text in zip(grid.languages, row, strict=True) if text}
        for concept, row in zip(grid.concepts, grid.texts, strict=True)
    }
    if _size(whole) <= MAX_TEXTS:
        return whole
    held, room = dict(named), MAX_TEXTS - _size(named)
    for concept in first:
        room -= _size({concept: whole[concept]}) - _size({concept: named.get(concept, {})})
        if room < 0:
            break
        held[concept] = whole[concept]
    return {concept: held[concept] for concept in grid.concepts if concept in held}


def _size(part: Any) -> int:
    """Return how many bytes it takes in the file."""
    encoded = msgspec.json.encode({"": part}, enc_hook=str)  # a text may be one of NumPy's
    return len(msgspec.json.format(encoded, indent=1))
