"""Rivals: how the similarities of a language pair stand to the gold, that of a concept to itself.

P (A, B) holds the similarities of all texts of two languages, the rows' queries there, the columns'
back; it is seen a block of rows at a time. The gold stands in G rows and G columns of it.
"""

from dataclasses import dataclass

import numpy as np

from alignment.measure.metrics import ratio
from alignment.measure.neighbours import TIE

THRESHOLD_PERCENTILE = 99


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


class Judge:
    """Counts the rivals of the gold, candidates being judged by similarity − their handicap.

    A text is a candidate for the queries of the other side; the handicap is of the rows' texts
    (A,), and of the columns' (B,).
    """

    def __init__(self, gold, at, handicap):
        self._at, (self._less_x, self._less_y) = at, handicap
        self._there, self._back = (np.full(len(r), np.inf, dtype=np.float32) for r in handicap)
        self._there[at[0]] = gold - self._less_y[at[1]]
        self._back[at[1]] = gold - self._less_x[at[0]]
        self._above_there, self._above_back = (np.zeros((2, len(r)), int) for r in handicap)

    def see(self, rows: slice, P: np.ndarray) -> None:
        """Count in the block of these rows."""
        of_y, of_x = P - self._less_y, P - self._less_x[rows, None]
        there = self._there[rows, None]
        for i, margin in enumerate((TIE, -TIE)):
            self._above_there[i, rows] = _count(of_y > there + margin, axis=1)
            self._above_back[i] += _count(of_x > self._back + margin, axis=0)

    def rivals(self) -> Rivals:
        """Return what was counted; without handicaps that are known, nobody is as near."""
        there, back = self._above_there[:, self._at[0]], self._above_back[:, self._at[1]]
        nearer, as_near = np.stack([there, back], axis=1)
        unknown = np.isnan(self._less_x).any() or np.isnan(self._less_y).any()
        return Rivals(nearer, np.where(unknown, 0, as_near - nearer))


def _count(which, axis):
    """Count what is True by adding bytes, which is quicker than ``np.count_nonzero``."""
    return which.view(np.uint8).sum(axis=axis, dtype=np.uint8 if axis == 0 else np.int32)


class Different:
    """The similarities of different concepts, seen in sorted blocks: how the gold stands to them.

    Args:
        gold: (G,).
        count: how many there are in all blocks.
    """

    def __init__(self, gold, count: int):
        self._order = np.argsort(gold)
        self._ends = gold[self._order] - TIE, gold[self._order] + TIE
        self._below = np.zeros(len(gold), dtype=np.int64)  # twice, and once those that are equal
        self._count = count
        self._at = THRESHOLD_PERCENTILE / 100 * (count - 1)  # of the threshold, in sorted order
        self._top = np.empty(0, dtype=np.float32)  # from there on

    def see(self, ascending) -> None:
        """Count in a sorted block."""
        for end, side in zip(self._ends, ("left", "right"), strict=True):
            self._below[self._order] += np.searchsorted(ascending, end, side)
        most = self._count - int(self._at)
        if len(self._top) == most > 0:
            ascending = ascending[np.searchsorted(ascending, self._top[0]) :]
        self._top = np.sort(np.concatenate([self._top, ascending[-most:]]))[-most:]

    def share_below(self) -> np.ndarray:
        """Return (G,), the share of them below each gold, equal ones one half."""
        return ratio(self._below, np.full(len(self._below), 2 * self._count))

    def threshold(self) -> float:
        """Return the percentile, linear between two of them; NaN where there are none."""
        if not self._count:
            return np.nan
        low, high = self._top[[0, min(1, len(self._top) - 1)]].astype(np.float64)
        return float(low + (high - low) * (self._at - int(self._at)))
