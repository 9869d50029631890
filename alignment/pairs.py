"""Language pairs: one product of two languages' vectors at a time, and all that can be read off it.

P (A, B) holds the similarities of all A texts of language a to all B texts of b. Rows are the
queries a → b, columns the queries b → a, so one product serves both directions. Where a concept has
a text in both languages stands its own similarity, the gold; everything else in P is of different
concepts.
"""

from dataclasses import dataclass

import numpy as np

from alignment.engine import Engine, one_machine
from alignment.metrics import PartnerMeans, baseline_of_language, calibrated_similarity, ratio
from alignment.neighbours import TIE
from alignment.progress import shown

THRESHOLD_PERCENTILE = 99
SMALL_POOL = 10
_BLOCK_ROWS = 128  # of P, counted while they are in the cache; under 256, for counts in one byte


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
    for a, part in enumerate(shown(parts, sizes, "Comparing", "pair")):
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
    counts = present.sum(axis=0)
    total = X.sum(axis=0, dtype=np.float64)
    found = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    found |= {name: np.full(L, np.nan) for name in _BY_PAIR}
    found["baseline"][a] = baseline_of_language(total[a], counts[a])
    room = np.empty(counts[a] * counts.max(), dtype=np.float32)  # for one product after the other
    in_a = np.flatnonzero(present[:, a])
    x, r_x = X[in_a, a], density[in_a, a]
    for b in range(a + 1, L):
        in_b = np.flatnonzero(present[:, b])
        both, *at = np.intersect1d(in_a, in_b, assume_unique=True, return_indices=True)
        P = np.matmul(x, X[in_b, b].T, out=room[: len(in_a) * len(in_b)].reshape(len(in_a), -1))
        alike = surfaces[both, a] == surfaces[both, b]
        near = r_x[:, b], density[in_b, b, a]
        values = _of_pair(P, at, near, alike, total[a] @ total[b])
        for name in _BY_TEXT:
            found[name][both, b] = values[name]
        for name in _BY_PAIR:
            found[name][b] = values[name]
    return found


def _of_pair(P, at, near, alike, total: float) -> dict:
    """Read everything off P (A, B), which is of no use afterwards.

    Args:
        at: (G,) and (G,), the rows and the columns of the gold.
        near: (A,) and (B,), mean similarity of each text to its nearest in the other language.
        alike: (G,) of bool, whether the two texts are written alike.
        total: sum over P.
    """
    gold = P[tuple(at)]
    different = P.size - len(gold)
    baseline = float(ratio(total - gold.sum(dtype=np.float64), different))
    plain = distinct = _rivals(P, gold, at, [np.zeros_like(r) for r in near])
    if alike.any():
        left_out = [np.zeros_like(r) for r in near]
        for handicap, place in zip(left_out, at, strict=True):
            handicap[place[alike]] = np.inf
        distinct = _rivals(P, gold, at, left_out)
    discounted = _rivals(P, gold, at, [r / 2 for r in near])
    P[tuple(at)] = -np.inf
    ascending = P.reshape(-1)
    ascending.sort()
    ascending = ascending[len(gold) :]
    return {
        "similarity": gold,
        "calibrated_similarity": calibrated_similarity(gold, baseline),
        "distinct_similarity": np.where(alike, np.nan, gold),
        "reciprocal_rank": plain.reciprocal_rank().mean(axis=0),
        "among_10": plain.credit_among(SMALL_POOL, P.shape).mean(axis=0),
        "mutual": plain.credit().prod(axis=0),
        "csls": discounted.credit().mean(axis=0),
        "distinct_retrieval": np.where(alike, np.nan, distinct.credit().mean(axis=0)),
        "auroc": _share_below(ascending, gold),
        "baseline": baseline,
        "threshold": _percentile(ascending, THRESHOLD_PERCENTILE),
    }


@dataclass(frozen=True)
class Rivals:
    """How the candidates of G queries, there and back, stand to the gold.

    Attributes:
        nearer: (2, G), how many are nearer.
        tied: (2, G), how many are as near, the gold among them.
    """

    nearer: np.ndarray
    tied: np.ndarray

    def credit(self) -> np.ndarray:
        """Return (2, G), the share that the gold has in the best hit."""
        return ratio(self.nearer == 0, self.tied)

    def reciprocal_rank(self) -> np.ndarray:
        """Return (2, G), 1 / rank of the gold; the mid-rank of those as near."""
        return 1 / (self.nearer + (self.tied + 1) / 2)

    def credit_among(self, m: int, shape: tuple[int, int]) -> np.ndarray:
        """Return (2, G), the credit expected of m candidates, the gold and m − 1 drawn at random.

        Of n candidates, m − 1 others can be drawn in comb(n − 1, m − 1) ways. Ties share, so the
        credit is the mean of having 0, 1, … tied − 1 more before the gold; these numbers of ways
        add up to a difference of two (the hockey stick of Pascal's triangle).

        Args:
            shape: (A, B) of the similarities; a row's query has B candidates, a column's A.
        """
        n = np.array(shape[::-1])[:, None]
        left = n - self.nearer
        ways = _ordered(left, m) - _ordered(left - self.tied, m)
        return ratio(ways, m * self.tied * _ordered(n - 1, m - 1))


def _ordered(n, m: int) -> np.ndarray:
    """Return in how many ways m of n can be drawn, one after the other: n (n − 1) … (n − m + 1)."""
    return np.prod([np.maximum(n - i, 0.0) for i in range(m)], axis=0)


def _rivals(P, gold, at, handicap) -> Rivals:
    """Count the rivals of the gold, candidates being judged by similarity − their handicap.

    A text is a candidate for the queries of the other side; ``handicap`` is of the rows' texts
    (A,), and of the columns' (B,).
    """
    (at_x, at_y), (less_x, less_y) = at, handicap
    there, back = (np.full(size, np.inf, dtype=np.float32) for size in P.shape)
    there[at_x], back[at_y] = gold - less_y[at_y], gold - less_x[at_x]
    above_there, above_back = (np.zeros((2, size), dtype=np.int64) for size in P.shape)
    for start in range(0, len(P), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        of_y, of_x = P[rows] - less_y, P[rows] - less_x[rows, None]
        for i, margin in enumerate((TIE, -TIE)):
            above_there[i, rows] = _count(of_y > there[rows, None] + margin, axis=1)
            above_back[i] += _count(of_x > back + margin, axis=0)
    nearer, as_near = np.stack([above_there[:, at_x], above_back[:, at_y]], axis=1)
    unknown = np.isnan(less_x).any() or np.isnan(less_y).any()
    return Rivals(nearer, np.where(unknown, 0, as_near - nearer))


def _count(which, axis):
    """Count what is True by adding bytes, several times as fast as ``np.count_nonzero``."""
    return which.view(np.uint8).sum(axis=axis, dtype=np.uint8 if axis == 0 else np.int32)


def _share_below(ascending, values):
    below = np.searchsorted(ascending, values - TIE, "left")
    upto = np.searchsorted(ascending, values + TIE, "right")
    return ratio(below + upto, np.full(len(values), 2 * len(ascending)))


def _percentile(ascending, percent: float) -> float:
    """Return the percentile of sorted values, linear between two of them."""
    if not len(ascending):
        return np.nan
    at = percent / 100 * (len(ascending) - 1)
    low, high = ascending[[int(at), int(np.ceil(at))]].astype(np.float64)
    return float(low + (high - low) * (at - int(at)))
