"""Metrics: unit vectors in, values per concept out.

X is (C, L, D) float32 with rows of unit length; s is the cosine, here the inner product.
S, the similarities within each concept, is (C, L, L): ``S[c, a, b] = s(x[c, a], x[c, b])``.
Every function gives its values per concept first; means come last. A value that a grid is too
small for is NaN (one language has no pairs, one concept has no others).
"""

import numpy as np

WEIGHTS = {
    "intra_concept_similarity": 0.3,
    "nearest_neighbor_accuracy": 0.3,
    "cross_lingual_retrieval": 0.4,
}
COLLAPSED = 1e-6  # of 1 − s: what float32 cannot tell from the same vector


def same_concept_similarity(X: np.ndarray) -> np.ndarray:
    """Return S (C, L, L), the cosines between the languages of each concept, in [−1, 1]."""
    return X @ X.transpose(0, 2, 1)


def intra_concept_similarity(S: np.ndarray) -> np.ndarray:
    """Return (C,): the mean cosine over the language pairs of each concept, in [−1, 1].

    A constant encoder reaches 1, so this number alone does not show alignment.
    """
    a, b = np.triu_indices(S.shape[1], k=1)
    return mean_present(S[:, a, b].astype(np.float64), axis=1)


def centroid_distances(X: np.ndarray) -> np.ndarray:
    """Return (L, L): 1 − cos of the mean vectors of two languages, in [0, 2], diagonal 0.

    NaN for a language whose vectors cancel out: such a mean has no direction.
    """
    distances = cosine_distances(X.mean(axis=0, dtype=np.float64))
    np.fill_diagonal(distances, 0)
    return distances


def cosine_distances(vectors: np.ndarray) -> np.ndarray:
    """Return (…, L, L): 1 − cos of every two of the vectors (…, L, D); NaN for one of length 0."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = np.divide(vectors, length, out=np.full_like(vectors, np.nan), where=length > 1e-9)
    return 1 - unit @ np.swapaxes(unit, -1, -2)


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
    same = float(mean_present(intra_concept_similarity(S)))
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
    (Ethayarajh 2019, D19-1006). 0 where the two languages have collapsed onto one vector.
    """
    room = 1 - baseline
    collapsed = room < COLLAPSED  # the two languages have one vector: nothing to tell apart
    return np.where(collapsed, 0, (S - baseline) / np.where(collapsed, 1, room))


def calibrated_accuracy(accuracy: np.ndarray, chance: float, best: float = 1) -> np.ndarray:
    """Return (accuracy − chance) / (best − chance): 0 by chance, 1 at best; NaN if they are one.

    ``best`` is less than 1 for k nearest neighbours of which no k can be translations.
    """
    return (accuracy - chance) / (best - chance) if best > chance else accuracy * np.nan


def is_collapsed(X: np.ndarray) -> bool:
    """Return whether all texts have one vector, as far as max 1 − s < 1e-6 can tell."""
    return bool((X @ X[0, 0]).min() > 1 - COLLAPSED)


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
    return float(mean_present(table[~np.eye(len(table), dtype=bool)]))


def _ratio(total, count: int):
    return total / count if count else total * np.nan
