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
COLLAPSED = 1e-6  # a difference of cosines that float32 does not resolve
FOLDS = 5  # each fold of the concepts is centred by the mean of the other four
_BLOCK = 1 << 18  # numbers held at once in float64: 2 MB


class PartnerMeans:
    """Means over a language's partners of values that come one language at a time.

    A value of concept c in languages a and b counts for both of its texts, so that the (C, L, L)
    values of a large grid are never held. ``table`` (L, L) has the means over the concepts.
    """

    def __init__(self, C: int, L: int):
        self._total = np.zeros((C, L))
        self._count = np.zeros((C, L), dtype=np.int32)
        self.table = np.full((L, L), np.nan)

    def add(self, a: int, values: Floats) -> None:
        """Add the values (C, L) of language a with every language, NaN where there is none."""
        present = np.isfinite(values)
        filled = np.where(present, values, 0)
        for total, part in ((self._total, filled), (self._count, present)):
            total += part
            total[:, a] += part.sum(axis=1)
        self.table[a] = mean_present(values, axis=0)

    def means(self) -> Floats:
        """Return (C, L): each text's mean over what was added; NaN where nothing was."""
        return ratio(self._total, self._count)


def centroid_distances(X: Floats) -> Floats:
    """Return (L, L): 1 − cos of the mean vectors of two languages, in [0, 2], diagonal 0.

    NaN for a language whose vectors cancel out: such a mean has no direction. Where texts are
    missing the sum has the direction of the mean, and rows of 0 add nothing to it.
    """
    total = X.sum(axis=0, dtype=np.float64)
    length = np.linalg.norm(total, axis=-1, keepdims=True)
    unit = np.divide(total, length, out=np.full_like(total, np.nan), where=length > 1e-9)
    distances: Floats = 1 - unit @ unit.T
    np.fill_diagonal(distances, 0)
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
    """Return the mean cosines of the same and of different concepts, and the gap, in [−2, 2].

    The gap is the mean for the same concept in other languages minus the mean for different
    concepts in the same language. ``similarity`` (C,) is the intra-concept similarity, and
    ``baseline`` (L, L) the mean cosine of different concepts in two languages.
    """
    same, same_language = float(mean_present(similarity)), float(mean_present(baseline.diagonal()))
    return {
        "same_concept": same,
        "different_concept_same_language": same_language,
        "different_concept_other_language": between_languages_mean(baseline),
        "gap": same - same_language,
    }


def gold_cosines(X: Vectors, present: Bools, stored: Vectors | None = None) -> Floats:
    """Return (C, L, L): the cosines of each concept's texts; NaN on the diagonal and for gaps.

    They are summed in float64, to agree between processors in all digits of the record. ``stored``
    (C, L, D) are the vectors of the second text of a pair, or None for X.
    """
    stored = X if stored is None else stored
    C, L, D = X.shape
    gold = np.empty((C, L, L))
    with threadpool_limits(1):  # the products are too small for threads
        for rows in slices(C, L * max(D, L), _BLOCK):
            texts, others = (vectors[rows].astype(np.float64) for vectors in (X, stored))
            np.matmul(texts, others.swapaxes(1, 2), out=gold[rows])
    gold[~(present[:, :, None] & present[:, None, :])] = np.nan
    gold[:, np.arange(L), np.arange(L)] = np.nan
    return gold


def baselines(X: Vectors, present: Bools, gold: Floats) -> Floats:
    """Return (L, L): the mean cosine of different concepts in two languages, and within one.

    It is computed from the sums of the vectors in O(C·D): their product is the sum over all pairs,
    from which the pairs of the same concept are subtracted (within a language, each vector's 1).
    """
    total = X.sum(axis=0, dtype=np.float64)
    ones = present.astype(np.int64)
    same = np.where(np.eye(len(total), dtype=bool), ones.sum(axis=0), np.nansum(gold, axis=0))
    size = ones.sum(axis=0)
    return ratio(total @ total.T - same, size[:, None] * size - ones.T @ ones)


def calibrated_similarity(similarity: Floats, baseline: Floats) -> Floats:
    """Return (s − b) / (1 − b): 0 for the baseline b, 1 for identical vectors.

    b is the mean cosine of different concepts in the same two languages, which is high where a
    model's vectors lie in a narrow cone (Ethayarajh 2019, D19-1006). The result is 0 where the two
    languages have collapsed onto one vector.
    """
    room = 1 - baseline
    collapsed = room < COLLAPSED
    above = np.where(collapsed, 0 * similarity, similarity - baseline)
    return above / np.where(collapsed, 1, room)


def calibrated_accuracy(accuracy: Floats, chance: ArrayLike, best: ArrayLike = 1) -> Floats:
    """Return (accuracy − chance) / (best − chance): 0 by chance, 1 at best; NaN if they are equal.

    ``best`` is less than 1 when a text has fewer than k translations.
    """
    room = np.subtract(best, chance)
    return np.subtract(accuracy, chance) / np.where(room > 0, room, np.nan)


def centred(X: Vectors, present: Bools, left_out: Bools) -> Vectors:
    """Return X (C, L, D) minus each language's mean, at unit length; rows of absent texts stay 0.

    ``present`` (C, L) says where there is a text; concepts ``left_out`` (C,) do not enter the mean.
    """
    averaged = present & ~left_out[:, None]
    count = np.maximum(averaged.sum(axis=0), 1)[:, None]
    mean = np.einsum("cl,cld->ld", averaged, X, dtype=np.float64) / count
    rows = X - mean.astype(np.float32)
    rows[~present] = 0
    length = np.sqrt(np.einsum("cld,cld->cl", rows, rows))[..., None]
    unit: Vectors = np.divide(rows, length, out=rows, where=length > 1e-7)
    return unit


def is_collapsed(X: Vectors, present: Bools) -> bool:
    """Return whether the cosines to the first text are all 1 within 1e-6."""
    first = X[tuple(np.argwhere(present)[0])]
    return bool((X @ first)[present].min() > 1 - COLLAPSED)


def lowest(values: Floats, below: Floats, at_most: int) -> tuple[list[tuple[int, int]], int]:
    """Find the values (C, P) that are below the bounds (P,) of their columns; never NaN.

    Returns:
        At most ``at_most`` places (c, p), lowest first, equal values in their order; and the number
        of values that are below.
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
    """Return the mean of the values that are not NaN; NaN without any."""
    present = np.isfinite(values)
    count = present.sum(axis=axis)
    return ratio(np.where(present, values, 0).sum(axis=axis, dtype=np.float64), count)


def gaps(retrieval: Floats) -> Floats:
    """Return (C, L): a language's retrieval minus that of the pairs without it, in [−1, 1].

    Retrieval r (C, L) is a mean over n − 1 pairs, so all n(n−1)/2 pairs add up to (n−1)/2 · Σ r,
    and those without the language to (n−1)/2 · (Σ r − 2 r). NaN for fewer than three languages.
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
    """Return total / count; NaN where the count is 0."""
    quotient: Floats = np.full(np.shape(total), np.nan)
    np.divide(total, count, out=quotient, where=np.asarray(count) > 0)
    return quotient
