"""Neighbours: exact FAISS searches over the unit vectors, and the credit each query earns.

X is (C, L, D) float32 with rows of unit length; S (C, L, L) holds the similarities within each
concept (`metrics.same_concept_similarity`). A vector is left out of its own neighbours by its id.

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

# Similarities nearer than this are one: float32 products of the same two vectors differ by up to
# about 3e-7 with the order of their sums, so an exact comparison would miss true ties.
TIE = 1e-6
_BLOCK = 1 << 24  # similarities held at once where ties are recounted: 64 MB


@dataclass(frozen=True)
class Neighbours:
    """What the searches found, as credits in [0, 1] of each query.

    Attributes:
        retrieval: (C, L, L), of query language a among the vectors of target language b; NaN
            where a = b. By chance 1/C.
        nearest: (C, L), share of the k nearest of the whole pool that carry the concept. By
            chance (L−1)/(C·L−1).
        mixed: (C, L), whether the very nearest of the whole pool carries the concept.
        own_language: (C, L), share of that very nearest that is another concept's word of the
            query's own language.
        retrieved: (C, L), how often a vector was the answer to a query of another language.
        level: (C, L), similarity of the k-th nearest of the whole pool.
        density: (C, L, L), mean similarity to the min(10, C // 3) nearest of each language;
            meaningless where a = b, NaN where C < 3.
    """

    retrieval: np.ndarray
    nearest: np.ndarray
    mixed: np.ndarray
    own_language: np.ndarray
    retrieved: np.ndarray
    level: np.ndarray
    density: np.ndarray


def search(X: np.ndarray, S: np.ndarray, k: int) -> Neighbours:
    """Search each language once, with one index and one batch of all C·L queries.

    The best hits in each language give retrieval; the hits of all languages, merged, give the
    nearest neighbours in the whole pool.

    Args:
        X: (C, L, D); S: (C, L, L).
        k: neighbours; NaN comes out where the pool has fewer, or a concept has no translations.
    """
    C, L, D = X.shape
    enough = L > 1 and k < C * L
    k = min(k, C * L - 1)
    queries = X.reshape(C * L, D)
    around = min(10, C // 3)
    # k + 1 others of one language, should all the nearest be of it, and the vector itself
    depth = min(max(k + 2, around), C)
    level = np.empty((C, L, L), dtype=np.float32)
    tied, right = np.empty((2, C, L, L))
    nearest = np.full((C, L, k + 1), -np.inf, dtype=np.float32)
    retrieved = np.empty((C, L))
    density = np.full((C, L, L), np.nan, dtype=np.float32)
    for b in range(L):
        target = np.ascontiguousarray(X[:, b])
        index = faiss.IndexFlatIP(D)
        index.add(target)
        found, ids = (array.reshape(C, L, depth) for array in index.search(queries, depth))
        if around:
            density[..., b] = found[..., :around].mean(axis=2)
        found[:, b][ids[:, b] == np.arange(C)[:, None]] = -np.inf  # a vector itself
        level[..., b], tied[..., b] = _best_hits(found, X, target, b)
        right[..., b] = S[..., b] >= level[..., b] - TIE
        retrieved[:, b] = _times_retrieved(found, ids, X, target, b)
        nearest = -np.sort(-np.concatenate([nearest, found], axis=2), axis=2)[..., : k + 1]
    own = np.eye(L, dtype=bool)
    right[:, own] = 0
    at_top = level >= level.max(axis=2, keepdims=True) - TIE
    candidates = (tied * at_top).sum(axis=2)
    return Neighbours(
        retrieval=np.where(own, np.nan, right / tied),
        nearest=_nearest_credit(nearest, S, X, k) if enough else np.full((C, L), np.nan),
        mixed=(right * at_top).sum(axis=2) / candidates if L > 1 else np.full((C, L), np.nan),
        own_language=(tied * at_top)[:, own] / candidates,
        retrieved=retrieved,
        level=nearest[..., k - 1],
        density=density,
    )


def nearest_without(near: Neighbours, X: np.ndarray, k: int, left_out: np.ndarray) -> np.ndarray:
    """Return the credit (C, L) of the k nearest in a pool without some vectors.

    Only queries that had such a vector within reach are searched again.

    Args:
        left_out: (C, L) of bool; as queries they get NaN, and so do all where fewer than k others
            stay in the pool.
    """
    C, L, D = X.shape
    if k >= left_out.size - left_out.sum():
        return np.full((C, L), np.nan)
    credit = near.nearest.copy()
    if left_out.any():
        reached = _within_reach(X.reshape(C * L, D), X[left_out], near.level.ravel() - TIE)
        credit = _recount(credit, reached.reshape(C, L) & ~left_out, X, k, ~left_out)
    return np.where(left_out, np.nan, credit)


def _within_reach(queries, vectors, level):
    """Return (Q,) of bool: has the query one of the vectors at its level, or nearer?"""
    reached = np.zeros(len(queries), dtype=bool)
    step = max(1, _BLOCK // len(vectors))
    for start in range(0, len(queries), step):
        rows = slice(start, start + step)
        reached[rows] = (queries[rows] @ vectors.T).max(axis=1) >= level[rows]
    return reached


def _best_hits(found, X, target, b):
    """Return the best similarity (C, L) of the hits in language b, and how many have it."""
    level = found.max(axis=2)
    tied = (found >= level[..., None] - TIE).sum(axis=2)
    for at in _blocks(_all_tie(found, len(target)), len(target)):
        hits = X[at] @ target.T >= level[at][:, None] - TIE
        tied[at] = hits.sum(axis=1) - (at[1] == b)
    return level, tied


def _times_retrieved(found, ids, X, target, b):
    """Count (C,) how often each vector of language b is the best hit; equal hits share the one."""
    level = found.max(axis=2, keepdims=True)
    hits = found >= level - TIE
    deeper = _all_tie(found, len(target))
    hits[:, b] = False
    deeper[:, b] = False
    share = hits / np.maximum(1, hits.sum(axis=2, keepdims=True))
    share[deeper] = 0
    retrieved = np.bincount(ids.ravel(), weights=share.ravel(), minlength=len(target))
    for at in _blocks(deeper, len(target)):
        hits = X[at] @ target.T >= level[at] - TIE
        retrieved += (hits / hits.sum(axis=1, keepdims=True)).sum(axis=0)
    return retrieved


def _all_tie(found, C):
    """Return (C, L) of bool: do all hits tie, so that there may be more of them further down?"""
    level = found.max(axis=2, keepdims=True)
    tie = (found >= level - TIE) | np.isneginf(found)
    return tie.all(axis=2) & (found.shape[2] < C)


def _nearest_credit(nearest, S, X, k):
    """Credit (C, L) of the k + 1 nearest similarities ``nearest`` (C, L, k+1) in the whole pool."""
    level = nearest[..., k - 1]
    gold = np.where(np.eye(S.shape[1], dtype=bool), -np.inf, S)
    credit = (gold >= level[..., None] - TIE).sum(axis=2) / k
    # Where the next neighbour ties with the k-th, they compete for the places left.
    return _recount(credit, nearest[..., k] >= level - TIE, X, k)


def _recount(credit, where, X, k, pool=True):
    """Set ``credit`` (C, L), where asked, to that of the k nearest of ``pool`` (C, L) of bool."""
    C, L, D = X.shape
    flat = X.reshape(C * L, D)
    for at in _blocks(where, C * L):
        rows = np.arange(len(at[0]))
        s = (X[at] @ flat.T).reshape(-1, C, L)
        s[:, ~np.broadcast_to(pool, (C, L))] = -np.inf
        s[rows, at[0], at[1]] = -np.inf  # a vector itself
        level = np.partition(s.reshape(len(rows), -1), -k, axis=1)[:, -k, None]
        gold = s[rows, at[0]]  # (rows, L)
        s = s.reshape(len(rows), -1)
        (nearer, tied), (right, shared) = (
            ((group > level + TIE).sum(axis=1), (abs(group - level) <= TIE).sum(axis=1))
            for group in (s, gold)
        )
        credit[at] = (right + (k - nearer) * shared / tied) / k
    return credit


def _blocks(where: np.ndarray, width: int) -> Iterator[tuple[np.ndarray, ...]]:
    """Cut the places that are True, so that a block of ``width`` similarities each stays small."""
    places = np.argwhere(where)
    step = max(1, _BLOCK // width)
    return (tuple(places[start : start + step].T) for start in range(0, len(places), step))
