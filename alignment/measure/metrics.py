"""Metrics: unit vectors in, values per concept out.

X is (C, L, D) float32 with rows of unit length; s is the cosine, here the inner product.
``present`` (C, L) of bool says where the grid has a text; elsewhere the row of X is 0.
Every function gives its values per concept first; means come last. A value that a grid is too
small for is NaN (one language has no pairs, one concept has no others), and so is one of a text
that is not there.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from alignment.measure.arrays import Bools, Floats, Vectors, slices

WEIGHTS = {
    "intra_concept_similarity": 0.3,
    "nearest_neighbor_accuracy": 0.3,
    "cross_lingual_retrieval": 0.4,
}
COLLAPSED = 1e-6  # of 1 − s: what float32 cannot tell from the same vector
_BLOCK = 1 << 18  # numbers held at once in float64: 2 MB


class PartnerMeans:
    """Means over a language's partners of values that come one language at a time.

    A value of concept c in languages a and b counts for both of its texts, so that the (C, L, L)
    values of a large grid are never held.

    Attributes:
        table: (L, L), mean over the concepts by language and partner.
    """

    def __init__(self, C: int, L: int):
        self._total = np.zeros((C, L))
        self._count = np.zeros((C, L), dtype=np.int32)
        self.table = np.full((L, L), np.nan)

    def add(self, a: int, values: Floats) -> None:
        """Add the values (C, L) of language a with every language, NaN where there is none."""
        present = np.isfinite(values)
        filled = np.where(present, values, 0)
        for whole, part in ((self._total, filled), (self._count, present)):
            whole += part
            whole[:, a] += part.sum(axis=1)
        self.table[a] = mean_present(values, axis=0)

    def means(self) -> Floats:
        """Return (C, L): each text's mean over what was added; NaN where nothing was."""
        return ratio(self._total, self._count)


def centroid_distances(X: Floats) -> Floats:
    """Return (L, L): 1 − cos of the mean vectors of two languages, in [0, 2], diagonal 0.

    NaN for a language whose vectors cancel out: such a mean has no direction. Where texts are
    missing the sum has the direction of the mean, and rows of 0 add nothing to it.
    """
    distances = cosine_distances(X.sum(axis=0, dtype=np.float64))
    np.fill_diagonal(distances, 0)
    return distances


def cosine_distances(vectors: Floats) -> Floats:
    """Return (…, L, L): 1 − cos of every two of the vectors (…, L, D); NaN for one of length 0."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit = np.divide(vectors, length, out=np.full_like(vectors, np.nan), where=length > 1e-9)
    distances: Floats = 1 - unit @ np.swapaxes(unit, -1, -2)
    return distances


def separation(X: Vectors, present: Bools, similarity: Floats) -> Floats:
    """Return (C, L): a text's mean cosine to its translations minus that to other concepts.

    ``similarity`` (C, L) is the first; the other concepts' texts are in the text's language. The
    result lies in [−2, 2]; its mean is the published gap where the grid has no gaps.
    """
    total = X.sum(axis=0, dtype=np.float64)
    others = present.sum(axis=0) - 1
    return similarity - ratio(np.einsum("cld,ld->cl", X, total) - 1, others)


def discriminability(similarity: Floats, baseline: Floats) -> dict[str, float]:
    """Return how far a concept's translations stand out from other concepts' words.

    The gap is that of the same concept in other languages over different concepts of the same
    language, in [−2, 2].

    Args:
        similarity: (C,), intra-concept similarity.
        baseline: (L, L), mean cosine of different concepts in two languages.
    """
    same, same_language = float(mean_present(similarity)), float(mean_present(baseline.diagonal()))
    return {
        "same_concept": same,
        "different_concept_same_language": same_language,
        "different_concept_other_language": between_languages_mean(baseline),
        "gap": same - same_language,
    }


def gold_cosines(X: Vectors, present: Bools, stored: Vectors | None = None) -> Floats:
    """Return (C, L, L): the cosines of each concept's texts; NaN of itself, and where one lacks.

    Summed in float64, so that they are the same on every processor to more digits than are told.

    ``stored`` (C, L, D) are the vectors of the second of two texts; None: as the first.
    """
    stored = X if stored is None else stored
    C, L, D = X.shape
    gold = np.empty((C, L, L))
    with threadpool_limits(1):  # so little that threads would only cost
        for rows in slices(C, L * max(D, L), _BLOCK):
            texts, others = (vectors[rows].astype(np.float64) for vectors in (X, stored))
            np.matmul(texts, others.swapaxes(1, 2), out=gold[rows])
    gold[~(present[:, :, None] & present[:, None, :])] = np.nan
    gold[:, np.arange(L), np.arange(L)] = np.nan
    return gold


def baselines(X: Vectors, present: Bools, gold: Floats) -> Floats:
    """Return (L, L): the mean cosine of different concepts in two languages, and within one.

    From the sums of the vectors, so O(C·D) and not O(C²): of two languages' sums the product is
    that of all pairs, less those of the same concept; of itself, each vector's is 1.
    """
    total = X.sum(axis=0, dtype=np.float64)
    there = present.astype(np.int64)
    same = np.where(np.eye(len(total), dtype=bool), there.sum(axis=0), np.nansum(gold, axis=0))
    size = there.sum(axis=0)
    return ratio(total @ total.T - same, size[:, None] * size - there.T @ there)


def calibrated_similarity(similarity: Floats, baseline: Floats) -> Floats:
    """Return (s − b) / (1 − b), how far the cosines of two languages are from chance to identity.

    b is the mean cosine of different concepts in the same two languages, so that 0 is an
    unrelated word and 1 the same vector, whatever cone the model's vectors lie in
    (Ethayarajh 2019, D19-1006). 0 where the two languages have collapsed onto one vector.
    """
    room = 1 - baseline
    collapsed = room < COLLAPSED  # nothing to tell apart
    above = np.where(collapsed, 0 * similarity, similarity - baseline)
    return above / np.where(collapsed, 1, room)


def calibrated_accuracy(accuracy: Floats, chance: ArrayLike, best: ArrayLike = 1) -> Floats:
    """Return (accuracy − chance) / (best − chance): 0 by chance, 1 at best; NaN if they are one.

    ``best`` is less than 1 for k nearest neighbours of which no k can be translations.
    """
    room = np.subtract(best, chance)
    return np.subtract(accuracy, chance) / np.where(room > 0, room, np.nan)


def is_collapsed(X: Vectors, present: Bools) -> bool:
    """Return whether all texts have one vector, as far as max 1 − s < 1e-6 can tell."""
    first = X[tuple(np.argwhere(present)[0])]
    return bool((X @ first)[present].min() > 1 - COLLAPSED)


def lowest(values: Floats, below: Floats, at_most: int) -> tuple[list[tuple[int, int]], int]:
    """Find the values (C, P) that are below the bounds (P,) of their columns; never NaN.

    Returns:
        The places (c, p), ``at_most`` so many, lowest first, equal values in their order; and how
        many values are below.
    """
    is_below = values < below
    count = int(is_below.sum())
    if count > at_most:
        last = np.partition(values[is_below], at_most - 1)[at_most - 1]
        is_below &= values <= last
    places = np.argwhere(is_below)
    order = np.argsort(values[is_below], kind="stable")[:at_most]
    return [(c, p) for c, p in places[order].tolist()], count


def alignment_score(parts: Mapping[str, Any]) -> Any:
    """Return the published weighted mean of the three parts, numbers or arrays, in [−0.3, 1]."""
    return sum(weight * parts[name] for name, weight in WEIGHTS.items())


def mean_present(values: Floats, axis: int | None = None) -> Floats:
    """Return the mean of what is not NaN; NaN where nothing is."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    return ratio(np.where(present, values, 0).sum(axis=axis, dtype=np.float64), count)


def gaps(retrieval: Floats) -> Floats:
    """Return (C, L): a language's retrieval minus that of the pairs without it, in [−1, 1].

    From retrieval (C, L), each the mean over n − 1 pairs: the n(n−1)/2 pairs sum up to
    (n−1)/2 · Σ, those without the language to (n−1)/2 · (Σ − 2 · own). NaN for fewer than three.
    """
    count = np.isfinite(retrieval).sum(axis=1, keepdims=True)
    total = np.nansum(retrieval, axis=1, keepdims=True)
    others = np.where(count > 2, (total - 2 * retrieval) / np.maximum(count - 2, 1), np.nan)
    return retrieval - others


def mean_of_concepts(V: Floats) -> float:
    """Return the mean over the concepts of their means over the languages, of V (C, L)."""
    return float(mean_present(mean_present(V, axis=1)))


def between_languages_mean(table: Floats) -> float:
    """Return the mean of a (L, L) table over its pairs of two different languages."""
    return float(mean_present(table[~np.eye(len(table), dtype=bool)]))


def ratio(total: ArrayLike, count: ArrayLike) -> Floats:
    """Return total / count; NaN where there is nothing to count."""
    quotient: Floats = np.full(np.shape(total), np.nan)
    np.divide(total, count, out=quotient, where=np.asarray(count) > 0)
    return quotient
