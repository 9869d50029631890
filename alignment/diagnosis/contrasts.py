"""Contrasts: is a group of concepts, a language or a script apart from the rest?

All questions of a kind are one family: a p is adjusted by the maximum over the family, over the
same permutations (`alignment.stats.permutation`).
"""

from collections import Counter

import numpy as np

from alignment.diagnosis.record import ScriptContrast
from alignment.measure import metrics
from alignment.measure.arrays import Floats, Ints, Vectors
from alignment.stats.contrast import Contrast, assemble, contrasts
from alignment.stats.estimates import COSINE_DIGITS, MIN_CONCEPTS, number
from alignment.stats.permutation import (
    PERMUTATIONS,
    blocks,
    group_test,
    label_test,
    max_family,
)

MIN_GROUP = 3  # concepts of a category, and outside it


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
