"""Metrics: unit vectors in, values per concept out.

X is (C, L, D) float32 with rows of unit length; s is the cosine, here the inner product.
S, the similarities within each concept, is (C, L, L): ``S[c, a, b] = s(x[c, a], x[c, b])``.
Every function gives its values per concept first; means come last. A value that a grid is too
small for is NaN (one language has no pairs, one concept has no others).
"""

import os

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

WEIGHTS = {
    "intra_concept_similarity": 0.3,
    "nearest_neighbor_accuracy": 0.3,
    "cross_lingual_retrieval": 0.4,
}
MISALIGNED_BELOW = 0.5
# Similarities nearer than this are one: float32 products of the same two vectors differ by up to
# about 3e-7 with the order of their sums, so an exact comparison would miss true ties.
TIE = 1e-6
_BLOCK = 1 << 24  # similarities held at once where ties are recounted: 64 MB


def same_concept_similarity(X: np.ndarray) -> np.ndarray:
    """Return S (C, L, L), the cosines between the languages of each concept, in [−1, 1]."""
    return X @ X.transpose(0, 2, 1)


def intra_concept_similarity(S: np.ndarray) -> np.ndarray:
    """Return (C,): the mean cosine over the language pairs of each concept, in [−1, 1].

    A constant encoder reaches 1, so this number alone does not show alignment.
    """
    a, b = np.triu_indices(S.shape[1], k=1)
    return _mean(S[:, a, b].astype(np.float64), axis=1)


def neighbour_credits(X: np.ndarray, S: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Search each language once; return the credits of retrieval and of the k nearest neighbours.

    One exact ``IndexFlatIP`` a target language answers all C·L queries in one batch. Its best hit
    gives retrieval; the hits of all languages, merged, give the nearest neighbours in the whole
    pool. A vector itself is left out by its id.

    Ties share: an answer set T that ties for the maximum earns |T ∩ gold| / |T|; of the k
    nearest, those strictly nearer than the k-th count in full and the remaining places are shared
    by all that tie for it. The place in the index never decides
    (no order among equals is promised: facebookresearch/faiss#1201).

    Args:
        X: (C, L, D) float32, rows of unit length.
        S: (C, L, L), of ``same_concept_similarity``.
        k: neighbours, 1 ≤ k < C·L.

    Returns:
        retrieval (C, L, L): credit of query language a, target language b; NaN where a = b.
        By chance 1/C.
        nearest (C, L): share of the k nearest that carry the concept. By chance (L−1)/(C·L−1).
    """
    C, L, D = X.shape
    queries = X.reshape(C * L, D)
    depth = min(k + 2, C)  # k + 1 others of one language, should all the nearest be of it, and self
    retrieval = np.full((C, L, L), np.nan)
    nearest = np.full((C, L, k + 1), -np.inf, dtype=np.float32)
    for b in range(L):
        target = np.ascontiguousarray(X[:, b])
        index = faiss.IndexFlatIP(D)
        index.add(target)
        found, ids = (array.reshape(C, L, depth) for array in index.search(queries, depth))
        others = np.arange(L) != b
        retrieval[:, others, b] = _best_hit_credit(
            found[:, others], S[:, others, b], X[:, others], target
        )
        found[:, b][ids[:, b] == np.arange(C)[:, None]] = -np.inf  # self
        nearest = -np.sort(-np.concatenate([nearest, found], axis=2), axis=2)[:, :, : k + 1]
    return retrieval, _nearest_credit(nearest, S, queries, k)


def _best_hit_credit(found, gold, queries, target):
    """Credit (C, Q) of the hits ``found`` (C, Q, depth), best first, against ``gold`` (C, Q)."""
    level = found[..., 0] - TIE
    tied = (found >= level[..., None]).sum(axis=-1)
    right = gold >= level
    unsure = right & (tied == found.shape[-1])  # there may be more of them further down
    for rows in _blocks(np.argwhere(unsure), len(target)):
        at = tuple(rows.T)
        tied[at] = (queries[at] @ target.T >= level[at][:, None]).sum(axis=1)
    return right / tied


def _nearest_credit(nearest, S, queries, k):
    """Credit (C, L) of the k + 1 nearest similarities ``nearest`` (C, L, k+1) in the whole pool."""
    C, L, _ = S.shape
    level = nearest[..., k - 1]
    gold = np.where(np.eye(L, dtype=bool), -np.inf, S)
    credit = (gold >= level[..., None] - TIE).sum(axis=-1) / k
    # Where the next neighbour ties with the k-th, the places they compete for are shared.
    for rows in _blocks(np.argwhere(nearest[..., k] >= level - TIE), C * L):
        at = tuple(rows.T)
        bar = level[at][:, None]
        own = np.ravel_multi_index(at, (C, L))
        pool = queries[own] @ queries.T
        pool[np.arange(len(own)), own] = -np.inf
        nearer, tied = (pool > bar + TIE).sum(axis=1), (abs(pool - bar) <= TIE).sum(axis=1)
        sure = (gold[at] > bar + TIE).sum(axis=1)
        shared = (abs(gold[at] - bar) <= TIE).sum(axis=1)
        credit[at] = (sure + (k - nearer) * shared / tied) / k
    return credit


def _blocks(rows: np.ndarray, width: int):
    """Cut ``rows`` so that a block of them, ``width`` similarities each, stays small."""
    step = max(1, _BLOCK // width)
    return (rows[start : start + step] for start in range(0, len(rows), step))


def centroid_distances(X: np.ndarray) -> np.ndarray:
    """Return (L, L): 1 − cos of the mean vectors of two languages, in [0, 2], diagonal 0."""
    centroids = X.mean(axis=0, dtype=np.float64)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    distances = 1 - centroids @ centroids.T
    np.fill_diagonal(distances, 0)
    return distances


def different_concept_similarity(X: np.ndarray, S: np.ndarray) -> np.ndarray:
    """Return (L, L): the mean cosine of two different concepts, one in each language.

    From sums of vectors, Σ_c x[c,a] · Σ_d x[d,b] − Σ_c S[c,a,b], so O(C·D) and not O(C²).
    """
    C = len(X)
    total = X.sum(axis=0, dtype=np.float64)
    return _ratio(total @ total.T - S.sum(axis=0, dtype=np.float64), C * (C - 1))


def discriminability(X: np.ndarray, S: np.ndarray) -> dict[str, float]:
    """Return how far a concept's translations stand out from other concepts' words.

    The gap is that of the same concept in other languages over different concepts of the same
    language, in [−2, 2].
    """
    different = different_concept_similarity(X, S)
    same = float(_mean(intra_concept_similarity(S)))
    same_language = float(np.diagonal(different).mean())
    return {
        "same_concept": same,
        "different_concept_same_language": same_language,
        "different_concept_other_language": between_languages_mean(different),
        "gap": same - same_language,
    }


def lowest_pairs(S: np.ndarray, below: float = -np.inf, at_least: int = 0) -> list[tuple]:
    """Return (c, a, b, s) of the same-concept pairs with s < ``below``, lowest first.

    Where these are fewer than ``at_least``, the next lowest follow. Equal ones stand in grid order.
    """
    first, second = np.triu_indices(S.shape[1], k=1)
    s = S[:, first, second].ravel()
    count = max(int((s < below).sum()), min(at_least, len(s)))
    if not count:
        return []
    lowest = np.sort(np.argpartition(s, count - 1)[:count])
    lowest = lowest[np.argsort(s[lowest], kind="stable")]
    c, pair = np.divmod(lowest, len(first))
    return list(
        zip(
            c.tolist(), first[pair].tolist(), second[pair].tolist(), s[lowest].tolist(), strict=True
        )
    )


def alignment_score(parts: dict[str, float]) -> float:
    """Return the published weighted mean of the three parts, in [−0.3, 1]."""
    return sum(weight * parts[name] for name, weight in WEIGHTS.items())


def between_languages_mean(table: np.ndarray) -> float:
    """Return the mean of a (L, L) table over its pairs of two different languages."""
    return float(_mean(table[~np.eye(len(table), dtype=bool)]))


def _mean(values: np.ndarray, axis=None):
    """Mean that is NaN, without a warning, where there is nothing to average."""
    count = values.size if axis is None else values.shape[axis]
    return _ratio(values.sum(axis=axis), count)


def _ratio(total, count: int):
    return total / count if count else total * np.nan
