"""Contrasts: is a group of concepts, a language, a script or a centroid apart from the rest?

All questions of a kind are one family: a p is adjusted by the maximum over the family, over the
same permutations (`alignment.stats.permutation`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alignment.measure import metrics
from alignment.stats.estimates import MIN_CONCEPTS, Contrast, Interval, Number
from alignment.stats.intervals import difference_interval
from alignment.stats.permutation import (
    PERMUTATIONS,
    Family,
    blocks,
    group_test,
    label_test,
    max_family,
    random_signs,
)

MIN_GROUP = 3  # concepts of a category, and outside it
CENTROID_PERMUTATIONS = 999  # fewer than elsewhere: each costs a product with all vectors
_ROUNDING = 1e-4  # share of a distance by which sums of float32 may err that nearly coincide


@dataclass(frozen=True)
class ScriptContrast:
    """How much farther apart the centroids of languages of different scripts lie.

    No interval: it would have to allow for other languages, which are not a sample of any.

    Attributes:
        difference: mean distance across scripts minus that within, in [−2, 2].
        p: two-sided.
        scripts: of the languages.
    """

    difference: Number
    p: Number
    scripts: list[str]


def of_categories(
    values: np.ndarray, categories: tuple[str, ...], seed: int
) -> dict[str, Contrast]:
    """Compare the mean of each category's values (C,) with that of all others.

    By shuffling the concepts among the categories. Two categories are one question. None is asked
    of fewer than three concepts: two that happen to be alike would seem to have no spread.
    """
    size = Counter(categories)
    names = [name for name, n in size.items() if MIN_GROUP <= n <= len(values) - MIN_GROUP]
    if not names or len(values) < MIN_CONCEPTS:
        return {}
    if len(size) == 2:
        names = names[:1]
    members = np.array([[category == name for name in names] for category in categories])
    family, difference, ends = group_test(values, members, seed=seed)
    return _named(names, difference, ends, family)


def of_languages(
    retrieval: np.ndarray, languages: tuple[str, ...], seed: int
) -> dict[str, Contrast]:
    """Compare the retrieval of each language's pairs with that of the pairs without it.

    Over the concepts that have the language and two others. Where languages do not matter, the
    values of a concept may change places among its languages.

    Args:
        retrieval: (C, L), each text's mean over its partners, NaN where there is no text.
    """
    gaps = metrics.gaps(retrieval)
    compared = np.flatnonzero(np.isfinite(gaps).any(axis=0))
    if len(retrieval) < MIN_CONCEPTS or not len(compared):
        return {}
    gaps = gaps[:, compared]
    return _named(
        [languages[j] for j in compared],
        metrics.mean_present(gaps, axis=0),
        difference_interval(gaps, seed),
        label_test(gaps, seed=seed),
    )


def _named(
    names: list[str], difference: np.ndarray, ends: np.ndarray, family: Family
) -> dict[str, Contrast]:
    columns = zip(difference, ends.T, family.p_adjusted, family.detectable, strict=True)
    return {
        name: Contrast(float(value), Interval(*own), float(p), float(detectable))
        for name, (value, own, p, detectable) in zip(names, columns, strict=True)
    }


def of_scripts(X: np.ndarray, scripts: tuple[str, ...], seed: int) -> ScriptContrast | None:
    """Compare the centroid distances across scripts with those within a script.

    p by shuffling the scripts among the languages, so few languages can show little.

    Returns:
        None where the grid has no two languages of one script, or no two scripts.
    """
    C, L, _ = X.shape
    first, second = np.triu_indices(L, k=1)
    of_language = np.unique(scripts, return_inverse=True)[1].astype(np.int16)
    same = of_language[first] == of_language[second]
    if C < MIN_CONCEPTS or same.all() or not same.any():
        return None
    distances = metrics.centroid_distances(X)[first, second]
    rng = np.random.default_rng(seed)

    def shuffled() -> Iterator[np.ndarray]:
        for rows in blocks(PERMUTATIONS, len(first)):
            order = rng.permuted(np.tile(of_language, (rows.stop - rows.start, 1)), axis=1)
            yield np.abs(_gap(distances, order[:, first] == order[:, second]))[:, None]

    difference = _gap(distances, same[None])
    if not np.isfinite(difference[0]):  # a language's vectors cancel out
        return None
    answers = max_family(np.abs(difference), shuffled())
    return ScriptContrast(float(difference[0]), float(answers.p[0]), list(dict.fromkeys(scripts)))


def _gap(distances: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Return (m,): mean distance (P,) of the pairs that are not ``same`` (m, P), minus that of."""
    within = same @ distances / same.sum(axis=1)
    return (~same) @ distances / (~same).sum(axis=1) - within


def of_centroids(X: np.ndarray, present: np.ndarray, seed: int) -> np.ndarray:
    """Return p (L, L), adjusted for all pairs, that two centroids lie as far apart by chance.

    Where languages do not matter, the texts of a concept may change places. They do so in couples,
    drawn once for each concept, so that one product with random signs moves all centroids: each
    sum is that of the couples' midpoints, plus or minus half of their differences. The diagonal
    is NaN.
    """
    C, L, D = X.shape
    a, b = np.triu_indices(L, k=1)
    total = X.sum(axis=0, dtype=np.float64)
    half = (X - _exchanged(X, present, seed)) / 2
    middle = total - half.sum(axis=0, dtype=np.float64)
    signs = random_signs(CENTROID_PERMUTATIONS, C, seed).astype(np.float32)

    def drawn() -> Iterator[np.ndarray]:
        for rows in blocks(CENTROID_PERMUTATIONS, L * max(D, L)):
            centroids = (signs[rows] @ half.reshape(C, L * D)).reshape(-1, L, D) + middle
            yield np.nan_to_num(metrics.cosine_distances(centroids)[:, a, b])

    # sums of float32: an exchange of all or none comes out a little off what was observed
    observed = np.nan_to_num(metrics.centroid_distances(X)[a, b]) * (1 - _ROUNDING)
    p = np.full((L, L), np.nan)
    if len(a):
        p[a, b] = p[b, a] = max_family(observed, drawn()).p_adjusted
    return p


def _exchanged(X: np.ndarray, present: np.ndarray, seed: int) -> np.ndarray:
    """Return X (C, L, D) with the texts of each concept in couples that have changed places."""
    rng = np.random.default_rng(seed)
    other = np.tile(np.arange(X.shape[1]), (len(X), 1))
    for row, own in zip(other, present, strict=True):
        cells = rng.permutation(np.flatnonzero(own))
        one, two = cells[: len(cells) // 2 * 2].reshape(-1, 2).T
        row[one], row[two] = two, one
    return np.take_along_axis(X, other[:, :, None], axis=1)
