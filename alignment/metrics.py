"""Metrics: unit vectors in, values per concept out.

X is (C, L, D) float32 with rows of unit length; s is the cosine, here the inner product.
S, the similarities within each concept, is (C, L, L): ``S[c, a, b] = s(x[c, a], x[c, b])``.
Every function gives its values per concept first; means come last. A value that a grid is too
small for is NaN (one language has no pairs, one concept has no others).
"""

from itertools import combinations

import numpy as np

WEIGHTS = {
    "intra_concept_similarity": 0.3,
    "nearest_neighbor_accuracy": 0.3,
    "cross_lingual_retrieval": 0.4,
}
MISALIGNED_BELOW = 0.5


def same_concept_similarity(X: np.ndarray) -> np.ndarray:
    """Return S (C, L, L), the cosines between the languages of each concept, in [−1, 1]."""
    return X @ X.transpose(0, 2, 1)


def intra_concept_similarity(S: np.ndarray) -> np.ndarray:
    """Return (C,): the mean cosine over the language pairs of each concept, in [−1, 1].

    A constant encoder reaches 1, so this number alone does not show alignment.
    """
    a, b = np.triu_indices(S.shape[1], k=1)
    return _mean(S[:, a, b].astype(np.float64), axis=1)


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


def separation(X: np.ndarray, S: np.ndarray) -> np.ndarray:
    """Return (C, L): a concept's mean cosine to its translations minus that to other concepts.

    The others are the words of its own language; in [−2, 2]. The mean is the published gap.
    """
    C = len(X)
    total = X.sum(axis=0, dtype=np.float64)
    own = np.einsum("cll->cl", S).astype(np.float64)
    others = _ratio(np.einsum("cld,ld->cl", X, total) - own, C - 1)
    return over_partners(S) - others


def discriminability(S: np.ndarray, baseline: np.ndarray) -> dict[str, float]:
    """Return how far a concept's translations stand out from other concepts' words.

    The gap is that of the same concept in other languages over different concepts of the same
    language, in [−2, 2]. ``baseline`` is that of ``different_concept_similarity``.
    """
    same = float(_mean(intra_concept_similarity(S)))
    same_language = float(baseline.diagonal().mean())
    return {
        "same_concept": same,
        "different_concept_same_language": same_language,
        "different_concept_other_language": between_languages_mean(baseline),
        "gap": same - same_language,
    }


def calibrated_similarity(S: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """Return (C, L, L): (s − b) / (1 − b), how far a pair is from chance to identity.

    b (L, L) is the mean cosine of different concepts in the same two languages, so that 0 is an
    unrelated word and 1 the same vector, whatever cone the model's vectors lie in
    (Ethayarajh 2019, D19-1006).
    """
    return (S - baseline) / (1 - baseline)


def calibrated_accuracy(accuracy: np.ndarray, chance: float) -> np.ndarray:
    """Return (accuracy − chance) / (1 − chance): 0 by chance, 1 at best; NaN if chance is 1."""
    return (accuracy - chance) / (1 - chance) if chance < 1 else accuracy * np.nan


def is_collapsed(X: np.ndarray) -> bool:
    """Return whether all texts have one vector, as far as 1 − s < 1e-6 can tell."""
    return bool((X @ X[0, 0]).min() > 1 - 1e-6)


def centroid_p(X: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Return (L, L): how often centroids are as far apart when their languages do not matter.

    Under the null a concept's two vectors may change places between the languages of a pair.
    p = (b + 1) / (m + 1) over m such exchanges, given as ``signs`` (m, C) of −1 and 1.
    The diagonal is NaN.
    """
    C, L, _ = X.shape
    centroids = X.mean(axis=0, dtype=np.float64)
    signs = signs.astype(np.float32)
    p = np.full((L, L), np.nan)
    for a, b in combinations(range(L), 2):
        # Both centroids are their midpoint plus and minus v; an exchange only changes v.
        middle = (centroids[a] + centroids[b]) / 2
        v = signs @ (X[:, a] - X[:, b]) / (2 * C)
        observed = _centroid_cosine(middle, (centroids[a] - centroids[b])[None] / 2)
        reached = _centroid_cosine(middle, v) <= observed + 1e-9
        p[a, b] = p[b, a] = (reached.sum() + 1) / (len(signs) + 1)
    return p


def _centroid_cosine(middle, v):
    """Return (m,): the cosines between ``middle`` (D,) + v and ``middle`` − v, for v (m, D)."""
    square = np.einsum("md,md->m", v, v, dtype=np.float64)
    along = (v @ middle).astype(np.float64)
    length = middle @ middle
    return (length - square) / np.sqrt((length + square) ** 2 - 4 * along**2)


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


def over_partners(V: np.ndarray) -> np.ndarray:
    """Return (C, L): the mean of V (C, L, L) over a language's pairs, as query and as target.

    NaN cells are left out, and so is the diagonal.
    """
    both = (V + V.transpose(0, 2, 1)) / 2
    both = np.where(np.eye(V.shape[1], dtype=bool), np.nan, both)
    return mean_present(both.astype(np.float64), axis=2)


def mean_present(values: np.ndarray, axis=None) -> np.ndarray:
    """Return the mean of what is not NaN; NaN where nothing is."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    total = np.where(present, values, 0).sum(axis=axis)
    return np.divide(total, count, out=np.full(np.shape(total), np.nan), where=count > 0)


def between_languages_mean(table: np.ndarray) -> float:
    """Return the mean of a (L, L) table over its pairs of two different languages."""
    return float(_mean(table[~np.eye(len(table), dtype=bool)]))


def _mean(values: np.ndarray, axis=None):
    """Mean that is NaN, without a warning, where there is nothing to average."""
    count = values.size if axis is None else values.shape[axis]
    return _ratio(values.sum(axis=axis), count)


def _ratio(total, count: int):
    return total / count if count else total * np.nan
