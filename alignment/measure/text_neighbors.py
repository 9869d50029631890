"""Text neighbours: of single texts, what is nearest to them, and what they find by mistake."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from alignment.measure.arrays import Floats
from alignment.measure.measurement import PARTS, Measurement
from alignment.stats.estimates import COSINE_DIGITS

MAX_NEAREST = 3


class TextNeighbor(NamedTuple):
    """A text near another, and the cosine between them."""

    concept: str
    language: str
    similarity: float


class TextNeighbors(Struct, frozen=True):
    """The neighbourhood of a text.

    Attributes:
        nearest: of all texts, the nearest first, at most ``MAX_NEAREST``; of those equally near,
            the first of the grid.
        errors: {language: concept that the text finds there instead of its own}.
    """

    nearest: list[TextNeighbor]
    errors: dict[str, str]


def least_retrieved_first(m: Measurement) -> Iterator[tuple[str, dict[str, TextNeighbors]]]:
    """Yield (concept, {language: neighbourhood of its text}), the concept least retrieved first."""
    retrieval = m.by_concept[PARTS[2]].round(6)
    for c in np.argsort(retrieval, kind="stable").tolist():
        yield m.grid.concepts[c], _of_concept(m, c)


def _of_concept(m: Measurement, c: int) -> dict[str, TextNeighbors]:
    C, L, D = m.X.shape
    own = np.flatnonzero(m.present[c])
    s = (m.X[c, own] @ m.X.reshape(C * L, D).T).round(COSINE_DIGITS).astype(float)
    s[:, ~m.present.ravel()] = -np.inf
    s[np.arange(len(own)), c * L + own] = -np.inf
    return {
        m.grid.languages[a]: TextNeighbors(_nearest(m, row), _errors(m, c, a))
        for a, row in zip(own.tolist(), s, strict=True)
    }


def _nearest(m: Measurement, s: Floats) -> list[TextNeighbor]:
    """Name the texts with the highest of the similarities (C·L,)."""
    count = min(MAX_NEAREST, int(np.isfinite(s).sum()))
    if not count:
        return []
    near = np.flatnonzero(s >= np.partition(s, -count)[-count])
    best = near[np.argsort(-s[near], kind="stable")][:count]
    places = zip(*np.divmod(best, len(m.grid.languages)), s[best].tolist(), strict=True)
    return [
        TextNeighbor(m.grid.concepts[c], m.grid.languages[b], round(similarity, COSINE_DIGITS))
        for c, b, similarity in places
    ]


def _errors(m: Measurement, c: int, a: int) -> dict[str, str]:
    return {
        m.grid.languages[b]: m.grid.concepts[found]
        for b, found in enumerate(m.near.answer[c, a].tolist())
        if found != c
    }
