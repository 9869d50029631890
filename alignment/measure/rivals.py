"""Rivals: the ranks of translations among negatives, and the cosines of the negatives.

P (R, G, B) holds the similarities of R texts of one language to all texts of G other languages,
each with at most B texts. Rows are queries in one direction and columns in the other, so one
product serves both. The gold is the similarity of two texts of the same concept; all other cells of
P are negatives.
"""

from collections.abc import Iterator

import numpy as np

from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import ratio

THRESHOLD_PERCENTILE = 99
BLOCK = 1 << 18  # similarities held at once: 1 MB, so that they stay in the processor's cache
ROWS = 255  # most rows of a block, so that a byte counts the True values of a column


class Group:
    """The texts of language a and of G others, and the n pairs of texts of the same concept.

    Attributes:
        concepts, g: (n,), the concept, and the place of its language among the G.
        row, column: (n,), the place of the gold in P.
        gold: (n,), the cosine.
        identical: (n,) of bool, whether the two texts are identical.
    """

    def __init__(
        self,
        a: int,
        languages: Ints,
        X: Vectors,
        present: Bools,
        gold: Floats,
        density: Vectors,
        surfaces: Ints,
    ):
        place = present.cumsum(axis=0) - 1  # index of a concept among the texts of a language
        in_a = np.flatnonzero(present[:, a])
        g, c = np.nonzero(present[:, languages].T)
        at = g, place[c, languages[g]]
        self.sizes = np.bincount(g)
        shape = len(languages), int(self.sizes.max())
        self.x, self.near_x = X[in_a, a], density[in_a, a][:, languages]
        self.y = np.zeros((*shape, X.shape[2]), dtype=np.float32)
        self.near_y = np.zeros(shape, dtype=np.float32)
        self.y[at], self.near_y[at] = X[c, languages[g]], density[c, languages[g], a]
        both = present[c, a]
        self.concepts, self.g, self.column = c[both], g[both], at[1][both]
        self.row = place[self.concepts, a]
        self.gold = gold[self.concepts, a, languages[self.g]]
        self.identical = surfaces[self.concepts, a] == surfaces[self.concepts, languages[self.g]]

    def products(self) -> Iterator[tuple[slice, Vectors]]:
        """Yield slices of rows, and P of these; -inf where a language has fewer than B texts."""
        G, B, D = self.y.shape
        missing = np.arange(B) >= self.sizes[:, None]
        room = np.empty((min(ROWS, len(self.x), max(1, BLOCK // (G * B))), G * B), np.float32)
        for rows in slices(len(self.x), 1, len(room)):
            n = rows.stop - rows.start
            P = np.matmul(self.x[rows], self.y.reshape(G * B, D).T, out=room[:n]).reshape(n, G, B)
            if missing.any():
                P[:, missing] = -np.inf
            yield rows, P


class RankCounter:
    """Counts the candidates that are nearer than the gold or tied with it, in both directions.

    Candidates are compared by similarity − handicap: ``less_x`` (A, G) is the handicap of the rows'
    texts as candidates of the columns' queries, ``less_y`` (G, B) that of the columns' texts.
    """

    def __init__(self, group: Group, less_x: Floats | None = None, less_y: Floats | None = None):
        self._at = (group.row, group.g), (group.g, group.column)
        self._less = less_x, less_y
        shapes = group.near_x.shape, group.near_y.shape
        self._levels = [np.full(shape, np.inf, dtype=np.float32) for shape in shapes]
        in_rows, in_columns = self._at
        gold = group.gold
        self._levels[0][in_rows] = gold if less_y is None else gold - less_y[in_columns]
        self._levels[1][in_columns] = gold if less_x is None else gold - less_x[in_rows]
        self._counts = [np.zeros((2, *shape), dtype=int) for shape in shapes]

    def update(self, rows: slice, P: Vectors) -> None:
        """Count in P (R, G, B) of these rows."""
        less_x, less_y = self._less
        of_rows, of_columns = self._counts
        of_y = P if less_y is None else P - less_y
        of_x = P if less_x is None else P - less_x[rows, :, None]
        for i, compare in enumerate((hits.nearer, hits.reaches)):
            of_rows[i, rows] = _count(compare(of_y, self._levels[0][rows, :, None]), axis=2)
            of_columns[i] += _count(compare(of_x, self._levels[1]), axis=0)

    def counts(self) -> hits.RankCounts:
        """Return the counts (2, n) in the two directions."""
        counts = [each[:, *at] for each, at in zip(self._counts, self._at, strict=True)]
        nearer, reaching = np.stack(counts, axis=1)
        return hits.RankCounts(nearer, reaching - nearer)


def _count(which: Bools, axis: int) -> Ints:
    """Count True values by adding bytes, which is quicker than ``np.count_nonzero``."""
    dtype = np.uint8 if which.shape[axis] <= np.iinfo(np.uint8).max else np.int32
    count: Ints = which.view(np.uint8).sum(axis=axis, dtype=dtype)
    return count


class NegativeCosines:
    """Compares the gold with the cosines of the negatives, in each of G languages."""

    def __init__(self, group: Group):
        self._group = group
        self._gold = group.gold.astype(np.float32)
        golds = np.bincount(group.g, minlength=len(group.sizes))
        self._ends = np.cumsum(golds)
        self._below = np.zeros(len(group.gold), dtype=np.int64)  # 2 for each below, 1 for a tie
        self._count = len(group.x) * group.sizes - golds
        # the place of the percentile in sorted order, and the number of negatives from it on
        self._place = THRESHOLD_PERCENTILE / 100 * np.maximum(self._count - 1, 0)
        self._above = self._count - self._place.astype(int)
        self._top = np.empty((len(group.sizes), 0), dtype=np.float32)  # these negatives' cosines
        self._where: list[tuple[Ints, Vectors]] = []  # places and cosines of candidates for them

    def update(self, rows: slice, P: Vectors) -> None:
        """Count in P (R, G, B) of these rows; the gold in P is overwritten."""
        row, g, column = self._group.row, self._group.g, self._group.column
        inside = (rows.start <= row) & (row < rows.stop)
        P[row[inside] - rows.start, g[inside], column[inside]] = -np.inf
        ascending = P.swapaxes(0, 1).reshape(P.shape[1], -1, copy=True)
        ascending.sort(axis=1)
        no_text = P.shape[2] - self._group.sizes
        absent = np.bincount(g[inside], minlength=P.shape[1]) + len(P) * no_text  # all are -inf
        for s, start, end, skip in zip(
            ascending, [0, *self._ends], self._ends, absent.tolist(), strict=False
        ):
            gold = self._gold[start:end]
            self._below[start:end] += (
                np.searchsorted(s, gold - hits.TIE, "left")
                + np.searchsorted(s, gold + hits.TIE, "right")
                - 2 * skip
            )
        self._keep_top(rows, P, ascending)

    def _keep_top(self, rows: slice, P: Vectors, ascending: Vectors) -> None:
        most = self._above.max()
        top = np.concatenate([self._top, ascending[:, -most:]], axis=1)
        self._top = np.partition(top, -most, axis=1)[:, -most:] if top.shape[1] > most else top
        lowest = self._top.min(axis=1, initial=np.inf)
        row, g, column = np.nonzero(hits.reaches(P, lowest[:, None]))
        here = np.array([row + rows.start, g, column], dtype=np.int32)
        self._where.append((here, P[row, g, column]))

    def share_below(self) -> Floats:
        """Return (n,), the share of negatives below each gold; a tie counts one half."""
        return ratio(self._below, 2 * self._count[self._group.g])

    def percentile(self) -> Floats:
        """Return (G,), the percentile, interpolated between two negatives; NaN without negatives.

        All candidates for the two are summed again in float64, to agree between processors.
        """
        top = np.sort(self._top, axis=1)
        G, last = len(top), top.shape[1] - 1
        first = np.minimum(last + 1 - self._above, last)
        low, high = top[range(G), first], top[range(G), np.minimum(first + 1, last)]
        places, cosines = zip(*self._where, strict=True)
        (row, g, column), s = np.concatenate(places, axis=1), np.concatenate(cosines)
        nearer = np.bincount(g[hits.nearer(s, high[g])], minlength=G)
        maybe = np.flatnonzero(hits.reaches(s, low[g]) & ~hits.nearer(s, high[g]))
        x, y = self._group.x[row[maybe]], self._group.y[g[maybe], column[maybe]]
        exact = np.einsum("nd,nd->n", x, y, dtype=np.float64)
        order = np.lexsort([-exact, g[maybe]])
        at = np.searchsorted(g[maybe][order], range(G)) + self._above - 1 - nearer
        ends = np.stack([at, at - (self._above > 1)])
        ends[:, self._count == 0] = 0
        lower, upper = exact[order][ends]
        lower[self._count == 0] = np.nan
        percentile: Floats = lower + (upper - lower) * (self._place % 1)
        return percentile
