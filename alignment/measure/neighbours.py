"""Neighbours: exact FAISS searches over the unit vectors, and the credit each query earns.

X is (C, L, D) float32 with rows of unit length; ``present`` (C, L) of bool says where the grid has
a text; ``gold`` (C, L, L) holds the cosines of the same concept, NaN where there is no such pair.
Only texts that are present are queries and candidates. A vector is left out of its neighbours by
its id. `alignment.measure.hits` says what a hit and a tie are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from alignment.engines import share_out, track
from alignment.measure import hits, pool
from alignment.measure.arrays import Bools, Floats, Ints, Stored, Vectors, slices
from alignment.measure.indexes import Language, Rescored, Signs
from alignment.measure.metrics import PartnerMeans, calibrated_accuracy, gold_cosines, ratio

_BLOCK = 1 << 19  # numbers of queries held at once: 2 MB


@dataclass(frozen=True)
class Neighbours:
    """The results of the searches: credits in [0, 1] of each query, NaN where there is no text."""

    # (C, L), mean credit of a text's searches in the other languages, and of theirs for it
    retrieval: Floats
    # (C, L), the mean of credits that are 0 by chance (1 / size of the language) and 1 at best
    calibrated_retrieval: Floats
    retrieval_table: Floats  # (L, L), mean credit by query language and searched language
    nearest: Floats  # (C, L), share of translations among the k nearest of the whole pool
    level: Floats  # (C, L), similarity of the k-th nearest of the whole pool
    mixed: Floats  # (C, L), whether the nearest of the whole pool is a translation
    # (C, L), share of wrong answers in the query's language among the nearest of the whole pool
    same_language: Floats
    retrieved: Floats  # (C, L), how often a text was the answer to a query of another language
    # (C, L, L) of whole numbers, the concept that text (c, a) retrieves in language b: c for the
    # right one, and where a text is absent
    answer: Ints


def search(X: Vectors, present: Bools, gold: Floats, k: int) -> tuple[Neighbours, Vectors]:
    """Search with all texts of X, in one language at a time.

    The best hits in each language give retrieval; the hits in all languages, merged, give the k
    nearest neighbours in the whole pool, NaN where it has fewer.

    Returns:
        The neighbours, and the density (C, L, L): each text's mean similarity to the nearest
        min(10, C_b // 3) of the C_b of language b; NaN for none, meaningless where a = b.
    """
    C, L, _ = X.shape
    means, calibrated = PartnerMeans(C, L), PartnerMeans(C, L)
    retrieved = np.zeros((C, L))
    answer = np.empty((C, L, L), dtype=np.min_scalar_type(C))
    density = np.empty((C, L, L), dtype=np.float32)
    chance = 1 / present.sum(axis=0)
    reach = min(k, present.sum() - 1) + 1
    nearest = np.full((C, L, reach), -np.inf, dtype=np.float32)
    same_language = np.empty_like(nearest)
    parts = share_out(in_language, range(L), X, present, gold, reach)
    for b, part in enumerate(track(parts, [L] * L, "Searching", "pair")):
        means.add(b, part.credit)
        calibrated.add(b, calibrated_accuracy(part.credit, chance[b]))
        answer[:, :, b], density[:, :, b] = part.answer, part.density
        retrieved[:, b], same_language[:, b] = part.retrieved, part.nearest[:, b]
        pool.merge(nearest, part.nearest)
    with threadpool_limits(1):  # idle threads of BLAS would spin after these small products
        credit, mixed, same = pool.credits(X, present, gold, nearest, same_language, k)
    near = Neighbours(
        retrieval=means.means(),
        calibrated_retrieval=calibrated.means(),
        retrieval_table=means.table.T,
        nearest=credit,
        level=np.where(present, nearest[:, :, reach - 2], np.nan),
        mixed=mixed,
        same_language=same,
        retrieved=retrieved,
        answer=answer,
    )
    return near, density


def retrieval(X: Vectors, present: Bools, queries: Bools | None = None) -> Floats:
    """Return the retrieval (C, L) of ``Neighbours`` alone, which needs no more than two hits.

    Queries are the texts of the concepts in ``queries`` (C,) of bool, all if None; others get NaN.
    """
    C, L, _ = X.shape
    queries = np.ones(C, dtype=bool) if queries is None else queries
    gold = np.full((C, L, L), np.nan)
    gold[queries] = gold_cosines(X[queries], present[queries])
    return credits(X, X, present, gold, present & queries[:, None])


def credits(X: Stored, stored: Stored, present: Bools, gold: Floats, queries: Bools) -> Floats:
    """Return the retrieval (C, L) of texts that are stored in another format than their queries.

    Args:
        X: (C, L, D), the queries; uint8 are packed signs.
        stored: (C, L, D), the searched vectors; packed signs are rescored where X is not packed.
        present: (C, L) of bool, whether there is a text.
        gold: (C, L, L), similarity of query (c, a) to the stored vector (c, b).
        queries: (C, L) of bool, which texts are queries.
    """
    L = X.shape[1]
    means = PartnerMeans(*present.shape)
    parts = share_out(credit_in_language, range(L), X, stored, present, gold, queries)
    for b, credit in enumerate(track(parts, [L] * L, "Searching", "pair")):
        means.add(b, credit)
    return means.means()


@dataclass(frozen=True)
class LanguageHits:
    """The results of all queries in one language, as in ``Neighbours``; NaN where none is."""

    credit: Floats  # (C, L), of retrieval; NaN also for the language's texts
    answer: Ints  # (C, L)
    retrieved: Floats  # (C,)
    density: Vectors  # (C, L)
    nearest: Vectors  # (C, L, reach), similarities, the nearest first; -inf beyond the last


def in_language(b: int, X: Vectors, present: Bools, gold: Floats, reach: int) -> LanguageHits:
    """Search in language ``b`` with the texts of all languages, the ``reach`` nearest of each."""
    C, L, _ = X.shape
    searched = Language(X, present, b)
    neighbourhood = min(10, searched.size // 3)
    found = LanguageHits(
        credit=np.full((C, L), np.nan),
        answer=np.tile(np.arange(C, dtype=np.min_scalar_type(C))[:, None], L),
        retrieved=np.zeros(C),
        density=np.full((C, L), np.nan, dtype=np.float32),
        nearest=np.full((C, L, reach), -np.inf, dtype=np.float32),
    )
    for c, a, queries in _queries(X, present):
        s, ids = searched.search(queries, max(reach + 1, neighbourhood))  # and the query itself
        if neighbourhood:
            found.density[c, a] = s[:, :neighbourhood].mean(axis=1)
        right = gold[c, a, b]
        level = hits.answer_level(s[:, 0], right)
        tied, first, times = searched.answers(s, ids, level, queries)
        found.retrieved[searched.concepts] += times
        found.credit[c, a] = ratio(level == right, tied)
        wrong = level > right
        found.answer[c[wrong], a[wrong]] = searched.concepts[first[wrong]]
        itself = (a == b)[:, None] & (searched.concepts[ids] == c[:, None])
        s[itself] = -np.inf
        rows = itself.any(axis=1)
        s[rows] = -np.sort(-s[rows], axis=1)
        found.nearest[c, a, : s.shape[1]] = s[:, :reach]
    return found


def credit_in_language(
    b: int, X: Stored, stored: Stored, present: Bools, gold: Floats, queries: Bools
) -> Floats:
    """Return the retrieval credit (C, L) of the queries in language ``b``, NaN for other texts."""
    in_bits = Signs if X.dtype == np.uint8 else Rescored
    searched = (in_bits if stored.dtype == np.uint8 else Language)(stored, present, b)
    credit = np.full(present.shape, np.nan)
    for c, a, vectors in _queries(X, queries & np.isfinite(gold[:, :, b])):
        credit[c, a] = searched.credit(vectors, gold[c, a, b], c)
    return credit


def _queries(X: Stored, asked: Bools) -> Iterator[tuple[Ints, Ints, Stored]]:
    """Yield the places (n,), (n,) and the vectors of the queries ``asked`` (C, L), in blocks."""
    c, a = np.nonzero(asked)
    for part in slices(len(c), X.shape[2], _BLOCK):
        yield c[part], a[part], X[c[part], a[part]]
