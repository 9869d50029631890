"""Confusions: what was retrieved instead, for every retrieval that failed, and how much it cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from alignment.explain import COSINE_DIGITS
from alignment.grids import ConceptGrid
from alignment.grids.names import Concept, Language

MAX_LISTED = 100
_BLOCK = 1 << 16  # searches looked through at once: their vectors are gathered

_FAILURE = np.dtype(
    [(name, int) for name in ("c", "a", "b", "instead")]
    + [(name, float) for name in ("similarity", "retrieved", "lost")]
)
_KIND = np.dtype([(name, int) for name in ("c", "instead", "count")])


@dataclass(frozen=True)
class Confusion:
    """A retrieval that failed.

    Attributes:
        concept: that was asked for.
        query: language of the query.
        target: language searched.
        retrieved: the concept that was found instead.
        similarity: of the query to the right answer.
        similarity_retrieved: of the query to what was found.
    """

    concept: Concept
    query: Language
    target: Language
    retrieved: Concept
    similarity: float
    similarity_retrieved: float

    @property
    def similarity_lost(self) -> float:
        """Wrong answer − right answer, in [0, 2]."""
        return self.similarity_retrieved - self.similarity


@dataclass(frozen=True)
class ConfusedConcepts:
    """A concept that is taken for another.

    Attributes:
        expected: concept asked for.
        retrieved: concept found.
        count: how often.
        languages: {language: how many of these failures have it as query or target}.
    """

    expected: Concept
    retrieved: Concept
    count: int
    languages: dict[Language, int]


@dataclass(frozen=True)
class Confusions:
    """The retrievals that failed.

    Attributes:
        total: how many.
        failed: the costliest first, at most ``MAX_LISTED``.
        pairs: the most frequent confusions of concepts first, at most ``MAX_LISTED``.
    """

    total: int
    failed: list[Confusion]
    pairs: list[ConfusedConcepts]


def of_answers(X: np.ndarray, grid: ConceptGrid, answer: np.ndarray) -> Confusions:
    """List the failed retrievals, and sum them up by concept.

    Args:
        X: (C, L, D), rows of unit length.
        answer: (C, L, L), the concept that query (c, a) retrieves in language b; c where it is the
            right one, where a = b, and where a text is absent.
    """
    total = 0
    costliest, kinds = np.empty(0, dtype=_FAILURE), np.empty(0, dtype=_KIND)
    for failed in _failures(X, answer):
        total += len(failed)
        costliest = _most(np.concatenate([costliest, failed]), "lost")
        kinds = _most(np.concatenate([kinds, _kinds(failed, len(X))]), "count")
    return Confusions(
        total=total,
        failed=[_confusion(grid, row) for row in costliest.tolist()],
        pairs=[_summed_up(grid, answer, *kind) for kind in kinds.tolist()],
    )


def every_failure(X: np.ndarray, grid: ConceptGrid, answer: np.ndarray) -> Iterator[Confusion]:
    """Yield all failed retrievals, concept by concept; arguments as of ``of_answers``."""
    for failed in _failures(X, answer):
        yield from (_confusion(grid, row) for row in failed.tolist())


def _most(rows: np.ndarray, what: str) -> np.ndarray:
    return rows[np.argsort(-rows[what], kind="stable")[:MAX_LISTED]]


def _failures(X: np.ndarray, answer: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the failures as rows of ``_FAILURE``, some concepts at a time."""
    C, L, _ = X.shape
    step = max(1, _BLOCK // L**2)
    for start in range(0, C, step):
        concepts = np.arange(start, min(start + step, C))
        c, a, b = np.nonzero(answer[concepts] != concepts[:, None, None])
        c = concepts[c]
        instead = answer[c, a, b].astype(int)
        right, wrong = (
            np.einsum("fd,fd->f", X[c, a], X[other, b], dtype=np.float64) for other in (c, instead)
        )
        yield np.rec.fromarrays([c, a, b, instead, right, wrong, wrong - right], dtype=_FAILURE)


def _kinds(failed: np.ndarray, C: int) -> np.ndarray:
    pairs, times = np.unique(failed["c"] * C + failed["instead"], return_counts=True)
    return np.rec.fromarrays([*np.divmod(pairs, C), times], dtype=_KIND)


def _confusion(grid: ConceptGrid, row: Any) -> Confusion:
    c, a, b, instead, similarity, retrieved, _ = row
    return Confusion(
        concept=grid.concepts[c],
        query=grid.languages[a],
        target=grid.languages[b],
        retrieved=grid.concepts[instead],
        similarity=round(similarity, COSINE_DIGITS),
        similarity_retrieved=round(retrieved, COSINE_DIGITS),
    )


def _summed_up(
    grid: ConceptGrid, answer: np.ndarray, c: int, instead: int, count: int
) -> ConfusedConcepts:
    failed = answer[c] == instead  # by language of the query, and of the answer
    part = failed.sum(axis=0) + failed.sum(axis=1)
    order = np.argsort(-part, kind="stable")
    languages = {grid.languages[j]: int(part[j]) for j in order if part[j]}
    return ConfusedConcepts(grid.concepts[c], grid.concepts[instead], count, languages)
