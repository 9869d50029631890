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
    """What the searches found, as credits in [0, 1] of each query; NaN where there is no text."""

    retrieval: Floats  # (C, L), of a text's searches in the other languages and of theirs for it
    # (C, L), the same with each credit 0 by chance, one in as many as the searched language has,
    # and 1 at best
    calibrated_retrieval: Floats
    retrieval_table: Floats  # (L, L), mean credit by query language and searched language
    nearest: Floats  # (C, L), share of the k nearest of the whole pool that carry the concept
    level: Floats  # (C, L), similarity of the k-th nearest of the whole pool
    mixed: Floats  # (C, L), whether the very nearest of the whole pool carries the concept
    # (C, L), share of that very nearest that is another concept's word of the query's own language
    own_language: Floats
    retrieved: Floats  # (C, L), how often a vector was the answer to a query of another language
    # (C, L, L) of whole numbers, the concept that text (c, a) finds in language b: c itself where
    # that is right, and where there is nothing to be found
    answer: Ints


def search(X: Vectors, present: Bools, gold: Floats, k: int) -> tuple[Neighbours, Vectors]:
    """Search with all texts of X, in one language at a time.

    The best hits in each language give retrieval; the hits in all languages, merged, give the k
    nearest neighbours in the whole pool, NaN where it has fewer or a concept has no translations.

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
    own = np.empty_like(nearest)
    parts = share_out(in_language, range(L), X, present, gold, reach)
    for b, found in enumerate(track(parts, [L] * L, "Searching", "pair")):
        means.add(b, found.credit)
        calibrated.add(b, calibrated_accuracy(found.credit, chance[b]))
        answer[:, :, b], density[:, :, b] = found.answer, found.density
        retrieved[:, b], own[:, b] = found.retrieved, found.nearest[:, b]
        pool.merge(nearest, found.nearest)
    # on one core: BLAS threads would go on spinning after the few that have to be counted again
    with threadpool_limits(1):
        credit, mixed, own_language = pool.credits(X, present, gold, nearest, own, k)
    near = Neighbours(
        retrieval=means.means(),
        calibrated_retrieval=calibrated.means(),
        retrieval_table=means.table.T,
        nearest=credit,
        level=np.where(present, nearest[:, :, reach - 2], np.nan),
        mixed=mixed,
        own_language=own_language,
        retrieved=retrieved,
        answer=answer,
    )
    return near, density


def retrieval(X: Vectors, present: Bools, asked: Bools | None = None) -> Floats:
    """Return the retrieval (C, L) of ``Neighbours`` alone, which takes no more than two hits.

    Queries are the texts of the concepts ``asked`` (C,), all if None; other concepts get NaN.
    """
    C, L, _ = X.shape
    if asked is None:
        asked = np.ones(C, dtype=bool)
    gold = np.full((C, L, L), np.nan)
    gold[asked] = gold_cosines(X[asked], present[asked])
    return credits(X, X, present, gold, present & asked[:, None])


def credits(X: Stored, stored: Stored, present: Bools, gold: Floats, queries: Bools) -> Floats:
    """Return the retrieval (C, L) of texts that are stored in another form than their queries.

    Args:
        X: (C, L, D), the queries; uint8 are packed signs.
        stored: (C, L, D), what is searched; packed signs are rescored where X is not packed.
        present: (C, L).
        gold: (C, L, L), similarity of text (c, a) to what is stored as (c, b).
        queries: (C, L), which texts are queries.
    """
    L = X.shape[1]
    means = PartnerMeans(*present.shape)
    parts = share_out(credit_in_language, range(L), X, stored, present, gold, queries)
    for b, credit in enumerate(track(parts, [L] * L, "Searching", "pair")):
        means.add(b, credit)
    return means.means()


@dataclass(frozen=True)
class Found:
    """What all texts find in one language, by the names of ``Neighbours``; NaN where none is."""

    credit: Floats  # (C, L), of retrieval; NaN for the language's own texts too
    answer: Ints  # (C, L)
    retrieved: Floats  # (C,)
    density: Vectors  # (C, L)
    nearest: Vectors  # (C, L, reach), similarities, the nearest first; -inf where no more are


def in_language(b: int, X: Vectors, present: Bools, gold: Floats, reach: int) -> Found:
    """Search in language ``b`` with the texts of all languages, the ``reach`` nearest of each."""
    C, L, _ = X.shape
    searched = Language(X, present, b)
    around = min(10, searched.size // 3)
    found = Found(
        credit=np.full((C, L), np.nan),
        answer=np.tile(np.arange(C, dtype=np.min_scalar_type(C))[:, None], L),
        retrieved=np.zeros(C),
        density=np.full((C, L), np.nan, dtype=np.float32),
        nearest=np.full((C, L, reach), -np.inf, dtype=np.float32),
    )
    for c, a, queries in _queries(X, present):
        s, ids = searched.search(queries, max(reach + 1, around))  # and a vector itself
        if around:
            found.density[c, a] = s[:, :around].mean(axis=1)
        right = gold[c, a, b]
        level = hits.answer_level(s[:, 0], right)
        tied, first, times = searched.answers(s, ids, level, queries)
        found.retrieved[searched.concepts] += times
        found.credit[c, a] = ratio(level == right, tied)
        wrong = level > right
        found.answer[c[wrong], a[wrong]] = searched.concepts[first[wrong]]
        itself = (a == b)[:, None] & (searched.concepts[ids] == c[:, None])
        s[itself] = -np.inf
        own = itself.any(axis=1)
        s[own] = -np.sort(-s[own], axis=1)
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
    """Yield the texts that are ``asked`` (C, L), some at a time: (n,), (n,) and their vectors."""
    c, a = np.nonzero(asked)
    for part in slices(len(c), X.shape[2], _BLOCK):
        yield c[part], a[part], X[c[part], a[part]]
