"""Contrasts: is one group of concepts, or one language, different from the rest, and how sure?

Each gives a difference, its 95 % interval over the concepts, a p adjusted for the number of
questions of its kind (Holm), and how many such concepts would show a difference of this size.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from alignment.grids import ConceptGrid
from alignment.measure import metrics
from alignment.stats import intervals
from alignment.stats.estimates import Contrast, Interval, Number

CENTROID_PERMUTATIONS = 999  # fewer than elsewhere: each costs a product with all vectors
_ROUNDING = 1e-4  # share of a distance by which sums of float32 may err that nearly coincide


@dataclass(frozen=True)
class ScriptContrast:
    """How much farther apart the centroids of languages of different scripts lie.

    Attributes:
        difference: mean distance across scripts minus that within, in [−2, 2].
        interval: of the difference, over concepts.
        p: two-sided.
        scripts: of the languages.
    """

    difference: Number
    interval: Interval
    p: Number
    scripts: list[str]


def of_categories(
    values: np.ndarray, categories: tuple[str, ...], seed: int
) -> dict[str, Contrast]:
    """Compare the mean of each category's values (C,) with that of all others.

    p by shuffling the concepts among the categories; the interval is as wide as chance moves the
    difference. Two categories are one question.
    """
    names = list(dict.fromkeys(categories))
    C = len(values)
    if len(names) < 2 or C < intervals.FEWEST:
        return {}
    if len(names) == 2:
        names = names[:1]
    members = np.array([[category == name for name in names] for category in categories])
    difference, p, drawn = intervals.group_test(values, members, seed=seed)
    reach = np.percentile(np.abs(drawn), 100 * intervals.CONFIDENCE, axis=0)
    ends = np.stack([difference - reach, difference + reach], axis=1)
    return _named(names, difference, ends, p, drawn.std(axis=0), np.full(len(names), C))


def of_languages(retrieval: np.ndarray, grid: ConceptGrid, seed: int) -> dict[str, Contrast]:
    """Compare the retrieval of each language's pairs with that of the pairs without it.

    Paired over the concepts that have the language and two others: p by flipping the signs of
    their differences.

    Args:
        retrieval: (C, L), each text's mean over its partners, NaN where there is no text.
    """
    C, L = retrieval.shape
    if L < 3 or C < intervals.FEWEST:
        return {}
    difference = metrics.gaps(retrieval)
    compared = np.flatnonzero(np.isfinite(difference).any(axis=0))
    difference = difference[:, compared]
    languages = [grid.languages[j] for j in compared]
    return _named(
        languages,
        metrics.mean_present(difference, axis=0),
        intervals.bootstrap_interval(difference, seed=seed).T,
        intervals.sign_flip_test(np.nan_to_num(difference), seed=seed),
        intervals.standard_error(difference),
        np.isfinite(difference).sum(axis=0),
    )


def of_scripts(X: np.ndarray, scripts: tuple[str, ...], seed: int) -> ScriptContrast | None:
    """Compare the centroid distances across scripts with those within a script.

    p by shuffling the scripts among the languages, so few languages can show little.

    Returns:
        None where the grid has no two languages of one script, or no two scripts.
    """
    C, L, D = X.shape
    first, second = np.triu_indices(L, k=1)
    of_language = np.unique(scripts, return_inverse=True)[1].astype(np.int16)
    same = of_language[first] == of_language[second]
    if C < intervals.FEWEST or same.all() or not same.any():
        return None

    def gaps(values, weights):
        centroids = (weights.astype(np.float32) @ values).reshape(-1, L, D)
        distances = metrics.cosine_distances(centroids)[:, first, second]
        across, within = (metrics.mean_present(distances[:, at], axis=1) for at in (~same, same))
        return (across - within)[:, None]

    distances = metrics.centroid_distances(X)[first, second]
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(np.arange(L), (intervals.PERMUTATIONS, 1)), axis=1)
    shuffled = of_language[orders]
    drawn = _gap(distances, shuffled[:, first] == shuffled[:, second])
    difference = _gap(distances, same[None])[0]
    if not np.isfinite(difference):  # a language's vectors cancel out
        return None
    return ScriptContrast(
        difference=difference,
        interval=Interval(*intervals.bootstrap_interval(X.reshape(C, -1), gaps, seed=seed)[:, 0]),
        p=float(intervals.permutation_p(np.abs(drawn), abs(difference))),
        scripts=list(dict.fromkeys(scripts)),
    )


def of_centroids(X: np.ndarray, present: np.ndarray, seed: int) -> np.ndarray:
    """Return p (L, L) that two languages' centroids lie as far apart where they do not matter.

    Under the null the two vectors of a concept that both have may change places between the
    languages of a pair. The diagonal is NaN.
    """
    C, L, D = X.shape
    total = X.sum(axis=0, dtype=np.float64)
    signs = intervals.random_signs(CENTROID_PERMUTATIONS, C, seed).astype(np.float32)
    # one product serves all pairs: signed sums of differences are differences of signed sums
    signed = (signs @ X.reshape(C, L * D)).reshape(-1, L, D)
    p = np.full((L, L), np.nan)
    for a, b in combinations(range(L), 2):
        # Both sums are their midpoint plus and minus v; an exchange only changes v.
        middle = (total[a] + total[b]) / 2
        observed = _distance_around(middle, (total[a] - total[b])[None] / 2)
        v = signed[:, a] - signed[:, b]
        for language, other, sign in ((a, b, 1), (b, a, -1)):
            alone = present[:, language] & ~present[:, other]
            if alone.any():  # nothing to change places with
                v += sign * (1 - signs[:, alone]) @ X[alone, language]
        # sums of float32: an exchange of all or none comes out a little off what was observed
        observed = observed * (1 - _ROUNDING)
        p[a, b] = p[b, a] = intervals.permutation_p(_distance_around(middle, v / 2), observed)
    return p


def _distance_around(middle, v):
    """Return (m,): 1 − cos between ``middle`` (D,) + v and ``middle`` − v, for v (m, D)."""
    square = np.einsum("md,md->m", v, v, dtype=np.float64)
    along = (v @ middle).astype(np.float64)
    length = middle @ middle
    lengths = np.sqrt(np.maximum((length + square) ** 2 - 4 * along**2, 0))
    cosine = np.divide(length - square, lengths, out=np.zeros_like(square), where=lengths > 0)
    return 1 - cosine


def _gap(distances, same):
    """Return (m,): mean distance (P,) of the pairs that are not ``same`` (m, P), minus that of."""
    within = same @ distances / same.sum(axis=1)
    return (~same) @ distances / (~same).sum(axis=1) - within


def _named(names, difference, ends, p, error, counts) -> dict[str, Contrast]:
    adjusted = intervals.holm(p)
    return {
        name: Contrast(
            float(difference[i]),
            Interval(*ends[i]),
            float(adjusted[i]),
            intervals.concepts_needed(difference[i], error[i], int(counts[i]), len(p)),
        )
        for i, name in enumerate(names)
    }
