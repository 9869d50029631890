"""Neighbours: exact FAISS searches over the unit vectors, and the credit each query earns.

X is (C, L, D) float32 with rows of unit length; ``present`` (C, L) of bool says where the grid has
a text. Only these are queries, and only these are found; a text is a query for the languages that
have its concept too. A vector is left out of its own neighbours by its id.

Ties share: an answer set T that ties for the maximum earns |T ∩ gold| / |T|; of the k nearest,
those strictly nearer than the k-th count in full, and the remaining places are shared by all that
tie for it. The place in the index never decides: no order among equals is promised
(facebookresearch/faiss#1201).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_info


def _hand_on_blas_kernels() -> None:
    """Tell the OpenBLAS inside faiss which processor this is, before faiss is first imported.

    The faiss-cpu wheel carries an OpenBLAS of 2021 that takes recent processors for a Pentium 4
    and then searches several times slower. NumPy's newer OpenBLAS knows them: its answer is
    handed on, in the names that the old one understands. A value set by the user stays.
    """
    known = {"Haswell", "Zen", "SkylakeX"}
    older_name = {"Cooperlake": "SkylakeX", "SapphireRapids": "SkylakeX"}
    for library in threadpool_info():
        kernels = library.get("architecture", "")
        kernels = older_name.get(kernels, kernels)
        if kernels in known:
            os.environ.setdefault("OPENBLAS_CORETYPE", kernels)


_hand_on_blas_kernels()

import faiss  # noqa: E402  (after the line above, which it depends on)

from alignment.engines import (  # noqa: E402
    Engine,
    one_machine,
    track,
)
from alignment.measure.metrics import PartnerMeans, calibrated_accuracy  # noqa: E402

# Similarities nearer than this are one: float32 products of the same two vectors differ by up to
# about 3e-7 with the order of their sums, so an exact comparison would miss true ties.
TIE = 1e-6
_BLOCK = 1 << 22  # similarities held at once where ties are recounted: 16 MB


@dataclass
class Neighbours:
    """What the searches found, as credits in [0, 1] of each query; NaN where there is no text.

    Attributes:
        retrieval: (C, L), of a text's searches in the other languages and of theirs for it.
        calibrated_retrieval: (C, L), the same with each credit 0 by chance, one in as many as the
            searched language has, and 1 at best.
        retrieval_table: (L, L), mean credit by query language and searched language.
        nearest: (C, L), share of the k nearest of the whole pool that carry the concept.
        level: (C, L), similarity of the k-th nearest of the whole pool.
        mixed: (C, L), whether the very nearest of the whole pool carries the concept.
        own_language: (C, L), share of that very nearest that is another concept's word of the
            query's own language.
        retrieved: (C, L), how often a vector was the answer to a query of another language.
        answer: (C, L, L) of whole numbers, the concept that text (c, a) finds in language b: c
            itself where that is right, and where there is nothing to be found.
        density: (C, L, L) float32, mean similarity to the min(10, C_b // 3) nearest of the C_b of
            each language b; NaN where that is none, meaningless where a = b. None once the
            language pairs have been measured with it.
    """

    retrieval: np.ndarray
    calibrated_retrieval: np.ndarray
    retrieval_table: np.ndarray
    nearest: np.ndarray
    level: np.ndarray
    mixed: np.ndarray
    own_language: np.ndarray
    retrieved: np.ndarray
    answer: np.ndarray
    density: np.ndarray | None


def search(
    X: np.ndarray, present: np.ndarray, k: int, engine: Engine = one_machine, asked=None
) -> Neighbours:
    """Search all languages with the texts of all, the queries of one language at a time.

    The best hits in each language give retrieval; the hits of all languages, merged, give the
    nearest neighbours in the whole pool.

    Args:
        X: (C, L, D).
        present: (C, L) of bool.
        k: neighbours; NaN comes out where the pool has fewer, or a concept has no translations.
        engine: goes through the query languages.
    """
    C, L, _ = X.shape
    retrieval, calibrated = PartnerMeans(C, L), PartnerMeans(C, L)
    by_text = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    retrieved = np.zeros((C, L))
    answer = np.empty((C, L, L), dtype=np.min_scalar_type(C))
    density = np.empty((C, L, L), dtype=np.float32)
    chance = 1 / present.sum(axis=0)
    asked = present if asked is None else present & asked[:, None]
    parts = engine(of_language, range(L), X, present, asked, k)
    for a, found in enumerate(track(parts, [L] * L, "Searching", "pair")):
        retrieval.add(a, found["retrieval"])
        calibrated.add(a, calibrated_accuracy(found["retrieval"], chance))
        for name, values in by_text.items():
            values[:, a] = found[name]
        retrieved += found["retrieved"]
        answer[:, a], density[:, a] = found["answer"], found["density"]
    return Neighbours(
        retrieval=retrieval.means(),
        calibrated_retrieval=calibrated.means(),
        retrieval_table=retrieval.table,
        retrieved=retrieved,
        answer=answer,
        density=density,
        **by_text,
    )


def nearest_without(
    near: Neighbours, X: np.ndarray, present: np.ndarray, k: int, left_out: np.ndarray
) -> np.ndarray:
    """Return the credit (C, L) of the k nearest in a pool without some vectors.

    Only queries that had such a vector within reach are searched again.

    Args:
        left_out: (C, L) of bool; as queries they get NaN, and so does a concept that keeps a
            single text, and so do all where fewer than k others stay in the pool.
    """
    pool = present & ~left_out
    if k >= pool.sum():
        return np.full(pool.shape, np.nan)
    asked = pool & (pool.sum(axis=1, keepdims=True) > 1)
    credit = np.where(asked, near.nearest, np.nan)
    if left_out.any():
        at = np.nonzero(asked)
        reached = _within_reach(X, at, X[left_out], near.level[at] - TIE)
        again = tuple(places[reached] for places in at)
        credit[again] = _recounted(again, X, pool, k)
    return credit


_BY_TEXT = ("nearest", "level", "mixed", "own_language")


def of_language(
    a: int, X: np.ndarray, present: np.ndarray, asked: np.ndarray, k: int
) -> dict[str, np.ndarray]:
    """Search with the texts of language ``a``.

    Returns:
        By the names of ``Neighbours``: (C,) values of the queries, (C, L) of the queries and what
        they find in each language; "retrieved" of what is found by them.
    """
    C, L, _ = X.shape
    rows = np.flatnonzero(asked[:, a])
    queries = X[rows, a]
    counts = present.sum(axis=0)
    enough = L > 1 and k < counts.sum()
    k = min(k, counts.sum() - 1)
    retrieved = np.zeros((C, L))
    density = np.full((C, L), np.nan, dtype=np.float32)
    answer = np.tile(np.arange(C, dtype=np.min_scalar_type(C))[:, None], L)
    gold, level, tied = np.full((3, len(rows), L), -np.inf)
    nearest = np.full((len(rows), k + 1), -np.inf, dtype=np.float32)
    for b in range(L):
        pool = np.flatnonzero(present[:, b])
        target = X[pool, b]
        around = min(10, len(pool) // 3)
        # k + 1 others of one language, should all the nearest be of it, and the vector itself
        found, ids = _hits(queries, target, min(max(k + 2, around), len(pool)))
        if around:
            density[rows, b] = found[:, :around].mean(axis=1)
        if a == b:
            found[ids == np.searchsorted(pool, rows)[:, None]] = -np.inf  # a vector itself
        level[:, b], tied[:, b] = _best_hits(found, queries, target, itself=a == b)
        nearest = -np.sort(-np.hstack([nearest, found[:, : k + 2]]), axis=1)[:, : k + 1]
        both = np.flatnonzero(present[rows, b]) if a != b else []
        if len(both):
            gold[both, b] = np.einsum("nd,nd->n", queries[both], X[rows[both], b])
            best = found[both] >= level[both, b, None] - TIE
            wrong = gold[both, b] < level[both, b] - TIE
            first = np.where(best, pool[ids[both]], C).min(axis=1)
            answer[rows[both[wrong]], b] = first[wrong]
            retrieved[pool, b] = _times_retrieved(found[both], ids[both], queries[both], target)
    retrieval = np.where(np.isneginf(gold), np.nan, (gold >= level - TIE) / tied)
    by_text = {
        **_very_nearest(a, gold, level, tied),
        "nearest": _nearest_credit(nearest, gold, (rows, a), X, present, k) if enough else np.nan,
        "level": nearest[:, k - 1],
    }
    return {
        "retrieval": _spread(retrieval, rows, C),
        "retrieved": retrieved,
        "answer": answer,
        "density": density,
        **{name: _spread(values, rows, C) for name, values in by_text.items()},
    }


def _very_nearest(a, gold, level, tied):
    """Return what is nearest to queries of language ``a`` in the whole pool, shared by ties.

    Args:
        gold: (n, L), similarity to the translations.
        level: (n, L), to the nearest in each language.
        tied: (n, L), how many there have that.
    """
    at_top = level >= level.max(axis=1, keepdims=True) - TIE
    candidates = (tied * at_top).sum(axis=1)
    right = (gold >= level - TIE) & at_top
    return {
        "mixed": right.sum(axis=1) / candidates if level.shape[1] > 1 else np.nan,
        "own_language": (tied * at_top)[:, a] / candidates,
    }


def _hits(queries, target, depth):
    """Return the ``depth`` nearest similarities and places in ``target`` of each query."""
    index = faiss.IndexFlatIP(target.shape[1])
    index.add(target)
    return index.search(queries, depth)


def _spread(values, rows, C):
    """Put values, a row each of ``rows``, into C rows, the others NaN."""
    all_rows = np.full((C, *np.shape(values)[1:]), np.nan)
    all_rows[rows] = values
    return all_rows


def _within_reach(X, places, vectors, level):
    """Return (Q,) of bool: has the query at (c, a) one of the vectors at its level, or nearer?"""
    reached = np.zeros(len(level), dtype=bool)
    for rows in _blocks(len(level), max(len(vectors), X.shape[2])):
        queries = X[tuple(place[rows] for place in places)]
        reached[rows] = (queries @ vectors.T).max(axis=1) >= level[rows]
    return reached


def _best_hits(found, queries, target, itself):
    """Return the best similarity (n,) of the hits of each query, and how many have it."""
    level = found.max(axis=1)
    tied = (found >= level[:, None] - TIE).sum(axis=1)
    deeper = np.flatnonzero(_all_tie(found, len(target)))
    for part in _blocks(len(deeper), len(target)):
        at = deeper[part]
        tied[at] = (queries[at] @ target.T >= level[at, None] - TIE).sum(axis=1) - itself
    return level, tied


def _times_retrieved(found, ids, queries, target):
    """Count how often each vector of ``target`` is the best hit; equal hits share the one."""
    level = found.max(axis=1, keepdims=True)
    hits = found >= level - TIE
    deeper = _all_tie(found, len(target))
    share = hits / hits.sum(axis=1, keepdims=True)
    share[deeper] = 0
    times = np.bincount(ids.ravel(), weights=share.ravel(), minlength=len(target))
    deeper = np.flatnonzero(deeper)
    for part in _blocks(len(deeper), len(target)):
        at = deeper[part]
        hits = queries[at] @ target.T >= level[at] - TIE
        times += (hits / hits.sum(axis=1, keepdims=True)).sum(axis=0)
    return times


def _all_tie(found, size):
    """Return (n,) of bool: do all hits tie, so that there may be more of them further down?"""
    tie = (found >= found.max(axis=1, keepdims=True) - TIE) | np.isneginf(found)
    return tie.all(axis=1) & (found.shape[1] < size)


def _nearest_credit(nearest, gold, places, X, pool, k):
    """Credit (n,) of the k + 1 nearest similarities (n, k+1) of the queries at ``places``."""
    level = nearest[:, k - 1]
    credit = (gold >= level[:, None] - TIE).sum(axis=1) / k
    # Where the next neighbour ties with the k-th, they compete for the places left.
    shared = nearest[:, k] >= level - TIE
    if shared.any():
        rows, a = places
        credit[shared] = _recounted((rows[shared], np.full(shared.sum(), a)), X, pool, k)
    return credit


def _recounted(places, X, pool, k):
    """Return the credit (n,) of the k nearest of ``pool`` (C, L) for the queries at (c, a)."""
    C, L, D = X.shape
    flat, outside = X.reshape(C * L, D), ~pool
    credit = np.empty(len(places[0]))
    for part in _blocks(len(credit), C * L):
        c, a = (place[part] for place in places)
        rows = np.arange(len(c))
        s = (X[c, a] @ flat.T).reshape(-1, C, L)
        s[:, outside] = -np.inf
        s[rows, c, a] = -np.inf  # a vector itself
        level = np.partition(s.reshape(len(rows), -1), -k, axis=1)[:, -k, None]
        gold = s[rows, c]  # (rows, L)
        s = s.reshape(len(rows), -1)
        (nearer, tied), (right, shared) = (
            ((group > level + TIE).sum(axis=1), (abs(group - level) <= TIE).sum(axis=1))
            for group in (s, gold)
        )
        credit[part] = (right + (k - nearer) * shared / tied) / k
    return credit


def _blocks(length: int, width: int) -> Iterator[slice]:
    """Cut ``length`` rows of ``width`` similarities, so that a block of them stays small."""
    step = max(1, _BLOCK // width)
    return (slice(start, start + step) for start in range(0, length, step))
