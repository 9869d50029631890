"""Hits: the one definition of a hit and of a tie, for every number.

A candidate is compared with a level, the similarity of the right answer (the gold): it is *nearer*
where s > level + TIE, and *tied* where s is within TIE of the level. The gold is a hit where no
candidate is nearer, and shares the hit with all that tie: credit = [none nearer] / tied.

The level is the gold's, not the best candidate's, so that retrieval agrees with ranks: the credit
is 1 exactly where the rank is 1, and 0 exactly where a candidate is nearer. In the latter case the
answers are the candidates that tie with the best one. The place in an index never decides: FAISS
promises no order among equals (facebookresearch/faiss#1201).
"""

from dataclasses import dataclass

import numpy as np

from alignment.measure.arrays import Bools, Floats, Ints
from alignment.measure.metrics import ratio

# float32 products of the same two vectors differ by up to about 3e-7 with the order of their sums,
# so an exact comparison would miss true ties.
TIE = 1e-6


def nearer(s: Floats, level: Floats, out: Bools | None = None) -> Bools:
    """Return whether similarities are above the level; False where either is NaN."""
    above: Bools = np.greater(s, level + TIE, out=out)
    return above


def reaches(s: Floats, level: Floats, out: Bools | None = None) -> Bools:
    """Return whether similarities are nearer than the level, or tied with it."""
    at_least: Bools = np.greater_equal(s, level - TIE, out=out)
    return at_least


def tied(s: Floats, level: Floats) -> Bools:
    """Return whether similarities are as near as the level."""
    return reaches(s, level) & ~nearer(s, level)


def answer_level(best: Floats, gold: Floats) -> Floats:
    """Return the similarity that answers have: the gold's, or the best where that is nearer.

    NaN where there is no gold.
    """
    return np.where(nearer(best, gold), best, gold)


def differing(a: Ints, b: Ints) -> Floats:
    """Return in how many signs packed vectors (…, width) differ, their Hamming distance."""
    count: Floats = np.bitwise_count(a ^ b).sum(axis=-1, dtype=np.float32)
    return count


@dataclass(frozen=True)
class RankCounts:
    """The numbers of candidates of each query that determine the rank of the gold."""

    nearer: Ints  # candidates nearer than the gold
    tied: Ints  # candidates that tie with the gold, itself included; 0 for a missing query

    def credit(self) -> Floats:
        """Return the share of the gold in the best hit, in [0, 1]."""
        return ratio(self.nearer == 0, self.tied)

    def reciprocal_rank(self) -> Floats:
        """Return 1 / rank of the gold; with ties, the mid-rank."""
        return 1 / (self.nearer + (self.tied + 1) / 2)

    def expected(self, gains: Floats) -> Floats:
        """Return the gain of the gold's rank, the mean over all orders of tied candidates.

        ``gains`` (m,) are those of the ranks 1 to m; later ranks gain nothing.
        """
        total = np.append(0, np.cumsum(gains))
        before, after = np.minimum([self.nearer, self.nearer + self.tied], len(gains))
        return ratio(total[after] - total[before], self.tied)

    def credit_among(self, m: int, size: Ints) -> Floats:
        """Return the expected credit among m candidates: the gold and m − 1 drawn at random.

        Of n candidates, m − 1 others can be drawn in comb(n − 1, m − 1) ways. Ties share, so the
        credit is the mean of having 0, 1, … tied − 1 more before the gold; these numbers of ways
        add up to a difference of two (the hockey stick of Pascal's triangle). ``size`` is the
        number of candidates of each query; the result is NaN where it is less than m.
        """
        left = size - self.nearer
        ways = _ordered(left, m) - _ordered(left - self.tied, m)
        return ratio(ways, m * self.tied * _ordered(size - 1, m - 1))


def _ordered(n: Ints, m: int) -> Floats:
    """Return the number of ordered draws of m from n: n (n − 1) … (n − m + 1)."""
    ways = np.ones(np.shape(n))
    for i in range(m):
        ways *= np.maximum(n - i, 0)
    return ways
