"""Contrasts: is a group of concepts, a language, a script or a centroid apart from the rest?

All questions of a kind are one family: a p is adjusted by the maximum over the family, over the
same permutations (`alignment.stats.permutation`).
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from alignment.measure import metrics
from alignment.measure.arrays import Floats, Ints, Vectors
from alignment.stats.contrast import Contrast, assemble, contrasts
from alignment.stats.estimates import COSINE_DIGITS, MIN_CONCEPTS, Number, number
from alignment.stats.permutation import (
    PERMUTATIONS,
    blocks,
    group_test,
    label_test,
    max_family,
    random_signs,
)

MIN_GROUP = 3  # concepts of a category, and outside it
CENTROID_PERMUTATIONS = 999  # fewer than elsewhere: each costs a product with all vectors
_ROUNDING = 1e-4  # share of a distance by which sums of float32 may err that nearly coincide


class ScriptContrast(Struct, frozen=True):
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
    values: Floats, categories: tuple[str, ...], margin: float, seed: int
) -> dict[str, Contrast]:
    """Compare the mean of each category's values (C,) with that of all others.

    By shuffling the concepts among the categories. Two categories are one question. None is asked
    of fewer than three concepts: two that happen to be equal would seem to have no spread.
    """
    size = Counter(categories)
    names = [name for name, n in size.items() if MIN_GROUP <= n <= len(values) - MIN_GROUP]
    if not names or len(values) < MIN_CONCEPTS:
        return {}
    if len(size) == 2:
        names = names[:1]
    members = np.array([[category == name for name in names] for category in categories])
    family, difference, ends = group_test(values, members, seed=seed)
    judged = assemble(difference, ends, family, margin, COSINE_DIGITS)
    return dict(zip(names, judged, strict=True))


def of_languages(
    retrieval: Floats, languages: tuple[str, ...], margin: float, seed: int
) -> dict[str, Contrast]:
    """Compare the retrieval of each language's pairs with that of the pairs without it.

    Over the concepts that have the language and two others. Where languages do not matter, the
    values of a concept may change places among its languages.

    Args:
        retrieval: (C, L), each text's mean over its partners, NaN where there is no text.
        languages: L codes.
        margin: differences within ± margin do not matter.
        seed: of resampling and of the permutations.
    """
    gaps = metrics.gaps(retrieval)
    compared = np.flatnonzero(np.isfinite(gaps).any(axis=0))
    if len(retrieval) < MIN_CONCEPTS or not len(compared):
        return {}
    judged = contrasts(gaps[:, compared], margin=margin, seed=seed, test=label_test)
    return {languages[j]: contrast for j, contrast in zip(compared, judged, strict=True)}


def of_scripts(X: Vectors, scripts: tuple[str, ...], seed: int) -> ScriptContrast | None:
    """Compare the centroid distances across scripts with those within a script.

    p by shuffling the scripts among the languages, so few languages can show little.

    Returns:
        None where the grid has no two languages of one script, or no two scripts.
    """
    of_language = np.unique(scripts, return_inverse=True)[1]
    size = np.bincount(of_language)
    within = (size * (size - 1)).sum()  # pairs, each in both directions
    across = len(scripts) * (len(scripts) - 1) - within
    distances = metrics.centroid_distances(X)
    if len(X) < MIN_CONCEPTS or not within or not across or not np.isfinite(distances).all():
        return None
    rng = np.random.default_rng(seed)

    def gap(order: Ints) -> Floats:
        """Return (m, 1): mean distance across less mean distance within, of labels (m, L)."""
        one_hot = (order[:, :, None] == np.arange(len(size))).swapaxes(1, 2).astype(float)
        total = np.einsum("msl,msl->m", one_hot @ distances, one_hot)[:, None]
        return (distances.sum() - total) / across - total / within

    shuffled = (
        gap(rng.permuted(np.tile(of_language, (rows.stop - rows.start, 1)), axis=1))
        for rows in blocks(PERMUTATIONS, len(size) * len(scripts))
    )
    difference = gap(of_language[None])[0]
    answers = max_family(np.abs(difference), map(np.abs, shuffled))
    return ScriptContrast(
        number(difference[0], COSINE_DIGITS),
        number(answers.p[0], COSINE_DIGITS),
        list(dict.fromkeys(scripts)),
    )


def of_centroids(X: Vectors, seed: int) -> Floats:
    """Return p (L, L), adjusted for all pairs, that two centroids lie as far apart by chance.

    Where two languages do not matter, a concept's two texts may change places (and so may a text
    and a gap). All pairs share the exchanges; their distances are compared in standard deviations
    of each under exchange. The diagonal is NaN.
    """
    L = X.shape[1]
    a, b = np.triu_indices(L, k=1)
    p = np.full((L, L), np.nan)
    if not len(a):
        return p
    drawn = np.concatenate(list(_exchanged_distances(X, a, b, seed)))
    mean, deviation = drawn.mean(axis=0), np.maximum(drawn.std(axis=0), 1e-6)
    # sums of float32: an exchange of all or none comes out a little off what was observed
    observed = np.nan_to_num(metrics.centroid_distances(X)[a, b]) * (1 - _ROUNDING)
    rows = blocks(CENTROID_PERMUTATIONS, len(a))
    answers = max_family(
        (observed - mean) / deviation, ((drawn[part] - mean) / deviation for part in rows)
    )
    p[a, b] = p[b, a] = answers.p_adjusted
    return p


def _exchanged_distances(X: Vectors, a: Ints, b: Ints, seed: int) -> Iterator[Floats]:
    """Yield blocks (m, P) of 1 − cos of two centroids when concepts change places at random.

    The two sums are their midpoint plus and minus v, half the difference of the languages' signed
    sums; so one product with signs, and two of the sums, serve all pairs.
    """
    C, L, D = X.shape
    total = X.sum(axis=0)
    sums = total @ total.T
    middle = (_diagonal_sums(sums, 1) + 2 * sums)[a, b] / 4
    signs = random_signs(CENTROID_PERMUTATIONS, C, seed).astype(np.float32)
    for rows in blocks(CENTROID_PERMUTATIONS, L * max(D, L)):
        signed = (signs[rows] @ X.reshape(C, L * D)).reshape(-1, L, D)
        own, other = signed @ np.swapaxes(signed, 1, 2), signed @ total.T
        square = (_diagonal_sums(own, 1) - 2 * own)[:, a, b] / 4
        along = (_diagonal_sums(other, -1) + other - np.swapaxes(other, 1, 2))[:, a, b] / 4
        lengths = np.sqrt(np.maximum((middle + square) ** 2 - 4 * along**2, 0))
        yield 1 - np.divide(
            middle - square, lengths, out=np.zeros_like(square), where=lengths > 1e-9
        )


def _diagonal_sums(M: Floats, sign: int) -> Floats:
    """Return (…, L, L): M[a, a] + sign · M[b, b] of matrices M (…, L, L)."""
    diagonal = np.diagonal(M, axis1=-2, axis2=-1)
    return diagonal[..., :, None] + sign * diagonal[..., None, :]
