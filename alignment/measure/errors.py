"""Errors: the wrong answer of every failed retrieval, and how much similarity it cost."""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from alignment.grids import ConceptGrid
from alignment.measure.arrays import Floats, Ints, Vectors, slices
from alignment.stats.estimates import COSINE_DIGITS

MAX_LISTED = 100
_BLOCK = 1 << 22  # numbers of gathered vectors held at once
_SLACK = 1e-4  # the error of similarities in float32, which may change the order


class RetrievalError(Struct, frozen=True):
    """A retrieval that failed.

    Attributes:
        concept: concept of the query.
        query: language of the query.
        target: language searched.
        retrieved: concept retrieved instead.
        similarity: cosine of the query and the right answer.
        similarity_retrieved: cosine of the query and the retrieved text.
    """

    concept: str
    query: str
    target: str
    retrieved: str
    similarity: float
    similarity_retrieved: float

    @property
    def similarity_lost(self) -> float:
        """Wrong answer − right answer, in [0, 2]."""
        return self.similarity_retrieved - self.similarity


class ConfusedConcepts(Struct, frozen=True):
    """A concept that is mistaken for another.

    Attributes:
        expected: concept of the queries.
        retrieved: concept retrieved instead.
        count: number of failed retrievals.
        languages: {language: number of these failures with it as query or target}.
    """

    expected: str
    retrieved: str
    count: int
    languages: dict[str, int]


class Errors(Struct, frozen=True):
    """The retrievals that failed.

    Attributes:
        total: number of failed retrievals.
        failed: at most 100 of them, the costliest first.
        pairs: at most 100 confusions of concepts, the most frequent first.
    """

    total: int
    failed: list[RetrievalError]
    pairs: list[ConfusedConcepts]


def worst_errors(X: Vectors, gold: Floats, grid: ConceptGrid, answer: Ints) -> Errors:
    """List the failed retrievals that cost most similarity, and sum them up by concept.

    Args:
        X: (C, L, D), rows of unit length.
        gold: (C, P), the cosines of each concept in the P pairs a < b, in their order.
        grid: C concepts in L languages.
        answer: (C, L, L), the concept that query (c, a) retrieves in language b; c for the right
            answer, for a = b, and where a text is absent.
    """
    failed = _failed(answer)
    c, a, b, instead = failed
    L = X.shape[1]
    pair = np.zeros((L, L), dtype=int)
    pair[np.triu_indices(L, k=1)] = np.arange(gold.shape[1])
    lost = _similarities(X, failed, instead) - gold[c, np.maximum(pair, pair.T)[a, b]]
    if len(lost) > MAX_LISTED:  # exact similarities only where they may decide
        near = np.partition(lost, -MAX_LISTED)[-MAX_LISTED] - _SLACK
        failed = failed[:, lost >= near]
    exact = _exact(X, failed)
    order = np.argsort(exact[0] - exact[1], kind="stable")[:MAX_LISTED]
    return Errors(
        total=len(c),
        failed=[_named(grid, failed[:, n], exact[:, n]) for n in order],
        pairs=_confused(grid, answer, c, instead),
    )


def every_error(X: Vectors, grid: ConceptGrid, answer: Ints) -> Iterator[RetrievalError]:
    """Yield all failed retrievals, concept by concept; arguments as for ``worst_errors``."""
    failed = _failed(answer)
    for place, similarities in zip(failed.T, _exact(X, failed).T, strict=True):
        yield _named(grid, place, similarities)


def _failed(answer: Ints) -> Ints:
    """Return (4, F): concept, query language, target language and answer of each failure."""
    c, a, b = np.nonzero(answer != np.arange(len(answer))[:, None, None])
    return np.stack([c, a, b, answer[c, a, b].astype(c.dtype)])


def _exact(X: Vectors, failed: Ints) -> Floats:
    """Return (2, F): the cosines of the queries to the right answers and to the wrong ones.

    They are summed in float64, to agree between processors in all digits of the record.
    """
    return np.stack([_similarities(X, failed, failed[n], np.float64) for n in (0, 3)])


def _similarities(X: Vectors, failed: Ints, other: Ints, dtype: type = np.float32) -> Floats:
    """Return the cosines (F,) of the queries to the target language's texts of other concepts."""
    c, a, b, _ = failed
    cosines = np.empty(len(c))
    for rows in slices(len(c), X.shape[2], _BLOCK):
        pairs = X[c[rows], a[rows]], X[other[rows], b[rows]]
        cosines[rows] = np.einsum("fd,fd->f", *pairs, dtype=dtype)
    return cosines


def _named(grid: ConceptGrid, place: Ints, similarities: Floats) -> RetrievalError:
    c, a, b, instead = place.tolist()
    right, wrong = (round(cosine, COSINE_DIGITS) for cosine in similarities.tolist())
    names = grid.concepts[c], grid.languages[a], grid.languages[b], grid.concepts[instead]
    return RetrievalError(*names, right, wrong)


def _confused(grid: ConceptGrid, answer: Ints, c: Ints, instead: Ints) -> list[ConfusedConcepts]:
    """Return the most frequent pairs of the concept asked for and the concept retrieved."""
    pairs, times = np.unique(c * len(answer) + instead, return_counts=True)
    confused = []
    for n in np.argsort(-times, kind="stable")[:MAX_LISTED]:
        expected, retrieved = divmod(int(pairs[n]), len(answer))
        failed = answer[expected] == retrieved  # (L, L), by language of the query and the answer
        counts = failed.sum(axis=0) + failed.sum(axis=1)
        order = np.argsort(-counts, kind="stable")
        languages = {grid.languages[j]: int(counts[j]) for j in order if counts[j]}
        names = grid.concepts[expected], grid.concepts[retrieved]
        confused.append(ConfusedConcepts(*names, int(times[n]), languages))
    return confused
