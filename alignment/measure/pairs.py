"""Language pairs: metrics of the similarities between the texts of two languages.

The pairs of a language with later ones are measured together, in groups that stay small;
`alignment.measure.rivals` counts the candidates that outrank the gold or tie with it.
"""

from dataclasses import dataclass

import numpy as np

from alignment.engines import share_out, track
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import PartnerMeans, baselines, calibrated_similarity, mean_present
from alignment.measure.rivals import BLOCK, ROWS, Group, NegativeCosines, RankCounter

SMALL_POOL = 10
_BY_TEXT = ("reciprocal_rank", "csls", "among_10", "mutual", "auroc", "distinct_retrieval")


@dataclass(frozen=True)
class LanguagePairs:
    """Means over a text's partners, and values of language pairs; NaN where there are none."""

    similarity: Floats  # (C, L), cosine to the translations
    calibrated_similarity: Floats  # (C, L), cosines rescaled: 0 is the pair's baseline, 1 identity
    distinct_similarity: Floats  # (C, L), cosine to the translations that are not identical
    reciprocal_rank: Floats  # (C, L), 1 / (mid-)rank of the translation; its mean is the MRR
    # (C, L), retrieval credit by 2 s(x, y) − r_b(x) − r_a(y), which discounts hubs: r is the mean
    # similarity to the nearest min(10, C_a // 3) on the other side (Conneau et al. 2018)
    csls: Floats
    # (C, L), expected retrieval credit among the translation and 9 others drawn at random, which
    # does not depend on the size of the pool; NaN in a smaller pool
    among_10: Floats
    mutual: Floats  # (C, L), product of the retrieval credits in both directions
    # (C, L), share of the pair's negatives with a lower cosine than the concept, ties one half; the
    # mean over c is the AUROC, 0.5 by chance
    auroc: Floats
    distinct_retrieval: Floats  # (C, L), retrieval credit without concepts with identical texts
    auroc_table: Floats  # (L, L), mean over the concepts
    among_10_table: Floats  # (L, L), mean over the concepts in both directions
    gold: Floats  # (C, P), the cosines of each concept in the P pairs a < b, in their order
    baseline: Floats  # (L, L), mean cosine of different concepts; diagonal: within a language
    negative_p99: Floats  # (L, L), 99th percentile of the cosines of the pair's negatives


def measure(
    X: Vectors, present: Bools, gold: Floats, density: Vectors, surfaces: Ints
) -> LanguagePairs:
    """Measure the language pairs of X (C, L, D), the pairs of one language at a time.

    Args:
        X: rows of unit length.
        present: (C, L) of bool, whether there is a text.
        gold: (C, L, L), cosines of the same concept; NaN where there is no such pair.
        density: (C, L, L), mean similarity of each vector to its nearest in each language, r.
        surfaces: (C, L) of numbers, equal for identical texts.
    """
    C, L, _ = X.shape
    means = {name: PartnerMeans(C, L) for name in _BY_TEXT}
    negative_p99 = np.full((L, L), np.nan)
    parts = share_out(of_language, range(L), X, present, gold, density, surfaces)
    sizes = [L - 1 - a for a in range(L)]
    for a, part in enumerate(track(parts, sizes, "Comparing", "pair")):
        for name, values in means.items():
            values.add(a, part[name])
        negative_p99[a, a:] = negative_p99[a:, a] = part["negative_p99"][a:]
    baseline = baselines(X, present, gold)
    return LanguagePairs(
        **_similarities(gold, baseline, surfaces),
        **{name: values.means() for name, values in means.items()},
        auroc_table=_both_ways(means["auroc"].table),
        among_10_table=_both_ways(means["among_10"].table),
        gold=gold[:, *np.triu_indices(L, k=1)],
        baseline=baseline,
        negative_p99=negative_p99,
    )


def _both_ways(upper: Floats) -> Floats:
    return np.where(np.isnan(upper), upper.T, upper)


def _similarities(gold: Floats, baseline: Floats, surfaces: Ints) -> dict[str, Floats]:
    """Return a text's mean similarity to its translations (C, L): all, calibrated, distinct."""
    names = ("similarity", "calibrated_similarity", "distinct_similarity")
    means: dict[str, Floats] = {name: np.empty(surfaces.shape) for name in names}
    for a in range(surfaces.shape[1]):
        cosines = gold[:, a]
        distinct = np.where(surfaces == surfaces[:, a, None], np.nan, cosines)
        versions = cosines, calibrated_similarity(cosines, baseline[a]), distinct
        for values, version in zip(means.values(), versions, strict=True):
            values[:, a] = mean_present(version, axis=1)
    return means


def of_language(
    a: int, X: Vectors, present: Bools, gold: Floats, density: Vectors, surfaces: Ints
) -> dict[str, Floats]:
    """Measure the pairs of language ``a`` with later ones, several at a time.

    Return {name in ``LanguagePairs``: values}: (C, L) of concepts, (L,) of pairs, NaN for earlier
    languages.
    """
    C, L, _ = X.shape
    measured: dict[str, Floats] = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    measured["negative_p99"] = np.full(L, np.nan)
    rows = min(ROWS, present[:, a].sum())
    for later in slices(L - 1 - a, rows * present.sum(axis=0).max(), BLOCK):
        languages = np.arange(L)[a + 1 :][later]
        group = Group(a, languages, X, present, gold, density, surfaces)
        at = group.concepts, languages[group.g]
        for name, values in _of_group(group).items():
            measured[name][at if name in _BY_TEXT else languages] = values
    return measured


def _of_group(group: Group) -> dict[str, Floats]:
    """Return, by the names of ``LanguagePairs``, values (n,) of texts and (G,) of languages."""
    plain = distinct = RankCounter(group)
    discounted = RankCounter(group, group.near_x / 2, group.near_y / 2)
    same = group.identical
    if same.any():
        out_x, out_y = np.zeros_like(group.near_x), np.zeros_like(group.near_y)
        out_x[group.row[same], group.g[same]] = np.inf
        out_y[group.g[same], group.column[same]] = np.inf
        distinct = RankCounter(group, out_x, out_y)
    negatives = NegativeCosines(group)
    for rows, P in group.products():
        for counter in {plain, discounted, distinct}:
            counter.update(rows, P)
        negatives.update(rows, P)
    counts = plain.counts()
    sizes = np.stack([group.sizes[group.g], np.full(len(group.g), len(group.x))])
    return {
        "reciprocal_rank": counts.reciprocal_rank().mean(axis=0),
        "among_10": counts.credit_among(SMALL_POOL, sizes).mean(axis=0),
        "mutual": counts.credit().prod(axis=0),
        "csls": discounted.counts().credit().mean(axis=0),
        "distinct_retrieval": np.where(same, np.nan, distinct.counts().credit().mean(axis=0)),
        "auroc": negatives.share_below(),
        "negative_p99": negatives.percentile(),
    }
