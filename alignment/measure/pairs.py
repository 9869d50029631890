"""Language pairs: all similarities of two languages' texts, and what can be read off them.

P holds the similarities of R texts of language a to all texts of later languages: (R, G, B), G
languages of at most B texts. Rows are the queries a → b, columns the queries b → a, so one product
serves both directions. Where a concept has a text in both languages stands its own similarity, the
gold; everything else in P is of different concepts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from alignment.engines import Engine, one_machine, track
from alignment.measure import hits
from alignment.measure.arrays import Bools, Floats, Ints, Vectors, slices
from alignment.measure.metrics import (
    PartnerMeans,
    baselines,
    calibrated_similarity,
    mean_present,
    ratio,
)

SMALL_POOL = 10
THRESHOLD_PERCENTILE = 99
_BLOCK = 1 << 18  # similarities held at once: 1 MB, so that they stay in the cache
_ROWS = 255  # of a block at most, so that what is True in a column is counted in one byte
_BY_TEXT = ("reciprocal_rank", "csls", "among_10", "mutual", "auroc", "distinct_retrieval")


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
        among_10_table: (L, L), likewise, of both directions.
        gold: (C, P), the cosines of each concept in the P pairs a < b, in their order.
        baseline: (L, L), mean similarity of different concepts; the diagonal within a language.
        threshold: (L, L), 99th percentile of the pair's different-concept similarities.
    """

    similarity: Floats
    calibrated_similarity: Floats
    distinct_similarity: Floats
    reciprocal_rank: Floats
    csls: Floats
    among_10: Floats
    mutual: Floats
    auroc: Floats
    distinct_retrieval: Floats
    auroc_table: Floats
    among_10_table: Floats
    gold: Floats
    baseline: Floats
    threshold: Floats


def measure(
    X: Vectors,
    present: Bools,
    gold: Floats,
    density: Vectors,
    surfaces: Ints,
    engine: Engine = one_machine,
) -> LanguagePairs:
    """Go through the language pairs of X (C, L, D), those of one language at a time.

    Args:
        present: (C, L), where there is a text.
        gold: (C, L, L), cosines of the same concept; NaN where there is no such pair.
        density: (C, L, L), mean similarity of each vector to its nearest in each language, r.
        surfaces: (C, L) of numbers, equal where a concept is written alike in two languages.
        engine: goes through the languages.
    """
    C, L, _ = X.shape
    means = {name: PartnerMeans(C, L) for name in _BY_TEXT}
    threshold = np.full((L, L), np.nan)
    parts = engine(of_language, range(L), X, present, gold, density, surfaces)
    sizes = [L - 1 - a for a in range(L)]
    for a, part in enumerate(track(parts, sizes, "Comparing", "pair")):
        for name, values in means.items():
            values.add(a, part[name])
        threshold[a, a:] = threshold[a:, a] = part["threshold"][a:]
    baseline = baselines(X, present, gold)
    return LanguagePairs(
        **_similarities(gold, baseline, surfaces),
        **{name: values.means() for name, values in means.items()},
        auroc_table=_both_ways(means["auroc"].table),
        among_10_table=_both_ways(means["among_10"].table),
        gold=gold[:, *np.triu_indices(L, k=1)],
        baseline=baseline,
        threshold=threshold,
    )


def _both_ways(upper: Floats) -> Floats:
    return np.where(np.isnan(upper), upper.T, upper)


def _similarities(gold: Floats, baseline: Floats, surfaces: Ints) -> dict[str, Floats]:
    """Return a text's mean similarity to its translations (C, L), in three readings."""
    means = {
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
    found = {name: np.full((C, L), np.nan) for name in _BY_TEXT}
    found["threshold"] = np.full(L, np.nan)
    rows = min(_ROWS, present[:, a].sum())
    for later in slices(L - 1 - a, rows * present.sum(axis=0).max(), _BLOCK):
        languages = np.arange(L)[a + 1 :][later]
        group = _Group(a, languages, X, present, gold, density, surfaces)
        at = group.concepts, languages[group.g]
        for name, values in group.measure().items():
            found[name][at if name in _BY_TEXT else languages] = values
    return found


class _Group:
    """The texts of language a, A, beside those of G others, of at most B each.

    What follows is of n pairs of texts with the same concept, the first language's first.

    Attributes:
        concepts, g: (n,), the concept, and which of the G languages.
        row, column: (n,), where the gold stands in P.
        gold: (n,), the cosine.
        alike: (n,) of bool, whether the two are written alike.
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
        place = present.cumsum(axis=0) - 1  # of a concept among the texts of its language
        in_a = np.flatnonzero(present[:, a])
        g, c = np.nonzero(present[:, languages].T)
        at = g, place[c, languages[g]]
        self.sizes = np.bincount(g)
        shape = len(languages), int(self.sizes.max())
        self.x, self.near_x = X[in_a, a], density[in_a, a][:, languages]
        self.y, self.near_y = (
            np.zeros((*shape, X.shape[2]), np.float32),
            np.zeros(shape, np.float32),
        )
        self.y[at], self.near_y[at] = X[c, languages[g]], density[c, languages[g], a]
        both = present[c, a]
        self.concepts, self.g, self.column = c[both], g[both], at[1][both]
        self.row = place[self.concepts, a]
        self.gold = gold[self.concepts, a, languages[self.g]]
        self.alike = surfaces[self.concepts, a] == surfaces[self.concepts, languages[self.g]]

    def products(self) -> Iterator[tuple[slice, Vectors]]:
        """Yield slices of rows, and P of these; -inf where a language has fewer than B texts."""
        G, B, D = self.y.shape
        missing = np.arange(B) >= self.sizes[:, None]
        room = np.empty((min(_ROWS, len(self.x), max(1, _BLOCK // (G * B))), G * B), np.float32)
        for rows in slices(len(self.x), 1, len(room)):
            n = rows.stop - rows.start
            P = np.matmul(self.x[rows], self.y.reshape(G * B, D).T, out=room[:n]).reshape(n, G, B)
            if missing.any():
                P[:, missing] = -np.inf
            yield rows, P

    def measure(self) -> dict[str, Floats]:
        """Return, by the names of ``LanguagePairs``, values (n,) of texts and (G,) of languages."""
        plain = distinct = _Judge(self)
        discounted = _Judge(self, self.near_x / 2, self.near_y / 2)
        if self.alike.any():
            out_x, out_y = np.zeros_like(self.near_x), np.zeros_like(self.near_y)
            out_x[self.row[self.alike], self.g[self.alike]] = np.inf
            out_y[self.g[self.alike], self.column[self.alike]] = np.inf
            distinct = _Judge(self, out_x, out_y)
        different = _Different(self)
        for rows, P in self.products():
            for judge in {plain, discounted, distinct}:
                judge.update(rows, P)
            different.update(rows, P)
        standing, without_alike = plain.standing(), distinct.standing().credit().mean(axis=0)
        sizes = np.stack([self.sizes[self.g], np.full(len(self.g), len(self.x))])
        return {
            "reciprocal_rank": standing.reciprocal_rank().mean(axis=0),
            "among_10": standing.credit_among(SMALL_POOL, sizes).mean(axis=0),
            "mutual": standing.credit().prod(axis=0),
            "csls": discounted.standing().credit().mean(axis=0),
            "distinct_retrieval": np.where(self.alike, np.nan, without_alike),
            "auroc": different.share_below(),
            "threshold": different.threshold(),
        }


class _Judge:
    """Counts how the candidates stand to the gold, there and back.

    They are judged by similarity − their handicap: a row's text (A, G) as a candidate of the
    columns' queries, a column's (G, B) as one of the rows'. None is no handicap.
    """

    def __init__(self, group: _Group, less_x: Vectors | None = None, less_y: Vectors | None = None):
        self._at = (group.row, group.g), (group.g, group.column)
        self._less = less_x, less_y
        shapes = group.near_x.shape, group.near_y.shape
        self._levels = [np.full(shape, np.inf, dtype=np.float32) for shape in shapes]
        for level, at, less, other in zip(
            self._levels, self._at, (less_y, less_x), self._at[::-1], strict=True
        ):
            level[at] = group.gold if less is None else group.gold - less[other]
        self._counts = [np.zeros((2, *shape), dtype=int) for shape in shapes]

    def update(self, rows: slice, P: Vectors) -> None:
        """Count in P (R, G, B) of these rows."""
        less_x, less_y = self._less
        there, back = self._counts
        of_y = P if less_y is None else P - less_y
        of_x = P if less_x is None else P - less_x[rows, :, None]
        for i, beyond in enumerate((hits.nearer, hits.reaches)):
            there[i, rows] = _count(beyond(of_y, self._levels[0][rows, :, None]), axis=2)
            back[i] += _count(beyond(of_x, self._levels[1]), axis=0)

    def standing(self) -> hits.Standing:
        """Return what was counted (2, n), there and back."""
        counts = [each[:, *at] for each, at in zip(self._counts, self._at, strict=True)]
        nearer, reaching = np.stack(counts, axis=1)
        return hits.Standing(nearer, reaching - nearer)


def _count(which: Bools, axis: int) -> Ints:
    """Count what is True by adding bytes, which is quicker than ``np.count_nonzero``."""
    few = which.shape[axis] <= np.iinfo(np.uint8).max
    return which.view(np.uint8).sum(axis=axis, dtype=np.uint8 if few else np.int32)


class _Different:
    """How the gold stands to the similarities of different concepts, in each of G languages."""

    def __init__(self, group: _Group):
        self._group = group
        self._gold = group.gold.astype(np.float32)
        own = np.bincount(group.g, minlength=len(group.sizes))
        self._ends = np.cumsum(own)
        self._below = np.zeros(len(group.gold), dtype=np.int64)  # twice, and once what is equal
        self._count = len(group.x) * group.sizes - own
        # of the threshold in sorted order, and how many are there or above
        self._place = THRESHOLD_PERCENTILE / 100 * np.maximum(self._count - 1, 0)
        self._above = self._count - self._place.astype(int)
        self._top = np.empty((len(group.sizes), 0), dtype=np.float32)  # those, and where they are
        self._where: list[tuple[Ints, ...]] = []

    def update(self, rows: slice, P: Vectors) -> None:
        """Count in P (R, G, B) of these rows; what stands for the gold is overwritten."""
        row, g, column = self._group.row, self._group.g, self._group.column
        own = (rows.start <= row) & (row < rows.stop)
        P[row[own] - rows.start, g[own], column[own]] = -np.inf
        ascending = P.swapaxes(0, 1).reshape(P.shape[1], -1, copy=True)
        ascending.sort(axis=1)
        no_text = P.shape[2] - self._group.sizes
        absent = np.bincount(g[own], minlength=P.shape[1]) + len(P) * no_text  # all are -inf
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
        self._where.append((row + rows.start, g, column, P[row, g, column]))

    def share_below(self) -> Floats:
        """Return (n,), the share of them below each gold, equal ones one half."""
        return ratio(self._below, 2 * self._count[self._group.g])

    def threshold(self) -> Floats:
        """Return (G,), the percentile, linear between two of them; NaN where there are none.

        Those that may be the two are summed again in float64, to be the same on every processor.
        """
        top = np.sort(self._top, axis=1)
        G, last = len(top), top.shape[1] - 1
        first = np.minimum(last + 1 - self._above, last)
        low, high = top[range(G), first], top[range(G), np.minimum(first + 1, last)]
        row, g, column, s = (np.concatenate(parts) for parts in zip(*self._where, strict=True))
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
        return lower + (upper - lower) * (self._place % 1)
