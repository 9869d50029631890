"""Contrasts: whether a category, a language or a script differs from the rest.

All questions of a kind are one family (`alignment.stats.permutation`).
"""

from collections import Counter

import numpy as np

from alignment.diagnosis.record import ScriptContrast
from alignment.measure import metrics
from alignment.measure.arrays import Floats, Ints, Vectors
from alignment.stats.contrast import Contrast, assemble, contrasts
from alignment.stats.estimates import COSINE_DIGITS, MIN_CONCEPTS, numbers
from alignment.stats.permutation import PERMUTATIONS, blocks, group_test, label_test, max_family

MIN_GROUP = 3  # concepts in a category, and outside it; two equal values would have no variance


def of_categories(
    values: Floats, categories: tuple[str, ...], margin: float, seed: int
) -> dict[str, Contrast]:
    """Compare the mean of each category's values (C,) with that of all other concepts.

    The concepts are shuffled among the categories. Two categories are one question.
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

    Concepts in the language and at least two others count. Under the null hypothesis the values of
    a concept are exchangeable among its languages. ``retrieval`` (C, L) is each text's mean over
    its partners, NaN where there is no text.
    """
    gaps = metrics.gaps(retrieval)
    compared = np.flatnonzero(np.isfinite(gaps).any(axis=0))
    if len(retrieval) < MIN_CONCEPTS or not len(compared):
        return {}
    judged = contrasts(gaps[:, compared], margin=margin, seed=seed, test=label_test)
    return {languages[j]: contrast for j, contrast in zip(compared, judged, strict=True)}


def of_scripts(X: Vectors, scripts: tuple[str, ...], seed: int) -> ScriptContrast | None:
    """Compare the centroid distances across scripts with those within a script.

    The scripts are shuffled among the languages, so power is low for a small number of languages.
    Return None where no two languages share a script, or all do.
    """
    script = np.unique(scripts, return_inverse=True)[1]
    size = np.bincount(script)
    within = (size * (size - 1)).sum()  # pairs, each in both directions
    across = len(scripts) * (len(scripts) - 1) - within
    distances = metrics.centroid_distances(X)
    if len(X) < MIN_CONCEPTS or not within or not across or not np.isfinite(distances).all():
        return None

    def gap(labels: Ints) -> Floats:
        """Return (m, 1): mean distance across less mean distance within, of labels (m, L)."""
        one_hot = (labels[:, :, None] == np.arange(len(size))).swapaxes(1, 2).astype(float)
        total = np.einsum("msl,msl->m", one_hot @ distances, one_hot)[:, None]
        return (distances.sum() - total) / across - total / within

    rng = np.random.default_rng(seed)
    shuffled = (
        gap(rng.permuted(np.tile(script, (rows.stop - rows.start, 1)), axis=1))
        for rows in blocks(PERMUTATIONS, len(size) * len(scripts))
    )
    difference = gap(script[None])[0]
    p = max_family(np.abs(difference), map(np.abs, shuffled)).p
    farther, p = numbers([difference[0], p[0]], COSINE_DIGITS)
    return ScriptContrast(farther, p, list(dict.fromkeys(scripts)))
