"""Language pairs: what can be read off the similarities of two languages' texts.

The pairs of a language with those that come after it are measured together, as many at a time as
stay small; what stands to the gold, and how, is counted in `alignment.measure.rivals`.
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
    calibrated_similarity: Floats  # (C, L), the same, each between 0, the pair's baseline, and 1
    distinct_similarity: Floats  # (C, L), without the translations written alike
    # (C, L), 1 / rank of the translation; the mid-rank where several are equally near. Its mean is
    # the MRR
    reciprocal_rank: Floats
    # (C, L), retrieval credit when hubs are discounted: nearest by 2 s(x, y) − r_b(x) − r_a(y), r
    # the mean similarity to the nearest min(10, C_a // 3) on the other side (Conneau et al. 2018)
    csls: Floats
    # (C, L), retrieval credit to be expected among the translation and 9 others, drawn at random:
    # the same whatever the size of the pool. NaN in a smaller one
    among_10: Floats
    mutual: Floats  # (C, L), retrieval credit there times retrieval credit back
    # (C, L), share of the pair's different-concept similarities that are below the concept's own,
    # ties one half; its mean over c is the AUROC. By chance 0.5
    auroc: Floats
    # (C, L), retrieval credit with the concepts whose two texts are written alike left out of the
    # queries and of the candidates
    distinct_retrieval: Floats
    auroc_table: Floats  # (L, L), mean over the concepts
    among_10_table: Floats  # (L, L), likewise, of both directions
    gold: Floats  # (C, P), the cosines of each concept in the P pairs a < b, in their order
    # (L, L), mean similarity of different concepts; the diagonal within a language
    baseline: Floats
    negative_p99: Floats  # (L, L), 99th percentile of the pair's different-concept similarities


def measure(
    X: Vectors, present: Bools, gold: Floats, density: Vectors, surfaces: Ints
) -> LanguagePairs:
    """Measure the language pairs of X (C, L, D), the pairs of one language at a time.

    Args:
        present: (C, L), where there is a text.
        gold: (C, L, L), cosines of the same concept; NaN where there is no such pair.
        density: (C, L, L), mean similarity of each vector to its nearest in each language, r.
        surfaces: (C, L) of numbers, equal where a concept is written alike in two languages.
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
    """Return a text's mean similarity to its translations (C, L), in three readings."""
    means: dict[str, Floats] = {
        name: np.empty(surfaces.shape)
        for name in ("similarity", "calibrated_similarity", "distinct_similarity")
    }
    for a in range(surfaces.shape[1]):
        own = gold[:, a]
        distinct = np.where(surfaces == surfaces[:, a, None], np.nan, own)
        readings = own, calibrated_similarity(own, baseline[a]), distinct
        for values, reading in zip(means.values(), readings, strict=True):
            values[:, a] = mean_present(reading, axis=1)
    return means


def of_language(
    a: int, X: Vectors, present: Bools, gold: Floats, density: Vectors, surfaces: Ints
) -> dict[str, Floats]:
    """Measure the pairs of language ``a`` with those that come after it, several at a time.

    Returns:
        By the names of ``LanguagePairs``: (C, L) values of concepts, (L,) values of pairs, NaN for
        the languages before.
    """
    C, L, _ = X.shape
    found: dict[str, Floats] = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    found["negative_p99"] = np.full(L, np.nan)
    rows = min(ROWS, present[:, a].sum())
    for later in slices(L - 1 - a, rows * present.sum(axis=0).max(), BLOCK):
        languages = np.arange(L)[a + 1 :][later]
        group = Group(a, languages, X, present, gold, density, surfaces)
        at = group.concepts, languages[group.g]
        for name, values in _of_group(group).items():
            found[name][at if name in _BY_TEXT else languages] = values
    return found


def _of_group(group: Group) -> dict[str, Floats]:
    """Return, by the names of ``LanguagePairs``, values (n,) of texts and (G,) of languages."""
    plain = distinct = RankCounter(group)
    discounted = RankCounter(group, group.near_x / 2, group.near_y / 2)
    if group.alike.any():
        out_x, out_y = np.zeros_like(group.near_x), np.zeros_like(group.near_y)
        out_x[group.row[group.alike], group.g[group.alike]] = np.inf
        out_y[group.g[group.alike], group.column[group.alike]] = np.inf
        distinct = RankCounter(group, out_x, out_y)
    negatives = NegativeCosines(group)
    for rows, P in group.products():
        for counter in {plain, discounted, distinct}:
            counter.update(rows, P)
        negatives.update(rows, P)
    standing, without_alike = plain.standing(), distinct.standing().credit().mean(axis=0)
    sizes = np.stack([group.sizes[group.g], np.full(len(group.g), len(group.x))])
    return {
        "reciprocal_rank": standing.reciprocal_rank().mean(axis=0),
        "among_10": standing.credit_among(SMALL_POOL, sizes).mean(axis=0),
        "mutual": standing.credit().prod(axis=0),
        "csls": discounted.standing().credit().mean(axis=0),
        "distinct_retrieval": np.where(group.alike, np.nan, without_alike),
        "auroc": negatives.share_below(),
        "negative_p99": negatives.percentile(),
    }
