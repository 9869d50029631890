"""Hits: what counts as found and what as a tie, the one definition for every number.

A candidate is judged against a level, the similarity of the right answer (the gold): it is
*nearer* where s > level + TIE, and *tied* where s is within TIE of the level. The gold is found
where nothing is nearer, and shares the hit with all that tie: credit = [none nearer] / tied.

The level is the gold's, not the best candidate's, because ranks need it and retrieval must agree
with them: the credit is 1 exactly where the rank is, and 0 exactly where something is nearer. There
the answers are those that tie with the best candidate. The place in an index never decides: FAISS
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
    there: Bools = np.greater_equal(s, level - TIE, out=out)
    return there


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
class Standing:
    """How the candidates of queries stand to the gold."""

    nearer: Ints  # how many are nearer
    tied: Ints  # how many are as near, the gold among them; 0 where nothing is known of a query

    def credit(self) -> Floats:
        """Return the share that the gold has in the best hit, in [0, 1]."""
        return ratio(self.nearer == 0, self.tied)

    def reciprocal_rank(self) -> Floats:
        """Return 1 / rank of the gold; the mid-rank of those as near."""
        return 1 / (self.nearer + (self.tied + 1) / 2)

    def expected(self, gains: Floats) -> Floats:
        """Return what the gold's rank earns, in the mean over the orders of those as near.

        Args:
            gains: (m,), of the ranks 1 to m; a later rank earns nothing.
        """
        total = np.append(0, np.cumsum(gains))
        before, after = np.minimum([self.nearer, self.nearer + self.tied], len(gains))
        return ratio(total[after] - total[before], self.tied)

    def credit_among(self, m: int, size: Ints) -> Floats:
        """Return the credit expected of m candidates, the gold and m − 1 drawn at random.

        Of n candidates, m − 1 others can be drawn in comb(n − 1, m − 1) ways. Ties share, so the
        credit is the mean of having 0, 1, … tied − 1 more before the gold; these numbers of ways
        add up to a difference of two (the hockey stick of Pascal's triangle).

        Args:
            m: candidates; NaN comes out where there are fewer.
            size: how many candidates each query has.
        """
        left = size - self.nearer
        ways = _ordered(left, m) - _ordered(left - self.tied, m)
        return ratio(ways, m * self.tied * _ordered(size - 1, m - 1))


def _ordered(n: Ints, m: int) -> Floats:
    """Return in how many ways m of n can be drawn, one after the other: n (n − 1) … (n − m + 1)."""
    ways = np.ones(np.shape(n))
    for i in range(m):
        ways *= np.maximum(n - i, 0)
    return ways
