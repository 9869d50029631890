"""Language pairs: one product of two languages' vectors at a time, and all that can be read off it.

P = X[:, a] X[:, b]ᵀ (C, C) holds the similarities of every concept of language a to every concept
of b; its diagonal is the same concept's. Rows are the queries a → b, columns the queries b → a,
so one product serves both directions, and nothing larger than P is held.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from alignment.neighbours import TIE

THRESHOLD_PERCENTILE = 99


@dataclass(frozen=True)
class LanguagePairs:
    """Values per concept and language pair; NaN where a = b, or where C is too small.

    Attributes:
        reciprocal_rank: (C, L, L), 1 / rank of the translation for query language a, target b;
            the mid-rank where several are equally near. Its mean is the MRR.
        csls: (C, L, L), retrieval credit when hubs are discounted: nearest by
            2 s(x, y) − r_b(x) − r_a(y), r the mean similarity to the nearest
            min(10, C // 3) on the other side (Conneau et al. 2018).
        auroc: (C, L, L), share of the pair's different-concept similarities that are below the
            concept's own, ties one half; its mean over c is the AUROC. By chance 0.5.
        distinct_retrieval: (C, L, L), retrieval credit with the concepts whose two texts are
            identical left out of the queries (NaN) and of the candidates.
        threshold: (L, L), 99th percentile of the pair's different-concept similarities.
    """

    reciprocal_rank: np.ndarray
    csls: np.ndarray
    auroc: np.ndarray
    distinct_retrieval: np.ndarray
    threshold: np.ndarray


def measure(X: np.ndarray, density: np.ndarray, identical: np.ndarray) -> LanguagePairs:
    """Go through the language pairs of X (C, L, D).

    Args:
        density: (C, L, L), mean similarity of each vector to its nearest in each language, r.
        identical: (C, L, L) of bool, where a concept has the same text in both languages.
    """
    C, L, _ = X.shape
    reciprocal_rank, csls, auroc, distinct = np.full((4, C, L, L), np.nan)
    threshold = np.full((L, L), np.nan)
    for a, b in combinations(range(L), 2):
        P = X[:, a] @ X[:, b].T
        gold = P.diagonal().copy()
        for query, target, view in ((a, b, P), (b, a, P.T)):
            at = (slice(None), query, target)
            nearer, tied = _rivals(view, gold)
            reciprocal_rank[at] = 1 / (nearer + (tied + 1) / 2)
            distinct[at] = _credit_without(identical[:, a, b], view, gold, nearer, tied)
            csls[at] = _csls_credit(view, gold, density[:, target, query])
        if C > 1:
            different = np.sort(P.ravel()[1:].reshape(C - 1, C + 1)[:, :-1], axis=None)
            auroc[:, a, b] = auroc[:, b, a] = _share_below(different, gold)
            threshold[a, b] = threshold[b, a] = np.percentile(different, THRESHOLD_PERCENTILE)
    return LanguagePairs(reciprocal_rank, csls, auroc, distinct, threshold)


def _rivals(P, gold):
    """Count, for each row, the candidates nearer than the gold, and those as near (itself too)."""
    nearer = (P > gold[:, None] + TIE).sum(axis=1)
    return nearer, (P >= gold[:, None] - TIE).sum(axis=1) - nearer


def _credit_without(left_out, P, gold, nearer, tied):
    if left_out.any():
        fewer = _rivals(P[:, left_out], gold)
        nearer, tied = nearer - fewer[0], tied - fewer[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(left_out, np.nan, (nearer == 0) / tied)


def _csls_credit(P, gold, density):
    """Return the credit (C,) of each row by 2 s(x, y) − r_a(y), given r_a(y) of the columns.

    r_b(x) is the same for all candidates of a row, and decides nothing.
    """
    score = P - density / 2
    level = score.max(axis=1) - TIE
    right = gold - density / 2 >= level
    credit = right.astype(np.float64)
    credit[right] /= (score[right] >= level[right, None]).sum(axis=1)
    return np.where(np.isnan(density), np.nan, credit)


def _share_below(ascending, values):
    below = np.searchsorted(ascending, values - TIE, "left")
    upto = np.searchsorted(ascending, values + TIE, "right")
    return (below + upto) / (2 * len(ascending))
