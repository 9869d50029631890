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


def measure(X: np.ndarray, identical: np.ndarray) -> LanguagePairs:
    """Go through the language pairs of X (C, L, D).

    Args:
        identical: (C, L, L) of bool, where a concept has the same text in both languages.
    """
    C, L, _ = X.shape
    reciprocal_rank, csls, auroc, distinct = np.full((4, C, L, L), np.nan, dtype=np.float32)
    threshold = np.full((L, L), np.nan)
    for a, b in combinations(range(L), 2):
        P = X[:, a] @ X[:, b].T
        gold = P.diagonal().copy()
        left_out = identical[:, a, b]
        for at, view in (((slice(None), a, b), P), ((slice(None), b, a), P.T)):
            nearer, tied = _rivals(view, gold)
            reciprocal_rank[at] = 1 / (nearer + (tied + 1) / 2)
            distinct[at] = _credit_without(left_out, view, gold, nearer, tied)
        csls[:, a, b], csls[:, b, a] = _csls_credits(P, gold)
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


def _csls_credits(P, gold):
    """Return the retrieval credits (C,) of rows and of columns, by CSLS."""
    C = len(P)
    k = min(10, C // 3)
    if not k:
        return np.full((2, C), np.nan)
    near_row, near_column = _mean_of_nearest(P, k), _mean_of_nearest(P.T, k)
    credits = []
    # Within a row only the candidate's own mean matters; the query's is the same for all.
    for view, near in ((P, near_column), (P.T, near_row)):
        nearer, tied = _rivals(2 * view - near, 2 * gold - near)
        credits.append((nearer == 0) / tied)
    return credits


def _mean_of_nearest(P, k):
    return np.partition(P, -k, axis=1)[:, -k:].mean(axis=1)


def _share_below(ascending, values):
    below = np.searchsorted(ascending, values, "left") + np.searchsorted(ascending, values, "right")
    return below / (2 * len(ascending))
