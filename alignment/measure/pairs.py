"""Language pairs: one product of two languages' vectors at a time, and all that can be read off it.

P (A, B) holds the similarities of all A texts of language a to all B texts of b. Rows are the
queries a → b, columns the queries b → a, so one product serves both directions. Where a concept has
a text in both languages stands its own similarity, the gold; everything else in P is of different
concepts.
"""

from dataclasses import dataclass

import numpy as np

from alignment.engines import Engine, one_machine, track
from alignment.measure.metrics import (
    PartnerMeans,
    baseline_of_language,
    calibrated_similarity,
    ratio,
)
from alignment.measure.rivals import Different, Judge

SMALL_POOL = 10
_BLOCK = 1 << 20  # similarities held at once
_MOST_ROWS = 255  # of a block, which are counted in one byte


@dataclass(frozen=True)
class LanguagePairs:
    """Means over a text's partners, and values of language pairs; NaN where there are none.

    Attributes:
        similarity: (C, L), cosine to the translations.
        calibrated_similarity: (C, L), the same, each between 0, the pair's baseline, and 1.
        distinct_similarity: (C, L), without the translations written alike.
        reciprocal_rank: (C, L), 1 / rank of the translation; the mid-rank where several are
            equally near. Its mean is the MRR.
        csls: (C, L), retrieval credit when hubs are discounted: nearest by
            2 s(x, y) − r_b(x) − r_a(y), r the mean similarity to the nearest min(10, C_a // 3)
            on the other side (Conneau et al. 2018).
        among_10: (C, L), retrieval credit to be expected among the translation and 9 others, drawn
            at random: the same whatever the size of the pool. NaN in a smaller one.
        mutual: (C, L), retrieval credit there times retrieval credit back.
        auroc: (C, L), share of the pair's different-concept similarities that are below the
            concept's own, ties one half; its mean over c is the AUROC. By chance 0.5.
        distinct_retrieval: (C, L), retrieval credit with the concepts whose two texts are written
            alike left out of the queries and of the candidates.
        auroc_table: (L, L), mean over the concepts.
        gold: (C, P) float32, the cosines of each concept in the P pairs a < b, in their order.
        baseline: (L, L), mean similarity of different concepts; the diagonal within a language.
        threshold: (L, L), 99th percentile of the pair's different-concept similarities.
    """

    similarity: np.ndarray
    calibrated_similarity: np.ndarray
    distinct_similarity: np.ndarray
    reciprocal_rank: np.ndarray
    csls: np.ndarray
    among_10: np.ndarray
    mutual: np.ndarray
    auroc: np.ndarray
    distinct_retrieval: np.ndarray
    auroc_table: np.ndarray
    gold: np.ndarray
    baseline: np.ndarray
    threshold: np.ndarray


_BY_TEXT = (
    "similarity",
    "calibrated_similarity",
    "distinct_similarity",
    "reciprocal_rank",
    "csls",
    "among_10",
    "mutual",
    "auroc",
    "distinct_retrieval",
)
_BY_PAIR = ("baseline", "threshold")


def measure(
    X: np.ndarray,
    present: np.ndarray,
    density: np.ndarray,
    surfaces: np.ndarray,
    engine: Engine = one_machine,
) -> LanguagePairs:
    """Go through the language pairs of X (C, L, D), those of one language at a time.

    Args:
        present: (C, L) of bool, where there is a text.
        density: (C, L, L), mean similarity of each vector to its nearest in each language, r.
        surfaces: (C, L) of numbers, equal where a concept is written alike in two languages.
        engine: goes through the languages.
    """
    C, L, _ = X.shape
    means = {name: PartnerMeans(C, L) for name in _BY_TEXT}
    gold = np.full((C, L * (L - 1) // 2), np.nan, dtype=np.float32)
    baseline, threshold = np.full((2, L, L), np.nan)
    parts = engine(of_language, range(L), X, present, density, surfaces)
    sizes = [L - 1 - a for a in range(L)]
    first = 0  # pair of the language
    for a, part in enumerate(track(parts, sizes, "Comparing", "pair")):
        for name, values in means.items():
            values.add(a, part[name])
        gold[:, first : first + sizes[a]] = part["similarity"][:, a + 1 :]
        first += sizes[a]
        baseline[a, a:] = baseline[a:, a] = part["baseline"][a:]
        threshold[a, a:] = threshold[a:, a] = part["threshold"][a:]
    return LanguagePairs(
        auroc_table=_both_ways(means["auroc"].table),
        gold=gold,
        baseline=baseline,
        threshold=threshold,
        **{name: values.means() for name, values in means.items()},
    )


def _both_ways(upper):
    return np.where(np.isnan(upper), upper.T, upper)


def of_language(a: int, X, present, density, surfaces) -> dict[str, np.ndarray]:
    """Measure the pairs of language ``a`` with those that come after it.

    Returns:
        By the names of ``LanguagePairs``: (C, L) values of concepts, (L,) values of pairs, NaN for
        the languages before.
    """
    C, L, _ = X.shape
    total = X.sum(axis=0, dtype=np.float64)
    found = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    found |= {name: np.full(L, np.nan) for name in _BY_PAIR}
    in_a = np.flatnonzero(present[:, a])
    found["baseline"][a] = baseline_of_language(total[a], len(in_a))
    x, near_x = X[in_a, a], density[in_a, a]
    for b in range(a + 1, L):
        in_b = np.flatnonzero(present[:, b])
        both, *at = np.intersect1d(in_a, in_b, assume_unique=True, return_indices=True)
        near = near_x[:, b], density[in_b, b, a]
        alike = surfaces[both, a] == surfaces[both, b]
        values = _of_pair(x, X[in_b, b], at, near, alike, total[a] @ total[b])
        for name in _BY_TEXT:
            found[name][both, b] = values[name]
        for name in _BY_PAIR:
            found[name][b] = values[name]
    return found


def _of_pair(x, y, at, near, alike, total: float) -> dict:
    """Read everything off P, the product of x (A, D) and y (B, D), a block of rows at a time.

    Args:
        at: (G,) and (G,), the rows and the columns of the gold.
        near: (A,) and (B,), mean similarity of each text to its nearest in the other language.
        alike: (G,) of bool, whether the two texts are written alike.
        total: sum over P.
    """
    gold = np.einsum("gd,gd->g", x[at[0]], y[at[1]])
    baseline = float(ratio(total - gold.sum(dtype=np.float64), len(x) * len(y) - len(gold)))
    plain = distinct = Judge(gold, at, [np.zeros_like(r) for r in near])
    discounted = Judge(gold, at, [r / 2 for r in near])
    if alike.any():
        distinct = Judge(
            gold, at, [_infinite(r, place[alike]) for r, place in zip(near, at, strict=True)]
        )
    different = Different(gold, len(x) * len(y) - len(gold))
    for rows, P in _blocks(x, y):
        for judge in {plain, discounted, distinct}:
            judge.see(rows, P)
        different.see(_without_gold(P, rows, at))
    ranked, without_alike = plain.rivals(), distinct.rivals()
    return {
        "similarity": gold,
        "calibrated_similarity": calibrated_similarity(gold, baseline),
        "distinct_similarity": np.where(alike, np.nan, gold),
        "reciprocal_rank": ranked.reciprocal_rank().mean(axis=0),
        "among_10": ranked.credit_among(SMALL_POOL, (len(x), len(y))).mean(axis=0),
        "mutual": ranked.credit().prod(axis=0),
        "csls": discounted.rivals().credit().mean(axis=0),
        "distinct_retrieval": np.where(alike, np.nan, without_alike.credit().mean(axis=0)),
        "auroc": different.share_below(),
        "baseline": baseline,
        "threshold": different.threshold(),
    }


def _infinite(like, at):
    handicap = np.zeros_like(like)
    handicap[at] = np.inf
    return handicap


def _blocks(x, y):
    """Yield slices of rows, few enough to be counted in one byte, and their products with y."""
    step = max(1, min(_MOST_ROWS, _BLOCK // len(y)))
    room = np.empty((step, len(y)), dtype=np.float32)
    for start in range(0, len(x), step):
        part = x[start : start + step]
        yield slice(start, start + len(part)), np.matmul(part, y.T, out=room[: len(part)])


def _without_gold(P, rows, at):
    """Sort a block in place; what stood for the gold is -inf and comes first: return the rest."""
    own = (rows.start <= at[0]) & (at[0] < rows.stop)
    P[at[0][own] - rows.start, at[1][own]] = -np.inf
    ascending = P.reshape(-1)
    ascending.sort()
    return ascending[own.sum() :]
